"""Policies at the console: what another text would have done to the past, before it is published."""

import json
import subprocess
import urllib.parse

import kit

POLICIES = """\
- {id: no-mega, name: No Mega, when: {app: mega}, then: block}
- {id: watch, name: Storage is watched, when: {app: dropbox}, then: monitor}
"""
STRICTER = """\
- {id: no-dropbox, name: No Dropbox, when: {app: dropbox, method: PUT}, then: block}
- {id: watch, name: Storage is watched, when: {app: dropbox}, then: monitor}
"""


class ConsolePolicies(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("www.dropbox.com", "mega.nz")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        cls.nginx.write("/page", "the page\n")
        cls.gateway = kit.Gateway(cls, roots=[cls.authority.certificate], policies=POLICIES,
                                  resolve={host: cls.nginx.tls for host in cls.names})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        for name in ("one", "two"):
            assert cls.curl("-T", "-", f"https://www.dropbox.com/upload/{name}", stdin=b"x").status == 201
        assert cls.curl("https://www.dropbox.com/page").text == "the page\n"
        assert cls.curl("https://mega.nz/page").status == 403
        cls.gateway.wait_for_activities(4)
        cls.analyst = kit.Console.of(cls.gateway, "ana", "analyst")
        cls.operator = kit.Console.of(cls.gateway, "olga", "operator")
        cls.document = cls.analyst.ask("GET", "/api/v1/openapi.json")[1]

    def command(self, *arguments, code=0):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code)

    # --- replay ---

    def replay(self, text, file="policies.yaml", **more):
        status, begun = self.analyst.ask("POST", f"/api/v1/policies/{file}/replay", {"text": text, **more})
        self.assertEqual(status, 202, begun)
        self.assert_fits(begun, "ReplayBegun")
        url = f"/api/v1/policies/{file}/replay/{begun['id']}"
        self.assertEqual(self.analyst.reply.getheader("Location"), url)
        seen = {}

        def ended():
            seen.update(self.analyst.ask("GET", url)[1])
            return seen["state"] != "running"
        kit.wait_until(ended, lambda: f"the replay ends: {seen}")
        self.assertEqual((seen["state"], seen["done"]), ("done", seen["of"]), seen)
        self.assert_fits(seen, "Replay")
        return url, seen["result"]

    def test_a_text_is_judged_by_what_happened_and_compared_with_what_is_in_force(self):
        url, result = self.replay(STRICTER, since="1h")
        self.assertEqual((result["events"]["judged"], result["changed"]), (4, 3))
        self.assertEqual(result["transitions"], [
            {"then": "monitor", "policy_then": "Storage is watched", "now": "block", "policy_now": "No Dropbox",
             "count": 2},
            {"then": "block", "policy_then": "No Mega", "now": "allow", "count": 1}])
        self.assertEqual([one["path"] for one in result["examples"]["newly_blocked"]], ["/upload/two", "/upload/one"])
        self.assertEqual(result["touched"]["apps"], [{"name": "Dropbox", "count": 2}, {"name": "MEGA", "count": 1}])
        self.assertEqual(self.only(result["policies"], id="no-dropbox")["newly_blocked"], 2)
        # Nothing of it is in force, or written.
        self.assertEqual(self.operator.ask("GET", "/api/v1/policies/policies.yaml")[1]["text"], POLICIES)
        # Who saw it is on record, as for the command.
        reads = json.loads(self.command("audit", "reads", "--format", "json").stdout)
        self.assertIn("GET /api/v1/policies/{}/replay/{}", [one["what"] for one in reads if one["who"] == "ana"])
        self.assertEqual(self.analyst.ask("DELETE", url)[0], 200)
        self.assertEqual(self.analyst.ask("GET", url)[0], 404)
        self.assertEqual(self.analyst.ask("DELETE", url)[0], 404)

    def test_the_same_text_changes_nothing_and_a_new_file_stands_beside_the_others(self):
        self.assertEqual(self.replay(POLICIES)[1]["changed"], 0)
        beside = self.replay("- {id: no-storage, name: None, when: {app: dropbox}, then: block}\n", "00-new.yaml")[1]
        self.assertEqual((beside["changed"], [one["id"] for one in beside["policies"]]),
                         (3, ["no-storage", "no-mega", "watch"]))

    def test_the_command_says_the_same(self):
        folder = self.directory / "draft"
        folder.mkdir()
        (folder / "policies.yaml").write_text(STRICTER)
        told = json.loads(self.command("policy", "replay", "--policies", folder, "--against", "in_force", "--since",
                                       "1h", "--format", "json").stdout)
        shown = self.replay(STRICTER, since="1h")[1]
        for member in ("changed", "transitions", "touched", "changes", "effects", "policies"):
            self.assertEqual(told[member], shown[member], member)
        recorded = self.replay(STRICTER, since="1h", against="recorded")[1]
        self.assertEqual(recorded["transitions"], shown["transitions"])

    def test_what_cannot_be_replayed_is_told(self):
        ask = lambda body, file="policies.yaml", who=self.analyst: who.ask(
            "POST", f"/api/v1/policies/{file}/replay", body)
        status, answer = ask({"text": POLICIES + "- {id: odd, name: Odd, when: {app.categry: x}, then: block}\n"})
        self.assertEqual((status, answer["diagnostics"][0]["line"], answer["diagnostics"][0]["file"]),
                         (422, 3, "policies.yaml"))
        for body in (b"", b"[]", b'{"since": "1h"}', {"text": "", "since": "never"}, {"text": "", "against": "him"},
                     {"text": "", "since": "1h", "until": "2h"}, {"text": "", "more": "x"},
                     b'{"text": "", "text": ""}'):
            self.assertEqual(ask(body)[0], 400, body)
        self.assertEqual(ask({"text": ""}, "policies.test.yaml")[0], 400)
        self.assertEqual(ask({"text": ""}, urllib.parse.quote("../x.yaml", safe=""))[0], 400)
        self.assertEqual(ask({"text": "# " + "x" * 600_000})[0], 413)
        self.assertEqual(self.analyst.ask("GET", "/api/v1/policies/policies.yaml/replay/" + "0" * 32)[0], 404)
        viewer = kit.Console.of(self.gateway, "vic", "viewer")
        self.assertEqual(ask({"text": POLICIES}, who=viewer)[0], 403)
        url, _ = self.replay(POLICIES)
        self.assertEqual(self.analyst.ask("GET", url.replace("policies.yaml", "other.yaml"))[0], 404)

    # --- history ---

    def git(self, folder, *words):
        return subprocess.run(["git", "-c", "user.name=Zoe", "-c", "user.email=z@example.com", "-C", folder, *words],
                              check=True, capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}).stdout

    def test_what_is_written_is_committed_in_the_accounts_name_and_can_be_rolled_back(self):
        gateway = kit.Gateway(self, "kept", policies=POLICIES)
        folder = gateway.directory / "policies"
        self.git(folder, "init", "--quiet")
        self.git(folder, "add", ".")
        self.git(folder, "commit", "--quiet", "-m", "As we began")
        olga = kit.Console.of(gateway, "olga", "operator")
        url = "/api/v1/policies/policies.yaml"

        def put(text, query=""):
            etag = olga.ask("GET", url)[1]["etag"]
            status, answer = olga.ask("PUT", url + query, text.encode(), **{"If-Match": f'"{etag}"'})
            self.assertEqual((status, answer.get("in_force")), (200, True), answer)
            olga.check(self.document, "PolicySaved", answer)
            return answer
        self.assertNotIn("commit", olga.ask("PUT", url + "?dry_run=true", STRICTER.encode())[1])
        commit = put(STRICTER)["commit"]
        self.assertEqual(self.git(folder, "rev-parse", "HEAD").strip(), commit)
        self.assertEqual(self.git(folder, "status", "--porcelain"), "")
        status, history = olga.ask("GET", url + "/history")
        self.assertEqual(status, 200)
        olga.check(self.document, "PolicyHistory", history)
        self.assertEqual([(one["author"], one["subject"]) for one in history["history"]],
                         [("olga", "policies.yaml: add No Dropbox, remove No Mega"), ("Zoe", "As we began")])
        first = history["history"][1]["commit"]
        status, shown = olga.ask("GET", f"{url}/history/{commit}")
        olga.check(self.document, "PolicyCommit", shown)
        self.assertEqual((status, shown["text"]), (200, STRICTER))
        self.assertIn("-- {id: no-mega,", shown["diff"])
        # Back again, with a word of why.
        old = olga.ask("GET", f"{url}/history/{first}")[1]["text"]
        self.assertEqual(old, POLICIES)
        put(old, "?message=" + urllib.parse.quote("Dropbox is needed after all"))
        page = olga.ask("GET", url + "/history?limit=1")[1]
        self.assertEqual(page["history"][0]["subject"], "Dropbox is needed after all")
        page = olga.ask("GET", f"{url}/history?limit=1&after={page['next']}")[1]
        self.assertEqual(page["history"][0]["commit"], commit)
        # The command says the same.
        told = lambda *more: gateway.command("policy", "history", "-c", gateway.config, "policies.yaml", *more)
        self.assertEqual(json.loads(told("--format", "json").stdout), olga.ask("GET", url + "/history")[1])
        self.assertIn("Zoe     As we began", told().stdout)
        self.assertEqual(told(commit[:10], "--text").stdout, STRICTER)
        self.assertIn("+- {id: no-dropbox,", told(commit).stdout)
        self.assertEqual(json.loads(told(commit, "--format", "json").stdout), shown)
        # A viewer may read it, like the files; nobody gets what is no commit of it.
        viewer = kit.Console.of(gateway, "vic", "viewer")
        self.assertEqual(viewer.ask("GET", url + "/history")[0], 200)
        for asked, code in (("/history/" + "0" * 40, 404), ("/history/HEAD", 404), ("/history?after=HEAD", 400),
                            ("/history?limit=0", 400), ("/history?after=" + "0" * 40, 404)):
            self.assertEqual(viewer.ask("GET", url + asked)[0], code, asked)

    def test_where_there_is_no_repository_that_is_said_and_files_are_written_all_the_same(self):
        gateway = kit.Gateway(self, "unkept", policies=POLICIES)
        olga = kit.Console.of(gateway, "olga", "operator")
        url = "/api/v1/policies/policies.yaml"
        etag = olga.ask("GET", url)[1]["etag"]
        status, answer = olga.ask("PUT", url, STRICTER.encode(), **{"If-Match": f'"{etag}"'})
        self.assertEqual((status, answer["saved"], answer["commit"]), (200, True, None))
        self.assertIn("git init makes it one", answer["no_commit"])
        status, history = olga.ask("GET", url + "/history")
        self.assertEqual((status, history["history"]), (200, None))
        self.assertEqual(history["reason"], answer["no_commit"])
        done = gateway.command("policy", "history", "-c", gateway.config, "policies.yaml", code=1)
        self.assertIn("git init makes it one", done.stderr)

    def assert_fits(self, answer, schema):
        self.analyst.check(self.document, schema, answer)
