"""An origin that keeps what came of every request, byte by byte, whatever became of it: the proof of what left the
gateway. And a client that sends exact requests in either version of HTTP, from an address of its choice."""

import dataclasses
import functools
import socket
import ssl
import threading

from kit import wire
from kit.http2 import Http2
from kit.raw_origin import RawOrigin


class Arrived:
    """One request. `body` is what came of it so far, `whole` whether all of it did."""

    def __init__(self, version, method, target, fields):
        self.version, self.method, self.target, self.fields = version, method, target, fields
        self.body = bytearray()
        self.whole = False

    def get(self, name, default=None):
        for field, value in self.fields:
            if field.lower() == name.lower():
                return value
        return default

    @property
    def host(self):
        return self.get("Host") or self.get(":authority")

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return dict(pair.partition("=")[::2] for pair in self.target.partition("?")[2].split("&") if pair)

    def __repr__(self):
        return f"<{self.version} {self.method} {self.target}: {len(self.body)} bytes{'' if self.whole else ', cut'}>"


class ByteRecord:
    """`answer(arrived)` is the reply: (status, fields, body). Requests with a field `mark` are kept under its value.
    `take(arrived, piece)` is given the bytes of bodies instead of keeping them."""

    def __init__(self, scenario, identity, answer, http2=False, mark="X-Cell", take=None):
        self.answer, self.mark = answer, mark
        self.take = take or (lambda arrived, piece: arrived.body.extend(piece))
        self.kept = {}
        self.lock = threading.Lock()
        self.origin = RawOrigin(scenario, self._talk_http2 if http2 else self._talk, identity,
                                alpn=("h2",) if http2 else ())
        self.address = self.origin.address

    def of(self, mark):
        """In the order in which they began."""
        with self.lock:
            return list(self.kept.get(str(mark), ()))

    def _begin(self, *arguments):
        arrived = Arrived(*arguments)
        with self.lock:
            self.kept.setdefault(arrived.get(self.mark), []).append(arrived)
        return arrived

    def _talk(self, peer):
        while (head := peer.read_head()) is not None:
            arrived = self._begin("http/1.1", head.method, head.target, head.fields)
            if (head.get("Transfer-Encoding") or "").lower() == "chunked":
                while size := int(peer.read_until(b"\r\n").split(b";")[0], 16):
                    self._read(peer, arrived, size)
                    peer.read_until(b"\r\n")
                while peer.read_until(b"\r\n") != b"\r\n":
                    pass
            else:
                self._read(peer, arrived, int(head.get("Content-Length") or 0))
            arrived.whole = True
            status, fields, body = self.answer(arrived)
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            peer.send(f"HTTP/1.1 {status} Answer\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _read(self, peer, arrived, count):
        while count:
            if not peer.held and not peer.fill():
                raise EOFError("a body was cut")
            piece, peer.held = peer.held[:count], peer.held[count:]
            self.take(arrived, piece)
            count -= len(piece)

    def _talk_http2(self, peer):
        connection = Http2(peer, False)
        running = {}
        while True:
            while connection.new:
                stream = connection.new.popleft()
                running[stream] = self._begin("h2", stream.get(":method"), stream.get(":path"), stream.fields)
            for stream, arrived in list(running.items()):
                self.take(arrived, stream.body)
                stream.body = b""
                if not stream.over:
                    continue
                del running[stream]
                if stream.ended:
                    arrived.whole = True
                    status, fields, body = self.answer(arrived)
                    stream.reply(status, body, [(name.lower(), value) for name, value in fields.items()])
            if not connection.pump():
                return


@dataclasses.dataclass
class Request:
    """`body` is bytes, or a list of pieces: chunks in HTTP/1.1, DATA frames without a length in HTTP/2."""
    method: str
    host: str
    target: str
    fields: list = dataclasses.field(default_factory=list)
    body: bytes | list = b""

    def bytes(self):
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)


@dataclasses.dataclass
class Answer:
    status: int | None  # None where the connection broke instead
    fields: list
    body: bytes

    def get(self, name, default=None):
        for field, value in self.fields:
            if field.lower() == name.lower():
                return value
        return default


@functools.lru_cache
def _trust(ca, version):
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(["h2"] if version == "h2" else ["http/1.1"])
    return context


class Client:
    """Through `gateway` from the address `source`, speaking `version` and nothing else: "http/1.1" or "h2". One
    connection for each host; one that breaks is opened anew for the next request."""

    def __init__(self, gateway, version="http/1.1", source="127.0.0.1"):
        self.gateway, self.version, self.source = gateway, version, source
        self.open = {}

    def connect(self, host):
        address = self.gateway.addresses[0].rsplit(":", 1)
        peer = wire.Peer(socket.create_connection((address[0], int(address[1])), wire.TIMEOUT,
                                                  source_address=(self.source, 0)))
        peer.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")
        head = peer.read_head()
        if head is None or head.status != 200:
            raise AssertionError(f"CONNECT {host} was answered {head}")
        context = _trust(str(self.gateway.ca), self.version)
        peer = wire.Peer(context.wrap_socket(peer.socket, server_hostname=host))
        if self.version != "h2":
            return peer
        if peer.alpn != "h2":
            raise AssertionError(f"{host}: the gateway chose {peer.alpn}")
        connection = Http2(peer, True)
        connection.host = host
        return connection

    def send(self, request):
        connection = self.open.get(request.host)
        if connection is None:
            connection = self.open[request.host] = self.connect(request.host)
        answer = (self._send_http2 if self.version == "h2" else self._send)(connection, request)
        if answer.status is None or (answer.get("Connection") or "").lower() == "close":
            self.open.pop(request.host).close()
        return answer

    def _send(self, peer, request):
        fields = [("Host", request.host), *request.fields]
        pieces = isinstance(request.body, list)
        if pieces:
            fields.append(("Transfer-Encoding", "chunked"))
        elif request.body or request.method not in ("GET", "HEAD", "DELETE"):
            fields.append(("Content-Length", len(request.body)))
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        try:
            peer.send(f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n".encode())
            for piece in request.body if pieces else ():
                peer.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            peer.send(b"0\r\n\r\n" if pieces else request.body)
        except (ConnectionError, ssl.SSLError):
            pass  # The answer may have come before.
        try:
            head = peer.read_head()
            while head is not None and 100 <= head.status < 200:
                head = peer.read_head()
            if head is None:
                return Answer(None, [], b"")
            return Answer(head.status, head.fields, peer.read_body(head))
        except (ConnectionError, EOFError, ssl.SSLError):
            return Answer(None, [], b"")

    def _send_http2(self, connection, request):
        fields = [(name.lower(), str(value)) for name, value in request.fields]
        pieces = isinstance(request.body, list)
        if not pieces and (request.body or request.method not in ("GET", "HEAD", "DELETE")):
            fields.append(("content-length", str(len(request.body))))
        try:
            stream = connection.request(request.target, request.method, fields, end=not request.body)
            for piece in request.body if pieces else [request.body] if request.body else []:
                if stream.over or not stream.send(piece):
                    break
            if request.body and not stream.over:
                stream.send(b"", end=True)  # In a frame of its own, as many clients do.
            stream.wait_end()
        except (ConnectionError, ssl.SSLError):
            return Answer(None, [], b"")
        return Answer(stream.status, stream.fields or [], stream.body)

    def close(self):
        for connection in self.open.values():
            connection.close()
        self.open.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
