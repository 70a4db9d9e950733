"""Data of others becomes the catalog's second tier on a gateway that runs: below every entry of its own, with its licence
shown, and taken away again; who did it stands in the governance log, as does who imports logs and takes them back."""

import json
import os
import time

import kit

TABLE = """\
domain,name,category,vendor,score,saml,colour
notes.imported.example,Imported Notes,crm,Notes Ltd,6,true,blue
www.dropbox.com,Evil Box,crm,,,,
evil.example,Dropbox,crm,,,,
x.example,X,no_such_category,,,,
co.uk,Everybody,crm,,,,
"""
POLICIES = """\
- name: imported apps are looked at
  when: {app.tag: imported}
  then: block
"""


class CatalogImport(kit.Scenario):
    def setUp(self):
        self.gateway = kit.Gateway(self, self.id().rsplit(".", 1)[1], policies=POLICIES, resolve={
            "notes.imported.example": "127.0.0.1:9", "www.dropbox.com": "127.0.0.1:9", "evil.example": "127.0.0.1:9"})
        self.curl = kit.Curl(self.gateway)
        self.file = self.gateway.directory / "saas list.csv"
        self.file.write_text(TABLE)

    def imported(self, *arguments, code=0):
        return self.gateway.command("catalog", "import", "-c", self.gateway.config, *arguments, code=code)

    def governance(self):
        rows = json.loads(self.gateway.command("governance", "log", "-c", self.gateway.config, "--format", "json").stdout)
        return [(row["action"], row["what"], row["who"]) for row in reversed(rows)
                if "log" in row["action"] or "catalog" in row["action"]]

    def test_an_import_is_in_force_at_once_below_our_entries_and_leaves_again(self):
        self.assertNotEqual(self.curl("http://notes.imported.example/before", code=None).status, 403)
        dry = self.imported(self.file, "--license", "CC-BY-4.0", "--dry-run")
        self.assertIn("5 rows, 2 bad (1 suffix, 1 category)", dry.stdout)
        self.assertIn("'no_such_category' is no category", dry.stderr)
        self.assertIn("passed over: colour", dry.stderr)
        self.assertEqual(self.governance(), [])

        done = self.imported(self.file, "--license", "CC-BY-4.0", "--origin", "bought", "--by", "Ben")
        self.assertIn("1 apps with 1 domains are new; 2 are left out: known already", done.stdout)
        self.assertIn("in force on every worker", done.stdout)
        self.assertEqual(self.curl("http://notes.imported.example/after").status, 403)
        event = self.gateway.event(self.gateway.wait_for_activities(1, path="/after")[0]["id"])
        self.assertEqual((event["app"]["id"], event["app"]["risk_score"]), ("imported_notes", 6))
        self.assertNotEqual(self.curl("http://www.dropbox.com/ours", code=None).status, 403)
        event = self.gateway.event(self.gateway.wait_for_activities(1, path="/ours")[0]["id"])
        self.assertEqual(event["app"]["id"], "dropbox")
        self.assertNotEqual(self.curl("http://evil.example/", code=None).status, 403)

        said = self.gateway.command("apps", "explain", "-c", self.gateway.config, "imported_notes").stdout
        self.assertIn("license CC-BY-4.0, from saas list.csv, bought", said)
        self.assertIn("6 of 10, as the import saas_list states it", said)
        page = self.gateway.api("apps/imported_notes")[1]
        self.assertEqual((page["imported"]["license"], page["imported"]["name"], page["imported"]["who"]),
                         ("CC-BY-4.0", "saas_list", "Ben"))
        factor, = page["risk"]["factors"]
        self.assertEqual((factor["factor"], factor["source"], factor["note"]), ("saml", "imported", "saas_list"))

        self.assertIn("already", self.imported(self.file, "--license", "x", code=1).stderr)
        listed = json.loads(self.gateway.command("catalog", "imports", "-c", self.gateway.config, "--format", "json").stdout)
        self.assertEqual([(row["import"], row["license"], row["apps"], row["in_force"]) for row in listed],
                         [("saas_list", "CC-BY-4.0", 3, 1)])
        self.imported("--remove", "saas_list", "--by", "Eva")
        self.assertNotEqual(self.curl("http://notes.imported.example/gone", code=None).status, 403)
        self.assertIn("no import", self.imported("--remove", "saas_list", code=1).stderr)
        self.assertEqual(self.governance(), [
            ("import catalog", "saas_list, file saas list.csv, license CC-BY-4.0, rows 5, apps 1, bad 2", "Ben"),
            ("remove catalog", "saas_list", "Eva")])
        self.gateway.command("store", "verify", "-c", self.gateway.config)

    def test_what_cannot_be_used_is_refused_and_changes_nothing(self):
        self.assertIn("--license", self.imported(self.file, code=2).stderr)
        self.assertIn("name a file", self.imported("--license", "x", code=2).stderr)
        self.assertIn("no import", self.imported("--remove", "../../ca/ca", code=1).stderr)
        self.file.write_text("domain,name,category\nwww.dropbox.com,Mine,crm\n")
        self.assertIn("known already", self.imported(self.file, "--license", "x", code=1).stderr)
        pipe = self.gateway.directory / "pipe"
        os.mkfifo(pipe)
        self.imported(pipe, "--license", "x", code=3)  # and is not waited for
        self.file.write_bytes(b"\x00\xff" * 1000)
        self.imported(self.file, "--license", "x", code=2)
        self.assertEqual(self.governance(), [])

    def test_imports_of_logs_and_their_removal_are_told(self):
        log = self.gateway.directory / "proxy.log"
        log.write_text("".join(
            f"{int(time.time()) - 3600 + n}.123     85 192.0.2.1 TCP_MISS/200 1000 GET http://www.dropbox.com/a ana "
            "HIER_DIRECT/198.51.100.9 text/html\n" for n in range(200)) + "nonsense\n")
        self.gateway.command("discover", "import", "-c", self.gateway.config, "--by", "Ben", "--format", "squid", log)
        self.gateway.command("discover", "imports", "-c", self.gateway.config, "--remove", "1", "--by", "Eva")
        self.assertEqual(self.governance(), [
            ("import log", "1, file proxy.log, format squid, records 200, left_out 0, bad 1", "Ben"),
            ("remove log", "1, file proxy.log, records 200", "Eva")])
        self.gateway.command("discover", "imports", "-c", self.gateway.config, "--remove", "1", code=1)
        self.assertEqual(len(self.governance()), 2)
        self.gateway.command("store", "verify", "-c", self.gateway.config)
