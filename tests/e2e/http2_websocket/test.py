"""WebSocket over HTTP/2 (RFC 8441): to an origin of HTTP/1.1 and one that takes extended CONNECT itself."""

import base64
import os
import threading

import kit
from kit import websocket
from kit.http2 import Codes, Http2


class Http2WebSocket(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue("both.test", "new.test", "mega.nz")
        cls.heads = []                # of handshakes as the origins saw them
        cls.left = threading.Event()  # a socket met its end without a closing frame
        # HTTP/1.1 for WebSockets, as nearly all origins; HTTP/2 for the rest.
        cls.both = kit.RawOrigin(cls, cls.talk, identity, alpn=("h2", "http/1.1"))
        cls.new = kit.RawOrigin(cls, cls.talk_http2, identity, alpn=("h2",))
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], config={"workers": 1}, resolve={
            "both.test": cls.both.address, "new.test": cls.new.address, "mega.nz": cls.both.address})

    @classmethod
    def talk(cls, peer):
        if peer.alpn == "h2":
            connection = Http2(peer, False)
            while stream := connection.accept():
                stream.reply(200, b"hello")
            return
        while head := peer.read_head():
            cls.heads.append(head)
            if head.target == "/deny":
                peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nnever\n")
                continue
            try:
                return websocket.echo(peer, head)
            except (EOFError, ConnectionError):
                cls.left.set()
                return

    @classmethod
    def talk_http2(cls, peer):
        """Extended CONNECT itself; one socket at a time."""
        connection = Http2(peer, False, enable_connect_protocol=1)
        while stream := connection.accept():
            if stream.get(":protocol") != "websocket":
                stream.reply(200, b"hello")
                continue
            cls.heads.append(stream)
            stream.reply(200, None)
            while True:
                opcode, payload, _ = websocket.read_frame(stream)
                answer = {websocket.PING: websocket.PONG}.get(opcode, opcode)
                stream.send(websocket.frame(answer, payload, masked=False), end=opcode == websocket.CLOSE)
                if opcode == websocket.CLOSE:
                    break

    def open(self, host="both.test"):
        connection = Http2.connect(self.gateway, host)
        connection.pump_until(lambda: connection.settings)
        # SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 section 3): without it no browser would ask.
        self.assertEqual(connection.settings.get(8), 1, connection.settings)
        return connection

    def check_messages(self, stream):
        self.assertEqual(stream.wait_head().status, 200, stream)
        self.assertIsNone(stream.get("sec-websocket-accept"))
        for size in (0, 1, 125, 126, 70_000, 1_000_000):
            payload = os.urandom(size)
            stream.send(websocket.frame(websocket.BINARY, payload, masked=True))
            self.assertEqual(websocket.read_frame(stream), (websocket.BINARY, payload, False))
        stream.send(websocket.frame(websocket.PING, b"there?", masked=True))
        self.assertEqual(websocket.read_frame(stream), (websocket.PONG, b"there?", False))
        stream.send(websocket.frame(websocket.CLOSE, b"\x03\xe8", masked=True), end=True)
        self.assertEqual(websocket.read_frame(stream), (websocket.CLOSE, b"\x03\xe8", False))
        stream.wait_end()
        self.assertTrue(stream.ended, stream)

    def test_messages_to_an_origin_of_http1_come_back_whole(self):
        with self.open() as connection:
            self.check_messages(connection.websocket("/socket"))
        row = self.gateway.wait_for_activities(1, "--host", "both.test", path="/socket")[0]
        self.assertEqual(row["ending"], "completed", row)
        self.assertGreater(row["bytes_in"], 1_070_000)
        self.assertGreater(row["bytes_out"], 1_070_000)

    def test_messages_to_an_origin_that_takes_extended_connect_come_back_whole(self):
        with self.open("new.test") as connection:
            # Whether it does is known once a connection to it is there.
            self.assertEqual(connection.request("/").wait_end().body, b"hello")
            self.check_messages(connection.websocket("/socket"))
        self.gateway.wait_for_activities(1, "--host", "new.test", path="/socket", ending="completed")

    def test_the_handshake_of_http1_is_made_whole(self):
        with self.open() as connection:
            stream = connection.websocket("/fields", [("sec-websocket-protocol", "chat, superchat"),
                                                      ("origin", "https://both.test"), ("cookie", "a=1")])
            self.assertEqual(stream.wait_head().status, 200)
            stream.abort()
        head = [one for one in self.heads if isinstance(one, kit.wire.Head) and one.target == "/fields"][0]
        self.assertEqual(head.method, "GET")
        self.assertEqual(len(base64.b64decode(head.get("Sec-WebSocket-Key"), validate=True)), 16)
        for name, value in (("Host", "both.test"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "chat, superchat"),
                            ("Origin", "https://both.test"), ("Cookie", "a=1")):
            self.assertEqual((head.get(name) or "").lower(), value.lower(), f"{name} of {head}")

    def test_many_sockets_and_requests_share_a_connection(self):
        with self.open() as connection:
            sockets = [connection.websocket(f"/many-{number}") for number in range(20)]
            for stream in sockets:
                self.assertEqual(stream.wait_head().status, 200)
            for turn in range(5):
                for number, stream in enumerate(sockets):
                    stream.send(websocket.frame(websocket.TEXT, b"%d of %d" % (turn, number), masked=True))
                self.assertEqual(connection.request(f"/beside-{turn}").wait_end().body, b"hello")
                for number, stream in enumerate(sockets):
                    self.assertEqual(websocket.read_frame(stream)[1], b"%d of %d" % (turn, number))

    def test_a_denied_socket_leaves_the_others_alone(self):
        with self.open() as connection:
            other = connection.websocket("/other")
            self.assertEqual(other.wait_head().status, 200)
            denied = connection.websocket("/deny").wait_end()
            self.assertEqual((denied.status, denied.body), (403, b"never\n"))
            other.send(websocket.frame(websocket.TEXT, b"still", masked=True))
            self.assertEqual(websocket.read_frame(other)[1], b"still")

    def test_a_socket_to_a_blocked_app_is_refused(self):
        with self.open("mega.nz") as connection:
            self.assertEqual(connection.websocket("/blocked").wait_end().status, 403)
        self.assertEqual([one for one in self.heads if isinstance(one, kit.wire.Head) and one.target == "/blocked"], [])

    def test_a_client_that_resets_its_socket_ends_it_at_the_origin(self):
        with self.open() as connection:
            stream = connection.websocket("/reset")
            self.assertEqual(stream.wait_head().status, 200)
            self.left.clear()
            stream.abort()
            self.assertTrue(self.left.wait(10), "the origin's socket ended")
            # The connection lives on.
            self.assertEqual(connection.request("/after").wait_end().status, 200)
        row = self.gateway.wait_for_activities(1, "--host", "both.test", path="/reset")[0]
        self.assertEqual(row["ending"], "client_closed", row)

    def test_a_tunnel_that_is_no_websocket_is_refused(self):
        with self.open() as connection:
            for fields in ([(":protocol", "connect-udp")], []):
                stream = connection.request("/tunnel", "CONNECT", fields, end=False).wait_head()
                self.assertTrue((stream.status or 0) >= 400 or stream.reset in (Codes.PROTOCOL_ERROR, Codes.CANCEL),
                                stream)
            self.assertEqual(connection.request("/after").wait_end().status, 200)
