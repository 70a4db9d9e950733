"""curl through the gateway to nginx, plain and TLS: methods, framing, reuse, 100-continue, and what is recorded."""

import os

import kit

BODY = bytes(range(256)) * 700  # does not look like anything


class CurlBasics(kit.Scenario):
    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        # An app of the catalog, so that activities name one.
        cls.nginx = kit.Nginx(cls, [kit.Site("files.box.com", "www.plain.test",
                                             identity=authority.issue("files.box.com", "www.plain.test"))])
        cls.nginx.write("/hello.txt", "hello\n")
        cls.nginx.write("/data.bin", BODY)
        cls.expecting = kit.RawOrigin(cls, cls.talk_about_expectations)
        cls.gateway = kit.Gateway(cls, roots=[authority.certificate], resolve={
            "files.box.com": cls.nginx.tls,
            "www.plain.test": cls.nginx.tls,
            "expecting.test": cls.expecting.address,
        }, policies="- {name: box is watched, when: {app: box}, then: monitor}\n")
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.plain = f"http://127.0.0.1:{cls.nginx.plain_port}"

    @staticmethod
    def talk_about_expectations(peer):
        while head := peer.read_head():
            if head.target.startswith("/refuse"):
                peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno.\n")
                return
            if head.get("Expect"):
                peer.send("HTTP/1.1 100 Continue\r\n\r\n")
            size = len(peer.read_body(head))
            peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(str(size))}\r\n\r\n{size}")

    def both(self, path):
        for base in (self.plain, "https://files.box.com"):
            with self.subTest(base=base):
                yield base + path

    def test_gets_exactly_what_the_origin_sends(self):
        for url in self.both("/data.bin"):
            reply = self.curl(url)
            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.body, BODY)
            self.assertEqual(reply.header("content-length"), str(len(BODY)))
            self.assertIn("sallyport", reply.header("via") or "")

    def test_passes_a_404_as_it_is(self):
        for url in self.both("/nothing"):
            reply = self.curl(url)
            self.assertEqual(reply.status, 404)
            self.assertIn("nginx", reply.text)

    def test_head_has_the_length_and_no_body(self):
        for url in self.both("/data.bin"):
            reply = self.curl("-I", url)
            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.header("content-length"), str(len(BODY)))
            self.assertEqual(reply.facts["size_download"], 0)

    def test_ranges_pass(self):
        for url in self.both("/data.bin"):
            reply = self.curl("-r", "10-19", url)
            self.assertEqual((reply.status, reply.body), (206, BODY[10:20]))

    def test_posts_a_form(self):
        for url in self.both("/sink"):
            self.assertEqual(self.curl("-d", "a=1&b=2", url).status, 204)

    def test_uploads_with_a_length(self):
        source = self.directory / "with-length.bin"
        source.write_bytes(BODY)
        for url in self.both("/upload/with-length"):
            self.assertIn(self.curl("-T", source, url).status, (201, 204))
            self.assertEqual((self.nginx.root / "upload/with-length").read_bytes(), BODY)

    def test_uploads_in_chunks(self):
        for url in self.both("/upload/chunked"):
            self.assertIn(self.curl("-T", "-", url, stdin=BODY).status, (201, 204))
            self.assertEqual((self.nginx.root / "upload/chunked").read_bytes(), BODY)

    def test_uploads_nothing_in_chunks(self):
        for url in self.both("/upload/empty"):
            self.assertIn(self.curl("-T", "-", url, stdin=b"").status, (201, 204))
            self.assertEqual((self.nginx.root / "upload/empty").read_bytes(), b"")

    def test_two_requests_share_both_connections(self):
        for url in self.both("/hello.txt?reuse"):
            before = len(self.nginx.requests(uri="/hello.txt?reuse"))
            result = self.curl(url, url, url)
            self.assertEqual([reply.status for reply in result.replies], [200] * 3)
            self.assertEqual([reply.facts["num_connects"] for reply in result.replies], [1, 0, 0])
            seen = self.nginx.wait_for_requests(before + 3, uri="/hello.txt?reuse")[before:]
            self.assertEqual(len({row["connection"] for row in seen}), 1, seen)

    def test_asks_the_client_to_continue(self):
        for url in self.both("/upload/expected"):
            reply = self.curl("-v", "-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", "-", url,
                              stdin=BODY)
            self.assertIn(reply.status, (201, 204))
            self.assertIn("HTTP/1.1 100 Continue", reply.messages)
            self.assertLess(reply.facts["time_total"], 10)
            self.assertEqual((self.nginx.root / "upload/expected").read_bytes(), BODY)

    def test_an_origin_that_refuses_the_expectation_is_spared_the_body(self):
        reply = self.curl("-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", "-",
                          "http://expecting.test/refuse", stdin=BODY)
        self.assertEqual((reply.status, reply.text), (413, "no.\n"))
        self.assertEqual(reply.facts["size_upload"], 0)
        reply = self.curl("-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", "-",
                          "http://expecting.test/take", stdin=BODY)
        self.assertEqual((reply.status, reply.text), (200, str(len(BODY))))

    def test_pipelined_requests_are_answered_in_order(self):
        with kit.connect_through(self.gateway, "files.box.com") as peer:
            ask = "GET {} HTTP/1.1\r\nHost: files.box.com\r\n\r\n"
            peer.send(ask.format("/hello.txt") + ask.format("/nothing") + ask.format("/data.bin") +
                      ask.format("/hello.txt"))
            answers = []
            for _ in range(4):
                head = peer.read_head()
                answers.append((head.status, peer.read_body(head)))
            self.assertEqual([status for status, _ in answers], [200, 404, 200, 200])
            self.assertEqual(answers[0][1], b"hello\n")
            self.assertEqual(answers[2][1], BODY)
            self.assertEqual(answers[3][1], b"hello\n")

    def test_listens_on_ipv6_too(self):
        proxy = "http://" + self.gateway.addresses[1]
        self.assertTrue(proxy.startswith("http://[::1]:"), proxy)
        for url in self.both("/hello.txt?ipv6"):
            self.assertEqual(self.curl(url, proxy=proxy).text, "hello\n")
        rows = self.gateway.wait_for_activities(2, "--ip", "::1/128")
        self.assertEqual({row["client"] for row in rows}, {"::1"})

    def test_the_origin_learns_of_the_gateway_and_not_of_the_client(self):
        for url in self.both("/echo"):
            reply = self.curl("-H", "X-Forwarded-For: 203.0.113.9", "-H", "Proxy-Connection: keep-alive", url)
            told = dict(line.split("=", 1) for line in reply.text.splitlines())
            self.assertRegex(told["via"], r"^1\.1 sallyport-[0-9a-f]{8}$")
            self.assertEqual(told["xff"], "")
            self.assertNotIn("127.0.0.1:" + str(self.gateway.port), reply.text)

    def test_a_name_that_nobody_has_is_a_502_that_says_so(self):
        reply = self.curl("http://nobody.invalid/", "-H", "Accept: text/html")
        self.assertIn(reply.status, (502, 504))
        self.assertIn("could not be reached" if reply.status == 502 else "took too long", reply.text)

    def test_a_dead_origin_is_a_502(self):
        port = kit.ports.free_port()
        reply = self.curl(f"http://127.0.0.1:{port}/")
        self.assertEqual(reply.status, 502)
        self.assertEqual(reply.json()["type"], "urn:sallyport:problem:origin_unreachable")

    def test_its_own_listeners_are_out_of_reach(self):
        for address in (self.gateway.addresses[0], self.gateway.admin.removeprefix("http://")):
            with self.subTest(address=address):
                reply = self.curl(f"http://{address}/metrics", "-H", "Host: elsewhere.test")
                self.assertNotIn("sallyport_exchanges_total", reply.text)
                self.assertIn(reply.status, (403, 404), reply)

    def test_connect_elsewhere_than_443_is_refused(self):
        result = self.curl(f"https://127.0.0.1:{self.nginx.plain_port}/", code=None)
        self.assertNotEqual(result.code, 0)
        self.assertIn("403", result.messages)

    def test_each_exchange_is_recorded_with_its_facts(self):
        name = f"recorded-{os.getpid()}"
        self.curl("-T", "-", f"https://files.box.com/upload/{name}.pdf?secret=1", stdin=BODY)
        self.curl(f"https://files.box.com/upload/{name}.pdf")
        rows = self.gateway.wait_for_activities(2, "--host", "files.box.com", path=f"/upload/{name}.pdf")
        put = self.only(rows, method="PUT")
        self.assertEqual((put["app"], put["app_name"], put["client"], put["type"], put["action"], put["policy"]),
                         ("box", "Box", "127.0.0.1", "upload", "monitor", "box is watched"))
        self.assertEqual((put["status"], put["bytes_in"], put["ending"], put["kind"]),
                         (201, len(BODY), "completed", "exchange"))
        self.assertEqual(put["path"], f"/upload/{name}.pdf")  # No query: it may hold secrets.
        get = self.only(rows, method="GET")
        self.assertEqual((get["status"], get["bytes_in"], get["bytes_out"]), (200, 0, len(BODY)))
        event = self.gateway.event(put["id"])
        self.assertTrue(event["intercepted"])
        self.assertEqual(event["tls"]["verify"], "ok")
        self.assertEqual(event["tls"]["client_version"], "TLSv1.3")
        self.assertNotIn("query", event)
        log = (self.gateway.state / "log")
        kit.wait_until(lambda: any(put["id"] in file.read_text() for file in log.iterdir()),
                       "the access log has the event too")
