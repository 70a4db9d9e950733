"""What goes out of discovery to others: exports, lists for other gateways (Squid obeys one), the executive report, and
decisions that come back as tags. All from use that was imported, so that every figure is known."""

import csv
import datetime
import html.parser
import io
import json
import re
import shutil
import socket
import subprocess

import kit
from kit import process

APPS = ("dropbox", "box", "mega", "google_drive", "wetransfer")


def log():
    """Two weeks of three people, one of whom sends much to MEGA."""
    lines = []
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=10, minute=0, second=0, microsecond=0)
    for back in range(14, 0, -1):
        at = (today - datetime.timedelta(days=back)).timestamp()
        for user, host, sent, got in (("ana", "www.box.com", 1000, 50_000), ("ben", "www.dropbox.com", 3000, 40_000),
                                      ("eva", "mega.nz", 90_000, 10), ("ana", "files.example", 5, 6)):
            if host == "mega.nz" and back > 5:
                continue
            lines.append(f"{at:.0f} 192.0.2.{len(user + host)} {user} https://{host}/ {sent} {got}\n")
    return "".join(lines)


class Page(html.parser.HTMLParser):
    """The words, and what would be loaded."""

    def __init__(self, text):
        super().__init__()
        self.words, self.loads, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "data", "action")]

    def handle_data(self, data):
        self.words.append(data)


class DiscoveryOutputs(kit.Scenario):
    @classmethod
    def prepare(cls):
        catalog = cls.directory / "catalog"
        for app in APPS:
            shutil.copytree(cls.source / "conf/catalog" / app, catalog / app)
        cls.gateway = kit.Gateway(
            cls, files={"apps.yaml": "sanctioned: [box]\nunsanctioned: [mega, wetransfer]\n"},
            config={"catalog": str(catalog), "tags": {"apps": "apps.yaml"}})
        cls.write("use.log", log())
        cls.gateway.command("discover", "import", "-c", cls.gateway.config, "--logformat", "%ts %>a %un %ru %>st %<st",
                            cls.directory / "use.log")

    @classmethod
    def write(cls, name, text):
        path = cls.directory / name
        path.write_text(text)
        return path

    def discover(self, verb, *arguments, code=0):
        return self.gateway.command("discover", verb, "-c", self.gateway.config, *arguments, code=code)

    def test_exports_say_what_the_lists_say(self):
        rows = [json.loads(line) for line in self.discover("export", "--format", "jsonl").stdout.splitlines()]
        apps = json.loads(self.discover("apps", "--format", "json").stdout)
        for app in apps:
            mine = [row for row in rows if row["service"] == app["app"]]
            for count in ("transactions", "sent", "received"):
                self.assertEqual(sum(row[count] for row in mine), app[count])
            self.assertEqual({row["category"] for row in mine}, {app["category"]})
        self.assertEqual({row["service"] for row in rows}, {"box", "dropbox", "mega", "files.example"})
        table = list(csv.DictReader(io.StringIO(self.discover("export", "--format", "csv").stdout)))
        self.assertEqual(len(table), len(rows))
        self.assertEqual(sum(int(row["sent"]) for row in table), sum(row["sent"] for row in rows))
        only = self.discover("export", "--user", "eva", "--tag", "unsanctioned").stdout.splitlines()
        self.assertEqual({json.loads(line)["service"] for line in only}, {"mega"})
        self.assertEqual(len(only), 5)
        self.discover("export", "--app", "google_drive", code=1)

    def test_what_is_exported_is_a_log_that_can_be_read(self):
        for form in ("cef", "w3c"):
            path = self.directory / f"out.{form}"
            self.discover("export", "--format", form, "--output", path, "--app", "mega", "--app", "box")
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.discover("export", "--format", form, "--output", path, code=3)
            picture = json.loads(self.discover("import", "--dry-run", "--output", "json", path).stdout)
            self.assertEqual(picture["files"][0]["format"], form)
            self.assertEqual((picture["bad"], picture["users"]), (0, 2))
            found = {row["app"]: (row["bytes_up"], row["bytes_down"]) for row in picture["apps"]}
            self.assertEqual(found, {"mega": (450_000, 50), "box": (14_000, 700_000)})

    def test_reading_it_is_recorded(self):
        self.discover("export", "--user", "eva", "--reason", "case 7", "--by", "olga")
        reads = json.loads(self.gateway.command("audit", "reads", "-c", self.gateway.config, "--format", "json").stdout)
        (entry,) = [read for read in reads if read["what"] == "discover export" and read.get("about") == "eva"
                    and read.get("reason") == "case 7"]
        self.assertEqual((entry["who"], entry["rows"]), ("olga", 5))

    def test_persons_under_other_names(self):
        plain = json.loads(self.discover("users", "--format", "json").stdout)
        hidden = json.loads(self.discover("users", "--format", "json", "--pseudonyms").stdout)
        self.assertEqual([{**row, "user": ""} for row in plain], [{**row, "user": ""} for row in hidden])
        for row in hidden:
            self.assertRegex(row["user"], r"^user-[a-z0-9]{12}$")
        key = self.gateway.state / "pseudonyms.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        (mega,) = json.loads(self.discover("users", "--app", "mega", "--format", "json", "--pseudonyms").stdout)
        self.assertIn(mega["user"], [row["user"] for row in hidden])
        page = self.discover("dashboard", "--pseudonyms").stdout
        self.assertIn(mega["user"], page)
        self.assertIn("address-", page)
        rows = [json.loads(line) for line in self.discover("export", "--pseudonyms", "--app", "mega").stdout.splitlines()]
        self.assertEqual({row["user"] for row in rows}, {mega["user"]})
        for text in (page, json.dumps(rows), json.dumps(hidden)):
            self.assertNotRegex(text, r"\b(ana|ben|eva)\b|192\.0\.2")
        # Without the key, or with another one, they are others.
        kept = key.read_text()
        key.unlink()
        (other,) = json.loads(self.discover("users", "--app", "mega", "--format", "json", "--pseudonyms").stdout)
        self.assertNotEqual(other["user"], mega["user"])
        key.write_text("nonsense\n")
        self.assertIn("is no key of pseudonyms", self.discover("users", "--pseudonyms", code=3).stderr)
        key.write_text(kept)

    def test_lists_for_other_gateways(self):
        for target, words in (("plain", ["\nmega.nz\n", "\nwetransfer.com\n"]), ("hosts", ["\n0.0.0.0 mega.nz\n"]),
                              ("paloalto", ["\nmega.nz/\n", "\n*.mega.nz/\n"]), ("bluecoat", ["  url.domain=mega.nz\n"]),
                              ("fortigate", ['set url "mega.nz"']), ("squid", ["acl sallyport_refused_1 dstdomain .mega.nz\n"])):
            text = self.discover("block-script", "--for", target).stdout
            for word in words:
                self.assertIn(word, text)
            self.assertRegex(text, r"^[#;] Sallyport: apps tagged unsanctioned, made 20\d\d-\d\d-\d\dT\d\d:\d\dZ\n[#;] 2 apps\n")
            self.assertNotIn("box.com", text)
        category = json.loads(self.discover("block-script", "--for", "zscaler").stdout)
        self.assertIn(".mega.nz", category["urls"])
        self.assertEqual(category["urls"], sorted(set(category["urls"])))
        text = self.discover("block-script", "--for", "squid", "--app", "box").stdout
        self.assertIn(".box.com\n", text)
        self.assertNotIn("mega.nz", text)
        self.discover("block-script", "--for", "squid", "--tag", "nobody_has_it", code=1)
        self.discover("block-script", "--for", "netscape", code=2)
        path = self.directory / "refused.txt"
        self.discover("block-script", "--for", "plain", "--output", path)
        self.assertIn("mega.nz\n", path.read_text())

    def test_squid_obeys_the_list(self):
        listed = self.discover("block-script", "--for", "squid").stdout
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder = self.directory / "squid"
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
        settings = self.write("squid.conf", f"http_port 127.0.0.1:{port}\npid_filename none\ncache deny all\n"
                              f"cache_log {folder}/cache.log\naccess_log none\nvisible_hostname squid.test\n"
                              f"coredump_dir {folder}\nnetdb_filename none\npinger_enable off\ndns_nameservers 127.0.0.1\n"
                              "dns_timeout 1 seconds\nshutdown_lifetime 0 seconds\n" + listed + "http_access allow all\n")
        checked = subprocess.run([process.tool("squid"), "-k", "parse", "-f", settings], capture_output=True, text=True,
                                 timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertNotRegex(checked.stderr, r"WARNING|ERROR|FATAL")
        squid = subprocess.Popen([process.tool("squid"), "-N", "-f", settings], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            def answer(host):
                with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
                    peer.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
                    return peer.recv(100).split()[1]

            def listens():
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    return True
                except OSError:
                    return False
            kit.wait_until(listens, "squid listens")
            self.assertEqual(answer("mega.nz"), b"403")
            self.assertEqual(answer("g.api.mega.nz"), b"403")
            # Allowed; only that nobody tells its address here.
            for allowed in ("www.box.com", "notmega.nz"):
                self.assertIn(answer(allowed), (b"500", b"503"))
        finally:
            squid.terminate()
            squid.wait(timeout=30)

    def test_the_executive_report_is_one_page_that_needs_nothing(self):
        path = self.directory / "use.html"
        self.discover("report", "--output", path)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        text = path.read_text()
        page = Page(text)
        self.assertEqual(page.loads, [])
        self.assertNotIn("script", page.tags)
        self.assertGreaterEqual(page.tags.count("svg"), 4)
        words = re.sub(r"\s+", " ", "".join(page.words))
        for said in ("Use of cloud apps", "3apps in use", "What stands out", "The most used apps", "Day by day",
                     "Cloud storage", "1 import from logs of other gateways"):
            self.assertIn(said.replace("3 apps", "3apps") if said == "3apps in use" else said, words)
        for person in ("ana", "ben", "eva", "192.0.2."):
            self.assertNotRegex(words, rf"\b{re.escape(person)}")

    def test_as_pdf_by_chromium(self):
        path = self.directory / "use.pdf"
        self.discover("report", "--format", "pdf", "--output", path)
        data = path.read_bytes()
        self.assertTrue(data.startswith(b"%PDF-"))
        self.assertIn(b"%%EOF", data[-32:])
        before = data
        said = self.discover("report", "--format", "pdf", "--output", path, "--browser", "/bin/false", code=3).stderr
        self.assertIn("the browser could not print the page", said)
        self.assertEqual(path.read_bytes(), before)
        said = self.discover("report", "--format", "pdf", "--output", path, "--browser", "no-such-browser", code=1).stderr
        self.assertIn("no program no-such-browser", said)

    def test_decisions_come_back_as_tags(self):
        path = self.write("decided.csv", "app,tag,note\ndropbox,unsanctioned,by legal\nmega.nz,unsanctioned,\n"
                                         "Google Drive,sanctioned,\"since May, all\"\n")

        def tags(app):
            listed = self.gateway.command("apps", "list", app, "-c", self.gateway.config, "--format", "json").stdout
            return next(row.get("tags", []) for row in json.loads(listed) if row["id"] == app)

        def imported(*arguments, code=0):
            done = self.gateway.command("apps", "import", "-c", self.gateway.config, "--format", "json", *arguments, code=code)
            return json.loads(done.stdout) if code in (0, 1) else done.stderr
        shown = imported("--dry-run", path)
        self.assertEqual([(row["change"], row["app"]) for row in shown],
                         [("+", "dropbox"), ("=", "mega"), ("+", "google_drive")])
        self.assertEqual(shown[0]["note"], "by legal")
        self.assertNotIn("unsanctioned", tags("dropbox"))
        done = imported(path, "--by", "olga")
        self.assertEqual([row["outcome"] for row in done], ["in force", "is so already", "in force"])
        self.assertIn("unsanctioned", tags("dropbox"))
        self.assertIn("sanctioned", tags("google_drive"))
        log = self.gateway.command("governance", "log", "-c", self.gateway.config, "--format", "json", "--limit", "10").stdout
        self.assertIn("olga", log)
        # The operator's file stands against it.
        back = imported(self.write("back.json", '[{"app": "dropbox", "tag": "-unsanctioned"}, '
                                                '{"app": "google_drive", "tag": "-sanctioned"}, {"app": "box", "tag": "-sanctioned"}]'),
                        code=1)
        self.assertEqual([row["outcome"] for row in back][:2], ["in force", "in force"])
        self.assertIn("apps.yaml", back[2]["outcome"])
        self.assertNotIn("unsanctioned", tags("dropbox"))
        wrong = imported(self.write("wrong.csv", "app,tga,note\ndrpbox,x,\n"), code=2)
        self.assertIn("wrong.csv:1:5: error: no column is called that; did you mean 'tag'?", wrong)
        wrong = imported(self.write("wrong.csv", "app,tag\ndrpbox,x\nbox,No Tag\n"), code=2)
        self.assertIn("wrong.csv:2:1: error: no app 'drpbox' in the catalog; did you mean 'dropbox'?", wrong)
        self.assertIn("wrong.csv:3:5: error: 'No Tag' is no tag", wrong)
