"""What is alive passes alive: WebSocket messages both ways, server-sent events one by one, early replies."""

import os
import threading

import kit
from kit import websocket


class WebSocketSse(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.go_on = threading.Semaphore(0)  # an event of the origin for every release
        cls.fields_seen = []
        identity = authority.issue("live.test")
        cls.origin = kit.RawOrigin(cls, cls.talk, identity)
        cls.plain = kit.RawOrigin(cls, cls.talk)
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], resolve={
            "live.test": cls.origin.address, "plain.test": cls.plain.address, "mega.nz": cls.origin.address})

    @classmethod
    def talk(cls, peer):
        while head := peer.read_head():
            if head.target.startswith("/socket"):
                cls.fields_seen.append(head)
                return websocket.echo(peer, head)
            if head.target == "/deny-socket":
                peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nnever\n")
                continue
            if head.target == "/early":
                # The answer before the upload, which is then read to its end.
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
                peer.read_body(head)
                continue
            framing = "Transfer-Encoding: chunked\r\n" if head.target == "/events" else "Connection: close\r\n"
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n")
            for number in range(3):
                if not cls.go_on.acquire(timeout=20):
                    return
                event = f"data: event {number}\n\n"
                peer.send(f"{len(event):x}\r\n{event}\r\n" if head.target == "/events" else event)
            if head.target == "/cut":
                peer.cut()
            if head.target != "/events":
                return
            peer.send("0\r\n\r\n")

    def open(self, host="live.test"):
        if host == "plain.test":
            return kit.wire.connect_to(self.gateway.addresses[0])
        return kit.connect_through(self.gateway, host)

    def path(self, host, path):
        return f"http://{host}{path}" if host == "plain.test" else path

    def test_websocket_messages_come_back_whole(self):
        for host in ("live.test", "plain.test"):
            with self.subTest(host=host), self.open(host) as peer:
                head = websocket.open_client(peer, host, self.path(host, "/socket"))
                self.assertEqual(head.status, 101, head)
                self.assertEqual(head.get("Upgrade").lower(), "websocket")
                for size in (0, 1, 125, 126, 70_000, 1_000_000):
                    payload = os.urandom(size)
                    peer.send(websocket.frame(websocket.BINARY, payload, masked=True))
                    self.assertEqual(websocket.read_frame(peer), (websocket.BINARY, payload, False))
                peer.send(websocket.frame(websocket.PING, b"there?", masked=True))
                self.assertEqual(websocket.read_frame(peer), (websocket.PONG, b"there?", False))
                peer.send(websocket.frame(websocket.CLOSE, b"\x03\xe8", masked=True))
                self.assertEqual(websocket.read_frame(peer)[0], websocket.CLOSE)
                self.assertEqual(peer.read_to_end(), b"")
            row = self.gateway.wait_for_activities(1, "--host", host, path="/socket")[0]
            self.assertEqual((row["status"], row["ending"]), (101, "completed"), row)
            self.assertGreater(row["bytes_in"], 1_070_000)
            self.assertGreater(row["bytes_out"], 1_070_000)

    def test_many_messages_in_flight_keep_their_order(self):
        with self.open() as peer:
            self.assertEqual(websocket.open_client(peer, "live.test", "/socket-many").status, 101)
            messages = [b"message %d " % number + b"." * (number % 300) for number in range(2000)]
            sender = threading.Thread(target=lambda: peer.send(
                b"".join(websocket.frame(websocket.TEXT, one, masked=True) for one in messages)))
            sender.start()
            self.assertEqual([websocket.read_frame(peer)[1] for _ in messages], messages)
            sender.join()

    def test_the_handshake_reaches_the_origin_whole(self):
        with self.open() as peer:
            head = websocket.open_client(peer, "live.test", "/socket-fields",
                                         "Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: https://live.test\r\n")
            self.assertEqual(head.status, 101)
            seen = [one for one in self.fields_seen if one.target == "/socket-fields"][0]
            self.assertEqual(seen.get("Sec-WebSocket-Protocol"), "chat, superchat")
            self.assertEqual(seen.get("Upgrade").lower(), "websocket")
            self.assertEqual(seen.get("Connection").lower(), "upgrade")
            self.assertEqual(seen.get("Origin"), "https://live.test")
            self.assertIn("sallyport-", seen.get("Via"))

    def test_a_denied_websocket_leaves_the_connection_usable(self):
        with self.open() as peer:
            head = websocket.open_client(peer, "live.test", "/deny-socket")
            self.assertEqual((head.status, peer.read_body(head)), (403, b"never\n"))
            head = websocket.open_client(peer, "live.test", "/deny-socket")
            self.assertEqual((head.status, peer.read_body(head)), (403, b"never\n"))

    def test_a_websocket_to_a_blocked_app_is_refused(self):
        with self.open("mega.nz") as peer:
            head = websocket.open_client(peer, "mega.nz", "/socket-blocked")
            self.assertEqual(head.status, 403)
        self.assertEqual([one for one in self.fields_seen if one.target == "/socket-blocked"], [])

    def test_each_event_arrives_before_the_next_is_sent(self):
        for host in ("live.test", "plain.test"):
            with self.subTest(host=host), self.open(host) as peer:
                for round in range(2):  # The connection lives on after a stream that ended well.
                    peer.send(f"GET {self.path(host, '/events')} HTTP/1.1\r\nHost: {host}\r\n\r\n")
                    # The head comes before any event: nobody waits for the first byte of the body.
                    head = peer.read_head()
                    self.assertEqual((head.status, head.get("Content-Type")), (200, "text/event-stream"))
                    for number in range(3):
                        self.go_on.release()
                        self.assertEqual(peer.read_chunk(), b"data: event %d\n\n" % number)
                    self.assertEqual(peer.read_chunk(), b"")

    def test_events_of_a_stream_that_ends_with_the_connection(self):
        with self.open() as peer:
            peer.send("GET /until-close HTTP/1.1\r\nHost: live.test\r\n\r\n")
            head = peer.read_head()
            self.assertEqual(head.status, 200)
            got = b""
            for number in range(3):
                self.go_on.release()
                event = b"data: event %d\n\n" % number
                got += peer.read_chunk() if head.get("Transfer-Encoding") else peer.read_exactly(len(event))
            self.assertEqual(got, b"data: event 0\n\ndata: event 1\n\ndata: event 2\n\n")
            self.assertEqual(peer.read_chunk() if head.get("Transfer-Encoding") else peer.read_to_end(), b"")

    def test_a_stream_that_was_cut_is_not_passed_off_as_whole(self):
        # Without close_notify nobody knows whether the origin or somebody on the way ended it (RFC 9112 9.8).
        with self.open() as peer:
            peer.send("GET /cut HTTP/1.1\r\nHost: live.test\r\n\r\n")
            head = peer.read_head()
            self.assertEqual((head.status, head.get("Transfer-Encoding")), (200, "chunked"))
            for number in range(3):
                self.go_on.release()
                peer.read_chunk()
            with self.assertRaises((EOFError, ConnectionError)):
                peer.read_chunk()
        self.gateway.wait_for_activities(1, "--verdict", "origin_failed", path="/cut")

    def test_a_client_that_leaves_a_websocket_is_not_blamed_on_the_origin(self):
        for leave in ("close", "cut"):
            with self.subTest(leave=leave):
                peer = self.open()
                self.assertEqual(websocket.open_client(peer, "live.test", "/socket-left-by-" + leave).status, 101)
                peer.send(websocket.frame(websocket.TEXT, b"there?", masked=True))
                websocket.read_frame(peer)
                getattr(peer, leave)()
                row = self.gateway.wait_for_activities(1, path="/socket-left-by-" + leave)[0]
                self.assertIn(row["ending"], ("client_closed", "completed"), self.gateway.event(row["id"]))

    def test_an_early_reply_arrives_before_the_upload_ends(self):
        with self.open() as peer:
            peer.send("POST /early HTTP/1.1\r\nHost: live.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            head = peer.read_head()
            self.assertEqual((head.status, peer.read_body(head)), (200, b"early"))
            peer.send("6\r\nsecond\r\n0\r\n\r\n")
            # Whether the connection goes on is the gateway's choice; what it answers must then be right.
            try:
                peer.send("GET /deny-socket HTTP/1.1\r\nHost: live.test\r\n\r\n")
                head = peer.read_head()
            except ConnectionError:
                head = None
            if head is not None:
                self.assertEqual((head.status, peer.read_body(head)), (403, b"never\n"))

    def test_a_client_that_leaves_a_stream_is_recorded_so(self):
        with self.open() as peer:
            peer.send("GET /events HTTP/1.1\r\nHost: live.test\r\nUser-Agent: leaver\r\n\r\n")
            self.assertEqual(peer.read_head().status, 200)
            self.go_on.release()
            peer.read_chunk()
        # The origin's next events meet nobody.
        self.go_on.release()
        self.go_on.release()
        self.gateway.wait_for_activities(1, "--verdict", "client_closed", path="/events")
