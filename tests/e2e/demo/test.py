"""`./run --demo`: a newcomer sees people at work, and each thing that goes wrong is there to be found."""

import json
import subprocess
import sys

import kit
from kit import process

PACE = 3      # times as fast as a person would watch it
SECONDS = 30  # all incidents and what comes behind them


class Demo(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.state = cls.directory / "demo"
        demo = process.start(
            cls, [sys.executable, "-B", cls.source / "conf/demo/demo.py", "--binary", cls.binary, "--state", cls.state,
                  "--proxy", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--pace", str(PACE), "--for", str(SECONDS)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        told, _ = demo.communicate(timeout=120)
        cls.told = told.decode() if isinstance(told, bytes) else told
        cls.code = demo.returncode
        cls.add_log("gateway", cls.state / "gateway.log")

    def ask(self, *arguments):
        done = subprocess.run([self.binary, *arguments, "-c", self.state / "conf/sallyport.yaml", "--format", "json"],
                              capture_output=True, text=True, timeout=60, cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_it_ends_well_and_says_what_happened(self):
        self.assertEqual(self.code, 0, self.told)
        for words in ("alerts -c", "through Tor", "leaves on Friday", "requests, "):
            self.assertIn(words, self.told)
        self.assertNotIn("Traceback", self.told)

    def test_everybody_is_seen_in_many_apps(self):
        dashboard = self.ask("discover", "dashboard")
        self.assertEqual(dashboard["users"], 20)
        self.assertGreater(dashboard["apps"], 40)
        self.assertGreater(dashboard["uploads"], 5)
        self.assertGreater(dashboard["blocked"], 2)

    def test_what_goes_wrong_is_alerted(self):
        found = {(alert["policy"], alert.get("user")) for alert in self.ask("alerts")}
        for policy, user in (("Logon from a risky IP address is reported", "vera"),
                             ("Failed logins, then a success", "bruno"),
                             ("Mass download by a single user", "tomas"),
                             ("Administration from outside", "rita"),
                             ("OAuth app asks for wide rights", "olga"),
                             ("Mass deletion by a single user", "sven")):
            self.assertIn((policy, user), found)

    def test_events_are_judged_again_as_they_were(self):
        for one in self.ask("activities", "--limit", "12"):
            told = self.ask("policy", "explain", "--event", one["id"])
            self.assertNotIn("judged again", json.dumps(told))

    def test_what_is_not_to_be_used_is_refused(self):
        blocked = self.ask("activities", "--verdict", "block", "--limit", "1000")
        self.assertTrue({"mega", "pastebin", "deepseek"} <= {one["app"] for one in blocked},
                        sorted({one["app"] for one in blocked}))


if __name__ == "__main__":
    kit.main()
