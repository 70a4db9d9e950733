"""Ways around policies that people try: each row of the table ends as its rule states. The origin's own record
proves what came through."""

import concurrent.futures
import dataclasses
import hashlib
import pathlib

import yaml

import kit
from kit.byte_record import ByteRecord, Client
from upload_evasions import rows

FOLDER = pathlib.Path(__file__).parent
AT_ONCE = 8
VERSIONS = ("http/1.1", "h2")
HOSTS = ("files.test", "dl.test", "api.test", "graph.microsoft.com", "www.googleapis.com", "api.dropboxapi.com",
         "content.dropboxapi.com", "api.github.com", "catbox.moe", "docs.s3.eu-west-1.amazonaws.com",
         "ours.sharepoint.com", "iam.amazonaws.com")


@dataclasses.dataclass
class Try:
    number: int
    row: dict
    version: str
    requests: list
    answers: list = dataclasses.field(default_factory=list)
    arrived: list = dataclasses.field(default_factory=list)
    events: list = dataclasses.field(default_factory=list)

    @property
    def mark(self):
        return f"try/{self.number}"


class UploadEvasions(kit.Scenario):
    table = "evasions.yaml"

    @classmethod
    def prepare(cls):
        table = yaml.safe_load((FOLDER / cls.table).read_text())
        authority = kit.Authority(cls)
        cls.record = ByteRecord(cls, authority.issue(*HOSTS), cls.answer)
        cls.sources = {name: f"127.0.{number}.1" for number, name in enumerate(table["policies"], 1)}
        secret = hashlib.sha256(rows.BYTES["secret"]).hexdigest()
        policies = [{"name": name, "when": {"client.ip": cls.sources[name], **{
            fact: secret if value == "{sha256 of secret}" else value for fact, value in when.items()}}, "then": "block"}
            for name, when in table["policies"].items()]
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate],
                                  policies=yaml.safe_dump(policies, sort_keys=False),
                                  resolve=dict.fromkeys(HOSTS, cls.record.address),
                                  # An origin of HTTP/1.1 for clients of both; and there is one file that is too large.
                                  config={"origins": {"http2": "prefer"}, "limits": {"held_upload": "64 KiB"}})
        cls.tries = [Try(number, row, version, rows.requests_of(row)) for number, (row, version) in enumerate(
            rows.expand(table["rows"], VERSIONS))]
        cls.replies = {f"{one.mark}/{at}": send.get("reply") for one in cls.tries
                       for at, send in enumerate(one.row["send"] if isinstance(one.row["send"], list)
                                                 else [one.row["send"]])}
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(cls.play, cls.tries))
        cls.read_events()

    @classmethod
    def answer(cls, arrived):
        reply = cls.replies.get(arrived.get("X-Try")) or {}
        body = rows.body_of(reply)
        return reply.get("status", 200), {name: str(value) for name, value in reply.get("fields", {}).items()}, body

    @classmethod
    def play(cls, one):
        with Client(cls.gateway, one.version, cls.sources[one.row["under"]]) as client:
            for at, request in enumerate(one.requests):
                request.fields += [("X-Cell", one.number), ("X-Try", f"{one.mark}/{at}"), ("User-Agent", one.mark)]
                one.answers.append(client.send(request))
        one.arrived = cls.record.of(one.number)

    @classmethod
    def read_events(cls):
        of = {one.mark: one for one in cls.tries}
        expected = sum(len(one.requests) for one in cls.tries)
        found = []

        def all_there():
            found[:] = [row for row in cls.gateway.logged() if row.get("user_agent") in of]
            return len(found) >= expected
        kit.wait_until(all_there, lambda: f"{expected} events; there are {len(found)}", 20)
        for row in found:
            of[row["user_agent"]].events.append(row)

    def events_of(self, one, at):
        """In the order of their beginning, which is that of the requests: a client sends one after the other."""
        return sorted(one.events, key=lambda event: event["id"])[at]

    def test_each_ends_as_its_rule_states(self):
        for one in self.tries:
            row = one.row
            sent = [(request.method, request.host, request.target, request.bytes()[:300]) for request in one.requests]
            with self.subTest(row["tries"], value=row.get("with"), under=row["under"], rule=row["rule"],
                              version=one.version, sent=sent):
                self.judge(one)

    def judge(self, one):
        endings = rows.endings_of(one.row)
        self.assertEqual(len(endings), len(one.answers))
        arrived = {piece.get("X-Try"): piece for piece in one.arrived}
        for at, (ending, request, answer) in enumerate(zip(endings, one.requests, one.answers)):
            event = self.events_of(one, at)
            came = arrived.get(f"{one.mark}/{at}")
            said = (answer.status, event["ending"], event.get("policy"))
            if ending == "passes":
                self.assertEqual(said, (answer.status, "completed", None), (at, event))
                self.assertIn(answer.status, (200, 201, 206), (at, event))
                self.assertTrue(came.whole and bytes(came.body) == request.bytes(), (at, came))
            elif ending == "stopped":
                self.assertEqual(said, (403, "blocked", one.row["under"]), (at, event))
                self.assertIsNone(came, (at, event))
            elif ending == "refused":  # For what the message is.
                self.assertEqual(said[1:], ("refused", None), (at, event))
                self.assertIn(answer.status, range(400, 500))
                self.assertIsNone(came, (at, event))
            elif ending == "withheld":  # A reply.
                self.assertEqual(said, (403, "blocked", one.row["under"]), (at, event))
                kept = rows.body_of((one.row["send"] if isinstance(one.row["send"], list)
                                     else [one.row["send"]])[at]["reply"])
                self.assertNotIn(kept, answer.body)
            else:
                self.fail(f"no such ending: {ending}")
            for fact, value in one.row.get("record", {}).items():
                self.assertEqual(self.fact(event, fact), value, event)

    @staticmethod
    def fact(event, name):
        if name.startswith("file."):
            return event.get("file", {}).get(name.removeprefix("file."))
        if name == "activities":
            return [record["type"] for record in event.get("activities", ())]
        return event.get("details", {}).get(name)
