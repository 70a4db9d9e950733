"""The picture of use, as an operator asks for it: `sallyport discover`, while the gateway runs and when it does not."""

import json
import shutil
import urllib.error
import urllib.request

import kit

POLICIES = """\
- name: no deletes
  when: {activity: delete}
  then: block
- name: mega stays closed
  kind: tls
  when: {app: mega}
  then: bypass
"""

DROPBOX = ("api.dropboxapi.com", "content.dropboxapi.com")
NAMES = (*DROPBOX, "www.box.com", "www.strange-tool.com", "ad.doubleclick.net", "mega.nz")
APPS = ("dropbox", "box", "mega", "google_drive", "salesforce")
USERS = """\
users:
  - {name: ana, mail: ana@corp.example, groups: [finance]}
  - {name: eva, groups: [sales]}
"""
ADDRESSES = "- {address: 127.0.0.1, user: ana}\n- {address: 127.0.0.2, user: eva}\n"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
BODY = 2000


class Discover(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*NAMES))
        catalog = cls.directory / "catalog"
        for app in APPS:
            shutil.copytree(cls.source / "conf/catalog" / app, catalog / app)
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in NAMES},
            files={"users.yaml": USERS, "addresses.yaml": ADDRESSES, "apps.yaml": "sanctioned: [box, salesforce]\n",
                   "app_risk.yaml": "apps: {mega: {note: asked them, factors: {iso_27001: false}}}\n"},
            config={"catalog": str(catalog),
                    "tags": {"apps": "apps.yaml", "app_risk": "app_risk.yaml", "noise": str(cls.source / "conf/tags/noise.yaml")},
                    "users": {"directory": "users.yaml", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        for name in ("one.pdf", "two.pdf"):
            cls.upload(name, "-A", FIREFOX)
        cls.upload("eva.pdf", "--interface", "127.0.0.2")
        cls.deleted = cls.curl("-H", "Content-Type: application/json", "--data-binary", "@-", "-A", FIREFOX,
                               "https://api.dropboxapi.com/2/files/delete_v2",
                               stdin=json.dumps({"path": "/old.txt"}).encode()).status
        for name in ("www.box.com", "www.strange-tool.com", "ad.doubleclick.net"):
            cls.curl("-A", FIREFOX, f"https://{name}/")
        cls.curl("--cacert", cls.authority.certificate, "-A", FIREFOX, "https://mega.nz/")
        cls.gateway.wait_for_activities(8)

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    @classmethod
    def upload(cls, name, *more):
        return cls.curl("-H", "Dropbox-API-Arg: " + json.dumps({"path": "/" + name}), "-H",
                        "Content-Type: application/octet-stream", "--data-binary", "@-", *more,
                        "https://content.dropboxapi.com/2/files/upload", stdin=b"x" * BODY)

    def discover(self, *arguments, code=0):
        verb, *rest = arguments
        return self.gateway.command("discover", verb, "-c", self.gateway.config, *rest, code=code)

    def rows(self, *arguments):
        return json.loads(self.discover(*arguments, "--format", "json").stdout)

    def row(self, verb, column, value, *arguments):
        (row,) = [row for row in self.rows(verb, *arguments) if row[column] == value]
        return row

    def test_apps_in_use_with_their_traffic_and_users(self):
        self.assertEqual(self.deleted, 403)
        self.assertEqual({row["app"] for row in self.rows("apps")}, {"dropbox", "box", "mega"})
        dropbox = self.row("apps", "app", "dropbox")
        self.assertEqual((dropbox["transactions"], dropbox["blocked"], dropbox["users"], dropbox["addresses"]),
                         (3, 1, 2, 2))
        self.assertEqual((dropbox["uploads"], dropbox["upload_bytes"]), (3, 3 * BODY))
        self.assertEqual(dropbox["category"], "cloud_storage")
        self.assertEqual(self.row("apps", "app", "box")["tags"], ["sanctioned"])
        # Of what is not opened the bytes are known.
        mega = self.row("apps", "app", "mega")
        self.assertEqual((mega["transactions"], mega["uploads"]), (1, 0))
        self.assertGreater(mega["sent"], 100)
        self.assertGreater(mega["received"], 1000)

    def test_filters(self):
        def apps(*arguments, code=0):
            text = self.discover("apps", *arguments, "--format", "json", code=code).stdout
            return {row["app"] for row in json.loads(text)}

        self.assertEqual(apps("--tag", "sanctioned"), {"box"})
        self.assertEqual(apps("--tag", "none"), {"dropbox", "mega"})
        self.assertEqual(apps("--app", "Dropbox"), {"dropbox"})
        self.assertEqual(apps("--app", "content.dropboxapi.com"), {"dropbox"})
        self.assertEqual(apps("--has", "iso_27001"), {"dropbox", "box"})
        self.assertEqual(apps("--user", "EVA"), {"dropbox"})
        self.assertEqual(apps("--group", "finance", "--category", "cloud_storage"), {"dropbox", "box", "mega"})
        self.assertEqual(apps("--address", "127.0.0.2/32"), {"dropbox"})
        self.assertEqual(apps("--device", "firefox", "--tag", "none"), {"dropbox"})
        self.assertEqual(apps("--more-than", "users=1"), {"dropbox"})
        self.assertEqual(apps("--more-than", "upload_bytes=5KiB"), {"dropbox"})
        self.assertEqual(apps("--less-than", "users=2"), {"box", "mega"})
        self.assertEqual(apps("--category", "crm", code=1), set())
        self.assertEqual(apps("--until", "2020-01-01T00:00:00Z", "--since", "2019-12-01T00:00:00Z", code=1), set())
        score = self.row("apps", "app", "dropbox")["risk_score"]
        self.assertIn("dropbox", apps("--risk-score", f"0-{score}"))
        for wrong in (("--category", "cloud_storag"), ("--has", "iso_27002x"), ("--risk-score", "11"), ("--app", "drpbox"),
                      ("--more-than", "users"), ("--address", "x"), ("--country", "XYZ"), ("--query", "x")):
            self.discover("apps", *wrong, code=2)
        self.assertIn("did you mean", self.discover("apps", "--app", "drpbox", code=2).stderr)

    def test_the_page_of_an_app(self):
        page = json.loads(self.discover("app", "Dropbox", "--format", "json").stdout)
        self.assertEqual((page["app"], page["users"], page["users_blocked"], page["addresses"]), ("dropbox", 2, 1, 2))
        self.assertEqual((page["transactions"], page["blocked"], page["upload_bytes"]), (3, 1, 3 * BODY))
        self.assertIsInstance(page["risk_score"], int)
        self.assertTrue(0 < page["risk_known"] <= 1)
        self.assertEqual([(row["user"], row["uploads"]) for row in page["top_users"]], [("ana", 2), ("eva", 1)])
        self.assertEqual(len(page["days"]), 1)
        self.assertIn("desktop, windows, firefox", [row["device"] for row in page["top_devices"]])
        unknown = json.loads(self.discover("app", "strange-tool.com", "--format", "json").stdout)
        self.assertEqual((unknown["domain"], unknown["transactions"]), ("strange-tool.com", 1))
        text = self.discover("app", "dropbox").stdout
        for words in ("risk score", "Users\n", "Devices\n", "By day (UTC)\n", "desktop, windows, firefox"):
            self.assertIn(words, text)
        self.discover("app", "nobody-uses-this.com", code=1)

    def test_the_picture_of_all(self):
        page = json.loads(self.discover("dashboard", "--format", "json").stdout)
        self.assertEqual((page["apps"], page["domains"], page["users"], page["addresses"]), (3, 1, 2, 2))
        self.assertEqual((page["transactions"], page["blocked"]), (7, 1))
        self.assertEqual({row["app"] for row in page["top_apps"]}, {"dropbox", "box", "mega"})
        (storage,) = [row for row in page["categories"] if row["category"] == "cloud_storage"]
        self.assertEqual((storage["apps"], storage["sanctioned"], storage["transactions"]), (3, 1, 5))
        self.assertEqual({row["kind"] for row in page["beside_apps"]}, {"domains of no app", "advertising"})
        self.assertEqual({row["standing"] for row in page["standings"]}, {"sanctioned", "other"})
        text = self.discover("dashboard").stdout
        self.assertEqual(sum(row["transactions"] for row in page["hours"]), 7)
        self.assertIn("Top apps\n", text)
        print(text)

    def test_hosts_of_no_app(self):
        self.assertEqual([row["domain"] for row in self.rows("hosts")], ["strange-tool.com"])

    def test_users_addresses_devices_categories(self):
        ana = self.row("users", "user", "ana")
        self.assertEqual((ana["groups"], ana["apps"], ana["uploads"]), (["finance"], 4, 2))
        self.assertEqual(self.row("addresses", "address", "127.0.0.2")["users"], 1)
        self.assertEqual(self.row("devices", "device", "desktop, windows, firefox")["uploads"], 2)
        self.assertEqual(self.row("categories", "category", "cloud_storage")["apps"], 3)
        self.assertEqual([row["user"] for row in self.rows("users", "--app", "dropbox", "--sort", "uploads")],
                         ["ana", "eva"])

    def test_alternatives(self):
        rows = self.rows("alternatives", "dropbox")
        self.assertEqual((rows[0]["app"], rows[0]["sanctioned"]), ("box", "yes"))
        self.assertNotIn("dropbox", [row["app"] for row in rows])
        self.assertIn("google_drive", [row["app"] for row in rows])
        every = {row["app"]: row["alternatives"] for row in self.rows("alternatives")}
        self.assertEqual(every, {"dropbox": ["box"], "mega": ["box"]})
        self.discover("alternatives", "nothing", code=1)

    def test_leakage_new_inactive_and_non_compliant(self):
        (leak,) = self.rows("leakage")
        self.assertEqual((leak["category"], leak["leaked_bytes"], leak["sanctioned_bytes"], leak["apps"]),
                         ("cloud_storage", 3 * BODY, 0, ["dropbox"]))
        self.assertEqual({row["app"] for row in self.rows("new", "--since", "1d")}, {"dropbox", "box", "mega"})
        self.assertEqual([row["app"] for row in self.rows("inactive")], ["salesforce"])
        self.discover("non-compliant", code=2)
        self.assertEqual([row["app"] for row in self.rows("non-compliant", "--lacks", "iso_27001")], ["mega"])
        self.assertIn("risky_storage", self.discover("queries").stdout)

    def ask(self, path, code=200):
        token = (self.gateway.state / "admin.token").read_text().strip()
        request = urllib.request.Request(f"{self.gateway.admin}/api/v1/discovery/{path}",
                                         headers={"Authorization": "Bearer " + token})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status, body = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        self.assertEqual(status, code, body)
        return json.loads(body)

    def test_the_api_says_the_same(self):
        apps = self.ask("apps?sort=users&more_than=users%3D1")
        self.assertEqual([row["app"] for row in apps["apps"]], ["dropbox"])
        self.assertEqual((apps["uncounted_events"], apps["beyond_limits"]), (0, 0))
        page = json.loads(self.discover("dashboard", "--format", "json").stdout)
        self.assertEqual(self.ask("dashboard"), page)
        self.assertEqual(self.ask("app/Dropbox"), json.loads(self.discover("app", "dropbox", "--format", "json").stdout))
        self.assertEqual(self.ask("alternatives/dropbox")["alternatives"][0]["app"], "box")
        self.assertEqual({row["app"] for row in self.ask("apps?tag=none,sanctioned&category=cloud_storage,crm")["apps"]},
                         {"dropbox", "box", "mega"})
        for wrong in ("apps?since=x", "apps?categry=crm", "nothing", "apps/dropbox", "app", "apps?limit=0",
                      "non_compliant", "apps?sort=x", "apps?source=x"):
            self.ask(wrong, code=400)
        self.ask("alternatives/nothing", code=404)
        self.assertEqual(self.ask("apps?source=live")["apps"], self.ask("apps")["apps"])
        self.ask("apps?source=9", code=404)

    def test_csv_and_a_table(self):
        lines = self.discover("apps", "--format", "csv").stdout.splitlines()
        self.assertTrue(lines[0].startswith("app,name,category,risk_score,tags,users,addresses,transactions,sent,"))
        self.assertEqual(len(lines), 4)
        self.assertIn("Dropbox", self.discover("apps").stdout)

    def test_the_same_when_no_gateway_runs_and_after_a_restart(self):
        before = self.rows("apps")
        self.gateway.stop()
        self.assertEqual(self.rows("apps"), before)
        self.gateway.start()
        self.assertEqual(self.rows("apps"), before)
