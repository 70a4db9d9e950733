"""Programs that are no browsers meet each effect of a policy: what they hear can be read and says what to do next, they
end, and they do not try for ever."""

import concurrent.futures
import itertools
import json
import pathlib
import re
import sys
import threading
import time

import grpc
import yaml

import kit
from kit import websocket
from kit.http2 import Http2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from asked_programs import clients  # noqa: E402

TABLE = yaml.safe_load((pathlib.Path(__file__).parent / "table.yaml").read_text())
EFFECTS, CLIENTS, OPEN = TABLE["effects"], TABLE["clients"], TABLE["open"]
CONTACT = "https://help.example/it"
LIVE = "live.test"    # where somebody has something open
FILED = "filed.test"  # whose replies are files

POLICIES = """\
- {id: think, name: Think first, when: {host.domain: coached.test}, then: coach, say: "Do you really want this?"}
- {id: why, name: Say why, when: {host.domain: reasoned.test}, then: justify, say: Tell us why.}
- {id: prove, name: Prove it, when: {host.domain: proven.test}, then: step_up}
- {id: told, name: Monitored, when: {host.domain: noticed.test}, then: notice}
- {id: shut, name: Shut, when: {host.domain: shut.test}, then: block, say: Not here.}
- {id: far, name: Elsewhere, when: {host.domain: far.test}, then: isolate, redirect: "https://rbi.test/open"}
- {id: ended, name: Ended, when: {host.domain: ended.test}, then: sign_in_again, say: Your session is over.}
- {id: kept, name: Kept, when: {host.domain: kept.test, path: /}, then: block, quarantine: true,
   say: Not out of the house.}
- {id: filed, name: Filed, when: {host.domain: filed.test, activity: download}, then: block, replacement: Ask IT.,
   say: No files from here.}
- {id: slow, name: Slowly, when: {host.domain: slow.test}, throttle: 8 MB/s}
- name: Our tenant only
  when: {user: ana}
  restrict_tenants: {dropbox: ["dbtid:ours"]}
"""

FOLDER = """<?xml version="1.0"?><d:multistatus xmlns:d="DAV:"><d:response><d:href>/</d:href><d:propstat><d:prop>
<d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
</d:multistatus>"""


class Calls(grpc.GenericRpcHandler):
    """A server of gRPC that echoes."""

    def __init__(self, keep):
        self.keep = keep

    def service(self, details):
        self.keep(list(details.invocation_metadata))
        if details.method == "/test.Echo/One":
            return grpc.unary_unary_rpc_method_handler(lambda request, _: request)
        return grpc.stream_stream_rpc_method_handler(lambda requests, _: requests)


class AskedPrograms(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        domains = [effect["host"] for effect in EFFECTS.values()] + [LIVE]
        hosts = [f"{part}{domain}" for part in ("", "api.", "plain.") for domain in domains]
        identity = authority.issue(*hosts)
        cls.seen = []                 # the fields of each request that an origin saw
        cls.closed = threading.Event()
        cls.addClassCleanup(cls.closed.set)
        port = kit.ports.free_port()
        certificate = authority.issue("quarantine.test").certificate
        origins = {"": kit.RawOrigin(cls, cls.talk, identity, alpn=("h2", "http/1.1")).address,
                   "plain.": kit.RawOrigin(cls, cls.talk).address, "api.": f"127.0.0.1:{port}"}
        cls.gateways = {
            user: kit.Gateway(cls, user, roots=[authority.certificate], policies=POLICIES,
                              resolve={part + domain: address for part, address in origins.items()
                                       for domain in domains},
                              files={"addresses.yaml": f"- {{cidr: 127.0.0.0/8, user: {user}}}\n"},
                              config={"users": {"addresses": "addresses.yaml"}, "workers": 1,
                                      "quarantine": {"certificate": str(certificate)},
                                      "gateway": {"contact": CONTACT}})
            for user in ("ana", "zoe", "ida")}
        cls.serve_calls(port, identity)
        cls.cli("zoe", "suspend", "zoe", "--for", "2h")

    @classmethod
    def cli(cls, user, *arguments):
        gateway = cls.gateways[user]
        return gateway.command(*arguments, "-c", gateway.config)

    @classmethod
    def serve_calls(cls, port, identity):
        """After all programs that are forked: gRPC has threads."""
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=16), handlers=[Calls(cls.seen.append)])
        credentials = grpc.ssl_server_credentials([(identity.key.read_bytes(), identity.chain.read_bytes())])
        if server.add_secure_port(f"127.0.0.1:{port}", credentials) != port:
            raise AssertionError(f"gRPC does not listen on {port}")
        server.start()
        cls.addClassCleanup(lambda: server.stop(0).wait())

    # --- the origins ---

    @classmethod
    def talk(cls, peer):
        if peer.alpn == "h2":
            return cls.talk_http2(peer)
        while (head := peer.read_head()) is not None:
            cls.seen.append(head.fields)
            if head.get("Upgrade"):
                return websocket.echo(peer, head)
            if head.target == "/endless":
                return cls.pour(peer.send, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            if head.get("Expect"):
                peer.send("HTTP/1.1 100 Continue\r\n\r\n")
            if head.target == "/sink":
                while peer.fill():
                    peer.held = b""
                return
            peer.read_body(head)
            status, fields, body = cls.answer(head.method, head.get("Host"), head.target, head.get("Content-Type") or "")
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
            peer.send(f"HTTP/1.1 {status} Fine\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
                      + ("" if head.method == "HEAD" else body))

    @classmethod
    def talk_http2(cls, peer):
        connection = Http2(peer, False)
        while stream := connection.accept():
            cls.seen.append(stream.fields)
            if stream.get(":path") == "/endless":
                stream.reply(200, None)
                cls.pour(stream.send)
                continue
            while not stream.over and connection.pump():
                stream.body = b""
            if stream.reset is not None:
                continue
            method = stream.get(":method")
            status, fields, body = cls.answer(method, stream.get(":authority"), stream.get(":path"),
                                              stream.get("content-type", ""))
            stream.reply(status, b"" if method == "HEAD" else body.encode(), fields)

    @classmethod
    def pour(cls, send, *first):
        for data in itertools.chain(first, itertools.repeat(bytes(65536))):
            if cls.closed.is_set() or send(data) is False:
                return

    @staticmethod
    def answer(method, host, target, content_type):
        if method == "PROPFIND":
            return 207, [("content-type", "application/xml")], FOLDER
        if target.endswith("/info/refs?service=git-upload-pack"):
            return 200, [("content-type", "application/x-git-upload-pack-advertisement")], \
                "001e# service=git-upload-pack\n00000000"
        if "grpc-web" in content_type:
            return 200, [("content-type", content_type), ("grpc-status", "0")], ""
        return 200, [("content-disposition", "attachment; filename=plan.docx")] if host.endswith(FILED) else [], "fine"

    # --- what is heard ---

    def test_every_effect_can_be_read_by_every_program(self):
        for name, row in CLIENTS.items():
            stopped = [effect for effect in EFFECTS.values() if self.is_stopped(effect, row)]
            before = [len(self.events(row, effect)) for effect in stopped]
            for effect in EFFECTS:
                with self.subTest(effect=effect, client=name):
                    self.try_cell(EFFECTS[effect], row)
            with self.subTest(client=name):
                self.check_records(row, zip(stopped, before))

    @staticmethod
    def is_stopped(effect, row):
        return effect["ends"] == "stopped" or (effect["ends"] == "late" and row.get("downloads", False))

    def try_cell(self, effect, row):
        copies = self.copies()
        seen, begun = len(self.seen), time.monotonic()
        heard = clients.CLIENTS[row["speaks"]](self, self.gateways[effect["user"]], row, self.url(row, effect["host"]))
        self.assertLess(time.monotonic() - begun, row["within"], heard)
        if not self.is_stopped(effect, row):
            self.assertTrue(heard.passed, heard)
            self.assertGreater(len(self.seen), seen, "it came to the origin")
            self.check_seen(effect, self.seen[seen:])
        else:
            self.assertFalse(heard.passed, heard)
            if effect["ends"] == "stopped":
                self.assertEqual(self.seen[seen:], [], "nothing of it came to the origin")
            getattr(self, "check_" + row["reads"])(effect, row, heard)
            if row["reads"] in ("problem", "status"):
                clears = effect.get("clears", False) and "readable_by" not in row  # No other site signs a person out.
                self.assertEqual("clear-site-data" in heard.fields, clears, heard)
        kept = effect.get("keeps", False) and row.get("uploads", False)
        self.assertEqual({name.rsplit(".")[1] for name in self.copies() - copies}, {"json", "p7m"} if kept else set())

    def copies(self):
        return {file.name for file in (self.gateways["ana"].state / "quarantine").glob("*")}

    @staticmethod
    def url(row, host):
        return f"{row.get('at', 'https://')}{host}/"

    def check_records(self, row, before):
        """Each try was recorded, and there were not too many."""
        for effect, count in before:
            kit.wait_until(lambda: len(self.events(row, effect)) > count, "it is recorded")
            events = self.events(row, effect)[count:]
            self.assertLessEqual(len(events), row["most"], events)
            self.assertEqual({event["ending"] for event in events}, {"blocked"})

    def events(self, row, effect):
        """Those of a late effect's host that passed are of programs that do not download."""
        host = self.url(row, effect["host"]).split("/")[2]
        return [event for event in self.gateways[effect["user"]].logged()
                if event["host"] == host and (effect["ends"] != "late" or event["ending"] == "blocked")]

    def check_seen(self, effect, heads):
        for name, value in (effect.get("sees") or {}).items():
            for head in heads:
                self.assertEqual([field[1] for field in head if field[0].lower() == name.lower()], [value], head)

    def check_problem(self, effect, row, heard):
        """RFC 9457."""
        self.assertEqual((heard.status, heard.fields.get("content-type")), (403, "application/problem+json"), heard)
        said = json.loads(heard.text)
        self.assertEqual((said["type"], said["status"]), ("urn:sallyport:problem:" + effect["type"], 403))
        self.assertIn(effect["says"], said["detail"])
        self.assertTrue(said["title"])
        self.assertEqual(said.get("needs"), effect.get("needs"))
        self.assertEqual(said["contact"], CONTACT)
        self.assertEqual(said["event_id"], heard.fields["sallyport-event"])
        self.assertEqual("portal" in said, effect["leads"])
        if effect["leads"]:
            self.assertRegex(said["portal"], r"^https://sallyport\.internal/ask/[\w-]+$")
            self.assertRegex(said["instruction"], "in a browser")
            self.assertGreater(said["portal_until"], said["time"])
        if "readable_by" in row:
            self.assertIn(heard.fields["access-control-allow-origin"], (row["readable_by"], "*"))
        self.check_head(heard)

    def check_head(self, heard):
        self.assertIn("no-store", heard.fields["cache-control"])
        self.assertIn("http_request_denied", heard.fields["proxy-status"])
        self.assertRegex(heard.fields["sallyport-event"], "^[0-9A-Z]{26}$")
        self.assertNotIn("retry-after", heard.fields)

    def check_status(self, effect, row, heard):
        """Of a program that shows no body: RFC 9209."""
        self.assertEqual(heard.status, 403, heard)
        self.check_head(heard)
        details = re.search(r'details="([^"]*)"', heard.fields["proxy-status"])
        self.assertTrue(details and effect["says"] in details.group(1), heard)

    def check_call(self, effect, row, heard):
        self.assertEqual(heard.status, effect["grpc"], heard)
        self.assertIn(effect["says"], heard.text)
        self.check_next(effect, heard.text)

    def check_words(self, effect, row, heard):
        self.assertNotEqual(heard.status, 0)
        self.assertIn("403", heard.text)
        self.assertIn(effect["says"], heard.text)
        self.check_next(effect, heard.text)

    def check_next(self, effect, text):
        """Where it can be answered, what else can be done, or who can be asked."""
        wanted = r"https://sallyport\.internal/ask/[\w-]+"
        if not effect["leads"]:
            wanted = "in a browser" if "needs" in effect else re.escape(CONTACT)
        self.assertRegex(text, wanted)

    # --- what was open ---

    def test_what_is_open_ends_when_the_user_is_suspended_and_the_next_try_is_told_why(self):
        for name, row in OPEN.items():
            with self.subTest(client=name):
                self.cut(row)

    def cut(self, row):
        gateway = self.gateways["ida"]
        seen, begun, ended, heard = len(self.seen), threading.Event(), [], []
        url = f"{self.url(row, LIVE)}{row.get('path', '')}"

        def talk():
            heard.append(clients.hold_open(self, gateway, row, url, begun.set))
            ended.append(time.monotonic())

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            if row["speaks"] == "curl":
                kit.wait_until(lambda: len(self.seen) > seen, "it came to the origin")
            else:
                self.assertTrue(begun.wait(10), "it is open")
            self.assertEqual(ended, [])
            self.cli("ida", "suspend", "ida")
            held = time.monotonic()
            thread.join(10)
            self.assertFalse(thread.is_alive(), "it ended")
            self.assertLess(ended[0] - held, 1)
            self.assertFalse(heard[0].passed, heard)
            again = clients.CLIENTS[row["speaks"]](self, gateway, {**row, "arguments": []}, url)
            self.assertFalse(again.passed, again)
            self.assertIn(again.status, (403, "PERMISSION_DENIED"), again)
        finally:
            gateway.command("unsuspend", "ida", "-c", gateway.config, code=None)
            thread.join(10)
