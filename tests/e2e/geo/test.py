"""Countries and autonomous systems: lists made into databases, rules that decide by them, records that show them;
a database that is replaced or spoilt under a running gateway."""

import json
import os

import kit
from kit.scenario import wait_until

GEOIP = """\
# Generated: Thu, 25 Jun 2026 04:33:59 GMT
# Vendor:    Example Project
# License:   CC BY-SA 4.0
2130706432,2130706687,NO
2130706688,2130706943,SE
3221225984,3221226239,??
nonsense
"""
GEOIP6 = "2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,DE\n"
SYSTEMS = """\
127.0.0.0,127.255.255.255,64496,"Example, ""Loop"" Net"
2001:db8::,2001:db8::ffff,64497,Example Cloud
"""
RULES = """\
- { name: not from Sweden, when: { client.ip.country: se }, then: block }
- { name: example net is watched, when: { destination.ip.asn: 64496 }, then: monitor }
"""


class Geo(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.nginx = kit.Nginx(cls, [kit.Site("plain.test")])
        cls.nginx.write("/page", "page")

    def start(self, name, **more):
        gateway = kit.Gateway(self, name, resolve={"plain.test": self.nginx.plain}, policies=RULES,
                              files={"geoip": GEOIP, "geoip6": GEOIP6, "asn.csv": SYSTEMS}, **more)
        gateway.country = gateway.state / "geo/country.mmdb"
        return gateway

    def build(self, gateway, *arguments, **more):
        return gateway.command("geo", "build", "-c", gateway.config, *arguments, **more)

    def lookup(self, gateway, *addresses):
        done = gateway.command("geo", "lookup", "-c", gateway.config, "--format", "json", *addresses)
        return json.loads(done.stdout)

    def test_lists_become_databases_that_decide_and_are_recorded(self):
        gateway = self.start("decides", start=False)
        done = self.build(gateway, "--from", gateway.directory)
        self.assertIn("from 2 ranges of IPv4 and 1 of IPv6", done.stdout)
        self.assertIn("data of    2026-06-25", done.stdout)
        self.assertIn("made by Example Project", done.stdout)
        self.assertIn("CC BY-SA 4.0; it goes with the file", done.stdout)
        self.assertIn("1 ranges that are nowhere, 1 lines not understood\n    line 7: nonsense", done.stdout)
        self.build(gateway, "--asn", gateway.directory / "asn.csv")
        rows = self.lookup(gateway, "127.0.0.1", "127.0.1.1", "2001:db8::1", "64:ff9b::7f00:1", "198.51.100.1")
        self.assertEqual([(row.get("country"), row.get("asn"), row.get("isp")) for row in rows],
                         [("NO", 64496, 'Example, "Loop" Net'), ("SE", 64496, 'Example, "Loop" Net'),
                          ("DE", 64497, "Example Cloud"), ("NO", 64496, 'Example, "Loop" Net'),
                          (None, None, None)])
        gateway.start()
        self.assertIn("networks with a place", gateway.command("check", "-c", gateway.config).stdout)
        here = kit.Curl(gateway)
        sweden = kit.Curl(gateway, "--interface", "127.0.1.1")
        self.assertEqual(here("http://plain.test/page").text, "page")
        self.assertEqual(sweden("http://plain.test/page").json()["policy"], "not from Sweden")
        blocked = self.only(gateway.wait_for_activities(1, "--verdict", "block"), client="127.0.1.1")
        client = gateway.event(blocked["id"])["client"]
        self.assertEqual((client["country"], client["asn"], client["isp"]), ("SE", 64496, 'Example, "Loop" Net'))
        passed = self.only(gateway.wait_for_activities(1, "--verdict", "monitor"), client="127.0.0.1")
        event = gateway.event(passed["id"])
        self.assertEqual(event["policy"], "example net is watched")
        self.assertEqual(event["destination"]["country"], "NO")
        self.assertEqual(gateway.metric("sallyport_geo_usable"), 2)

    def test_a_database_made_while_it_runs_is_in_force(self):
        gateway = self.start("appears")
        sweden = kit.Curl(gateway, "--interface", "127.0.1.1")
        self.assertEqual(sweden("http://plain.test/page").status, 200)
        self.build(gateway, "--from", gateway.directory / "geoip")
        wait_until(lambda: sweden("http://plain.test/page").status == 403, lambda: "the new database decides", 10)

    def test_a_database_spoilt_while_it_runs_ends_nothing(self):
        gateway = self.start("spoilt", start=False)
        self.build(gateway, "--from", gateway.directory)
        gateway.start()
        sweden = kit.Curl(gateway, "--interface", "127.0.1.1")
        self.assertEqual(sweden("http://plain.test/page").status, 403)
        # In place, as no careful program does it.
        os.truncate(gateway.country, 100)
        wait_until(lambda: "cannot be used" in gateway.log(), lambda: "a fault is told: " + gateway.log(), 10)
        self.assertEqual(sweden("http://plain.test/page").status, 403, "what was in force stays")
        self.assertEqual(gateway.metric("sallyport_parts_faulty"), 1)
        status = json.loads(gateway.command("geo", "status", "-c", gateway.config, "--format", "json").stdout)
        self.assertEqual(status[0]["state"], "no MMDB file, or one that was cut off")
        self.assertEqual(status[1]["state"], "not there")
        gateway.country.unlink()
        wait_until(lambda: sweden("http://plain.test/page").status == 200, lambda: "the country is unknown", 10)
        self.assertEqual(gateway.metric("sallyport_parts_faulty"), 0)

    def test_a_database_that_is_asked_for_and_missing_is_a_warning(self):
        gateway = self.start("missing", start=False, config={"geo": {"databases": [{"path": "none.mmdb"}]}})
        done = gateway.command("check", "-c", gateway.config)
        self.assertIn("1 warning, and can be used", done.stdout)
        self.assertIn("none.mmdb cannot be used: No such file or directory", done.stderr)
        self.assertRegex(done.stderr, r"sallyport\.yaml:\d+:\d+: warning: ")

    def test_what_is_no_list_makes_no_database(self):
        gateway = self.start("refuses", start=False)
        done = self.build(gateway, "--from", gateway.directory / "asn.csv", code=2)
        self.assertIn("no line tells where a range of addresses is", done.stderr)
        self.assertFalse(gateway.country.exists())
        self.assertIn("no-such-file", self.build(gateway, "--from", "no-such-file", code=2).stderr)
        self.build(gateway, "--from", gateway.directory, "--asn", "x", code=2)
        self.assertIn("'nowhere' is no address",
                      gateway.command("geo", "lookup", "-c", gateway.config, "nowhere", code=2).stderr)
