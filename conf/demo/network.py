"""The stand-in for the vendors, and clients that reach it through the gateway: HTTP/1.1 over TLS, on loopback."""
import asyncio
import os
import ssl
import subprocess

MOST_HEAD = 256 << 10


def _openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"openssl {words[0]} failed:\n{done.stderr}")


def make_certificate(folder, hosts):
    """An authority of the demo's own, and one certificate of it for all `hosts`; both new at each start."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, "names.cnf"), "w", encoding="ascii") as file:
        file.write("[leaf]\nbasicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth\nsubjectAltName=@names\n[names]\n")
        for index, host in enumerate(sorted(hosts)):
            file.write(f"DNS.{index}={host}\n")
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "30",
             "-subj", "/CN=Authority of the demo's vendors", "-keyout", "authority.key", "-out", "authority.pem",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-subj", "/CN=vendors",
             "-keyout", "vendors.key", "-out", "vendors.csr")
    _openssl(folder, "x509", "-req", "-in", "vendors.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
             "-CAcreateserial", "-days", "30", "-extfile", "names.cnf", "-extensions", "leaf", "-out", "vendors.pem")
    return os.path.join(folder, "authority.pem")


async def _read_head(reader):
    try:
        text = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None, {}
    lines = text.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return lines[0], headers


async def _pass_body(reader, headers, no_body):
    """Reads a message's body and forgets it (RFC 9112 6)."""
    if no_body:
        return
    if "chunked" in headers.get("transfer-encoding", "").lower():
        while True:
            size = int((await reader.readline()).split(b";")[0] or b"0", 16)
            if size == 0:
                while (await reader.readline()).strip():
                    pass
                return
            left = size + 2
            while left:
                left -= len(await reader.readexactly(min(left, 65536)))
    left = int(headers.get("content-length", 0))
    while left:
        left -= len(await reader.readexactly(min(left, 65536)))


class Origin:
    """Every vendor at once. What it answers was told by whoever sends (`expect`): in a demo both are one."""

    def __init__(self, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(folder, "vendors.pem"), os.path.join(folder, "vendors.key"))
        self.replies = {}
        self.port = 0
        self.server = None

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context, limit=MOST_HEAD, backlog=256)
        self.port = self.server.sockets[0].getsockname()[1]

    def expect(self, request):
        self.replies[(request.method, request.host, request.target)] = request.reply

    async def _serve(self, reader, writer):
        try:
            while True:
                line, headers = await _read_head(reader)
                if not line:
                    break
                method, target, _ = line.split(" ", 2)
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                await _pass_body(reader, headers, False)
                host = headers.get("host", "").partition(":")[0]
                reply = self.replies.get((method, host, target))
                status, more, body = (reply.status, reply.headers, reply.body) if reply else (404, {}, b"nothing here\n")
                empty = status in (204, 304) or status < 200
                head = f"HTTP/1.1 {status} Answer\r\n"
                head += "".join(f"{name}: {value}\r\n" for name, value in more.items()
                                if name.lower() not in ("content-length", "transfer-encoding", "connection"))
                if not empty:
                    head += f"Content-Length: {len(body)}\r\n"
                writer.write(head.encode("latin-1", "replace") + b"\r\n")
                if not empty and method != "HEAD":
                    writer.write(body)
                await writer.drain()
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


class Client:
    """A program of somebody's, at one address: keeps a connection to each host it has spoken to."""

    MOST_KEPT = 4

    def __init__(self, proxy, address, authority):
        self.proxy, self.address = proxy, address
        self.context = ssl.create_default_context(cafile=authority)
        self.kept = {}
        self.turn = asyncio.Lock()  # one exchange at a time: whoever works on two things at once waits

    async def _connect(self, host):
        reader, writer = await asyncio.open_connection(*self.proxy, local_addr=(self.address, 0), limit=MOST_HEAD)
        writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        line, headers = await _read_head(reader)
        if not line or line.split(" ")[1] != "200":
            await _pass_body(reader, headers, not line)
            writer.close()
            return int(line.split(" ")[1]) if line else 0
        await writer.start_tls(self.context, server_hostname=host)
        return reader, writer

    async def send(self, request):
        """The status; 0 where the connection was cut."""
        async with self.turn:
            try:
                return await asyncio.wait_for(self._send(request), 60)
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                self._forget(request.host)
                return 0

    async def _send(self, request):
        fresh = request.host not in self.kept
        if fresh:
            if len(self.kept) >= self.MOST_KEPT:
                self._forget(next(iter(self.kept)))
            connected = await self._connect(request.host)
            if isinstance(connected, int):
                return connected
            self.kept[request.host] = connected
        reader, writer = self.kept[request.host]
        head = f"{request.method} {request.target} HTTP/1.1\r\nHost: {request.host}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            head += f"Content-Length: {len(request.body)}\r\n"
        writer.write(head.encode("utf-8", "replace") + b"\r\n" + request.body)
        await writer.drain()
        while True:
            line, headers = await _read_head(reader)
            if not line:
                self._forget(request.host)
                return 0 if fresh else await self._send(request)  # the kept one had rested too long
            status = int(line.split(" ")[1])
            if status >= 200:
                break
        await _pass_body(reader, headers, request.method == "HEAD" or status in (204, 304))
        if headers.get("connection", "").lower() == "close":
            self._forget(request.host)
        return status

    def _forget(self, host):
        connected = self.kept.pop(host, None)
        if connected:
            connected[1].close()

    def close(self):
        for host in list(self.kept):
            self._forget(host)
