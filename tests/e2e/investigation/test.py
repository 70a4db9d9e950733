"""The sample investigation from end to end: a policy from a template, a violation, its alert, the person asked, suspended
and cut off, let in again, the alert closed, an exception written, and no repeat; by command line and API."""

import json
import shutil
import time
import urllib.request

import kit
from kit import asking
from kit.asking import BEN, NAVIGATES
from kit.wire import connect_through

HOSTS = ("drop.test", "other.test")
KEY = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
POLICY = "digital-certificates-are-uploaded"


class Investigation(asking.Asking):
    browses = False

    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*HOSTS))
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies="# What the operator writes comes below.\n",
            resolve={host: cls.origin.address for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.2, user: ben}\n- {cidr: 127.0.0.0/8, user: ana}\n",
                   "users.csv": "name,user,upn,groups\nana,,ana@corp.test,staff\nben,,,staff\n"},
            config={"gateway": {"name": "sallyport.localhost"},
                    "users": {"directory": "users.csv", "addresses": "addresses.yaml"},
                    "portal": {"organisation": "Example Corp", "pages": str(cls.source / "conf/pages")}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.file = cls.gateway.directory / "policies/policies.yaml"
        shutil.copytree(cls.source / "conf/policies/lists", cls.file.parent / "lists")
        cls.wait_a_second()

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")

    def api(self, path, method="GET"):
        token = (self.gateway.state / "admin.token").read_text().strip()
        request = urllib.request.Request(f"{self.gateway.admin}/api/v1/{path}", method=method,
                                         headers={"Authorization": f"Bearer {token}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as reply:
            return json.load(reply)

    def upload(self, *more):
        return self.curl("-X", "PUT", "-H", "Content-Type: application/x-pem-file", "--data-binary", "@-", *more,
                         "https://drop.test/files/server.pem", stdin=KEY).status

    def alerts(self, *arguments):
        return self.listed("alerts", *arguments)

    def test_from_a_template_to_no_repeat(self):
        # A policy from a template, in force without a restart.
        self.cli("policy", "new", "--template", POLICY, "--set", "alerts_per_day=50", "--write", self.file)
        kit.wait_until(lambda: (self.upload(*BEN), self.alerts())[1], "ben's uploads raise alerts", 15)
        before = len(self.alerts("--user", "ana"))
        self.assertEqual(before, 0)

        # A violation and its alert, by command line and API alike.
        self.assertEqual(self.upload(), 200)
        kit.wait_until(lambda: self.alerts("--user", "ana"), "ana's alert")
        [alert] = self.alerts("--user", "ana")
        self.assertEqual((alert["policy_id"], alert["user"]), (POLICY, "ana"))
        [same] = self.api("alerts?user=ana")
        self.assertEqual(same["id"], alert["id"])
        shown = self.cli("alerts", "show", alert["id"]).stdout
        for words in ("server.pem", "drop.test", f"sallyport ask ana --alert {alert['id']}", "sallyport suspend ana",
                      "sallyport policy except"):
            self.assertIn(words, shown)
        page = json.loads(self.gateway.command("users", "show", "ana", "-c", self.gateway.config, "--format",
                                               "json").stdout)
        self.assertEqual([one["id"] for one in page["alerts"]], [alert["id"]])

        # The person is asked, and the answer is in the alert's history, which is unread again.
        self.cli("alerts", "read", alert["id"], "--by", "ops")
        self.cli("ask", "ana", "--alert", alert["id"], "--say", "A key of ours went to drop.test.", "--by", "ops")
        self.assertEqual(self.answer(self.ticket("https://other.test/"), answer="no").status, 200)
        told = self.api(f"alerts/{alert['id']}")
        self.assertFalse(told["read"])
        self.assertIn('asked by ops: "this was not me"', json.dumps([step.get("text") for step in told["history"]],
                                                                      ensure_ascii=False).replace('\\"', '"'))

        # Suspended: what is open is cut within a second, nobody else notices.
        with connect_through(self.gateway, "other.test", ca=self.gateway.ca) as live:
            live.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n")
            self.assertEqual(live.read_head().status, 200)
            begun = time.monotonic()
            self.cli("suspend", "ana", "--for", "1h", "--reason", "key outside", "--by", "ops")
            while live.fill():
                live.held = b""
            self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(self.curl("https://other.test/").status, 403)
        self.assertEqual(self.curl("https://other.test/", *BEN).status, 200)
        self.assertEqual([one["user"] for one in self.api("suspensions")["suspensions"]], ["ana"])

        # Lifted, and closed with what came out.
        self.cli("unsuspend", "ana", "--by", "ops")
        self.assertEqual(self.curl("https://other.test/").status, 200)
        self.cli("alerts", "close", alert["id"], "--as", "benign", "--reason", "test", "--comment",
                 "a test certificate of the lab", "--by", "ops")
        self.assertEqual(self.alerts("--user", "ana", "--show", "open"), [])

        # The smallest exception, and no repeat: for ana alone.
        words = "in force on every worker"
        loads = self.gateway.log().count(words)
        self.cli("policy", "except", "--event", alert["events"][-1], "--policy", POLICY, "--by", "user,host",
                 "--reason", "the lab's test certificates", "--write")
        self.assertIn("the lab's test certificates", self.file.read_text())
        kit.wait_until(lambda: self.gateway.log().count(words) > loads, "the exception is in force")
        seen = len(self.alerts("--user", "ben"))
        for _ in range(5):
            self.assertEqual(self.upload(), 200)
        self.upload(*BEN)
        kit.wait_until(lambda: len(self.alerts("--user", "ben")) > seen, "ben's next alert")
        self.assertEqual(len(self.alerts("--user", "ana")), 1)

        # Who did what stands in a record that nobody can change unseen.
        log = self.listed("governance", "log")
        done = [(entry["action"], entry["who"]) for entry in log]
        for one in (("ask", "ops"), ("answer question", "ana"), ("suspend", "ops"), ("unsuspend", "ops"),
                    ("handle alert", "ops"), ("handle alert", "ana")):
            self.assertIn(one, done)
        self.cli("store", "verify")
