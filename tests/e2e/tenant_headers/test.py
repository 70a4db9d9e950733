"""Restrictions of tenants, for every app that takes one: clients forge the fields, the origin sees exactly ours."""

import kit
from kit import websocket
from kit.http2 import Http2

GUID = "01234567-89ab-cdef-0123-456789abcdef"
OTHER = "ffffffff-ffff-ffff-ffff-ffffffffffff"

POLICIES = f"""\
- name: our tenants only
  when: {{user: ana}}
  restrict_tenants:
    asana: {{requester: "1", domains: ["1", "2"]}}
    chatgpt: {GUID}
    dropbox: ["dbtid:ours"]
    github: [corp]
    google_cloud: ["4711"]
    google_drive_anonymous: block
    google_workspace: [corp.example]
    microsoft_365: {{tenants: [corp.onmicrosoft.com], directory: {GUID}}}
    microsoft_personal: block
    slack: {{requester: T1, workspaces: [T1, E2]}}
    webex: [corp.example]
    zoom: ours
- name: our tenants by the newer rules
  when: {{user: ben}}
  restrict_tenants:
    microsoft_365_v2: "{GUID}:{GUID}"
- name: no videos for children
  when: {{user: ana}}
  restrict_youtube: strict
"""

CLOUD = "eyJyZXNvdXJjZXMiOlsib3JnYW5pemF0aW9ucy80NzExIl0sIm9wdGlvbnMiOiJzdHJpY3QifQ=="
MICROSOFT = {"restrict-access-to-tenants": "corp.onmicrosoft.com", "restrict-access-context": GUID}
GOOGLE = {"x-googapps-allowed-domains": "corp.example", "x-goog-allowed-resources": CLOUD}

# What the origin of each host must see of these fields, whatever ana's client sent.
TABLE = {
    "app.asana.com": {"asana-allowed-domains-requester-id": "1", "asana-allowed-domain-ids": "1,2"},
    "chatgpt.com": {"chatgpt-allowed-workspace-id": GUID},
    "api.openai.com": {"chatgpt-allowed-workspace-id": GUID},
    "www.dropbox.com": {"x-dropbox-allowed-team-ids": "dbtid:ours"},
    "github.com": {"sec-github-allowed-enterprise": "corp"},
    "api.github.com": {"sec-github-allowed-enterprise": "corp"},
    "api.githubcopilot.com": {"sec-github-allowed-enterprise": "corp"},
    "accounts.google.com": GOOGLE,
    "drive.google.com": {**GOOGLE, "x-googapps-drive-deny-anonymous": "true"},
    "storage.googleapis.com": {"x-goog-allowed-resources": CLOUD},
    "gcr.io": {"x-goog-allowed-resources": CLOUD},
    "login.microsoftonline.com": MICROSOFT,
    "login.microsoft.com": MICROSOFT,
    "login.windows.net": MICROSOFT,
    "login.live.com": {"sec-restrict-tenant-access-policy": "restrict-msa"},
    "corp.slack.com": {"x-slack-allowed-workspaces-requester": "T1", "x-slack-allowed-workspaces": "T1,E2"},
    "idbroker.webex.com": {"ciscospark-allowed-domains": "corp.example"},
    "atlas-a.wbx2.com": {"ciscospark-allowed-domains": "corp.example"},
    "us02web.zoom.us": {"x-zoomapps-policy": "ours"},
    "www.youtube.com": {"youtube-restrict": "Strict"},
    "m.youtube.com": {"youtube-restrict": "Strict"},
}
# Who restricts is asked on its own hosts: elsewhere a client's field passes, for it only narrows.
SPEAK_BOTH = ("corp.slack.com", "www.dropbox.com", "login.microsoftonline.com")  # HTTP/2 and HTTP/1.1
NEIGHBOURS = ("gist.github.com", "www.live.com", "slack-edge.com", "music.youtube.com")

FAMILIES = {
    "Asana-Allowed-Domain-Ids": "evil", "Asana-Allowed-Domains-Requester-Id": "evil",
    "ChatGPT-Allowed-Workspace-Id": "evil", "CiscoSpark-Allowed-Domains": "evil.example",
    "Restrict-Access-Context": OTHER, "Restrict-Access-To-Tenants": "evil.example",
    "X-Dropbox-allowed-Team-Ids": "evil", "X-Goog-Allowed-Resources": "evil",
    "X-GoogApps-Allowed-Domains": "evil.example", "X-GoogApps-Drive-Deny-Anonymous": "false",
    "X-Slack-Allowed-Workspaces": "evil", "X-Slack-Allowed-Workspaces-Requester": "evil",
    "X-ZoomApps-Policy": "evil", "YouTube-Restrict": "None", "sec-GitHub-allowed-enterprise": "evil",
    "sec-Restrict-Tenant-Access-Policy": f"{OTHER}:{OTHER}",
}


def spellings(name):
    """The field as it may come too: in other letters, with '_' for '-', twice."""
    return (name, name.upper(), name.replace("-", "_"))


class TenantHeaders(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.heads = []
        hosts = (*TABLE, *NEIGHBOURS)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*hosts))
        cls.gateways = {
            user: kit.Gateway(cls, user, roots=[authority.certificate], policies=POLICIES,
                              resolve={host: cls.origin.address for host in hosts},
                              files={"addresses.yaml": f"- {{cidr: 127.0.0.0/8, user: {user}}}\n"},
                              config={"users": {"addresses": "addresses.yaml"}})
            for user in ("ana", "ben", "eve")}
        both = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*SPEAK_BOTH), alpn=("h2", "http/1.1"))
        cls.both = kit.Gateway(cls, "both", roots=[authority.certificate], policies=POLICIES,
                               resolve=dict.fromkeys(SPEAK_BOTH, both.address),
                               files={"addresses.yaml": "- {cidr: 127.0.0.0/8, user: ana}\n"},
                               config={"users": {"addresses": "addresses.yaml"}})

    @classmethod
    def listen(cls, peer):
        if peer.alpn == "h2":
            connection = Http2(peer, False)
            while stream := connection.accept():
                cls.heads.append(stream.fields)
                stream.reply(200, b"hi")
            return
        while (head := peer.read_head()) is not None:
            cls.heads.append(head.fields)
            if head.get("Upgrade"):
                return websocket.echo(peer, head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    def seen(self, user, host, forge):
        """The fields of all families that reach the origin."""
        fields = []
        for name, value in FAMILIES.items():
            for spelling in spellings(name) if forge else ():
                fields += ["-H", f"{spelling}: {value}"]
        before = len(self.heads)
        self.assertEqual(kit.Curl(self.gateways[user])(f"https://{host}/", *fields).text, "hi")
        [head] = self.heads[before:]
        plain = {name.lower() for name in FAMILIES}
        return sorted((name.lower(), value) for name, value in head
                      if name.lower().replace("_", "-") in plain)

    def test_the_origin_of_each_app_sees_exactly_ours(self):
        for host, ours in TABLE.items():
            for forge in (False, True):
                with self.subTest(host=host, forge=forge):
                    seen = self.seen("ana", host, forge)
                    # Fields of other apps are nothing to this one.
                    about = {name.replace("_", "-") for name, _ in seen if name.replace("_", "-") in self.family(host)}
                    self.assertEqual([one for one in seen if one[0].replace("_", "-") in self.family(host)],
                                     sorted(ours.items()))
                    self.assertLessEqual(about, set(ours))

    @staticmethod
    def family(host):
        """All fields that speak of what is restricted on the host."""
        names = set(TABLE[host])
        if "microsoft" in host or host in ("login.windows.net", "login.live.com"):
            names |= {"restrict-access-context", "restrict-access-to-tenants", "sec-restrict-tenant-access-policy"}
        return names

    def test_the_newer_rules_leave_nothing_of_the_older(self):
        for host in ("login.microsoftonline.com", "login.live.com"):
            seen = dict(self.seen("ben", host, True))
            self.assertEqual(seen.get("sec-restrict-tenant-access-policy"), f"{GUID}:{GUID}")
            self.assertNotIn("restrict-access-to-tenants", seen)
            self.assertNotIn("restrict-access-context", seen)

    def test_elsewhere_and_for_others_nothing_is_added_and_what_narrows_passes(self):
        for host in NEIGHBOURS:
            self.assertEqual(self.seen("ana", host, False), [])
        self.assertEqual(self.seen("eve", "www.dropbox.com", False), [])
        self.assertIn(("x-dropbox-allowed-team-ids", "evil"), self.seen("eve", "www.dropbox.com", True))

    def test_nor_does_anything_else_come_over_http2_or_with_a_websocket(self):
        forged = [(name.lower().replace("-", mark), value) for name, value in FAMILIES.items() for mark in "-_"]
        lines = "".join(f"{name}: {value}\r\n" for name, value in forged)
        for host in SPEAK_BOTH:
            with Http2.connect(self.both, host) as connection, kit.connect_through(self.both, host) as peer:
                ways = {"HTTP/2": lambda: connection.request("/", fields=forged).wait_end(),
                        "a WebSocket over HTTP/2": lambda: connection.websocket("/", forged).wait_head(),
                        "a WebSocket": lambda: websocket.open_client(peer, host, fields=lines)}
                for way, go in ways.items():
                    with self.subTest(host=host, way=way):
                        before = len(self.heads)
                        self.assertIn(go().status, (101, 200))
                        [head] = self.heads[before:]
                        seen = {(name.lower(), value) for name, value in head
                                if name.lower().replace("_", "-") in self.family(host)}
                        self.assertEqual(seen, set(TABLE[host].items()))
