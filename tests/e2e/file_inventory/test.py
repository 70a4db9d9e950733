"""The files that passed, asked for by what an operator knows of them; names that promise something sensitive are told
to policies as well."""

import json

import kit

POLICIES = """\
- name: no keys and passwords outside
  when: {activity: upload, file.name_tag: [credentials, key]}
  then: block
- name: shares are noted
  when: {activity: [share, invite]}
  then: monitor
"""

APPS = ("api.dropboxapi.com", "content.dropboxapi.com", "files.test")
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


class FileInventory(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.arrived = []
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*APPS))
        tags = cls.source / "conf/tags"
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in APPS},
            files={"mail.yaml": "internal: [corp.example]\npersonal: [free.example]\n",
                   "users.yaml": "users: [{name: ana, mail: ana@corp.example, groups: [finance]}]\n"},
            config={"tags": {"file_names": str(tags / "file_names.yaml"), "mail_domains": "mail.yaml"},
                    "users": {"directory": "users.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.work()

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            cls.arrived.append(head.target)
            name = json.loads(head.get("Dropbox-API-Arg") or '{"path": "/x"}')["path"].rsplit("/", 1)[1]
            body = json.dumps({"id": "id:" + name})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))

    @classmethod
    def upload(cls, path):
        return cls.curl("-H", "Dropbox-API-Arg: " + json.dumps({"path": path}), "-H",
                        "Dropbox-API-Select-User: ana@corp.example", "-H", "Content-Type: application/octet-stream",
                        "--data-binary", "@-", "https://content.dropboxapi.com/2/files/upload", stdin=PAPER)

    @classmethod
    def call(cls, name, value):
        return cls.curl("-H", "Content-Type: application/json", "--data-binary", "@-",
                        "https://api.dropboxapi.com/2/" + name, stdin=json.dumps(value).encode())

    @classmethod
    def work(cls):
        cls.statuses = [cls.upload(path).status for path in
                        ("/q3/report final.pdf", "/hr/Gehaltsliste_2026.xlsx", "/q3/old.txt", "/it/MyPassWörter.txt")]
        member = {".tag": "email", "email": "bob@partner.example"}
        cls.call("sharing/add_file_member", {"file": "id:report final.pdf", "members": [member]})
        cls.call("files/delete_v2", {"path": "/q3/old.txt"})
        (cls.directory / "id").write_bytes(b"no key at all\n")
        cls.statuses.append(cls.curl("-F", f"file=@{cls.directory / 'id'};filename=server.pem",
                                     "https://files.test/form").status)
        cls.gateway.wait_for_activities(7)

    def files(self, *arguments):
        done = self.gateway.command("files", "-c", self.gateway.config, "--format", "json", *arguments)
        return json.loads(done.stdout)

    def names(self, *arguments):
        return sorted(row["name"] for row in self.files(*arguments))

    def test_a_name_that_promises_a_secret_stops_the_upload_also_in_a_form(self):
        self.assertEqual(self.statuses, [200, 200, 200, 403, 403])
        self.assertNotIn("/form", self.arrived)
        blocked = self.only(self.gateway.logged(), path="/form")
        self.assertEqual((blocked["policy"], blocked["file"]["name_tags"]), ("no keys and passwords outside", ["key"]))

    def test_names_are_asked_for_by_what_they_say(self):
        self.assertEqual(self.names("--sensitive"), ["Gehaltsliste_2026.xlsx", "MyPassWörter.txt", "server.pem"])
        self.assertEqual(self.names("--name-tag", "payroll"), ["Gehaltsliste_2026.xlsx"])
        self.assertEqual(self.names("--words", "Report Final"), ["report final.pdf"])
        self.assertEqual(self.names("--words", "port"), [])
        self.assertEqual(self.names("--words", "report", "--words", "old"), ["old.txt", "report final.pdf"])
        wrong = self.gateway.command("files", "-c", self.gateway.config, "--name-tag", "payrol", code=2)
        self.assertIn("is none of: confidential, credentials", wrong.stderr)

    def test_files_are_asked_for_by_whom_they_were_shared_with(self):
        self.assertEqual(self.names("--shared-with", "bob@partner.example"), ["report final.pdf"])
        self.assertEqual(self.names("--shared-with", "partner.example"), ["report final.pdf"])
        self.assertEqual(self.names("--shared-with", "rival.example"), [])
        self.assertNotIn("report final.pdf", self.names("--not-shared-with", "partner.example"))
        self.assertEqual(self.names("--sharing", "external"), ["report final.pdf"])
        self.assertEqual(self.names("--policy", "shares are noted"), ["report final.pdf"])

    def test_files_are_asked_for_by_place_owner_and_time(self):
        self.assertEqual(self.names("--parent", "/q3*"), ["old.txt", "report final.pdf"])
        self.assertEqual(self.names("--owner-group", "finance", "--parent", "/q3"), ["old.txt", "report final.pdf"])
        self.assertEqual(self.names("--owner-group", "sales"), [])
        self.assertEqual(self.names("--deleted"), ["old.txt"])
        self.assertEqual(self.names("--id", "id:old.txt"), ["old.txt"])
        self.assertEqual(self.names("--changed-since", "1h", "--parent", "/hr"), ["Gehaltsliste_2026.xlsx"])
        self.assertEqual(self.names("--changed-until", "2020-01-01T00:00:00Z"), [])
        self.assertEqual(self.names("--first-since", "1h", "--name", "*.pem"), ["server.pem"])
        self.assertEqual(self.names("--first-until", "2020-01-01T00:00:00Z"), [])

    def test_the_api_says_from_when_on_it_has_read(self):
        status, page = self.gateway.api("files?since=2h")
        self.assertEqual(status, 200)
        self.assertEqual((page["more"], page["left_out"]), (False, 0))
        self.assertGreater(page["total"], 0)
        status, whole = self.gateway.api("files?since=2h&whole=true")
        self.assertEqual((status, whole["files"]), (200, page["files"]))
        # Behind what was read there is nothing.
        self.assertEqual(self.gateway.api("files?since=3h&until=" + page["read_from"])[1]["files"], [])

    def test_a_policy_that_asks_for_a_tag_that_no_list_has_is_warned_of(self):
        folder = self.gateway.directory / "policies"
        (folder / "more.yaml").write_text("- {name: typo, when: {file.name_tag: payrol}, then: monitor}\n")
        try:
            done = self.gateway.command("check", "-c", self.gateway.config)
        finally:
            (folder / "more.yaml").unlink()
        self.assertIn("no file's name has the tag 'payrol'", done.stderr)
        self.assertIn("did you mean 'payroll'?", done.stderr)
