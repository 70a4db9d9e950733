"""Ways around policies on transfers that people try with curl, rclone or a browser: each row of the table holds, but
for those that are known to be open, which must still be. The origin's own record proves what came through."""

import concurrent.futures
import pathlib
import ssl

import yaml

import kit
from kit.byte_record import Answer, ByteRecord, Client
from transfer_evasions import bodies
from upload_evasions import rows

TABLE = pathlib.Path(__file__).parent / "table.yaml"
AT_ONCE = 6


class Try:
    def __init__(self, number, row):
        self.number, self.row = number, row
        self.send = row.get("send", [])
        self.send = bodies.plain(self.send if isinstance(self.send, list) else [self.send])
        self.requests = [rows.request_of(one, row) for one in self.send]
        self.hosts = {one["host"] for one in row["raw"]} if "raw" in row else {one.host for one in self.requests}
        self.answers, self.arrived, self.events = [], {}, {}

    def mark(self, at):
        return f"try/{self.number}/{at}"

    def marks(self, at):
        return [("X-Cell", self.number), ("X-Try", self.mark(at)), ("User-Agent", self.mark(at))]

    def end(self, at):
        came, event, answer = self.arrived.get(self.mark(at)), self.events.get(self.mark(at)), self.answers[at]
        if came is not None:
            return "passes" if came.whole else "cut"
        # A head that is no HTTP leaves a record without its fields.
        if event is None and answer.status == 400:
            return "stopped"
        return "stopped" if event and event["ending"] in ("blocked", "refused") else f"fails with {answer.status}"

    def ends(self):
        return [self.end(at) for at in range(len(self.answers))]


class TransferEvasions(kit.Scenario):
    @classmethod
    def prepare(cls):
        table = yaml.safe_load(TABLE.read_text())
        cls.tries = [Try(number, row) for number, row in enumerate(table["rows"])]
        hosts = sorted(set().union(*(one.hosts for one in cls.tries)))
        authority = kit.Authority(cls)
        cls.record = ByteRecord(cls, authority.issue(*hosts), cls.answer)
        cls.sources = {name: f"127.0.{number}.1" for number, name in enumerate(table["policies"], 1)}
        policies = []
        for name, when in table["policies"].items():
            more = {"hold": when.pop("hold")} if "hold" in when else {}
            when = {fact: bodies.DIGESTS.get(str(value), value) for fact, value in when.items()}
            policies.append({"name": name, "when": {"client.ip": cls.sources[name], **when}, "then": "block", **more})
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate],
                                  policies=yaml.safe_dump(policies, sort_keys=False),
                                  resolve=dict.fromkeys(hosts, cls.record.address),
                                  config={"origins": {"http2": "prefer"}})
        cls.replies = {one.mark(at): send["reply"] for one in cls.tries for at, send in enumerate(one.send)
                       if "reply" in send}
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(cls.play, cls.tries))
        cls.read_events()

    @classmethod
    def answer(cls, arrived):
        reply = cls.replies.get(arrived.get("X-Try"), {})
        fields = {name: str(value) for name, value in reply.get("fields", {}).items()}
        return reply.get("status", 200), fields, rows.body_of(reply)

    @classmethod
    def play(cls, one):
        source = cls.sources[one.row["under"]]
        clients = {}
        play = cls.play_by_hand if "raw" in one.row else cls.play_requests
        try:
            play(one, lambda name="a": clients.setdefault(name, Client(cls.gateway, "http/1.1", source)))
        finally:
            for client in clients.values():
                client.close()
        one.arrived = {piece.get("X-Try"): piece for piece in cls.record.of(one.number)}

    @classmethod
    def play_requests(cls, one, client):
        last = len(one.requests) - 1
        early = None
        for at, (request, send) in enumerate(zip(one.requests, one.send)):
            request.fields += one.marks(at)
            if one.row.get("early") and at == last - 1:
                early = cls.begin(client("early"), one.requests[last], one.marks(last))
            if early and at == last:
                early.send(request.bytes())
                one.answers.append(cls.read_answer(early))
                early.close()
            else:
                one.answers.append(client(send.get("by", "a")).send(request))

    # The gateway asks for the body when it has begun with the request.
    @staticmethod
    def begin(client, request, marks):
        peer = client.connect(request.host)
        fields = [("Host", request.host), *request.fields, *marks, ("Expect", "100-continue"),
                  ("Content-Length", len(request.bytes()))]
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        peer.send(f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n")
        head = peer.read_head()
        if head is None or head.status != 100:
            raise AssertionError(f"not asked for the body, but answered {head}")
        return peer

    @classmethod
    def play_by_hand(cls, one, client):
        for at, request in enumerate(one.row["raw"]):
            peer = client().connect(request["host"])
            peer.send(bodies.by_hand(request["text"], one.marks(at)))
            one.answers.append(cls.read_answer(peer))
            peer.close()

    @staticmethod
    def read_answer(peer):
        try:
            head = peer.read_head()
            while head is not None and 100 <= head.status < 200:
                head = peer.read_head()
        except (ConnectionError, EOFError, ssl.SSLError):
            head = None
        return Answer(head.status if head else None, head.fields if head else [], b"")

    @classmethod
    def read_events(cls):
        expected = {one.mark(at) for one in cls.tries for at, answer in enumerate(one.answers) if answer.status != 400}
        found = {}

        def all_there():
            found.update((event.get("user_agent"), event) for event in cls.gateway.logged())
            return expected <= found.keys()
        kit.wait_until(all_there, lambda: f"events of {expected - found.keys()}", 20)
        for one in cls.tries:
            one.events = {one.mark(at): found.get(one.mark(at)) for at in range(len(one.answers))}

    def test_each_holds_or_is_known_to_be_open(self):
        for one in self.tries:
            row = one.row
            with self.subTest(row["id"], tries=row["tries"], under=row["under"], ends=one.ends()):
                self.judge(one)

    def judge(self, one):
        for at, end in enumerate(one.ends()):
            event = one.events[one.mark(at)]
            self.assertIn(end, ("passes", "cut", "stopped"), event)
            if event and event["ending"] == "blocked":
                self.assertEqual(event["policy"], one.row["under"], event)
        if "open" in one.row:
            self.assertFalse(self.holds(one), "it holds now: take `open` out of table.yaml")
        else:
            self.assertTrue(self.holds(one), one.events)

    def holds(self, one):
        must, ends = one.row.get("must", "stop"), one.ends()
        if must == "pass":
            return set(ends) == {"passes"}
        if must == "stop last":
            return ends[-1] != "passes"
        if must == "stop":
            return set(ends) != {"passes"}
        last = one.events[one.mark(len(ends) - 1)]
        return all(self.fact(last, name) == value for name, value in must.items())

    @staticmethod
    def fact(event, name):
        if name == "activities":
            return [record["type"] for record in event.get("activities", ())]
        if name.startswith("file."):
            return event.get("file", {}).get(name.removeprefix("file."))
        return event.get(name)

    def test_the_table_says_what_it_means(self):
        ids = [one.row["id"] for one in self.tries]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual({one.row["under"] for one in self.tries}, set(self.sources))
        for one in self.tries:
            self.assertLessEqual(one.row.keys(), {"id", "tries", "under", "open", "must", "early", "send", "raw"})
            self.assertIn(one.row.get("open", "code"), ("code", "limit"))
            self.assertFalse("open" in one.row and one.row.get("must") == "pass", one.row["id"])
