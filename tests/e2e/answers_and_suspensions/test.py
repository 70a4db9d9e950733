"""Policies that ask, and suspended users: what curl hears, what is recorded, what holds over a restart."""

import contextlib
import datetime
import json
import sqlite3
import time

import kit

POLICIES = """\
- id: think
  name: Think first
  when: {host: coached.test}
  then: coach
  say: Do you really want this?
  for: 2h
- id: why
  name: Say why
  when: {host: reasoned.test}
  then: justify
- id: prove
  name: Prove it
  when: {host: proven.test}
  then: step_up
- id: told
  name: Monitored
  when: {host: [noticed.test, shut.test]}
  then: notice
- id: shut
  name: Shut
  when: {host: shut.test}
  then: block
- id: late
  name: Not after all
  when: {host: coached.test, path: /forbidden}
  then: block
"""

HOSTS = ("coached.test", "reasoned.test", "proven.test", "noticed.test", "shut.test", "open.test")


class AnswersAndSuspensions(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site(*HOSTS, identity=authority.issue(*HOSTS))])
        cls.nginx.write("/index.html", "reached")
        cls.nginx.write("/forbidden", "reached too")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={host: cls.nginx.tls for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n",
                   "users.csv": "name,user,upn,groups\nana,,ana@corp.test,staff\nben,,,staff\n"},
            config={"users": {"directory": "users.csv", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def event_of(self, reply):
        id = reply.header("sallyport-event")
        kit.wait_until(lambda: any(row["id"] == id for row in self.gateway.activities()), "it is recorded")
        return self.gateway.event(id)

    def passed_event(self, host):
        """The newest that reached the origin; it has no field that names it."""
        def found():
            rows = [row for row in self.gateway.activities() if row["host"] == host and row["status"] == 200]
            return rows[0] if rows else None
        return self.gateway.event(kit.wait_until(found, f"{host} is recorded")["id"])

    def cli(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code)

    def suspensions(self):
        return json.loads(self.cli("suspensions", "--format", "json").stdout)

    def grants(self):
        return json.loads(self.cli("grants", "--format", "json").stdout)

    def test_1_who_is_asked_is_refused_until_there_is_an_answer(self):
        for host, action, policy in (("coached.test", "coach", "think"), ("reasoned.test", "justify", "why"),
                                     ("proven.test", "step_up", "prove")):
            with self.subTest(host):
                reply = self.curl(f"https://{host}/")
                self.assertEqual(reply.status, 403)
                self.assertEqual(reply.json()["policy"], self.event_of(reply)["policy"])
                event = self.event_of(reply)
                self.assertEqual((event["action"], event["policy_id"], event["ending"]), (action, policy, "blocked"))
        self.assertEqual(self.curl("https://coached.test/").json()["detail"], "Do you really want this?")

    def test_2_a_notice_stops_nothing_but_shields_nobody(self):
        self.assertEqual(self.curl("https://noticed.test/").text, "reached")
        event = self.passed_event("noticed.test")
        self.assertEqual((event["action"], event["policy_id"], event["ending"]), ("notice", "told", "completed"))
        self.assertEqual(self.event_of(self.curl("https://shut.test/"))["policy_id"], "shut")

    def keep_grant(self, id, host, hours=1):
        """As the gateway keeps an answer; nothing asks for one over the network yet."""
        now = int(time.time() * 1e6)
        value = json.dumps({"policy": "think", "action": "coach", "user": "ana", "site": host, "reason": "for a test"})
        with contextlib.closing(sqlite3.connect(self.gateway.state / "state.sqlite")) as db, db:
            db.execute("INSERT INTO entries(kind, key, value, who, at, expires) VALUES('grant', ?, ?, 'ana', ?, ?)",
                       (id, value, now, now + int(hours * 3600e6)))

    def test_3_a_grant_lets_pass_what_was_asked_and_nothing_else(self):
        id = "01JDN0000000000000000000G1"
        self.gateway.stop()
        self.keep_grant(id, "coached.test")
        self.gateway.start()
        self.assertEqual(self.curl("https://coached.test/").text, "reached")
        event = self.passed_event("coached.test")
        self.assertEqual(event["granted"], [{"policy_id": "think", "grant": id}])
        self.assertEqual(self.event_of(self.curl("https://coached.test/forbidden"))["policy_id"], "late")
        self.assertEqual(self.curl("https://reasoned.test/").status, 403)
        told = self.cli("policy", "explain", "--event", event["id"]).stdout
        self.assertIn("judged again: the same", told)
        self.assertRegex(told, f"passed over: 1 'Think first', which would coach, by grant {id}")
        stated = self.cli("policy", "explain", "https://coached.test/", "--user", "ana").stdout
        self.assertIn(f"by grant {id}", stated)
        told = json.loads(self.cli("policy", "explain", "--event", event["id"], "--format", "json").stdout)
        self.assertEqual(told["answer"]["granted"][0]["grant"], id)
        [grant] = self.grants()
        self.assertEqual((grant["id"], grant["policy"], grant["user"], grant["reason"]),
                         (id, "think", "ana", "for a test"))
        self.assertIn("taken back on every worker", self.cli("grants", "revoke", id).stdout)
        self.assertEqual(self.curl("https://coached.test/").status, 403)
        self.assertEqual(self.grants(), [])
        self.assertIn("there is no grant", self.cli("grants", "revoke", id, code=1).stderr)

    def test_4_a_suspended_user_reaches_nothing_until_it_is_lifted(self):
        self.assertEqual(self.curl("https://open.test/").text, "reached")
        done = self.cli("suspend", "ANA@corp.test", "--for", "2h", "--reason", "asked by security", "--by", "root")
        self.assertIn("suspended on every worker", done.stdout)
        reply = self.curl("https://open.test/")
        self.assertEqual(reply.status, 403)
        self.assertRegex(reply.json()["detail"], r"^Your access is suspended until 20.* UTC\.$")
        self.assertNotIn("security", reply.text)
        [kept] = self.suspensions()
        self.assertEqual((kept["user"], kept["reach"], kept["who"], kept["reason"]),
                         ("ana", "everything", "root", "asked by security"))
        lasts = datetime.datetime.fromisoformat(kept["until"].replace("Z", "+00:00")) - \
            datetime.datetime.fromisoformat(kept["from"].replace("Z", "+00:00"))
        self.assertLess(abs(lasts.total_seconds() - 7200), 120)
        event = self.event_of(reply)
        self.assertEqual((event["action"], event["policy_id"], event["suspension"]),
                         ("block", "suspension", kept["id"]))
        told = self.cli("policy", "explain", "--event", event["id"]).stdout
        self.assertIn("ana is suspended", told)
        self.assertIn("judged again: the same", told)
        self.gateway.stop()
        self.gateway.start()
        self.assertEqual(self.curl("https://open.test/").status, 403)
        self.assertIn("lifted on every worker", self.cli("unsuspend", "ana").stdout)
        self.assertEqual(self.curl("https://open.test/").text, "reached")
        self.assertEqual(self.suspensions(), [])

    def test_5_what_cannot_be_done_is_said(self):
        for arguments, words in (
                (("suspend", "ana", "--app", "dropbax"), "did you mean 'dropbox'?"),
                (("suspend", "ana", "--for", "soon"), "no span"),
                (("suspend", " "), "no name of a user"),
                (("unsuspend", "ben"), "'ben' is not suspended"),
                (("unsuspend", "ana", "--sanctioned"), "'ana' is not suspended so")):
            self.assertIn(words, self.cli(*arguments, code=1).stderr)
        self.assertIn("nobody of that name", self.cli("suspend", "zoe", "--app", "dropbox").stderr)
        self.assertEqual([one["user"] for one in self.suspensions()], ["zoe"])
        self.cli("unsuspend", "zoe", "--app", "dropbox")

    def test_6_without_a_gateway_it_holds_from_the_next_start_on(self):
        self.gateway.stop()
        self.assertIn("next start", self.cli("suspend", "ana").stdout)
        self.gateway.start()
        self.assertEqual(self.curl("https://open.test/").json()["detail"], "Your access is suspended.")
        self.gateway.stop()
        self.assertIn("lifted", self.cli("unsuspend", "ana").stdout)
        self.gateway.start()
        self.assertEqual(self.curl("https://open.test/").text, "reached")
