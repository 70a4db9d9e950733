"""Other gateways' logs: read by `discover import --dry-run`, plain and packed, in formats that are told or named, with
what cannot be read counted and shown; and our own traffic, seen live and read back from our own logs, the same."""

import csv
import gzip
import io
import json
import subprocess
import zipfile

import kit
from kit import process

LINES = 3000
PARSER = """\
name: gate 7
kind: csv
separator: semicolon
time: {field: when, format: '%d.%m.%Y %H:%M:%S'}
fields: {client: src, user: who, url: target, bytes_up: sent, bytes_down: got, action: verdict}
blocked: [DENY]
"""


def squid(number, host="www.dropbox.com", user=None, down=1000):
    return (f"{1764265743 + number}.123     85 192.0.2.{number % 20} TCP_MISS/200 {down} GET https://{host}/a?secret=x "
            f"{user or f'user{number % 7}'} HIER_DIRECT/198.51.100.9 text/html\n")


class ForeignLogs(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.nginx = kit.Nginx(cls, [kit.Site("plain.test")])
        cls.nginx.write("/small", "small\n" * 100)
        cls.gateway = kit.Gateway(
            cls, resolve={"plain.test": cls.nginx.plain},
            policies="- name: no secrets\n  when: {path: /secret}\n  then: block\n",
            config={"recording": {"logs": [{"file": "access.jsonl"}, {"file": "squid.log", "format": "squid"}]}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.text = "".join(squid(number, "www.dropbox.com" if number % 3 else "unheard-of.example")
                           for number in range(LINES))

    def write(self, name, data):
        path = self.gateway.directory / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def imported(self, *arguments, code=0, output="json"):
        done = self.gateway.command("discover", "import", "-c", self.gateway.config, "--dry-run", "--output", output,
                                    *arguments, code=code)
        return (json.loads(done.stdout) if output == "json" else done.stdout), done.stderr

    def app(self, picture, name):
        return next(row for row in picture["apps"] if row.get("app") == name)

    def test_a_log_is_the_same_picture_however_it_is_packed(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("logs/access.log", self.text)
        zstd = subprocess.run([process.tool("zstd"), "-c"], input=self.text.encode(), capture_output=True, check=True,
                              timeout=30)
        files = {"plain": self.write("a.log", self.text), "gzip": self.write("a.gz", gzip.compress(self.text.encode())),
                 "zstd": self.write("a.zst", zstd.stdout), "zip": self.write("a.zip", archive.getvalue())}
        pictures = {}
        for packing, path in files.items():
            picture, errors = self.imported(path)
            self.assertEqual(errors, "")
            self.assertEqual(picture["files"][0]["packing"], packing)
            self.assertEqual(picture["files"][0]["format"], "squid")
            del picture["files"]
            pictures[packing] = picture
        self.assertEqual([pictures["plain"]] * 4, list(pictures.values()))
        picture = pictures["plain"]
        self.assertEqual((picture["lines"], picture["records"], picture["bad"]), (LINES, LINES, 0))
        self.assertEqual((picture["users"], picture["addresses"], picture["unknown_hosts"]), (7, 20, 1))
        self.assertEqual(self.app(picture, "dropbox"),
                         {"app": "dropbox", "name": "Dropbox", "category": "cloud_storage", "users": 7,
                          "addresses": 20, "transactions": 2000, "blocked": 0, "bytes_up": 0, "bytes_down": 2_000_000,
                          "bytes": 2_000_000})
        self.assertEqual(picture["apps"][-1]["transactions"], 1000)
        self.assertNotIn("app", picture["apps"][-1])
        self.assertEqual((picture["first"], picture["last"]),
                         ("2025-11-27T17:49:03.123000Z", "2025-11-27T18:39:02.123000Z"))

    def test_many_files_and_standard_input_are_one_picture(self):
        half = self.text[:self.text.index("\n", len(self.text) // 2) + 1]
        first, second = self.write("1.log", half), self.write("2.log", self.text[len(half):])
        picture, _ = self.imported(first, second)
        self.assertEqual((picture["records"], len(picture["files"])), (LINES, 2))
        done = subprocess.run([str(self.binary), "discover", "import", "-c", str(self.gateway.config), "--dry-run",
                               "--output", "csv", "-"], input=self.text.encode(), capture_output=True, timeout=30,
                              env=process.clean_environment(self.directory), check=True)
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
        self.assertEqual(rows[0]["app"], "dropbox")
        self.assertEqual(rows[0]["transactions"], "2000")

    def test_bad_lines_are_shown_with_their_place_and_drive_no_terminal(self):
        path = self.write("bad.log", squid(1) + "cut\n" + squid(2) + "\x1b[2J\x1b]0;owned\x07 \u202e x\n" + squid(3)
                          + "x" * 200_000 + "\n" + squid(4) + squid(5).replace("/200", "/2x0") + squid(6) * 20)
        picture, errors = self.imported(path)
        self.assertEqual(picture["files"][0]["bad"], {"shape": 3, "too_long": 1})
        self.assertIn(f"{path}:2: not of this format, or cut off: cut\n", errors)
        self.assertIn(f"{path}:4: not of this format, or cut off: \\x1b[2J\\x1b]0;owned\\x07", errors)
        self.assertIn(f"{path}:6: longer than 64 KiB: xxx", errors)
        self.assertFalse(set(errors) - {"\n"} & set(map(chr, range(32))))
        self.assertNotIn("\u202e", errors)
        self.assertNotIn("\x1b", json.dumps(picture, ensure_ascii=False))

    def test_what_is_no_log_is_refused_and_says_why(self):
        picture, errors = self.imported(self.write("novel.txt", "It was a dark night.\n" * 50), code=2)
        self.assertIn("its format cannot be told: no format reads any of the first lines", errors)
        self.assertEqual(picture["files"][0]["format"], "unknown")
        _, errors = self.imported("--format", "squid", self.write("half.log", squid(1) + "x\ny\n"), code=2)
        self.assertIn("2 of 3 lines are bad", errors)
        _, errors = self.imported(self.write("cut.gz", gzip.compress(self.text.encode())[:-100]), code=2)
        self.assertIn("it ends in the middle", errors)
        _, errors = self.imported(self.write("bomb.gz", gzip.compress(b"\n" * (200 << 20), 9)), code=2)
        self.assertIn("more comes out of it than the limits allow", errors)
        _, errors = self.imported(self.gateway.directory / "none.log", code=3)
        self.assertIn("none.log: No such file", errors)
        server = '192.0.2.7 - - [27/Nov/2025:17:49:03 +0100] "GET /a HTTP/1.1" 200 4512 "-" "curl"\n'
        _, errors = self.imported(self.write("web.log", server * 30), code=2)
        self.assertIn("no host and no address that something went to", errors)

    def test_zones_layouts_and_parsers_of_ones_own(self):
        log = self.write("gate.csv", "when;src;who;target;sent;got;verdict\n"
                         "27.11.2025 17:49:03;192.0.2.7;ana;https://www.dropbox.com/a;5;7;OK\n"
                         "27.11.2025 17:49:04;192.0.2.7;ana;https://www.dropbox.com/a;5;7;DENY\n")
        parser = self.write("gate.yaml", PARSER)
        picture, errors = self.imported("--parser", parser, "--zone", "Europe/Vienna", log)
        self.assertEqual(picture["first"], "2025-11-27T16:49:03.000000Z")
        self.assertIn("2 times name no zone and were read as Europe/Vienna\n", errors)
        self.assertEqual(self.app(picture, "dropbox")["blocked"], 1)
        _, errors = self.imported("--parser", parser, log)
        self.assertIn("2 times name no zone and were read as UTC; --zone says another", errors)
        self.write("gate.yaml", PARSER.replace("semicolon", "semi"))
        _, errors = self.imported_badly("--parser", parser, log)
        self.assertIn("gate.yaml:3:12: error: 'separator' is one character", errors)
        layout = "%ts.%03tu %>a %[un %ru %<st"
        log = self.write("own.log", "1764265743.001 192.0.2.7 ana https://www.dropbox.com/ 7\n")
        picture, _ = self.imported("--logformat", layout, log)
        self.assertEqual(self.app(picture, "dropbox")["bytes"], 7)
        for words, said in ((("--logformat", "%ts%ru", log), "nothing stands between this code and the next"),
                            (("--format", "fortigat", log), "did you mean 'fortigate'?"),
                            (("--zone", "Vienna", log), "did you mean 'Europe/Vienna'?"),
                            (("--format", "custom", log), "--format custom needs --parser")):
            self.assertIn(said, self.imported_badly(*words)[1])

    def imported_badly(self, *arguments):
        done = self.gateway.command("discover", "import", "-c", self.gateway.config, "--dry-run", *arguments, code=2)
        return done.stdout, done.stderr

    def test_the_table_is_for_people(self):
        shown, _ = self.imported(self.write("a.log", self.text), output="table")
        self.assertIn(f"{LINES} lines: {LINES} records, 0 set aside, 0 bad\n", shown)
        self.assertIn("from 2025-11-27T17:49:03Z to 2025-11-27T18:39:02Z\n", shown)
        self.assertRegex(shown, r"dropbox +Dropbox +cloud_storage +7 +20 +2000 +0 ")
        self.assertRegex(shown, r"\(no app of the catalog\)")

    def test_help_and_completion_name_the_formats(self):
        said = self.gateway.command("discover", "import", "--help").stdout
        for word in ("squid", "palo_alto", "suricata", "custom", "--zone"):
            self.assertIn(word, said)
        self.assertIn("discover import", self.gateway.command("completion", "bash").stdout)

    def test_our_own_logs_come_to_the_picture_of_the_traffic(self):
        for _ in range(5):
            self.curl("http://plain.test/small")
        self.curl("http://plain.test/secret")
        self.gateway.wait_for_activities(6)
        live = self.gateway.activities("--limit", "100")
        expected = {"bytes_down": sum(event["bytes_out"] for event in live),
                    "transactions": len(live), "blocked": sum(event["ending"] == "blocked" for event in live)}
        self.assertEqual((expected["transactions"], expected["blocked"]), (6, 1))
        for name in ("squid.log", "access.jsonl"):
            path = self.gateway.state / "log" / name
            kit.wait_until(lambda: len(path.read_text().splitlines()) >= 6, f"{name} has all")
            picture, _ = self.imported(path)
            row = picture["apps"][-1]
            self.assertEqual({key: row[key] for key in expected}, expected, name)
