"""1 GiB each way through opened TLS: every byte arrives, and the gateway's memory stays where it was."""

import subprocess

import kit
from kit.memory import Memory
from kit.process import clean_environment

SIZE = 1 << 30            # bytes
LIMIT = 16 * 1024 * 1024  # bytes that the gateway may grow by meanwhile


class BigPost(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.received = []
        identity = authority.issue("sink.test", "files.test")
        cls.sink = kit.RawOrigin(cls, cls.take, identity)
        cls.nginx = kit.Nginx(cls, [kit.Site("files.test", identity=identity)])
        cls.nginx.write_sparse("/big.bin", SIZE)
        cls.nginx.write_sparse("/small.bin", 1 << 20)
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate],
                                  resolve={"sink.test": cls.sink.address, "files.test": cls.nginx.tls})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        # Buffers, leaves and threads that stay are made before anything is measured.
        for _ in range(4):
            cls.curl("-T", "-", "https://sink.test/warm", stdin=b"0" * (1 << 20))
            cls.curl("https://files.test/small.bin")

    @classmethod
    def take(cls, peer):
        while head := peer.read_head():
            count = 0
            if (head.get("Transfer-Encoding") or "").lower() == "chunked":
                while chunk := peer.read_chunk():
                    count += len(chunk)
            else:
                left = int(head.get("Content-Length") or 0)
                count, buffer = min(left, len(peer.held)), bytearray(1 << 18)
                peer.held = peer.held[count:]
                while count < left:
                    got = peer.socket.recv_into(buffer, min(len(buffer), left - count))
                    if got == 0:
                        break
                    count += got
            cls.received.append((head.target, count))
            peer.send("HTTP/1.1 204 No Content\r\n\r\n")

    def check_growth(self, memory):
        self.assertGreater(memory.samples, 5)
        self.assertLess(memory.growth, LIMIT, f"grew from {memory.before} by {memory.growth} bytes")
        print(f"[{SIZE >> 20} MiB: memory {memory.before >> 10} KiB + {memory.growth >> 10} KiB] ", end="", flush=True)

    def upload(self, path, *arguments):
        zeros = subprocess.Popen(["head", "-c", str(SIZE), "/dev/zero"], stdout=subprocess.PIPE)
        with Memory(self.gateway) as memory, zeros:
            done = subprocess.run(self.curl.arguments("-T", "-", *arguments, "-w", "%{http_code}",
                                                      "https://sink.test" + path),
                                  stdin=zeros.stdout, capture_output=True, text=True, timeout=170,
                                  env=clean_environment(self.directory))
        self.assertEqual((done.returncode, done.stdout), (0, "204"), done.stderr)
        self.assertEqual([count for target, count in self.received if target == path], [SIZE])
        row = self.gateway.wait_for_activities(1, path=path)[0]
        self.assertEqual((row["bytes_in"], row["bytes_out"], row["ending"]), (SIZE, 0, "completed"))
        self.check_growth(memory)

    def test_uploads_a_gibibyte_in_chunks(self):
        self.upload("/chunked")

    def test_uploads_a_gibibyte_with_a_length(self):
        self.upload("/length", "-H", "Transfer-Encoding:", "-H", f"Content-Length: {SIZE}")

    def test_downloads_a_gibibyte(self):
        with Memory(self.gateway) as memory:
            done = subprocess.Popen(self.curl.arguments("https://files.test/big.bin"), stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, env=clean_environment(self.directory))
            count, wrong, zeros = 0, 0, bytes(1 << 20)
            while block := done.stdout.read(1 << 20):
                count += len(block)
                wrong += block != zeros[:len(block)]
            self.assertEqual(done.wait(60), 0, done.stderr.read())
            done.stdout.close()
            done.stderr.close()
        self.assertEqual((count, wrong), (SIZE, 0))
        row = self.gateway.wait_for_activities(1, path="/big.bin")[0]
        self.assertEqual((row["bytes_out"], row["status"], row["ending"]), (SIZE, 200, "completed"))
        self.check_growth(memory)
