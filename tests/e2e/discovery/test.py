"""Use that other gateways' logs tell, counted beside what was seen live: the same traffic seen and imported is the same
picture; whole files or nothing; taken back; beside a running gateway."""

import contextlib
import datetime
import json
import os
import shutil
import signal
import sqlite3
import subprocess

import kit
from kit import process

APPS = ("dropbox", "box", "mega", "google_drive")
NAMES = ("www.dropbox.com", "api.dropboxapi.com", "www.box.com", "www.strange-tool.com", "ad.doubleclick.net")
USERS = """\
users:
  - {name: ana, mail: ana@corp.example, aliases: ['CORP\\ana'], groups: [finance]}
  - {name: eva, groups: [sales]}
"""
ADDRESSES = "- {address: 127.0.0.1, user: ana}\n- {address: 127.0.0.2, user: eva}\n"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
# What a line of Squid's native format has no place for: bytes sent, activities, programs.
NOT_IN_SQUID = ("sent", "uploads", "upload_bytes", "downloads", "download_bytes", "devices", "asked", "continued",
                "sanctioned_bytes", "unsanctioned_bytes", "other_bytes")  # both ways together
# What our own line says in words that an import does not read: what was done.
NOT_IN_JSON = ("uploads", "upload_bytes", "downloads", "download_bytes", "asked", "continued")


def now(back=0):
    return datetime.datetime.now(datetime.timezone.utc).timestamp() - back


def squid(number, host="www.dropbox.com", user="ana", client="192.0.2.7", back=3600):
    return (f"{now(back) + number / 1000:.3f}     85 {client} TCP_MISS/200 1000 GET https://{host}/a "
            f"{user} HIER_DIRECT/198.51.100.9 text/html\n")


def without(page, words):
    """A report without what the words name, and without times, of which a log has the end and not the beginning."""
    if isinstance(page, list):
        rows = [without(row, words) for row in page]
        # Where all traffic is what was received, ties are in another order.
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    if not isinstance(page, dict):
        return page
    left = {key: without(value, words) for key, value in page.items()
            if key not in words and key not in ("first_seen", "last_seen", "imports")}
    return left


class Discovery(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*NAMES))
        catalog = cls.directory / "catalog"
        (cls.directory / "own").mkdir()
        for app in APPS:
            shutil.copytree(cls.source / "conf/catalog" / app, catalog / app)
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate],
            policies="- name: no deletes\n  when: {path: /2/files/delete_v2}\n  then: block\n",
            resolve={name: cls.origin.address for name in NAMES},
            files={"users.yaml": USERS, "addresses.yaml": ADDRESSES, "apps.yaml": "sanctioned: [box]\n"},
            config={"catalog": [str(catalog), str(cls.directory / "own")], "workers": 1,
                    "tags": {"apps": "apps.yaml", "noise": str(cls.source / "conf/tags/noise.yaml")},
                    "users": {"directory": "users.yaml", "addresses": "addresses.yaml"},
                    "recording": {"logs": [{"file": "access.jsonl"}, {"file": "squid.log", "format": "squid"}]}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        for path in ("/one", "/two"):
            cls.curl("-A", FIREFOX, f"https://www.dropbox.com{path}")
        cls.curl("--interface", "127.0.0.2", "--data-binary", "@-", "https://api.dropboxapi.com/2/files/list_folder",
                 stdin=b"x" * 500)
        cls.refused = cls.curl("--data-binary", "@-", "https://api.dropboxapi.com/2/files/delete_v2", stdin=b"{}").status
        for name in NAMES[2:]:
            cls.curl("-A", FIREFOX, f"https://{name}/")
        cls.gateway.wait_for_activities(7)
        cls.number = 0

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    def state(self):
        """A state directory of its own."""
        type(self).number += 1
        path = self.directory / f"state-{self.number}"
        path.mkdir()
        return path

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def discover(self, verb, *arguments, state=None, code=0):
        more = ("--state", state) if state else ()
        return self.gateway.command("discover", verb, "-c", self.gateway.config, *more, *arguments, code=code)

    def asked(self, verb, *arguments, state=None, code=0):
        return json.loads(self.discover(verb, *arguments, "--format", "json", state=state, code=code).stdout)

    def imported(self, *arguments, state=None, code=0):
        done = self.discover("import", "--output", "json", *arguments, state=state, code=code)
        return json.loads(done.stdout or "[]"), done.stderr

    def transactions(self, *arguments, state=None, code=0):
        return {row["app"]: row["transactions"] for row in self.asked("apps", *arguments, state=state, code=code)}

    def log(self, name):
        path = self.gateway.state / "log" / name
        kit.wait_until(lambda: len(path.read_text().splitlines()) >= 7, f"{name} has all")
        return path

    def test_the_same_traffic_seen_live_and_imported_is_the_same_picture(self):
        self.assertEqual(self.refused, 403)
        for name, unknown in (("squid.log", NOT_IN_SQUID), ("access.jsonl", NOT_IN_JSON)):
            state = self.state()
            rows, errors = self.imported(self.log(name), state=state)
            self.assertEqual(errors, "")
            self.assertEqual((rows[0]["records"], rows[0]["bad"], rows[0]["import"]), (7, 0, 1))
            for verb in ("apps", "users", "addresses", "categories", "hosts", "dashboard"):
                seen = without(self.asked(verb, "--source", "live"), unknown)
                told = without(self.asked(verb, state=state), unknown)
                self.assertEqual(told, seen, f"{name}, {verb}")
            apps = self.transactions(state=state)
            self.assertEqual(apps, {"dropbox": 3, "box": 1})
        devices = [row["device"] for row in self.asked("devices", state=state)]
        self.assertIn("desktop, windows, firefox", devices)

    def test_what_was_imported_is_listed_and_told_apart_from_what_was_seen(self):
        path = self.write("other.log", squid(1, "mega.nz") + squid(2, "mega.nz", "CORP%5cana") + "cut\n" + squid(3, "mega.nz"))
        before = self.transactions()
        rows, errors = self.imported(path, "--by", "olga")
        number = rows[0]["import"]
        self.assertIn("other.log:3: not of this format, or cut off: cut", errors)
        try:
            (listed,) = [row for row in self.asked("imports") if row["import"] == number]
            self.assertEqual((listed["file"], listed["format"], listed["lines"], listed["records"], listed["bad"],
                              listed["who"], listed["state"]), (str(path), "squid", 4, 3, 1, "olga", "in_force"))
            self.assertEqual(self.transactions(), {**before, "mega": 3})
            self.assertEqual(self.transactions("--source", "live"), before)
            self.assertEqual(self.transactions("--source", str(number)), {"mega": 3})
            (user,) = self.asked("users", "--source", str(number))
            self.assertEqual((user["user"], user["groups"]), ("ana", ["finance"]))
            self.assertEqual(self.asked("dashboard")["imports"], 1)
            self.assertIn("no import 99", self.discover("apps", "--source", "99", code=1).stderr)
            self.assertIn("is no source", self.discover("apps", "--source", "dead", code=2).stderr)
        finally:
            said = self.discover("imports", "--remove", str(number)).stdout
        self.assertEqual(said, f"import {number} is taken back\n")
        self.assertEqual(self.transactions(), before)
        self.assertEqual(self.asked("imports", code=1), [])
        (kept,) = [row for row in self.asked("imports", "--all") if row["import"] == number]
        self.assertEqual(kept["state"], "removed")
        self.discover("imports", "--remove", str(number), code=1)

    def test_the_same_file_twice_is_refused_and_one_that_has_grown_too(self):
        state = self.state()
        text = "".join(squid(number, "mega.nz") for number in range(100))
        path = self.write("a.log", text)
        self.imported(path, state=state)
        again, errors = self.imported(path, state=state, code=1)
        self.assertIn("it was imported already, as 1; --again counts it twice", errors)
        self.assertNotIn("import", again[0])
        shutil.copy(path, self.directory / "b.log")
        subprocess.run([process.tool("gzip"), "-f", str(self.directory / "b.log")], check=True, timeout=30)
        self.assertIn("imported already", self.imported(self.directory / "b.log.gz", state=state, code=1)[1])
        path.write_text(text + squid(101, "mega.nz"))
        self.assertIn("it begins as import 1 does", self.imported(path, state=state, code=1)[1])
        self.assertEqual(self.transactions(state=state), {"mega": 100})
        self.imported("--again", path, state=state)
        self.assertEqual(self.transactions(state=state), {"mega": 201})

    def test_a_file_that_is_judged_bad_leaves_nothing_and_the_next_one_counts(self):
        state = self.state()
        bad = self.write("bad.log", "".join(squid(number, "mega.nz") + "cut\ncut\n" for number in range(50)))
        novel = self.write("novel.txt", "It was a dark night.\n" * 50)
        good = self.write("good.log", squid(1, "www.box.com"))
        rows, errors = self.imported("--format", "squid", bad, novel, good, state=state, code=2)
        self.assertIn("bad.log is not kept: it is judged bad", errors)
        self.assertEqual([("import" in row) for row in rows], [False, False, True])
        self.assertEqual(self.transactions(state=state), {"box": 1})
        self.assertEqual(len(self.asked("imports", "--all", state=state)), 1)
        old = self.write("old.log", squid(1, "www.box.com", back=86400 * 500))
        self.assertIn("all its records are left out: older than use is kept", self.imported(old, state=state, code=1)[1])

    def test_a_kill_in_the_middle_leaves_nothing(self):
        # Beside the gateway, whose store it is.
        before = self.transactions()
        command = [str(self.binary), "discover", "import", "-c", str(self.gateway.config), "-"]
        reading = subprocess.Popen(command, stdin=subprocess.PIPE, env=process.clean_environment(self.directory))
        try:
            with contextlib.suppress(BrokenPipeError):
                for number in range(90_000):
                    reading.stdin.write(squid(number, "mega.nz", client=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
                                        .encode())
                reading.stdin.flush()
            store = sqlite3.connect(f"file:{self.gateway.state / 'activities.sqlite'}?mode=ro", uri=True)
            kit.wait_until(lambda: store.execute("SELECT count(*) FROM usage_chunks WHERE source > 0").fetchone()[0] > 0,
                           "something was put there")
            self.assertIn("another process imports", self.imported(self.log("squid.log"), code=3)[1])
        finally:
            os.kill(reading.pid, signal.SIGKILL)
            reading.wait(timeout=30)
            reading.stdin.close()
        self.assertEqual(self.transactions(), before)
        self.assertEqual([row["state"] for row in self.asked("imports")], ["unfinished"])
        state_of_next, errors = self.imported(self.write("next.log", squid(1, "mega.nz")))
        self.assertIn("1 import was stopped in the middle; nothing of it was kept", errors)
        self.assertEqual(store.execute("SELECT count(*) FROM usage_chunks WHERE source > 0").fetchone()[0], 2)
        self.assertEqual(self.transactions(), {**before, "mega": 1})
        self.discover("imports", "--remove", str(state_of_next[0]["import"]))
        store.close()
        # The gateway went on meanwhile.
        self.gateway.command("status", "-c", self.gateway.config)

    def test_users_by_address_where_the_log_names_nobody(self):
        path = self.write("nameless.log", squid(1, "mega.nz", "-", "127.0.0.2"))
        state = self.state()
        self.imported(path, state=state)
        self.assertEqual([row["user"] for row in self.asked("users", state=state)], ["(nobody)"])
        self.discover("imports", "--remove", "1", state=state)
        self.imported("--users-by-address", path, state=state)
        self.assertEqual([row["user"] for row in self.asked("users", state=state)], ["eva"])

    def test_excluded_people_and_apps_are_not_counted_and_that_is_said(self):
        settings = json.loads(self.gateway.config.read_text())
        settings["recording"]["usage"] = {"exclude": {"groups": ["sales"], "apps": ["mega"], "addresses": ["192.0.2.64/26"]}}
        settings["state"]["directory"] = str(self.state())
        config = self.gateway.config.parent / "excluding.yaml"
        config.write_text(json.dumps(settings))
        path = self.write("some.log", squid(1, "mega.nz") + squid(2, user="eva") + squid(3, client="192.0.2.99") + squid(4))
        done = self.gateway.command("discover", "import", "-c", config, "--output", "json", path)
        self.assertIn("3 records are excluded", done.stderr)
        self.assertEqual(json.loads(done.stdout)[0]["left_out"], 3)
        apps = json.loads(self.gateway.command("discover", "apps", "-c", config, "--format", "json").stdout)
        self.assertEqual([(row["app"], row["transactions"], row["users"]) for row in apps], [("dropbox", 1, 1)])

    def test_z_a_domain_of_no_app_becomes_an_app(self):
        def promoted(*arguments, code=0):
            return self.gateway.command("discover", "promote", "-c", self.gateway.config, *arguments, code=code)
        entry = ("strange-tool.com", "--name", "Strange Tool", "--category", "project_management")
        self.assertEqual([row["domain"] for row in self.asked("hosts")], ["strange-tool.com"])
        self.assertIn('name: "Strange Tool"', promoted("--dry-run", *entry).stdout)
        self.assertIn("did you mean 'project_management'?",
                      promoted("a.example", "--name", "A", "--category", "project_managment", code=2).stderr)
        # Checked with the whole catalog, and then nothing is left behind.
        said = promoted("no domain", "--name", "Bad", "--category", "crm", code=2).stderr
        self.assertIn("not kept, because of what the catalog would say", said)
        self.assertEqual(list((self.directory / "own").iterdir()), [])
        done = promoted(*entry)
        self.assertIn("in force on every worker", done.stdout)
        self.assertIn("is there already", promoted(*entry, code=3).stderr)
        # What was counted of its domain stays that; from now on it is an app.
        self.curl("https://www.strange-tool.com/again")
        kit.wait_until(lambda: "strange_tool" in self.transactions("--source", "live"), "it is an app")
        (row,) = [row for row in self.asked("apps", "--source", "live") if row["app"] == "strange_tool"]
        self.assertEqual((row["name"], row["category"], row["tags"]), ("Strange Tool", "project_management", ["custom_app"]))
        checked = self.gateway.command("catalog", "check", "-c", self.gateway.config)
        self.assertIn("nothing is said twice", checked.stdout)
