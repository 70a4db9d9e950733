"""The thirteen rows of the target table (issue 5), and who takes part in them."""

import dataclasses

BIG = 100 * 1024 * 1024     # the body of a bulk transfer
MEDIUM = 10 * 1024 * 1024   # the same under strace
IDLE_CONNECTIONS = 2000
NAMES_CONNECTIONS = 8


@dataclasses.dataclass(frozen=True)
class Target:
    """At most `factor` x the peer's cost, or `absolute`."""
    peer: str = ""
    factor: float = 0.0
    absolute: float = 0.0

    def __str__(self):
        return f"{self.peer} x {self.factor:g}" if self.peer else f"{self.absolute:g}"


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    what: str
    way: str            # opened, plain, tunnel, names: how the generator is told to go through a peer
    words: tuple        # for the generator
    unit: str           # request, latency, in, out, memory
    target: Target
    peers: tuple        # beside ours
    must: tuple = ()    # what preflight and each round must show: resumed, h2, cold
    long: bool = True   # of bulk: bodies take too long to wait, before the window, until none is in flight

    @property
    def bulk(self):
        return self.unit in ("in", "out")

    @property
    def pauses(self):
        """Whether nothing is in flight where the window begins, so that the peer can finish what came before."""
        return not (self.bulk and self.long)

    @property
    def unit_name(self):
        return {"request": "us/request", "latency": "us, p50", "in": "CPU-s/GB", "out": "CPU-s/GB",
                "memory": "KiB/connection"}[self.unit]

    @property
    def scale(self):
        return {"request": 1e6, "latency": 1, "in": 1, "out": 1, "memory": 1 / 1024}[self.unit]

    @property
    def digits(self):
        return 2 if self.bulk else 1

    def count_words(self):
        """The same in small, for runs under strace."""
        words = list(self.words)
        if "/big" in words:
            words[words.index("/big")] = "/medium"
        if str(BIG) in words:
            words[words.index(str(BIG))] = str(MEDIUM)
        return words


def _keep(connections):
    return ("--path", "/1k", "--connections", str(connections))


EVERY = ("nginx", "haproxy", "sslsplit", "squid", "mitmproxy")

SCENARIOS = {one.name: one for one in (
    Scenario("keep-alive", "keep-alive GET 1 KiB, 64 connections, intercepted", "opened", _keep(64),
             "request", Target("nginx", 0.95), EVERY),
    Scenario("latency", "the same, one connection, latency p50 in all", "opened", _keep(1),
             "latency", Target("nginx", 1.05), EVERY),
    Scenario("new-connection", "new connection per request, full handshake, origin connection pooled", "opened",
             (*_keep(16), "--fresh"), "request", Target("nginx", 0.85), EVERY),
    Scenario("resumed", "the same, client resumes", "opened", (*_keep(16), "--fresh", "--resume"),
             "request", Target("nginx", 0.85), EVERY, ("resumed",)),
    Scenario("cold-host", "new host name per connection, cold leaf, new origin handshake", "names",
             (*_keep(NAMES_CONNECTIONS), "--fresh"), "request", Target("squid", 0.28), ("squid", "mitmproxy"),
             ("cold",)),
    Scenario("download", "download 100 MB, 4 connections, intercepted", "opened",
             ("--path", "/big", "--connections", "4"), "in", Target("nginx", 0.85), EVERY),
    Scenario("upload", "upload 100 MB, 4 connections, intercepted", "opened",
             ("--path", "/sink", "--connections", "4", "--put", str(BIG)), "out", Target("haproxy", 0.95), EVERY),
    Scenario("plain", "plain HTTP keep-alive GET 1 KiB, 64 connections", "plain", _keep(64),
             "request", Target("nginx", 1.0), ("nginx", "haproxy", "squid", "mitmproxy")),
    Scenario("tunnel", "bypassed tunnel, keep-alive GET 1 KiB, 64 connections", "tunnel", _keep(64),
             "request", Target("haproxy", 0.95), ("haproxy", "squid", "mitmproxy")),
    Scenario("tunnel-download", "bypassed tunnel, download 100 MB, 4 connections", "tunnel",
             ("--path", "/big", "--connections", "4"), "in", Target("haproxy", 0.7),
             ("haproxy", "haproxy-splice", "squid", "mitmproxy")),
    Scenario("http2", "HTTP/2 client, 4 connections x 32 streams, 1 KiB", "opened",
             ("--path", "/1k", "--connections", "4", "--http2", "--streams", "32"), "request",
             Target("haproxy", 1.0), ("nginx", "haproxy", "haproxy-h1", "mitmproxy"), ("h2",)),
    Scenario("http2-download", "HTTP/2 download 100 MB, one stream on each of 4 connections", "opened",
             ("--path", "/big", "--connections", "4", "--http2"), "in", Target("nginx", 0.9),
             ("nginx", "haproxy", "haproxy-h1", "mitmproxy"), ("h2",)),
    Scenario("idle", f"memory per idle intercepted connection, {IDLE_CONNECTIONS} open", "opened",
             ("--path", "/1k", "--connections", str(IDLE_CONNECTIONS), "--idle"), "memory",
             Target(absolute=20), EVERY),
)}
