"""Detections: what is unusual raises one alert, with its evidence; what was learned survives a restart; the same is found
in the store and in the JSON log; what is wrong in a detection is told with its place. Each activity says what its user
was seen with before, and clients that refuse our certificate are seen."""

import json

import kit
from kit.scenario import wait_until

POLICIES = """\
- id: much-downloaded
  name: Much downloaded
  kind: detection
  severity: high
  category: dlp
  when: { activity: download }
  detect: { what: burst, least: 5, window: 1h }
  alerts_per_day: 10
- id: first-look
  name: A first look
  kind: detection
  when: { app: dropbox }
  detect: { what: each, group: 1d }
- id: rehearsed
  name: Rehearsed
  kind: detection
  mode: rehearse
  when: { app: dropbox }
  detect: { what: each }
  alerts_per_day: 100
"""

SEEN = """\
- id: first-app
  name: A first app
  kind: detection
  when: { first_seen: app }
  detect: { what: each }
  alerts_per_day: 10
- id: refused
  name: Refused certificates
  kind: detection
  severity: high
  when: { client.refusal: is set, user: quentin.marsh }
  detect: { what: burst, least: 2, window: 1h }
  alerts_per_day: 10
"""


class Detections(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com",)
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        for number in range(4):
            cls.nginx.write(f"/{number}.zip", b"PK" * 600)

    def start(self, name, **more):
        gateway = kit.Gateway(self, name, roots=[self.authority.certificate],
                              resolve={host: self.nginx.tls for host in self.names}, **({"policies": POLICIES} | more))
        self.wait_until_learned(gateway)
        return gateway

    def wait_until_learned(self, gateway):
        def learned():
            done = gateway.command("status", "-c", gateway.config, "--format", "json")
            return not json.loads(done.stdout)["alerts"]["learning"]

        wait_until(learned, lambda: "the end of learning")

    def alerts(self, gateway):
        done = gateway.command("alerts", "-c", gateway.config, "--format", "json")
        return json.loads(done.stdout)

    def wait_for_alerts(self, gateway, count):
        rows = []

        def enough():
            rows[:] = self.alerts(gateway)
            return len(rows) >= count

        wait_until(enough, lambda: f"{count} alerts; there are {rows}")
        self.assertEqual(len(rows), count, rows)
        return rows

    def download(self, curl, times):
        for number in range(times):
            self.assertEqual(curl(f"https://www.dropbox.com/{number % 4}.zip").status, 200)

    def replay(self, gateway, *arguments):
        done = gateway.command("detect", "replay", "-c", gateway.config, "--format", "json", *arguments)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_burst_is_one_alert_over_a_restart_and_in_every_replay(self):
        gateway = self.start("burst")
        curl = kit.Curl(gateway)
        self.download(curl, 9)  # of somebody who is not known, twice the least is too many
        gateway.wait_for_activities(9)
        self.assertEqual(self.alerts(gateway), [])
        self.download(curl, 5)
        gateway.wait_for_activities(14)
        alert, = self.wait_for_alerts(gateway, 1)
        self.assertEqual((alert["policy_id"], alert["kind"], alert["severity"], alert["category"], alert["client"],
                          alert["app"], alert["count"], len(alert["events"])),
                         ("much-downloaded", "detection", "high", "dlp", "127.0.0.1", "dropbox", 10, 10))
        self.assertEqual(alert["text"], "127.0.0.1: 10 x download within 1h (not known for long, nobody is)")
        self.assertEqual(gateway.event(alert["events"][0])["type"], "download")
        self.assertIn("behaviour: A first look: 127.0.0.1: download in Dropbox", gateway.log())
        self.assertIn("rehearsed: Rehearsed: 127.0.0.1: download in Dropbox", gateway.log())
        self.assertGreaterEqual(gateway.metric("sallyport_detections_found_total"), 3)

        found = self.replay(gateway)
        self.assertEqual(sorted((one["policy_id"], one["alert"], one["count"]) for one in found),
                         [("first-look", False, 1), ("much-downloaded", True, 10), ("rehearsed", False, 1)])
        self.assertEqual([one["text"] for one in found if one["policy_id"] == "much-downloaded"], [alert["text"]])
        self.assertEqual([one["policy_id"] for one in self.replay(gateway, "--detection", "first-look")], ["first-look"])

        gateway.stop()
        gateway.start()
        self.wait_until_learned(gateway)
        self.download(kit.Curl(gateway), 5)
        gateway.wait_for_activities(19)
        # The incident goes on: had anything been forgotten, ten more would be wanted; had nothing of it been
        # remembered, the next finding would be told.
        self.assertEqual(len(self.alerts(gateway)), 1)

    def start_with_user(self, name):
        return self.start(name, policies=SEEN, files={"addresses.yaml": "- {address: 127.0.0.1, user: quentin.marsh}\n"},
                          config={"users": {"addresses": "addresses.yaml"}})

    def test_what_a_user_was_seen_with_is_in_records_alerts_and_explanations_over_a_restart(self):
        gateway = self.start_with_user("seen")
        self.download(kit.Curl(gateway), 1)
        first = gateway.event(gateway.wait_for_activities(1, user="quentin.marsh")[0]["id"])
        self.download(kit.Curl(gateway), 1)
        second = gateway.event(gateway.wait_for_activities(2, user="quentin.marsh")[0]["id"])
        self.assertEqual((first["seen"]["app"], first["seen"]["action"], first["seen"]["address"]), (-1, -1, -1))
        self.assertEqual((second["seen"]["app"], second["seen"]["action"], second["seen"]["address"]), (0, 0, 0))
        self.assertNotIn("uncommon", first)  # Of who is not known for a week nothing is.
        alert, = self.wait_for_alerts(gateway, 1)
        self.assertEqual(alert["text"], "quentin.marsh: download in Dropbox (never seen before: "
                         "action, address, app, device)" if "device" in first["seen"] else
                         "quentin.marsh: download in Dropbox (never seen before: action, address, app)")
        self.assertEqual(alert["events"], [first["id"]])
        shown = gateway.command("policy", "explain", "-c", gateway.config, "--event", first["id"]).stdout
        self.assertIn("of its user: never seen before: action, address, app", shown)
        shown = gateway.command("policy", "explain", "-c", gateway.config, "--event", second["id"]).stdout
        self.assertIn("of its user: nothing is new or uncommon", shown)

        gateway.stop()
        gateway.start()
        self.wait_until_learned(gateway)
        self.download(kit.Curl(gateway), 1)
        third = gateway.event(gateway.wait_for_activities(3, user="quentin.marsh")[0]["id"])
        self.assertEqual((third["seen"]["app"], third["seen"]["address"]), (0, 0))
        self.assertEqual(len(self.alerts(gateway)), 1)
        self.assertEqual(len(self.replay(gateway, "--detection", "first-app")), 1)

    def test_clients_that_refuse_our_certificate_are_found(self):
        gateway = self.start_with_user("refusals")
        stranger = kit.Authority(self, "Another Root")
        curl = kit.Curl(gateway)
        for _ in range(4):  # Of who is not known for long, twice the least.
            curl("https://www.dropbox.com/1.zip", ca=stranger.certificate, code=60)
        rows = gateway.wait_for_activities(4, kind="connection")
        event = gateway.event(rows[0]["id"])
        self.assertEqual((event["client_refusal"], event["ending"], event["host"]),
                         ("unknown_ca", "client_closed", "www.dropbox.com"))
        alert = next(one for one in self.wait_for_alerts(gateway, 2) if one["policy_id"] == "refused")
        self.assertEqual((alert["count"], len(alert["events"])), (4, 4))

    def test_a_condition_on_what_was_seen_belongs_to_detections_alone(self):
        gateway = self.start("aftermath")
        folder = gateway.directory / "wrong"
        folder.mkdir()
        (folder / "wrong.yaml").write_text("- name: Wrong\n  when: { uncommon: country }\n  then: block\n")
        done = gateway.command("policy", "replay", "-c", gateway.config, "--policies", str(folder), code=2)
        self.assertIn("wrong.yaml:2:11: error:", done.stderr)
        self.assertIn("it is worked out behind the exchange, where only detections look", done.stderr)

    def test_what_is_wrong_in_a_detection_is_told_with_its_place(self):
        gateway = self.start("right")
        cases = (
            ("{ what: brust, least: 5, window: 1h }", "did you mean 'burst'?"),
            ("{ what: burst, window: 1h }", "'burst' needs 'least'"),
            ("{ what: burst, least: 5, window: 40d }", "1m to 14d: '1h', '7d'"),
            ("{ what: travel, least: 5 }", "it belongs to burst guessed crowd"),
            ("{ what: new, trait: contry }", "did you mean 'country'?"),
            ("{ what: new, trait: country, common: 7 }", "0% to 100%: '5%'"),
            ("{ least: 5 }", "'detect' needs 'what'"),
        )
        for number, (detect, said) in enumerate(cases):
            with self.subTest(detect):
                folder = gateway.directory / f"wrong{number}"
                folder.mkdir()
                (folder / "wrong.yaml").write_text(
                    f"- name: Wrong\n  kind: detection\n  detect: {detect}\n  alerts_per_day: 1\n")
                done = gateway.command("detect", "replay", "-c", gateway.config, "--policies", str(folder), code=2)
                self.assertIn("wrong.yaml:3:", done.stderr)
                self.assertIn(said, done.stderr)

