"""A file under a policy, in every shape that clients send files in, in every pair of HTTP versions: the origin's own
record proves that what is forbidden never arrived complete, and that what is allowed arrived bit-exact."""

import collections
import concurrent.futures
import dataclasses
import hashlib
import io
import itertools
import pathlib
import random
import zipfile

import yaml

import kit
from kit.byte_record import Arrived, ByteRecord, Client, Request
from upload_matrix import shapes

TABLE = yaml.safe_load((pathlib.Path(__file__).parent / "matrix.yaml").read_text())
AT_ONCE = 8   # cells
OTHERS = 700  # transfers that begin, of the 512 of one user that are remembered


def filler(name, size):
    return random.Random(name).randbytes(size)


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.bin", filler("archive", 20_000))
    return out.getvalue()


def paper(name, size):
    return b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n" + filler(name, size) + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


BYTES = {
    "paper": paper("paper", 20_000),
    "long": paper("long", 40_000),
    "secret": paper("secret", 20_000),
    "program": b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + filler("program", 20_000),
    "archive": archive(),
}
BYTES["almost_secret"] = BYTES["secret"][:-1] + b"."


@dataclasses.dataclass
class Cell:
    number: int
    client: str    # versions
    origin: str
    shape: str
    policy: int    # of the table
    side: str      # forbidden, allowed
    source: str    # the client's address, by which its policy is in force
    thing: shapes.Thing
    requests: list = dataclasses.field(default_factory=list)
    answers: list = dataclasses.field(default_factory=list)
    again: list = dataclasses.field(default_factory=list)  # answers to those that were sent once more
    arrived: list[Arrived] = dataclasses.field(default_factory=list)
    events: list = dataclasses.field(default_factory=list)

    @property
    def verdict_at(self):
        """The request that must be stopped at the latest, from 0 on."""
        place = TABLE["shapes"][self.shape].get(TABLE["policies"][self.policy]["asks"], 1)
        return len(self.requests) - 1 if place == "last" else place - 1

    @property
    def first_stopped(self):
        return next((at for at, answer in enumerate(self.answers) if answer.status == 403), None)

    def __str__(self):
        return f"{self.shape} {TABLE['policies'][self.policy].get('when', 'no policy')} {self.client}-{self.origin}"


def address_of(policy, side):
    return f"127.0.{1 + policy}.{1 if side == 'forbidden' else 2}"


def name_of(policy):
    return f"policy {policy}"


def policies():
    """Each is in force for the addresses of its own cells alone, so that all can run at once."""
    written = []
    for number, row in enumerate(TABLE["policies"]):
        if "when" not in row:
            continue
        when = {fact: hashlib.sha256(BYTES["secret"]).hexdigest() if value == "{sha256 of secret}" else value
                for fact, value in row["when"].items()}
        written.append({"name": name_of(number), "then": "block", "when": {
            "client.ip": [address_of(number, side) for side in ("forbidden", "allowed")], "activity": "upload",
            **when}})
    return yaml.safe_dump(written, sort_keys=False)


def cells():
    found, numbers = [], itertools.count(1)
    for (client, origin), (shape, tells), (policy, row) in itertools.product(
            TABLE["versions"], TABLE["shapes"].items(), enumerate(TABLE["policies"])):
        if row["asks"] not in tells and row["asks"] != "nothing":
            continue
        for side in ("forbidden", "allowed"):
            if side not in row:
                continue
            number = next(numbers)
            thing = shapes.Thing(str(number), row[side].get("name", "paper.pdf"),
                                 BYTES[row[side].get("bytes", "paper")], row[side].get("instance", "ours"),
                                 row[side].get("public", False))
            found.append(Cell(number, client, origin, shape, policy, side, address_of(policy, side), thing))
    return found


class UploadMatrix(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue(*shapes.HOSTS)
        cls.records, cls.gateways = {}, {}
        for version in ("http/1.1", "h2"):
            record = ByteRecord(cls, identity, shapes.answer, http2=version == "h2")
            cls.records[version] = record
            # What an origin speaks then does not depend on its client.
            cls.gateways[version] = kit.Gateway(
                cls, "gateway-" + version.replace("/", ""), roots=[authority.certificate], policies=policies(),
                resolve=dict.fromkeys(shapes.HOSTS, record.address), config={"origins": {"http2": "prefer"}})
        cls.cells = cells()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(cls.play, cls.cells))
        for cell in cls.cells:
            cell.arrived = cls.records[cell.origin].of(cell.number)
        for gateway in cls.gateways.values():
            cls.read_events(gateway)

    @classmethod
    def play(cls, cell):
        """A client that goes on whatever it is told, and tries everything that was stopped once more: what stands before
        the last request ahead of it, since with that the server is done with the transfer."""
        cell.requests = shapes.SHAPES[cell.shape](cell.thing)
        with Client(cls.gateways[cell.origin], cell.client, cell.source) as client:
            def send(request):
                request.fields += [("X-Cell", cell.number), ("X-Instance", cell.thing.instance),
                                   ("User-Agent", f"cell/{cell.number}")]
                return client.send(request)

            def send_all(requests):
                answers = [send(request) for request in requests]
                cell.answers += answers
                cell.again += [send(dataclasses.replace(request, fields=request.fields[:-3]))
                               for request, answer in zip(requests, answers) if answer.status == 403]
            send_all(cell.requests[:-1])
            send_all(cell.requests[-1:])

    @classmethod
    def read_events(cls, gateway):
        of = {f"cell/{cell.number}": cell for cell in cls.cells if cls.gateways[cell.origin] is gateway}
        expected = sum(len(cell.answers) + len(cell.again) for cell in of.values())
        rows = []

        def all_there():
            rows[:] = [row for row in gateway.logged() if row.get("user_agent") in of]
            return len(rows) >= expected
        kit.wait_until(all_there, lambda: f"{expected} events; there are {len(rows)}", 20)
        for row in rows:
            of[row["user_agent"]].events.append(row)

    def each(self, side, judge):
        for cell in self.cells:
            if cell.side == side:
                with self.subTest(str(cell), cell=cell.number):
                    judge(cell)

    def uploads(self, cell):
        """[file] of every upload that the records tell."""
        for event in cell.events:
            of_it = [one for one in event.get("activities", ()) if one["type"] == "upload"]
            for one in of_it:
                yield one.get("file") or event.get("file") or {}

    def test_every_pair_of_versions_was_spoken(self):
        seen = collections.Counter()
        for cell in self.cells:
            seen.update((cell.client, one.version) for one in cell.arrived)
            for one in cell.arrived:
                self.assertEqual(one.version, cell.origin, cell)
        for client, origin in TABLE["versions"]:
            self.assertGreater(seen[client, origin], 100)

    def test_what_is_forbidden_never_arrives_complete(self):
        def judge(cell):
            for name, content in shapes.held(cell.shape, cell.arrived):
                self.assertNotEqual((name, content), (cell.thing.name, cell.thing.content), cell.answers)
                self.assertNotIn(cell.thing.content, content)
        self.each("forbidden", judge)

    def test_what_is_forbidden_is_stopped_as_soon_as_its_fact_is_told(self):
        def judge(cell):
            self.assertEqual(cell.first_stopped, cell.verdict_at, [one.status for one in cell.answers])
            # And of that request nothing left; who tries it once more comes no further.
            self.assertLessEqual(len([one for one in cell.arrived if not one.whole]), 0, cell.arrived)
            self.assertEqual([one.status for one in cell.again], [403] * len(cell.again))
            stopped = [answer.status == 403 for answer in cell.answers]
            self.assertEqual(len(cell.arrived), stopped.count(False), cell.arrived)
        self.each("forbidden", judge)

    def test_the_record_says_which_policy_stopped_it(self):
        def judge(cell):
            told = [event for event in cell.events if event["ending"] == "blocked"]
            self.assertTrue(told)
            for event in told:
                self.assertEqual((event["policy"], event["action"], event["status"]),
                                 (name_of(cell.policy), "block", 403))
                self.assertEqual({one["type"] for one in event["activities"]}, {"upload"})
        self.each("forbidden", judge)

    def test_a_transfer_is_not_forgotten_because_many_others_begin(self):
        digest = next(number for number, row in enumerate(TABLE["policies"]) if row["asks"] == "digest")
        begin = {"s3_parts": lambda number: Request("POST", shapes.S3, f"/other/{number}?uploads="),
                 "tus": lambda number: Request("POST", shapes.FILES, "/tus", [
                     ("Tus-Resumable", "1.0.0"), ("Upload-Length", 5), ("X-Cell", f"other-{number}")])}
        for shape, other in begin.items():
            with self.subTest(shape=shape), \
                    Client(self.gateways["http/1.1"], source=address_of(digest, "forbidden")) as client:
                thing = shapes.Thing("forgotten", "paper.pdf", BYTES["secret"])
                requests = shapes.SHAPES[shape](thing)
                for request in requests:
                    request.fields.append(("X-Cell", thing.key))
                for request in requests[:-1]:
                    self.assertIn(client.send(request).status, (200, 201, 204))
                for number in range(OTHERS):
                    self.assertIn(client.send(other(number)).status, (200, 201))
                self.assertEqual(client.send(requests[-1]).status, 403)

    def test_what_is_allowed_arrives_bit_exact(self):
        def judge(cell):
            self.assertEqual([one.status for one in cell.answers if one.status not in (200, 201, 202, 204, 308)], [])
            files = dict(shapes.held(cell.shape, cell.arrived))
            if cell.shape == "form":
                self.assertEqual(files.pop(shapes.COMPANION[0]), shapes.COMPANION[1])
            self.assertEqual(list(files), [cell.thing.name])
            self.assertTrue(files[cell.thing.name] == cell.thing.content)
            for request, one in zip(cell.requests, cell.arrived):
                self.assertTrue(request.bytes() == bytes(one.body), one)
        self.each("allowed", judge)

    def test_the_record_tells_one_upload_with_the_whole_size_and_digest(self):
        def judge(cell):
            files = [(one.get("name"), one.get("size"), one.get("sha256")) for one in self.uploads(cell)]
            tell = lambda name, content: (name, len(content), hashlib.sha256(content).hexdigest())
            if cell.shape == "form":
                self.assertEqual(files.pop(0), tell(*shapes.COMPANION))
            expected = tell(cell.thing.name, cell.thing.content)
            if cell.shape == "azure_blocks" and files[0][2] is None:
                expected = (*expected[:2], None)
            self.assertEqual(files, [expected])
            self.assertEqual({event["action"] for event in cell.events}, {"allow"})
        self.each("allowed", judge)
