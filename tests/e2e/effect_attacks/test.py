"""Attacks on what policies do beside letting pass or not: who goes round a rate, starves others, gets a file or a search
all the same, or learns what the quarantine holds."""

import contextlib
import os
import signal
import subprocess
import threading
import time

import kit
from kit import websocket, wire
from kit.http2 import Http2

RATE = 200_000  # bytes a second
POLICIES = """\
- {name: Slowly, when: {host: slow.test}, throttle: 200 KB/s}
- {name: Kept, when: {host: up.test, activity: upload}, then: block, quarantine: true}
- {name: No programs come, when: {host: files.test, file.extension: exe}, then: block, replacement: Ask the service desk.}
- {name: Elsewhere, when: {host: risky.test}, then: isolate, redirect: "https://isolation.test/open"}
- {name: Searches are safe, safe_search: strict}
"""
SECRET = b"the formula, in clear" * 4_000
NAVIGATES = ("-H", "Accept: text/html", "-H", "Sec-Fetch-Mode: navigate", "-H", "Sec-Fetch-Dest: document")

# What an engine must see, however the client writes it.
SEARCHES = {
    "https://www.google.com/search?q=a&s%61fe=off&SAFE=off&safe": "/search?q=a&safe=active",
    "https://www.google.com//search?q=a&safe=off": "//search?q=a&safe=active",
    "https://www.google.com/%73earch?q=a&%53afe=off": "/%73earch?q=a&safe=active",
    "https://www.google.com/x/../search?q=a": "/x/../search?q=a&safe=active",
    "https://www.google.com/search?safe=off": "/search?safe=active",
    "https://www.google.com/search?q=a&safe%00=off": "/search?q=a&safe=active",
    "https://www.bing.com/search?q=a&adlt=off;adlt=off": "/search?q=a&adlt=strict",
    "https://www.bing.com/images/search?q=a&ADLT=off": "/images/search?q=a&adlt=strict",
    "https://duckduckgo.com/?q=a&kp=-2&k%50=-2": "/?q=a&kp=1",
}
HOSTS = ("slow.test", "up.test", "files.test", "risky.test", "www.google.com", "www.bing.com", "duckduckgo.com")


class EffectAttacks(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.asked = []
        cls.origin = kit.RawOrigin(cls, cls.talk, authority.issue(*HOSTS))
        certificate = cls.directory / "quarantine.pem"
        subprocess.run([kit.tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=quarantine",
                        "-keyout", cls.directory / "quarantine.key", "-out", certificate], check=True,
                       capture_output=True)
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={host: cls.origin.address for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.1, user: ana}\n- {cidr: 127.0.0.2, user: ben}\n"},
            config={"users": {"addresses": "addresses.yaml"}, "quarantine": {"certificate": str(certificate)}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.kept = cls.gateway.state / "quarantine"

    @classmethod
    def talk(cls, peer):
        """As many bytes as the path says."""
        while (head := peer.read_head()) is not None:
            cls.asked.append(head.target)
            if head.get("Upgrade"):
                return websocket.echo(peer, head)
            peer.read_body(head)
            size = int(head.target[1:]) if head.target[1:].isdigit() else 2
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
                      .encode() + (b"" if head.method == "HEAD" else bytes(size)))


    @staticmethod
    def at_once(count, task):
        """How long all take together."""
        threads = [threading.Thread(target=task, args=(number,)) for number in range(count)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - begun

    # --- rates ---

    def test_many_connections_are_no_faster_than_one(self):
        size, count = 50_000, 12
        took = self.at_once(count, lambda _: self.curl(f"https://slow.test/{size}"))
        self.assertGreater(took, count * size / RATE - 1)

    def test_many_streams_of_one_connection_are_no_faster(self):
        size, count = 50_000, 12
        begun = time.monotonic()
        with Http2.connect(self.gateway, "slow.test") as connection:
            streams = [connection.request(f"/{size}") for _ in range(count)]
            for stream in streams:
                self.assertEqual(len(stream.wait_end().body), size)
        self.assertGreater(time.monotonic() - begun, count * size / RATE - 1)

    def test_a_websocket_is_no_way_round_it(self):
        with kit.connect_through(self.gateway, "slow.test") as peer:
            self.assertEqual(websocket.open_client(peer, "slow.test").status, 101)
            begun = time.monotonic()
            peer.send(websocket.frame(websocket.BINARY, bytes(400_000), masked=True))
            self.assertEqual(len(websocket.read_frame(peer)[1]), 400_000)
            self.assertGreater(time.monotonic() - begun, 2 * 400_000 / RATE - 1.5)

    def test_somebody_else_is_not_slowed_by_a_flood(self):
        with contextlib.ExitStack() as stack:
            for _ in range(50):
                peer = stack.enter_context(wire.connect_to(self.gateway.addresses[0]))
                peer.send("CONNECT slow.test:443 HTTP/1.1\r\nHost: slow.test:443\r\n\r\n")
                self.assertEqual(peer.read_head().status, 200)
                peer = stack.enter_context(wire.secure(peer, self.gateway.ca, "slow.test"))
                peer.send("GET /1000000 HTTP/1.1\r\nHost: slow.test\r\n\r\n")
                self.assertEqual(peer.read_head().status, 200)
            begun = time.monotonic()
            self.curl("https://slow.test/50000", "--interface", "127.0.0.2")
            self.assertLess(time.monotonic() - begun, 1)

    def test_a_body_that_waits_is_cut_when_its_user_is_suspended(self):
        ended = []
        thread = threading.Thread(target=lambda: ended.append(self.curl(
            "https://slow.test/20000000", "--interface", "127.0.0.2", code=None)))
        thread.start()
        kit.wait_until(lambda: "/20000000" in self.asked, "it flows")
        self.gateway.command("suspend", "ben", "-c", self.gateway.config)
        begun = time.monotonic()
        thread.join(10)
        self.assertLess(time.monotonic() - begun, 1)
        self.gateway.command("unsuspend", "ben", "-c", self.gateway.config)
        self.assertNotEqual(ended[0].code, 0)

    # --- texts for files ---

    def test_a_piece_of_a_file_is_replaced_as_the_whole_is(self):
        for options in (("-r", "1-"), ("-H", "Range: bytes=0-0,2-3"), ("-H", "If-Range: \"x\"", "-r", "100-"),
                        ("--http2",), ("--compressed",)):
            with self.subTest(options):
                reply = self.curl("https://files.test/tool.exe", *NAVIGATES, *options)
                self.assertEqual(reply.status, 200)
                self.assertTrue(reply.text.startswith("Ask the service desk.\n"), reply)
                self.assert_has(reply, "content-type", "text/plain; charset=utf-8")
                self.assert_has(reply, "cache-control", "no-store")
                for name in ("etag", "content-range", "content-encoding", "last-modified"):
                    self.assertIsNone(reply.header(name))

    def test_a_name_writes_no_field_and_leaves_no_folder(self):
        for name in ("%22%0d%0aX-Evil:%20yes%0d%0a.exe", "..%2f..%2fboot.exe", "a%5cb.exe", "%e2%80%aeexe.txt.exe"):
            with self.subTest(name):
                reply = self.curl(f"https://files.test/{name}", *NAVIGATES, "--path-as-is")
                self.assertEqual(reply.status, 200)
                self.assertIsNone(reply.header("x-evil"))
                plain = reply.header("content-disposition").split('"')[1]
                self.assertRegex(plain, r"^[^/\\\r\n\"]+\.blocked\.txt$")

    # --- the way elsewhere ---

    def test_nobody_is_sent_to_an_address_of_his_own(self):
        for path in ("/a?url=https://evil.test/&context=mine", "/%0d%0aLocation:%20https://evil.test/", "//evil.test/",
                     "/\\evil.test", "/@evil.test/"):
            with self.subTest(path):
                reply = self.curl(f"https://risky.test{path}", *NAVIGATES, "--path-as-is")
                self.assertEqual(reply.status, 303)
                way = reply.header("location")
                self.assertTrue(way.startswith("https://isolation.test/open?url=https%3A%2F%2Frisky.test%2F"), way)
                self.assertEqual((way.count("url="), way.count("context=")), (1, 1))

    # --- searches ---

    def test_a_search_is_safe_however_it_is_written(self):
        for url, ours in SEARCHES.items():
            for version in ("--http1.1", "--http2"):
                with self.subTest(url=url, version=version):
                    self.curl(url, "--path-as-is", version)
                    self.assertEqual(self.asked[-1], ours)

    # --- the quarantine ---

    def put(self, body, *options, host="up.test"):
        return self.curl(f"https://{host}/x.bin", "-X", "PUT", "--data-binary", "@-", *options,
                         "-H", "Content-Type: application/octet-stream", stdin=body)

    def assert_no_plain_text(self):
        found = subprocess.run([kit.tool("grep"), "-rlF", SECRET[:21].decode(), self.gateway.state],
                               capture_output=True, text=True)
        self.assertEqual((found.returncode, found.stdout), (1, ""))

    def test_what_is_kept_is_on_the_disk_in_cipher_alone(self):
        for options in (("--http1.1",), ("--http2",), ("-H", "Transfer-Encoding: chunked", "--http1.1")):
            self.assertEqual(self.put(SECRET, *options).status, 403)
        kit.wait_until(lambda: len(list(self.kept.glob("*.p7m"))) >= 3, "copies are kept")
        for file in self.kept.iterdir():
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assert_no_plain_text()

    def test_what_breaks_off_leaves_nothing(self):
        with kit.connect_through(self.gateway, "up.test") as peer:
            peer.send("PUT /x HTTP/1.1\r\nHost: up.test\r\nContent-Type: application/octet-stream\r\n"
                      f"Content-Length: {2 * len(SECRET)}\r\n\r\n")
            peer.send(SECRET)
            kit.wait_until(lambda: list(self.kept.glob("*.part")), "a copy is begun")
            self.assert_no_plain_text()
        kit.wait_until(lambda: not list(self.kept.glob("*.part")), "it is gone")

    def test_z_after_a_kill_there_is_no_plain_text(self):
        with kit.connect_through(self.gateway, "up.test") as peer:
            peer.send("PUT /x HTTP/1.1\r\nHost: up.test\r\nContent-Type: application/octet-stream\r\n"
                      f"Content-Length: {2 * len(SECRET)}\r\n\r\n")
            peer.send(SECRET)
            kit.wait_until(lambda: list(self.kept.glob("*.part")), "a copy is begun")
            os.kill(self.gateway.pid, signal.SIGKILL)
            self.gateway.process.wait()
            self.gateway.process = None
        self.assert_no_plain_text()
        self.gateway.start()
        self.assertEqual(self.put(b"another").status, 403)
