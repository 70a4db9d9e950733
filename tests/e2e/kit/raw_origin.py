"""An origin that says exactly what a scenario writes, in a thread per connection."""

import socket
import ssl
import threading

from kit.wire import Peer


class RawOrigin:
    """`talk(peer)` is called with a kit.Peer for every connection; the connection ends when it returns.
    What it raises, other than a connection that broke, fails the scenario at its end."""

    def __init__(self, scenario, talk, identity=None, alpn=()):
        self.talk = talk
        self.failures = []
        self.connections = 0
        self.open = set()
        self.lock = threading.Lock()
        self.context = None
        if identity is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(identity.chain, identity.key)
            if alpn:
                self.context.set_alpn_protocols(list(alpn))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        scenario.addClassCleanup(self.stop)

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with self.lock:
            self.connections += 1
            self.open.add(sock)
        peer = None
        try:
            if self.context is not None:
                sock.settimeout(20)
                sock = self.context.wrap_socket(sock, server_side=True)
                with self.lock:
                    self.open.add(sock)
            peer = Peer(sock)
            self.talk(peer)
        except (ConnectionError, ssl.SSLError, EOFError, TimeoutError):
            pass  # The other side went: the scenario sees it there.
        except Exception as failure:  # noqa: BLE001 - kept for the main thread
            self.failures.append(failure)
        finally:
            if peer is not None:
                peer.close()
            else:
                sock.close()  # No handshake: nothing to say goodbye to.
            with self.lock:
                self.open.discard(sock)

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            left = list(self.open)
        for sock in left:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self.failures:
            raise AssertionError(f"an origin failed: {self.failures!r}") from self.failures[0]
