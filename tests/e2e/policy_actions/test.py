"""An alert of a policy calls a webhook action: once for each incident, over restarts; what became of it stands in the governance
log. And a receiver that is slow keeps no other waiting."""

import json
import signal
import threading

from kit.alert_receivers import SECRET, AlertScenario, Webhook, silent
from kit.curl import Curl
from kit.gateway import Gateway
from kit.scenario import wait_until

POLICIES = """\
- { id: no-mega, name: No MEGA, when: { app: mega }, then: block, severity: high, category: dlp, alerts_per_day: 10000 }
- { id: no-box, name: No Box, when: { app: box }, then: block, severity: low, alerts_per_day: 10000 }
"""


class PolicyActions(AlertScenario):
    def begin(self, name, *actions, run=True):
        gateway = Gateway(self, name, policies=POLICIES, files={"hook.secret": SECRET + "\n", "apps.yaml": "{}\n"}, start=False,
                          config={"tags": {"apps": "apps.yaml"}, "workers": 1, "webhook_actions": list(actions)})
        (gateway.directory / "hook.secret").chmod(0o600)
        return gateway.start() if run else gateway

    def action(self, webhook, name, **more):
        return {"name": name, "url": webhook.url, "secret_file": "hook.secret", "timeout": "2s",
                "parameters": {"why": "{reason}"}, **more}

    def calls(self, gateway):
        done = gateway.command("governance", "calls", "-c", gateway.config, "--format", "json")
        return json.loads(done.stdout)

    def ended(self, gateway, count):
        wait_until(lambda: sum(row["state"] != "pending" for row in self.calls(gateway)) == count,
                   lambda: f"{count} calls have ended: {self.calls(gateway)} {gateway.log()}", 20)
        return self.calls(gateway)

    def test_an_incident_calls_the_action_once_and_the_log_says_who_asked_and_what_became_of_it(self):
        webhook = Webhook(self)
        gateway = self.begin("once", self.action(webhook, "close-account", needs=["app"], on_alerts_of=["no-mega"]))
        ids = self.raises(gateway, 3)
        self.raises(gateway, 1, "box.com")  # No action is called on its alerts.
        self.ended(gateway, 1)
        hit, = webhook.hits
        body = json.loads(hit.body)
        self.assertEqual((body["action"], body["app"], body["alert"], body["by"]),
                         ("close-account", "mega", ids[0], "policy no-mega"))
        self.assertRegex(body["parameters"]["why"], r"^No MEGA: .* block in MEGA")
        log = json.loads(gateway.command("governance", "log", "-c", gateway.config, "--format", "json").stdout)
        self.assertEqual([(row["action"], row["what"], row["who"]) for row in log],
                         [("webhook done", "close-account: HTTP 200: noted", "policy no-mega"),
                          ("call webhook", "close-account", "policy no-mega")])
        # It is the same incident after a restart.
        gateway.stop()
        gateway.start()
        self.raises(gateway, 1)
        self.raises(gateway, 1, "box.com")
        self.assertEqual(len(self.calls(gateway)), 1)
        self.assertEqual(len(webhook.hits), 1)
        self.assertIn("the governance log is whole", gateway.command("store", "verify", "-c", gateway.config).stdout)

    def test_a_receiver_that_is_silent_keeps_no_other_waiting(self):
        slow, quick = Webhook(self), Webhook(self)
        slow.answers += [silent(60)]
        gateway = self.begin("slow", self.action(slow, "slow", timeout="50s", on_alerts_of=["No MEGA"]),
                             self.action(quick, "quick", on_alerts_of=["no-mega", "no-box"]))
        self.raises(gateway, 1)
        wait_until(lambda: slow.hits, "the slow one was called")
        self.raises(gateway, 1, "box.com")
        rows = self.ended(gateway, 2)
        self.assertEqual({(row["action"], row["state"]) for row in rows}, {("slow", "pending"), ("quick", "done")})
        self.assertEqual(len(quick.hits), 2)
        gateway.stop()

    def test_a_kill_leaves_no_alert_without_its_call_and_makes_none_twice(self):
        webhook = Webhook(self)
        addresses = "".join(f"- {{address: 127.0.0.{n}, user: user{n}}}\n" for n in range(10, 50))
        gateway = Gateway(self, "killed", policies=POLICIES, start=False,
                          files={"hook.secret": SECRET + "\n", "apps.yaml": "{}\n", "addresses.yaml": addresses},
                          config={"tags": {"apps": "apps.yaml"}, "workers": 1, "users": {"addresses": "addresses.yaml"},
                                  "webhook_actions": [self.action(webhook, "close-account", on_alerts_of=["no-mega"],
                                                                  needs=["user"])]})
        (gateway.directory / "hook.secret").chmod(0o600)
        gateway.start()
        curl = Curl(gateway)
        asked = [threading.Thread(target=curl, args=("http://mega.nz/", "--interface", f"127.0.0.{n}"), daemon=True)
                 for n in range(10, 50)]
        for one in asked:
            one.start()
        # Most of what these alerts call was not even asked for when the first call arrives.
        wait_until(lambda: webhook.hits, "the first call")
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        for one in asked:
            one.join()
        alerts = {one["id"]: one["user"] for one in self.alerts(gateway)}
        gateway.start()
        self.ended(gateway, len(alerts))
        rows = self.calls(gateway)
        self.assertEqual(sorted(row["alert"] for row in rows), sorted(alerts))
        self.assertEqual({row["state"] for row in rows}, {"done"})
        self.assertEqual({row["user"] for row in rows}, set(alerts.values()))
        self.assertEqual(len(set(webhook.ids())), len(alerts))
        gateway.stop()
        gateway.start()
        self.assertEqual(len(self.calls(gateway)), len(alerts))
        self.assertIn("the governance log is whole", gateway.command("store", "verify", "-c", gateway.config).stdout)

    def test_what_the_alert_does_not_have_is_not_called_and_said(self):
        webhook = Webhook(self)
        gateway = self.begin("needs", self.action(webhook, "box-remove", needs=["user"], on_alerts_of=["no-mega"]))
        self.raises(gateway, 1)  # Of nobody known.
        wait_until(lambda: "does not call the action box-remove: 'box-remove' needs 'user'" in gateway.log(),
                   lambda: gateway.log())
        self.assertEqual(self.calls(gateway), [])

    def test_a_policy_that_nobody_has_is_a_warning(self):
        webhook = Webhook(self, start=False)
        gateway = self.begin("unknown", self.action(webhook, "box-remove", on_alerts_of=["no-meta"]), run=False)
        done = gateway.command("check", "-c", gateway.config)
        self.assertIn("the action 'box-remove' is called on alerts of 'no-meta', and no policy is called so",
                      done.stdout + done.stderr)
