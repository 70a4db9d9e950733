"""Searches that are posted as forms are safe whichever way the form comes, and what cannot be made safe reaches no engine."""

import time

import kit
from kit import wire
from kit.http2 import Http2

POLICIES = """\
- {name: Searches are safe, safe_search: strict}
- {name: Slowly, when: {host: duckduckgo.com}, throttle: {upload: 20 KB/s}}
"""
LIMIT = 64 * 1024
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
UNSAFE, SAFE = b"q=a&safe=off", b"q=a&safe=active"


def post(body, fields=FORM, method="POST", host="www.google.com", path="/search"):
    return (f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}Content-Length: {len(body)}\r\n\r\n").encode() + body


def chunked(*pieces, trailers=""):
    head = f"POST /search HTTP/1.1\r\nHost: www.google.com\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n"
    return (head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
            + f"0\r\n{trailers}\r\n".encode())


class PostedSearches(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.posted = []  # path and body of each request that an engine got
        ours = kit.RawOrigin(cls, cls.talk, authority.issue("www.google.com", "duckduckgo.com")).address
        newer = kit.RawOrigin(cls, cls.talk_http2, authority.issue("www.bing.com"), alpn=("h2",)).address
        cls.gateway = kit.Gateway(
            cls, policies=POLICIES, roots=[authority.certificate],
            resolve={"www.google.com": ours, "duckduckgo.com": ours, "www.bing.com": newer})

    @classmethod
    def talk(cls, peer):
        while (head := peer.read_head()) is not None:
            cls.posted.append((head.target, peer.read_body(head)))
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    @classmethod
    def talk_http2(cls, peer):
        connection = Http2(peer, client=False)
        while (stream := connection.accept()) is not None:
            stream.wait_end()
            cls.posted.append((stream.get(":path"), stream.body))
            stream.reply(200, b"ok")

    def setUp(self):
        self.posted.clear()

    def connect(self, host="www.google.com"):
        return kit.connect_through(self.gateway, host)

    def statuses(self, peer, count=1):
        """Of the next replies, interim ones too."""
        found = []
        for _ in range(count):
            head = peer.read_head()
            peer.read_body(head)
            found.append(head.status)
        return found

    def bodies(self):
        return [body for _, body in self.posted]

    def test_the_form_has_the_parameter_once_however_the_client_wrote_it(self):
        with self.connect() as peer:
            for form, theirs in {b"q=a&safe=off": SAFE, b"s%61fe=off&q=a": SAFE, b"SAFE=&q=a&Safe=images": SAFE,
                                 b"q=a&+safe=off": SAFE, b"q=a&%20safe%20=off": SAFE, b"q=a&%2Bsafe=off": SAFE,
                                 b"q=a&safe": SAFE, b"safe=active&q=a": SAFE, b"": b"safe=active",
                                 b"&&&": b"safe=active", b"q=%26safe%3Doff": b"q=%26safe%3Doff&safe=active"}.items():
                with self.subTest(form):
                    peer.send(post(form))
                    self.assertEqual(self.statuses(peer), [200])
                    self.assertEqual(self.posted[-1], ("/search?safe=active", theirs))

    def test_its_type_may_have_capitals_blanks_and_parameters(self):
        with self.connect() as peer:
            for type in ("Application/X-WWW-Form-URLencoded", "application/x-www-form-urlencoded; charset=utf-8",
                         "\tapplication/x-www-form-urlencoded \t; a=b", "application/x-www-form-urlencoded;"):
                with self.subTest(type):
                    peer.send(post(UNSAFE, f"Content-Type: {type}\r\n"))
                    self.assertEqual((self.statuses(peer), self.bodies()[-1]), ([200], SAFE))

    def test_it_comes_in_any_framing_and_by_any_method(self):
        for request in (chunked(b"q=a&sa", b"fe=off"), chunked(UNSAFE, trailers="X-Checksum: 1\r\n"),
                        post(UNSAFE, method="PUT"), post(UNSAFE, method="GET"), post(UNSAFE, FORM + "TE: trailers\r\n")):
            with self.subTest(request), self.connect() as peer:
                peer.send(request)
                self.assertEqual((self.statuses(peer), self.bodies()[-1]), ([200], SAFE))
        with self.connect() as peer:
            peer.send(post(UNSAFE, FORM + "Expect: 100-continue\r\n"))
            self.assertEqual((self.statuses(peer, 2), self.bodies()[-1]), ([100, 200], SAFE))

    def test_it_comes_over_http2(self):
        type = ("content-type", "application/x-www-form-urlencoded")
        with Http2.connect(self.gateway, "www.bing.com") as connection:
            for fields in ([type], [type, ("content-length", "12")], [type, ("expect", "100-continue")]):
                stream = connection.request("/search", "POST", fields, body=b"q=a&adlt=off").wait_end()
                self.assertEqual((stream.status, self.posted[-1]), (200, ("/search?adlt=strict", b"q=a&adlt=strict")))
            stream = connection.request("/search", "POST", [type], body=b"q=a&adlt=off", end=False)
            stream.send_head([("x-checksum", "1")], end=True)
            self.assertEqual((stream.wait_end().status, self.bodies()[-1]), (200, b"q=a&adlt=strict"))
            before = len(self.posted)
            self.assertEqual(connection.request("/search", "POST", [type], body=b"x" * (LIMIT + 1)).wait_end().status, 413)
            # Forms that never end hold up nobody, and those that are given up reach nobody.
            open_ones = [connection.request("/search", "POST", [type], body=b"x" * 60_000, end=False) for _ in range(60)]
            self.assertEqual(connection.request("/other").wait_end().status, 200)
            for stream in open_ones:
                stream.abort()
            self.assertEqual(connection.request("/other").wait_end().status, 200)
            self.assertEqual(len(self.posted), before + 2)

    def test_it_comes_byte_by_byte_and_behind_another(self):
        with self.connect() as peer:
            peer.send(post(UNSAFE)[:-len(UNSAFE)])
            for byte in UNSAFE:
                peer.send(bytes([byte]))
                time.sleep(0.02)
            self.assertEqual(self.statuses(peer), [200])
            peer.send(post(UNSAFE) + post(UNSAFE) + b"GET /search?safe=off HTTP/1.1\r\nHost: www.google.com\r\n\r\n"
                      + post(UNSAFE, path="/forms"))
            self.assertEqual(self.statuses(peer, 4), [200] * 4)
        self.assertEqual(self.posted, [("/search?safe=active", SAFE)] * 3 + [("/search?safe=active", b""), ("/forms", UNSAFE)])

    def test_of_one_that_breaks_off_nothing_goes_on(self):
        for end in (wire.Peer.cut, wire.Peer.close):
            with self.connect() as peer:
                peer.send(post(UNSAFE)[:-1])
                time.sleep(0.1)
                end(peer)
        with self.connect() as peer:
            peer.send(b"GET /after HTTP/1.1\r\nHost: www.google.com\r\n\r\n")
            self.assertEqual(self.statuses(peer), [200])
        self.assertEqual(self.posted, [("/after", b"")])

    def test_one_that_is_too_long_is_refused_and_the_connection_goes_on(self):
        with self.connect() as peer:
            for size, status in ((LIMIT, 200), (LIMIT + 1, 413), (300_000, 413), (10, 200)):
                peer.send(post(b"x" * size))
                self.assertEqual((size, self.statuses(peer)), (size, [status]))
        self.assertEqual([len(body) for body in self.bodies()], [LIMIT + len("&safe=active"), 10 + len("&safe=active")])

    def test_it_is_as_slow_as_its_rate(self):
        begun = time.monotonic()
        with self.connect("duckduckgo.com") as peer:
            peer.send(post(b"kp=-2&q=" + b"x" * 40_000, host="duckduckgo.com", path="/html"))
            self.assertEqual(self.statuses(peer), [200])
        self.assertGreater(time.monotonic() - begun, 1)
        self.assertEqual(self.posted, [("/html?kp=1", b"q=" + b"x" * 40_000 + b"&kp=1")])
