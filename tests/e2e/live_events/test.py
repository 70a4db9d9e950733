"""Server-sent events over both versions: each arrives at once, and the time from origin to client is measured."""

import collections
import queue
import statistics
import time

import kit
from kit.http2 import Http2

STREAMS = 100          # whose first event is timed
EVENTS = 200           # that follow one another on one stream
BOUND = 50.0           # milliseconds, of the median; on an idle machine it is below one
HEAD = (("content-type", "text/event-stream"), ("cache-control", "no-store"))


def event():
    """An event that says when it was sent."""
    return b"data: %d\n\n" % time.monotonic_ns()


def age(data):
    """Milliseconds since it was."""
    now = time.monotonic_ns()
    if not (data.startswith(b"data: ") and data.endswith(b"\n\n")):
        raise AssertionError(f"not one event: {data!r}")
    return (now - int(data[6:])) / 1e6


class LiveEvents(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue("new.test", "old.test")
        cls.wanted = collections.defaultdict(queue.Queue)  # by path: True for an event, None for the end
        cls.new = kit.RawOrigin(cls, cls.talk, identity, alpn=("h2", "http/1.1"))
        cls.old = kit.RawOrigin(cls, cls.talk, identity, alpn=("http/1.1",))
        cls.gateways = {
            mode: kit.Gateway(cls, f"gateway-{mode}", roots=[authority.certificate],
                              resolve={"new.test": cls.new.address, "old.test": cls.old.address},
                              config={"workers": 1, "origins": {"http2": mode}})
            for mode in ("match", "prefer")}

    @classmethod
    def talk(cls, peer):
        if peer.alpn == "h2":
            connection = Http2(peer, False)
            while stream := connection.accept():
                stream.reply(200, None, HEAD)
                while cls.wanted[stream.get(":path")].get(timeout=20):
                    stream.send(event())
                stream.send(b"", end=True)
            return
        while head := peer.read_head():
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" +
                      "".join(f"{name}: {value}\r\n" for name, value in HEAD) + "\r\n")
            while cls.wanted[head.target].get(timeout=20):
                data = event()
                peer.send(b"%x\r\n%s\r\n" % (len(data), data))
            peer.send("0\r\n\r\n")

    @classmethod
    def gateway(cls, client, origin):
        return cls.gateways["prefer" if (client, origin) == ("http/1.1", "h2") else "match"]

    def open(self, client, origin):
        """A connection, and ask(path), which returns as soon as the head is there: nobody waits for the first
        byte of a body. read() is the next event, b"" the end."""
        host = "new.test" if origin == "h2" else "old.test"
        gateway = self.gateway(client, origin)
        asked = []
        if client == "h2":
            connection = Http2.connect(gateway, host)

            def ask(path):
                asked.append(connection.request(path).wait_head())
                self.assertEqual((asked[-1].status, asked[-1].get("content-type")), (200, "text/event-stream"))

            def read():
                stream = asked[-1]
                connection.pump_until(lambda: stream.body.endswith(b"\n\n") or stream.over)
                data, stream.body = stream.body, b""
                return data

            return connection, ask, read
        peer = kit.connect_through(gateway, host, alpn=("http/1.1",))

        def ask(path):
            peer.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
            head = peer.read_head()
            self.assertEqual((head.status, head.get("Content-Type")), (200, "text/event-stream"))

        return peer, ask, peer.read_chunk

    def check(self, client, origin):
        connection, ask, read = self.open(client, origin)
        path = f"/{client}-{origin}"
        wanted = self.wanted[path]
        first, later = [], []
        with connection:
            for _ in range(STREAMS):
                ask(path)
                wanted.put(True)
                first.append(age(read()))
                wanted.put(None)
                self.assertEqual(read(), b"")
            ask(path)
            for _ in range(EVENTS):
                wanted.put(True)
                later.append(age(read()))
            wanted.put(None)
            self.assertEqual(read(), b"")
        row = self.gateway(client, origin).wait_for_activities(STREAMS + 1, path=path, ending="completed")[0]
        tls = self.gateway(client, origin).event(row["id"])["tls"]
        self.assertEqual((tls["client_alpn"], tls["origin_alpn"]), (client, origin))
        figures = [statistics.median(first), max(first), statistics.median(later), max(later)]
        print("[{}-{}: first event {:.2f} ms (most {:.2f}), later {:.2f} ms (most {:.2f})] ".format(
            client, origin, *figures), end="", flush=True)
        self.assertLess(figures[0], BOUND)
        self.assertLess(figures[2], BOUND)

    def test_h2_to_h2(self):
        self.check("h2", "h2")

    def test_h1_to_h1(self):
        self.check("http/1.1", "http/1.1")

    def test_h1_to_h2(self):
        self.check("http/1.1", "h2")

    def test_h2_to_h1(self):
        # A connection of HTTP/1.1 in the pool serves the client of HTTP/2.
        connection, ask, read = self.open("http/1.1", "http/1.1")
        with connection:
            self.wanted["/before"].put(None)
            ask("/before")
            self.assertEqual(read(), b"")
        self.check("h2", "http/1.1")
