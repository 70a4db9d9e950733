"""Apps that are known by ranges of addresses: live by an address in the URL, opened, refused at CONNECT and bypassed; from
an imported log; judged by policies as any app; told by `apps explain`, promoted from a range; and faults of ranges with their place."""

import json

import kit

PEOPLE = "- {address: 127.0.0.1, user: ana}\n"
POLICIES = """\
- name: the old system is closed
  when: {app: old_system, method: POST}
  then: block
- name: nobody opens the till
  kind: tls
  when: {app: till}
  then: block
- name: the vault stays closed to us too
  kind: tls
  when: {app: vault}
  then: bypass
"""


def app(id, lines):
    return (f"id: {id}\nname: The {id}\nvendor: us\ncategory: cloud_storage\n{lines}\n"
            "sources: [{kind: observed, date: 2026-11-28}]\n")


class AppRanges(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site("127.0.20.7", identity=authority.issue("old.example"))],
                              addresses=("127.0.20.7", "127.0.20.200", "127.0.30.1", "127.0.40.1", "127.0.50.1", "127.0.70.1"))
        cls.nginx.write("/index.html", "the app itself")
        cls.own = cls.directory / "my-catalog"
        for id, lines in (("old_system", "ranges: [127.0.20.0/24]"), ("new_system", "ranges: [127.0.20.192/26]"),
                          ("till", "ranges: [127.0.30.0/24]"), ("vault", "ranges: [127.0.40.0/24]")):
            (cls.own / id).mkdir(parents=True)
            (cls.own / id / "app.yaml").write_text(app(id, lines))
        cls.gateway = kit.Gateway(
            cls, policies=POLICIES, roots=[authority.certificate], files={"addresses.yaml": PEOPLE},
            config={"catalog": [str(cls.source / "conf/catalog"), str(cls.own)],
                    "connect": {"ports": [443, cls.nginx.tls_port]},
                    "users": {"addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def url(self, address, path="/index.html"):
        return f"http://{address}:{self.nginx.plain_port}{path}"

    def recorded(self, path, **expected):
        row, = self.gateway.wait_for_activities(1, path=path, **expected)
        return self.gateway.event(row["id"])

    def explain(self, address, code=0):
        return self.gateway.command("apps", "explain", "-c", self.gateway.config, address, code=code)

    def test_an_address_is_of_the_app_with_the_longest_range(self):
        for address, id in (("127.0.20.7", "old_system"), ("127.0.20.200", "new_system")):
            with self.subTest(address=address):
                self.assertEqual(self.curl(self.url(address, f"/index.html?{id}")).text, "the app itself")
                event = self.gateway.event(self.gateway.wait_for_activities(1, "--app", id)[0]["id"])
                self.assertEqual((event["app"]["id"], event["app"]["known_by"], event["host"], event["host_kind"]),
                                 (id, "ip_range", address, "app"))
                self.assertIn("custom_app", event["app"]["tags"])

    def test_an_address_in_no_range_is_of_no_app(self):
        self.curl(self.url("127.0.50.1", "/nothing"))
        self.assertNotIn("app", self.recorded("/nothing"))

    def test_a_policy_by_app_holds_for_its_addresses_and_for_no_other(self):
        self.assertEqual(self.curl("-d", "a=1", self.url("127.0.20.7", "/old")).status, 403)
        self.assertNotEqual(self.curl("-d", "a=1", self.url("127.0.20.200", "/new")).status, 403)
        event = self.recorded("/old")
        self.assertEqual((event["policy"], event["app"]["id"], event["user"]),
                         ("the old system is closed", "old_system", "ana"))

    def test_a_connection_is_refused_by_its_address_alone(self):
        reply = self.curl("-k", f"https://127.0.30.1:{self.nginx.tls_port}/till", code=None)
        self.assertNotEqual(reply.status, 200)
        row = self.gateway.wait_for_activities(1, "--app", "till")[0]
        self.assertEqual((row["action"], row["policy"]), ("block", "nobody opens the till"))

    def test_a_bypassed_tunnel_is_of_the_app_by_its_address(self):
        self.assertEqual(self.curl("-k", f"https://127.0.40.1:{self.nginx.tls_port}/index.html").text, "the app itself")
        row = self.gateway.wait_for_activities(1, "--app", "vault")[0]
        event = self.gateway.event(row["id"])
        self.assertEqual((event["kind"], event["action"], event["app"]["known_by"]), ("tunnel", "bypass", "ip_range"))

    def test_a_log_that_tells_addresses_only_is_counted_by_the_same_ranges(self):
        log = self.gateway.directory / "squid.log"
        log.write_text("".join(
            f"1764265743.123     85 192.0.2.1 TCP_TUNNEL/200 1000 CONNECT {server}:443 ana HIER_DIRECT/{server} -\n"
            for server in ("127.0.20.8", "127.0.20.201", "[::ffff:127.0.20.9]", "127.0.60.1")))
        done = self.gateway.command("discover", "import", "-c", self.gateway.config, "--dry-run", "--format", "squid",
                                    "--output", "json", log)
        apps = {row.get("app"): row["transactions"] for row in json.loads(done.stdout)["apps"]}
        self.assertEqual((apps["old_system"], apps["new_system"]), (2, 1))
        self.assertEqual(json.loads(done.stdout)["without_host"], 1)

    def test_explain_tells_whose_an_address_is(self):
        self.assertIn("127.0.20.201 lies in 127.0.20.192/26 of the app 'new_system'", self.explain("127.0.20.201").stdout)
        self.assertIn("127.0.20.7 lies in 127.0.20.0/24 of the app 'old_system'",
                      self.explain("::ffff:127.0.20.7").stdout)
        self.assertIn("no app's range holds 127.0.60.1", self.explain("127.0.60.1", code=1).stderr)
        self.assertEqual(self.gateway.api("apps/till")[1]["ranges"], ["127.0.30.0/24"])

    def test_the_check_names_ranges_in_ranges(self):
        said = self.gateway.command("catalog", "check", "-c", self.gateway.config, code=1).stdout
        self.assertIn("'127.0.20.192/26' of 'new_system' lies in '127.0.20.0/24' of 'old_system'", said)

    def test_a_faulty_range_is_told_with_its_place_and_what_was_meant(self):
        own = self.directory / "faulty"
        (own / "bad").mkdir(parents=True)
        (own / "bad" / "app.yaml").write_text(app("bad", "ranges: [10.0.0.1/24]"))
        config = json.loads(self.gateway.config.read_text())
        config["catalog"] = [str(self.source / "conf/catalog"), str(own)]
        file = self.gateway.directory / "faulty.yaml"
        file.write_text(json.dumps(config))
        said = self.gateway.command("check", "-c", file, code=1).stderr
        self.assertIn("app.yaml:5:10: error: '10.0.0.1/24' has bits behind its first 24", said)
        self.assertIn("did you mean '10.0.0.0/24'?", said)

    def test_a_range_is_promoted_and_in_force_at_once(self):
        self.gateway.command("discover", "promote", "-c", self.gateway.config, "127.0.70.0/24", "--name", "Fifty",
                             "--category", "crm")
        self.curl(self.url("127.0.70.1", "/promoted"))
        self.assertEqual(self.recorded("/promoted")["app"]["id"], "fifty")
