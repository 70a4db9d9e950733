"""What the console's views ask for beside reports: unread alerts as a number, how a risk score is made, ranges of addresses,
the schema that editors complete by."""

import json

import kit

POLICIES = """\
- {id: watched, name: Dropbox is watched, kind: activity, when: {app: dropbox}, alerts_per_day: 100}
"""
RANGES = """\
ranges:
  - {name: head office, cidrs: [192.0.2.0/24, 2001:db8::/32], category: corporate, tags: [office],
     override_isp: Example Net, override_location: {country: DE, lat: 52.5, lon: 13.4}}
  - {name: guests, cidrs: [198.51.100.0/24]}
feeds:
  - {name: exits, path: exits.txt, category: risky, tags: [tor]}
"""


class ConsoleFacts(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com",)
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        cls.nginx.write("/page", "the page\n")
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            files={"ranges.yaml": RANGES, "exits.txt": "203.0.113.9\n"},
            config={"tags": {"addresses": "ranges.yaml"}}, resolve={host: cls.nginx.tls for host in cls.names})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.viewer = kit.Console.of(cls.gateway, "vic", "viewer")
        cls.analyst = kit.Console.of(cls.gateway, "ana", "analyst")
        cls.document = cls.analyst.ask("GET", "/api/v1/openapi.json")[1]

    def ask(self, path, schema, who=None):
        who = who or self.viewer
        status, answer = who.ask("GET", "/api/v1/" + path)
        self.assertEqual(status, 200, answer)
        who.check(self.document, schema, answer)
        return answer

    def command(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code).stdout

    def test_unread_alerts_are_a_number_that_shows_nobody_and_is_not_recorded(self):
        self.assertEqual(self.ask("alerts/unread", "Unread"), {"unread": 0, "newest": None})
        for _ in range(3):
            self.assertEqual(self.curl("https://www.dropbox.com/page").status, 200)
        seen = {}

        def counted():
            seen.update(self.ask("alerts/unread", "Unread"))
            return seen["unread"] == 3
        kit.wait_until(counted, lambda: f"three unread alerts: {seen}")
        alerts = self.analyst.ask("GET", "/api/v1/alerts")[1]
        self.assertEqual(seen["newest"], alerts[0]["time"])
        # At once, however fresh the count is.
        self.assertEqual(self.analyst.ask("POST", f"/api/v1/alerts/{alerts[0]['id']}/read")[0], 200)
        self.assertEqual(self.ask("alerts/unread", "Unread"), {"unread": 2, "newest": alerts[1]["time"]})
        self.assertEqual(self.analyst.ask("POST", f"/api/v1/alerts/{alerts[0]['id']}/unread")[0], 200)
        self.assertEqual(self.ask("alerts/unread", "Unread")["unread"], 3)
        reads = json.loads(self.command("audit", "reads", "--format", "json"))
        self.assertEqual([one for one in reads if "unread" in one["what"]], [])
        self.assertNotEqual([one for one in reads if one["what"] == "GET /api/v1/alerts"], [])

    def test_an_app_shows_how_its_score_is_made_as_the_command_does(self):
        risk = self.ask("apps/dropbox", "AppPage")["risk"]
        told = json.loads(self.command("apps", "explain", "dropbox", "--format", "json"))
        self.assertEqual({key: told[key] for key in risk}, risk)
        self.assertGreater(len(risk["factors"]), 10)
        for factor in risk["factors"]:
            self.assertTrue(factor["source"] and factor["weight"] and factor["values"], factor)

    def test_ranges_are_shown_as_they_are_written_as_the_command_does(self):
        answer = self.ask("ranges", "Ranges")
        self.assertEqual(answer["total"], 2)
        office, guests = answer["ranges"]
        self.assertEqual(office, {"name": "head office", "cidrs": ["192.0.2.0/24", "2001:db8::/32"],
                                  "category": "corporate", "tags": ["office"], "isp": "Example Net", "country": "DE",
                                  "latitude": 52.5, "longitude": 13.4, "line": 2})
        self.assertEqual(guests, {"name": "guests", "cidrs": ["198.51.100.0/24"], "tags": [], "line": 4})
        self.assertEqual(answer["feeds"], [{"name": "exits", "category": "risky", "tags": ["tor"], "line": 6}])
        self.assertEqual([one["name"] for one in self.ask("ranges?q=198.51", "Ranges")["ranges"]], ["guests"])
        self.assertEqual(len(self.ask("ranges?limit=1", "Ranges")["ranges"]), 1)
        self.assertEqual(self.viewer.ask("GET", "/api/v1/ranges?limit=0")[0], 400)
        told = json.loads(self.command("ranges", "--format", "json"))
        self.assertEqual([(one["name"], one["cidrs"], one.get("category")) for one in told],
                         [(one["name"], one["cidrs"], one.get("category")) for one in (office, guests)])
        self.assertEqual([one["name"] for one in json.loads(self.command("ranges", "office", "--format", "json"))],
                         ["head office"])

    def test_the_schema_of_policies_is_what_the_command_prints(self):
        status, answer = self.viewer.ask("GET", "/api/v1/policies/schema")
        self.assertEqual((status, answer), (200, json.loads(self.gateway.command("schema", "policy").stdout)))
        self.assertEqual(self.viewer.reply.getheader("Content-Type"), "application/schema+json")
