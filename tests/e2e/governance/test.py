"""The governance log: what people and policies did, by the command line, with a gateway and without; and a chain in which
whatever is changed, removed, inserted or moved in the file is found, and what is cut off its end by a head that was seen."""

import json
import re
import shutil
import sqlite3

import kit
from kit.scenario import wait_until

POLICIES = """\
- { id: no-mega, name: No MEGA, when: { app: mega }, then: block, severity: high, alerts_per_day: 100 }
- { id: tags, name: Tags, kind: activity, when: { app: mega }, tag_app: unsanctioned }
"""


class Governance(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.gateway = kit.Gateway(cls, policies=POLICIES, files={"apps.yaml": "{}\n"},
                                  config={"tags": {"apps": "apps.yaml"}, "workers": 1})

    def cli(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code)

    def log(self, *arguments):
        return json.loads(self.cli("governance", "log", "--format", "json", *arguments).stdout)

    def api(self, query):
        return self.gateway.api("governance" + query)

    def head(self):
        return re.fullmatch(r"the record of reads is whole; its head: \d+:[0-9a-f]{64}\n"
                            r"the governance log is whole; its head: (\d+:[0-9a-f]{64})\n",
                            self.cli("store", "verify").stdout)[1]

    def test_1_every_action_is_an_entry(self):
        self.assertEqual(self.log(), [])
        self.cli("suspend", "ana", "--for", "2h", "--reason", "lost laptop", "--by", "ben")
        self.cli("apps", "tag", "dropbox", "sanctioned", "--by", "ida")
        self.cli("unsuspend", "ana", "--by", "ben")
        self.assertEqual(kit.Curl(self.gateway)("http://mega.nz/1").status, 403)
        alert, = wait_until(lambda: json.loads(self.cli("alerts", "--format", "json").stdout), "an alert")
        wait_until(lambda: len(self.log()) == 4, lambda: f"the policy's tag: {self.log()} {self.gateway.log()}")
        self.cli("alerts", "close", alert["id"], "--as", "benign", "--by", "ida")
        rows = self.log()
        self.assertEqual([(row["number"], row["action"], row.get("user"), row.get("app"), row["who"]) for row in rows[::-1]],
                         [(1, "suspend", "ana", None, "ben"), (2, "tag app", None, "dropbox", "ida"),
                          (3, "unsuspend", "ana", None, "ben"), (4, "tag app", None, "mega", "policy tags"),
                          (5, "handle alert", None, None, "ida")])
        self.assertEqual((rows[-1]["why"], rows[-3]["why"]), ("lost laptop", "lost laptop"))
        self.assertIn("until", rows[-1])
        self.assertIn(alert["id"] + " benign", rows[0]["what"])
        # Filters.
        self.assertEqual([row["number"] for row in self.log("--who", "BEN")], [3, 1])
        self.assertEqual([row["number"] for row in self.log("--user", "ana", "--action", "suspend")], [1])
        self.assertEqual([row["number"] for row in self.log("--app", "mega", "--since", "1h")], [4])
        self.assertEqual(self.log("--until", "1h"), [])
        self.assertEqual([row["number"] for row in self.log("--limit", "2")], [5, 4])
        # The API says the same, page by page.
        self.assertEqual(self.api(""), (200, {"entries": self.log(), "next": None}))
        self.assertEqual(self.api("?who=BEN")[1]["entries"], self.log("--who", "BEN"))
        first = self.api("?limit=2")[1]
        self.assertEqual(([row["number"] for row in first["entries"]], first["next"]), ([5, 4], 4))
        second = self.api("?limit=3&after=4")[1]
        self.assertEqual(([row["number"] for row in second["entries"]], second["next"]), ([3, 2, 1], None))
        self.assertEqual(self.api("?after=1")[1], {"entries": [], "next": None})
        for query in ("?after=x", "?limit=0", "?since=never", "?user=ana&user=ben", "?by=ana"):
            self.assertEqual(self.api(query)[0], 400, query)
        # What is refused was not done.
        self.cli("unsuspend", "ana", code=1)
        self.assertEqual(len(self.log()), 5)
        # The head, for whoever keeps it elsewhere.
        head = self.head()
        self.assertTrue(head.startswith("5:"))
        status = json.loads(self.cli("status", "--format", "json").stdout)
        self.assertEqual(status["governance"], {"entries": 5, "head": head})
        self.assertIn(f"governance    head {head}\n", self.cli("status").stdout)
        self.assertEqual(self.gateway.metric("sallyport_governance_head"), 5)
        wait_until(lambda: f"governance log: its head is {head}" in self.gateway.log(), self.gateway.log)

    def test_2_the_chain_goes_on_over_restarts_and_without_a_gateway(self):
        before = self.head()
        self.gateway.stop()
        self.cli("suspend", "ana", "--by", "root")
        self.gateway.start()
        self.cli("unsuspend", "ana", "--by", "root")
        self.assertEqual([row["action"] for row in self.log("--who", "root")], ["unsuspend", "suspend"])
        self.assertTrue(self.head().startswith("7:"))
        self.cli("store", "verify", "--head", before)

    def test_3_whatever_is_done_to_the_file_is_found(self):
        self.gateway.stop()
        file = self.gateway.state / "state.sqlite"
        whole = file.read_bytes()
        seen = self.head()

        def tampered(*statements, head=(), code=1):
            with sqlite3.connect(file) as db:
                for statement in statements:
                    db.execute(statement)
            db.close()
            done = self.cli("store", "verify", *head, code=code)
            for other in file.parent.glob("state.sqlite-*"):
                other.unlink()
            file.write_bytes(whole)
            return done.stderr

        self.assertIn("entry 1 was changed", tampered("UPDATE governance SET who = 'eve' WHERE number = 1"))
        self.assertIn("entry 4 was changed", tampered("UPDATE governance SET at = at + 1 WHERE number = 4"))
        self.assertIn("entry 3 is missing", tampered("DELETE FROM governance WHERE number = 3"))
        self.assertIn("entry 3 ", tampered("DELETE FROM governance WHERE number = 3",
                                           "UPDATE governance SET number = number - 1 WHERE number > 3"))
        self.assertIn("entry 2 was changed", tampered("UPDATE governance SET number = -1 WHERE number = 2",
                                                      "UPDATE governance SET number = 2 WHERE number = 3",
                                                      "UPDATE governance SET number = 3 WHERE number = -1"))
        self.assertIn("entry 8 ", tampered("INSERT INTO governance SELECT 8, at, kind, key, taken_back, value, who, until, "
                                           "previous, hash, emptied FROM governance WHERE number = 7"))
        self.assertIn("emptied, and no entry says so: 3", tampered("UPDATE governance SET key = '', value = '', emptied = 1 "
                                                                    "WHERE number = 3"))
        # The state beside the log, which is what holds.
        self.assertIn("state: app_tag mega/unsanctioned of entry 4 is not in force, and nobody took it back",
                      tampered("DELETE FROM entries WHERE key = 'mega/unsanctioned'"))
        self.assertIn("state: app_tag box/unsanctioned is in force, and the log knows nothing of it",
                      tampered("UPDATE entries SET key = 'box/unsanctioned' WHERE key = 'mega/unsanctioned'"))
        self.assertIn("state: app_tag mega/unsanctioned is in force as another than entry 4 says",
                      tampered("UPDATE entries SET value = 'remove' WHERE key = 'mega/unsanctioned'"))
        cut = "DELETE FROM governance WHERE number > 5"
        tampered(cut, code=0)  # A shorter chain is a whole chain ...
        self.assertIn("it ends with entry 5, and entry 7 was seen: its end was cut off",
                      tampered(cut, head=("--head", seen)))  # ... unless somebody has seen more.
        self.assertIn("--head is a number, a colon", tampered("SELECT 1", head=("--head", "7"), code=2))
        self.assertEqual(self.head(), seen)
