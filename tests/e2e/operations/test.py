"""What operators do while it runs: see how it fares, tag an app with effect at once, reload, complete words in a shell."""

import json
import subprocess
import urllib.error
import urllib.request

import kit


class Operations(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com", "mega.nz")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        cls.nginx.write("/page", "the page\n")

    def start(self, name, **more):
        return kit.Gateway(self, name, roots=[self.authority.certificate],
                           resolve={host: self.nginx.tls for host in self.names},
                           policies="- {name: no, when: {app.tag: unsanctioned}, then: block}\n",
                           files={"apps.yaml": "unsanctioned: [mega]\n"},
                           config={"tags": {"apps": "apps.yaml"}}, **more)

    def ask(self, gateway, method, path, token=None):
        request = urllib.request.Request(gateway.admin + path, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def test_a_tag_is_in_force_at_once_and_after_a_restart(self):
        gateway = self.start("tags")
        curl = kit.Curl(gateway)
        dropbox = kit.connect_through(gateway, "www.dropbox.com")

        def asked_over_the_open_connection():
            dropbox.send("GET /page HTTP/1.1\r\nHost: www.dropbox.com\r\n\r\n")
            head = dropbox.read_head()
            dropbox.read_body(head)
            return head.status

        with dropbox:
            self.assertEqual(asked_over_the_open_connection(), 200)
            done = gateway.command("apps", "tag", "-c", gateway.config, "dropbox", "unsanctioned", "--by", "ana")
            self.assertEqual(done.stdout, "in force on every worker\n")
            self.assertEqual(asked_over_the_open_connection(), 403)
        event = gateway.event(gateway.wait_for_activities(1, "--verdict", "block")[0]["id"])
        self.assertEqual(event["app"]["tags"], ["unsanctioned"])

        # A change that the operator's own file speaks against is refused with its line.
        done = gateway.command("apps", "untag", "-c", gateway.config, "mega", "unsanctioned", code=1)
        self.assertIn("apps.yaml:1:", done.stderr)
        self.assertEqual(curl("https://mega.nz/page").status, 403)
        for wrong, says in (("dropbxo", "no app 'dropbxo'"), ("box", "did you mean 'unsanctioned'?")):
            done = gateway.command("apps", "tag", "-c", gateway.config, wrong, "unsanctoned", code=1)
            self.assertIn(says, done.stderr)

        rows = json.loads(gateway.command("apps", "list", "-c", gateway.config, "--tag", "unsanctioned", "--format",
                                          "json").stdout)
        self.assertEqual({row["id"] for row in rows}, {"dropbox", "mega"})
        self.assertEqual(gateway.command("apps", "export", "-c", gateway.config).stdout,
                         "unsanctioned:\n  - dropbox\n")

        gateway.stop()
        gateway.start()
        self.assertEqual(curl("https://www.dropbox.com/page", proxy=gateway.proxy).status, 403)
        gateway.command("apps", "reset", "-c", gateway.config, "dropbox")
        self.assertEqual(curl("https://www.dropbox.com/page", proxy=gateway.proxy).status, 200)

        # Without a gateway it is kept for the next start.
        gateway.stop()
        done = gateway.command("apps", "tag", "-c", gateway.config, "dropbox", "unsanctioned")
        self.assertIn("at the next start", done.stdout)
        gateway.start()
        self.assertEqual(curl("https://www.dropbox.com/page", proxy=gateway.proxy).status, 403)

    def test_a_file_that_speaks_against_a_change_by_hand_wins(self):
        gateway = self.start("overruled")
        curl = kit.Curl(gateway)
        gateway.command("apps", "tag", "-c", gateway.config, "dropbox", "unsanctioned")
        self.assertEqual(curl("https://www.dropbox.com/page").status, 403)
        (gateway.directory / "apps.yaml").write_text("unsanctioned: [mega]\nsanctioned: [dropbox]\n")
        kit.wait_until(lambda: curl("https://www.dropbox.com/page").status == 200, "the file is in force")
        self.assertIn("set by hand, and not in force: dropbox", gateway.log())

    def test_status_and_reload(self):
        gateway = self.start("status")
        curl = kit.Curl(gateway)
        curl("https://mega.nz/page")
        gateway.wait_for_activities(1)
        shown = gateway.command("status", "-c", gateway.config).stdout
        for line in ("state         running since ", "exchanges     1, 1 blocked",
                     "proxy         127.0.0.1:", "last reload"):
            self.assertIn(line, shown)
        status = json.loads(gateway.command("status", "-c", gateway.config, "--format", "json").stdout)
        self.assertEqual(status["process"], gateway.pid)
        done = gateway.command("reload", "-c", gateway.config)
        self.assertIn("nothing changed", done.stdout)
        (gateway.directory / "policies" / "policies.yaml").write_text("- {name: x, thn: block}\n")
        done = gateway.command("reload", "-c", gateway.config, code=1)
        self.assertIn("did you mean 'then'?", done.stderr)
        self.assertIn("not in force as the files say: policies", done.stderr)
        shown = gateway.command("status", "-c", gateway.config, code=1).stdout
        self.assertIn("FAULTY        policies", shown)
        self.assertEqual(curl("https://mega.nz/page").status, 403)
        gateway.stop()
        done = gateway.command("status", "-c", gateway.config, code=1)
        self.assertIn("no gateway runs from", done.stderr)
        (gateway.directory / "policies" / "policies.yaml").write_text("- {name: x, then: monitor}\n")
        gateway.start()
        gateway.process.kill()
        gateway.process.wait()
        done = gateway.command("status", "-c", gateway.config, code=1)
        self.assertIn("no gateway runs from", done.stderr)
        gateway.process = None

    def test_only_who_holds_the_token_is_answered(self):
        gateway = self.start("token")
        file = gateway.state / "admin.token"
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        token = file.read_text().strip()
        self.assertEqual(self.ask(gateway, "GET", "/api/v1/status")[0], 401)
        self.assertEqual(self.ask(gateway, "PUT", "/api/v1/apps/mega/tags/x", "0" * 64)[0], 401)
        self.assertEqual(self.ask(gateway, "GET", "/api/v1/status", token)[0], 200)
        status, app = self.ask(gateway, "PUT", "/api/v1/apps/dropbox/tags/approved_by_legal?by=ben", token)
        self.assertEqual((status, app["tags"]), (200, ["approved_by_legal"]))
        self.assertEqual((app["by_hand"][0]["who"], app["by_hand"][0]["in_force"]), ("ben", True))
        self.assertEqual(self.ask(gateway, "GET", "/api/v1/apps/nothing", token)[0], 404)
        self.assertEqual(self.ask(gateway, "POST", "/api/v1/apps", token)[0], 405)
        # The proxy's own port has no API, and does not reach the admin listener either.
        self.assertEqual(kit.Curl(gateway)(gateway.proxy + "/api/v1/status", proxy="").status, 404)
        self.assertEqual(kit.Curl(gateway)(gateway.admin + "/api/v1/status", "-H",
                                           f"Authorization: Bearer {token}").status, 403)
        self.assertNotIn(token, gateway.log() + gateway.stdout.read_text())

    def test_feeds_say_how_old_they_are(self):
        gateway = self.start("feeds", start=False)
        (gateway.directory / "ranges.yaml").write_text(
            "feeds:\n  - {name: tor, path: tor.txt, category: risky, tags: [tor], max_age: 1h}\n"
            "  - {name: gone, path: gone.txt, category: risky}\n")
        (gateway.directory / "tor.txt").write_text("192.0.2.1\n192.0.2.2\nnonsense here\n")
        settings = json.loads(gateway.config.read_text())
        settings["tags"]["addresses"] = "ranges.yaml"
        gateway.config.write_text(json.dumps(settings))
        rows = json.loads(gateway.command("feeds", "-c", gateway.config, "--format", "json", code=1).stdout)
        tor, gone = rows
        self.assertEqual((tor["state"], tor["addresses"], tor["bad_lines"]), ("fresh", 2, 1))
        self.assertEqual(gone["state"], "unusable")

    def test_shells_complete_commands_and_options(self):
        gateway = self.start("completion", start=False)
        script = gateway.directory / "completion.bash"
        script.write_text(gateway.command("completion", "bash").stdout)

        def completed(*words):
            line = " ".join(f"'{word}'" for word in ("sallyport", *words))
            done = subprocess.run(
                ["bash", "-c", f"source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _sallyport; "
                               "printf '%s\\n' \"${COMPREPLY[@]}\""], capture_output=True, text=True, check=True)
            return done.stdout.split()

        self.assertEqual(completed("act"), ["activities"])
        self.assertEqual(completed("apps", "ta"), ["tag"])
        self.assertEqual(completed("apps", "list", "--cat"), ["--category"])
        self.assertIn("--follow", completed("activities", "--"))
        for shell in ("zsh", "fish"):
            self.assertIn("activities", gateway.command("completion", shell).stdout)
