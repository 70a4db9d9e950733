"""As much of RFC 6455 as both ends of an echo need."""

import base64
import hashlib
import os
import struct

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def accept_key(key):
    return base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()


def frame(opcode, payload, masked):
    size = len(payload)
    head = bytes([0x80 | opcode])
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + _apply(mask, payload)


def _apply(mask, payload):
    size = len(payload)
    pad = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big") if size else b""


def read_frame(peer):
    """(opcode, payload, whether it was masked); fragments are not sent here."""
    first, second = peer.read_exactly(2)
    size = second & 0x7F
    if size == 126:
        size, = struct.unpack("!H", peer.read_exactly(2))
    elif size == 127:
        size, = struct.unpack("!Q", peer.read_exactly(8))
    masked = bool(second & 0x80)
    mask = peer.read_exactly(4) if masked else b""
    payload = peer.read_exactly(size)
    return first & 0x0F, _apply(mask, payload) if masked else payload, masked


def echo(peer, request):
    """The origin's side, from the request's head on, until the client closes."""
    peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              f"Sec-WebSocket-Accept: {accept_key(request.get('Sec-WebSocket-Key'))}\r\n\r\n")
    while True:
        opcode, payload, masked = read_frame(peer)
        if not masked:
            raise AssertionError("a client's frame came without a mask")
        if opcode == CLOSE:
            peer.send(frame(CLOSE, payload, masked=False))
            return
        peer.send(frame(PONG if opcode == PING else opcode, payload, masked=False))


def open_client(peer, host, path="/", fields=""):
    """The client's side of the handshake; the reply's head."""
    key = base64.b64encode(os.urandom(16)).decode()
    peer.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{fields}\r\n")
    head = peer.read_head()
    if head is not None and head.status == 101 and head.get("Sec-WebSocket-Accept") != accept_key(key):
        raise AssertionError(f"wrong Sec-WebSocket-Accept in {head}")
    return head
