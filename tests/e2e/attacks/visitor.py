"""A well-behaved client, in a process of its own so that nobody's threads slow it down: a plain request and one
inside TLS on kept connections, in turn, and now and then a connection that it opens afresh. A line for each:
when it began, what it was, how long it took in milliseconds, or why it failed. It asks the kernel for short turns, as
the gateway's workers do: what it measures is not how long a runnable Python waits for an attacker's slice to end."""

import pathlib
import socket
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from kit import turns  # noqa: E402

ADDRESS = "127.0.0.2"  # Ours, so that limits per client tell us from the attackers.
PLAIN = "plain.test"    # the host of plain requests
PAUSE = 0.004           # seconds
FRESH = 8              # every so many requests


class Connection:
    def __init__(self, port, ca, host, tls):
        self.host, self.tls = host, tls
        self.socket = socket.create_connection(("127.0.0.1", port), 10, source_address=(ADDRESS, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
            self.head()
            context = ssl.create_default_context(cafile=ca)
            self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def head(self):
        held = b""
        while b"\r\n\r\n" not in held:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("the connection ended")
            held += more
        if not held.startswith(b"HTTP/1.1 200 "):
            raise ValueError(held.split(b"\r\n", 1)[0].decode("latin-1"))
        return held

    def get(self):
        target = "/small" if self.tls else f"http://{PLAIN}/small"
        host = self.host if self.tls else PLAIN
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        held = self.head()
        while not held.endswith(b"small\n"):
            held += self.socket.recv(65536)


def main():
    port, ca, host, file = int(sys.argv[1]), sys.argv[2], sys.argv[3], open(sys.argv[4], "w", buffering=1)
    turns.ask_for_short_ones()
    kept = {}
    count = 0
    while True:
        count += 1
        kind = "opening" if count % FRESH == 0 else "tls" if count % 2 else "plain"
        begun = time.time()
        try:
            if kind == "opening":
                one = Connection(port, ca, host, True)
                one.get()
                one.socket.close()
            else:
                if kind not in kept:
                    kept[kind] = Connection(port, ca, host, kind == "tls")
                    begun = time.time()
                kept[kind].get()
            file.write(f"{begun} {kind} {(time.time() - begun) * 1000:.3f}\n")
        except (OSError, EOFError, ValueError) as failure:
            kept.pop(kind, None)
            file.write(f"{begun} {kind} {type(failure).__name__}:{failure}\n".replace(", ", ","))
        time.sleep(PAUSE)


main()
