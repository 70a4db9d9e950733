"""Who looks at what persons did is recorded; what is kept of one person is exported, and erased: by the command line, with
a gateway and without, and through the API. Nothing of the person is left in the stores, others lose nothing, and the
governance log and the record of reads stay whole."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time

import kit
from kit import process
from kit.scenario import wait_until

POLICIES = """\
- { id: uploads, name: Uploads, kind: activity, when: { activity: upload }, alerts_per_day: 1000 }
"""
APPS = ("api.dropboxapi.com", "content.dropboxapi.com")
# One name begins as another does, and one person has names of every form.
USERS = """\
users:
  - {name: quentin.marsh, upn: quentin.marsh@corp.example, aliases: [CORP\\qmarsh], groups: [finance]}
  - {name: quentin.marshall, mail: marshall@corp.example}
  - {name: ben}
"""
NOBODY = "users:\n  - {name: quentin.marshall, mail: marshall@corp.example}\n  - {name: ben}\n"
ADDRESSES = "- {address: 127.0.0.1, user: quentin.marsh}\n- {address: 127.0.0.2, user: quentin.marshall}\n"
NAME = re.compile(rb"quentin\.marsh(?!all)|qmarsh", re.I)


class Privacy(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=authority.issue(*APPS))
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={name: cls.origin.address for name in APPS},
            files={"users.yaml": USERS, "addresses.yaml": ADDRESSES},
            config={"users": {"directory": "users.yaml", "addresses": "addresses.yaml"},
                    "recording": {"logs": [{"file": "access.jsonl"}]}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.upload("plans.pdf")
        cls.upload("other.pdf", "--interface", "127.0.0.2")
        member = {".tag": "email", "email": "Quentin.Marsh@corp.example"}
        cls.curl("-H", "Content-Type: application/json", "--interface", "127.0.0.2", "--data-binary", "@-",
                 "https://api.dropboxapi.com/2/sharing/add_file_member",
                 stdin=json.dumps({"file": "id:other", "members": [member]}).encode())
        cls.gateway.wait_for_activities(3)

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            peer.read_body(head)
            body = json.dumps({"id": "id:1", "name": "x"})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))

    @classmethod
    def upload(cls, name, *more):
        return cls.curl("-H", "Dropbox-API-Arg: " + json.dumps({"path": "/" + name}), "-H",
                        "Content-Type: application/octet-stream", "--data-binary", "@-", *more,
                        "https://content.dropboxapi.com/2/files/upload", stdin=b"x" * 2000)

    def cli(self, *arguments, code=0, deadline=60):
        return self.gateway.command(*arguments, "-c", self.gateway.config, code=code, deadline=deadline)

    def reads(self, *arguments):
        return json.loads(self.cli("audit", "reads", "--format", "json", *arguments).stdout)

    def whole(self, code=0, *arguments):
        done = self.cli("store", "verify", *arguments, code=code)
        if code == 0:
            self.assertIn("the governance log is whole", done.stdout)
            self.assertIn("the record of reads is whole", done.stdout)
        return done

    def holds_the_name(self):
        """The files of the state directory, but for the logs, in which the name stands."""
        found = []
        for path in sorted(self.gateway.state.rglob("*")):
            if path.is_file() and "log" not in path.parts[-2:-1] and NAME.search(path.read_bytes()):
                found.append(path.name)
        return found

    def test_1_each_look_is_recorded_before_it_is_shown(self):
        self.cli("users", "show", "QUENTIN.MARSH@corp.example", "--since", "7d", "--reason", "case 7", "--by", "ida")
        self.cli("users", "seen")
        self.cli("files", "--user", "quentin.marsh")
        self.cli("activities", "--user", "quentin.marsh", "--limit", "5", "--oldest-first", "--reason", "case 7")
        [alert] = wait_until(lambda: json.loads(self.cli("alerts", "--user", "quentin.marsh", "--format", "json").stdout),
                             "the alert")
        self.cli("alerts", "show", alert["id"])
        self.cli("alerts", "comment", alert["id"], "--comment", "looked at", "--by", "ida")
        rows = self.reads("--user", "CORP\\qmarsh")
        by_what = {row["what"]: row for row in rows}
        shown = by_what["users show"]
        self.assertEqual((shown["who"], shown["about"], shown["question"], shown["reason"], shown["rows"]),
                         ("ida", "quentin.marsh", "QUENTIN.MARSH@corp.example --since 7d", "case 7", 1))
        self.assertTrue(shown["via"].startswith("shell "))
        self.assertEqual(by_what["activities"]["question"], "--user quentin.marsh --limit 5 --oldest-first")
        self.assertLessEqual({"files", "alerts", "alerts show", "activities", "users show"}, set(by_what))
        self.assertNotIn("users seen", by_what)
        self.assertIn("users seen", {row["what"] for row in self.reads()})
        self.assertEqual([row["what"] for row in self.reads("--who", "IDA")], ["users show"])
        self.assertEqual(self.reads("--until", "1h"), [])
        self.assertEqual(self.reads("--user", "quentin.marshall"), [])
        self.assertEqual(len(self.reads("--limit", "2")), 2)
        self.assertIn("case 7", self.cli("audit", "reads").stdout)

    def test_2_the_api_too_and_a_console_does_not_fill_it(self):
        for _ in range(5):
            self.assertEqual(self.gateway.api("users/quentin.marsh?by=ida&reason=case%208")[0], 200)
        self.gateway.api("users-seen")
        self.gateway.api("alerts?user=quentin.marsh&by=ida")
        rows = self.reads("--who", "ida", "--user", "quentin.marsh")
        [first] = [row for row in rows if row["what"] == "GET /api/v1/users/{}"]
        self.assertEqual((first["via"], first["times"], first["rows"], first["reason"]), ("api", 1, 1, "case 8"))
        self.assertIn("GET /api/v1/alerts", {row["what"] for row in rows})
        status, page = self.gateway.api("audit-reads?user=quentin.marsh&limit=1")
        self.assertEqual((status, page["entries"], page["next"]), (200, rows[:1], rows[0]["number"]))
        before = self.reads()[0]["number"]
        self.gateway.stop()  # What was counted is written at the end of its minute, or now.
        [counted] = [row for row in self.reads() if row["number"] > before]
        self.assertEqual((counted["what"], counted["times"], counted["rows"]), ("GET /api/v1/users/{}", 4, 4))
        self.gateway.start()
        self.whole()

    def test_3_whatever_is_asked_the_record_is_safe(self):
        for user in ("\x1b[31mred\r\nnew line", "x" * 100_000, "\u202egnp", "'; DROP TABLE reads; --"):
            self.cli("activities", "--user", user, "--reason", user[:2000])
            self.assertEqual(self.gateway.api("users-seen?app=" + "%1b" * 200)[0], 200)
        rows = self.reads("--limit", "20")
        for row in rows:
            for text in row.values():
                self.assertTrue(not isinstance(text, str) or (len(text) <= 1000 and text.isprintable()), row)
        self.assertTrue(any(row["question"].startswith("--user \\x1b[31mred\\x0d\\x0anew line") for row in rows
                            if "question" in row))
        self.whole()

    def test_4_tampering_is_found(self):
        self.gateway.stop()
        file = self.gateway.state / "audit.sqlite"
        head = re.search(r"the record of reads is whole; its head: (\S+)", self.whole().stdout)[1]
        saved = file.read_bytes()

        def tampered(statement, *arguments, code=1):
            with sqlite3.connect(file) as db:
                db.execute(statement)
            db.close()
            done = self.whole(code, *arguments)
            for other in file.parent.glob("audit.sqlite-*"):
                other.unlink()
            file.write_bytes(saved)
            return done.stderr

        self.assertIn("record of reads: entry 2 is missing", tampered("DELETE FROM reads WHERE number = 2"))
        self.assertIn("entry 3 was changed", tampered("UPDATE reads SET who = 'eve' WHERE number = 3"))
        self.assertIn("the words of entry 3 were changed", tampered("UPDATE reads SET reason = 'x' WHERE number = 3"))
        self.assertIn("entries 1 to 2 are missing", tampered("DELETE FROM reads WHERE number < 3"))
        self.assertIn("emptied, and no entry says so: 3",
                      tampered("UPDATE reads SET about = '', question = '', reason = '', salt = x'', emptied = 1 "
                               "WHERE number = 3"))
        cut = "DELETE FROM reads WHERE number > 5"
        tampered(cut, code=0)
        self.assertIn("its end was cut off", tampered(cut, "--reads-head", head))
        self.assertIn("--reads-head is a number", self.whole(2, "--reads-head", "x").stderr)

    def test_5_what_cannot_be_recorded_is_shown_or_refused_as_it_is_said(self):
        file = self.gateway.state / "audit.sqlite"
        saved = file.read_bytes()
        file.write_bytes(b"no database at all, and longer than the head of one " * 20)
        strict = self.gateway.directory / "strict.yaml"
        settings = json.loads(self.gateway.config.read_text())
        settings["recording"]["audit_reads"] = "required"
        strict.write_text(json.dumps(settings))
        done = self.gateway.command("users", "show", "quentin.marsh", "-c", self.gateway.config)
        self.assertIn("it is not recorded that you read this", done.stderr)
        self.assertIn("Dropbox", done.stdout)
        done = self.gateway.command("users", "show", "quentin.marsh", "-c", strict, code=3)
        self.assertIn("recording.audit_reads: required", done.stderr)
        self.assertEqual(done.stdout, "")
        ordinary, self.gateway.config = self.gateway.config, strict
        self.gateway.start()
        for path in ("users/quentin.marsh", "users-seen", "alerts"):
            self.assertEqual(self.gateway.api(path)[0], 503, path)
        self.assertEqual(self.gateway.api("governance")[0], 200)
        self.gateway.stop()
        self.gateway.config = ordinary
        settings["recording"]["audit_reads"] = "off"
        strict.write_text(json.dumps(settings))
        done = self.gateway.command("users", "show", "quentin.marsh", "-c", strict)
        self.assertEqual(done.stderr, "")
        file.write_bytes(saved)
        self.gateway.start()
        self.whole()

    def test_6_all_that_is_kept_of_one_person(self):
        self.cli("suspend", "quentin.marsh", "--for", "2h", "--reason", "lost laptop", "--by", "ben")
        self.cli("ask", "quentin.marsh", "--say", "Was this you?", "--by", "ben")
        output = self.gateway.directory / "export.jsonl"
        self.cli("users", "export", "CORP\\qmarsh", "--output", output, "--reason", "request 114", "--by", "dpo")
        self.assertEqual(output.stat().st_mode & 0o777, 0o600)
        lines = [json.loads(line) for line in output.read_text().splitlines()]
        manifest, rest = lines[0], lines[1:]
        self.assertEqual((manifest["type"], manifest["user"], manifest["by"], manifest["reason"]),
                         ("manifest", "quentin.marsh", "dpo", "request 114"))
        counted = {}
        for line in rest:
            counted[line["type"]] = counted.get(line["type"], 0) + 1
        self.assertEqual(manifest["counts"], counted)
        self.assertEqual((counted["person"], counted["address"], counted["activity"], counted["file"], counted["alert"],
                          counted["state"]), (1, 1, 1, 1, 1, 2))
        self.assertGreaterEqual(counted["governance"], 2)
        self.assertGreater(counted["read"], 5)
        by_type = {line["type"]: line for line in rest}
        self.assertEqual(by_type["activity"]["record"]["user"], "quentin.marsh")
        self.assertEqual((by_type["use"]["service"], by_type["use"]["uploads"]), ("dropbox", 1))
        self.assertEqual(by_type["file"]["name"], "plans.pdf")
        self.assertEqual(by_type["alert"]["alert"]["history"][0]["text"], "looked at")
        self.assertNotIn("quentin.marshall", output.read_text())
        # It is recorded, never written over what is there, and of nobody there is nothing.
        self.assertEqual(self.reads("--who", "dpo")[0]["what"], "users export")
        self.cli("users", "export", "quentin.marsh", "--output", output, code=3)
        done = self.cli("users", "export", "nobody", "--output", "-", code=1)
        self.assertEqual(json.loads(done.stdout)["counts"], {})
        self.cli("users", "export", "a:b", "--output", "-", code=2)
        # The API tells the same, and who asked is recorded first.
        status, text = self.gateway.api("users/quentin.marsh/export?by=dpo2&reason=request%20115", parse=False)
        self.assertEqual(status, 200)
        told = [json.loads(line) for line in text.splitlines()]
        self.assertEqual((told[0]["type"], told[0]["user"], told[0]["by"], told[0]["reason"]),
                         ("manifest", "quentin.marsh", "dpo2", "request 115"))
        self.assertEqual(told[0]["counts"]["activity"], counted["activity"])
        self.assertEqual(len(told) - 1, sum(told[0]["counts"].values()))
        read = self.reads("--who", "dpo2")[0]
        self.assertEqual((read["what"], read["reason"]), ("GET /api/v1/users/{}/export", "request 115"))
        self.assertEqual(self.gateway.api("users/who.else/export")[0], 404)
        self.assertEqual(self.gateway.api("users/a:b/export")[0], 400)
        self.assertEqual(self.gateway.api("users/quentin.marsh/export?bye=x")[0], 400)
        self.cli("unsuspend", "quentin.marsh", "--by", "ben")

    def test_7_erased_while_the_gateway_writes(self):
        shutil.copytree(self.gateway.state, self.gateway.directory / "before",
                        ignore=lambda folder, names: [name for name in names if name.endswith(("-shm", "lock"))])
        self.assertLessEqual({"state.sqlite"}, {name.removesuffix("-wal") for name in self.holds_the_name()})
        would = self.cli("users", "erase", "quentin.marsh", "--reason", "request 115")
        self.assertRegex(would.stdout, r"(?s)--yes would erase.*activities +1\n.*access.jsonl.*users\.yaml")
        self.cli("users", "erase", "quentin.marsh", "--reason", " ", code=2)
        self.cli("users", "erase", "somebody.else", "--reason", "x", code=1)
        # Who is suspended is not let back in by it.
        self.cli("suspend", "quentin.marsh", "--app", "box", "--by", "ben")
        self.assertIn("suspended", self.cli("users", "erase", "quentin.marsh", "--reason", "x", "--yes", code=1).stderr)
        self.cli("unsuspend", "quentin.marsh", "--by", "ben")
        self.assertEqual(self.gateway.api("users/quentin.marsh", "DELETE")[0], 400)  # Why?

        done = threading.Event()
        written = [0]

        def others():
            while not done.is_set():
                self.upload(f"{written[0]}.pdf", "--interface", "127.0.0.2")
                written[0] += 1

        writer = threading.Thread(target=others)
        writer.start()
        try:
            wait_until(lambda: written[0] > 5, "others' uploads")
            erased = self.cli("users", "erase", "Quentin.Marsh@CORP.example", "--reason", "request 115 of quentin.marsh",
                              "--by", "dpo", "--yes")
        finally:
            done.set()
            writer.join()
        print(erased.stdout)
        self.assertRegex(erased.stdout, r"activities +1\n")
        self.gateway.wait_for_activities(written[0] + 1, "--user", "quentin.marshall", "--action", "upload")
        self.no_answer_names_them()
        self.whole()
        # Nothing is found of them; of others all.
        self.assertEqual(self.gateway.activities("--user", "quentin.marsh"), [])
        self.assertIn("(erased)", self.shared())
        self.whole()
        used = json.loads(self.cli("discover", "users", "--format", "json", "--by", "dpo").stdout)
        self.assertNotIn("quentin.marsh", [row["user"] for row in used])
        self.assertEqual(self.reads("--who", "dpo")[0]["what"], "discover")
        entry = json.loads(self.cli("governance", "log", "--action", "erase user", "--format", "json").stdout)[0]
        self.assertEqual((entry["who"], entry["why"]), ("dpo", "request 115 of (erased)"))
        self.assertRegex(entry["what"], r"^[0-9a-f]{64}$")
        self.assertEqual(json.loads(self.cli("governance", "log", "--user", "quentin.marsh", "--format", "json").stdout), [])
        self.assertEqual(json.loads(self.cli("questions", "--format", "json").stdout), [])
        self.assertEqual(json.loads(self.cli("alerts", "--user", "quentin.marsh", "--format", "json").stdout), [])

    def shared(self):
        [row] = self.gateway.activities("--host", "api.dropboxapi.com")
        return json.dumps(self.gateway.event(row["id"]))

    def test_8_nothing_is_left_in_the_stores(self):
        (self.gateway.directory / "users.yaml").write_text(NOBODY)
        (self.gateway.directory / "addresses.yaml").write_text("[]\n")
        self.gateway.stop()
        # What was looked for since stands in the record of reads, and goes likewise: without a gateway.
        self.cli("users", "erase", "quentin.marsh", "--reason", "request 115", "--by", "dpo", "--yes")
        self.cli("users", "erase", "quentin.marsh@corp.example", "--reason", "request 115", "--by", "dpo", "--yes")
        self.cli("users", "erase", "CORP\\qmarsh", "--reason", "request 115", "--by", "dpo", "--yes")
        self.assertEqual(self.holds_the_name(), [])
        self.whole()
        self.cli("users", "export", "quentin.marsh", "--output", "-", code=1)
        self.cli("users", "show", "quentin.marsh", code=1)
        self.gateway.start()
        self.whole()

    def no_answer_names_them(self):
        """Whatever the API is asked but for the map of addresses, which is a file of the operator's."""
        document = self.gateway.api("openapi.json")[1]
        reports = ("dashboard", "apps", "users", "addresses", "devices", "countries", "categories", "leakage", "new", "inactive", "hosts")
        asked = 0
        for route, methods in document["paths"].items():
            if "get" not in methods or route.endswith("/live") or route == "/api/v1/addresses":
                continue
            paths = [route] if "{" not in route else (
                [route.replace("{report}", one) for one in reports] if route.endswith("{report}") else [])
            if route == "/api/v1/discovery/{report}/{app}":
                paths = ["/api/v1/discovery/app/dropbox"]
            for name, id in (("activities", "id"), ("alerts", "id")):
                if route in (f"/api/v1/{name}/{{event}}", f"/api/v1/{name}/{{alert}}", "/api/v1/explain/{event}"):
                    rows = self.gateway.api(f"{name}?limit=1000")[1]
                    rows = rows["activities"] if name == "activities" else rows
                    paths += [re.sub(r"\{\w+\}", row[id], route) for row in rows if (name == "alerts") == ("alert" in route)]
            if route in ("/api/v1/users/{user}", "/api/v1/users/{user}/export"):
                paths = [route.replace("{user}", "quentin.marshall")]
            for path in paths:
                status, text = self.gateway.api(path.removeprefix("/api/v1/"), parse=False)
                self.assertIn(status, (200, 401), f"{path}: {text}")
                self.assertIsNone(NAME.search(str(text).encode()), f"{path}: {str(text)[:2000]}")
                asked += 1
        self.assertGreater(asked, 50)
        export = self.gateway.api("users/quentin.marshall/export", parse=False)[1]
        self.assertGreater(json.loads(export.splitlines()[0])["counts"]["activity"], 2)

    def test_9_killed_in_the_middle_and_run_again(self):
        self.gateway.stop()
        state = self.gateway.directory / "before"
        (self.gateway.directory / "users.yaml").write_text(USERS)
        command = [str(self.binary), "users", "erase", "quentin.marsh", "-c", str(self.gateway.config), "--state",
                   str(state), "--reason", "request 116", "--yes"]
        for pause in (0.02, 0.04, 0.06, 0.1):
            one = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=process.clean_environment(self.directory), cwd=self.gateway.directory)
            time.sleep(pause)
            one.kill()
            one.wait()
            self.cli("store", "verify", "--state", state)
            rows = json.loads(self.cli("activities", "--state", state, "--user", "quentin.marshall", "--format",
                                       "json").stdout)
            self.assertEqual(len(rows), 2)
        done = subprocess.run(command, capture_output=True, text=True, env=process.clean_environment(self.directory),
                              cwd=self.gateway.directory)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.cli("store", "verify", "--state", state)
        for path in state.rglob("*"):
            if path.is_file() and path.parent.name != "log":
                self.assertIsNone(NAME.search(path.read_bytes()), path)
        self.assertFalse(os.path.exists(state / "state.sqlite-journal"))
        self.gateway.start()
