"""Whose the instance of an app is: own tenants as the operator lists them, told by hosts and by claims of tokens, and
changed while the gateway runs."""

import base64
import json

import kit

OWN, RIVAL, PERSONAL = ("0f0f0f0f-1111-4222-8333-444444444444", "9a9a9a9a-1111-4222-8333-444444444444",
                        "9188040d-6c67-4c5b-b112-36a304b66dad")

TENANTS = f"""\
- app: microsoft_365
  tenants: [{OWN}, corp]
  note: ours
- app: any
  hosts: [files.corp.test]
"""

POLICIES = """\
- name: only our tenants take uploads
  when: {activity: upload, instance.kind: [other, personal]}
  then: block
- name: uploads to our own
  kind: activity
  when: {activity: upload, instance.kind: corporate}
  alerts_per_day: 100
"""

APPS = ("graph.microsoft.com", "corp.sharepoint.com", "rival.sharepoint.com", "files.corp.test", "files.rival.test")


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token(tenant, account):
    return f"{part({'alg': 'RS256'})}.{part({'tid': tenant, 'upn': account})}.c2lnbmF0dXJl"


class OwnTenants(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.arrived = []
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*APPS))
        tags = cls.source / "conf/tags"
        cls.gateway = kit.Gateway(
            cls, roots=[cls.authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in APPS},
            files={"own_tenants.yaml": TENANTS, "mail.yaml": "internal: [corp.example]\n"},
            config={"tags": {"mail_domains": "mail.yaml", "own_tenants": "own_tenants.yaml",
                             "apps": str(tags / "apps.yaml")}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            cls.arrived.append(head.target)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    def put(self, url, *more):
        self.arrived.clear()
        return self.curl("-X", "PUT", "-H", "Content-Type: text/plain", "--data-binary", "@-", *more, url,
                         stdin=b"figures of the quarter\n")

    def graph(self, name, tenant, account="ana@corp.example"):
        return self.put(f"https://graph.microsoft.com/v1.0/me/drive/root:/{name}:/content",
                        "-H", "Authorization: Bearer " + token(tenant, account))

    def of_path(self, words):
        def found():
            return [row for row in self.gateway.logged() if words in (row.get("path") or "")]
        kit.wait_until(found, "an event for " + words)
        return found()[-1]

    def test_a_tenant_is_told_by_the_claims_of_a_token_which_is_not_kept(self):
        self.assertEqual(self.graph("own.txt", OWN).status, 200)
        event = self.of_path("own.txt")
        self.assertEqual((event["details"]["instance"], event["details"]["instance.kind"],
                          event["details"]["account"]), (OWN, "corporate", "ana@corp.example"))
        self.assertNotIn("c2lnbmF0dXJl", json.dumps(event))
        self.assertNotIn("c2lnbmF0dXJl", json.dumps(self.gateway.event(event["id"])))

    def test_a_guest_of_another_tenant_is_stopped_though_the_account_is_ours(self):
        reply = self.graph("guest.txt", RIVAL)
        self.assertEqual((reply.status, self.arrived), (403, []))
        event = self.of_path("guest.txt")
        self.assertEqual((event["policy"], event["details"]["instance.kind"]),
                         ("only our tenants take uploads", "other"))

    def test_a_personal_account_stays_personal(self):
        self.assertEqual(self.graph("private.txt", PERSONAL, "ana@outlook.test").status, 403)
        self.assertEqual(self.of_path("private.txt")["details"]["instance.kind"], "personal")

    def test_a_tenant_is_told_by_its_host(self):
        def put(tenant):
            return self.put(f"https://{tenant}.sharepoint.com/_api/v2.0/drive/root:/{tenant}.txt:/content").status
        self.assertEqual((put("corp"), put("rival")), (200, 403))
        self.assertEqual(self.of_path("corp.txt")["details"]["instance.kind"], "corporate")

    def test_a_host_of_ones_own_tells_also_what_no_signature_describes(self):
        self.assertEqual(self.put("https://files.corp.test/plain/a.bin").status, 200)
        self.assertEqual(self.put("https://files.rival.test/plain/b.bin").status, 200)
        ours, theirs = self.of_path("a.bin"), self.of_path("b.bin")
        self.assertEqual(ours["details"]["instance.kind"], "corporate")
        self.assertEqual([match["name"] for match in ours["matched"]], ["uploads to our own"])
        self.assertNotIn("details", theirs)

    def test_the_api_puts_the_instances_of_an_app_together(self):
        lone = "7c7c7c7c-1111-4222-8333-444444444444"
        for name in ("one.txt", "two.txt"):
            self.assertEqual(self.graph(name, lone, "ben@corp.example").status, 403)
        self.gateway.wait_for_activities(2, "--app", "microsoft_365", "--action", "upload")
        ask = lambda query: self.gateway.api("instances?" + query)[1]
        found = kit.wait_until(lambda: [one for one in ask("app=microsoft_365")["instances"] if one["instance"] == lone and one["activities"] == 2],
                               "the instance of two activities")[0]
        self.assertEqual((found["app"], found["kind"], found["accounts"], found["stopped"], found["uploads"]),
                         ("microsoft_365", "other", ["ben@corp.example"], 2, 2))
        self.assertNotIn(lone, [one["instance"] for one in ask("app=microsoft_365&kind=corporate")["instances"]])
        self.assertEqual(ask("app=dropbox"), {"instances": [], "total": 0, "untold": 0, "left_out": 0})
        self.assertEqual(len(ask("limit=1")["instances"]), 1)
        for query in ("limit=0", "since=never", "apps=box"):
            self.assertEqual(self.gateway.api("instances?" + query)[0], 400, query)
        reads = json.loads(self.gateway.command("audit", "reads", "-c", self.gateway.config, "--format", "json").stdout)
        self.assertIn("GET /api/v1/instances", [one["what"] for one in reads])

    def test_what_is_listed_while_it_runs_is_in_force_and_a_fault_is_not(self):
        file = self.gateway.directory / "own_tenants.yaml"
        def written(text, words):
            before = len(self.gateway.log())
            (file.parent / "new.yaml").write_text(text)
            (file.parent / "new.yaml").rename(file)
            kit.wait_until(lambda: words in self.gateway.log()[before:], words)
            return self.gateway.log()[before:]
        said = written(TENANTS + "- {app: microsft_365, tenants: [x]}\n", "not in force as the files say: own tenants")
        self.assertIn("own_tenants.yaml:6:9: error: no app 'microsft_365' in the catalog", said)
        self.assertIn("did you mean 'microsoft_365'?", said)
        self.assertEqual(self.graph("before.txt", RIVAL).status, 403)
        written(TENANTS + f"- {{app: microsoft_365, tenants: [{RIVAL}]}}\n", "in force on every worker")
        self.assertEqual(self.graph("after.txt", RIVAL).status, 200)
        written(TENANTS, "in force on every worker")
        self.assertEqual(self.graph("again.txt", RIVAL).status, 403)
