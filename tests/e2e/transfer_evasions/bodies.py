"""What rows of table.yaml say beyond what those of upload_evasions do: more contents, and more kinds of bodies."""

import base64
import hashlib
import io
import json
import random
import tarfile
import urllib.parse

from upload_evasions import rows


def packed(**files):
    """A .tar.gz."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


MAIL = (b"From: a@ours.example\r\nTo: eve@rival.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nhi\r\n--q\r\n"
        b"Content-Type: application/octet-stream; name=a.bin\r\n"
        b'Content-Disposition: attachment; filename="report.exe"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(rows.PROGRAM) + b"\r\n--q--\r\n")
rows.BYTES.update({
    "table": b"name,salary\nana,100\nbob,200\n" * 30,
    "secret json": json.dumps({"customers": [f"c{n}" for n in range(200)]}).encode(),
    "big secret": b"the formula, as a long text\n" * 8000,
    "targz": packed(**{"a.txt": b"in the archive"}),
    "zip in zip": rows.archive(inner=rows.archive(a=rows.PROGRAM)),
    "mail": MAIL,
    "junk": random.Random("junk").randbytes(500),
    "paper head": rows.PAPER + b"%" + b"x" * 5000 + b"\n",
})
DIGESTS = {f"{{sha256 of {name}}}": hashlib.sha256(data).hexdigest() for name, data in rows.BYTES.items()}
FILLINGS = {"{70k}": "x" * 70_000, "{1500k}": "x" * 1_500_000}


def in_zstd(data):
    """RFC 8878: one frame that tells its length, of blocks that are not compressed."""
    blocks = [data[at:at + 100_000] for at in range(0, len(data), 100_000)]
    return b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little") + b"".join(
        (len(block) << 3 | (number == len(blocks))).to_bytes(3, "little") + block
        for number, block in enumerate(blocks, 1))


KINDS = {
    "zstd": in_zstd,
    "quoted": lambda data: urllib.parse.quote_from_bytes(data).encode(),  # application/x-www-form-urlencoded
    "grpc": lambda data: b"\0" + len(data).to_bytes(4, "big") + data,
    "base64url": base64.urlsafe_b64encode,
    "hex": lambda data: data.hex().encode(),
}


def plain(part):
    """Of a request or of a part of its body: the same in the words that rows.py knows."""
    if isinstance(part, list):
        return [plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    part = {key: value if key in ("fields", "json") else plain(value) for key, value in part.items()}
    for filling, text in FILLINGS.items():
        if isinstance(part.get("text"), str):
            part["text"] = part["text"].replace(filling, text)
    if "slice" in part:
        _named(part, rows.BYTES[part.pop("slice")][part.pop("start", 0):part.pop("end", None)])
    for kind in KINDS.keys() & part.keys():
        _named(part, KINDS[kind](rows.body_of(part.pop(kind))))
    return part


def _named(part, data):
    part["bytes"] = hashlib.sha256(data).hexdigest()
    rows.BYTES[part["bytes"]] = data


def by_hand(text, marks):
    """The bytes of a request that is written out: {marks} are fields, {bytes NAME} is that content, {size NAME} and
    {hexsize NAME} its length."""
    out = text.replace("\n", "\r\n").replace("{marks}\r\n", "".join(f"{name}: {value}\r\n" for name, value in marks))
    out = out.encode()
    for name, data in rows.BYTES.items():
        for mark, stands in (("size", b"%d" % len(data)), ("hexsize", b"%x" % len(data)), ("bytes", data)):
            out = out.replace(f"{{{mark} {name}}}".encode(), stands)
    return out
