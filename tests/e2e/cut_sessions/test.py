"""What is stopped while it runs: the sessions of a user who is suspended, and an upload that policy judges at its end
(`hold: tail`)."""

import contextlib
import hashlib
import json
import threading
import time

import kit
from kit import websocket
from kit.asking import NAVIGATES, PORTAL
from kit.wire import connect_through

BIG = 1 << 30
PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(400_000)
SECRET = b"the formula, as a text\n" * 40_000

POLICIES = f"""\
- name: passes by
  kind: tls
  when: {{host: raw.test}}
  then: bypass
- name: no programs here
  when: {{host: tail.test, activity: upload, file.family: executable}}
  then: block
  hold: tail
- name: not the formula
  when: {{host: tail.test, activity: upload, file.sha256: {hashlib.sha256(SECRET).hexdigest()}}}
  then: block
  hold: tail
- name: asks first
  when: {{host: asked.test}}
  then: coach
"""
HOSTS = ("up.test", "live.test", "raw.test", "tail.test", "asked.test")


class CutSessions(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.arrived = []  # [target, bytes, SHA-256, whether it was whole]
        cls.origin = kit.RawOrigin(cls, cls.talk, identity=authority.issue(*HOSTS))
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={host: cls.origin.address for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.1, user: ana}\n- {cidr: 127.0.0.2, user: ben}\n",
                   "users.csv": "name,user,upn,groups\nana,,,staff\nben,,,staff\n"},
            config={"users": {"directory": "users.csv", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.root = authority.certificate

    @classmethod
    def talk(cls, peer):
        while (head := peer.read_head()) is not None:
            if head.get("Upgrade"):
                with contextlib.suppress(OSError, EOFError):
                    websocket.echo(peer, head)
                return
            entry = [head.target, 0, None, False]
            cls.arrived.append(entry)
            digest, left = hashlib.sha256(), int(head.get("Content-Length") or 0)
            while left > 0 and (peer.held or peer.fill()):
                piece, peer.held = peer.held[:left], peer.held[left:]
                digest.update(piece)
                left -= len(piece)
                entry[1] += len(piece)
            entry[2], entry[3] = digest.hexdigest(), left == 0
            if left:
                return
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def cli(self, *arguments):
        return self.gateway.command(*arguments, "-c", self.gateway.config)

    def test_who_is_suspended_loses_what_is_open_within_a_second(self):
        ended, closed = {}, threading.Event()

        def note(name, peer):
            with contextlib.suppress(OSError, EOFError, AssertionError):
                while peer.fill():
                    peer.held = b""
            ended[name] = time.monotonic()

        with contextlib.ExitStack() as stack:
            up = stack.enter_context(connect_through(self.gateway, "up.test", ca=self.gateway.ca))
            up.send(f"PUT /big.bin HTTP/1.1\r\nHost: up.test\r\nContent-Type: application/octet-stream\r\n"
                    f"Content-Length: {BIG}\r\n\r\n")
            live = stack.enter_context(connect_through(self.gateway, "live.test", ca=self.gateway.ca))
            self.assertEqual(websocket.open_client(live, "live.test").status, 101)
            raw = stack.enter_context(connect_through(self.gateway, "raw.test", ca=self.root))
            raw.send("GET / HTTP/1.1\r\nHost: raw.test\r\n\r\n")
            self.assertEqual(raw.read_head().status, 200)
            idle = stack.enter_context(connect_through(self.gateway, "up.test", ca=self.gateway.ca))

            def pour():
                with contextlib.suppress(OSError):
                    while not closed.is_set():
                        up.send(bytes(65536))
            pouring = threading.Thread(target=pour)
            pouring.start()
            kit.wait_until(lambda: any(one[0] == "/big.bin" and one[1] > 1 << 20 for one in self.arrived), "it flows")
            peers = {"upload": up, "websocket": live, "tunnel": raw, "idle": idle}
            watching = [threading.Thread(target=note, args=item) for item in peers.items()]
            for thread in watching:
                thread.start()
            begun = time.monotonic()
            self.assertIn("suspended on every worker", self.cli("suspend", "ana", "--reason", "leaves").stdout)
            for thread in watching:
                thread.join(10)
            closed.set()
            pouring.join(10)
        self.assertEqual(set(ended), set(peers))
        late = {name: round(at - begun, 2) for name, at in ended.items() if at - begun > 1}
        self.assertEqual(late, {}, "the command's own start counts too")
        self.assertEqual(self.curl("https://up.test/").status, 403)
        self.assertEqual(self.curl("https://up.test/", "--interface", "127.0.0.2").status, 200)
        self.assertFalse([one for one in self.arrived if one[0] == "/big.bin" and one[3]])
        for host, kind in (("up.test", "exchange"), ("live.test", "exchange"), ("raw.test", "tunnel")):
            found = kit.wait_until(
                lambda: [row for row in self.gateway.activities() if row["host"] == host and row["kind"] == kind
                         and self.gateway.event(row["id"]).get("error", "").startswith("cut")],
                f"the cut of {host} is recorded")
            self.assertEqual(self.gateway.event(found[0]["id"])["policy_id"], "suspension")
        self.assertGreaterEqual(self.gateway.metric("sallyport_client_connections_suspended_total"), 4)
        self.cli("unsuspend", "ana")
        self.assertEqual(self.curl("https://up.test/").status, 200)

    def test_what_runs_by_an_answer_ends_when_it_is_revoked(self):
        def goes_on():
            ticket = self.curl("https://asked.test/", *NAVIGATES).header("location").rsplit("/", 1)[1]
            return self.curl(PORTAL + "/answer", "--data-urlencode", f"ticket={ticket}", "-d", "answer=continue").status == 200
        kit.wait_until(goes_on, "the answer is taken")
        [grant] = json.loads(self.cli("grants", "--format", "json").stdout)
        with connect_through(self.gateway, "asked.test", ca=self.gateway.ca) as live, \
                connect_through(self.gateway, "live.test", ca=self.gateway.ca) as other:
            for peer, host in ((live, "asked.test"), (other, "live.test")):
                self.assertEqual(websocket.open_client(peer, host).status, 101)
            begun = time.monotonic()
            self.cli("grants", "revoke", grant["id"])
            with contextlib.suppress(OSError, AssertionError):
                while live.fill():
                    live.held = b""
            self.assertLess(time.monotonic() - begun, 1.5, "the command's own start counts too")
            other.send(websocket.frame(1, b"still", True))
            self.assertTrue(other.fill(), "what nobody asked about goes on")
        found = kit.wait_until(
            lambda: [event for row in self.gateway.activities() if row["host"] == "asked.test"
                     and (event := self.gateway.event(row["id"])).get("error", "").startswith("cut")], "it is recorded")
        self.assertEqual((found[0]["ending"], found[0]["policy"], found[0]["granted"][0]["grant"]),
                         ("blocked", "asks first", grant["id"]))
        self.assertEqual(self.curl("https://asked.test/").status, 403)

    def put(self, name, body, *arguments):
        return self.curl(f"https://tail.test/{name}", "-X", "PUT", "--data-binary", "@-", *arguments,
                         "-H", "Content-Type: application/octet-stream", stdin=body)

    def test_an_upload_that_is_judged_at_its_end_goes_on_meanwhile_and_never_arrives_whole(self):
        for version in ("--http1.1", "--http2"):
            for name, body, policy in (("program.bin", PROGRAM, "no programs here"),
                                       ("formula.bin", SECRET, "not the formula")):
                with self.subTest(name=name, version=version):
                    name = version.strip("-") + name
                    reply = self.put(name, body, version)
                    self.assertEqual(reply.status, 403, reply)
                    entry = kit.wait_until(lambda: [one for one in self.arrived if one[0] == "/" + name and one[2]],
                                           "the origin saw it end")[0]
                    self.assertFalse(entry[3], "it never came whole")
                    self.assertGreater(entry[1], 0, "but some of it was let go on")
                    row = self.gateway.wait_for_activities(1, host="tail.test", path="/" + name)[0]
                    self.assertEqual((row["ending"], self.gateway.event(row["id"])["policy"]), ("blocked", policy))

    def test_a_form_that_nobody_can_read_is_refused_at_its_end(self):
        for version in ("--http1.1", "--http2"):
            body = (b"--x\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n"
                    + b"".join(b"X-%d: 1\r\n" % number for number in range(100)) + b"\r\n" + b"a" * 100_000
                    + b"\r\n--x--")
            reply = self.curl("https://tail.test/form", version, "-X", "POST", "--data-binary", "@-",
                              "-H", "Content-Type: multipart/form-data; boundary=x", stdin=body)
            self.assertEqual(reply.status, 400, reply)
        self.assertEqual(self.curl("https://up.test/").status, 200, "and it is alive")

    def test_an_upload_that_may_pass_arrives_as_it_was_sent(self):
        for size in (0, 1, 65_536, 65_537, 1_000_003):
            body = (hashlib.sha256(b"%d" % size).digest() * (size // 32 + 1))[:size]
            name = f"plain-{size}.bin"
            self.assertEqual(self.put(name, body).status, 200)
            entry = [one for one in self.arrived if one[0] == "/" + name][0]
            self.assertEqual(entry[1:], [size, hashlib.sha256(body).hexdigest(), True])
