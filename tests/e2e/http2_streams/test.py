"""A thousand streams at once, on ten connections and on one: all complete, counters add up, others are served."""

import re
import statistics
import subprocess
import threading
import time

import kit
from kit.http2 import Codes, Http2
from kit.process import clean_environment, tool

STREAMS = 1000
REQUESTS = 20_000   # of h2load
OTHERS = 10.0       # seconds that a client beside them may wait; on an idle machine it is a fraction of one


class Gathering:
    """An origin that answers nobody before `wanted` requests have come, whatever connections they came on."""

    def __init__(self, most_streams):
        self.most_streams = most_streams
        self.lock = threading.Lock()
        self.here, self.wanted, self.most = 0, 0, 0

    def talk(self, peer):
        connection = Http2(peer, False, max_concurrent_streams=self.most_streams)
        peer.socket.settimeout(0.05)
        waiting = []
        while True:
            try:
                if not connection.pump():
                    return
            except TimeoutError:
                pass  # Others may have come elsewhere.
            with self.lock:
                self.here += len(connection.new)
                together = self.here >= self.wanted
            waiting += connection.new
            connection.new.clear()
            self.most = max(self.most, len(waiting))
            if together and waiting:
                for stream in waiting:
                    stream.reply(200, stream.get(":path").encode())
                waiting.clear()


class Http2Streams(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue("nginx.test", "gather.test", "other.test", "old.test")
        cls.nginx = kit.Nginx(cls, [kit.Site("nginx.test", "other.test", identity=identity, http2=True)])
        cls.nginx.write("/small.txt", "x" * 1024)
        cls.old = kit.Nginx(cls, [kit.Site("old.test", identity=identity)], name="nginx-old")
        cls.old.write("/small.txt", "x" * 1024)
        cls.gathering = Gathering(100)
        cls.origin = kit.RawOrigin(cls, cls.gathering.talk, identity, alpn=("h2",))
        resolve = {"nginx.test": cls.nginx.tls, "other.test": cls.nginx.tls, "old.test": cls.old.tls,
                   "gather.test": cls.origin.address}
        cls.gateways = {
            streams: kit.Gateway(cls, f"gateway-{streams}", roots=[authority.certificate], resolve=resolve,
                                 config={"limits": {"http2_streams": streams}, "workers": 1})
            for streams in (100, 1000)}

    def others(self, gateway, until):
        """Asks from beside, again and again until the event; how long each took."""
        curl, took = kit.Curl(gateway, "--http2"), []
        while not until.is_set() or not took:
            reply = curl("https://other.test/small.txt")
            self.assertEqual(reply.status, 200)
            took.append(reply.facts["time_total"])
        return took

    def check_load(self, gateway, host, connections, streams):
        relay = kit.Relay(type(self), gateway, host)
        before = gateway.metric("sallyport_exchanges_total")
        done = threading.Event()
        load = subprocess.Popen(
            [tool("h2load"), "-n", str(REQUESTS), "-c", str(connections), "-m", str(streams),
             f"--connect-to={relay.address}", f"https://{host}/small.txt"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_environment(self.directory))
        threading.Thread(target=lambda: (load.wait(), done.set()), daemon=True).start()
        took = self.others(gateway, done)
        with load:
            said = load.stdout.read()
        self.assertEqual(load.returncode, 0, said)
        self.assertIn(f"requests: {REQUESTS} total, {REQUESTS} started, {REQUESTS} done, {REQUESTS} succeeded, "
                      "0 failed, 0 errored, 0 timeout", said)
        self.assertIn("Application protocol: h2", said)
        self.assertEqual(gateway.metric("sallyport_exchanges_total") - before, REQUESTS + len(took))
        self.assertLess(max(took), OTHERS)
        rate = re.search(r"([\d.]+) req/s", said).group(1)
        print(f"[{host}, {connections} x {streams} streams: {rate} requests/s through a relay in Python; {len(took)} "
              f"others waited {statistics.median(took) * 1000:.0f} ms, {max(took) * 1000:.0f} at most] ", end="",
              flush=True)

    def test_ten_connections_of_a_hundred_streams(self):
        self.check_load(self.gateways[100], "nginx.test", 10, 100)

    def test_one_connection_of_a_thousand_streams(self):
        self.check_load(self.gateways[1000], "nginx.test", 1, 1000)

    def gather(self, gateway, connections):
        """A thousand requests that the origin answers only when it has all of them."""
        each = STREAMS // connections
        gathering = self.gathering
        with gathering.lock:
            gathering.wanted = gathering.here + STREAMS
        opened = [Http2.connect(gateway, "gather.test") for _ in range(connections)]
        began = time.monotonic()
        asked = []
        for connection in opened:
            connection.pump_until(lambda: connection.settings)
            for number in range(each):
                asked.append(connection.request(f"/{id(connection)}/{number}"))
        done = threading.Event()
        took = []
        beside = threading.Thread(target=lambda: took.extend(self.others(gateway, done)))
        beside.start()
        try:
            for connection, first in zip(opened, range(0, STREAMS, each)):
                for stream, number in zip(asked[first:first + each], range(each)):
                    stream.wait_end()
                    self.assertEqual((stream.status, stream.body),
                                     (200, f"/{id(connection)}/{number}".encode()), stream)
        finally:
            done.set()
            beside.join()
            for connection in opened:
                connection.close()
        self.assertLess(max(took), OTHERS)
        print(f"[{STREAMS} at once on {connections} connections: {time.monotonic() - began:.1f} s between programs in "
              f"Python] ", end="", flush=True)

    def test_a_thousand_requests_are_at_the_origin_at_the_same_time(self):
        self.gather(self.gateways[100], 10)

    def test_a_thousand_of_one_connection_are_at_the_origin_at_the_same_time(self):
        gateway = self.gateways[1000]
        self.gather(gateway, 1)
        # An origin takes what it said it takes: more connections, none with more streams.
        self.assertLessEqual(self.gathering.most, 100)

    def test_what_is_beyond_the_limit_is_refused_and_the_rest_served(self):
        gateway = self.gateways[100]
        with Http2.connect(gateway, "gather.test") as connection:
            with self.gathering.lock:
                self.gathering.wanted = self.gathering.here + 101  # which never come
            # At once, before the client could know how many the gateway takes.
            asked = [connection.request(f"/{number}") for number in range(110)]
            for stream in asked[100:]:
                stream.wait_end()
            self.assertEqual({stream.reset for stream in asked[100:]}, {Codes.REFUSED_STREAM})
            with self.gathering.lock:
                self.gathering.wanted = 0
            self.assertEqual([stream.wait_end().status for stream in asked[:100]], [200] * 100)
            self.assertEqual(connection.request("/after").wait_end().status, 200)
