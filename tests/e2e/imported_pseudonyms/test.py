"""Logs of other gateways where names are under pseudonyms (recording.anonymize_users): whatever form a log writes a person
in, nothing that is kept, shown, exported or reported of it has the name, and all of it is one person."""

import datetime
import gzip
import json
import re
import urllib.request

import kit

USERS = """\
users:
  - {name: quentin.marsh, upn: quentin.marsh@corp.example, aliases: [CORP\\qmarsh], groups: [finance], manager: sofia.lind}
  - {name: sofia.lind, mail: sofia.lind@corp.example, groups: [finance]}
"""
# quentin and sofia are listed; harriet is known to her log alone, odette to the addresses.
ADDRESSES = "- {address: 192.0.2.44, user: odette.brandt}\n"
NAME = re.compile(r"quentin|q?marsh\b|sofia|\blind\b|harriet|vance|odette|brandt", re.I)
NAMES = ("quentin.marsh", "sofia.lind", "harriet.vance", "odette.brandt")
PERIOD = datetime.timedelta(days=1)


def moments():
    start = datetime.datetime.now(datetime.timezone.utc).replace(hour=10, minute=0, second=0, microsecond=0)
    return [start - back * PERIOD for back in range(9, 0, -1)]


def squid(user, address="192.0.2.7", path="/a"):
    return "".join(f"{at.timestamp():.3f}     85 {address} TCP_MISS/200 4096 GET https://www.dropbox.com{path} {user} "
                   "HIER_DIRECT/198.51.100.9 text/html\n" for at in moments())


def w3c(user):
    head = ("#Software: a proxy\n#Version: 1.0\n#Fields: date time time-taken c-ip cs-username cs-method cs-uri-scheme cs-host "
            "cs-uri-path sc-status sc-bytes cs-bytes sc-filter-result\n")
    return head + "".join(f"{at:%Y-%m-%d %H:%M:%S} 20 192.0.2.8 {user} GET https mega.nz /{user}/x 200 900 700 OBSERVED\n"
                          for at in moments())


def cef(user):
    return "".join(f"CEF:0|A|Proxy|1|100|web|3|rt={at.timestamp() * 1000:.0f} src=192.0.2.9 suser={user} requestMethod=GET "
                   "request=https://www.box.com/x in=10 out=20 act=allowed\n" for at in moments())


class ImportedPseudonyms(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.gateway = kit.Gateway(
            cls, policies="- { id: none, name: None, when: { host: nothing.test }, then: block }\n", start=False,
            files={"users.yaml": USERS, "addresses.yaml": ADDRESSES, "use.log": ""},
            config={"users": {"directory": "users.yaml", "addresses": "addresses.yaml"},
                    "catalog": str(cls.source / "conf/catalog"),
                    "recording": {"anonymize_users": True}})
        cls.told = []  # (where, text) of everything that was said

    def cli(self, *arguments, code=0):
        done = self.gateway.command(*arguments, "-c", self.gateway.config, code=code)
        self.told.append(("sallyport " + " ".join(map(str, arguments[:3])), done.stdout + done.stderr))
        return done

    def listed(self, *arguments):
        return json.loads(self.cli(*arguments, "--format", "json").stdout)

    def bring(self, name, text, *more):
        path = self.gateway.directory / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return self.cli("discover", "import", path, *more)

    def api(self, path):
        request = urllib.request.Request(f"{self.gateway.admin}/api/v1/{path}")
        request.add_header("Authorization", "Bearer " + (self.gateway.state / "admin.token").read_text().strip())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as reply:
            text = reply.read().decode()
        self.told.append((f"GET {path}", text))
        return json.loads(text)

    def test_1_people_are_imported_under_every_name_of_theirs_with_a_gateway_and_without(self):
        self.gateway.start()  # makes the key
        self.bring("squid.log", squid("quentin.marsh") + squid("CORP\\qmarsh") + squid("Quentin.Marsh@corp.example"))
        self.bring("paths.log.gz", squid("sofia.lind", path="/home/sofia.lind%40corp.example/x"))
        self.gateway.stop()
        self.bring("w3c.log", w3c("sofia.lind@corp.example"))
        broken = self.bring("cef.log", cef("harriet.vance") + "CEF:0|cut off in the middle of harriet.vance\n").stderr
        self.assertRegex(broken, r"cef.log:10: [^:]+\n")
        self.bring("addresses.log", squid("-", address="192.0.2.44"), "--users-by-address")
        rows = self.listed("discover", "users")
        self.assertEqual(len(rows), 4, rows)
        self.assertTrue(all(re.fullmatch(r"psn-[a-z2-7]+", row["user"]) for row in rows), rows)
        # 27 lines of three spellings are one person's.
        [quentin] = self.listed("discover", "users", "--user", "quentin.marsh")
        self.assertEqual(quentin["transactions"], 27)
        [sofia] = self.listed("discover", "users", "--user", "sofia.lind@corp.example")
        self.assertEqual(sofia["transactions"], 18)

    def test_2_everything_is_told_by_pseudonyms(self):
        self.gateway.start()
        for name in NAMES:
            [row] = self.listed("discover", "users", "--user", name)
            self.assertEqual(self.listed("discover", "users", "--user", row["user"]), [row])
        for arguments in (("discover", "dashboard"), ("discover", "apps"), ("discover", "app", "dropbox"),
                          ("discover", "users"), ("discover", "apps", "--user", "quentin.marsh"), ("discover", "imports"),
                          ("users", "seen"), ("users",), ("governance", "log"), ("audit", "reads"), ("status",),
                          ("store", "verify")):
            done = self.cli(*arguments, code=None)
            self.assertIn(done.returncode, (0, 1), (arguments, done.stderr))
        for form in ("jsonl", "csv", "cef", "w3c"):
            output = self.gateway.directory / f"export.{form}"
            self.cli("discover", "export", "--format", form, "--output", output)
            self.assertIn("psn-", output.read_text())
            self.told.append((f"the export, {form}", output.read_text()))
        report = self.gateway.directory / "report.html"
        self.cli("discover", "report", "--output", report)
        self.told.append(("the report", report.read_text()))
        for path in ("discovery/users", "discovery/dashboard", "discovery/apps", "discovery/app/dropbox", "users-seen",
                     "users/quentin.marsh", "governance", "audit-reads", "status"):
            self.api(path)
        self.gateway.stop()

    def test_3_no_name_stands_anywhere(self):
        texts = list(self.told)
        for stream in sorted(self.gateway.directory.glob("std*-*.txt")):
            texts.append((stream.name, stream.read_text()))
        files = [path for path in sorted(self.gateway.state.rglob("*")) if path.is_file()]
        self.assertIn("activities.sqlite", {path.name for path in files})
        texts += [(path.name, path.read_bytes().decode("latin-1")) for path in files]
        self.assertGreater(len(texts), 30)
        self.assertIn("psn-", "".join(text for _, text in texts))
        for name in ("squid.log", "w3c.log", "cef.log"):
            self.assertTrue(NAME.search((self.gateway.directory / name).read_text()), "the test would find nothing")
        found = [(where, text[max(0, match.start() - 60):match.end() + 20]) for where, text in texts
                 if (match := NAME.search(text))]
        self.assertEqual(found, [])

    def test_4_a_person_who_is_only_in_foreign_logs_is_exported_and_erased_by_name(self):
        output = self.gateway.directory / "harriet.jsonl"
        self.cli("users", "export", "harriet.vance", "--output", output, "--reason", "request 7")
        self.assertIn("psn-", output.read_text())
        self.assertIsNone(NAME.search(output.read_text()))
        self.cli("users", "erase", "harriet.vance", "--reason", "request 8", "--yes")
        self.cli("discover", "users", "--user", "harriet.vance", code=1)
        kept = [row["user"] for row in self.listed("discover", "users")]
        self.assertEqual(len(kept), 4)
        self.assertEqual(len([user for user in kept if user.startswith("(erased ")]), 1, kept)
