"""What people do in apps: recognised by signatures, asked of policies before it happens, kept; and files that are
judged by their bytes, however they are sent. The origin's own record proves what arrived."""

import hashlib
import json
import os

import kit

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(200)
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
SECRET = b"the formula, as a text\n" * 20

POLICIES = f"""\
- name: nothing to rivals
  when: {{activity: [share, invite, send], target.domain: rival.example}}
  then: block
  say: Rivals get nothing.
- name: no programs
  when: {{activity: upload, file.family: executable}}
  then: block
- name: not the formula
  when: {{activity: upload, file.sha256: {hashlib.sha256(SECRET).hexdigest()}}}
  then: block
- name: no tables
  when: {{activity: upload, file.extension: csv}}
  then: block
"""

APPS = ("api.dropboxapi.com", "content.dropboxapi.com", "graph.microsoft.com", "files.test")


class AppActivities(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.arrived = []  # [target, SHA-256 of the whole body, or None where it broke off]
        cls.origin = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue(*APPS))
        cls.gateway = kit.Gateway(cls, roots=[cls.authority.certificate], policies=POLICIES,
                                  resolve={name: cls.origin.address for name in APPS})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def listen(cls, peer):
        while (head := peer.read_head()) is not None:
            entry = [head.target, None]
            cls.arrived.append(entry)
            entry[1] = cls.digest(peer, head)
            if head.get("Upload-Length"):
                peer.send("HTTP/1.1 201 Created\r\nLocation: /uploads/7\r\nContent-Length: 0\r\n\r\n")
                continue
            body = json.dumps({"id": "id:77", "name": "kept"})
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                      % (len(body), body))

    @staticmethod
    def digest(peer, head):
        if head.get("Content-Length") is None:
            return hashlib.sha256(peer.read_body(head)).hexdigest()
        digest, left = hashlib.sha256(), int(head.get("Content-Length"))
        while left > 0:
            if not peer.held:
                peer.fill()
            piece, peer.held = peer.held[:left], peer.held[left:]
            digest.update(piece)
            left -= len(piece)
        return digest.hexdigest()

    def setUp(self):
        self.arrived.clear()

    def event_of(self, reply):
        id = reply.header("sallyport-event")
        kit.wait_until(lambda: any(row["id"] == id for row in self.gateway.activities()), "it is recorded")
        return self.gateway.event(id)

    def completed(self, path):
        def found():
            return [row for row in self.gateway.logged() if row.get("path") == path and row["ending"] == "completed"]
        kit.wait_until(found, "an event for " + path)
        return found()[-1]

    def post_json(self, url, value, *more):
        return self.curl("-H", "Content-Type: application/json", "--data-binary", "@-", *more, url,
                         stdin=json.dumps(value).encode())

    def form(self, name, content, filename, path="/form", *more):
        file = self.directory / name
        file.write_bytes(content)
        return self.curl("-F", f"note=hello", "-F", f"file=@{file};filename={filename};type=text/plain", *more,
                         "https://files.test" + path)

    def test_a_share_with_a_rival_never_leaves_and_one_with_a_partner_does(self):
        url = "https://api.dropboxapi.com/2/sharing/add_folder_member"
        def members(mail):
            return {"shared_folder_id": "84528192421", "members": [
                {"member": {".tag": "email", "email": mail}, "access_level": {".tag": "editor"}}]}
        reply = self.post_json(url, members("eve@rival.example"))
        self.assertEqual(reply.status, 403)
        self.assertIn("Rivals get nothing.", reply.text)
        self.assertEqual(self.arrived, [])
        event = self.event_of(reply)
        self.assertEqual((event["policy"], event["app"]["id"], event["type"], event["details"]["target.email"]),
                         ("nothing to rivals", "dropbox", "invite", ["eve@rival.example"]))
        self.assertEqual(self.post_json(url, members("bob@partner.example")).status, 200)
        self.assertEqual(len(self.arrived), 1)

    def test_the_body_that_was_read_first_arrives_as_it_was_sent(self):
        value = {"shared_folder_id": "1", "members": [], "custom_message": "x" * 200_000}
        url = "https://api.dropboxapi.com/2/sharing/add_folder_member"
        for more in ((), ("-H", "Transfer-Encoding: chunked"), ("--http2",), ("-H", "Expect: 100-continue")):
            self.arrived.clear()
            self.assertEqual(self.post_json(url, value, *more).status, 200)
            self.assertEqual(self.arrived[0][1], hashlib.sha256(json.dumps(value).encode()).hexdigest(), more)

    def test_what_hides_in_a_batch_stops_the_batch(self):
        def send(mail):
            return {"id": mail, "method": "POST", "url": "/me/sendMail", "headers": {"Content-Type": "application/json"},
                    "body": {"message": {"subject": "Prices", "toRecipients": [{"emailAddress": {"address": mail}}]}}}
        url = "https://graph.microsoft.com/v1.0/$batch"
        reply = self.post_json(url, {"requests": [send("bob@partner.example"), send("eve@rival.example")]})
        self.assertEqual((reply.status, self.arrived), (403, []))
        event = self.event_of(reply)
        self.assertEqual([(one["type"], one["details"]["target.email"]) for one in event["activities"]],
                         [("send", ["bob@partner.example"]), ("send", ["eve@rival.example"])])
        self.assertEqual({one["action"] for one in event["activities"]}, {"block"})
        self.assertEqual(self.post_json(url, {"requests": [send("bob@partner.example")] * 3}).status, 200)
        self.assertEqual(len(self.completed("/v1.0/$batch")["activities"]), 3)

    def test_what_the_reply_tells_is_kept(self):
        self.curl("-H", 'Dropbox-API-Arg: {"path":"/Q3/report.pdf"}', "-H", "Content-Type: application/octet-stream",
                  "--data-binary", "@-", "https://content.dropboxapi.com/2/files/upload", stdin=PAPER)
        event = self.completed("/2/files/upload")
        self.assertEqual(event["details"]["signature"], "dropbox/upload")
        self.assertEqual((event["details"]["object.id"], event["details"]["outcome"]), ("id:77", "success"))
        self.assertEqual(event["file"], {
            "name": "report.pdf", "extension": "pdf", "type": "application/octet-stream", "size": len(PAPER),
            "sniffed_type": "application/pdf", "family": "document", "sha256": hashlib.sha256(PAPER).hexdigest(),
            "scan_status": "completed"})

    def test_a_program_is_one_whatever_it_is_called_and_however_it_is_sent(self):
        file = self.directory / "paper.pdf"
        url = "https://files.test/put/paper.pdf"
        shapes = [
            ("PUT", lambda: self.curl("-T", file, url)),
            ("PUT in chunks", lambda: self.curl("-T", "-", url, stdin=file.read_bytes())),
            ("POST of bytes", lambda: self.curl("-H", "Content-Type: application/octet-stream", "--data-binary",
                                                f"@{file}", "https://files.test/post")),
            ("PUT by HTTP/2", lambda: self.curl("--http2", "-T", file, url)),
            ("form", lambda: self.form("form", file.read_bytes(), "paper.pdf")),
            ("form by HTTP/2", lambda: self.form("form", file.read_bytes(), "paper.pdf", "/form", "--http2")),
        ]
        for what, send in shapes:
            file.write_bytes(PROGRAM)
            self.arrived.clear()
            reply = send()
            self.assertEqual((reply.status, self.arrived), (403, []), what)
            event = self.event_of(reply)
            self.assertEqual((event["policy"], event["file"]["family"], event["file"].get("name")),
                             ("no programs", "executable", None if what == "POST of bytes" else "paper.pdf"), what)
            file.write_bytes(PAPER)
            self.assertEqual(send().status, 200, what)
            self.assertEqual(len(self.arrived), 1, what)
            self.assertIsNotNone(self.arrived[0][1], what)

    def test_one_byte_at_a_time_hides_nothing(self):
        for content, status in ((PROGRAM, 403), (PAPER, 200)):
            self.arrived.clear()
            with kit.connect_through(self.gateway, "files.test") as peer:
                peer.send("PUT /slow/a.pdf HTTP/1.1\r\nHost: files.test\r\nTransfer-Encoding: chunked\r\n\r\n")
                for byte in content:
                    peer.send(b"1\r\n" + bytes([byte]) + b"\r\n")
                peer.send("0\r\n\r\n")
                self.assertEqual(peer.read_head().status, status)
        self.assertEqual(self.arrived, [["/slow/a.pdf", hashlib.sha256(PAPER).hexdigest()]])

    def test_a_file_is_known_by_its_digest(self):
        reply = self.form("x", SECRET, "notes.txt")
        self.assertEqual((reply.status, self.arrived), (403, []))
        self.assertEqual(self.event_of(reply)["policy"], "not the formula")
        self.assertEqual(self.form("x", SECRET + b".", "notes.txt").status, 200)

    def test_of_several_files_in_a_form_each_counts(self):
        a, b = self.directory / "a", self.directory / "b"
        a.write_bytes(PAPER)
        b.write_bytes(b"x,y\n1,2\n")
        def send(name):
            return self.curl("-F", f"one=@{a};filename=a.pdf", "-F", f"two=@{b};filename={name}", "https://files.test/two")
        reply = send("b.csv")
        self.assertEqual((reply.status, self.arrived), (403, []))
        self.assertEqual((self.event_of(reply)["policy"], self.event_of(reply)["file"]["name"]), ("no tables", "b.csv"))
        self.assertEqual(send("b.txt").status, 200)
        self.assertEqual([one["file"]["name"] for one in self.completed("/two")["activities"]], ["a.pdf", "b.txt"])

    def test_an_upload_in_several_requests_is_one_with_the_whole_file(self):
        tus = ("-H", "Tus-Resumable: 1.0.0")
        content = os.urandom(700_000)
        self.curl(*tus, "-H", f"Upload-Length: {len(content)}", "-H", "Upload-Metadata: filename cGxhbi5iaW4=",
                  "-X", "POST", "https://files.test/uploads")
        for at in range(0, len(content), 300_000):
            part = content[at:at + 300_000]
            reply = self.curl(*tus, "-X", "PATCH", "-H", f"Upload-Offset: {at}", "-H",
                              "Content-Type: application/offset+octet-stream", "--data-binary", "@-",
                              "https://files.test/uploads/7", stdin=part)
            self.assertEqual(reply.status, 200)
        def of_the_upload():
            rows = [row for row in self.gateway.logged() if (row.get("path") or "").startswith("/uploads")]
            return rows if len(rows) == 4 else None
        kit.wait_until(of_the_upload, "four events")
        uploads = [row for row in of_the_upload() if row.get("activities")]
        self.assertEqual([len(row["activities"]) for row in uploads], [1])
        file = uploads[0]["file"]
        self.assertEqual((file["name"], file["size"], file["sha256"]),
                         ("plan.bin", len(content), hashlib.sha256(content).hexdigest()))
        # What lets anybody write on is not kept.
        self.assertNotIn("uploads/7", uploads[0]["details"]["transfer.session"])
        listed = json.loads(self.gateway.command("files", "-c", self.gateway.config, "--name", "plan.*",
                                                 "--format", "json").stdout)
        self.assertEqual([(one["name"], one["uploads"], one["sha256"]) for one in listed],
                         [("plan.bin", 1, hashlib.sha256(content).hexdigest())])

    def test_a_large_upload_is_held_off_the_memory_and_arrives_bit_exact(self):
        file = self.directory / "large.bin"
        digest = hashlib.sha256()
        with file.open("wb") as out:
            for _ in range(96):
                piece = os.urandom(1 << 20)
                digest.update(piece)
                out.write(piece)
        self.gateway.reset_peak()
        before, _ = self.gateway.memory()
        self.assertEqual(self.curl("-T", file, "https://files.test/large/large.bin").status, 200)
        self.assertEqual(self.arrived[0][1], digest.hexdigest())
        self.assertEqual(self.completed("/large/large.bin")["file"]["sha256"], digest.hexdigest())
        self.assertLess(self.gateway.memory()[1] - before, 24 << 20)
        self.assertGreaterEqual(self.gateway.metric("sallyport_uploads_held_total"), 1)
