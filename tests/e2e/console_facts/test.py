"""What the console's views ask for beside reports: unread alerts as a number, how a risk score is made, ranges of addresses,
the schema that editors complete by, how the gateway fares."""

import json
import socket
import time

import kit

POLICIES = """\
- {id: watched, name: Dropbox is watched, kind: activity, when: {app: dropbox}, alerts_per_day: 100}
- {id: bank, name: The bank is left alone, kind: tls, when: {host: bank.test}, then: bypass}
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
        cls.names = ("www.dropbox.com", "bank.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names)),
                                    kit.Site("old.test", identity=cls.authority.issue("old.test", begins=-9, ends=-2))])
        cls.nginx.write("/page", "the page\n")
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            files={"ranges.yaml": RANGES, "exits.txt": "203.0.113.9\n"},
            config={"tags": {"addresses": "ranges.yaml"}}, resolve={host: cls.nginx.tls for host in (*cls.names, "old.test")})
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
        quiet = kit.Gateway(self, "quiet", policies=POLICIES)
        vic = kit.Console.of(quiet, "vic", "viewer")
        self.assertEqual(vic.ask("GET", "/api/v1/alerts/unread"), (200, {"unread": 0, "newest": None}))
        before = self.ask("alerts/unread", "Unread")["unread"]
        for _ in range(3):
            self.assertEqual(self.curl("https://www.dropbox.com/page").status, 200)
        seen = {}

        def counted():
            seen.update(self.ask("alerts/unread", "Unread"))
            return seen["unread"] == before + 3
        kit.wait_until(counted, lambda: f"three unread alerts: {seen}")
        alerts = self.analyst.ask("GET", "/api/v1/alerts")[1]
        self.assertEqual(seen["newest"], alerts[0]["time"])
        # At once, however fresh the count is.
        self.assertEqual(self.analyst.ask("POST", f"/api/v1/alerts/{alerts[0]['id']}/read")[0], 200)
        self.assertEqual(self.ask("alerts/unread", "Unread"), {"unread": before + 2, "newest": alerts[1]["time"]})
        self.assertEqual(self.analyst.ask("POST", f"/api/v1/alerts/{alerts[0]['id']}/unread")[0], 200)
        self.assertEqual(self.ask("alerts/unread", "Unread")["unread"], before + 3)
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

    # --- the gateway ---

    def test_the_gateway_tells_how_long_things_take_and_which_hosts_are_odd(self):
        for _ in range(5):
            self.assertEqual(self.curl("https://www.dropbox.com/page").status, 200)
        for _ in range(2):
            self.assertEqual(self.curl("https://old.test/page").status, 502)
            self.assertEqual(self.curl("https://bank.test/page", ca=self.authority.certificate).status, 200)
        seen = {}

        def told():
            seen.update(self.ask("gateway", "Gateway"))
            return seen["bypassed"] and seen["certificate_faults"] and seen["certificate_faults"][0]["count"] == 2 and (
                seen["bypassed"][0]["count"] == 2)
        kit.wait_until(told, lambda: f"the ledger of hosts: {seen}")
        latency = seen["latency"]
        self.assertGreaterEqual(latency["own"]["measured"], 5)
        self.assertGreaterEqual(latency["origin"]["measured"], 5)
        for durations in (latency["own"], latency["origin"]):
            self.assertTrue(0 < durations["p50_us"] <= durations["p95_us"] <= durations["p99_us"] < 60_000_000, latency)
        self.assertEqual(sum(one["own"]["measured"] for one in latency["minutes"]), latency["own"]["measured"])
        fault, bypass = seen["certificate_faults"][0], seen["bypassed"][0]
        self.assertEqual((fault["host"], fault["reason"]), ("old.test", "expired"))
        self.assertEqual((bypass["host"], bypass["reason"]), ("bank.test", "The bank is left alone"))
        self.assertLessEqual(fault["first"], fault["last"])
        told = self.command("gateway")
        for text in ("added by the gateway", "waiting for origins", "old.test", "The bank is left alone"):
            self.assertIn(text, told)
        self.assertEqual(json.loads(self.command("gateway", "--format", "json"))["bypassed"], seen["bypassed"])

    # --- live activities ---

    def live(self, last=None):
        """A connection that reads activities as they come."""
        host, port = self.analyst.address.rsplit(":", 1)
        peer = socket.create_connection((host, int(port)), timeout=30)
        self.addCleanup(peer.close)
        resumed = f"Last-Event-ID: {last}\r\n" if last else ""
        peer.sendall(f"GET /api/v1/activities/live?app=dropbox HTTP/1.1\r\nHost: {self.analyst.address}\r\n"
                     f"Cookie: {self.analyst.cookie}\r\nSec-Fetch-Site: same-origin\r\n{resumed}\r\n".encode())
        stream = peer.makefile("rb")
        head = b"".join(iter(stream.readline, b"\r\n")).decode()
        self.assertIn("200 OK", head)
        return peer, stream

    @staticmethod
    def rows(stream):
        ends = time.monotonic() + 60  # Beats would keep it waiting for ever.
        for line in stream:
            if time.monotonic() > ends:
                raise AssertionError("no activity came")
            if line.startswith(b"event: lost"):
                yield "lost"
            elif line.startswith(b"data: {\"id\""):
                yield json.loads(line[6:])

    def test_who_comes_back_to_live_activities_misses_none(self):
        peer, stream = self.live()
        self.curl("https://www.dropbox.com/page?0")
        first = next(self.rows(stream))
        stream.close()
        peer.close()
        before = len(self.gateway.activities("-n", "1000"))
        for number in range(1, 4):
            self.assertEqual(self.curl(f"https://www.dropbox.com/page?{number}").status, 200)
        kept = self.gateway.wait_for_activities(before + 3)
        wanted = {row["id"] for row in kept[:3]}
        peer, stream = self.live(first["id"])
        rows = self.rows(stream)
        self.assertEqual({next(rows)["id"] for _ in range(3)}, wanted)  # in the order of recording
        # An id that it never sent: what came meanwhile is not known, and that is said.
        peer, stream = self.live("01KB2M4Q7Z8X9Y0A1B2C3D4E5F")
        self.assertEqual(next(self.rows(stream)), "lost")
