"""Apps that ask people for rights by OAuth: how much they ask for decides, and `sallyport consents` tells who asked whom."""

import json
import urllib.parse

import kit

POLICIES = """\
- name: no app gets mail and files
  when: {activity: consent, consent.level: high, not: {consent.client: "1010-ours.apps.test"}}
  then: block
  say: Ask IT before you give this away.
"""

APPS = ("accounts.google.com", "slack.com", "login.idp.test")
DRIVE = "https://www.googleapis.com/auth/drive"


class OauthConsents(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.arrived = []
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*APPS))
        tags = cls.source / "conf/tags"
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in APPS},
            files={"addresses.yaml": "- {address: 127.0.0.1, user: ana}\n- {address: 127.0.0.2, user: ben}\n"
                                     "- {address: 127.0.0.3, user: cleo}\n"},
            config={"users": {"addresses": "addresses.yaml"},
                    "tags": {"consent_scopes": str(tags / "consent_scopes.yaml")}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.ask_everything()

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            cls.arrived.append(head.target)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")

    @classmethod
    def ask(cls, url, client, scope, redirect, address="127.0.0.1"):
        query = urllib.parse.urlencode({"client_id": client, "response_type": "code", "scope": scope,
                                        "redirect_uri": redirect})
        return cls.curl("--interface", address, f"{url}?{query}")

    @classmethod
    def ask_everything(cls):
        google, slack = "https://accounts.google.com/o/oauth2/v2/auth", "https://slack.com/oauth/v2/authorize"
        notes = "https://Notes.example:8443/back"
        cls.replies = [
            cls.ask(google, "notes", "openid email", notes),
            cls.ask(google, "notes", f"openid {DRIVE}", notes, "127.0.0.2"),
            cls.ask(google, "1010-ours.apps.test", f"openid {DRIVE}", "https://ours.example/back"),
            cls.ask(slack, "777.888", "users:read,chat:write,made.up", "https://bot.example/cb"),
            cls.ask("https://login.idp.test/authorize", "shop", "orders.read", "shop.app:/back", "127.0.0.3"),
        ]
        cls.gateway.wait_for_activities(5)

    def consents(self, *arguments):
        done = self.gateway.command("consents", "-c", self.gateway.config, "--format", "json", *arguments)
        return json.loads(done.stdout)

    def test_what_asks_for_much_is_stopped_unless_it_is_known(self):
        self.assertEqual([reply.status for reply in self.replies], [200, 403, 200, 200, 200])
        self.assertIn("Ask IT before you give this away.", self.replies[1].text)
        self.assertEqual(sum("client_id=notes" in target for target in self.arrived), 1)
        event = self.gateway.event(self.replies[1].header("sallyport-event"))
        self.assertEqual((event["details"]["consent.level"], event["details"]["consent.redirect"],
                          event["details"]["consent.scopes"]), ("high", "notes.example", [DRIVE, "openid"]))

    def test_a_client_is_put_together_from_all_that_it_asked(self):
        notes = self.only(self.consents(), client="notes")
        self.assertEqual((notes["app"], notes["publisher"], notes["level"], notes["users"], notes["user_names"],
                          notes["requests"], notes["stopped"], notes["common"]),
                         ("google_workspace", ["notes.example"], "high", 2, ["ana", "ben"], 2, 1, "common"))
        self.assertEqual(notes["scopes"], ["email", DRIVE, "openid"])
        self.assertNotIn("unchecked_scopes", notes)
        slack = self.only(self.consents(), client="777.888")
        self.assertEqual((slack["level"], slack["scopes"], slack["unchecked_scopes"], slack["common"]),
                         ("medium", ["chat:write", "made.up", "users:read"], ["made.up"], "rare"))
        shop = self.only(self.consents(), client="shop")
        self.assertEqual((shop["app"], shop["publisher"], shop["level"], shop["unchecked_scopes"]),
                         ("login.idp.test", ["shop.app"], "low", ["orders.read"]))

    def test_filters_choose(self):
        def clients(*arguments):
            return sorted(row["client"] for row in self.consents(*arguments))
        self.assertEqual(clients(), ["1010-ours.apps.test", "777.888", "notes", "shop"])
        self.assertEqual(clients("--level", "high"), ["1010-ours.apps.test", "notes"])
        self.assertEqual(clients("--user", "ben"), ["notes"])
        self.assertEqual(clients("--client", "*.EXAMPLE"), ["1010-ours.apps.test", "777.888", "notes"])
        self.assertEqual(clients("--app", "slack"), ["777.888"])
        self.assertEqual(clients("--since", "2099-01-01T00:00:00Z"), [])
        self.assertEqual(len(clients("-n", "1")), 1)
        wrong = self.gateway.command("consents", "-c", self.gateway.config, "--level", "huge", code=2)
        self.assertIn("is none of: low, medium, high", wrong.stderr)

    def test_people_read_a_table_and_spreadsheets_csv(self):
        table = self.gateway.command("consents", "-c", self.gateway.config).stdout
        self.assertRegex(table, r"LAST SEEN +APP +CLIENT +NAME +PUBLISHER +LEVEL")
        self.assertIn("What was asked for through the gateway, not what is granted; common: of 3 users seen.", table)
        rows = self.gateway.command("consents", "-c", self.gateway.config, "--format", "csv").stdout.splitlines()
        self.assertEqual(len(rows), 5)
        self.assertTrue(rows[0].startswith("last_seen,app,client,name,publisher,level,scopes,users,common"))
