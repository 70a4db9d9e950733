"""Webhook actions: what only an app's own API can do is asked of a receiver, signed; what became of it stands in the
governance log, over restarts and kills, whatever the receiver does. And pages of users have links."""

import hashlib
import hmac
import json
import signal

from kit.alert_receivers import SECRET, Webhook, silent
from kit.gateway import Gateway
from kit.scenario import Scenario, wait_until

ACTION = "box-remove"


class WebhookActions(Scenario):
    def start(self, name, webhook, run=True, **more):
        action = {"name": ACTION, "description": "Takes collaborators away", "url": webhook.url,
                  "secret_file": "hook.secret", "timeout": "2s", "needs": ["user", "reason"],
                  "parameters": {"member": "{user}", "note": "{reason} ({by}), {{box}}"}, **more}
        gateway = Gateway(self, name, policies="[]\n", files={"hook.secret": SECRET + "\n",
                                                          "users.yaml": "users: [{name: quentin.marsh}]\n"}, start=False,
                          config={"workers": 1, "webhook_actions": [action],
                                  "users": {"directory": "users.yaml", "links": [{"name": "Directory",
                                                       "url": "https://dir.example/people/{user}?x=1"}]}})
        (gateway.directory / "hook.secret").chmod(0o600)
        return gateway.start() if run else gateway

    def call(self, gateway, *arguments, code=0):
        return gateway.command("governance", "call", ACTION, "-c", gateway.config, "--by", "ida", *arguments, code=code)

    def calls(self, gateway, *arguments):
        done = gateway.command("governance", "calls", "-c", gateway.config, "--format", "json", *arguments)
        return json.loads(done.stdout)

    def log(self, gateway):
        done = gateway.command("governance", "log", "-c", gateway.config, "--format", "json")
        return [(row["action"], row["what"], row["user"], row["who"], row["why"]) for row in json.loads(done.stdout)]

    def whole(self, gateway):
        done = gateway.command("store", "verify", "-c", gateway.config)
        self.assertIn("the governance log is whole", done.stdout)

    def wait_for(self, gateway, state, count=1):
        rows = []

        def there():
            rows[:] = self.calls(gateway, "--show", state)
            return len(rows) >= count

        wait_until(there, lambda: f"{count} calls {state}: {self.calls(gateway)} {gateway.log()}", 20)
        return rows

    def test_a_call_is_signed_made_and_told(self):
        webhook = Webhook(self)
        gateway = self.start("made", webhook)
        actions = gateway.command("governance", "calls", "--actions", "-c", gateway.config, "--format", "json").stdout
        self.assertEqual(json.loads(actions), [{"name": ACTION, "to": f"http://localhost:{webhook.port}",
                                                "needs": "user, reason", "description": "Takes collaborators away"}])
        done = self.call(gateway, "--user", "quentin.marsh", "--app", "box", "--reason", "left us", "--wait", "20s")
        self.assertRegex(done.stdout, rf"^{ACTION} [0-9A-Z]{{26}}: done: HTTP 200: noted\n$")
        hit, = webhook.hits
        body = json.loads(hit.body)
        self.assertEqual(body["parameters"], {"member": "quentin.marsh", "note": "left us (ida), {box}"})
        self.assertEqual((body["type"], body["action"], body["user"], body["app"], body["reason"], body["by"],
                          body["gateway"]),
                         ("action", ACTION, "quentin.marsh", "box", "left us", "ida", "gateway.example"))
        self.assertEqual(hit.fields["Sallyport-Id"], body["id"])
        signed = hit.fields["Sallyport-Timestamp"].encode() + b"." + hit.body
        self.assertEqual(hit.fields["Sallyport-Signature"],
                         "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest())
        self.assertEqual(self.log(gateway)[:2],
                         [("webhook done", f"{ACTION}: HTTP 200: noted", "quentin.marsh", "ida", "left us"),
                          ("call webhook", ACTION, "quentin.marsh", "ida", "left us")])
        self.whole(gateway)
        # The API tells the same.
        status, calls = gateway.api("webhook-calls?state=done&user=quentin.marsh")
        self.assertEqual((status, calls["pending"], calls["calls"][0]["id"]), (200, 0, body["id"]))
        self.assertEqual(gateway.api(f"webhook-calls/{body['id']}")[1]["state"], "done")
        self.assertEqual(gateway.api("webhook-calls/nothing")[0], 404)
        for text in (gateway.log(), gateway.command("check", "-c", gateway.config).stdout):
            self.assertNotIn(SECRET, text)

    def test_what_cannot_be_asked_is_refused_and_leaves_no_entry(self):
        webhook = Webhook(self)
        gateway = self.start("refused", webhook)
        self.assertIn(f"'{ACTION}' needs 'user'", self.call(gateway, "--reason", "x", code=2).stderr)
        self.assertIn(f"'{ACTION}' needs 'reason'", self.call(gateway, "--user", "ana", code=2).stderr)
        done = gateway.command("governance", "call", "box-remov", "-c", gateway.config, code=2)
        self.assertIn("no action is called 'box-remov'", done.stderr)
        self.assertEqual(gateway.api(f"webhook-actions/{ACTION}/call?usr=ana", "POST")[0], 400)
        self.assertEqual(self.calls(gateway), [])
        self.assertEqual(self.log(gateway), [])
        self.assertEqual(webhook.hits, [])

    def test_what_the_receiver_refuses_has_failed_with_its_reason(self):
        webhook = Webhook(self)
        webhook.answers.append(422)
        gateway = self.start("fails", webhook)
        done = self.call(gateway, "--user", "ana", "--reason", "x", "--wait", "20s", code=1)
        self.assertIn("failed: HTTP 422: noted", done.stdout)
        self.assertEqual(self.log(gateway)[0][:3], ("webhook failed", f"{ACTION}: HTTP 422: noted", "ana"))
        self.assertEqual(len(webhook.hits), 1)

    def test_a_receiver_that_is_away_gets_it_later_once_over_a_kill(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("away", webhook)
        done = self.call(gateway, "--user", "ana", "--reason", "x")
        self.assertIn("pending", done.stdout)
        row = wait_until(lambda: next((one for one in self.calls(gateway, "--show", "pending") if one["tries"] > 0), None),
                         lambda: f"it is tried: {self.calls(gateway)}", 20)
        self.assertNotEqual(row["detail"], "")
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait(10)
        webhook.start()
        gateway.start()
        ended, = self.wait_for(gateway, "done")
        self.assertEqual(ended["id"], row["id"])
        self.assertEqual(webhook.ids(), [row["id"]])
        self.assertEqual([entry[0] for entry in self.log(gateway)], ["webhook done", "call webhook"])
        self.whole(gateway)

    def test_a_receiver_that_says_nothing_is_given_up_after_its_time(self):
        webhook = Webhook(self)
        webhook.answers += [silent(5)] * 20
        gateway = self.start("silent", webhook, timeout="1s", give_up_after="3s")
        self.call(gateway, "--user", "ana", "--reason", "x")
        ended, = self.wait_for(gateway, "failed")
        self.assertIn("given up: ", ended["detail"])
        self.assertEqual(len(set(webhook.ids())), 1)
        # While it waits for one, the gateway ends in time.
        self.call(gateway, "--user", "ben", "--reason", "x")
        gateway.stop()
        webhook.answers.clear()
        gateway.start()
        self.wait_for(gateway, "done")

    def test_a_configuration_is_checked(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("checked", webhook, run=False)
        gateway.config.write_text(
            "webhook_actions:\n"
            "  - { name: a b, url: 'https://soar.example/x', secret_file: hook.secret, needs: [usr] }\n"
            "  - { name: b, url: 'http://soar.example/x', secret_file: hook.secret, parameters: { m: '{usr}' } }\n"
            "  - { name: b, url: 'https://soar.example/x', secret_file: hook.secret, paramters: { m: x } }\n"
            "users: { links: [{ name: x, url: 'https://dir.example/{user' }, { name: y, url: 'dir.example' }] }\n")
        done = gateway.command("check", "-c", gateway.config, code=1)
        for words in ("sallyport.yaml:2:13: error: 'a b' is no name of an action",
                      "a call has no 'usr'", "did you mean 'user'?",
                      "sallyport.yaml:3:21: error: calls would go over the network without TLS",
                      "'{usr}' stands for nothing", "two actions are called 'b'",
                      "unknown key 'paramters'", "did you mean 'parameters'?",
                      "a brace without its other one", "'dir.example' is no address of a page"):
            self.assertIn(words, done.stderr)

    def test_pages_of_users_have_links(self):
        webhook = Webhook(self, start=False)
        gateway = self.start("links", webhook)
        done = gateway.command("users", "show", "quentin.marsh", "-c", gateway.config)
        self.assertIn("https://dir.example/people/quentin.marsh?x=1", done.stdout)
        status, page = gateway.api("users/quentin.marsh")
        self.assertEqual((status, page["links"]),
                         (200, [{"name": "Directory", "url": "https://dir.example/people/quentin.marsh?x=1"}]))
