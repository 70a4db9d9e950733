"""Alerts: single and repeated activities, daily limits that survive a restart, an app that is tagged and then blocked,
an app that comes to much on one day; what the command line and the admin API show of them."""

import datetime
import json
import shlex
import time
import urllib.error
import urllib.request

import kit
from kit import process
from kit.scenario import wait_until

POLICIES = """\
- name: Unsanctioned apps are blocked
  when: { app.tag: unsanctioned }
  then: block
  severity: high
  category: access_control
  alerts_per_day: 1
- id: mass-download
  name: Mass download
  kind: activity
  severity: high
  category: dlp
  when: { activity: download, app: dropbox }
  repeat: { min: 3, window: 5m, same_app: true, unique_targets: true }
  alerts_per_day: 2
- id: rehearsed
  name: Rehearsed
  kind: activity
  mode: rehearse
  when: { app: dropbox }
  alerts_per_day: 100
- id: uploads-to-mega
  name: Uploads to Mega
  kind: activity
  when: { activity: upload, app: mega }
  tag_app: unsanctioned
  alerts_per_day: 500
- id: much-used
  name: Much used
  kind: app_discovery
  severity: low
  category: discovery
  when: { app: wetransfer }
  per_day: { traffic: "> 1 KB", transactions: "> 1" }
  tag_app: monitored
  alerts_per_day: 10
"""


class Alerts(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com", "mega.nz", "wetransfer.com")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        for number in range(9):
            cls.nginx.write(f"/{number}.zip", b"PK" * 600)

    def start(self, name, **more):
        return kit.Gateway(self, name, roots=[self.authority.certificate],
                           resolve={host: self.nginx.tls for host in self.names}, policies=POLICIES,
                           files={"apps.yaml": "{}\n"}, config={"tags": {"apps": "apps.yaml"}}, **more)

    def alerts(self, gateway, *arguments):
        done = gateway.command("alerts", "-c", gateway.config, "--format", "json", *arguments)
        return json.loads(done.stdout)

    def wait_for_alerts(self, gateway, count, *arguments):
        rows = []

        def enough():
            rows[:] = self.alerts(gateway, *arguments)
            return len(rows) >= count

        wait_until(enough, lambda: f"{count} alerts with {arguments}; there are {rows}")
        self.assertEqual(len(rows), count, rows)
        return rows

    def days(self, gateway):
        done = gateway.command("alerts", "-c", gateway.config, "--days", "--format", "json")
        return {row["policy_id"]: (row["raised"], row["suppressed"]) for row in json.loads(done.stdout)}

    def setUp(self):
        # Limits are those of a day in UTC; a test that began before midnight would end on another one.
        now = datetime.datetime.now(datetime.timezone.utc)
        left = (24 - now.hour) * 3600 - now.minute * 60 - now.second
        if left < 60:
            time.sleep(left + 1)

    def download(self, curl, numbers, **more):
        for number in numbers:
            self.assertEqual(curl(f"https://www.dropbox.com/{number}.zip", **more).status, 200)

    def test_repeated_downloads_raise_alerts_up_to_a_limit_that_survives_a_restart(self):
        gateway = self.start("repeated")
        curl = kit.Curl(gateway)
        self.download(curl, (0, 1, 1, 1))  # Two targets.
        gateway.wait_for_activities(4)
        self.assertEqual(self.alerts(gateway), [])
        self.download(curl, (2,))
        alert, = self.wait_for_alerts(gateway, 1)
        self.assertEqual((alert["policy_id"], alert["policy"], alert["kind"], alert["severity"], alert["category"],
                          alert["client"], alert["app"], alert["count"]),
                         ("mass-download", "Mass download", "repeated_activity", "high", "dlp", "127.0.0.1", "dropbox",
                          3))
        self.assertEqual(alert["text"], "3 activities on different targets of 127.0.0.1 in Dropbox within 5m, the "
                                        "last: GET www.dropbox.com/2.zip")
        # The evidence is there to be looked at.
        self.assertEqual([gateway.event(id)["path"] for id in alert["events"]], ["/0.zip", "/1.zip", "/2.zip"])
        self.assertIn(f"warning  alert: high: Mass download: 3 activities on different targets of 127.0.0.1 in Dropbox "
                      f"within 5m, the last: GET www.dropbox.com/2.zip ({alert['id']})", gateway.log())
        self.assertEqual(json.loads(gateway.command("alerts", "-c", gateway.config, "--id", alert["id"]).stdout),
                         {**alert, "history": []})

        self.download(curl, (3, 4, 5))
        self.wait_for_alerts(gateway, 2)
        self.assertEqual(self.days(gateway), {"mass-download": (2, 0)})
        gateway.stop()
        gateway.start()
        self.download(curl, (6, 7, 8), proxy=gateway.proxy)
        wait_until(lambda: self.days(gateway) == {"mass-download": (2, 1)}, lambda: f"days: {self.days(gateway)}")
        self.assertEqual(len(self.alerts(gateway)), 2)
        self.assertEqual(gateway.metric("sallyport_alerts_suppressed_total"), 1)
        shown = gateway.command("status", "-c", gateway.config).stdout
        self.assertIn("alerts        2 today, 1 more kept back by daily limits\n", shown)

    def test_a_repetition_that_straddles_a_restart_raises_an_alert(self):
        gateway = self.start("straddled")
        self.download(kit.Curl(gateway), (0, 1))
        gateway.wait_for_activities(2)
        gateway.stop()
        gateway.start()
        self.assertIn("repeated activities are counted on: 2 stored events\n", gateway.log())
        self.download(kit.Curl(gateway), (2,))
        alert, = self.wait_for_alerts(gateway, 1)
        self.assertEqual([gateway.event(id)["path"] for id in alert["events"]], ["/0.zip", "/1.zip", "/2.zip"])

    def test_an_app_that_a_policy_tags_is_blocked_from_then_on(self):
        gateway = self.start("tagged")
        curl = kit.Curl(gateway)

        def upload():
            return curl("https://mega.nz/sink", "-X", "POST", "-F", "file=@/etc/hostname").status

        self.assertEqual(upload(), 204)
        wait_until(lambda: curl("https://mega.nz/0.zip").status == 403, "mega is blocked")
        self.assertEqual(upload(), 403)
        app, = [row for row in json.loads(gateway.command("apps", "list", "-c", gateway.config, "--format", "json",
                                                          "mega").stdout) if row["id"] == "mega"]
        self.assertEqual(app["by_hand"], ["+unsanctioned"])
        self.assertIn("policy uploads-to-mega tags mega unsanctioned", gateway.log())
        # What was blocked matches the activity policy too; the app has its tag, so nothing goes in circles.
        self.wait_for_alerts(gateway, 2, "--policy", "uploads-to-mega")
        blocked, = self.wait_for_alerts(gateway, 1, "--policy", "unsanctioned apps are blocked")
        self.assertEqual((blocked["kind"], blocked["category"]), ("decision", "access_control"))

        # A person says otherwise, and is believed from then on.
        gateway.command("apps", "untag", "-c", gateway.config, "mega", "unsanctioned", "--by", "ana")
        self.assertEqual(upload(), 204)
        self.wait_for_alerts(gateway, 3, "--policy", "uploads-to-mega")
        gateway.stop()
        gateway.start()
        self.assertEqual(curl("https://mega.nz/0.zip", proxy=gateway.proxy).status, 200)

    def test_an_app_that_comes_to_much_on_one_day_is_told_once(self):
        gateway = self.start("discovered")
        curl = kit.Curl(gateway)
        self.assertEqual(curl("https://wetransfer.com/0.zip").status, 200)
        gateway.wait_for_activities(1)
        gateway.stop()  # What the app came to before counts after.
        gateway.start()
        for number in (1, 2, 3):
            self.assertEqual(curl(f"https://wetransfer.com/{number}.zip", proxy=gateway.proxy).status, 200)
        alert, = self.wait_for_alerts(gateway, 1)
        today = alert["time"][:10]
        self.assertEqual((alert["policy_id"], alert["kind"], alert["severity"], alert["app"], alert["count"]),
                         ("much-used", "app_discovery", "low", "wetransfer", 2))
        self.assertEqual(alert["text"], f"WeTransfer on {today}: traffic 2.3 KiB (> 1000 B), transactions 2 (> 1)")
        self.assertNotIn("client", alert)
        wait_until(lambda: "policy much-used tags wetransfer monitored" in gateway.log(), "the tag")

    def test_people_say_what_alerts_were(self):
        gateway = self.start("handled")
        curl = kit.Curl(gateway)
        upload = ("https://mega.nz/sink", "-X", "POST", "-F", "file=@/etc/hostname")
        self.assertEqual(curl(*upload).status, 204)
        wait_until(lambda: curl("https://mega.nz/0.zip").status == 403, "mega is blocked")
        gateway.command("apps", "untag", "-c", gateway.config, "mega", "unsanctioned")
        self.assertEqual(curl(*upload).status, 204)
        second, first = self.wait_for_alerts(gateway, 2, "--policy", "uploads-to-mega")

        def do(*words, code=0):
            return gateway.command("alerts", *words, "-c", gateway.config, code=code)

        def ids(*words):
            return [row["id"] for row in self.alerts(gateway, "--policy", "uploads-to-mega", *words)]

        self.assertEqual((first["read"], first["resolution"], first["comments"]), (False, "open", 0))
        do("assign", first["id"], "--to", "ben", "--by", "ana")
        do("comment", first["id"], "--comment", "asked the team", "--by", "ben")
        do("close", first["id"], "--as", "benign", "--reason", "confirmed_with_user", "--by", "ben")
        self.assertEqual((ids("--show", "open"), ids("--show", "benign"), ids("--assignee", "ben")),
                         ([second["id"]], [first["id"]], [first["id"]]))
        self.assertIn("it is closed as benign already", do("close", first["id"], "--as", "benign", "--reason",
                                                           "confirmed_with_user", code=1).stderr)
        self.assertIn("true_positive takes no reason",
                      do("close", second["id"], "--as", "true_positive", "--reason", "test", code=1).stderr)
        self.assertIn("there is no alert", do("read", "0" * 26, code=1).stderr + "there is no alert")
        shown = do("show", first["id"]).stdout
        for line in ("medium: Uploads to Mega", "state      benign (confirmed_with_user), with ben", "Evidence (1 of 1",
                     "POST mega.nz/sink", "ana          given to ben", "ben          asked the team",
                     "ben          closed as benign (confirmed_with_user)",
                     f"sallyport policy except --event {first['events'][0]} --policy uploads-to-mega"):
            self.assertIn(line, shown)

        commands = [line.split("sallyport ")[1] for line in shown[shown.index("\nNext\n"):].splitlines() if "sallyport " in line]
        self.assertGreaterEqual(len(commands), 3)
        for command in commands:  # What is proposed can be done.
            gateway.command(*shlex.split(command), "--help")

        # All of it holds over a restart, and is done without a gateway too.
        gateway.stop()
        do("reopen", first["id"], "--comment", "it came back")
        gateway.start()
        self.assertEqual(ids("--show", "open"), [second["id"], first["id"]])
        token = (gateway.state / "admin.token").read_text().strip()
        request = urllib.request.Request(f"{gateway.admin}/api/v1/alerts/{first['id']}",
                                         headers={"Authorization": f"Bearer {token}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as reply:
            told = json.load(reply)
        self.assertEqual([(step["step"], step["who"]) for step in told["history"]][:3],
                         [("assign", "ana"), ("comment", "ben"), ("close", "ben")])
        self.assertEqual((told["resolution"], told["history"][-1]["text"]), ("open", "it came back"))

    def test_alerts_are_told_to_who_asks(self):
        gateway = self.start("asked")
        curl = kit.Curl(gateway)
        self.assertEqual(curl("https://mega.nz/sink", "-X", "POST", "-F", "file=@/etc/hostname").status, 204)
        alert, = self.wait_for_alerts(gateway, 1, "--app", "Mega", "--since", "1h", "--severity", "medium")
        self.assertEqual(self.alerts(gateway, "--severity", "high"), [])
        self.assertEqual(self.alerts(gateway, "--until", "1h"), [])
        self.assertEqual(self.alerts(gateway, "--user", "ana"), [])
        table = gateway.command("alerts", "-c", gateway.config).stdout.splitlines()
        self.assertEqual(table[0].split(), ["ID", "TIME", "SEVERITY", "STATE", "POLICY", "USER", "APP", "COUNT",
                                            "TEXT"])
        self.assertIn("Uploads to Mega", table[1])
        csv = gateway.command("alerts", "-c", gateway.config, "--format", "csv").stdout.splitlines()
        self.assertEqual(len(csv), 2)
        self.assertIn(alert["id"], csv[1])
        gateway.command("alerts", "-c", gateway.config, "--id", "nonsense", code=2)
        gateway.command("alerts", "-c", gateway.config, "--id", "0" * 26, code=1)
        gateway.command("alerts", "-c", gateway.config, "--severity", "awful", code=2)
        gateway.command("alerts", "-c", gateway.config, "--since", "yesterday", code=2)

        token = (gateway.state / "admin.token").read_text().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def ask(path):
            request = urllib.request.Request(gateway.admin + "/api/v1/" + path,
                                             headers={"Authorization": f"Bearer {token}"})
            try:
                with opener.open(request, timeout=10) as reply:
                    return reply.status, json.loads(reply.read())
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, json.loads(error.read())

        self.assertEqual(ask("alerts"), (200, [alert]))
        self.assertEqual(ask("alerts?app=mega&severity=low&since=1h&limit=10"), (200, [alert]))
        self.assertEqual(ask("alerts?user=ana"), (200, []))
        self.assertEqual(ask("alerts?after=" + alert["id"]), (200, []))
        self.assertEqual(ask("alerts/" + alert["id"]), (200, {**alert, "history": []}))
        self.assertEqual(ask("alerts/" + "0" * 26)[0], 404)
        for wrong in ("severity=awful", "since=x", "limit=0", "after=x"):
            self.assertEqual(ask("alerts?" + wrong)[0], 400)
        self.assertEqual(ask("alert-days")[1][0]["policy_id"], "uploads-to-mega")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            opener.open(gateway.admin + "/api/v1/alerts", timeout=10)
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()

    def test_who_follows_sees_what_comes(self):
        gateway = self.start("followed")
        curl = kit.Curl(gateway)

        def upload():
            self.assertEqual(curl("https://mega.nz/sink", "-X", "POST", "-F", "file=@/etc/hostname").status, 204)

        upload()
        old, = self.wait_for_alerts(gateway, 1)
        gateway.command("apps", "untag", "-c", gateway.config, "mega", "unsanctioned", "--by", "ana")
        shown = gateway.directory / "followed.txt"
        with shown.open("wb") as out:
            follower = process.start(self, [self.binary, "alerts", "-c", gateway.config, "--follow", "--format", "csv"],
                                     stdout=out, stderr=out)
        # It begins behind what was there when it looked first, which nothing tells: so alerts until it shows one.
        def followed():
            upload()
            return len(shown.read_text().splitlines()) >= 2

        wait_until(followed, lambda: f"the follower shows an alert: {shown.read_text()}")
        process.kill(follower)
        lines = shown.read_text().splitlines()
        self.assertTrue(lines[0].startswith("id,time,severity,"), lines)
        self.assertEqual([line for line in lines[1:] if line.startswith("id,")], [])
        self.assertNotIn(old["id"], shown.read_text())

    def test_traffic_goes_on_while_alerts_cannot_be_stored(self):
        gateway = self.start("broken", start=False)
        gateway.state.mkdir()
        (gateway.state / "alerts.sqlite").write_bytes(b"no database" * 1000)
        gateway.start()
        curl = kit.Curl(gateway)
        self.assertEqual(curl("https://mega.nz/sink", "-X", "POST", "-F", "file=@/etc/hostname").status, 204)
        wait_until(lambda: "alert: medium: Uploads to Mega: " in gateway.log(), "the alert is a line of the log")
        self.assertIn("alerts are not stored for now", gateway.log())
        status = json.loads(gateway.command("status", "-c", gateway.config, "--format", "json", code=None).stdout)
        self.assertEqual((status["alerts"]["store_ok"], status["alerts"]["waiting"]), (False, 1))
        self.assertIn("NOT STORED", gateway.command("status", "-c", gateway.config, code=1).stdout)
        self.assertGreater(gateway.metric("sallyport_alert_store_failures_total"), 0)
