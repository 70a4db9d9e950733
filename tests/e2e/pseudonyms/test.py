"""Names under pseudonyms (recording.anonymize_users): people go through the gateway, are blocked, asked, suspended and let in
again; alerts go out by webhook and mail, events by syslog; reports, exports and answers are made. Nowhere but in what the
operator wrote stands a name, and whoever has a reason is told whose a pseudonym is."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request

import kit
from kit import asking
from kit.alert_receivers import SECRET, MailServer, Webhook
from kit.scenario import wait_until

HOSTS = ("api.dropboxapi.com", "content.dropboxapi.com", "mega.nz", "forum.test", "other.test", "up.test")
POLICIES = """\
- { id: uploads, name: Uploads, kind: activity, when: { activity: upload }, alerts_per_day: 1000 }
- { id: no-mega, name: No MEGA, when: { app: mega }, then: block, severity: high, alerts_per_day: 1000 }
- { id: kept, name: Kept, when: { host: up.test, activity: upload }, then: block, quarantine: true, alerts_per_day: 1000 }
- { id: forum, name: Forum, when: { host: forum.test }, then: justify }
- { id: many, name: Many uploads, kind: detection, when: { activity: upload }, detect: { what: each },
    alerts_per_day: 100 }
"""
USERS = """\
users:
  - {name: quentin.marsh, upn: quentin.marsh@corp.example, aliases: [CORP\\qmarsh], groups: [finance], manager: sofia.lind}
  - {name: sofia.lind, mail: sofia.lind@corp.example, groups: [finance]}
"""
ADDRESSES = "- {address: 127.0.0.1, user: quentin.marsh}\n- {address: 127.0.0.2, user: sofia.lind}\n"
SOFIA = ("--interface", "127.0.0.2")
FED = ("--interface", "127.0.0.3")  # harriet.vance, whom the map of addresses is told of, and no file
NAME = re.compile(r"quentin|q?marsh\b|sofia|\blind\b|harriet|vance", re.I)
FORMAT = "%ts.%03tu %>a %un %rm %ru %{app.name} %{policy}"


class Pseudonyms(asking.Asking):
    browses = False

    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*HOSTS))
        cls.webhook, cls.calls, cls.named = Webhook(cls), Webhook(cls), Webhook(cls)
        cls.mail = MailServer(cls)
        cls.syslog = kit.SyslogReceiver(cls, "udp")
        receivers = [
            {"name": "hook", "type": "webhook", "url": cls.webhook.url, "secret_file": "hook.secret", "plain": True},
            {"name": "mail", "type": "mail", "server": f"smtp://localhost:{cls.mail.port}", "plain": True,
             "from": "gw@gateway.example", "to": "soc@example.org"}]
        actions = [{"name": "tell", "url": cls.calls.url, "plain": True, "secret_file": "hook.secret",
                    "on_alerts_of": ["no-mega"], "parameters": {"who": "{user}", "why": "{reason}"}},
                   {"name": "remove", "url": cls.named.url, "plain": True, "secret_file": "hook.secret",
                    "on_alerts_of": ["kept"], "real_names": True}]
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES, start=False,
            resolve={host: cls.origin.address for host in HOSTS},
            files={"users.yaml": USERS, "addresses.yaml": ADDRESSES, "hook.secret": SECRET + "\n"},
            config={"gateway": {"name": "sallyport.localhost"},
                    "users": {"directory": "users.yaml", "addresses": "addresses.yaml",
                              "links": [{"name": "Directory", "url": "https://people.example/{user}"}]},
                    "portal": {"organisation": "Example Corp", "pages": str(cls.source / "conf/pages")},
                    "alert_delivery": receivers, "webhook_actions": actions,
                    "quarantine": {"certificate": cls.recipient()},
                    "recording": {"anonymize_users": True, "queries": True,
                                  "usage": {"exclude": {"users": ["somebody.marsh"]}},
                                  "logs": [{"file": "access.jsonl"}, {"file": "access.txt", "format": FORMAT},
                                           {"syslog": cls.syslog.address, "transport": "udp"}]}})
        (cls.gateway.directory / "hook.secret").chmod(0o600)
        cls.gateway.start()
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.told = []  # (where, text) of everything that the gateway said
        cls.wait_a_second()

    @classmethod
    def recipient(cls):
        """A certificate that copies of blocked uploads are enciphered to."""
        certificate = cls.directory / "recipient.pem"
        subprocess.run([kit.tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj",
                        "/CN=quarantine", "-keyout", os.devnull, "-out", str(certificate)], check=True, capture_output=True)
        return str(certificate)

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            body = json.dumps({"id": "id:1", "name": "x"})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))

    # --- what people do ---

    def upload(self, name, *more):
        return self.curl("-H", "Dropbox-API-Arg: " + json.dumps({"path": "/" + name}), "-H",
                         "Content-Type: application/octet-stream", "--data-binary", "@-", *more,
                         "https://content.dropboxapi.com/2/files/upload", stdin=b"x" * 2000)

    # --- what the gateway says ---

    def cli(self, *arguments, code=0, deadline=60):
        done = self.gateway.command(*arguments, "-c", self.gateway.config, code=code, deadline=deadline)
        self.told.append(("sallyport " + " ".join(map(str, arguments[:2])), done.stdout + done.stderr))
        return done

    def api(self, path, method="GET", body=None):
        request = urllib.request.Request(f"{self.gateway.admin}/api/v1/{path}", method=method, data=body)
        request.add_header("Authorization", "Bearer " + (self.gateway.state / "admin.token").read_text().strip())
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as reply:
                status, text = reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read().decode()
        self.told.append((f"{method} {path.split('?')[0]}", text))
        return status, text

    def pseudonym(self, user):
        """Of one of the people: by the records that asking by the name finds."""
        rows = self.listed("activities", "--user", user)
        self.assertGreater(len(rows), 0, user)
        [hidden] = {row["user"] for row in rows}
        self.assertRegex(hidden, r"^psn-[a-z2-7]+$")
        return hidden

    def test_1_people_go_through_the_gateway(self):
        feed = {"entries": [{"address": "127.0.0.3", "user": "harriet.vance", "source": "dhcp", "ttl": "1h"}]}
        self.assertEqual(self.api("addresses", "POST", json.dumps(feed).encode())[0], 200)
        for number in range(4):
            self.assertEqual(self.upload(f"quentin.marsh {number}.pdf").status, 200)
        self.upload("plans.pdf", *SOFIA)
        self.upload("of harriet.vance.pdf", *FED)
        members = [{".tag": "email", "email": "Sofia.Lind@corp.example"}, {".tag": "email", "email": "pat@partner.example"}]
        self.curl("-H", "Content-Type: application/json", "--data-binary", "@-",
                  "https://api.dropboxapi.com/2/sharing/add_file_member",
                  stdin=json.dumps({"file": "id:other", "members": members}).encode())
        self.curl("https://other.test/people/quentin.marsh%40corp.example/x?by=sofia.lind@corp.example&n=1")
        self.assertEqual(self.curl("https://mega.nz/quentin.marsh", "-X", "PUT", "--data-binary", "@-", stdin=b"y" * 500).status,
                         403)
        self.assertEqual(self.curl("https://up.test/quentin.marsh.pdf", "-X", "PUT", "-H", "Content-Type: application/pdf",
                                   "--data-binary", "@-", stdin=b"%PDF-1.4 " * 500).status, 403)
        self.gateway.wait_for_activities(10)
        wait_until(lambda: len(self.listed("alerts")) >= 7, lambda: str(self.listed("alerts")))

    def test_2_people_are_known_by_name_where_they_are_judged(self):
        # A question that is answered lets its person pass, and nobody else.
        ticket = self.ticket("https://forum.test/")
        self.assertEqual(self.answer(ticket, answer="continue", reason="work").status, 200)
        self.assertEqual(self.curl("https://forum.test/").status, 200)
        self.assertEqual(self.curl("https://forum.test/", *asking.NAVIGATES, *SOFIA).status, 303)
        quentin, sofia = self.pseudonym("quentin.marsh"), self.pseudonym("sofia.lind@corp.example")
        self.assertEqual([grant["user"] for grant in self.listed("grants")], [quentin])
        # Suspended by name or by pseudonym, lifted by the other.
        self.cli("suspend", "CORP\\qmarsh", "--reason", "key outside", "--by", "ops")
        self.assertEqual(self.curl("https://other.test/").status, 403)
        self.assertEqual(self.curl("https://other.test/", *SOFIA).status, 200)
        self.assertEqual([one["user"] for one in self.listed("suspensions")], [quentin])
        self.cli("unsuspend", quentin, "--by", "ops")
        self.assertEqual(self.curl("https://other.test/").status, 200)
        self.assertEqual(self.api(f"suspensions/{sofia}?reason=x&by=ops", "PUT")[0], 200)
        self.assertEqual(self.curl("https://other.test/", *SOFIA).status, 403)
        # After a restart too.
        self.gateway.stop()
        self.start_again()
        self.assertEqual(self.curl("https://other.test/", *SOFIA).status, 403)
        self.assertEqual(self.curl("https://forum.test/").status, 200)
        self.upload("late.pdf", *FED)
        self.assertEqual(self.api("suspensions/sofia.lind@corp.example?by=ops", "DELETE")[0], 200)
        self.assertEqual(self.curl("https://other.test/", *SOFIA).status, 200)
        # The map of addresses came back with names for workers, and shows none.
        harriet = self.pseudonym("harriet.vance")
        self.gateway.wait_for_activities(2, "--user", harriet, "--action", "upload")
        self.assertIn(harriet, self.api("addresses")[1])
        # Asked by an operator, answered by the person: the answer is in the alert's history.
        alert = self.listed("alerts", "--user", "quentin.marsh")[0]
        self.cli("ask", "quentin.marsh", "--alert", alert["id"], "--say", "Was this you?", "--by", "ops")
        self.assertEqual(self.answer(self.ticket("https://other.test/"), answer="yes").status, 200)
        self.assertIn("this was me", self.api(f"alerts/{alert['id']}")[1])
        self.cli("alerts", "comment", alert["id"], "--comment", "seen", "--by", "ops")

    def test_3_everything_is_told_by_pseudonyms_that_join(self):
        quentin, sofia = self.pseudonym("quentin.marsh"), self.pseudonym("sofia.lind")
        wait_until(lambda: len(self.mail.mails) > 0 and len(self.webhook.hits) >= 7 and self.calls.hits, self.gateway.log, 30)
        page = json.loads(self.cli("users", "show", "quentin.marsh@corp.example", "--format", "json").stdout)
        self.assertEqual((page["user"], page["groups"], page["manager"]), (quentin, ["finance"], sofia))
        self.assertEqual([row["domain"] for row in page["opened_to"]], ["corp.example", "partner.example"])
        alerts = self.listed("alerts", "--user", "quentin.marsh")
        self.assertEqual({one["policy_id"] for one in alerts}, {"uploads", "no-mega", "many", "kept"})
        self.assertEqual({one["user"] for one in alerts}, {quentin})
        self.assertIn(quentin, json.loads(self.calls.hits[0].body)["parameters"]["who"])
        # An app's own API is told who it is, where the operator says so, and nothing of it is kept.
        wait_until(lambda: self.named.hits, self.gateway.log)
        self.assertEqual(json.loads(self.named.hits[0].body)["user"], "quentin.marsh")
        [call] = self.listed("governance", "calls", "--action", "remove")
        self.assertEqual(call["user"], quentin)
        seen = {row["user"]: row for row in self.listed("users", "seen", "--group", "finance")}
        self.assertEqual(set(seen), {quentin, sofia})
        status, text = self.api("activities?filter=user:%20%5Bquentin.marsh,%20ben%5D,%20activity:%20upload")
        self.assertEqual((status, len(json.loads(text)["activities"])), (200, 5))
        event = self.listed("activities", "--user", "quentin.marsh", "--app", "mega")[0]
        explained = self.cli("policy", "explain", "--event", event["id"]).stdout
        self.assertIn("No MEGA", explained)
        self.assertIn(quentin, explained)
        # A policy that names a person holds of what was recorded of them.
        folder = self.gateway.directory / "named"
        folder.mkdir()
        (folder / "named.yaml").write_text("- { id: q, name: Q, when: { user: quentin.marsh }, then: block }\n")
        replay = json.loads(self.cli("policy", "replay", "--policies", folder, "--format", "json").stdout)
        self.assertIn("block", json.dumps(replay))
        for arguments in (("users",), ("users", "seen"), ("users", "show", sofia), ("discover", "users"),
                          ("discover", "dashboard"), ("discover", "export"), ("discover", "apps", "--user", "quentin.marsh"),
                          ("files",), ("files", "--owner", "quentin.marsh@corp.example"), ("consents",),
                          ("governance", "log"), ("governance", "log", "--user", "quentin.marsh"), ("questions",),
                          ("access-requests",), ("governance", "calls"), ("quarantine",), ("detect", "replay"),
                          ("status",), ("store", "verify"), ("audit", "reads", "--user", "quentin.marsh")):
            done = self.cli(*arguments, code=None)
            self.assertIn(done.returncode, (0, 1), (arguments, done.stderr))
        for path in ("activities", "activities?user=quentin.marsh", f"activities/{event['id']}", "alerts", "users-seen",
                     "users/quentin.marsh", f"users/{sofia}/export?reason=request", "governance", "audit-reads",
                     "grants", "suspensions", "questions", "access-requests", "factors", "webhook-calls", "files", "consents",
                     "discovery/users", "discovery/dashboard", f"explain/{event['id']}", "status", "gateway"):
            status, _ = self.api(path)
            self.assertEqual(status, 200, path)
        for page in ("metrics", "console/"):
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.gateway.admin}/{page}") as reply:
                self.told.append((page, reply.read().decode()))
        report = self.gateway.directory / "report.html"
        self.cli("discover", "report", "--output", report)
        self.told.append(("the report", report.read_text()))
        output = self.gateway.directory / "export.jsonl"
        self.cli("users", "export", "sofia.lind", "--output", output, "--reason", "request 114")
        self.told.append(("users export", output.read_text()))
        self.assertIn('"activity"', output.read_text())

    def test_4_who_it_is_is_told_for_a_reason_and_recorded(self):
        quentin = self.pseudonym("quentin.marsh")
        self.gateway.command("users", "reveal", quentin, "-c", self.gateway.config, code=2)  # Why?
        done = self.gateway.command("users", "reveal", quentin, "-c", self.gateway.config, "--reason", "case 31", "--by", "ida")
        self.assertEqual(done.stdout, "quentin.marsh\n")
        status, text = self.gateway.api(f"users/{quentin}/reveal?reason=case%2032&by=ida", "POST")
        self.assertEqual((status, text), (200, {"user": quentin, "name": "quentin.marsh"}))
        self.assertEqual(self.api(f"users/{quentin}/reveal?by=ida", "POST")[0], 400)
        self.assertEqual(self.api(f"users/{quentin[:-1]}x/reveal?by=ida&reason=x", "POST")[0], 404)
        log = self.listed("governance", "log", "--action", "reveal name")
        self.assertEqual([(one["user"], one["who"], one["why"]) for one in log],
                         [(quentin, "ida", "case 32"), (quentin, "ida", "case 31")])
        reads = [one for one in self.listed("audit", "reads", "--who", "ida") if "reveal" in one["what"]]
        self.assertEqual([(one["about"], one["reason"]) for one in reads], [(quentin, "case 32"), (quentin, "case 31")])
        # Without a gateway likewise.
        self.gateway.stop()
        done = self.gateway.command("users", "reveal", quentin, "-c", self.gateway.config, "--reason", "case 33", "--by", "ida")
        self.assertEqual(done.stdout, "quentin.marsh\n")
        self.assertEqual(len(self.listed("governance", "log", "--action", "reveal name")), 3)
        self.cli("store", "verify")
        self.start_again()

    def test_5_no_name_stands_anywhere(self):
        self.gateway.stop()
        places = dict.fromkeys(where for where, _ in self.told)
        self.assertGreater(len(places), 30)
        texts = list(self.told)
        for hit in self.webhook.hits + self.calls.hits:
            texts.append(("a webhook", json.dumps(hit.fields) + hit.body.decode()))
        texts += [("a mail", data.decode()) for _, _, data in self.mail.mails]
        texts += [("syslog", body) for body in self.syslog.bodies()]
        for stream in sorted(self.gateway.directory.glob("std*-*.txt")):
            texts.append((stream.name, stream.read_text()))
        files = [path for path in sorted(self.gateway.state.rglob("*")) if path.is_file()]
        self.assertLessEqual({"activities.sqlite", "state.sqlite", "alerts.sqlite", "audit.sqlite", "access.jsonl", "access.txt",
                              "addresses.json", "names.key"}, {path.name for path in files})
        self.assertTrue(any(path.parent.name == "quarantine" for path in files), files)
        texts += [(path.name, path.read_bytes().decode("latin-1")) for path in files]
        # What is compressed, as its reader gives it.
        rows = self.listed("activities", "-n", "10000", "--oldest-first")
        self.assertGreater(len(rows), 15)
        for row in rows:
            texts.append(("an event", json.dumps(self.gateway.event(row["id"]))))
        whole = "".join(text for _, text in texts)
        self.assertIn("partner.example", whole)
        self.assertTrue(NAME.search((self.gateway.directory / "users.yaml").read_text()))
        found = [(where, text[max(0, match.start() - 60):match.end() + 20]) for where, text in texts
                 if (match := NAME.search(text))]
        self.assertEqual(found, [])

    def test_6_a_person_is_erased_by_name_and_the_key_is_guarded(self):
        self.gateway.start()
        sofia = self.pseudonym("sofia.lind")
        self.cli("users", "erase", "sofia.lind@corp.example", "--reason", "request 115", "--yes")
        self.assertEqual(self.listed("activities", "--user", "sofia.lind"), [])
        self.assertEqual(self.listed("alerts", "--user", sofia), [])
        self.cli("store", "verify")
        self.gateway.stop()
        key = self.gateway.state / "names.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        key.chmod(0o644)
        done = self.gateway.command("run", "-c", self.gateway.config, code=3)
        self.assertIn("may be read by others", done.stderr)
