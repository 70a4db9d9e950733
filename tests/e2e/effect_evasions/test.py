"""Who floods gains nothing by it: no session that begins anew, no quarantine that is full for somebody else. Scripts get no texts for files, odd addresses no unsafe searches."""

import json
import socket
import struct
import subprocess
import time

import kit
from kit import wire

POLICIES = """\
- {name: Much, when: {host: big.test, session.uploaded: "> 1 MB"}, then: block}
- {name: Kept, when: {host: up.test, activity: upload}, then: block, quarantine: true}
- {name: No programs come, when: {host: files.test, file.extension: exe}, then: block, replacement: Ask IT.}
- {name: Searches are safe, safe_search: strict}
"""
SLOW = ("at-once.test", "late.test", "posted.test", "behind.test", "up-slow.test")
SEARCHES = {
    "http://www.google.kz/search?q=a&safe=off": "/search?q=a&safe=active",
    "http://www.google.com.do/search?q=a": "/search?q=a&safe=active",
    "http://www.google.com/search/?q=a": "/search/?q=a&safe=active",
    "http://search.yahoo.com/search;_ylt=abc?p=a&vm=p": "/search;_ylt=abc?p=a&vm=r",
    "http://ya.ru/search/?text=a": "/search/?text=a&family=yes",
}
SITES = ("big.test", "up.test", "files.test", "www.google.kz", "www.google.com.do", "www.google.com",
         "search.yahoo.com", "ya.ru")
_MASK = (1 << 64) - 1


def std_hash(data):
    """As libstdc++ hashes a string: what an attacker can compute at home."""
    mix = lambda value: value ^ (value >> 47)
    factor = (0xc6a4a793 << 32) + 0x5bd1e995
    value = (0xc70f6907 ^ (len(data) * factor)) & _MASK
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        piece = mix(int.from_bytes(data[at:at + 8], "little") * factor & _MASK) * factor & _MASK
        value = (value ^ piece) * factor & _MASK
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & _MASK
    return mix(mix(value) * factor & _MASK)


class EffectEvasions(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.asked = []
        origin = kit.RawOrigin(cls, cls.talk)
        certificate = cls.directory / "quarantine.pem"
        subprocess.run([kit.tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=quarantine",
                        "-keyout", cls.directory / "quarantine.key", "-out", certificate], check=True,
                       capture_output=True)
        cls.gateway = kit.Gateway(
            cls, policies=POLICIES + "".join(f"- {{name: Slow {host}, when: {{host: {host}}}, throttle: 100 KB/s}}\n"
                                             for host in SLOW),
            resolve={**dict.fromkeys(SITES + SLOW, origin.address), "*.zz": origin.address},
            files={"addresses.yaml": "- {cidr: 127.0.0.1, user: ana}\n- {cidr: 127.0.0.2, user: ben}\n"},
            config={"users": {"addresses": "addresses.yaml"},
                    "quarantine": {"certificate": str(certificate), "max_size": "8 MiB"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        head = peer.read_head()
        if head is None:
            return
        cls.asked.append(head.target)
        peer.read_body(head)
        time.sleep(float(head.get("X-Delay") or 0))  # A server that takes its time.
        size = int(head.target[1:]) if head.target[1:].isdigit() else 2
        peer.send(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n"
                  f"Content-Length: {size}\r\n\r\n".encode() + bytes(size))

    def give_up(self, requests, reset=False):
        """Each on a connection of its own, all slowed before the first is closed; then nobody is left."""
        slowed = lambda: self.gateway.metric("sallyport_bodies_throttled_total")
        open_now = lambda: self.gateway.metric("sallyport_client_connections_open")
        before, others = slowed(), open_now()
        peers = []
        for request in requests:
            peers.append(wire.connect_to(self.gateway.addresses[0]))
            peers[-1].send(request)
        kit.wait_until(lambda: slowed() >= before + len(requests), "all are under way")
        for peer in peers:
            if reset:
                peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.cut()
        kit.wait_until(lambda: open_now() <= others, lambda: f"{open_now()} connections open, not {others}", 3)

    def assert_no_dead_air(self, *request):
        begun = time.monotonic()
        self.assertEqual(self.curl(*request, "--max-time", "50").status, 200)
        self.assertLess(time.monotonic() - begun, 2)

    def test_who_gives_up_leaves_no_dead_air(self):
        asks = "GET http://{0}/1000000 HTTP/1.1\r\nHost: {0}\r\n"
        ways = {"at-once.test": (asks + "\r\n", False), "late.test": (asks + "X-Delay: 1.2\r\n\r\n", False),
                "posted.test": (asks.replace("GET", "POST") + "Content-Length: 1\r\n\r\nx", False),
                "behind.test": (asks + "\r\nG", True)}
        for host, (request, reset) in ways.items():
            with self.subTest(host):
                self.give_up([request.format(host)] * 100, reset)
                self.assert_no_dead_air(f"http://{host}/100")

    def test_an_upload_that_is_given_up_leaves_no_dead_air(self):
        begins = "PUT http://up-slow.test/1 HTTP/1.1\r\nHost: up-slow.test\r\nContent-Length: 100000\r\n\r\n"
        self.give_up([begins + "x" * 20_000] * 100, reset=True)
        self.assert_no_dead_air("http://up-slow.test/1", "-X", "PUT", "--data-binary", "x")

    def test_a_session_is_not_shed_by_made_up_names(self):
        up = lambda size: self.curl("http://big.test/", "--data-binary", "@-", stdin=bytes(size)).status
        self.assertEqual([up(900_000), up(900_000), up(10)], [200, 200, 403])
        shard = lambda site: std_hash(b"ana\0." + site.encode() + b"\x00127.0.0.1") % 64
        names = [name for name in (f"d{number}.zz" for number in range(280_000)) if shard(name) == shard("big.test")]
        with wire.connect_to(self.gateway.addresses[0]) as peer:
            for name in names[:4_200]:
                peer.send(f"GET http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n")
                peer.read_body(peer.read_head())
        self.assertEqual(up(10), 403)

    def test_a_script_gets_no_text_for_a_file(self):
        for mode in ("cors", "no-cors", "same-origin"):
            reply = self.curl("http://files.test/tool.exe", "-H", f"Sec-Fetch-Mode: {mode}", "-H",
                              "Sec-Fetch-Dest: empty")
            self.assertEqual((mode, reply.status), (mode, 403))
            self.assert_has(reply, "content-type", "application/problem+json")

    def test_a_search_is_safe_at_every_address_of_its_engine(self):
        for url, ours in SEARCHES.items():
            with self.subTest(url):
                self.curl(url)
                self.assertEqual(self.asked[-1], ours)

    def test_nobody_fills_the_quarantine_for_others(self):
        put = lambda *options, size: self.curl("http://up.test/x", "-X", "PUT", "--data-binary", "@-", *options, "-H",
                                               "Content-Type: application/octet-stream", stdin=bytes(size)).status
        for size in [1_000_000] * 8 + [50_000] * 12:
            self.assertEqual(put(size=size), 403)
        self.assertEqual(put("--interface", "127.0.0.2", size=200_000), 403)
        kept = [json.loads(file.read_text()) for file in (self.gateway.state / "quarantine").glob("*.json")]
        self.assertIn("ben", [one["user"] for one in kept])
