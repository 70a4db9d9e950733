"""1 GiB in 64 requests of a resumable upload, streamed, and held part by part: every byte arrives in its place, the
record tells one file with its digest, and the gateway's memory stays where it was."""

import hashlib
import os
import struct

import kit
from kit.byte_record import ByteRecord, Client, Request
from kit.memory import Memory

HOST = "www.googleapis.com"
SIZE = 1 << 30
PART = 16 << 20
PIECE = 1 << 20
LIMIT = 24 << 20  # bytes that the gateway may grow by: its buffers, and of a held part what stays in memory
HELD = "127.0.0.2"
POLICIES = f"""\
- name: nothing that is locked
  when: {{client.ip: {HELD}, activity: upload, file.scan_status: encrypted}}
  then: block
"""


class UploadGibibyte(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.pattern = os.urandom(PIECE - 8)
        cls.came = {}  # upload: [digest of all bytes in the order in which they came, their number]
        cls.origin = ByteRecord(cls, authority.issue(HOST), cls.answer, take=cls.take)
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], policies=POLICIES,
                                  resolve={HOST: cls.origin.address})
        for source in ("127.0.0.1", HELD):
            cls.upload(source, "warm-" + source, 4 * PART)

    @classmethod
    def take(cls, arrived, piece):
        if upload := arrived.query.get("upload_id"):
            digest_and_size = cls.came.setdefault(upload, [hashlib.sha256(), 0])
            digest_and_size[0].update(piece)
            digest_and_size[1] += len(piece)

    @classmethod
    def answer(cls, arrived):
        if arrived.method == "POST":
            return 200, {"Location": f"https://{HOST}{arrived.path}?upload_id={arrived.get('X-Upload')}"}, b""
        _, end, size = arrived.get("Content-Range").replace("/", "-").split("-")
        return (200, {}, b"{}") if int(end) + 1 == int(size) else (308, {"Range": f"bytes=0-{end}"}, b"")

    @classmethod
    def upload(cls, source, name, size):
        """The SHA-256 of what was sent."""
        target, digest = "/upload/drive/v3/files?uploadType=resumable", hashlib.sha256()
        with Client(cls.gateway, source=source) as client:
            assert client.send(Request("POST", HOST, target, [
                ("Content-Type", "application/json"), ("X-Upload-Content-Length", size), ("X-Upload", name)],
                b'{"name":"%s.bin"}' % name.encode())).status == 200
            for at in range(0, size, PART):
                part = b"".join(struct.pack("!Q", number) + cls.pattern
                                for number in range(at // PIECE, (at + PART) // PIECE))
                digest.update(part)
                fields = [("Content-Range", f"bytes {at}-{at + PART - 1}/{size}")]
                status = client.send(Request("PUT", HOST, f"{target}&upload_id={name}", fields, part)).status
                assert status == (200 if at + PART == size else 308), (at, status)
        return digest.hexdigest()

    def check(self, source, name):
        with Memory(self.gateway) as memory:
            digest = self.upload(source, name, SIZE)
        self.assertEqual((self.came[name][0].hexdigest(), self.came[name][1]), (digest, SIZE))

        def told():
            return [row for row in self.gateway.logged() if row.get("activities") and
                    row.get("file", {}).get("name") == name + ".bin"]
        kit.wait_until(told, "it is recorded")
        (row,) = told()
        self.assertEqual((row["file"]["size"], row["file"]["sha256"], [one["type"] for one in row["activities"]]),
                         (SIZE, digest, ["upload"]))
        self.assertGreater(memory.samples, 5)
        self.assertLess(memory.growth, LIMIT, f"grew from {memory.before} by {memory.growth} bytes")
        print(f"[memory {memory.before >> 10} KiB + {memory.growth >> 10} KiB] ", end="", flush=True)

    def test_streamed(self):
        self.check("127.0.0.1", "streamed")

    def test_held(self):
        self.check(HELD, "held")
        self.assertGreaterEqual(self.gateway.metric("sallyport_uploads_held_total"), SIZE // PART)
