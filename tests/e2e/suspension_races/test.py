"""A suspension comes in the middle of something: while a tunnel is dialled, while a path tells the app, before TLS has
begun. It counts all the same."""

import socket
import ssl

import kit
from kit import websocket, wire

POLICIES = """\
- {name: Not opened, kind: tls, when: {app: dropbox}, then: bypass}
"""
SLOW, MAPS, OTHER = "www.dropbox.com", "www.google.com", "open.test"


class FullListener:
    """Takes no connection before it is told to: its queue is full, and the system leaves further ones unanswered."""

    def __init__(self, scenario):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        scenario.addClassCleanup(self.socket.close)
        self.port = self.socket.getsockname()[1]
        self.queued = []
        while not self.is_dialled():
            self.queued.append(socket.socket())
            scenario.addClassCleanup(self.queued[-1].close)
            self.queued[-1].setblocking(False)
            self.queued[-1].connect_ex(self.socket.getsockname())
        self.unanswered = self.dials()

    def dials(self):
        """How many wait for an answer to their SYN."""
        with open("/proc/net/tcp") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        return sum(row[2].endswith(f":{self.port:04X}") and row[3] == "02" for row in rows)

    def is_dialled(self):
        return self.dials() > 0

    def accept_all(self):
        """Those that have come since, with what each said first."""
        for one in self.queued:
            one.close()
        self.socket.settimeout(8)  # A SYN comes again after 1, 3, 7 s.
        try:
            while True:
                peer = wire.Peer(self.socket.accept()[0])
                if peer.fill():
                    return peer
        except (TimeoutError, ConnectionError):
            return None


class SuspensionRaces(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.slow = FullListener(cls)
        origin = kit.RawOrigin(cls, cls.talk, authority.issue(MAPS, OTHER))
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={SLOW: f"127.0.0.1:{cls.slow.port}", MAPS: origin.address, OTHER: origin.address},
            files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n"},
            config={"users": {"addresses": "addresses.yaml"}})

    @staticmethod
    def talk(peer):
        while (head := peer.read_head()) is not None:
            if head.get("Upgrade"):
                return websocket.echo(peer, head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def suspend(self, *arguments):
        self.gateway.command("suspend", "ana", *arguments, "-c", self.gateway.config)
        self.addCleanup(self.gateway.command, "unsuspend", "ana", "-c", self.gateway.config)

    def assert_cut(self, peer):
        """Within a second."""
        peer.socket.settimeout(1)
        try:
            self.assertFalse(peer.fill(), peer.held)
        except ConnectionError:
            pass
        except TimeoutError:
            self.fail("it is still open")

    def test_a_tunnel_that_is_being_dialled_when_its_app_is_suspended_is_not_opened(self):
        with wire.connect_to(self.gateway.addresses[0]) as peer:
            peer.send(f"CONNECT {SLOW}:443 HTTP/1.1\r\nHost: {SLOW}:443\r\n\r\n")
            self.assertEqual(peer.read_head().status, 200)
            peer.send(self.hello(SLOW))
            kit.wait_until(lambda: self.slow.dials() > self.slow.unanswered, "the origin is dialled")
            self.suspend("--app", "dropbox")
            self.assert_cut(peer)
            self.assertIsNone(self.slow.accept_all(), "a tunnel was opened all the same")

    @staticmethod
    def hello(name):
        said = ssl.MemoryBIO()
        try:
            ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), said, server_hostname=name).do_handshake()
        except ssl.SSLWantReadError:
            pass
        return said.read()

    def test_what_is_open_in_an_app_that_its_path_tells_is_cut(self):
        with kit.connect_through(self.gateway, MAPS) as peer, kit.connect_through(self.gateway, OTHER) as other:
            self.assertEqual(websocket.open_client(peer, MAPS, "/maps/place").status, 101)
            self.assertEqual(websocket.open_client(other, OTHER).status, 101)
            self.suspend("--app", "google_maps")
            self.assert_cut(peer)
            other.send(websocket.frame(websocket.TEXT, b"still there", masked=True))
            self.assertEqual(websocket.read_frame(other)[1], b"still there")

    def test_a_connection_on_which_nothing_was_said_yet_is_cut(self):
        with kit.connect_through(self.gateway, OTHER, tls=False) as peer:
            self.suspend()
            self.assert_cut(peer)

    def test_a_request_of_which_half_is_there_is_refused_when_it_ends(self):
        with wire.connect_to(self.gateway.addresses[0]) as peer:
            peer.send(f"GET http://{OTHER}/ HTTP/1.1\r\nHost: {OTHER}\r\n")
            self.suspend()
            peer.send("\r\n")
            self.assertEqual(peer.read_head().status, 403)
