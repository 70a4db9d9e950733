"""What policies do beside letting pass or not: rates, texts for files, copies of uploads, the way to a browser that runs
elsewhere, SafeSearch, and facts of a session."""

import base64
import json
import re
import subprocess
import threading
import time
import urllib.parse

import kit

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(300_000)
FILE = bytes(range(256)) * 2_000  # 512,000 bytes
RATE = 128_000  # bytes a second

POLICIES = """\
- name: searches are safe
  safe_search: strict
- name: slow
  when: {host: slow.test, user: ana}
  throttle: 128 KB/s
- name: elsewhere
  when: {host: risky.test}
  then: isolate
  redirect: "https://isolation.test/open?tenant=7"
- name: no files from there
  when: {host: files.test, activity: download}
  then: block
  replacement: "Ask the service desk."
- name: no programs
  when: {host: up.test, activity: upload, file.family: executable}
  then: block
  quarantine: true
- name: no secrets by name
  when: {host: up.test, activity: upload, file.name: secret.txt}
  then: block
  quarantine: true
- name: enough
  when: {host: count.test, session.uploaded: "> 1 MB"}
  then: block
- name: signed out once
  when: {host: app.test}
  then: sign_in_again
  for: 1h
"""
HOSTS = ("slow.test", "risky.test", "files.test", "up.test", "count.test", "app.test", "isolation.test", "www.google.com",
         "www.bing.com", "duckduckgo.com")


class SessionEffects(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        cls.asked = []
        cls.origin = kit.RawOrigin(cls, cls.talk, identity=authority.issue(*HOSTS))
        cls.key, certificate = cls.directory / "quarantine.key", cls.directory / "quarantine.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=quarantine",
                        "-keyout", cls.key, "-out", certificate], check=True, capture_output=True)
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate], policies=POLICIES,
            resolve={host: cls.origin.address for host in HOSTS},
            files={"addresses.yaml": "- {cidr: 127.0.0.1, user: ana}\n- {cidr: 127.0.0.2, user: ben}\n"},
            config={"users": {"addresses": "addresses.yaml"}, "quarantine": {"certificate": str(certificate)}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    @classmethod
    def talk(cls, peer):
        while (head := peer.read_head()) is not None:
            cls.asked.append((head.get("Host"), head.target))
            cls.shown = head.get("Cookie"), head.get("Authorization")
            left = int(head.get("Content-Length") or 0)
            while left > 0 and (peer.held or peer.fill()):
                piece, peer.held = peer.held[:left], peer.held[left:]
                left -= len(piece)
            if head.target.startswith("/file"):
                peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: {len(FILE)}\r\n"
                          "Content-Disposition: attachment; filename=\"plan.zip\"\r\n\r\n")
                if head.method != "HEAD":
                    peer.send(FILE)
            else:
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def cli(self, *arguments):
        return self.gateway.command(*arguments, "-c", self.gateway.config)

    # ---- rates

    def fetch_all(self, *options, url="https://slow.test/file"):
        """Three at once, each over a connection of its own: how long until all are there."""
        replies = []
        def one():
            replies.append(self.curl(url, *options))
        threads = [threading.Thread(target=one) for _ in range(3)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([reply.status for reply in replies], [200] * 3)
        return time.monotonic() - began, replies

    def test_more_connections_make_a_throttled_user_no_faster_in_either_way(self):
        least = (3 * len(FILE) - RATE / 2) / RATE - 1  # a second for clocks
        for version in ("--http1.1", "--http2"):
            with self.subTest(version):
                took, replies = self.fetch_all(version)
                self.assertTrue(all(reply.body == FILE for reply in replies))
                self.assertGreater(took, least)
        (self.directory / "up.bin").write_bytes(FILE)
        took, _ = self.fetch_all("-T", self.directory / "up.bin", url="https://slow.test/up")
        self.assertGreater(took, least)
        self.assertGreaterEqual(self.gateway.metric("sallyport_bodies_throttled_total"), 9)

    def test_who_is_not_meant_is_not_slowed(self):
        result = {}
        slow = threading.Thread(target=lambda: result.update(slow=self.curl("https://slow.test/file")))
        slow.start()
        for _ in range(3):
            self.assertEqual(self.curl("https://slow.test/file", "--interface", "127.0.0.2").body, FILE)
        slow.join()
        self.assertEqual(result["slow"].body, FILE)

    # ---- a text for a file

    def test_a_browser_gets_a_text_for_a_file_and_a_program_a_refusal(self):
        for version in ("--http1.1", "--http2"):
            browser = self.curl("https://files.test/file", version, "-H", "Sec-Fetch-Mode: navigate",
                                "-H", "Range: bytes=5-9")
            self.assertEqual(browser.status, 200)
            self.assertIn("plan.zip.blocked.txt", browser.header("Content-Disposition"))
            self.assertTrue(browser.text.startswith("Ask the service desk.\n"), browser)
            head = self.curl("https://files.test/file", version, "-I", "-H", "Sec-Fetch-Mode: navigate")
            self.assertEqual(head.status, 200)
            program = self.curl("https://files.test/file", version)
            self.assertEqual(program.status, 403)
            self.assertEqual(program.json()["type"], "urn:sallyport:problem:blocked")

    # ---- copies

    def opened(self, event):
        copy = self.gateway.state / "quarantine" / f"{event}.p7m"
        done = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-inkey", self.key, "-in", copy],
                              capture_output=True, check=True)
        self.assertNotIn(b"the formula", copy.read_bytes())
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        return head.decode(), body

    def test_a_copy_of_a_blocked_upload_is_there_for_the_operators_key_alone(self):
        (self.directory / "tool.exe").write_bytes(PROGRAM)
        (self.directory / "secret.txt").write_text("the formula\n" * 50_000)
        uploads = {"by its bytes": ("-T", self.directory / "tool.exe", "https://up.test/tool.exe"),
                   "by its name": ("-T", self.directory / "secret.txt", "https://up.test/secret.txt"),
                   "a form": ("-F", f"f=@{self.directory / 'tool.exe'}", "https://up.test/form")}
        for name, arguments in uploads.items():
            for version in ("--http1.1", "--http2"):
                with self.subTest(name, version=version):
                    before = len(self.asked)
                    refused = self.curl(version, *arguments)
                    self.assertEqual(refused.status, 403)
                    self.assertEqual(self.asked[before:], [])
                    event = refused.header("Sallyport-Event")
                    head, body = self.opened(event)
                    if name == "a form":
                        self.assertIn("Content-Type: multipart/form-data; boundary=", head)
                        self.assertIn(PROGRAM, body)
                    else:
                        self.assertEqual(body, arguments[1].read_bytes())
                    listed = json.loads(self.cli("quarantine", "--format", "json").stdout)
                    [entry] = [one for one in listed if one["event_id"] == event]
                    self.assertEqual(entry["user"], "ana")
                    self.assertEqual(entry["bytes"], len(body))
        self.assertIn("openssl cms -decrypt", self.cli("quarantine").stdout)
        self.cli("quarantine", "--remove", event)
        self.assertFalse((self.gateway.state / "quarantine" / f"{event}.p7m").exists())
        self.gateway.command("quarantine", "--remove", "../../state", "-c", self.gateway.config, code=2)
        self.assertEqual(self.gateway.metric("sallyport_uploads_not_quarantined_total"), 0)

    # ---- elsewhere

    def test_who_navigates_is_sent_to_the_other_browser_with_a_context_that_our_key_signed(self):
        reply = self.curl("https://risky.test/a?b=c", "-H", "Accept: text/html")
        self.assertEqual(reply.status, 303)
        to = urllib.parse.urlsplit(reply.header("Location"))
        self.assertEqual((to.scheme, to.netloc, to.path), ("https", "isolation.test", "/open"))
        query = urllib.parse.parse_qs(to.query)
        self.assertEqual(query["tenant"], ["7"])
        self.assertEqual(query["url"], ["https://risky.test/a?b=c"])
        head, claims, signature = query["context"][0].split(".")
        decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        told = json.loads(decode(claims))
        self.assertEqual((told["sub"], told["url"], told["aud"], told["exp"] - told["iat"]),
                         ("ana", "https://risky.test/a?b=c", "https://isolation.test", 60))
        [key] = self.curl("https://sallyport.internal/isolation/keys").json()["keys"]
        self.assertEqual(json.loads(decode(head)), {"alg": "EdDSA", "kid": key["kid"], "typ": "JWT"})
        # RFC 8410: the key as openssl takes it.
        spki = bytes.fromhex("302a300506032b6570032100") + decode(key["x"])
        (self.directory / "iso.der").write_bytes(spki)
        (self.directory / "iso.sig").write_bytes(decode(signature))
        (self.directory / "iso.txt").write_text(f"{head}.{claims}")
        subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "iso.der", "-rawin",
                        "-in", "iso.txt", "-sigfile", "iso.sig"], check=True, capture_output=True,
                       cwd=self.directory)

    def test_what_does_not_navigate_is_not_sent_anywhere(self):
        for options in ((), ("-H", "Sec-Fetch-Mode: cors", "-H", "Sec-Fetch-Dest: empty"),
                        ("-H", "Sec-Fetch-Dest: iframe", "-H", "Accept: text/html")):
            reply = self.curl("https://risky.test/a", *options)
            self.assertEqual(reply.status, 403, reply)
            self.assertIsNone(reply.header("Location"))
        self.assertNotIn("risky.test", [host for host, _ in self.asked])

    # ---- searches

    def test_engines_get_their_parameter_in_place_of_what_the_client_says(self):
        for asked, ours in (("www.google.com/search?q=a&safe=off", "/search?q=a&safe=active"),
                            ("www.google.com/search?s%61fe=off&q=a", "/search?q=a&safe=active"),
                            ("www.google.com/maps?q=a&safe=off", "/maps?q=a&safe=off"),
                            ("www.bing.com/images/search?q=a&ADLT=off", "/images/search?q=a&adlt=strict"),
                            ("duckduckgo.com/?q=a&kp=-2", "/?q=a&kp=1")):
            for version in ("--http1.1", "--http2"):
                self.assertEqual(self.curl(f"https://{asked}", version).text, "ok")
                self.assertEqual(self.asked[-1][1], ours)

    # ---- sessions

    def test_a_session_that_has_sent_enough_is_stopped_whatever_its_connections(self):
        (self.directory / "part.bin").write_bytes(bytes(400_000))
        codes = [self.curl("-T", self.directory / "part.bin", "https://count.test/x").status for _ in range(4)]
        self.assertEqual(codes, [200, 200, 200, 403])
        self.assertEqual(self.curl("-T", self.directory / "part.bin", "https://count.test/x", "--interface",
                                   "127.0.0.2").status, 200)

    # ---- ended sessions

    def test_an_apps_session_ends_also_for_a_client_that_keeps_its_cookies(self):
        old = ("-b", "sid=old-session; theme=dark", "-H", "Authorization: Bearer old-token")
        page = self.curl("https://app.test/mail", *old, "-H", "Accept: text/html")
        self.assertEqual(page.status, 303)
        self.assertIn('"cookies"', page.header("Clear-Site-Data"))
        self.assertIn("sid=; Path=/; Max-Age=0", " ".join(page.fields["set-cookie"]))
        program = self.curl("https://app.test/api", "-b", "sid=of-a-program")
        self.assertEqual((program.status, program.json()["needs"]), (403, "sign_in_again"))
        self.assertNotIn("app.test", [host for host, _ in self.asked])

        form = self.curl(page.header("Location"))
        self.assertIn("Please sign in to", form.text)
        ticket = re.search(r'name="ticket" value="([^"]+)"', form.text).group(1)
        # A gateway refuses tickets of the second in which it started.
        kit.wait_until(lambda: self.curl("https://sallyport.internal/answer", "-d", f"ticket={ticket}", "-d",
                                         "answer=continue").status == 200,
                       lambda: "the answer is taken")
        for shown, arrives in ((old, ("theme=dark", None)),
                               (("-b", "sid=of-a-program; a=b"), ("a=b", None)),
                               (("-b", "sid=new; theme=light", "-H", "Authorization: Bearer new"),
                                ("sid=new; theme=light", "Bearer new"))):
            for version in ("--http1.1", "--http2"):
                self.assertEqual(self.curl("https://app.test/mail", version, *shown).status, 200)
                self.assertEqual(self.shown, arrives)
