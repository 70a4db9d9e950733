"""What an operator types: check, ca, activities, bypass suggestions, help - what they say and how they end."""

import csv
import io
import json
import signal
import subprocess

import kit
from kit import process

BROKEN = """\
- name: no uploads
  when:
    activty: upload
    app.category: cloud_storrage
  then: blok
- name: no uploads
  when: {client.ip: 10.0.0.1/8}
  then: block
"""

CARELESS = """\
- name: a name that nobody has
  when: {app: dropbax}
  then: block
- name: no uploads
  when: {activity: [upload, share]}
  then: block
- name: and ana may not
  when: {activity: upload, user: ana}
  then: monitor
"""


class Check(kit.Scenario):
    """Without a running gateway."""

    @classmethod
    def prepare(cls):
        cls.good = kit.Gateway(cls, "good", start=False)
        cls.broken = kit.Gateway(cls, "broken", policies=BROKEN, start=False)
        cls.careless = kit.Gateway(cls, "careless", policies=CARELESS, start=False)

    def test_check_of_what_we_ship_is_content(self):
        done = self.good.command("check", "-c", self.source / "conf/sallyport.yaml")
        self.assertRegex(done.stdout, r"all is well: \d+ policies.*; \d+ apps; \d+ addresses in feeds; \d+ users")
        self.assertEqual(done.stderr, "")

    def test_check_without_uap_core_warns_of_what_stays_unknown(self):
        file = self.good.directory / "agents.yaml"
        file.write_text("agents: {patterns: gone.yaml}\n")
        done = self.good.command("check", "-c", file)
        self.assertIn("gone.yaml", done.stderr)
        self.assertIn("install Debian's package uap-core", done.stderr)
        self.assertIn("no patterns for User-Agents", done.stdout)

    def test_check_names_every_fault_with_its_place_and_what_was_meant(self):
        done = self.broken.command("check", "-c", self.broken.config, code=1)
        file = self.broken.directory / "policies/policies.yaml"
        for place, words in ((f"{file}:3:5: error: ", "did you mean 'activity'?"),
                             (f"{file}:4:19: error: ", "did you mean 'cloud_storage'?"),
                             (f"{file}:5:9: error: ", "did you mean 'block'?"),
                             (f"{file}:6:9: error: ", "no uploads"),
                             (f"{file}:7:21: error: ", "did you mean '10.0.0.0/8'")):
            self.assertIn(place, done.stderr)
            self.assertIn(words, done.stderr)
        self.assertIn("    activty: upload\n    ^~~~~~~", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_check_warns_of_what_is_hardly_meant(self):
        done = self.careless.command("check", "-c", self.careless.config)
        file = self.careless.directory / "policies/policies.yaml"
        self.assertEqual(done.stderr, f"""\
sallyport: what was found:
{file}:2:15: warning: the catalog has no app 'dropbax'
  when: {{app: dropbax}}
              ^~~~~~~ did you mean 'dropbox'?
{file}:7:9: warning: this policy can never be reached
- name: and ana may not
        ^~~~~~~~~~~~~~~ 'no uploads' at {file}:4:9 decides first wherever this one would
""")
        self.assertRegex(done.stdout, r": 2 warnings, and can be used: 3 policies; \d+ apps;")
        strict = self.careless.command("check", "-c", self.careless.config, "--strict", code=1)
        self.assertEqual(strict.stderr, done.stderr)
        self.good.command("check", "-c", self.source / "conf/sallyport.yaml", "--strict")

    def test_check_reads_the_texts_of_the_portal(self):
        pages = self.directory / "pages"
        pages.mkdir()
        (pages / "de.yaml").write_text('coach.headin: "Hallo"\nblock.lead: "{orgnisation} sagt nein."\n')
        settings = json.loads(self.good.config.read_text())
        settings["portal"] = {"pages": str(pages)}
        file = self.directory / "pages.yaml"
        file.write_text(json.dumps(settings))
        told = self.good.command("check", "-c", file, code=1).stderr
        self.assertRegex(told, r"de\.yaml:1:1: error: unknown text 'coach\.headin'")
        self.assertIn("did you mean 'coach.heading'?", told)
        self.assertRegex(told, r"de\.yaml:2:\d+: error: nothing is called \{orgnisation\} here")
        settings["portal"] = {"pages": str(self.directory / "nowhere")}
        file.write_text(json.dumps(settings, indent=1))
        self.assertRegex(self.good.command("check", "-c", file, code=1).stderr,
                         r"pages\.yaml:\d+:\d+: error: there is no folder ")

    def test_check_speaks_json(self):
        done = self.broken.command("check", "-c", self.broken.config, "--format", "json", code=1)
        said = json.loads(done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual((said["usable"], said["errors"], said["warnings"]), (False, 6, 0))
        self.assertEqual(said["summary"], "6 errors")
        self.assertEqual(said["diagnostics"][0], {
            "file": str(self.broken.directory / "policies/policies.yaml"), "line": 1, "column": 9, "length": 10,
            "severity": "error", "message": "more than one policy is named 'no uploads'",
            "hint": f"the other is at {self.broken.directory / 'policies/policies.yaml'}:6:9"})
        said = json.loads(self.careless.command("check", "-c", self.careless.config, "--format", "json").stdout)
        self.assertEqual((said["usable"], said["errors"], said["warnings"]), (True, 0, 2))
        self.careless.command("check", "-c", self.careless.config, "--format", "json", "--strict", code=1)

    def test_run_with_broken_policies_does_not_start(self):
        done = self.broken.command("run", "-c", self.broken.config, code=2)
        self.assertIn("not started", done.stderr)
        self.assertIn("policies.yaml:3:5: error: ", done.stderr)
        self.assertFalse(self.broken.state.exists(), "nothing was made")

    def test_a_broken_configuration_is_told_with_its_place(self):
        file = self.good.directory / "broken.yaml"
        file.write_text("gatway: {name: x}\nlisteners:\n  - address: 127.0.0.1\nworkers: many\n")
        for command, code in (("check", 1), ("run", 2), ("activities", 2)):
            with self.subTest(command=command):
                done = self.good.command(command, "-c", file, code=code)
                self.assertIn(f"{file}:1:1: error: ", done.stderr)
                self.assertIn("did you mean 'gateway'?", done.stderr)
                self.assertIn(f"{file}:3:14: error: ", done.stderr)
                self.assertIn(f"{file}:4:10: error: ", done.stderr)

    def test_wrong_command_lines_end_with_2(self):
        for arguments in ([], ["nonsense"], ["run", "--nonsense"], ["ca"], ["ca", "nonsense"], ["tls"], ["bypass"],
                          ["ca", "export", "--format", "jks"], ["activities", "--format", "xml"],
                          ["activities", "-n", "0"], ["check", "surplus"]):
            with self.subTest(arguments=arguments):
                done = self.good.command(*arguments, code=2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")

    def test_every_help_shows_examples(self):
        commands = ["run", "check", "ca", "ca init", "ca show", "ca export", "ca rotate", "activities", "tls",
                    "tls verify", "tls check", "bypass", "bypass suggestions", "geo", "geo build", "geo lookup",
                    "geo status", "users", "files", "consents", "grants", "grants revoke", "access-requests",
                    "access-requests grant", "access-requests refuse", "factors", "factors forget", "ask", "questions",
                    "questions withdraw", "suspend", "unsuspend", "suspensions"]
        for command in commands:
            with self.subTest(command=command):
                done = self.good.command(*command.split(), "--help")
                self.assertIn("Examples:\n", done.stdout)
                self.assertIn(f"\n  sallyport {command}", done.stdout.split("Examples:")[1])
                self.assertIn("Exit codes: 0 all is well", done.stdout)
                self.assertEqual(done.stderr, "")
        done = self.good.command("--help")
        for command in ("run", "check", "ca", "activities", "tls", "bypass"):
            self.assertRegex(done.stdout, rf"\n  {command} +\w")
        self.assertRegex(self.good.command("--version").stdout, r"^sallyport \d+\.\d+\.\d+\n$")

    def test_a_taken_port_is_told(self):
        with kit.nginx.socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            other = kit.Gateway(self, f"taken-{port}", start=False,
                                config={"listeners": [{"address": f"127.0.0.1:{port}"}]})
            done = other.command("run", "-c", other.config, code=3)
            self.assertIn(str(port), done.stderr)
            self.assertIn("in use", done.stderr)


class Authority(kit.Scenario):
    """The ca commands, before, with and after a running gateway."""

    def test_init_show_export_rotate(self):
        gateway = kit.Gateway(self, "life", start=False)
        ask = lambda *arguments, code=0: gateway.command("ca", *arguments, "-c", gateway.config, code=code)
        self.assertIn("sallyport ca init", ask("show", code=3).stderr)
        made = ask("init").stdout
        self.assertRegex(made, r"(?m)^SHA-256 +[0-9a-f]{64}$")
        self.assertNotEqual(ask("init", code=3).stderr, "")  # There is one.
        self.assertEqual(ask("show").stdout, made)
        first = made.split("SHA-256")[1].split()[0]

        pem = ask("export").stdout
        self.assertTrue(pem.startswith("-----BEGIN CERTIFICATE-----\n"))
        self.assertNotIn("PRIVATE", pem)
        file = gateway.directory / "ca.der"
        self.assertEqual(ask("export", "--format", "der", "-o", file).stdout, "")
        shown = subprocess.run([process.tool("openssl"), "x509", "-inform", "der", "-in", file, "-noout",
                                "-fingerprint", "-sha256"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(shown.strip().split("=")[1].replace(":", "").lower(), first)
        self.assertEqual(kit.fingerprint(file.read_bytes()), first)
        self.assertIn("cannot write", ask("export", "-o", gateway.directory / "no/where.pem", code=3).stderr)

        keys = [one for one in (gateway.state / "ca").iterdir() if "PRIVATE" in one.read_text(errors="replace")]
        self.assertEqual(len(keys), 1)
        self.assertEqual(keys[0].stat().st_mode & 0o077, 0, "the key is its owner's alone")

        gateway.start()
        self.assertEqual(ask("show").stdout, made)
        self.assertIn("another gateway runs", ask("rotate", code=3).stderr)
        gateway.stop()
        second = ask("rotate").stdout.split("SHA-256")[1].split()[0]
        self.assertNotEqual(second, first)
        kept = [one for one in (gateway.state / "ca").rglob("*") if one.is_file()]
        self.assertGreaterEqual(len(kept), 4, f"the present and the former authority: {kept}")
        gateway.start()
        self.assertIn(second, ask("show").stdout)
        peer = kit.wire.connect_to(gateway.addresses[0])
        with peer:
            peer.send(f"GET /ca.pem HTTP/1.1\r\nHost: {gateway.addresses[0]}\r\n\r\n")
            self.assertEqual(peer.read_body(peer.read_head()).decode(), ask("export").stdout)


class Activities(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        names = ("files.box.com", "mega.nz", "pinned.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*names, identity=authority.issue(*names))])
        cls.nginx.write("/a.txt", "a" * 3000)
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate],
            resolve={name: cls.nginx.tls for name in names},
            files={"addresses.yaml": "- {address: 127.0.0.1, user: ana}\n- {address: 127.0.0.9, user: ben}\n"},
            config={"users": {"addresses": "addresses.yaml"}})
        curl = kit.Curl(cls.gateway)
        curl("https://files.box.com/a.txt?n=1")
        curl("-T", "-", "https://files.box.com/upload/report.pdf", stdin=b"%PDF-1.7")
        curl("--interface", "127.0.0.9", "-H", "Accept: text/html", "https://mega.nz/")
        curl("https://pinned.test/a.txt", ca=authority.certificate, code=60)
        curl("https://pinned.test/a.txt", ca=authority.certificate, code=60)
        curl("--interface", "127.0.0.9", "https://pinned.test/a.txt", ca=authority.certificate, code=60)
        cls.curl = staticmethod(curl)
        cls.gateway.wait_for_activities(6)

    def hosts(self, *arguments):
        return [row["host"] for row in self.gateway.activities(*arguments)]

    def test_filters_select_what_they_say(self):
        box, mega, pinned = "files.box.com", "mega.nz", "pinned.test"
        for arguments, expected in (
                (["--user", "ben"], {mega, pinned}),
                (["--user", "ben", "--app", "mega"], {mega}),
                (["--ip", "127.0.0.9"], {mega, pinned}),
                (["--ip", "127.0.0.0/29", "--app", "box"], {box}),
                (["--action", "upload"], {box}),
                (["--action", "view"], {mega}),
                (["--host", box], {box}),
                (["--host", "*.box.com"], {box}),
                (["--verdict", "block"], {mega}),
                (["--verdict", "client_closed"], {pinned}),
                (["--verdict", "allow", "--user", "ana", "--action", "upload"], {box}),
                (["--policy", "Unsanctioned apps are refused"], {mega}),
                (["--since", "1h"], {box, mega, pinned}),
                (["--since", "2020-01-01T00:00:00Z", "--until", "2020-01-02T00:00:00Z"], set()),
                (["--until", "1h"], set())):
            with self.subTest(arguments=arguments):
                self.assertEqual(set(self.hosts(*arguments)), expected)

    def test_order_and_limit(self):
        newest = [row["id"] for row in self.gateway.activities()]
        oldest = [row["id"] for row in self.gateway.activities("--oldest-first")]
        self.assertEqual(newest, oldest[::-1])
        self.assertEqual([row["id"] for row in self.gateway.activities("-n", "2")], newest[:2])

    def test_wrong_filters_are_told(self):
        for arguments, words in ((["--ip", "localhost"], "no address"), (["--action", "steal"], "is none of"),
                                 (["--verdict", "maybe"], "is none of"), (["--since", "yesterday"], "no time"),
                                 (["--until", "-5m"], "no time"), (["--id", "x"], "no event id")):
            with self.subTest(arguments=arguments):
                done = self.gateway.command("activities", "-c", self.gateway.config, *arguments, code=2)
                self.assertIn(words, done.stderr)

    def test_an_event_by_its_id(self):
        row = self.gateway.activities("--action", "upload")[0]
        event = self.gateway.event(row["id"])
        self.assertEqual((event["id"], event["user"], event["path"], event["bytes_in"]),
                         (row["id"], "ana", "/upload/report.pdf", 8))
        done = self.gateway.command("activities", "-c", self.gateway.config, "--id", "0" * 26, code=1)
        self.assertIn("there is no event", done.stderr)

    def test_csv_is_safe_in_a_spreadsheet(self):
        self.curl("-X", "+1", "https://files.box.com/counted")  # '+' may stand in a method.
        self.gateway.wait_for_activities(1, path="/counted", method="+1")
        done = self.gateway.command("activities", "-c", self.gateway.config, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual(self.only(rows, path="/counted")["method"], "'+1")
        for row in rows:
            for cell in row.values():
                self.assertNotRegex(cell, r"^[=+@\t\r-]")

    def test_state_can_be_named_instead_of_the_configuration(self):
        done = self.gateway.command("activities", "--state", self.gateway.state, "--format", "json")
        self.assertGreaterEqual(len(json.loads(done.stdout)), 6)
        done = self.gateway.command("activities", "--state", self.directory / "none", code=3)
        self.assertIn("none", done.stderr)

    def test_follow_shows_what_comes_and_only_that(self):
        out = self.directory / "followed.txt"
        with out.open("wb") as file:
            follower = process.start(
                self, [self.binary, "activities", "-c", self.gateway.config, "--follow", "--app", "box"],
                stdout=file, stderr=subprocess.STDOUT)
        # It begins with what is newest when it starts, which nothing tells; so new ones come until it shows one.
        def followed():
            self.curl("https://files.box.com/a.txt?follow")
            return b"/a.txt" in out.read_bytes()
        kit.wait_until(followed, "a new activity is shown")
        self.curl("https://mega.nz/followed")
        self.curl("-T", "-", "https://files.box.com/upload/followed.pdf", stdin=b"x")
        kit.wait_until(lambda: b"followed.pdf" in out.read_bytes(), "another is shown")
        follower.send_signal(signal.SIGINT)
        self.assertIn(follower.wait(10), (0, -signal.SIGINT, 130))
        text = out.read_text()
        self.assertEqual(text.count("APP NAME"), 1, text)
        self.assertNotIn("report.pdf", text)  # That was before.
        self.assertNotIn("mega.nz", text)     # That is another app.


class BypassSuggestions(kit.Scenario):
    def test_clients_that_refuse_our_certificate_are_told_of(self):
        authority = kit.Authority(self)
        nginx = kit.Nginx(self, [kit.Site("pinned.test", identity=authority.issue("pinned.test"))])
        gateway = kit.Gateway(self, roots=[authority.certificate], resolve={"pinned.test": nginx.tls})
        curl = kit.Curl(gateway)
        ask = lambda *arguments: gateway.command("bypass", "suggestions", "-c", gateway.config, *arguments).stdout
        self.assertIn("No host", ask())
        for number in range(3):
            curl("https://pinned.test/", ca=authority.certificate, code=60)
        curl("--interface", "127.0.0.9", "https://pinned.test/", ca=authority.certificate, code=60)
        rows = gateway.wait_for_activities(4, "--host", "pinned.test", "--verdict", "client_closed")
        self.assertEqual({row["kind"] for row in rows}, {"connection"})
        gateway.stop()  # What each worker counted is written then, if not before.
        shown = ask("--failures", "4", "--clients", "1")
        self.assertRegex(shown, r"(?m)^pinned\.test +4 +[12] .*unknown_ca x4$")
        self.assertIn("when: { host: [pinned.test] }\n    then: bypass", shown)
        self.assertIn("No host", ask("--failures", "5"))
        self.assertIn("No host", ask("--clients", "3"))
        # The suggestion is a rule that can be used as it is.
        rule = shown.split("for example:\n")[1]
        obeying = kit.Gateway(self, "obeying", roots=[authority.certificate], policies=rule,
                              resolve={"pinned.test": nginx.tls})
        nginx.write("/index.html", "reached")
        self.assertEqual(kit.Curl(obeying)("https://pinned.test/", ca=authority.certificate).text, "reached")
