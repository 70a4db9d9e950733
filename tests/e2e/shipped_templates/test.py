"""The templates that we ship, all in rehearsal at once, against the requests that apps' own clients make: each matches
what it is written for, and not the neighbour. What their own cases take for granted is found out here."""

import io
import json
import shutil
import urllib.parse
import zipfile

import kit
import yaml

GRAPH = "https://graph.microsoft.com/v1.0"
S3 = "https://reports.s3.eu-west-1.amazonaws.com"
EC2 = "https://ec2.eu-west-1.amazonaws.com/"
IAM = "https://iam.amazonaws.com/"
ARM = "https://management.azure.com/subscriptions/s"
RESOURCES = ARM + "/resourceGroups/g/providers"
BOX = "https://api.box.com/2.0"
DROPBOX = "https://api.dropboxapi.com/2"
CHATGPT = "https://chatgpt.com/backend-api/conversation"
GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth?client_id=c1&response_type=code&scope="

HOSTS = ("accounts.google.com", "api.box.com", "api.dropboxapi.com", "api.github.com", "chatgpt.com",
         "cloudtrail.eu-west-1.amazonaws.com", "content.dropboxapi.com", "ec2.ap-southeast-2.amazonaws.com",
         "ec2.eu-west-1.amazonaws.com", "github.com", "gmail.googleapis.com", "graph.microsoft.com",
         "iam.amazonaws.com", "login.live.com", "login.microsoftonline.com", "management.azure.com",
         "outlook.office.com", "reports.s3.eu-west-1.amazonaws.com", "storage.googleapis.com")

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(200)
KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n" * 4 + \
    b"-----END OPENSSH PRIVATE KEY-----\n"
DATABASE = b"SQLite format 3\0" + bytes(4080)
MAILBOX = b"!BDN" + bytes(4) + b"SM\x17\0" + bytes(4000)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def locked_archive():
    """A ZIP whose only file says of itself that it is encrypted (APPNOTE 4.4.4: bit 0), in both of its headers."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("plan.txt", b"x" * 64)
    data = bytearray(made.getvalue())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def ids(text):
    return set(text.split())


class ShippedTemplates(kit.Scenario):
    @classmethod
    def prepare(cls):
        conf = cls.source / "conf"
        authority = kit.Authority(cls)
        origin = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*HOSTS))
        files = [file for file in sorted((conf / "templates").glob("*.yaml")) if ".test." not in file.name]
        taken = [{"name": one["id"], "id": one["id"], "extends": "template/" + one["id"]}
                 for file in files for one in yaml.safe_load(file.read_text())]
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=yaml.safe_dump(taken), start=False,
            resolve={name: origin.address for name in HOSTS},
            config={"policy_mode": "rehearse", "tags": {"mail_domains": str(conf / "tags/mail_domains.yaml")}})
        shutil.copytree(conf / "policies/lists", cls.gateway.directory / "policies/lists")
        cls.gateway.start()
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    def matched(self, method, url, body, type, *more):
        """The ids of the templates that the exchange matched."""
        data = () if body is None else ("-H", "Content-Type: " + type, "--data-binary", "@-")
        before = {row["id"] for row in self.gateway.logged()}
        self.assertEqual(self.curl("-X", method, *data, *more, url, stdin=body).status, 200)
        found = lambda: [row for row in self.gateway.logged() if row["id"] not in before and "method" in row]
        kit.wait_until(found, "it is recorded")
        event = found()[-1]
        return ({one["policy"] for one in event.get("rehearsed", [])} |
                {one["id"] for one in event.get("matched", []) + event.get("edited_by", [])})

    def check(self, method, url, body, expected, unlike="", *more, type="application/json"):
        if isinstance(body, dict):
            body = (urllib.parse.urlencode(body) if type.endswith("urlencoded") else json.dumps(body)).encode()
        with self.subTest(f"{method} {url}", body=body and body[:80]):
            matched = self.matched(method, url, body, type, *more)
            self.assertEqual(ids(expected) - matched, set())
            self.assertEqual(ids(unlike) & matched, set())

    def form(self, url, fields, expected, unlike="", *more):
        self.check("POST", url, fields, expected, unlike, *more, type="application/x-www-form-urlencoded")

    def upload(self, name, content, expected, unlike=""):
        self.check("POST", "https://content.dropboxapi.com/2/files/upload", content, expected, unlike,
                   "-H", 'Dropbox-API-Arg: {"path": "/Q3/%s"}' % name, type="application/octet-stream")

    def test_sharing(self):
        def invite(mail):
            return {"shared_folder_id": "1", "members": [{"member": {".tag": "email", "email": mail}}]}
        url = DROPBOX + "/sharing/add_folder_member"
        self.check("POST", url, invite("eve@gmail.com"),
                   "shared-with-personal-address shared-outside-authorized-domains", "shared-with-external-address")
        self.check("POST", url, invite("bob@partner.example"), "shared-with-external-address",
                   "shared-with-personal-address shared-outside-authorized-domains")
        self.check("POST", url, invite("bob@competitor.example"),
                   "shared-with-unauthorized-domain shared-outside-authorized-domains")
        self.check("POST", DROPBOX + "/sharing/create_shared_link_with_settings",
                   {"path": "/src/main.rs", "settings": {"audience": "public"}},
                   "shared-with-anyone externally-shared-source-code", "no-links-for-anyone shared-digital-certificates")
        self.check("PUT", BOX + "/files/7", {"shared_link": {"access": "open"}},
                   "shared-with-anyone no-links-for-anyone read-only-outside-the-corporate-network")
        self.check("PUT", BOX + "/files/7", {"shared_link": {"access": "company"}},
                   "", "shared-with-anyone no-links-for-anyone")
        self.check("PATCH", "https://api.github.com/repos/o/r", {"private": False},
                   "repository-is-opened-to-everybody no-public-repositories github-only-own-enterprise")
        self.check("PATCH", "https://api.github.com/repos/o/r", {"private": True},
                   "", "repository-is-opened-to-everybody no-public-repositories")
        url = "https://gmail.googleapis.com/gmail/v1/users/me/settings/autoForwarding"
        self.check("PUT", url, {"enabled": True, "emailAddress": "ann@gmail.com"},
                   "suspicious-inbox-forwarding no-forwarding-to-outside-addresses")
        self.check("PUT", url, {"enabled": False}, "", "suspicious-inbox-forwarding")
        self.check("PATCH", GRAPH + "/groups/g1", {"visibility": "Public"}, "access-level-change-teams")
        self.check("PATCH", GRAPH + "/groups/g1", {"visibility": "Private"}, "", "access-level-change-teams")
        def rule(mail):
            return {"InboxRule": {"Name": "all", "ForwardTo": [{"SmtpAddress": mail}]}}
        url = "https://outlook.office.com/owa/service.svc?action=NewInboxRule&app=Mail"
        self.check("POST", url, rule("ann@gmail.com"), "suspicious-inbox-forwarding")
        self.check("POST", url, {"InboxRule": {"Name": "all", "Delete": True}}, "", "suspicious-inbox-forwarding")
        self.check("POST", GRAPH + "/invitations", {"invitedUserEmailAddress": "eve@stranger.example"},
                   "external-user-added-teams")

    def test_aws(self):
        anybody = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}
        partner = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "s3:*"}]}
        public = "publicly-accessible-cloud-storage no-public-cloud-storage aws-publicly-accessible-s3-buckets"
        self.check("PUT", S3 + "/?policy", anybody, public + " aws-s3-bucket-configuration-changes")
        self.check("PUT", S3 + "/?policy", partner, "aws-s3-bucket-configuration-changes", public)
        self.check("DELETE", S3 + "/?publicAccessBlock", None, "aws-publicly-accessible-s3-buckets")
        self.form(IAM, {"Action": "CreateAccessKey", "UserName": "bo"},
                  "new-access-key-for-a-cloud-platform new-access-token", "aws-iam-policy-changes new-administrator")
        self.form(IAM, {"Action": "AttachUserPolicy", "UserName": "bo",
                        "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
                  "aws-iam-policy-changes new-administrator", "new-access-token")
        self.form(IAM, {"Action": "ListPolicies"}, "", "aws-iam-policy-changes")
        changes = {"AuthorizeSecurityGroupIngress": "aws-security-group-configuration-changes",
                   "CreateNetworkAclEntry": "aws-network-acl-changes",
                   "AttachInternetGateway": "aws-network-gateway-changes",
                   "CreateVpnConnection": "aws-virtual-private-network-changes",
                   "RunInstances": "aws-ec2-instance-configuration-changes",
                   "DeleteFlowLogs": "logging-of-a-cloud-platform-is-switched-off",
                   "ModifySnapshotAttribute": "disk-images-are-shared",
                   "DescribeSecurityGroups": ""}
        for action, template in changes.items():
            others = {one for one in changes.values() if one and one != template}
            self.form(EC2, {"Action": action}, template, " ".join(others) + " aws-activity-in-an-unused-region")
        for address, expected in (("0.0.0.0/0", "ports-are-opened-to-everybody"), ("192.0.2.0/24", "")):
            self.form(EC2, {"Action": "AuthorizeSecurityGroupIngress", "IpPermissions.1.IpRanges.1.CidrIp": address},
                      expected, "" if expected else "ports-are-opened-to-everybody")
        self.form("https://ec2.ap-southeast-2.amazonaws.com/", {"Action": "RunInstances"},
                  "aws-activity-in-an-unused-region")
        for action, expected, unlike in (
                ("StopLogging", "logging-of-a-cloud-platform-is-switched-off aws-cloudtrail-configuration-changes", ""),
                ("StartLogging", "aws-cloudtrail-configuration-changes", "logging-of-a-cloud-platform-is-switched-off"),
                ("DescribeTrails", "", "aws-cloudtrail-configuration-changes")):
            self.check("POST", "https://cloudtrail.eu-west-1.amazonaws.com/", {"Name": "main"}, expected, unlike,
                       "-H", "X-Amz-Target: CloudTrail_20131101." + action, type="application/x-amz-json-1.1")

    def test_azure_and_google_cloud(self):
        off = "logging-of-a-cloud-platform-is-switched-off"
        setting = RESOURCES + "/Microsoft.KeyVault/vaults/v/providers/microsoft.insights/diagnosticSettings/d"
        self.check("DELETE", setting, None, off + " azure-resource-changes")
        self.check("PUT", setting, {}, "azure-resource-changes", off)
        def rule(access):
            return {"properties": {"access": access, "direction": "Inbound", "sourceAddressPrefix": "*"}}
        url = RESOURCES + "/Microsoft.Network/networkSecurityGroups/n/securityRules/r"
        self.check("PUT", url, rule("Allow"), "azure-network-security-changes ports-are-opened-to-everybody")
        self.check("PUT", url, rule("Deny"), "azure-network-security-changes", "ports-are-opened-to-everybody")
        owner = {"properties": {"principalId": "p", "roleDefinitionId": "/r/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}}
        reader = {"properties": {"principalId": "p", "roleDefinitionId": "/r/acdd72a7-3385-48ef-bd42-f606fba81ae7"}}
        url = ARM + "/providers/Microsoft.Authorization/roleAssignments/1"
        self.check("PUT", url, owner, "azure-role-assignments new-administrator")
        self.check("PUT", url, reader, "azure-role-assignments", "new-administrator")
        self.check("POST", RESOURCES + "/Microsoft.Storage/storageAccounts/x/listKeys", {},
                   "new-access-key-for-a-cloud-platform", "azure-resource-changes")
        def batch(method):
            return {"requests": [{"httpMethod": method, "name": "b", "url": "/subscriptions/s/resourceGroups/g"}]}
        self.check("POST", "https://management.azure.com/batch", batch("DELETE"), "azure-resource-changes")
        self.check("POST", "https://management.azure.com/batch", batch("GET"), "", "azure-resource-changes")
        def binding(member):
            return {"bindings": [{"role": "roles/storage.objectViewer", "members": [member]}]}
        url = "https://storage.googleapis.com/storage/v1/b/r/iam"
        self.check("PUT", url, binding("allUsers"), "publicly-accessible-cloud-storage gcp-storage-changes")
        self.check("PUT", url, binding("user:ann@example.com"), "gcp-storage-changes",
                   "publicly-accessible-cloud-storage")

    def test_accounts_and_consents(self):
        def login(mail):
            return {"login": mail, "passwd": "x"}
        url = "https://login.microsoftonline.com/common/login"
        private = "use-of-a-personal-account no-personal-accounts-in-sanctioned-apps"
        self.form(url, login("ann@gmail.com"), private + " microsoft-365-only-own-tenants")
        self.form(url, login("ann@company.example"), "no-foreign-accounts-in-sanctioned-apps", private)
        self.check("GET", "https://login.live.com/", None, "no-personal-microsoft-accounts",
                   "microsoft-365-only-own-tenants")
        wide = "oauth-app-asks-for-wide-rights no-wide-rights-for-unknown-oauth-apps"
        self.check("GET", GOOGLE + "openid%20https%3A%2F%2Fmail.google.com%2F", None,
                   wide + " unknown-oauth-app-asks-for-rights google-only-own-domains")
        self.check("GET", GOOGLE + "openid%20profile", None, "unknown-oauth-app-asks-for-rights", wide)
        self.check("POST", GRAPH + "/oauth2PermissionGrants", {"clientId": "7f59a773", "scope": "Mail.Read"},
                   "administrator-grants-rights-to-an-app oauth-app-asks-for-wide-rights")
        self.check("POST", GRAPH + "/applications/a1/addPassword", {"passwordCredential": {"displayName": "ci"}},
                   "new-credentials-for-an-oauth-app", "administrator-grants-rights-to-an-app")
        self.check("POST", GRAPH + "/roleManagement/directory/roleAssignments",
                   {"principalId": "u2", "roleDefinitionId": "62e90394"}, "new-administrator")

    def test_prompts(self):
        def ask(model):
            return {"model": model, "messages": [{"content": {"parts": ["hello"]}}]}
        asked = "no-prompts-to-unsanctioned-generative-ai chatgpt-only-own-workspace"
        self.check("POST", CHATGPT, ask("other-1"), asked + " model-that-is-not-listed")
        self.check("POST", CHATGPT, ask("gpt-5-mini"), asked, "model-that-is-not-listed")

    def test_files_by_their_bytes(self):
        self.upload("notes.txt", KEY, "private-keys-are-uploaded no-key-uploads", "databases-are-uploaded")
        self.upload("notes.txt", b"a note\n", "", "private-keys-are-uploaded no-key-uploads")
        self.upload("photo.jpg", PROGRAM, "disguised-programs-are-uploaded no-program-uploads")
        self.upload("setup.exe", PROGRAM, "no-program-uploads", "disguised-programs-are-uploaded")
        self.upload("a.zip", locked_archive(), "locked-files-are-uploaded no-locked-archives-to-unsanctioned-storage "
                    "no-uploads-that-cannot-be-looked-into")
        self.upload("a.txt", EICAR, "no-uploads-of-known-malware", "watched-files-are-uploaded")
        self.upload("a.txt", DATABASE, "databases-are-uploaded", "mailboxes-are-uploaded")
        self.upload("a.bin", MAILBOX, "mailboxes-are-uploaded", "databases-are-uploaded")
        self.upload("main.rs", b"fn main() {}\n", "source-code-is-uploaded no-source-code-uploads")
        self.check("POST", "https://github.com/o/r.git/git-receive-pack", b"0000PACK",
                   "source-code-is-pushed no-pushes-to-unsanctioned-repositories", "",
                   type="application/x-git-receive-pack-request")
