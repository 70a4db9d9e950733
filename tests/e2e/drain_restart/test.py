"""Ending and starting again: downloads finish, deadlines hold, state stays, and one state has one gateway."""

import signal
import subprocess
import threading
import time

import kit
from kit import process

HALF = 2_000_000  # bytes


class Slow:
    """An origin that sends half of a download and keeps the rest until release()."""

    def __init__(self, scenario, identity):
        self.rest = threading.Event()
        self.started = threading.Event()
        self.origin = kit.RawOrigin(scenario, self.talk, identity)

    def talk(self, peer):
        while head := peer.read_head():
            if head.target == "/quick":
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nquick\n")
                continue
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {2 * HALF}\r\n\r\n".encode() + b"1" * HALF)
            self.started.set()
            self.rest.wait(60)
            peer.send(b"2" * HALF)


class DrainRestart(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.identity = cls.authority.issue("slow.test", "mega.nz")

    def gateway(self, name, slow, drain="20s", **config):
        return kit.Gateway(self, name, roots=[self.authority.certificate],
                           resolve={"slow.test": slow.origin.address, "mega.nz": slow.origin.address},
                           config={"timeouts": {"drain": drain}, **config})

    def download(self, gateway, slow):
        """curl with the first half of the download in its file."""
        file = gateway.directory / "downloaded"
        client = process.start(self, kit.Curl(gateway).arguments("-o", file, "https://slow.test/download"),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        kit.wait_until(lambda: file.exists() and file.stat().st_size >= HALF // 2, "half of the download is there")
        return client, file

    def test_an_idle_gateway_ends_at_once(self):
        slow = Slow(self, self.identity)
        gateway = self.gateway("idle", slow)
        kit.Curl(gateway)("https://slow.test/quick")
        idle = kit.connect_through(gateway, "slow.test")  # An idle connection holds nobody up.
        with idle:
            begun = time.monotonic()
            gateway.interrupt()
            gateway.wait()
            self.assertLess(time.monotonic() - begun, 3)
            try:
                self.assertEqual(idle.read_to_end(), b"")
            except ConnectionError:
                pass

    def test_a_connection_that_is_being_opened_does_not_hold_up_the_end(self):
        slow = Slow(self, self.identity)
        gateway = self.gateway("opening", slow)
        with kit.connect_through(gateway, "slow.test", tls=False) as peer:
            gateway.interrupt()
            kit.wait_until(lambda: "draining" in gateway.log(), "it says that it drains")
            begun = time.monotonic()
            try:
                with kit.wire.secure(peer, gateway.ca, "slow.test") as opened:
                    gateway.wait()
                    opened.read_to_end()
            except OSError:
                gateway.wait()
            self.assertLess(time.monotonic() - begun, 4)

    def test_a_download_finishes_and_nothing_new_begins(self):
        slow = Slow(self, self.identity)
        gateway = self.gateway("draining", slow)
        client, file = self.download(gateway, slow)
        gateway.interrupt()
        kit.wait_until(lambda: "draining" in gateway.log(), "it says that it drains")

        def refuses():
            try:
                with kit.wire.connect_to(gateway.addresses[0]) as peer:
                    return peer.read_to_end() == b""
            except ConnectionError:
                return True
        kit.wait_until(refuses, "new connections are refused")
        status = kit.wire.connect_to(gateway.admin.removeprefix("http://"))
        with status:
            status.send("GET /healthz HTTP/1.1\r\nHost: health\r\n\r\n")
            head = status.read_head()
            self.assertEqual((head.status, status.read_body(head)), (503, b"draining\n"))
        self.assertIsNone(client.poll())
        self.assertIsNone(gateway.process.poll())
        slow.rest.set()
        self.assertEqual(client.wait(20), 0, client.stderr.read())
        client.stderr.close()
        self.assertEqual(file.read_bytes(), b"1" * HALF + b"2" * HALF)
        begun = time.monotonic()
        gateway.wait()
        self.assertLess(time.monotonic() - begun, 8, "it does not wait for the whole drain")
        row = self.only(gateway.activities(), path="/download")
        self.assertEqual((row["ending"], row["bytes_out"]), ("completed", 2 * HALF))

    def test_what_does_not_finish_is_cut_and_recorded(self):
        slow = Slow(self, self.identity)
        gateway = self.gateway("cut", slow, drain="1s")
        client, file = self.download(gateway, slow)
        begun = time.monotonic()
        gateway.interrupt()
        gateway.wait()
        took = time.monotonic() - begun
        self.assertGreater(took, 0.9)
        self.assertLess(took, 8)
        self.assertNotEqual(client.wait(10), 0, "the client learns that something is missing")
        client.stderr.close()
        slow.rest.set()
        row = self.only(gateway.activities(), path="/download")
        self.assertNotEqual(row["ending"], "completed")
        self.assertGreaterEqual(row["bytes_out"], HALF // 2)

    def test_a_second_interrupt_ends_it_at_once(self):
        slow = Slow(self, self.identity)
        gateway = self.gateway("impatient", slow, drain="60s")
        client, file = self.download(gateway, slow)
        gateway.interrupt()
        kit.wait_until(lambda: "draining" in gateway.log(), "it says that it drains")

        def ended():
            gateway.interrupt()
            return gateway.process.poll() is not None
        kit.wait_until(ended, "it ends", deadline=5)
        gateway.process = None  # Not a clean end, as asked.
        slow.rest.set()
        client.wait(10)
        client.stderr.close()

    def test_the_same_state_serves_again(self):
        slow = Slow(self, self.identity)
        port = kit.ports.free_port()
        gateway = self.gateway("again", slow, listeners=[{"address": f"127.0.0.1:{port}"}])
        curl = kit.Curl(gateway)
        curl("https://slow.test/quick")
        blocked = curl("https://mega.nz/").header("sallyport-event")
        shown = gateway.command("ca", "show", "-c", gateway.config).stdout
        gateway.process.send_signal(signal.SIGTERM)  # What service managers send.
        gateway.wait()
        self.assertEqual(len(gateway.activities()), 2)

        gateway.start()
        self.assertEqual(gateway.command("ca", "show", "-c", gateway.config).stdout, shown)
        curl("https://slow.test/quick")
        rows = gateway.wait_for_activities(3)
        self.assertEqual(self.only(rows, id=blocked)["action"], "block")
        self.assertEqual(len({row["id"] for row in rows}), 3)

        # Not even asked: killed. What was recorded is there, and the next one starts.
        gateway.process.kill()
        gateway.process.wait()
        gateway.start()
        curl("https://slow.test/quick")
        gateway.wait_for_activities(4)

    def test_a_state_has_one_gateway(self):
        slow = Slow(self, self.identity)
        first = self.gateway("first", slow)
        second = kit.Gateway(self, "second", start=False, config={"state": {"directory": str(first.state)}})
        done = second.command("run", "-c", second.config, code=3)
        self.assertIn(f"another gateway runs from {first.state}", done.stderr)
        self.assertIn("state.directory", done.stderr)
        self.assertEqual(kit.Curl(first)("https://slow.test/quick").text, "quick\n")
