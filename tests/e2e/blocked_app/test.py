"""An unsanctioned app is refused with a page that says why, nothing reaches it, and the records name who and what."""

import csv
import io
import re

import kit

POLICY = "Unsanctioned apps are refused"


class BlockedApp(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site("mega.nz", "www.mega.nz", "files.box.com",
                                             identity=authority.issue("mega.nz", "www.mega.nz", "files.box.com"))])
        cls.nginx.write("/index.html", "the app itself")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate],
            resolve={"mega.nz": cls.nginx.tls, "*.mega.nz": cls.nginx.tls, "files.box.com": cls.nginx.tls,
                     "plain.mega.nz": cls.nginx.plain},
            files={"addresses.yaml": "- {address: 127.0.0.1, user: ana}\n"},
            config={"users": {"addresses": "addresses.yaml"},
                    "gateway": {"contact": "mailto:helpdesk@example.org"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def test_a_browser_gets_a_page(self):
        for url in ("https://mega.nz/folder", "http://plain.mega.nz/folder"):
            with self.subTest(url=url):
                reply = self.curl("-H", "Accept: text/html,*/*;q=0.8", url)
                self.assertEqual(reply.status, 403)
                self.assert_has(reply, "content-type", "text/html; charset=utf-8")
                self.assertIn("no-store", reply.header("cache-control"))
                for words in ("Access to MEGA was blocked", POLICY, "This app is not approved here",
                              "helpdesk@example.org", reply.header("sallyport-event")):
                    self.assertIn(words, reply.text)
                self.assertNotIn("the app itself", reply.text)

    def test_a_program_gets_a_problem(self):
        for url in ("https://mega.nz/api", "http://plain.mega.nz/api"):
            with self.subTest(url=url):
                reply = self.curl("-X", "POST", "-d", "{}", "-H", "Accept: application/json", url)
                self.assertEqual(reply.status, 403)
                self.assert_has(reply, "content-type", "application/problem+json")
                problem = reply.json()
                self.assertEqual((problem["status"], problem["app"], problem["policy"], problem["event_id"]),
                                 (403, "MEGA", POLICY, reply.header("sallyport-event")))
                self.assertEqual(problem["type"], "urn:sallyport:problem:blocked")

    def test_nothing_of_a_refused_request_reaches_the_app(self):
        self.curl("-d", "a=secret", "https://www.mega.nz/never")
        self.curl("-d", "a=secret", "http://plain.mega.nz/never")
        # Another app still does, and is logged by nginx after whatever came before it.
        self.assertEqual(self.curl("https://files.box.com/index.html?after").text, "the app itself")
        self.nginx.wait_for_requests(1, uri="/index.html?after")
        self.assertEqual([row for row in self.nginx.requests() if "mega" in row["host"]], [])

    def test_an_upload_is_stopped_and_the_connection_says_so_at_once(self):
        reply = self.curl("-T", "-", "https://mega.nz/upload.bin", stdin=b"x" * 3_000_000, code=None)
        self.assertEqual(reply.status, 403)

    def test_a_hostile_path_cannot_speak_on_the_page(self):
        for path in ("/<script>alert(1)</script>", "/%3Cscript%3Ealert(1)%3C/script%3E?%3Cimg%20onerror=x%3E"):
            with self.subTest(path=path):
                reply = self.curl("-H", "Accept: text/html", "--globoff", "https://mega.nz" + path)
                self.assertIn(reply.status, (400, 403))
                self.assertNotIn("<script>alert", reply.text)
                self.assertNotIn("<img", reply.text)
        self.assertIn("default-src 'none'", reply.header("content-security-policy"))

    def test_the_records_name_user_app_and_policy(self):
        reply = self.curl("-X", "DELETE", "https://mega.nz/recorded")
        rows = self.gateway.wait_for_activities(1, "--verdict", "block", "--host", "mega.nz", "--action", "delete")
        row = rows[0]
        self.assertEqual(row["id"], reply.header("sallyport-event"))
        self.assertEqual((row["user"], row["app"], row["policy"], row["action"], row["ending"], row["status"]),
                         ("ana", "mega", POLICY, "block", "blocked", 403))
        self.assertEqual((row["client"], row["path"], row["method"]), ("127.0.0.1", "/recorded", "DELETE"))
        event = self.gateway.event(row["id"])
        self.assertEqual(event["user_source"], "address_map")
        self.assertEqual(event["app"], {"id": "mega", "name": "MEGA", "category": "cloud_storage",
                                        "tags": ["unsanctioned"], "risk_score": 7})
        self.assertEqual(event["say"], "This app is not approved here. Your IT department can name one that is.")

    def test_filters_find_the_blocked_and_only_those(self):
        self.curl("https://mega.nz/filtered")
        self.curl("https://files.box.com/index.html")
        self.gateway.wait_for_activities(1, "--app", "box")
        blocked = self.gateway.wait_for_activities(1, "--verdict", "block")
        self.assertEqual({row["action"] for row in blocked}, {"block"})
        for arguments in (["--app", "mega"], ["--app", "MEGA"], ["--policy", POLICY], ["--verdict", "blocked"],
                          ["--host", "*.mega.nz"], ["--user", "ana", "--app", "mega"], ["--ip", "127.0.0.0/8"]):
            with self.subTest(arguments=arguments):
                self.assertNotEqual(self.gateway.activities(*arguments), [])
        self.assertEqual(self.gateway.activities("--user", "ben"), [])
        self.assertEqual(self.gateway.activities("--app", "box", "--verdict", "block"), [])
        self.assertEqual(self.gateway.activities("--until", "2020-01-01T00:00:00Z"), [])

    def test_table_and_csv_say_the_same(self):
        self.curl("https://mega.nz/shown")
        rows = self.gateway.wait_for_activities(1, "--verdict", "block", path="/shown")
        ask = ["activities", "-c", self.gateway.config, "--verdict", "block", "-n", "10000"]
        table = self.gateway.command(*ask).stdout
        self.assertRegex(table.splitlines()[0], r"^ID +TIME +USER +CLIENT +APP NAME +HOST")
        line, = [line for line in table.splitlines() if "/shown" in line]
        self.assertRegex(line, r"^%s .* ana +127\.0\.0\.1 +MEGA +mega\.nz +GET +/shown .* block +%s +403" %
                         (rows[0]["id"], re.escape(POLICY)))
        records = list(csv.DictReader(io.StringIO(self.gateway.command(*ask, "--format", "csv").stdout)))
        record = self.only(records, path="/shown")
        self.assertEqual((record["id"], record["user"], record["app"], record["action"], record["policy"]),
                         (rows[0]["id"], "ana", "mega", "block", POLICY))

    def test_the_live_log_shows_it(self):
        self.curl("https://mega.nz/live")
        line = kit.wait_until(lambda: [line for line in self.gateway.stdout.read_text().splitlines()
                                       if "mega.nz/live" in line], "the live log has the line")[0]
        self.assertRegex(line, r"^\d\d:\d\d:\d\d ana +127\.0\.0\.1 +BLOCK +MEGA +GET mega\.nz/live .*\[%s\]" % POLICY)

    def test_metrics_count_it(self):
        before = self.gateway.metric("sallyport_exchanges_blocked_total")
        self.curl("https://mega.nz/counted")
        kit.wait_until(lambda: self.gateway.metric("sallyport_exchanges_blocked_total") == before + 1,
                       "the counter of blocked exchanges grew by one")
