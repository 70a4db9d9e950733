"""1 GiB each way over HTTP/2, less where one leg is HTTP/1.1: every byte arrives, and memory stays flat."""

import subprocess

import kit
from kit.http2 import Http2
from kit.memory import Memory
from kit.process import clean_environment

SIZE = 1 << 30            # bytes
LESS = SIZE // 4          # of the pairs of two versions
LIMIT = 16 * 1024 * 1024  # bytes that the gateway may grow by meanwhile; its windows are part of them
PAIRS = (("match", "--http2", "h2", "h2", SIZE), ("prefer", "--http1.1", "http/1.1", "h2", LESS),
         ("match", "--http2", "h2", "http/1.1", LESS))


class Http2Bulk(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue("files.test", "sink.test", "files1.test", "sink1.test")
        cls.nginx2 = kit.Nginx(cls, [kit.Site("files.test", identity=identity, http2=True)])
        cls.nginx1 = kit.Nginx(cls, [kit.Site("files1.test", identity=identity)], name="nginx-old")
        cls.sink2 = kit.Nghttpd(cls, identity)  # reads uploads to their end
        cls.sink2.write("/sink", "thank you\n")
        cls.sink1 = kit.RawOrigin(cls, cls.take, identity, alpn=("http/1.1",))
        for server in (cls.nginx2, cls.nginx1):
            for size in (SIZE, LESS):
                server.write_sparse(f"/{size}.bin", size)
            server.write_sparse("/small.bin", 1 << 20)
        resolve = {"files.test": cls.nginx2.tls, "sink.test": cls.sink2.address,
                   "files1.test": cls.nginx1.tls, "sink1.test": cls.sink1.address}
        cls.gateways = {mode: kit.Gateway(cls, f"gateway-{mode}", roots=[authority.certificate], resolve=resolve,
                                          config={"workers": 1, "origins": {"http2": mode}})
                        for mode in ("match", "prefer")}
        # Buffers, leaves and threads that stay are made before anything is measured.
        for mode, option, _, origin, _ in PAIRS:
            for _ in range(4):
                curl = cls.curl(mode, option, origin)
                curl(cls.url("files", origin, "/small.bin"))
                curl("-T", "-", cls.url("sink", origin, "/sink"), stdin=b"0" * (1 << 20))

    @staticmethod
    def url(host, origin, path):
        return f"https://{host}{'' if origin == 'h2' else '1'}.test{path}"

    @classmethod
    def curl(cls, mode, option, origin):
        gateway = cls.gateways[mode]
        if option == "--http2" and origin != "h2":
            # A client of both versions is given h2 for such an origin once a connection is in the pool.
            kit.Curl(gateway, "--http1.1")(cls.url("files", origin, "/small.bin"), cls.url("sink", origin, "/sink"))
        return kit.Curl(gateway, option)

    @classmethod
    def take(cls, peer):
        buffer = bytearray(1 << 18)
        while head := peer.read_head():
            count = 0
            if head.get("Transfer-Encoding"):
                while chunk := peer.read_chunk():
                    count += len(chunk)
            else:
                left = int(head.get("Content-Length") or 0)
                count, peer.held = min(left, len(peer.held)), peer.held[left:]
                while count < left and (got := peer.socket.recv_into(buffer, min(len(buffer), left - count))):
                    count += got
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(str(count))}\r\n\r\n{count}")

    def check(self, gateway, memory, client, origin, size, **expected):
        row = gateway.wait_for_activities(1, **expected)[0]
        self.assertEqual((row["status"], row["ending"]), (200, "completed"), row)
        tls = gateway.event(row["id"])["tls"]
        self.assertEqual((tls["client_alpn"], tls["origin_alpn"]), (client, origin))
        self.assertGreater(memory.samples, 5)
        self.assertLess(memory.growth, LIMIT, f"grew from {memory.before} by {memory.growth} bytes")
        print(f"[{client}-{origin} {size >> 20} MiB: {memory.before >> 10} KiB + {memory.growth >> 10} KiB] ", end="",
              flush=True)

    def test_downloads_a_gibibyte(self):
        for mode, option, client, origin, size in PAIRS:
            with self.subTest(client=client, origin=origin):
                gateway, curl, path = self.gateways[mode], self.curl(mode, option, origin), f"/{size}.bin"
                url = self.url("files", origin, path)
                with Memory(gateway) as memory:
                    done = subprocess.Popen(curl.arguments(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                            env=clean_environment(self.directory))
                    with done:
                        count, wrong, zeros = 0, 0, bytes(1 << 20)
                        while block := done.stdout.read(1 << 20):
                            count += len(block)
                            wrong += block != zeros[:len(block)]
                        self.assertEqual(done.wait(60), 0, done.stderr.read())
                self.assertEqual((count, wrong), (size, 0))
                self.check(gateway, memory, client, origin, size, path=path, host=url.split("/")[2], bytes_out=size)

    def test_uploads_a_gibibyte(self):
        for mode, option, client, origin, size in PAIRS:
            with self.subTest(client=client, origin=origin):
                gateway, curl = self.gateways[mode], self.curl(mode, option, origin)
                url = self.url("sink", origin, "/sink")
                zeros = subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=subprocess.PIPE)
                with Memory(gateway) as memory, zeros:
                    done = subprocess.run(curl.arguments("-T", "-", "-w", " %{http_code}", url), stdin=zeros.stdout,
                                          capture_output=True, text=True, timeout=120,
                                          env=clean_environment(self.directory))
                said = "thank you\n" if origin == "h2" else str(size)
                self.assertEqual((done.returncode, done.stdout), (0, said + " 200"), done.stderr)
                self.check(gateway, memory, client, origin, size, path="/sink", host=url.split("/")[2], bytes_in=size)

    def test_what_nobody_reads_is_not_collected(self):
        # 20 streams of 1 GiB whose client takes one window of each and no more.
        gateway = self.gateways["match"]
        with Memory(gateway) as memory, Http2.connect(gateway, "files.test", initial_window_size=65535) as connection:
            connection.engine.acknowledge_received_data = lambda size, id: None
            streams = [connection.request(f"/{SIZE}.bin?stalled") for _ in range(20)]
            # The connection's window is what ends it: 1 MiB in all.
            connection.pump_until(lambda: sum(len(one.body) for one in streams) >= 1 << 20)
            self.assertFalse(any(one.over for one in streams))
            kit.wait_until(lambda: memory.samples > 20, "the gateway was looked at for a second")
        # Of each stream, a window of what the origin may send ahead.
        self.assertLess(memory.growth, LIMIT)
        print(f"[20 stalled streams: {memory.before >> 10} KiB + {memory.growth >> 10} KiB] ", end="", flush=True)
