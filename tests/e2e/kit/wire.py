"""HTTP/1.1 by hand, for what no client does: exact bytes, exact order. Both sides use it."""

import hashlib
import socket
import ssl

TIMEOUT = 20.0  # seconds that any one read or write may take


def fingerprint(der):
    return hashlib.sha256(der).hexdigest()


class Head:
    """A request's or a reply's head. `start` is its first line in three words."""

    def __init__(self, text):
        lines = text.decode("latin-1").split("\r\n")
        self.start = lines[0].split(" ", 2)
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]

    @property
    def method(self):
        return self.start[0]

    @property
    def target(self):
        return self.start[1]

    @property
    def status(self):
        return int(self.start[1])

    def get(self, name, default=None):
        for field, value in self.fields:
            if field.lower() == name.lower():
                return value
        return default

    def __repr__(self):
        return " ".join(self.start) + " " + repr(self.fields)


class Peer:
    """A socket with a buffer."""

    def __init__(self, sock):
        self.socket = sock
        self.socket.settimeout(TIMEOUT)
        # As real clients do: else a request behind a handshake waits for the peer's delayed ACK.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""

    @property
    def alpn(self):
        """What TLS agreed on; None where there is no TLS or nothing was said."""
        return self.socket.selected_alpn_protocol() if isinstance(self.socket, ssl.SSLSocket) else None

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def fill(self):
        """False at the end."""
        try:
            more = self.socket.recv(256 * 1024)
        except ssl.SSLEOFError:
            more = b""
        self.held += more
        return bool(more)

    def read_exactly(self, count):
        while len(self.held) < count:
            if not self.fill():
                raise EOFError(f"{count - len(self.held)} bytes of {count} did not come")
        data, self.held = self.held[:count], self.held[count:]
        return data

    def read_until(self, mark):
        while mark not in self.held:
            if not self.fill():
                raise EOFError(f"the stream ended before {mark!r}; there was {self.held!r}")
        at = self.held.index(mark) + len(mark)
        data, self.held = self.held[:at], self.held[at:]
        return data

    def read_head(self):
        """None where the stream ends before one begins."""
        while not self.held:
            if not self.fill():
                return None
        return Head(self.read_until(b"\r\n\r\n")[:-4])

    def read_chunk(self):
        """Of a chunked body; b"" is the last."""
        size = int(self.read_until(b"\r\n").split(b";")[0], 16)
        data = self.read_exactly(size)
        self.read_until(b"\r\n")
        return data

    def read_body(self, head, to_end=False):
        if (head.get("Transfer-Encoding") or "").lower() == "chunked":
            body = b""
            while chunk := self.read_chunk():
                body += chunk
            return body
        if head.get("Content-Length") is not None:
            return self.read_exactly(int(head.get("Content-Length")))
        if to_end:
            return self.read_to_end()
        return b""

    def read_to_end(self):
        while self.fill():
            pass
        data, self.held = self.held, b""
        return data

    def close(self):
        """With TLS, says so first (close_notify), without waiting for the other side to say it too."""
        try:
            if isinstance(self.socket, ssl.SSLSocket):
                self.socket.setblocking(False)
                self.socket.unwrap()
        except (OSError, ValueError):
            pass
        self.cut()

    def cut(self):
        """Ends the connection without a word of TLS."""
        try:
            self.socket.close()
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def connect_to(address):
    host, port = address.rsplit(":", 1)
    return Peer(socket.create_connection((host.strip("[]"), int(port)), TIMEOUT))


def secure(peer, ca, server_name, alpn=()):
    """Shakes hands as a client; `ca` False takes whatever is shown."""
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    if ca is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return Peer(context.wrap_socket(peer.socket, server_hostname=server_name))


def connect_through(gateway, host, port=443, *, ca=None, tls=True, fields="", server_name=None, alpn=()):
    """A connection to host:port by CONNECT. With tls, hands are shaken; `ca` None takes the gateway's
    authority, False takes whatever is shown."""
    peer = connect_to(gateway.addresses[0])
    peer.send(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{fields}\r\n")
    head = peer.read_head()
    if head is None or head.status != 200:
        peer.close()
        raise AssertionError(f"CONNECT {host}:{port} was answered {head}")
    if not tls:
        return peer
    return secure(peer, gateway.ca if ca is None else ca, server_name or host, alpn)
