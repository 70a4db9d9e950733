"""conf/queries/README.md: the questions that people ask of discovery, each as one command, with what it prints for a small
demo company. The page is compared with what the commands print, so that it cannot rot.

SALLYPORT_WRITE_QUERIES=1 in the environment writes the page's outputs anew; the words around them are left alone."""

import json
import os
import pathlib
import re
import shlex
import shutil

import kit

PAGE = "conf/queries/README.md"
APPS = ("dropbox", "box", "google_drive", "wetransfer", "slack", "notion", "chatgpt", "google_workspace")
HOSTS = ("api.dropboxapi.com", "content.dropboxapi.com", "www.box.com", "wetransfer.com", "www.notion.so", "chatgpt.com",
         "accounts.google.com", "app.slack.com", "www.tool.example")
USERS = """\
users:
  - {name: ana, mail: ana@corp.example, groups: [finance]}
  - {name: ben, mail: ben@corp.example, groups: [sales]}
  - {name: cleo, mail: cleo@corp.example, groups: [engineering]}
"""
SCOPES = """\
lists:
  - name: openid_connect
    apps: any
    source: {kind: vendor_documentation, name: "OpenID Connect Core 1.0, sections 5.4 and 11", date: 2026-11-26}
    low: [openid, profile, email]
  - name: google
    apps: [google_workspace]
    source: {kind: common_knowledge, name: "scopes of Drive", date: 2026-11-26}
    prefixes: ["https://www.googleapis.com/auth/"]
    high: [drive]
shapes: []
"""
PEOPLE = {"ana": "127.0.0.1", "ben": "127.0.0.2", "cleo": "127.0.0.3"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
          "Mobile/15E148 Safari/604.1")
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 4000
DRIVE = "https://www.googleapis.com/auth/drive"

# What is another each time stands there as one moment, one id; as long as what it stands for, so that tables keep their shape.
MASKS = ((r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?!\d)", "2026-11-27T10:00:00"),
         (r"\b20\d\d-\d\d-\d\dT\d\d:\d\dZ", "2026-11-27T10:00Z"), (r"\b20\d\d-\d\d-\d\d\b(?!T)", "2026-11-27"),
         (r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", "2026-11-27 10:00:00"),
         (r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "01KB2YH0000000000000000000"), (r"(?<=\.)\d{6}(?=Z)", "000000"))


def masked(text):
    for pattern, put in MASKS:
        text = re.sub(pattern, put, text)
    return text


class DiscoveryQueries(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*HOSTS))
        catalog = cls.directory / "catalog"
        for app in APPS:
            if (cls.source / "conf/catalog" / app).is_dir():
                shutil.copytree(cls.source / "conf/catalog" / app, catalog / app)
        tags = cls.source / "conf/tags"
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], resolve={name: cls.origin.address for name in HOSTS},
            policies="- name: deletes are noted\n  when: {activity: delete}\n  then: monitor\n",
            files={"users.yaml": USERS, "scopes.yaml": SCOPES, "apps.yaml": "sanctioned: [box, slack]\nunsanctioned: [wetransfer]\n",
                   "addresses.yaml": "".join(f"- {{address: {address}, user: {user}}}\n" for user, address in PEOPLE.items()),
                   "mail.yaml": "internal: [corp.example]\npersonal: [free.example]\n",
                   "app_risk.yaml": "apps: {wetransfer: {note: asked them, factors: {iso_27001: false}}}\n"},
            config={"catalog": str(catalog), "workers": 1,
                    "tags": {"apps": "apps.yaml", "app_risk": "app_risk.yaml", "file_names": str(tags / "file_names.yaml"),
                             "mail_domains": "mail.yaml", "consent_scopes": "scopes.yaml",
                             "noise": str(tags / "noise.yaml")},
                    "users": {"directory": "users.yaml", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.count = 0
        cls.work()
        cls.gateway.wait_for_activities(cls.count)

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            name = json.loads(head.get("Dropbox-API-Arg") or '{"path": "/x"}')["path"].rsplit("/", 1)[1]
            body = json.dumps({"id": "id:" + name})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    @classmethod
    def ask(cls, user, url, *arguments, agent=FIREFOX, stdin=None):
        cls.count += 1
        more = {} if stdin is None else {"stdin": stdin}
        return cls.curl("--interface", PEOPLE[user], "-A", agent, *arguments, url, **more)

    @classmethod
    def upload(cls, user, path, data, agent=FIREFOX):
        cls.ask(user, "https://content.dropboxapi.com/2/files/upload", "-H", "Dropbox-API-Arg: " + json.dumps({"path": path}),
                "-H", "Content-Type: application/octet-stream", "--data-binary", "@-", agent=agent, stdin=data)

    @classmethod
    def call(cls, user, name, value):
        cls.ask(user, "https://api.dropboxapi.com/2/" + name, "-H", "Content-Type: application/json", "--data-binary", "@-",
                stdin=json.dumps(value).encode())

    @classmethod
    def work(cls):
        cls.upload("ana", "/q3/report.pdf", PAPER * 40)
        cls.upload("ana", "/hr/Payroll 2026.pdf", PAPER * 20)
        cls.upload("ben", "/fair/stand.png", PICTURE, agent=IPHONE)
        for mail, name in (("bob@partner.example", "report.pdf"), ("ana77@free.example", "Payroll 2026.pdf")):
            cls.call("ana", "sharing/add_file_member", {"file": "id:" + name, "members": [{".tag": "email", "email": mail}]})
        cls.call("ben", "sharing/create_shared_link_with_settings",
                 {"path": "/fair/stand.png", "settings": {"audience": "public"}})
        for user in PEOPLE:
            cls.ask(user, "https://www.box.com/")
        cls.ask("cleo", "https://www.box.com/files", agent=IPHONE)
        cls.ask("cleo", "https://wetransfer.com/api/v4/upload", "-H", "Content-Type: application/zip", "--data-binary", "@-",
                stdin=b"PK\x03\x04" + b"z" * 9000)
        cls.ask("ben", "https://www.notion.so/")
        cls.ask("ana", "https://chatgpt.com/")
        cls.ask("cleo", "https://app.slack.com/")
        cls.ask("cleo", "https://www.tool.example/")
        for user, client, scope in (("ana", "notes", "openid email"), ("ben", "notes", "openid " + DRIVE)):
            cls.ask(user, "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&redirect_uri="
                          f"https://notes.example/back&client_id={client}&scope=" + scope.replace(" ", "%20"))

    def printed(self, command):
        """What it prints, masked; on standard error too, which is said first."""
        done = self.gateway.command(*shlex.split(command), "-c", self.gateway.config, code=None)
        self.assertIn(done.returncode, (0, 1), f"{command}: {done.stderr}")
        lines = (done.stderr + done.stdout).splitlines()
        return masked("".join(line.rstrip() + "\n" for line in lines))

    def test_the_page_shows_what_the_commands_print(self):
        path = pathlib.Path(self.source) / PAGE
        text = path.read_text()
        seen = []

        def block(match):
            command = match.group(1)
            seen.append(command)
            return f"```console\n$ sallyport {command}\n{self.printed(command)}```\n"
        made = re.sub(r"```console\n\$ sallyport ([^\n]*)\n(?:.*?)```\n", block, text, flags=re.S)
        self.assertGreaterEqual(len(seen), 18)
        if os.environ.get("SALLYPORT_WRITE_QUERIES"):
            path.write_text(made)
            return
        self.maxDiff = None
        self.assertEqual(text, made, "the page is not what the commands print; SALLYPORT_WRITE_QUERIES=1 writes it anew")

    def test_every_question_has_its_command(self):
        text = (pathlib.Path(self.source) / PAGE).read_text()
        for number in (2, 3, 4, 12, 13, 14, 15, *range(23, 33)):
            self.assertRegex(text, rf"(?m)^## S{number}\. .*\n(?:(?!^## )[^\0])*?\$ sallyport ")
