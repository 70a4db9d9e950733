"""From a block page to the reason: the event's policies are those that judged it, also after the files have changed,
with the condition, the fact, and the line of the file as it was then."""

import json
import urllib.error
import urllib.request

import kit

THEN = """\
# the policies of then
- name: Only company storage
  extends: template/company-storage
  when: { host: list/blocked }
  say: Please use the company share.
- { name: Queries of secrets, when: { query: "~ secret" }, then: block }
"""
TEMPLATES = """\
- id: company-storage
  when:
    app.category: cloud_storage
  then: block
"""
BLOCKED = "# ours\nexample.org\nmega.nz  # since May\n"
NOW = """\
- { name: Something else, when: { host: nowhere.test }, then: block }
"""


class PolicyExplain(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        names = ("mega.nz", "www.dropbox.com", "plain.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*names, identity=authority.issue(*names))])
        cls.nginx.write("/page", "the page\n")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], resolve={name: cls.nginx.tls for name in names}, policies=THEN,
            files={"addresses.yaml": "- {address: 127.0.0.1, user: ana}\n"},
            config={"users": {"addresses": "addresses.yaml"}, "templates": "templates", "policies": "policies"},
            start=False)
        cls.templates = cls.gateway.directory / "templates"
        cls.templates.mkdir()
        (cls.templates / "t.yaml").write_text(TEMPLATES)
        cls.policies = cls.gateway.directory / "policies"
        (cls.policies / "lists").mkdir()
        (cls.policies / "lists" / "blocked.txt").write_text(BLOCKED)
        cls.gateway.start()
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def explain(self, *arguments, **options):
        return self.gateway.command("policy", "explain", "-c", self.gateway.config, *arguments, **options)

    def ask_api(self, path, code=200):
        request = urllib.request.Request(self.gateway.admin + path)
        request.add_header("Authorization", "Bearer " + (self.gateway.state / "admin.token").read_text().strip())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            reply = opener.open(request, timeout=20)
            status, body = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        self.assertEqual(status, code, body)
        return json.loads(body)

    def recorded(self, reply):
        id = reply.header("sallyport-event")
        self.gateway.wait_for_activities(1, id=id)
        return id

    def use(self, policies, templates="[]\n", blocked=None):
        """One state of all files, in force."""
        (self.policies / "policies.yaml").write_text(policies)
        (self.templates / "t.yaml").write_text(templates)
        (self.policies / "lists" / "blocked.txt").unlink(missing_ok=True)
        if blocked is not None:
            (self.policies / "lists" / "blocked.txt").write_text(blocked)
        self.gateway.command("reload", "-c", self.gateway.config)

    def use_then(self):
        self.use(THEN, TEMPLATES, BLOCKED)

    def test_1_an_event_is_explained_by_the_policies_of_then(self):
        self.use_then()
        reply = self.curl("-T", "-", "https://mega.nz/upload.bin?a=b", stdin=b"x" * 100, code=None)
        self.assertEqual(reply.status, 403)
        id = self.recorded(reply)
        before = self.explain("--event", id).stdout
        self.use(NOW)
        self.assertEqual(self.curl("https://mega.nz/page").text, "the page\n")

        # The files are others; what is told is not.
        after = self.explain("--event", id).stdout
        self.assertEqual(after, before)
        folder = str(self.gateway.directory)
        lines = [line.replace(folder + "/", "") for line in after.splitlines()]
        self.assertRegex(lines[0], "^event %s, exchange at .*Z, blocked$" % id)
        self.assertEqual(lines[1], "  PUT https://mega.nz/upload.bin, ana from 127.0.0.1")
        self.assertRegex(lines[2], r"^  judged by the policies of then: snapshot [0-9a-f]{16}, 2 policies$")
        self.assertEqual(lines[3], "  recorded: block by 'Only company storage', at connect; judged again: the same")
        self.assertIn("block by 1 'Only company storage', at connect", lines)
        self.assertIn("  says \"Please use the company share.\"", lines)
        self.assertIn("       held     app.category: cloud_storage  is cloud_storage  (templates/t.yaml:3:5)",
                      [line.replace("held       ", "held     ") for line in lines])
        self.assertTrue([line for line in lines if "host: list/blocked" in line and
                         "is mega.nz, by 'mega.nz' at policies/lists/blocked.txt:3:1" in line], after)

        # And over the admin listener, the same as JSON.
        told = json.loads(self.explain("--event", id, "--format", "json").stdout)
        self.assertEqual(self.ask_api("/api/v1/explain/" + id), told)
        self.assertEqual((told["policies"], told["same"], told["answer"]["policy_id"], told["event"]["id"]),
                         ("then", True, "only-company-storage", id))
        may, = [question for question in told["questions"] if question["question"] == "may"]
        host, = [one for one in may["policies"][0]["looks"][-1]["when"] if one["condition"] == "host"]
        self.assertEqual((host["came_to"], host["fact"], host["matched"], host["matched_at"]["line"]),
                         ("held", "mega.nz", "mega.nz", 3))
        self.assertEqual(self.ask_api("/api/v1/explain/%s?policy=no-such" % id, 404)["title"], "Not found")
        self.ask_api("/api/v1/explain/01JDAAAAAAAAAAAAAAAAAAAAAA", 404)
        self.ask_api("/api/v1/explain/nothing", 400)

    def test_2_it_survives_a_restart_and_says_where_the_archive_does_not_know(self):
        self.use_then()
        id = self.recorded(self.curl("https://mega.nz/page"))
        self.use(NOW)
        self.gateway.stop()
        self.gateway.start()
        told = self.explain("--event", id).stdout
        self.assertIn("judged by the policies of then", told)
        self.assertIn("judged again: the same", told)
        # Without the archive it says so, loudly, and takes what there is.
        archive = self.gateway.state / "policies"
        for file in list(archive.iterdir()):
            self.assertEqual(file.stat().st_mode & 0o777, 0o600, file)
            file.unlink()
        told = self.explain("--event", id).stdout
        self.assertRegex(told, r"WARNING: the policies of snapshot [0-9a-f]{16} are not kept\.")
        self.assertIn("Judged by the policies as they are now, which may be others: 1 policy", told)
        self.assertIn("DIFFERENT: recorded: block by 'Only company storage', at connect; judged again: allow: "
                      "no policy matches (because these are not the policies of then)", told)

    def test_3_it_tells_what_cannot_be_judged_again(self):
        self.use_then()
        reply = self.curl("https://plain.test/page?secret=1")
        self.assertEqual(reply.status, 403)
        told = self.explain("--event", self.recorded(reply)).stdout
        self.assertIn("DIFFERENT: recorded: block by 'Queries of secrets', at request; judged again: allow: no policy "
                      "matches (because query is not kept)", told)

    def test_4_a_case_by_hand_is_told_from_a_gateway_that_runs_or_not(self):
        self.use_then()
        told = self.explain("https://mega.nz/folder", "--method", "POST", "--at", "2026-11-26T09:30:00Z").stdout
        self.assertEqual(told.splitlines()[0],
                         "POST https://mega.nz/folder, ana from 127.0.0.1, at 2026-11-26T09:30:00.000000Z")
        self.assertRegex(told, r"(?m)^  app.category +cloud_storage +derived$")
        self.assertRegex(told, r"(?m)^  host +mega.nz +given$")
        self.assertIn("block by 1 'Only company storage', at connect", told)
        told = json.loads(self.explain("https://plain.test/x?secret=1", "--format", "json").stdout)
        self.assertEqual(told["answer"]["policy"], "Queries of secrets")
        self.assertEqual({fact["source"] for fact in told["facts"]}, {"given", "derived", "assumed"})
        wrong = self.explain("https://mega.nz/", "--policy", "only-company-storag", code=2).stderr
        self.assertIn("did you mean 'only-company-storage'?", wrong)
        self.assertIn("is no event id", self.explain("--event", "x", code=2).stderr)
        self.assertIn("there is no event", self.explain("--event", "01JDAAAAAAAAAAAAAAAAAAAAAA", code=1).stderr)
        self.assertIn("say what to explain", self.explain(code=2).stderr)
