"""What an operator does with policy files: list, show, new, except for a real event, diff, fmt; and their schemas."""

import json
import re
import shutil

import jsonschema
import kit
import yaml

POLICIES = """\
# Ours.

- name: No uploads to plain.test   # decided in March
  then: block
  owner: secops
  severity: high
  when: {host: plain.test, activity: upload}
  say: >-
    Not there.
- name: Old news
  when: {host: old.test}
  then: block
  expires: 2020-01-01
"""


class Yaml12(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates are texts, `no` is no boolean."""


Yaml12.yaml_implicit_resolvers = {}
for tag, expression, first in (("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
                               ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
                               ("float", r"^[-+]?[0-9]*\.[0-9]+$", "-+.0123456789"),
                               ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0")):
    Yaml12.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(expression), list(first))


class PolicyTools(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.nginx = kit.Nginx(cls, [kit.Site("plain.test")])
        cls.gateway = kit.Gateway(cls, resolve={"plain.test": cls.nginx.plain}, policies=POLICIES)
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.file = cls.gateway.directory / "policies/policies.yaml"

    def setUp(self):
        self.file.write_text(POLICIES)

    def policy(self, *arguments, code=0):
        words = list(arguments)
        return self.gateway.command("policy", words[0], "-c", self.gateway.config, *words[1:], code=code)

    def upload(self, *arguments):
        return self.curl(*arguments, "-F", "file=@" + str(self.gateway.config), "http://plain.test/upload")

    def blocked_upload(self):
        """The event of an upload that policy stopped, once it is kept. The file may just have been changed back."""
        replies = []

        def blocked():
            replies.append(self.upload())
            return replies[-1].status == 403

        kit.wait_until(blocked, lambda: f"a blocked upload: {replies[-1]}")
        event = replies[-1].json()["event_id"]
        self.wait_for(event)
        return event

    def test_list_chooses_and_show_tells_where_each_line_comes_from(self):
        rows = json.loads(self.policy("list", "--format", "json").stdout)
        self.assertEqual([row["id"] for row in rows], ["no-uploads-to-plain-test", "old-news"])
        self.assertEqual(rows[0]["owner"], "secops")
        for choice, ids in ((["--out-of-force"], ["old-news"]), (["--owner", "secops"], ["no-uploads-to-plain-test"]),
                            (["--kind", "tls"], []), (["--severity", "high"], ["no-uploads-to-plain-test"])):
            rows = json.loads(self.policy("list", "--format", "json", *choice).stdout)
            self.assertEqual([row["id"] for row in rows], ids, choice)
        shown = self.policy("show", "old-news").stdout
        self.assertRegex(shown, r"expires: 2020-01-01 +# .*policies\.yaml:13\n")
        self.assertIn("did you mean 'old-news'?", self.policy("show", "old-nws", code=1).stderr)

    def test_except_for_a_real_event_changes_one_policy_and_no_other_byte(self):
        event = self.blocked_upload()
        proposed = self.policy("except", "--event", event, "--by", "client.ip,host", "--reason", "a test")
        self.assertEqual(self.file.read_text(), POLICIES, "without --write")
        line = "    - { client.ip: 127.0.0.1, host: =plain.test, reason: a test }\n"
        self.assertIn("+  except:\n+" + line, proposed.stdout)

        self.policy("except", "--event", event, "--by", "client.ip,host", "--reason", "a test", "--write")
        where = "  when: {host: plain.test, activity: upload}\n"
        self.assertEqual(self.file.read_text(), POLICIES.replace(where, where + "  except:\n" + line))
        # It is no violation any more, so there is nothing to except.
        again = self.policy("except", "--event", event, code=1)
        self.assertIn("does not hold for this event", again.stderr)
        kit.wait_until(lambda: self.upload().status != 403, lambda: "the exception is in force")
        self.assertEqual(self.upload("--interface", "127.0.0.2").status, 403, "the neighbour")

    def wait_for(self, event):
        kit.wait_until(lambda: self.gateway.command("activities", "-c", self.gateway.config, "--id", event,
                                                    code=None).returncode == 0, lambda: f"event {event}")

    def test_except_that_would_let_everybody_pass_is_refused(self):
        event = self.blocked_upload()
        for by, why in (("host", "switch it off"), ("user", "nobody is known"), ("client.ip=0.0.0.0/0", "others pass too")):
            done = self.policy("except", "--event", event, "--by", by, "--write", code=1)
            self.assertIn(why, done.stderr)
        self.policy("except", "--event", event, "--by", "client.ip", "--expires", "soon", "--write", code=2)
        self.assertEqual(self.file.read_text(), POLICIES)

    def test_new_is_compiled_before_it_is_written(self):
        rows = json.loads(self.policy("new", "--list", "--format", "json").stdout)
        self.assertIn("logon-from-a-risky-ip-address", [row["template"] for row in rows])
        word = ["new", "--template", "logon-from-a-risky-ip-address", "--name", "Logon from Tor", "--write", self.file]
        wrong = self.policy(*word, "--set", "when.client.ip.categry=risky", code=2)
        self.assertIn("did you mean 'client.ip.category'?", wrong.stderr)
        self.assertEqual(self.file.read_text(), POLICIES)
        self.policy(*word, "--set", "when.client.ip.tag=tor")
        self.assertEqual(self.file.read_text(), POLICIES + "\n- name: Logon from Tor\n"
                         "  extends: template/logon-from-a-risky-ip-address\n  when:\n    client.ip.tag: tor\n")
        self.assertIn("is named 'Logon from Tor'", self.policy(*word, code=2).stderr)
        self.assertIn("no gateway would read", self.policy("new", "--template", "logon-from-a-risky-ip-address",
                                                           "--write", "elsewhere.yaml", code=2).stderr)

    def in_force(self):
        """Waits until the gateway judges by what the files say, and keeps that."""
        same = lambda: self.policy("diff", code=None)
        kit.wait_until(lambda: same().stdout.endswith("\nno policy differs\n"), lambda: same().stdout)

    def test_diff_tells_what_a_reload_would_change_and_what_one_changed(self):
        self.in_force()
        before = self.blocked_upload()
        snapshot = self.gateway.event(before)["snapshot"]
        self.file.write_text(POLICIES.replace("  say: >-\n    Not there.\n", "").replace("severity: high", "severity: low"))
        kit.wait_until(lambda: "detail" not in self.upload().json() or self.upload().json()["detail"] != "Not there.",
                       lambda: "the change is in force")
        self.in_force()
        changes = ("~ no-uploads-to-plain-test: No uploads to plain.test  ({}:3)\n"
                   "    - severity: high\n    + severity: low\n    - say: Not there.\n").format(self.file)
        self.assertRegex(self.policy("diff", "--archive", snapshot[:12], code=1).stdout,
                         rf"\Afrom snapshot {snapshot} \(from 20[^)]+Z\) to [^\n]+\n{re.escape(changes)}\Z")
        keys = json.loads(self.policy("diff", "--archive", snapshot, "--format", "json", code=1).stdout)
        self.assertEqual([one["key"] for one in keys["changed"][0]["keys"]], ["severity", "say"])
        # The other way round: from what is in force now to how it was.
        other = self.gateway.directory / "earlier"
        other.mkdir()
        (other / "policies.yaml").write_text(POLICIES)
        self.assertIn("    + say: Not there.\n", self.policy("diff", other, code=1).stdout)
        self.assertTrue(self.policy("diff", "--archive", snapshot, other).stdout.endswith("\nno policy differs\n"))
        # A gateway that would rehearse everything.
        text = self.gateway.config.read_text()
        config = self.gateway.directory / "rehearsing.yaml"
        config.write_text(json.dumps({**yaml.safe_load(text), "policy_mode": "rehearse"}))
        self.assertIn("~ all policies\n    - policy_mode: enforce\n    + policy_mode: rehearse\n",
                      self.gateway.command("policy", "diff", "-c", config, code=1).stdout)

        unknown = self.policy("diff", "--archive", "beef" * 4, code=2).stderr
        self.assertIn("no policies of a snapshot 'beefbeefbeefbeef' are kept; the newest are:\n  ", unknown)
        self.assertIn(snapshot, unknown)
        self.assertIn("name one folder, or none", self.policy("diff", other, other, "--archive", snapshot, code=2).stderr)

    def test_diff_without_a_gateway_compares_with_the_files(self):
        other = self.gateway.directory / "without"
        other.mkdir()
        (other / "a.yaml").write_text("- { name: a, then: allow }\n")
        state = self.gateway.directory / "nowhere"
        found = self.policy("diff", "--state", state, other, code=1).stdout
        self.assertTrue(found.startswith(f"from {self.file.parent} to {other}\n- no-uploads"), found)
        self.assertIn("nothing is in force", self.policy("diff", "--state", state, code=2).stderr)

    def test_diff_tells_keys_and_order(self):
        self.in_force()
        other = self.gateway.directory / "proposed"
        shutil.rmtree(other, ignore_errors=True)
        other.mkdir()
        first, second = POLICIES.split("- name: Old news")
        (other / "a.yaml").write_text("- name: Old news" + second.replace("block", "allow") + first[7:])
        found = json.loads(self.policy("diff", other, "--format", "json", code=1).stdout)
        self.assertEqual(found["gateway"], [])
        self.assertEqual([one["id"] for one in found["changed"]], ["old-news"])
        self.assertEqual([(one["from"], one["to"], len(one["means"])) for one in found["moved"]], [(2, 1, 1)])
        self.assertEqual(self.policy("diff", other, other).stdout, "no policy differs\n")

    def test_fmt_lays_out_once_and_for_all(self):
        tests = self.file.with_name("policies.test.yaml")
        tests.write_text("- expect: block\n  policy: no-uploads-to-plain-test\n  case: a\n"
                         "  given: {activity: upload,  host: plain.test}\n")
        self.addCleanup(tests.unlink)
        # Of what we ship, which the configuration names too, nothing would change.
        self.assertEqual(self.policy("fmt", "--check", code=1).stdout, f"{self.file}\n{tests}\n")
        self.policy("fmt", tests)
        self.assertEqual(tests.read_text(), "- case: a\n  given: { activity: upload, host: plain.test }\n"
                         "  expect: block\n  policy: no-uploads-to-plain-test\n")
        before = self.policy("list", "--format", "json").stdout
        self.policy("fmt", self.file)
        self.assertEqual(self.file.read_text().splitlines()[2:6], [
            "- name: No uploads to plain.test  # decided in March", "  owner: secops", "  severity: high", "  when:"])
        self.assertEqual(self.policy("fmt", "--check", self.file).stdout, "")
        places = lambda text: [{**row, "place": ""} for row in json.loads(text)]
        self.assertEqual(places(self.policy("list", "--format", "json").stdout), places(before))
        self.file.write_text("- name: x\n  thn: block\n")
        self.assertIn("did you mean 'then'?", self.policy("fmt", self.file, code=2).stderr)
        self.assertEqual(self.file.read_text(), "- name: x\n  thn: block\n")


class Schemas(kit.Scenario):
    """As an editor would use them."""

    @classmethod
    def prepare(cls):
        cls.gateway = kit.Gateway(cls, start=False)
        cls.folder = cls.gateway.directory / "schemas"
        cls.folder.mkdir()
        cls.gateway.command("schema", "--write", cls.folder)

    def validator(self, name):
        schema = json.loads((self.folder / f"{name}.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    def test_what_we_ship_is_valid(self):
        for name, files in (("policy", "policies/*.yaml"), ("template", "templates/*.yaml"),
                            ("case", "policies/*.test.yaml"), ("case", "templates/*.test.yaml"),
                            ("policy", "policies/cookbook/*.yaml"), ("case", "policies/cookbook/*.test.yaml"),
                            ("config", "sallyport.yaml"),
                            ("app", "catalog/*/app.yaml"), ("app_tags", "tags/apps.yaml"),
                            ("address_tags", "tags/ip_ranges.yaml"), ("noise", "tags/noise.yaml"),
                            ("users", "users/users.yaml"), ("user_addresses", "users/addresses.yaml"),
                            ("pac", "pac/pac.yaml"), ("clients", "agents/clients.yaml"),
                            ("releases", "agents/releases.yaml")):
            validator = self.validator(name)
            found = sorted((self.source / "conf").glob(files))
            self.assertTrue(found, files)
            for file in found:
                if file.name.endswith(".test.yaml") != (name == "case"):
                    continue
                faults = [f"{list(one.absolute_path)}: {one.message}"
                          for one in validator.iter_errors(yaml.load(file.read_text(), Yaml12))]
                self.assertEqual(faults, [], file)

    GOOD = """
        - {name: a, then: block}
        - {name: b, extends: template/x, severity: high, when: {app: list/mine, port: [443, "> 8000"]}}
        - {name: c, kind: activity, when: {activity.admin: true, user: is set}, alerts_per_day: 5,
           repeat: {min: 10, window: 5m, same_app: true}}
        - {name: d, kind: app_discovery, per_day: {traffic: "> 50 MB"}, tag_app: unsanctioned}
        - {name: e, kind: tls, when: {certificate.fault: [expired]}, then: bypass}
        - {name: f, add_headers: {X-A: b}, when: {any: [{app: unknown}, {not: {app.tag: sanctioned}}]}}
        - {name: g, kind: access, when: {client.ip: 10.0.0.0/8, time.of_day: 08:00..18:00, time.weekday: mon..fri,
           client.ip.country: [at, DE]}, except: [{user: ana, reason: why, expires: 2027-01-31}], then: block,
           expires: 2027-01-31, redirect: https://example.com/}
        """
    BAD = """
        - {name: a, thn: block}
        - {then: block}
        - {name: a, then: blok}
        - {name: a}
        - {name: a, then: block, severity: hihg}
        - {name: a, then: block, when: {app.categry: webmail}}
        - {name: a, then: block, when: {app.category: webmial}}
        - {name: a, then: block, when: {port: many}}
        - {name: a, then: block, when: {time.of_day: 8}}
        - {name: a, then: block, when: {}}
        - {name: a, then: block, when: {app: {category: webmail}}}
        - {name: a, then: block, when: {any: {app: x}}}
        - {name: a, then: bypass}
        - {name: a, kind: tls, then: allow}
        - {name: a, kind: tls, then: block, when: {path: /x}}
        - {name: a, kind: access, then: block, when: {activity: upload}}
        - {name: a, kind: activity, then: block, alerts_per_day: 1}
        - {name: a, kind: activity}
        - {name: a, kind: activity, alerts_per_day: 1, repeat: {min: 1, window: 5m}}
        - {name: a, kind: app_discovery, tag_app: x, when: {user: ana}}
        - {name: a, then: block, repeat: {min: 10, window: 5m}}
        - {name: a, then: block, except: [{}]}
        - {name: a, then: block, expires: tomorrow}
        - {name: a, then: block, extends: x}
        - {name: a, then: block, id: No Id}
        """

    def test_good_policies_are_valid_and_each_bad_one_is_not(self):
        validator = self.validator("policy")
        self.assertEqual([one.message for one in validator.iter_errors(yaml.load(self.GOOD, Yaml12))], [])
        folder = self.gateway.directory / "tried"
        folder.mkdir()
        for policy in yaml.load(self.BAD, Yaml12):
            with self.subTest(policy=policy):
                self.assertFalse(validator.is_valid([policy]))
                # The compiler refuses it as well, so the schema is not the stricter one.
                (folder / "one.yaml").write_text(json.dumps([policy]))
                self.gateway.command("policy", "diff", "-c", self.gateway.config, folder, code=2)

    GOOD_CASES = """
        - {defaults: {user: [ana, a@example.com], client.ip: 10.1.2.3, app.tag: []}}
        - {case: a}
        - {case: b, given: {activity: login, activity.admin: true, client.ip.country: at, status: 404, file.size: 30 MB,
           path: /x, time.of_day: "14:30", time.weekday: mon, time.date: 2026-11-26, app: unknown, query: is not set},
           at: request, expect: wait}
        - {case: c, expect: block, policy: p, because: host, say: Not here., redirect: is not set, rehearsed: [p, q],
           but: [{activity: view, expect: block, policy: none}, {repeat: {times: 3, within: 5m}}, {app.tag: [x, y]}]}
        - {case: d, day: {uploaded: 60 MB, users: 51}, reports: r, tag_app: monitored, without: [s]}
        - {case: e, policy_mode: rehearse, edits: t, headers: {X-Tenant: example, Cookie: is not set}}
        """
    BAD_CASES = """
        - {given: {host: a.example}}
        - {case: [a]}
        - {case: a, givn: {host: a.example}}
        - {case: a, given: {hst: a.example}}
        - {case: a, given: {expect: block}}
        - {case: a, given: {activity: logn}}
        - {case: a, given: {client.ip: 10.0.0.0/8}}
        - {case: a, given: {host: list/mine}}
        - {case: a, given: {user: "~ ^a"}}
        - {case: a, given: {user: is set}}
        - {case: a, given: {status: "> 400"}}
        - {case: a, given: {status: 99}}
        - {case: a, given: {status: [200, 404]}}
        - {case: a, given: {host: []}}
        - {case: a, given: {path: x}}
        - {case: a, given: {file.size: many}}
        - {case: a, given: {time.of_day: 08:00..18:00}}
        - {case: a, given: {time.date: is not set}}
        - {case: a, at: upload}
        - {case: a, expect: blok}
        - {case: a, policy_mode: off}
        - {case: a, repeat: {times: 0}}
        - {case: a, repeat: {within: soon}}
        - {case: a, day: {visits: 3}}
        - {case: a, headers: {}}
        - {case: a, headers: [X-A]}
        - {case: a, but: [{}]}
        - {case: a, but: [{given: {host: a.example}}]}
        - {defaults: {hst: a.example}}
        """

    def test_good_cases_are_valid_and_each_bad_one_is_not(self):
        validator = self.validator("case")
        self.assertEqual([one.message for one in validator.iter_errors(yaml.load(self.GOOD_CASES, Yaml12))], [])
        folder = self.gateway.directory / "cases"
        folder.mkdir()
        (folder / "one.yaml").write_text("[]")
        for case in yaml.load(self.BAD_CASES, Yaml12):
            with self.subTest(case=case):
                self.assertFalse(validator.is_valid([case]))
                # The reader refuses it as well.
                (folder / "one.test.yaml").write_text(json.dumps([case]))
                self.gateway.command("policy", "test", "-c", self.gateway.config, folder, code=2)

    def test_the_reference_page_is_the_one_that_we_ship(self):
        self.assertEqual(self.gateway.command("schema", "--reference").stdout,
                         (self.source / "conf/policies/reference.md").read_text())
        self.assertTrue(json.loads(self.gateway.command("schema", "template").stdout)["$defs"])
