"""A receiver of syslog (RFC 5424) over UDP, TCP with octet counting, or TLS, that can go away and come back."""

import re
import socket
import ssl
import threading

_MESSAGE = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|\[.*\])(?: (.*))?", re.S)


class Message:
    """One message, taken apart; a ValueError where it is none."""

    def __init__(self, data):
        text = data.decode("utf-8")
        found = _MESSAGE.fullmatch(text)
        if found is None:
            raise ValueError(f"no RFC 5424 message: {text!r}")
        priority = int(found[1])
        self.facility, self.severity = divmod(priority, 8)
        self.time, self.host, self.app, self.process, self.id = found.group(2, 3, 4, 5, 6)
        self.structured, self.body = found[7], found[8] or ""
        self.text = text


class SyslogReceiver:
    """Listens on a port of its own from the first start() on, the same one after every stop(). Bytes that are
    no message fail the scenario at its end. `messages` are all that came."""

    def __init__(self, scenario, transport, identity=None):
        self.transport = transport
        self.port = 0
        self.messages = []
        self.names = set()  # SNI
        self.failures = []
        self.lock = threading.Lock()
        self.sockets = set()
        self.context = None
        if transport == "tls":
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(identity.chain, identity.key)
            self.context.sni_callback = lambda _socket, name, _context: self.names.add(name)
        self.listener = None
        scenario.addClassCleanup(self.finish)
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        if self.transport == "udp":
            self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.listener.bind(("127.0.0.1", self.port))
            run = self._datagrams
        else:
            self.listener = socket.create_server(("127.0.0.1", self.port), backlog=16)
            run = self._accept
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=run, args=(self.listener,), daemon=True).start()
        return self

    def stop(self):
        """Nobody listens any more, and open connections are reset."""
        listener, self.listener = self.listener, None
        if listener is None:
            return
        with self.lock:
            sockets = [listener, *self.sockets]
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def finish(self):
        self.stop()
        if self.failures:
            raise AssertionError(f"a syslog receiver met {self.failures!r}") from self.failures[0]

    def bodies(self):
        with self.lock:
            return [message.body for message in self.messages]

    def _keep(self, data):
        message = Message(data)
        with self.lock:
            self.messages.append(message)

    def _datagrams(self, listener):
        while True:
            try:
                data = listener.recv(65536)
            except OSError:
                return
            if not data and self.listener is not listener:
                return
            try:
                self._keep(data)
            except ValueError as failure:
                self.failures.append(failure)

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with self.lock:
            self.sockets.add(sock)
        try:
            if self.context is not None:
                sock.settimeout(20)
                bare, sock = sock, self.context.wrap_socket(sock, server_side=True)
                sock.settimeout(None)
                with self.lock:
                    self.sockets.discard(bare)
                    self.sockets.add(sock)
            self._read(sock)
        except OSError:
            pass  # The connection broke, which scenarios bring about.
        except ValueError as failure:
            self.failures.append(failure)
        finally:
            sock.close()
            with self.lock:
                self.sockets.discard(sock)

    def _read(self, sock):
        """MSG-LEN SP SYSLOG-MSG, again and again."""
        data = b""
        while True:
            more = sock.recv(65536)
            if not more:
                return
            data += more
            while b" " in data:
                length, rest = data.split(b" ", 1)
                if not length.isdigit() or length.startswith(b"0"):
                    raise ValueError(f"no octet count: {data[:60]!r}")
                if len(rest) < int(length):
                    break
                self._keep(rest[:int(length)])
                data = rest[int(length):]
