"""The sample of the field: a policy from a template, renamed, with the tag tor; its alert; the exception; no repeat.

    template/logon-from-a-risky-ip-address + client.ip.tag: tor  ->  "Logon from Tor"
    ana signs in from Tor, for her work: one alert  ->  sallyport policy except  ->  none again, but for others
"""

import json
import time

import kit

SEEN = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 3600))
TOR = "".join(f"ExitNode {number:040X}\nPublished {SEEN}\nLastStatus {SEEN}\nExitAddress {address} {SEEN}\n"
              for number, address in enumerate(("127.0.0.2", "127.0.0.3"), 1))

# 127.0.0.4 is risky too, but not of Tor.
TAGS = """\
ranges:
  - { name: a bad neighbourhood, cidrs: [127.0.0.4/32], category: risky }
feeds:
  - { name: tor exits, path: tor-exits.txt, format: auto, category: risky, tags: [tor] }
"""

PEOPLE = """\
- { address: 127.0.0.2, user: ana }
- { address: 127.0.0.3, user: ben }
"""

POLICIES = """\
# Policies of the sample. What stands here stays as it is.

- name: Webmail is watched   # a neighbour
  when: { app.category: webmail }
  then: monitor
"""

ID = "logon-from-tor"


class PolicySample(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site("app.box.com", identity=authority.issue("app.box.com"))])
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], resolve={"app.box.com": cls.nginx.tls}, policies=POLICIES,
            files={"tags.yaml": TAGS, "tor-exits.txt": TOR, "addresses.yaml": PEOPLE},
            config={"tags": {"addresses": "tags.yaml"}, "users": {"addresses": "addresses.yaml"}})
        cls.file = cls.gateway.directory / "policies" / "policies.yaml"
        cls.seen = 0

    def sallyport(self, *arguments, **more):
        return self.gateway.command(*arguments, "-c", self.gateway.config, **more).stdout

    def logon_from(self, address):
        """The id of its event."""
        reply = kit.Curl(self.gateway, "--interface", address)(
            "-d", "user=me&password=x", "https://app.box.com/login")
        self.assertEqual((reply.status, reply.text), (200, "welcome"))
        type(self).seen += 1
        rows = self.gateway.wait_for_activities(self.seen, "--action", "login")
        return rows[0]["id"]

    def matched(self, event):
        return [one["id"] for one in self.gateway.event(event).get("matched", [])]

    def test_from_the_template_to_the_exception(self):
        # From the template, renamed, with the tag.
        self.assertIn("logon-from-a-risky-ip-address", self.sallyport("policy", "new", "--list"))
        self.sallyport("policy", "new", "--template", "logon-from-a-risky-ip-address", "--name", "Logon from Tor",
                       "--set", "when.client.ip.tag=tor", "--write", self.file)
        written = self.file.read_text()
        self.assertTrue(written.startswith(POLICIES), written)
        self.sallyport("reload")

        # A violation, a near miss, and an ordinary logon. Nobody is stopped.
        violation = self.logon_from("127.0.0.2")
        self.assertEqual(self.matched(violation), [ID])
        self.assertEqual(self.matched(self.logon_from("127.0.0.4")), [])
        self.assertEqual(self.matched(self.logon_from("127.0.0.1")), [])
        alert = self.only(self.alerts(1))
        self.assertEqual((alert["policy"], alert["severity"], alert["user"]), ("Logon from Tor", "high", "ana"))
        self.assertEqual(alert["events"], [violation])

        # The exception: first shown, then written. The file is as it was but for it.
        except_ = ("policy", "except", "--event", violation, "--by", "user", "--reason", "Tests our onion service")
        lines = ["  except:", "    - { user: ana, reason: Tests our onion service }"]
        proposed = self.sallyport(*except_).splitlines()
        self.assertEqual([line for line in proposed if line.startswith("+ ")], ["+" + line for line in lines])
        self.assertEqual(self.file.read_text(), written)
        self.sallyport(*except_, "--write")
        self.assertEqual(self.file.read_text(), written + "\n".join(lines) + "\n")
        self.sallyport("reload")

        # The event of then is no violation as the policy stands now.
        again = self.gateway.command(*except_, "-c", self.gateway.config, code=1)
        self.assertIn("'logon-from-tor' does not hold for this event", again.stderr)

        # Ana's logon is no violation any more, Ben's still is.
        self.assertEqual(self.matched(self.logon_from("127.0.0.2")), [])
        self.assertEqual(self.matched(self.logon_from("127.0.0.3")), [ID])
        self.assertEqual(sorted(alert["user"] for alert in self.alerts(2)), ["ana", "ben"])

    def alerts(self, count):
        """All alerts of the policy, once there are so many."""
        found = []

        def enough():
            found[:] = json.loads(self.sallyport("alerts", "--policy", ID, "--format", "json"))
            return len(found) >= count

        kit.wait_until(enough, lambda: f"{count} alerts; there are {found}")
        return found
