"""Alerts reach their webhooks: those that are away, slow, broken or lying; nothing is lost over restarts and kills,
nothing is sent to strangers, and what a receiver refuses for good holds up nobody."""

import hashlib
import hmac
import json
import re
import signal
import sqlite3
import threading
import time

from kit.alert_receivers import SECRET, AlertScenario, Webhook, pumps, says, silent
from kit.scenario import wait_until


class AlertDelivery(AlertScenario):
    def test_a_configuration_is_checked(self):
        gateway = self.start("checked", run=False)
        gateway.config.write_text("alert_delivery:\n"
                                  "  - { name: a b, type: webhook, url: 'http://soc.example/x', secret_file: x }\n"
                                  "  - { name: b, type: mail, server: 'smtp://mail.example/x', from: me, to: a@b.example }\n"
                                  "  - { name: b, type: syslog, server: siem, transport: udp, roots: [x.pem], formt: cef }\n"
                                  "  - { name: c, type: pigeon }\n")
        done = gateway.command("check", "-c", gateway.config, code=1)
        for words in ("sallyport.yaml:2:13: error: 'a b' is no name of a receiver",
                      "sallyport.yaml:2:38: error: alerts would go over the network without TLS",
                      "sallyport.yaml:3:36: error: 'smtp://mail.example/x' is no mail server",
                      "sallyport.yaml:3:67: error: 'me' is no mail address",
                      "sallyport.yaml:4:13: error: two receivers are called 'b'",
                      "'roots' is for TLS only", "unknown key 'formt'", "did you mean 'format'?", "'pigeon'"):
            self.assertIn(words, done.stderr)
        gateway.config.write_text("alert_delivery: [{ name: a, type: syslog, server: a.example, policies: [other] }]\n")
        done = gateway.command("check", "-c", gateway.config)
        self.assertIn("warning: the receiver 'a' wants alerts of 'other', and no policy is called so",
                      done.stdout + done.stderr)
        gateway.config.write_text("alert_delivery: [{ name: a, type: webhook, url: 'https://soc.example/', "
                                  "secret_file: nowhere }]\n")
        done = gateway.command("check", "-c", gateway.config, code=1)
        self.assertIn("sallyport.yaml:1:18: error: cannot read the secret of this receiver", done.stderr)

    def test_what_happens_while_a_webhook_is_away_arrives_signed_and_in_order(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("away", self.hook(webhook, severity="medium"))
        self.raises(gateway, 2, "box.com")  # Low: not wanted.
        ids = self.raises(gateway, 3)
        row = wait_until(lambda: next((row for row in self.receivers(gateway).values()
                                       if row["waiting"] == 3 and "error" in row), None),
                         lambda: f"it is missed: {self.receivers(gateway)} {gateway.log()}")
        self.assertEqual((row["type"], row["to"], row["delivered"], row["aside"]),
                         ("webhook", f"http://localhost:{webhook.port}", 0, 0))
        self.assertGreater(row["failures"], 0)
        self.receivers(gateway, code=1)
        self.assertIn("next_try", row)
        self.assertIn("oldest", row)
        shown = gateway.command("status", "-c", gateway.config).stdout
        self.assertRegex(shown, r"receiver      hook \(webhook http://localhost:\d+\): 0 alerts delivered, 3 waiting since "
                                r"20.*; NOT WORKING \(\d+ tries failed\): .*; next try 20")
        self.assertEqual(gateway.metric("sallyport_alert_receiver_waiting"), 3)
        self.assertEqual(gateway.metric("sallyport_alert_receiver_failing"), 1)
        webhook.start()
        self.assertEqual(self.now(gateway), "it is tried now\n")
        self.arrive(gateway, webhook, ids)
        self.assertEqual(webhook.ids(), ids, "once each")
        self.assertEqual(gateway.metric("sallyport_alerts_delivered_total"), 3)
        alerts = {one["id"]: one for one in self.alerts(gateway)}
        sample = self.sample()
        for hit in webhook.hits:
            message = json.loads(hit.body)
            self.assertEqual((message["type"], message["gateway"]), ("alert", "gateway.example"))
            shown = alerts[message["alert"]["id"]]
            self.assertEqual(message["alert"], {key: shown[key] for key in message["alert"]})
            self.assertEqual(hit.fields["Content-Type"], "application/json")
            self.assertLess(abs(int(hit.fields["Sallyport-Timestamp"]) - time.time()), 60)
            self.assertTrue(sample(SECRET, hit.fields, hit.body), "the README's way to verify")
            self.assertFalse(sample(SECRET + "x", hit.fields, hit.body))
            self.assertFalse(sample(SECRET, hit.fields, hit.body.replace(b"high", b"low")))
        self.assertEqual(self.receivers(gateway, code=0)["hook"]["delivered"], 3)
        for text in (gateway.log(), gateway.command("status", "-c", gateway.config, "--format", "json").stdout,
                     gateway.command("check", "-c", gateway.config).stdout):
            self.assertNotIn(SECRET, text)

    def sample(self):
        """The function in the README that verifies, as it stands there."""
        text = (self.source / "README.md").read_text()
        code = re.search(r"```python\n(def verify_alert.*?)```", text, re.S).group(1)
        space = {"hashlib": hashlib, "hmac": hmac, "time": time}
        exec(code, space)
        return space["verify_alert"]

    def test_failures_are_tried_again_and_lies_are_bounded(self):
        webhook = Webhook(self)
        gateway = self.start("lies", self.hook(webhook))
        sent = []
        first, = self.raises(gateway, 1)
        self.arrive(gateway, webhook, [first])
        sent.append(first)
        gateway.reset_peak()
        before = gateway.memory()[0]
        ok = b"HTTP/1.1 200 OK\r\n"
        lies = {
            "500": 500,
            "busy": (503, {"Retry-After": "1"}),
            "no answer": silent(4),
            "closed in the middle of the head": says(ok + b"Content-Le"),
            "no HTTP": says(b"220 mail.test ESMTP\r\n"),
            "endless heads": pumps(ok, b"X-Pad: " + b"a" * 4000 + b"\r\n"),
            "one endless line": pumps(ok + b"X-Pad: ", b"a" * 65536),
            "endless interim answers": pumps(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
        }
        for name, answer in lies.items():
            with webhook.lock:
                webhook.answers.append(answer)
            count = len(webhook.hits)
            one, = self.raises(gateway, 1)
            sent.append(one)
            wait_until(lambda: len(webhook.hits) >= count + 2, lambda: f"{name}: it comes again {webhook.ids()[count:]} "
                       f"{gateway.log()}", 20)
            self.arrive(gateway, webhook, sent)
            self.assertEqual(set(webhook.ids()[count:]), {one}, name)
        # A 2xx is a 2xx, whatever follows.
        for name, answer in {
                "100 MB": pumps(ok + b"Content-Length: 104857600\r\n\r\n", b"a" * 65536),
                "endless body": pumps(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\naaaa\r\n"),
                "a drop now and then": lambda sock: (sock.sendall(ok + b"Content-Length: 9\r\n\r\na"), time.sleep(4)),
                "closed in the middle of the body": says(ok + b"Content-Length: 100\r\n\r\nten bytes.")}.items():
            with webhook.lock:
                webhook.answers.append(answer)
            count = len(webhook.hits)
            one, = self.raises(gateway, 1)
            sent.append(one)
            self.arrive(gateway, webhook, sent)
            time.sleep(1.5)
            self.assertEqual(len(webhook.hits), count + 1, f"{name}: it was taken")
        self.assertLess(gateway.memory()[1] - before, 30 << 20, "memory stays flat")

    def test_a_receiver_that_is_silent_keeps_no_other_waiting_and_gets_all_in_order(self):
        slow, quick = Webhook(self), Webhook(self)
        held = threading.Event()
        slow.answers += [lambda _: held.wait(60)]
        gateway = self.start("silent", self.hook(slow, "slow", timeout="50s"), self.hook(quick, "quick"))
        ids = self.raises(gateway, 1)
        wait_until(lambda: slow.hits, "the slow one was asked")
        ids += self.raises(gateway, 4)
        self.arrive(gateway, quick, ids, "quick")
        self.assertEqual(len(slow.hits), 1, "it has one request at a time, and has not answered")
        self.assertEqual(self.receivers(gateway)["slow"]["waiting"], 5)
        held.set()  # It ends the connection without an answer; all come, the first once more.
        self.now(gateway, "slow")
        self.arrive(gateway, slow, ids, "slow")

    def test_thousands_that_wait_take_no_memory_and_all_arrive_once(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("many", self.hook(webhook))
        self.raises(gateway, 1)
        gateway.reset_peak()
        before = gateway.memory()[0]
        count = 3000
        with sqlite3.connect(gateway.state / "alerts.sqlite", timeout=30) as db:
            db.execute("WITH RECURSIVE many(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < ?) "
                       "INSERT INTO alerts(id, time, policy_id, policy, kind, severity, category, count, events, text) "
                       "SELECT randomblob(16), time, policy_id, policy, kind, severity, category, count, randomblob(1600), text "
                       "FROM alerts, many", (count - 1,))
            ids = db.execute("SELECT count(*) FROM alerts").fetchone()[0]
        db.close()
        self.assertEqual(ids, count)
        wait_until(lambda: self.receivers(gateway)["hook"]["waiting"] == count, lambda: str(self.receivers(gateway)))
        self.assertLess(gateway.memory()[1] - before, 15 << 20, "memory stays flat")
        webhook.start()
        self.now(gateway)
        wait_until(lambda: self.receivers(gateway)["hook"]["delivered"] == count, lambda: str(self.receivers(gateway)), 60)
        self.assertEqual((len(webhook.hits), len(set(webhook.ids()))), (count, count))
        self.assertLess(gateway.memory()[1] - before, 20 << 20, "memory stays flat")

    def test_what_is_refused_for_good_is_put_aside_and_sent_again_when_asked(self):
        webhook, elsewhere = Webhook(self), Webhook(self)
        gateway = self.start("refused", self.hook(webhook, give_up_after="2s"))
        webhook.answers += [(302, {"Location": elsewhere.url})] * 20
        bad, = self.raises(gateway, 1)
        wait_until(lambda: self.receivers(gateway)["hook"]["aside"] == 1,
                   lambda: f"it is put aside: {self.receivers(gateway)} {gateway.log()}", 15)
        self.assertEqual(elsewhere.hits, [], "no redirect is followed")
        self.assertGreaterEqual(len(webhook.hits), 3, "it was tried for a while")
        with webhook.lock:
            webhook.answers.clear()
        good, = self.raises(gateway, 1)
        wait_until(lambda: good in webhook.ids(), "the next has its turn")
        self.assertEqual(gateway.metric("sallyport_alerts_put_aside_total"), 1)
        self.assertEqual(gateway.metric("sallyport_alert_receiver_aside"), 1)
        self.assertIn(f"1 alerts for the receiver hook are put aside, {bad} the first: HTTP 302", gateway.log())
        gateway.stop()
        gateway.start()
        count = len(webhook.hits)
        self.assertEqual(self.now(gateway, "hook", "--again"), "1 alerts that were put aside are sent again\n")
        wait_until(lambda: webhook.ids()[count:] == [bad], lambda: f"it comes again: {webhook.ids()}")
        wait_until(lambda: self.receivers(gateway)["hook"]["aside"] == 0, "nothing is aside")

    def test_a_kill_and_restarts_lose_nothing(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("killed", self.hook(webhook))
        ids = self.raises(gateway, 5)
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        webhook.start()
        gateway.start()
        self.arrive(gateway, webhook, ids)
        # Killed while some are under way.
        for _ in range(3):
            webhook.answers += [silent(0.2)] * 3
            ids += self.raises(gateway, 6)
            gateway.process.send_signal(signal.SIGKILL)
            gateway.process.wait()
            gateway.start()
            self.arrive(gateway, webhook, ids)

    def test_a_reload_adds_changes_and_removes_receivers(self):
        one, two = Webhook(self), Webhook(self)
        gateway = self.start("reloaded", self.hook(one, "one"))
        first = self.raises(gateway, 2)
        self.arrive(gateway, one, first, "one")
        settings = json.loads(gateway.config.read_text())

        def reload(*receivers):
            settings["alert_delivery"] = list(receivers)
            gateway.config.write_text(json.dumps(settings))
            gateway.command("reload", "-c", gateway.config)
            wait_until(lambda: list(self.receivers(gateway)) == [receiver["name"] for receiver in receivers],
                       lambda: f"in force: {self.receivers(gateway)}")

        reload(self.hook(one, "one"), self.hook(two, "two"))
        second = self.raises(gateway, 1)
        self.arrive(gateway, two, second, "two")  # A new one begins at now.
        self.arrive(gateway, one, first + second, "one")
        reload(self.hook(two, "two"))
        third = self.raises(gateway, 1)
        self.arrive(gateway, two, second + third, "two")
        self.assertEqual(one.ids(), first + second)
        reload(self.hook(one, "one"), self.hook(two, "two"))
        self.arrive(gateway, one, first + second + third, "one")  # It goes on where it stopped.
        # A faulty file changes nothing.
        settings["alert_delivery"][0]["secret_file"] = "nowhere"
        gateway.config.write_text(json.dumps(settings))
        gateway.command("reload", "-c", gateway.config, code=1)
        fourth = self.raises(gateway, 1)
        self.arrive(gateway, one, first + second + third + fourth, "one")
        # A secret that is rotated holds from then on.
        (gateway.directory / "hook.secret").write_text("another secret, for a change\n")
        settings["alert_delivery"][0]["secret_file"] = "hook.secret"
        gateway.config.write_text(json.dumps(settings))
        gateway.command("reload", "-c", gateway.config)
        self.raises(gateway, 1)
        wait_until(lambda: self.sample()("another secret, for a change", one.hits[-1].fields, one.hits[-1].body),
                   "it is signed by the new secret")

    def test_who_cannot_prove_its_name_gets_nothing(self):
        good, bad = Webhook(self, self.identity), Webhook(self, self.strange.issue("localhost"))
        other = Webhook(self, self.authority.issue("elsewhere.test"))
        roots = [str(self.authority.certificate)]
        gateway = self.start("tls", self.hook(good, roots=roots), self.hook(bad, "bad", roots=roots),
                             self.hook(other, "other", roots=roots))
        ids = self.raises(gateway, 1)
        self.arrive(gateway, good, ids)
        for name in ("bad", "other"):
            wait_until(lambda: "error" in self.receivers(gateway)[name], gateway.log)
        self.assertEqual(bad.hits + other.hits, [])
        # Each is told what is wrong by a test too.
        done = gateway.command("alerts", "test-receiver", "-c", gateway.config, "hook")
        self.assertEqual(done.stdout, "delivered: HTTP 200: noted\n")
        message = json.loads(good.hits[-1].body)
        self.assertEqual((message["type"], message["alert"]["policy_id"]), ("test", "test"))
        self.assertTrue(self.sample()(SECRET, good.hits[-1].fields, good.hits[-1].body))
        done = gateway.command("alerts", "test-receiver", "-c", gateway.config, "bad", code=1)
        self.assertIn("not delivered: SSL certificate problem", done.stderr)
        done = gateway.command("alerts", "test-receiver", "-c", gateway.config, "nobody", code=1)
        self.assertIn("no receiver that is called so", done.stderr)
