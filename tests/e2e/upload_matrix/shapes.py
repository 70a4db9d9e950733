"""How clients send a file: for each shape the requests of a client, what its server answers, and what that holds in
the end by the requests that came. The server's reading is this file's own, and knows nothing of the gateway's."""

import base64
import dataclasses
import hashlib
import json
import re
import urllib.parse

from kit.byte_record import Request

PARTS = 3  # of a file that travels in several requests
BOUNDARY = "----as-browsers-write-it-7MA4YWxkTrZu0gW"
COMPANION = ("agenda.txt", b"The agenda is the usual one.\n")  # beside the file in a form


@dataclasses.dataclass
class Thing:
    """The file, and the circumstances that policies ask for. `key` is in what servers number uploads by."""
    key: str
    name: str
    content: bytes
    instance: str = "ours"
    public: bool = False

    @property
    def session(self):
        return "up-" + self.key


def cut(content):
    """(offset, bytes) of each part."""
    size = -(-len(content) // PARTS)
    return [(at, content[at:at + size]) for at in range(0, len(content), size)]


def octets(*more):
    return [("Content-Type", "application/octet-stream"), *more]


S3 = "docs.s3.eu-west-1.amazonaws.com"
DROPBOX = "content.dropboxapi.com"
GOOGLE = "www.googleapis.com"
GITHUB = "api.github.com"
GRAPH = "graph.microsoft.com"
CATBOX = "catbox.moe"
AZURE = "ours.blob.core.windows.net"
FILES = "files.test"
HOSTS = (S3, DROPBOX, GOOGLE, GITHUB, GRAPH, CATBOX, AZURE, FILES, "*.sharepoint.com")


# --- one request ---

def s3_fields(thing, checksum):
    fields = octets(("X-Amz-Content-Sha256", checksum), ("x-amz-expected-bucket-owner", thing.instance))
    return fields + [("x-amz-acl", "public-read")] if thing.public else fields


def put(thing):
    checksum = hashlib.sha256(thing.content).hexdigest()
    return [Request("PUT", S3, f"/{thing.key}/{thing.name}", s3_fields(thing, checksum), thing.content)]


def aws_chunked(thing):
    signature = hashlib.sha256(thing.key.encode()).hexdigest()
    body = b"".join(b"%x;chunk-signature=%s\r\n%s\r\n" % (len(part), signature.encode(), part)
                    for part in [*(part for _, part in cut(thing.content)), b""])
    fields = s3_fields(thing, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    fields += [("Content-Encoding", "aws-chunked"), ("X-Amz-Decoded-Content-Length", len(thing.content))]
    return [Request("PUT", S3, f"/{thing.key}/{thing.name}", fields, body)]


def post(thing):
    arguments = json.dumps({"path": f"/{thing.key}/{thing.name}", "mode": "add"})
    return [Request("POST", DROPBOX, "/2/files/upload", octets(("Dropbox-API-Arg", arguments)), thing.content)]


def chunked(thing):
    pieces = [thing.content[at:at + 1000] for at in range(0, len(thing.content), 1000)]
    return [Request("PUT", FILES, f"/{thing.key}/{thing.name}", [], pieces)]


def form_part(name, filename, kind, content):
    return (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {kind}\r\n\r\n").encode() + content + b"\r\n"


def form(thing):
    body = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="reqtype"\r\n\r\nfileupload\r\n'.encode() +
            form_part("more", COMPANION[0], "text/plain", COMPANION[1]) +
            form_part("fileToUpload", thing.name, "application/octet-stream", thing.content) +
            f"--{BOUNDARY}--\r\n".encode())
    kind = [("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")]
    if thing.public:  # What is sent there is there for everybody.
        return [Request("POST", CATBOX, "/user/api.php", kind, body)]
    return [Request("POST", FILES, f"/{thing.key}/form", kind, body)]


def related(thing):
    body = (f"--{BOUNDARY}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
            f"{json.dumps({'name': thing.name})}\r\n--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\n\r\n"
            ).encode() + thing.content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return [Request("POST", GOOGLE, "/upload/drive/v3/files?uploadType=multipart",
                    [("Content-Type", f"multipart/related; boundary={BOUNDARY}")], body)]


def base64_json(thing):
    body = {"message": "a paper", "content": base64.b64encode(thing.content).decode()}
    return [Request("PUT", GITHUB, f"/repos/{thing.instance}/papers/contents/{thing.key}/{thing.name}",
                    [("Content-Type", "application/json")], json.dumps(body).encode())]


# --- several ---

def s3_parts(thing):
    path = f"/{thing.key}/{thing.name}"
    owner = [("x-amz-expected-bucket-owner", thing.instance)]
    requests = [Request("POST", S3, path + "?uploads=", owner)]
    for number, (_, part) in enumerate(cut(thing.content), 1):
        checksum = hashlib.sha256(part).hexdigest()
        requests.append(Request("PUT", S3, f"{path}?partNumber={number}&uploadId={thing.session}",
                                [("X-Amz-Content-Sha256", checksum), *owner], part))
    listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>&quot;{number}&quot;</ETag></Part>"
                     for number in range(1, len(requests)))
    requests.append(Request("POST", S3, f"{path}?uploadId={thing.session}",
                            [("Content-Type", "application/xml"), *owner],
                            f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()))
    return requests


def ranges(thing, method, host, target, fields=()):
    size = len(thing.content)
    return [Request(method, host, target,
                    [("Content-Range", f"bytes {at}-{at + len(part) - 1}/{size}"), *fields], part)
            for at, part in cut(thing.content)]


def google_resumable(thing):
    target = "/upload/drive/v3/files?uploadType=resumable"
    start = Request("POST", GOOGLE, target,
                    [("Content-Type", "application/json"), ("X-Upload-Content-Type", "application/octet-stream"),
                     ("X-Upload-Content-Length", len(thing.content))], json.dumps({"name": thing.name}).encode())
    return [start, *ranges(thing, "PUT", GOOGLE, f"{target}&upload_id={thing.session}")]


def google_resumable_at_once(thing):
    """Google's way for small files: the session, then all bytes in one request that tells no range."""
    start, first, *_ = google_resumable(thing)
    return [start, Request("PUT", GOOGLE, first.target, [], thing.content)]


def azure_blocks(thing):
    path = f"/papers/{thing.key}/{thing.name}"
    ids = [base64.b64encode(b"block-%04d" % number).decode() for number in range(PARTS)]
    requests = [Request("PUT", AZURE, f"{path}?comp=block&blockid={urllib.parse.quote(id)}", [], part)
                for id, (_, part) in zip(ids, cut(thing.content))]
    listed = "".join(f"<Latest>{id}</Latest>" for id in ids)
    return requests + [Request("PUT", AZURE, path + "?comp=blocklist", [("Content-Type", "application/xml")],
                               f"<BlockList>{listed}</BlockList>".encode())]


def sharepoint_chunks(thing):
    """StartUpload, ContinueUpload, FinishUpload of SharePoint's own interface."""
    (_, first), (at, middle), (last_at, last) = cut(thing.content)
    id = f"{int(thing.key):08x}-0000-4000-8000-000000000000"
    host = f"{thing.instance}.sharepoint.com"
    file = f"/_api/web/GetFileByServerRelativePath(DecodedUrl='/sites/papers/{thing.key}/{thing.name}')"
    return [Request("POST", host, f"{file}/StartUpload(uploadId=guid'{id}')", octets(), first),
            Request("POST", host, f"{file}/ContinueUpload(uploadId=guid'{id}',fileOffset={at})", octets(), middle),
            Request("POST", host, f"{file}/FinishUpload(uploadId=guid'{id}',fileOffset={last_at})", octets(), last)]


def ms_session(thing):
    start = Request("POST", GRAPH, f"/v1.0/me/drive/root:/{thing.key}/{thing.name}:/createUploadSession",
                    [("Content-Type", "application/json")], json.dumps({"item": {"name": thing.name}}).encode())
    host = f"{thing.instance}.sharepoint.com"
    target = f"/_api/v2.0/drives/b/items/{thing.key}/uploadSession?t={thing.session}"
    return [start, *ranges(thing, "PUT", host, target)]


def dropbox_session(thing):
    """Start and finish carry bytes too, as Dropbox's own SDK has it."""
    (_, first), (at, middle), (last_at, last) = cut(thing.content)
    cursor = lambda offset: {"session_id": thing.session, "offset": offset}
    def request(route, arguments, body):
        return Request("POST", DROPBOX, "/2/files/upload_session/" + route,
                       octets(("Dropbox-API-Arg", json.dumps(arguments))), body)
    return [request("start", {"close": False}, first),
            request("append_v2", {"cursor": cursor(at), "close": False}, middle),
            request("finish", {"cursor": cursor(last_at), "commit": {"path": f"/{thing.key}/{thing.name}"}}, last)]


def tus(thing):
    version = ("Tus-Resumable", "1.0.0")
    name = base64.b64encode(thing.name.encode()).decode()
    requests = [Request("POST", FILES, "/tus", [version, ("Upload-Length", len(thing.content)),
                                                ("Upload-Metadata", f"filename {name}")])]
    return requests + [Request("PATCH", FILES, f"/tus/{thing.session}",
                               [version, ("Upload-Offset", at), ("Content-Type", "application/offset+octet-stream")],
                               part) for at, part in cut(thing.content)]


SHAPES = {one.__name__: one for one in (put, post, chunked, form, related, base64_json, aws_chunked, s3_parts,
                                         google_resumable, google_resumable_at_once, ms_session,
                                         sharepoint_chunks, dropbox_session, azure_blocks, tus)}


# --- the servers: what they answer ---

def answer(arrived):
    session = "up-" + (arrived.get("X-Cell") or "")
    arguments = json.loads(arrived.get("Dropbox-API-Arg") or "{}")
    as_json = {"Content-Type": "application/json"}
    query, path = arrived.query, arrived.path
    if "uploads" in query:
        xml = f"<InitiateMultipartUploadResult><UploadId>{session}</UploadId></InitiateMultipartUploadResult>"
        return 200, {"Content-Type": "application/xml"}, xml.encode()
    if query.get("uploadType") == "resumable" and "upload_id" not in query:
        return 200, {"Location": f"https://{GOOGLE}{path}?uploadType=resumable&upload_id={session}"}, b""
    if path.endswith(":/createUploadSession"):
        key, host = path.split("/")[-3], arrived.get("X-Instance")
        url = f"https://{host}.sharepoint.com/_api/v2.0/drives/b/items/{key.rstrip(':')}/uploadSession?t={session}"
        return 200, as_json, json.dumps({"uploadUrl": url}).encode()
    if path.endswith("/upload_session/start"):
        return 200, as_json, json.dumps({"session_id": session}).encode()
    if path.endswith("/append_v2"):
        return 200, as_json, b"null"
    if arrived.get("Upload-Length"):
        return 201, {"Location": f"/tus/{session}", "Tus-Resumable": "1.0.0"}, b""
    if arrived.get("Upload-Offset"):
        return 204, {"Upload-Offset": str(int(arrived.get("Upload-Offset")) + len(arrived.body))}, b""
    if (place := range_of(arrived)) and place[1] < place[2]:
        return (308, {"Range": f"bytes=0-{place[1] - 1}"}, b"") if arrived.host == GOOGLE else (202, as_json, b"{}")
    name = (arguments.get("path") or arguments.get("commit", {}).get("path", "")).rpartition("/")[2]
    return 200, as_json, json.dumps({"id": "id:" + session, **({"name": name} if name else {})}).encode()


# --- and what they hold ---

def range_of(arrived):
    """(from, behind the last, of how many)"""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", arrived.get("Content-Range") or "")
    return (int(found[1]), int(found[2]) + 1, int(found[3])) if found else None


def put_together(pieces, size):
    """[(offset, bytes)], as they came; None where a byte of `size` is missing."""
    whole, filled = bytearray(size), bytearray(size)
    for at, piece in pieces:
        whole[at:at + len(piece)] = piece
        filled[at:at + len(piece)] = b"\1" * len(piece)
    return bytes(whole) if len(whole) == size and all(filled) else None


def parts_of(arrived):
    """[(head, content)] of a multipart body."""
    boundary = arrived.get("Content-Type").partition("boundary=")[2].encode()
    between = (b"\r\n" + bytes(arrived.body)).split(b"\r\n--" + boundary)[1:-1]
    return [part.removeprefix(b"\r\n").partition(b"\r\n\r\n")[::2] for part in between]


def unchunk(body):
    out = b""
    while body:
        line, _, body = body.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        out, body = out + body[:size], body[size + 2:]
        if size == 0:
            return out
    raise ValueError("no last chunk")


def last_segment(arrived):
    return urllib.parse.unquote(arrived.path.rpartition("/")[2])


def held(shape, requests):
    """[(name, content)]: the files that the server of this shape holds whole, by the requests that came whole."""
    requests = [one for one in requests if one.whole]
    files = []
    if shape in ("put", "chunked"):
        files = [(last_segment(one), bytes(one.body)) for one in requests]
    elif shape == "aws_chunked":
        files = [(last_segment(one), unchunk(bytes(one.body))) for one in requests]
    elif shape == "post":
        files = [(json.loads(one.get("Dropbox-API-Arg"))["path"].rpartition("/")[2], bytes(one.body))
                 for one in requests]
    elif shape == "form":
        files = [(re.search(rb'filename="([^"]*)"', head)[1].decode(), content) for one in requests
                 for head, content in parts_of(one) if b"filename=" in head]
    elif shape == "related":
        for one in requests:
            (_, told), (_, content) = parts_of(one)
            files.append((json.loads(told)["name"], content))
    elif shape == "base64_json":
        files = [(last_segment(one), base64.b64decode(json.loads(one.body)["content"])) for one in requests]
    elif shape == "s3_parts":
        if any("uploads" in one.query for one in requests) and any(one.method == "POST" and "uploadId" in one.query
                                                                  for one in requests):
            parts = {int(one.query["partNumber"]): bytes(one.body) for one in requests if "partNumber" in one.query}
            files = [(last_segment(requests[0]), b"".join(part for _, part in sorted(parts.items())))]
    elif shape in ("google_resumable", "ms_session"):
        starts = [one for one in requests if one.method == "POST"]
        parts = [(range_of(one), bytes(one.body)) for one in requests if one.method == "PUT"]
        if starts and parts:
            told = json.loads(starts[0].body)
            whole = put_together([(place[0], body) for place, body in parts], parts[0][0][2])
            files = [(told.get("name") or told["item"]["name"], whole)] if whole is not None else []
    elif shape == "google_resumable_at_once":
        told = [json.loads(one.body)["name"] for one in requests if one.method == "POST"]
        files = [(told[0], bytes(one.body)) for one in requests if told and one.method == "PUT"]
    elif shape == "azure_blocks":
        blocks = {urllib.parse.unquote(one.query["blockid"]): bytes(one.body) for one in requests
                  if one.query["comp"] == "block"}
        for one in requests:
            if one.query["comp"] == "blocklist":
                ids = re.findall("<Latest>(.*?)</Latest>", one.body.decode())
                if all(id in blocks for id in ids):
                    files = [(last_segment(one), b"".join(blocks[id] for id in ids))]
    elif shape == "sharepoint_chunks":
        step = lambda name: [one for one in requests if f"/{name}(" in one.path]
        if step("StartUpload") and step("FinishUpload"):
            offset = lambda one: int((re.search(r"fileOffset=(\d+)", one.path) or [0, 0])[1])
            pieces = [(offset(one), bytes(one.body)) for one in requests]
            whole = put_together(pieces, max(at + len(piece) for at, piece in pieces))
            name = re.search(r"/([^/']*)'\)", requests[0].path)[1]
            files = [(name, whole)] if whole is not None else []
    elif shape == "dropbox_session":
        by_route = {}
        for one in requests:
            by_route.setdefault(one.path.rpartition("/")[2], []).append(one)
        if "start" in by_route and "finish" in by_route:
            pieces = [(0, bytes(by_route["start"][0].body))]
            for one in by_route.get("append_v2", []) + by_route["finish"]:
                pieces.append((json.loads(one.get("Dropbox-API-Arg"))["cursor"]["offset"], bytes(one.body)))
            whole = put_together(pieces, max(at + len(piece) for at, piece in pieces))
            name = json.loads(by_route["finish"][0].get("Dropbox-API-Arg"))["commit"]["path"].rpartition("/")[2]
            files = [(name, whole)] if whole is not None else []
    elif shape == "tus":
        starts = [one for one in requests if one.get("Upload-Length")]
        if starts:
            pieces = [(int(one.get("Upload-Offset")), bytes(one.body)) for one in requests if one.method == "PATCH"]
            whole = put_together(pieces, int(starts[0].get("Upload-Length")))
            name = base64.b64decode(starts[0].get("Upload-Metadata").split(" ")[1]).decode()
            files = [(name, whole)] if whole is not None else []
    else:
        raise KeyError(shape)
    return files
