"""Cases beside policies: what `sallyport policy test` says of them, and that a reload whose cases fail changes
nothing."""

import json
import xml.etree.ElementTree

import kit

POLICIES = """\
- { id: no-drop, name: No drop, when: { host: drop.test }, then: block, say: not here }
- { id: no-logon, name: No logon from Tor, when: { client.ip.tag: tor, activity: login }, then: block }
"""
TESTS = """\
- case: drop is refused
  given: { host: drop.test }
  expect: block
  policy: no-drop
  because: host
  but: [{ host: other.test }]
- case: a logon from Tor
  given: { client.ip.tag: tor, activity: login }
  expect: block
  policy: no-logon
"""


class PolicyTests(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.lab = kit.Gateway(cls, "lab", policies=POLICIES, start=False, config={"templates": ""})
        cls.folder = cls.lab.directory / "policies"
        cls.tests = cls.folder / "policies.test.yaml"

    def setUp(self):
        super().setUp()
        self.tests.write_text(TESTS)

    def run_tests(self, *arguments, code=0):
        return self.lab.command("policy", "test", "-c", self.lab.config, *arguments, code=code)

    def test_cases_that_pass(self):
        self.assertEqual(self.run_tests().stdout, "3 cases in 1 file, all pass\n")
        self.assertEqual(self.run_tests("--filter", "TOR").stdout, "1 case in 1 file, all pass\n")
        self.assertEqual(self.run_tests(self.tests).stdout, "3 cases in 1 file, all pass\n")
        self.assertIn("no case's name holds 'nowhere'", self.run_tests("--filter", "nowhere", code=1).stderr)

    def test_a_case_that_fails_says_what_stood_in_the_way(self):
        self.tests.write_text(TESTS.replace("client.ip.tag: tor", "client.ip.tag: vpn"))
        self.assertEqual(self.run_tests(code=1).stdout, f"""\
{self.tests}:7: failed: a logon from Tor
  expected  block by no-logon
  got       allow by no policy at response
  why       {self.folder}/policies.yaml:2:52: client.ip.tag: tor does not hold; it is [vpn]
3 cases in 1 file, 1 failed
""")

    def test_coverage(self):
        text = self.run_tests("--min-coverage", "100", code=1).stdout
        self.assertIn(f"{self.folder}/policies.yaml:2:52: not covered: no-logon: client.ip.tag: tor: never seen false",
                      text)
        self.assertIn("2 of 5 conditions covered, 40 %", text)
        self.tests.write_text(TESTS + "  but: [{ activity: view }, { client.ip.tag: vpn }]\n")
        table = self.run_tests("--coverage", "--min-coverage", "100").stdout
        self.assertEqual(table, "policy    covered\n"
                                "no-drop   2 of 2\n"
                                "no-logon  3 of 3\n"
                                "5 cases in 1 file, all pass; 5 of 5 conditions covered, 100 %\n")

    def test_reports_for_programs(self):
        self.tests.write_text(TESTS.replace("because: host", "because: []"))
        report = json.loads(self.run_tests("--format", "json", "--coverage", code=1).stdout)
        self.assertEqual((report["cases"], report["failed"], report["coverage"]["percent"]), (3, 1, 40))
        self.assertEqual(report["files"][0]["cases"][0]["differences"][0]["got"], "because of host")
        suites = xml.etree.ElementTree.fromstring(self.run_tests("--format", "junit", code=1).stdout)
        self.assertEqual((suites.get("tests"), suites.get("failures")), ("3", "1"))
        self.assertEqual([case.get("name") for case in suites.iter("testcase") if case.find("failure") is not None],
                         ["drop is refused"])

    def test_faults_of_a_test_file_are_told_at_once(self):
        self.tests.write_text("- case: a\n  given: { hst: drop.test }\n  policy: no-drp\n")
        said = self.run_tests(code=2).stderr
        self.assertIn(f"{self.tests}:2:12: error: unknown attribute 'hst'", said)
        self.assertIn("did you mean 'host'?", said)
        self.assertIn(f"{self.tests}:3:11: error: there is no policy with the id 'no-drp'", said)
        self.assertIn("did you mean 'no-drop'?", said)
        self.assertIn("this is no folder and no test file", self.run_tests("nowhere.yaml", code=2).stderr)

    def test_a_reload_whose_cases_fail_changes_nothing(self):
        gateway = kit.Gateway(self, "reloaded", policies=POLICIES, resolve={"drop.test": "127.0.0.1:1"})
        curl = kit.Curl(gateway)
        policies = gateway.directory / "policies"
        self.assertEqual(curl("http://drop.test/").json()["detail"], "not here")
        (policies / "policies.test.yaml").write_text(TESTS)
        (policies / "policies.yaml").write_text(POLICIES.replace("not here", "still not"))
        kit.wait_until(lambda: curl("http://drop.test/").json()["detail"] == "still not", "it is in force")
        (policies / "policies.yaml").write_text(POLICIES.replace("host: drop.test", "host: dorp.test"))
        kit.wait_until(lambda: "the test 'drop is refused' fails" in gateway.log(), "the failing case is told")
        self.assertIn("not in force as the files say: policies", gateway.log())
        self.assertEqual(curl("http://drop.test/").json()["detail"], "still not")
        done = gateway.command("check", "-c", gateway.config, code=1)
        self.assertIn("policies.test.yaml:1:9: error: the test 'drop is refused' fails: expected block by no-drop, "
                      "got allow by no policy", done.stderr)
