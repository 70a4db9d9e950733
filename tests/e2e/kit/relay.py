"""Takes connections of programs that know no proxy through the gateway: what comes in goes to one host by
CONNECT."""

import socket
import threading

from kit import wire


class Relay:
    """Listens on `address` until the scenario ends."""

    def __init__(self, scenario, gateway, host, port=443):
        self.gateway, self.host, self.port = gateway, host, port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        scenario.addClassCleanup(self.stop)

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(sock,), daemon=True).start()

    def _carry(self, sock):
        with sock:
            try:
                peer = wire.connect_through(self.gateway, self.host, self.port, tls=False)
            except (OSError, AssertionError):
                return  # The program sees its connection end.
            peer.socket.settimeout(None)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_copy, args=(peer.socket, sock), daemon=True)
            back.start()
            _copy(sock, peer.socket)
            back.join()
            peer.cut()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def _copy(source, target):
    try:
        while data := source.recv(256 * 1024):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for sock in (source, target):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
