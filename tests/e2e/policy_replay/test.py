"""`policy replay`: what a gateway recorded is judged by stricter policies; the newly blocked are named, nothing changes.
`check --history` names a policy that matched nothing."""

import json

import kit

NOW = """\
- name: Share outside is watched
  when: { activity: upload }
  then: monitor
- name: Hidden place
  when: { host: hidden.test }
  then: block
- name: Bank is left alone
  kind: tls
  when: { host: bank.test }
  then: bypass
- name: Nobody asks for this
  when: { host: nowhere.test }
  then: block
"""

STRICTER = """\
- name: No uploads to Box
  when: { app: box, activity: upload }
  then: block
  say: Not there.
- name: Tokens do not belong into queries
  when: { host: app.box.com, query: "*token*" }
  then: monitor
- name: Pages of Box
  kind: activity
  when: { app: box, method: GET }
  alerts_per_day: 1
- name: Busy places
  kind: app_discovery
  per_day: { transactions: "> 3" }
  tag_app: monitored
  alerts_per_day: 1
- name: Old certificates are refused
  kind: tls
  when: { certificate.fault: expired }
  then: block
- name: Nothing of old places
  when: { host: old.test, method: GET }
  then: block
"""


class PolicyReplay(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        names = ("app.box.com", "hidden.test", "bank.test")
        cls.nginx = kit.Nginx(cls, [
            kit.Site(*names, identity=authority.issue(*names)),
            kit.Site("old.test", identity=authority.issue("old.test", begins=-9, ends=-2))])
        cls.nginx.write("/page.html", "page")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=NOW,
            resolve={name: cls.nginx.tls for name in (*names, "old.test")} | {"plain.test": cls.nginx.plain})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.stricter = cls.directory / "stricter"
        cls.stricter.mkdir()
        (cls.stricter / "policies.yaml").write_text(STRICTER)

        for name in ("plan.pdf", "budget.pdf"):
            assert cls.curl("-T", "-", f"https://app.box.com/upload/{name}", stdin=b"x").status == 201
        assert cls.curl("https://app.box.com/page.html").text == "page"
        assert cls.curl("https://app.box.com/page.html?token=x").text == "page"
        assert cls.curl("http://plain.test/page.html").text == "page"
        assert cls.curl("https://hidden.test/page.html").status == 403
        assert cls.curl("https://old.test/page.html").status == 502
        # Carried unopened, so the origin's own certificate is what curl must believe.
        assert cls.curl("https://bank.test/page.html", ca=authority.certificate).text == "page"
        cls.rows = cls.gateway.wait_for_activities(8)

    def replay(self, *arguments):
        done = self.gateway.command("policy", "replay", "-c", self.gateway.config, "--since", "1h", "--format",
                                    "json", *arguments)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def policy(self, report, name):
        return self.only(report["policies"], name=name)

    def test_the_policies_in_force_change_nothing(self):
        report = self.replay()
        self.assertEqual(report["events"], {"all": 8, "judged": 8, "unsure": 0, "without_facts": 0, "unreadable": 0,
                                            "refused": 0})
        self.assertEqual(set(report["changes"].values()), {0}, report)
        self.assertEqual(self.policy(report, "Share outside is watched")["decided"], 2)
        self.assertEqual(self.policy(report, "Bank is left alone")["decided"], 1)

    def test_what_stricter_policies_would_block_is_named(self):
        report = self.replay("--policies", self.stricter)
        self.assertEqual(report["changes"], {"newly_blocked": 3, "no_longer_blocked": 1, "newly_bypassed": 0,
                                             "no_longer_bypassed": 1, "newly_asked": 0, "no_longer_asked": 0}, report)
        uploads = [row["id"] for row in self.rows if row.get("type") == "upload"]
        # The fault ended it before anybody was asked about its request.
        old, *others = report["examples"]["newly_blocked"]
        self.assertEqual((old["host"], old["then"], old["policy_now"]),
                         ("old.test", "allow", "Old certificates are refused"))
        self.assertEqual(self.policy(report, "Nothing of old places")["decided"], 0)
        self.assertEqual([one["id"] for one in others], uploads)
        example = others[0]
        self.assertEqual((example["host"], example["then"], example["policy_then"], example["now"],
                          example["policy_now"]),
                         ("app.box.com", "monitor", "Share outside is watched", "block", "No uploads to Box"))
        self.assertEqual(report["newly_blocked"]["apps"], [{"name": "Box", "count": 2}, {"count": 1}])
        self.assertEqual(report["examples"]["no_longer_blocked"][0]["policy_then"], "Hidden place")
        self.assertEqual(report["examples"]["no_longer_bypassed"][0]["host"], "bank.test")
        box = self.policy(report, "No uploads to Box")
        self.assertEqual((box["matched"], box["newly_blocked"]), (2, 2))
        # The query is in no record: two pages, of which one had a token.
        self.assertEqual(self.policy(report, "Tokens do not belong into queries")["not_kept"], 4)
        self.assertEqual(report["events"]["unsure"], 2)
        pages = self.policy(report, "Pages of Box")
        self.assertEqual((pages["reported"], pages["alerts"]), (2, 2))

    def test_what_app_discovery_policies_would_say_is_told_by_day(self):
        report = self.replay("--policies", self.stricter)
        one = self.only(report["apps_by_day"]["newest"])
        self.assertEqual((one["app"], one["policy"], one["came_to"], one["tag"], one["alert"]),
                         ("box", "busy-places", "transactions 4 (> 3)", "monitored", True))
        self.assertEqual(self.policy(report, "Busy places")["reported"], 1)

    def test_it_is_a_table_too_and_changes_nothing(self):
        before = self.gateway.activities()
        text = self.gateway.command("policy", "replay", "-c", self.gateway.config, "--policies", self.stricter).stdout
        self.assertIn("newly blocked            3\n", text)
        self.assertIn("No uploads to Box", text)
        self.assertEqual(self.gateway.activities(), before)

    def test_check_names_policies_that_matched_nothing(self):
        done = self.gateway.command("check", "-c", self.gateway.config, "--history", "1h")
        self.assertIn("policies.yaml:11:3: warning: policy 'Nobody asks for this' matched none of the ", done.stderr)
        self.assertNotIn("Hidden place", done.stderr)

    def test_mistakes_are_told(self):
        for arguments, code, text in (
                (("--since", "yesterday"), 2, "is no time and no span"),
                (("--since", "1h", "--until", "2h"), 2, "--since is not before --until"),
                (("--policies", self.directory / "none"), 2, "cannot be read"),
                (("--state", self.directory / "none"), 3, "cannot be read")):
            with self.subTest(arguments=arguments):
                done = self.gateway.command("policy", "replay", "-c", self.gateway.config, *arguments, code=code)
                self.assertIn(text, done.stderr)
