"""Origins that cannot prove who they are: the page names the fault, nothing reaches them, and the tools agree."""

import datetime

import kit

EXPLAINED = {
    "expired.test": ("expired", "A certificate of the site has expired."),
    "future.test": ("not_yet_valid", "A certificate of the site is not valid yet."),
    "wronghost.test": ("wrong_host", "The site's certificate belongs to another name."),
    "selfsigned.test": ("self_signed", "The site vouches for itself; nobody who is trusted here knows it."),
    "untrusted.test": ("untrusted_root", "The site's certificate comes from an authority that is not trusted here."),
}


class BadOrigin(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        stranger = kit.Authority(cls, "Some Stranger")
        cls.identities = {
            "good.test": cls.authority.issue("good.test", "127.0.0.1"),
            "expired.test": cls.authority.issue("expired.test", begins=-20, ends=-10),
            "future.test": cls.authority.issue("future.test", begins=5, ends=20),
            "wronghost.test": cls.authority.issue("another.test", "www.wronghost.test"),
            "selfsigned.test": cls.authority.self_sign("selfsigned.test"),
            "untrusted.test": stranger.issue("untrusted.test"),
        }
        cls.nginx = kit.Nginx(cls, [kit.Site(name, identity=identity) for name, identity in cls.identities.items()])
        cls.nginx.write("/index.html", "reached")
        cls.silent = kit.RawOrigin(cls, lambda peer: None)
        cls.not_tls = kit.RawOrigin(cls, lambda peer: peer.send("220 mail.test ESMTP\r\n"))
        cls.gateway = kit.Gateway(cls, roots=[cls.authority.certificate], resolve={
            **{name: cls.nginx.tls for name in cls.identities},
            "silent.test": cls.silent.address, "notls.test": cls.not_tls.address})
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def bad(self):
        for host, (word, sentence) in EXPLAINED.items():
            with self.subTest(host=host):
                yield host, word, sentence

    def test_a_good_one_is_reached(self):
        self.assertEqual(self.curl("https://good.test/index.html").text, "reached")

    def test_the_page_names_the_fault(self):
        for host, word, sentence in self.bad():
            reply = self.curl("-H", "Accept: text/html", "-d", "password=secret", f"https://{host}/login")
            self.assertEqual(reply.status, 502)
            self.assertIn(f"{host} could not prove who it is", reply.text)
            # HTML writes the apostrophe in its own way.
            self.assertIn(sentence, reply.text.replace("&#39;", "'").replace("&apos;", "'").replace("&#x27;", "'"))
            self.assertNotIn("reached", reply.text)

    def test_a_program_reads_the_fault(self):
        for host, word, sentence in self.bad():
            reply = self.curl(f"https://{host}/index.html")
            self.assertEqual(reply.status, 502)
            problem = reply.json()
            self.assertEqual(problem["type"], "urn:sallyport:problem:origin_untrusted")
            self.assertIn(sentence, problem["faults"])
            self.assertTrue(reply.header("proxy-status").startswith("sallyport; error=tls_certificate_error; details="))

    def test_the_records_name_the_fault(self):
        for host, word, sentence in self.bad():
            id = self.curl(f"https://{host}/index.html?recorded").header("sallyport-event")
            kit.wait_until(lambda: any(row["id"] == id for row in self.gateway.activities()), "it is recorded")
            event = self.gateway.event(id)
            self.assertEqual((event["ending"], event["status"]), ("origin_failed", 502))
            self.assertIn(word, event["tls"]["verify"].split(","))
            self.assertIn("tls_verify", event["error"])

    def test_nothing_was_sent_to_them(self):
        for host, word, sentence in self.bad():
            self.curl("-d", "password=secret", f"https://{host}/login")
        self.curl("https://good.test/index.html?last")
        self.nginx.wait_for_requests(1, uri="/index.html?last")
        self.assertEqual({row["host"] for row in self.nginx.requests()}, {"good.test"})

    def test_verify_agrees_on_the_same_chains(self):
        for host, word, sentence in self.bad():
            done = self.gateway.command("tls", "verify", "--chain", self.identities[host].chain, "--host", host,
                                        "--roots", self.authority.certificate, code=1)
            self.assertIn(f"refused for {host}", done.stdout)
            self.assertIn(word, done.stdout)
            self.assertIn(sentence, done.stdout)
        done = self.gateway.command("tls", "verify", "--chain", self.identities["good.test"].chain,
                                    "--host", "good.test", "--roots", self.authority.certificate)
        self.assertIn("accepted for good.test", done.stdout)

    def test_verify_judges_at_another_time_and_with_other_roots(self):
        verify = lambda host, code, *more: self.gateway.command(
            "tls", "verify", "--chain", self.identities[host].chain, "--host", host, *more, code=code).stdout
        days = lambda count: (datetime.datetime.now(datetime.timezone.utc) +
                              datetime.timedelta(days=count)).strftime("%Y-%m-%dT%H:%M:%SZ")
        root = self.authority.certificate
        # The root is as old as this test, so the expired leaf was never good; the future one will be.
        verify("future.test", 0, "--roots", root, "--at", days(10))
        self.assertIn("expired", verify("good.test", 1, "--roots", root, "--at", days(60)))
        # Without our root the system's count, and those know nothing of it.
        self.assertIn("untrusted_root", verify("good.test", 1))

    def test_verify_says_what_it_cannot_use(self):
        chain = self.identities["good.test"].chain
        for code, *arguments in ((3, "--chain", "missing.pem", "--host", "good.test"),
                                 (2, "--chain", chain, "--host", "not a host"),
                                 (2, "--chain", chain, "--host", "good.test", "--at", "yesterday"),
                                 (2, "--host", "good.test"),
                                 (1, "--chain", self.gateway.config, "--host", "good.test")):
            with self.subTest(arguments=arguments):
                self.gateway.command("tls", "verify", *arguments, code=code)

    def test_check_connects_and_judges(self):
        check = lambda target, code, *more: self.gateway.command(
            "tls", "check", "-c", self.gateway.config, target, *more, code=code)
        done = check("good.test", 0)
        for words in (f"connected to  {self.nginx.tls}", "TLSv1.3", "accepted for good.test"):
            self.assertIn(words, done.stdout)
        self.assertIn("accepted for 127.0.0.1", check(self.nginx.tls, 0).stdout)
        for host, word, sentence in self.bad():
            done = check(f"{host}:443", 1)
            self.assertIn(word, done.stdout)
            self.assertIn(sentence, done.stdout)
        port = kit.ports.free_port()
        self.assertIn("connect_refused", check(f"127.0.0.1:{port}", 1).stderr)
        check("not a host", 2)

    def test_what_is_no_tls_at_all_is_a_502_too(self):
        for host in ("silent.test", "notls.test"):
            with self.subTest(host=host):
                reply = self.curl(f"https://{host}/")
                self.assertEqual(reply.status, 502)
                self.gateway.wait_for_activities(1, "--host", host, "--verdict", "origin_failed")
