"""A rate for downloads holds for what the reply says is one; for other replies of the host it does not."""

import time

import kit

POLICIES = """\
- {name: Downloads are slow, when: {host: slow.test, activity: download}, throttle: {download: 100 KB/s}}
- {name: Archives are slow, when: {host: archives.test, file.extension: zip}, throttle: {download: 100 KB/s}}
"""
SIZE = 300_000


class ThrottleDownloads(kit.Scenario):
    @classmethod
    def prepare(cls):
        origin = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(cls, policies=POLICIES,
                                  resolve=dict.fromkeys(("slow.test", "archives.test"), origin.address))
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @staticmethod
    def talk(peer):
        while (head := peer.read_head()) is not None:
            name = "Content-Disposition: attachment; filename=plan.zip\r\n" if head.target == "/file" else ""
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{name}Content-Length: {SIZE}\r\n\r\n".encode() + bytes(SIZE))

    def took(self, url):
        begun = time.monotonic()
        self.assertEqual(len(self.curl(url).body), SIZE)
        return time.monotonic() - begun

    def test_a_download_is_slow_and_a_page_is_not(self):
        for host in ("slow.test", "archives.test"):
            self.assertGreater(self.took(f"http://{host}/file"), SIZE / 100_000 - 1)
            self.assertLess(self.took(f"http://{host}/page"), 1)
