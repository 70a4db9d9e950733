"""HTTP/2 with real programs: curl, nghttp and Chromium to nginx, nghttpd and an origin of HTTP/1.1, in all pairs."""

import os
import subprocess

import kit
from kit.browser import Browser
from kit.http2 import Codes, Http2
from kit.process import clean_environment, tool

BODY = os.urandom(3_000_001)
# Which names are whose; *.x.test are as many origins as a test needs that no other test has spoken to.
NGINX2 = ("nginx2.test", "*.nginx2.test", "mega.nz")
NGINX1 = ("old.test", "*.old.test")
NGHTTPD = ("nghttpd.test", "*.nghttpd.test")
RAW = ("raw2.test", "picky.test", "leaving.test")


class Served(kit.Scenario):
    """Origins of both versions, and a gateway in each mode of origins.http2."""

    @classmethod
    def prepare(cls):
        authority = kit.Authority(cls)
        identity = authority.issue(*NGINX2, *NGINX1, *NGHTTPD, *RAW)
        cls.seen = []  # of the origins by hand: (ALPN, method, path, body)
        cls.nginx2 = kit.Nginx(cls, [kit.Site(*NGINX2, identity=identity, http2=True)])
        cls.nginx1 = kit.Nginx(cls, [kit.Site(*NGINX1, identity=identity)], name="nginx-old")
        cls.nghttpd = kit.Nghttpd(cls, identity, "--echo-upload", "--trailer=x-sum: 42")
        for server in (cls.nginx2, cls.nginx1, cls.nghttpd):
            server.write("/data.bin", BODY)
            server.write("/hello.txt", "hello\n")
        cls.nginx2.write("/page.html", PAGE)
        cls.nginx2.write("/part.js", "ran++;\n")
        cls.raw = kit.RawOrigin(cls, cls.talk, identity, alpn=("h2", "http/1.1"))
        cls.picky = kit.RawOrigin(cls, cls.talk_picky, identity, alpn=("h2", "http/1.1"))
        cls.leaving = kit.RawOrigin(cls, cls.talk_leaving, identity, alpn=("h2",))
        resolve = {"raw2.test": cls.raw.address, "picky.test": cls.picky.address, "leaving.test": cls.leaving.address}
        for names, address in ((NGINX2, cls.nginx2.tls), (NGINX1, cls.nginx1.tls), (NGHTTPD, cls.nghttpd.address)):
            resolve.update(dict.fromkeys(names, address))
        cls.gateways = {
            mode: kit.Gateway(cls, f"gateway-{mode}", roots=[authority.certificate], resolve=resolve,
                              # Chromium takes names below localhost for this machine.
                              config={"gateway": {"name": "sallyport.localhost"}, "workers": 1,
                                      "origins": {"http2": mode}})
            for mode in ("match", "prefer", "never")}
        cls.gateway = cls.gateways["match"]
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    # --- origins by hand ---

    @classmethod
    def talk(cls, peer):
        if peer.alpn != "h2":
            while head := peer.read_head():
                body = peer.read_body(head)
                cls.seen.append(("http/1.1", head.method, head.target, body))
                peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            return
        connection = Http2(peer, False)
        while stream := connection.accept():
            method, path = stream.get(":method"), stream.get(":path")
            if path == "/early":  # The answer before the upload, which is then read to its end.
                stream.reply(200, b"early")
                continue
            stream.wait_end()
            cls.seen.append(("h2", method, path, stream.body))
            if path == "/204":
                stream.reply(204)
            elif path == "/304":
                stream.reply(304, fields=[("etag", '"one"')])
            elif path == "/hints":
                for number in (1, 2):
                    stream.send_head([(":status", "103"), ("link", f"</{number}.css>; rel=preload")])
                stream.reply(200, b"hinted")
            elif path == "/trailers":
                stream.reply(200, b"summed", trailers=[("x-sum", "42"), ("x-more", "yes")])
            elif path == "/421":
                stream.reply(421, b"not here")
            elif path == "/cut":
                stream.reply(200, None)
                stream.send(b"half of it")
                stream.abort(Codes.INTERNAL_ERROR)
            elif method == "HEAD":
                stream.reply(200, fields=[("content-length", "12345")])
            else:
                stream.reply(200, stream.body)

    @classmethod
    def talk_picky(cls, peer):
        """Speaks HTTP/2 and wants HTTP/1.1 for everything."""
        if peer.alpn == "h2":
            connection = Http2(peer, False)
            while stream := connection.accept():
                cls.seen.append(("h2", stream.get(":method"), stream.get(":path"), None))
                stream.abort(Codes.HTTP_1_1_REQUIRED)
            return
        cls.talk(peer)

    @classmethod
    def talk_leaving(cls, peer):
        """Says goodbye behind every request: the first of a pair is served, the second was never looked at."""
        connection = Http2(peer, False)
        stream = connection.accept()
        if stream is None:
            return
        path = stream.get(":path")
        if path.startswith("/unprocessed") and cls.count(path) == 0:
            cls.seen.append(("h2", stream.get(":method"), path, None))
            connection.goodbye(last=0)
            return
        connection.goodbye(last=stream.id)
        stream.wait_end()
        cls.seen.append(("h2", stream.get(":method"), path, stream.body))
        stream.reply(200, b"served")
        connection.pump_until(lambda: False)

    @classmethod
    def count(cls, path):
        return sum(one[2] == path for one in cls.seen)

    def alpn(self, path, gateway=None):
        """What both legs agreed on for the one exchange with this path."""
        gateway = gateway or self.gateway
        row = gateway.wait_for_activities(1, path=path)[0]
        tls = gateway.event(row["id"])["tls"]
        return tls.get("client_alpn"), tls.get("origin_alpn")


class Pairs(Served):
    def test_all_pairs_of_versions_meet(self):
        cases = [("match", "--http2", "nginx2.test", "2", "h2", "h2"),
                 ("match", "--http2", "nghttpd.test", "2", "h2", "h2"),
                 ("match", "--http2", "old.test", "1.1", "http/1.1", "http/1.1"),
                 ("match", "--http1.1", "nginx2.test", "1.1", "http/1.1", "http/1.1"),
                 ("prefer", "--http2", "nginx2.test", "2", "h2", "h2"),
                 ("prefer", "--http1.1", "nginx2.test", "1.1", "http/1.1", "h2"),
                 ("prefer", "--http1.1", "nghttpd.test", "1.1", "http/1.1", "h2"),
                 ("prefer", "--http1.1", "old.test", "1.1", "http/1.1", "http/1.1"),
                 ("never", "--http2", "nginx2.test", "1.1", "http/1.1", "http/1.1"),
                 ("never", "--http1.1", "nginx2.test", "1.1", "http/1.1", "http/1.1")]
        for number, (mode, option, where, version, client, origin) in enumerate(cases):
            with self.subTest(mode=mode, option=option, where=where):
                # A name for each, for a connection in the pool serves whoever comes next.
                host, path = f"pair-{number}.{where}", f"/pair-{number}.bin"
                gateway = self.gateways[mode]
                for server in (self.nginx1, self.nginx2, self.nghttpd):
                    server.write(path, BODY)
                reply = kit.Curl(gateway, option)(f"https://{host}{path}")
                self.assertEqual((reply.status, reply.body == BODY, reply.facts["http_version"]), (200, True, version))
                self.assertEqual(self.alpn(path, gateway), (client, origin))
                row = gateway.wait_for_activities(1, "--host", host, path=path)[0]
                self.assertEqual((row["bytes_out"], row["ending"]), (len(BODY), "completed"))
                if where != "nghttpd.test":
                    server = self.nginx1 if where == "old.test" else self.nginx2
                    seen = server.wait_for_requests(1, uri=path)
                    self.assertEqual(seen[0]["protocol"], "HTTP/2.0" if origin == "h2" else "HTTP/1.1")

    def test_a_client_of_http2_alone_reaches_an_origin_of_http1_alone(self):
        self.nginx1.write("/bridged.bin", BODY)
        with Http2.connect(self.gateways["prefer"], "old.test") as connection:
            stream = connection.request("/bridged.bin").wait_end()
            self.assertEqual((stream.status, stream.body == BODY), (200, True), stream)
        self.assertEqual(self.alpn("/bridged.bin", self.gateways["prefer"]), ("h2", "http/1.1"))

    def test_match_offers_an_origin_no_more_than_the_client_did(self):
        # Nothing in common: no connection, as there would be none without us.
        with Http2.connect(self.gateway, "strict.old.test") as connection:
            self.assertEqual(connection.request("/never").wait_end().status, 502)
        self.assertEqual(self.nginx1.requests(uri="/never"), [])

    def test_a_connection_in_the_pool_serves_a_client_of_the_other_version(self):
        self.nginx2.write("/from-pool.bin", BODY)
        self.assertEqual(self.curl("--http1.1", "https://pooled.nginx2.test/hello.txt").text, "hello\n")
        reply = self.curl("--http2", "https://pooled.nginx2.test/from-pool.bin")
        self.assertEqual((reply.status, reply.body == BODY, reply.facts["http_version"]), (200, True, "2"))
        self.assertEqual(self.alpn("/from-pool.bin"), ("h2", "http/1.1"))
        self.assertEqual(len({row["connection"] for row in self.nginx2.wait_for_requests(2, host="pooled.nginx2.test")}), 1)

    def test_nghttp_gets_what_nghttpd_serves(self):
        for host, server in (("nghttpd.test", self.nghttpd), ("nginx2.test", self.nginx2)):
            with self.subTest(host=host):
                server.write("/by-nghttp.bin", BODY)
                relay = kit.Relay(type(self), self.gateway, host)
                done = subprocess.run([tool("nghttp"), "-t", "20", "-y", "-H", f":authority: {host}",
                                       f"https://{relay.address}/by-nghttp.bin"], capture_output=True, timeout=60,
                                      env=clean_environment(self.directory))
                self.assertEqual((done.returncode, done.stdout == BODY), (0, True), done.stderr)
                self.assertEqual(self.alpn("/by-nghttp.bin"), ("h2", "h2"))

    def test_nghttp_uploads_what_nghttpd_gives_back(self):
        source = self.directory / "by-nghttp.bin"
        source.write_bytes(BODY)
        relay = kit.Relay(type(self), self.gateway, "nghttpd.test")
        done = subprocess.run([tool("nghttp"), "-t", "20", "-y", "-d", source, "-H", ":authority: nghttpd.test",
                               f"https://{relay.address}/given-back"], capture_output=True, timeout=60,
                              env=clean_environment(self.directory))
        self.assertEqual((done.returncode, done.stdout == BODY), (0, True), done.stderr)
        self.assertEqual(self.alpn("/given-back"), ("h2", "h2"))

    def test_requests_of_one_client_share_both_connections(self):
        urls = [f"https://shared.nginx2.test/hello.txt?{number}" for number in range(20)]
        result = self.curl("--http2", "--parallel", "--parallel-max", "20", *urls)
        self.assertEqual([reply.text for reply in result.replies], ["hello\n"] * 20)
        self.assertEqual(sum(reply.facts["num_connects"] for reply in result.replies), 1)
        seen = self.nginx2.wait_for_requests(20, host="shared.nginx2.test")
        self.assertEqual(len({row["connection"] for row in seen}), 1, seen)


class Bodies(Served):
    def test_uploads_come_back_byte_for_byte(self):
        source = self.directory / "upload.bin"
        source.write_bytes(BODY)
        for mode, option in (("match", "--http2"), ("prefer", "--http1.1")):
            curl = kit.Curl(self.gateways[mode], option)
            for arguments in (["-T", source], ["-T", "-"], ["--data-binary", f"@{source}"]):
                with self.subTest(mode=mode, arguments=arguments[:2]):
                    reply = curl(*arguments, "https://nghttpd.test/echo", stdin=BODY)
                    self.assertEqual((reply.status, reply.body == BODY), (200, True), reply.facts)

    def test_uploads_are_kept_by_nginx(self):
        for mode, option, host, server in (("match", "--http2", "nginx2.test", self.nginx2),
                                           ("match", "--http2", "old.test", self.nginx1),
                                           ("prefer", "--http1.1", "nginx2.test", self.nginx2)):
            with self.subTest(mode=mode, option=option, host=host):
                path = f"/upload/{mode}{option}"
                reply = kit.Curl(self.gateways[mode], option)("-T", "-", f"https://{host}{path}", stdin=BODY)
                self.assertIn(reply.status, (201, 204))
                self.assertTrue((server.root / path[1:]).read_bytes() == BODY)

    def test_an_upload_from_http2_to_an_origin_of_http1_is_whole(self):
        with Http2.connect(self.gateways["prefer"], "old.test") as connection:
            for path, fields in (("/upload/announced", [("content-length", str(len(BODY)))]), ("/upload/open", [])):
                stream = connection.request(path, "PUT", fields, body=BODY).wait_end()
                self.assertEqual(stream.status, 201, stream)
                self.assertTrue((self.nginx1.root / path[1:]).read_bytes() == BODY)

    def test_expectations_pass(self):
        reply = self.curl("--http2", "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", "-",
                          "https://raw2.test/expected", stdin=BODY)
        self.assertEqual((reply.status, reply.body == BODY), (200, True))
        self.assertIn("HTTP/2 100", reply.messages)
        self.assertLess(reply.facts["time_total"], 10)

    def test_an_answer_before_the_upload_arrives_at_once(self):
        with Http2.connect(self.gateway, "raw2.test") as connection:
            stream = connection.request("/early", "POST", body=b"first", end=False).wait_end()
            self.assertEqual((stream.status, stream.body), (200, b"early"))
            self.assertEqual(connection.request("/after-early").wait_end().status, 200)

    def test_a_slow_stream_does_not_stop_the_others(self):
        # Nothing of the first is credited: its window closes; those behind it go on.
        with Http2.connect(self.gateway, "nginx2.test", initial_window_size=65535) as connection:
            acknowledge = connection.engine.acknowledge_received_data
            connection.engine.acknowledge_received_data = lambda size, id: id != 1 and acknowledge(size, id)
            slow = connection.request("/data.bin?slow")
            for number in range(10):
                quick = connection.request(f"/data.bin?quick-{number}").wait_end()
                self.assertEqual((quick.status, quick.body == BODY), (200, True))
            self.assertEqual(len(slow.body), 65535)
            self.assertFalse(slow.over)

    def test_a_client_that_resets_is_recorded_and_the_others_go_on(self):
        with Http2.connect(self.gateway, "nginx2.test") as connection:
            stream = connection.request("/data.bin?reset").wait_head()
            stream.abort()
            after = connection.request("/hello.txt?after-reset").wait_end()
            self.assertEqual((after.status, after.body), (200, b"hello\n"))

    def test_a_reply_that_was_cut_is_not_passed_off_as_whole(self):
        with Http2.connect(self.gateway, "raw2.test") as connection:
            stream = connection.request("/cut").wait_end()
            self.assertFalse(stream.ended)
            self.assertIsNotNone(stream.reset)
        curl = kit.Curl(self.gateways["prefer"], "--http1.1")
        self.assertNotEqual(curl("https://raw2.test/cut", code=None).code, 0)
        self.gateway.wait_for_activities(1, "--verdict", "origin_failed", path="/cut")


class Shapes(Served):
    """Replies that are more, or less, than a head and a body."""

    def test_head_has_the_length_and_no_body(self):
        for mode, option in (("match", "--http2"), ("prefer", "--http1.1"), ("prefer", "--http2")):
            curl = kit.Curl(self.gateways[mode], option)
            for url, length in (("https://nginx2.test/data.bin", len(BODY)), ("https://raw2.test/x", 12345),
                                ("https://old.test/data.bin", len(BODY))):
                with self.subTest(mode=mode, option=option, url=url):
                    reply = curl("-I", url)
                    self.assertEqual((reply.status, reply.header("content-length")), (200, str(length)))
                    self.assertEqual(reply.facts["size_download"], 0)

    def test_replies_without_content_have_none(self):
        for mode, option in (("match", "--http2"), ("prefer", "--http1.1")):
            curl = kit.Curl(self.gateways[mode], option)
            with self.subTest(mode=mode, option=option):
                result = curl("https://raw2.test/204", "https://raw2.test/304", "https://raw2.test/whole")
                self.assertEqual([reply.status for reply in result.replies], [204, 304, 200])
                self.assertEqual(result.replies[1].header("etag"), '"one"')
                # Nothing of what they have not was read as the next reply.
                self.assertEqual([reply.facts["num_connects"] for reply in result.replies], [1, 0, 0])

    def test_early_hints_arrive_before_the_reply(self):
        for mode, option, version in (("match", "--http2", "HTTP/2"), ("prefer", "--http1.1", "HTTP/1.1")):
            with self.subTest(mode=mode, option=option):
                reply = kit.Curl(self.gateways[mode], option)("-v", "https://raw2.test/hints")
                self.assertEqual((reply.status, reply.text), (200, "hinted"))
                self.assertEqual(reply.messages.count(f"< {version} 103"), 2, reply.messages)
        with Http2.connect(self.gateway, "raw2.test") as connection:
            stream = connection.request("/hints").wait_end()
            self.assertEqual([dict(fields)[":status"] for fields in stream.interim], ["103", "103"])
            self.assertEqual(dict(stream.interim[1])["link"], "</2.css>; rel=preload")

    def test_trailers_arrive_behind_the_body(self):
        with Http2.connect(self.gateway, "raw2.test") as connection:
            stream = connection.request("/trailers", fields=[("te", "trailers")]).wait_end()
            self.assertEqual((stream.body, stream.trailers), (b"summed", [("x-sum", "42"), ("x-more", "yes")]))
        with Http2.connect(self.gateway, "nghttpd.test") as connection:
            stream = connection.request("/hello.txt", fields=[("te", "trailers")]).wait_end()
            self.assertEqual((stream.body, stream.trailers), (b"hello\n", [("x-sum", "42")]))
        with kit.connect_through(self.gateways["prefer"], "raw2.test") as peer:
            peer.send("GET /trailers HTTP/1.1\r\nHost: raw2.test\r\nTE: trailers\r\nConnection: TE\r\n\r\n")
            head = peer.read_head()
            self.assertEqual((head.status, head.get("Transfer-Encoding")), (200, "chunked"))
            self.assertEqual(peer.read_until(b"\r\n\r\n").lower(),
                             b"6\r\nsummed\r\n0\r\nx-sum: 42\r\nx-more: yes\r\n\r\n")

    def test_a_misdirected_request_is_told_so(self):
        for mode, option in (("match", "--http2"), ("prefer", "--http1.1")):
            reply = kit.Curl(self.gateways[mode], option)("https://raw2.test/421")
            self.assertEqual((reply.status, reply.text), (421, "not here"))

    def test_an_other_host_on_the_same_connection_is_not_served_by_its_origin(self):
        # A certificate for both names lets a browser ask for one on the other's connection (RFC 9113 9.1.1).
        with Http2.connect(self.gateway, "nginx2.test") as connection:
            connection.host = "old.test"
            stream = connection.request("/hello.txt?coalesced").wait_end()
            self.assertEqual(stream.status, 421, stream)
            connection.host = "nginx2.test"
            self.assertEqual(connection.request("/hello.txt?right").wait_end().status, 200)
        self.assertEqual(self.nginx2.requests(uri="/hello.txt?coalesced"), [])

    def test_an_origin_that_wants_http1_is_asked_in_http1(self):
        for mode, option in (("match", "--http2"), ("prefer", "--http1.1")):
            with self.subTest(mode=mode):
                path = f"/picky-{mode}"
                curl = kit.Curl(self.gateways[mode], option)
                self.assertEqual(curl("https://picky.test" + path).status, 200)
                self.assertEqual([one[0] for one in self.seen if one[2] == path], ["h2", "http/1.1"])
                # It is remembered: the next is asked so from the start.
                self.assertEqual(curl("https://picky.test" + path + "-again").status, 200)
                self.assertIn(("http/1.1", "GET", path + "-again", b""), self.seen)

    def test_an_origin_that_goes_away_loses_nothing(self):
        with Http2.connect(self.gateway, "leaving.test") as connection:
            for number in range(5):
                stream = connection.request(f"/served-{number}").wait_end()
                self.assertEqual((stream.status, stream.body), (200, b"served"), stream)
            # GOAWAY below its id: the request was surely not looked at, so it is sent once more.
            stream = connection.request("/unprocessed").wait_end()
            self.assertEqual((stream.status, stream.body), (200, b"served"), stream)
        self.assertEqual(self.count("/unprocessed"), 2)


class Chromium(Served):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.browser = Browser(cls, cls.gateway)

    def test_chromium_speaks_http2_on_both_legs(self):
        dom = self.browser.dom("https://nginx2.test/page.html")
        self.assertIn("60 of 60 over h2", dom)
        self.assertEqual(self.alpn("/page.html"), ("h2", "h2"))
        seen = self.nginx2.wait_for_requests(1, uri="/page.html")
        self.assertEqual(seen[0]["protocol"], "HTTP/2.0")
        parts = [row for row in self.nginx2.requests() if row["uri"].startswith("/part.js?")]
        self.assertEqual((len(parts), {row["protocol"] for row in parts}), (60, {"HTTP/2.0"}))

    def test_a_block_page_comes_over_http2(self):
        dom = self.browser.dom("https://mega.nz/")
        self.assertIn("Access to MEGA was blocked", dom)
        row = self.gateway.wait_for_activities(1, "--host", "mega.nz", path="/")[0]
        event = self.gateway.event(row["id"])
        self.assertEqual((event["tls"]["client_alpn"], event["status"]), ("h2", 403))
        self.assertEqual(self.nginx2.requests(host="mega.nz"), [])


PAGE = """<!DOCTYPE html><title>page</title><p id="how"></p><script>var ran = 0;</script>
""" + "".join(f'<script src="/part.js?{number}"></script>\n' for number in range(60)) + """<script>
document.getElementById('how').textContent =
    ran + ' of 60 over ' + performance.getEntriesByType('navigation')[0].nextHopProtocol;
</script>"""
