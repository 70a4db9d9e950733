"""What one user did and who was there, as an investigator asks: `users show`, `users seen`."""

import json

import kit

POLICIES = """\
- name: no deletes
  when: {activity: delete}
  then: block
- id: uploads
  name: uploads are alerts
  kind: activity
  when: {activity: upload}
  alerts_per_day: 10
"""

APPS = ("api.dropboxapi.com", "content.dropboxapi.com", "graph.microsoft.com")
USERS = """\
users:
  - {name: ana, mail: ana@corp.example, groups: [finance], manager: ben@corp.example}
  - {name: ben, mail: ben@corp.example}
  - {name: eva, groups: [leavers]}
  - {name: zoe, groups: [leavers]}
"""
ADDRESSES = "- {address: 127.0.0.1, user: ana}\n- {address: 127.0.0.2, user: eva}\n"


class UserPages(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*APPS))
        tags = cls.source / "conf/tags"
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in APPS},
            files={"mail.yaml": "internal: [corp.example]\npersonal: [free.example]\n", "users.yaml": USERS,
                   "addresses.yaml": ADDRESSES,
                   "ranges.yaml": "ranges:\n  - {name: office, category: corporate, cidr: [127.0.0.1/32]}\n"},
            config={"tags": {"file_names": str(tags / "file_names.yaml"), "mail_domains": "mail.yaml"},
                    "users": {"directory": "users.yaml", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.upload("report.pdf")
        member = {".tag": "email", "email": "bob@partner.example"}
        cls.call("sharing/add_file_member", {"file": "id:report.pdf", "members": [member]})
        cls.deleted = cls.call("files/delete_v2", {"path": "/old.txt"}).status
        cls.upload("late.pdf", "--interface", "127.0.0.2")
        cls.gateway.wait_for_activities(4)
        cls.gateway.command("suspend", "-c", cls.gateway.config, "ana", "--app", "box", "--for", "2h", "--reason",
                            "asked by security")

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            body = json.dumps({"id": "id:1", "name": "x"})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))

    @classmethod
    def upload(cls, name, *more):
        return cls.curl("-A", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
                        "-H", "Dropbox-API-Arg: " + json.dumps({"path": "/" + name}), "-H",
                        "Content-Type: application/octet-stream", "--data-binary", "@-", *more,
                        "https://content.dropboxapi.com/2/files/upload", stdin=b"x" * 2000)

    @classmethod
    def call(cls, name, value):
        return cls.curl("-H", "Content-Type: application/json", "--data-binary", "@-",
                        "https://api.dropboxapi.com/2/" + name, stdin=json.dumps(value).encode())

    def users(self, *arguments, code=0):
        verb, *rest = arguments
        return self.gateway.command("users", verb, "-c", self.gateway.config, *rest, code=code)

    def test_the_api_says_the_same(self):
        kit.wait_until(lambda: json.loads(self.users("show", "ana", "--format", "json").stdout)["alerts"], "the alert")
        shown = json.loads(self.users("show", "ana", "--format", "json").stdout)
        self.assertEqual(self.gateway.api("users/ANA%40corp.example"), (200, shown))
        self.assertEqual(self.gateway.api("users/zoe")[1]["groups"], ["leavers"])
        self.assertEqual(self.gateway.api("users/nobody")[0], 404)
        self.assertEqual(self.gateway.api("users/a%3Ab")[0], 400)
        self.assertEqual(self.gateway.api("users/ana?since=never")[0], 400)
        self.assertEqual(self.gateway.api("users/ana?until=1h")[1]["apps"], [])
        seen = json.loads(self.users("seen", "--format", "json").stdout)
        self.assertEqual(self.gateway.api("users-seen"), (200, {"total": 2, "users": seen}))
        self.assertEqual(self.gateway.api("users-seen?group=leavers")[1]["users"][0]["user"], "eva")
        self.assertEqual(self.gateway.api("users-seen?limit=1")[1], {"total": 2, "users": seen[:1]})
        self.assertEqual(self.gateway.api("users-seen?idle=30d")[1], {"total": 0, "users": []})
        self.assertEqual(self.gateway.api("users-seen?limit=0")[0], 400)
        self.assertEqual(self.gateway.api("users-seen?lmit=1")[0], 400)

    def test_one_user_is_told_as_a_whole_by_any_of_their_names(self):
        self.assertEqual(self.deleted, 403)
        kit.wait_until(lambda: json.loads(self.users("show", "ana", "--format", "json").stdout)["alerts"], "the alert")
        page = json.loads(self.users("show", "ANA@corp.example", "--format", "json").stdout)
        self.assertEqual((page["user"], page["manager"], page["groups"]), ("ana", "ben", ["finance"]))
        self.assertEqual((page["activities"], page["stopped"]), (3, 1))
        self.assertEqual([alert["policy_id"] for alert in page["alerts"]], ["uploads"])
        (dropbox,) = page["apps"]
        self.assertEqual((dropbox["app"], dropbox["uploads"], dropbox["shares"], dropbox["stopped"]),
                         ("dropbox", 1, 1, 1))
        self.assertGreaterEqual(dropbox["bytes_in"], 2000)
        self.assertEqual([one["domain"] for one in page["opened_to"]], ["partner.example"])
        self.assertEqual([one["address"] for one in page["addresses"]], ["127.0.0.1"])
        self.assertIn("desktop, windows, firefox", [one["device"] for one in page["devices"]])
        self.assertEqual(len(page["suspended"]), 1)
        self.assertIn("asked by security", page["suspended"][0])

    def test_a_person_reads_the_same(self):
        text = self.users("show", "ana").stdout
        for words in ("ana\n", "manager       ben", "Dropbox", "partner.example", "Apps\n", "Addresses\n", "Devices\n",
                      "suspended", "1 of them stopped"):
            self.assertIn(words, text)
        print(text)

    def test_leavers_who_still_are_there_and_who_is_not(self):
        rows = self.users("seen", "--group", "leavers", "--format", "csv").stdout.splitlines()
        self.assertEqual(len(rows), 2, rows)
        self.assertTrue(rows[1].startswith("eva,"))
        everybody = json.loads(self.users("seen", "--format", "json").stdout)
        self.assertEqual({row["user"] for row in everybody}, {"ana", "eva"})
        self.users("seen", "--idle", "30d", code=1)
        self.users("seen", "--app", "box", code=1)
        self.assertEqual(len(json.loads(self.users("seen", "--app", "dropbox", "--format", "json").stdout)), 2)

    def test_somebody_who_is_listed_and_did_nothing_and_somebody_unknown(self):
        self.assertIn("leavers", self.users("show", "zoe").stdout)
        self.assertIn("in no users file", self.users("show", "nobody", code=1).stdout)
