"""Rows of evasions.yaml as requests."""

import base64
import gzip
import io
import json
import random
import zipfile
import zlib

from kit.byte_record import Request

BOUNDARY = "AaB03x-as-browsers-write-it"
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + random.Random("program").randbytes(6000)


def archive(**files):
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


BYTES = {
    "paper": PAPER,
    "program": PROGRAM,
    "first byte of program": PROGRAM[:1],
    "rest of program": PROGRAM[1:],
    "long program": PROGRAM + bytes(100_000),
    "opaque": random.Random("opaque").randbytes(3000),
    "compressed by zstd": b"\x28\xb5\x2f\xfd" + random.Random("zstd").randbytes(3000),
    "archive": archive(a="in the archive"),
    "program with a paper behind it": PROGRAM + PAPER,
    "paper with an archive behind it": PAPER + archive(a="in the archive"),
    "picture with an archive behind it": b"GIF89a\1\0\1\0\0\0\0;" + archive(a="in the archive"),
    "secret": b"the formula, as a text\n" * 20,
    "beginning of secret": b"the formula, as a text\n" * 8,
    "end of secret": b"the formula, as a text\n" * 12,
    "archive with a program": archive(a=PROGRAM),
    "script": b"#!/bin/sh\nrm -rf /\n",
    "document": archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}),
}


def expand(rows, versions):
    """(row, version) for each. A row with `each` is as many rows, in whose texts {} stands for one of its values."""
    for row in rows:
        for value in row.get("each", [None]):
            one = {key: part for key, part in row.items() if key != "each"}
            if value is not None:
                one = {**_replace(one, "{}", value), "with": value}
            for version in versions:
                yield _replace(one, "{version}", version[-1]), version


def _replace(thing, mark, text):
    if isinstance(thing, dict):
        return {_replace(key, mark, text): _replace(part, mark, text) for key, part in thing.items()}
    if isinstance(thing, list):
        return [_replace(part, mark, text) for part in thing]
    return thing.replace(mark, text) if isinstance(thing, str) else thing


def encode(text, latin):
    return text.encode("latin-1" if latin else "utf-8")


def part_of(part, boundary, latin):
    if isinstance(part, str):
        part = {"says": part}
    head = [f'Content-Disposition: form-data; {part["says"]}'] if "says" in part else []
    head += part.get("head", [])
    if "type" in part:
        head += [f"Content-Type: {part['type']}"] if part["type"] else []
    elif "says" in part and "filename" in part["says"].lower():
        head.append("Content-Type: application/octet-stream")
    end = part.get("line", "\r\n")
    lines = end.join([f"--{boundary}", *head, "", ""])
    return encode(lines, latin) + body_of(part, latin) + encode(end, latin)


def multipart(parts, boundary, latin, last=True):
    end = f"--{boundary}--\r\n".encode() if last else b""
    return b"".join(part_of(part, boundary, latin) for part in parts) + end


def body_of(send, latin=False):
    """Of a request or of a part."""
    if "gzip" in send:
        members = send["gzip"] if isinstance(send["gzip"], list) else [send["gzip"]]
        return b"".join(gzip.compress(body_of(one, latin)) for one in members)
    if "zlib" in send:
        return zlib.compress(body_of(send["zlib"], latin))
    if "deflate" in send:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(body_of(send["deflate"], latin)) + packer.flush()
    if "base64" in send:
        return base64.b64encode(body_of(send["base64"], latin))
    if "join" in send:
        return b"".join(body_of(one, latin) for one in send["join"])
    if "spaces" in send:
        return b" " * send["spaces"]
    if "text" in send:
        return encode(send["text"], latin)
    if "utf-16" in send:
        return send["utf-16"].encode("utf-16")
    if "json" in send:
        return json.dumps(_filled(send["json"])).encode()
    if "parts" in send:
        return multipart(send["parts"], send.get("boundary", BOUNDARY), latin, send.get("last", True))
    return BYTES[send.get("bytes", "paper")] if "bytes" in send or "says" in send or "put" in send else b""


def _filled(value):
    """{repeat: TEXT, times: N} is that long text, of anything else a list; {lists: [...]} are lists behind each other."""
    if isinstance(value, dict) and set(value) == {"repeat", "times"}:
        what = value["repeat"]
        return (what if isinstance(what, str) else [what]) * value["times"]
    if isinstance(value, dict) and set(value) == {"lists"}:
        return [item for part in value["lists"] for item in _filled(part)]
    if isinstance(value, dict):
        return {key: _filled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part) for part in value]
    return value


def request_of(send, row):
    latin = row.get("latin", False)
    fields = [(name, value) for name, values in send.get("fields", {}).items()
              for value in (values if isinstance(values, list) else [values])]
    named = {name.lower() for name, _ in fields}
    to = send.get("to")
    if "form" in send:
        send = {**send, "parts": send["form"]}
        to = to or "POST files.test/form"
        if "content-type" not in named:
            fields.append(("Content-Type", f"multipart/form-data; boundary={send.get('boundary', BOUNDARY)}"))
    if "put" in send:
        to = f"PUT files.test{send['put']}"
    if "json" in send and "content-type" not in named:
        fields.append(("Content-Type", "application/json"))
    method, _, where = to.partition(" ")
    host, slash, target = where.partition("/")
    body = body_of(send, latin)
    if cut := row.get("cut"):
        body = [body[at:at + cut] for at in range(0, len(body), cut)]
    return Request(method, host, slash + target, [(name, str(value)) for name, value in fields], body)


def requests_of(row):
    send = row["send"] if isinstance(row["send"], list) else [row["send"]]
    return [request_of(one, row) for one in send]


def endings_of(row):
    return row["ends"] if isinstance(row["ends"], list) else [row["ends"]]
