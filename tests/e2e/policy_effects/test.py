"""What policies do beyond yes and no: redirects, header fields, faults of certificates, files; and a rehearsal of
the same policies, which does none of it and tells all."""

import ssl

import kit

POLICIES = """\
- name: no mega
  when: {host: mega.test}
  then: block
  redirect: https://intranet.test/why.html
- name: our tenant only
  when: {host: tenant.test}
  add_headers: {X-Tenant-Restrict: ours}
  remove_headers: [X-Debug]
- name: old boxes
  kind: tls
  when: {host: box.test, certificate.fault: self_signed}
  then: bypass
- name: no strangers
  kind: tls
  when: {certificate.fault: [self_signed, untrusted_root]}
  then: block
  say: Ask whoever runs the site.
- name: no programs
  when: {activity: upload, file.extension: [exe, msi]}
  then: block
- name: no large downloads
  when: {activity: download, file.size: "> 100 kB"}
  then: block
"""


class PolicyEffects(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        names = ("mega.test", "intranet.test", "files.test")
        cls.box = cls.authority.self_sign("box.test")
        cls.nginx = kit.Nginx(cls, [kit.Site(*names, identity=cls.authority.issue(*names)),
                                    kit.Site("box.test", identity=cls.box),
                                    kit.Site("stranger.test", identity=cls.authority.self_sign("stranger.test"))])
        cls.nginx.write("/index.html", "reached")
        cls.nginx.write("/why.html", "because")
        cls.nginx.write("/small.zip", bytes(50_000))
        cls.nginx.write("/large.zip", bytes(150_000))
        cls.heads = []
        cls.tenant = kit.RawOrigin(cls, cls.listen, identity=cls.authority.issue("tenant.test"))
        made = {"roots": [cls.authority.certificate], "policies": POLICIES, "resolve": {
            **{name: cls.nginx.tls for name in (*names, "box.test", "stranger.test")},
            "tenant.test": cls.tenant.address}}
        cls.gateway = kit.Gateway(cls, **made)
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.rehearsing = kit.Gateway(cls, "rehearsing", config={"policy_mode": "rehearse"}, **made)
        cls.rehearse = staticmethod(kit.Curl(cls.rehearsing))

    @classmethod
    def listen(cls, peer):
        """Keeps the fields of each request as they came."""
        while (head := peer.read_head()) is not None:
            cls.heads.append(head.fields)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    def event_of(self, reply, gateway=None):
        gateway = gateway or self.gateway
        id = reply.header("sallyport-event")
        kit.wait_until(lambda: any(row["id"] == id for row in gateway.activities()), "it is recorded")
        return gateway.event(id)

    def last_event(self, gateway, host, **expected):
        return gateway.event(gateway.wait_for_activities(1, "--host", host, **expected)[0]["id"])

    def test_a_person_is_sent_to_the_page_of_the_policy(self):
        reply = self.curl("-H", "Accept: text/html", "https://mega.test/index.html")
        self.assertEqual((reply.status, reply.header("location")), (302, "https://intranet.test/why.html"))
        self.assert_has(reply, "cache-control", "no-store")
        event = self.event_of(reply)
        self.assertEqual((event["ending"], event["policy"], event["redirect"], event["status"]),
                         ("blocked", "no mega", "https://intranet.test/why.html", 302))
        followed = self.curl("-L", "-H", "Accept: text/html", "https://mega.test/index.html")
        self.assertEqual((followed.status, followed.text), (200, "because"))

    def test_a_program_is_told_where_the_page_is(self):
        reply = self.curl("https://mega.test/index.html")
        self.assertEqual((reply.status, reply.header("location")), (403, None))
        self.assertEqual(reply.json()["redirect"], "https://intranet.test/why.html")

    def test_the_origin_sees_the_fields_of_the_policy_and_only_those(self):
        self.heads.clear()
        for fields in ((), ("-H", "X-Tenant-Restrict: theirs", "-H", "x-tenant-restrict: more", "-H", "X_Tenant_Restrict: a"),
                       ("-H", "X-Debug: 1", "-H", "X-Other: kept")):
            self.assertEqual(self.curl(*fields, "https://tenant.test/").text, "hi")
        for fields in self.heads:
            self.assertEqual([(name, value) for name, value in fields if "tenant" in name.lower()],
                             [("X-Tenant-Restrict", "ours")])
            self.assertNotIn("x-debug", [name.lower() for name, value in fields])
        self.assertIn(("X-Other", "kept"), self.heads[-1])
        event = self.last_event(self.gateway, "tenant.test")
        self.assertEqual(event["edited_by"], [{"id": "our-tenant-only", "name": "our tenant only"}])

    def test_a_fault_that_is_bypassed_is_the_clients_to_see(self):
        with kit.connect_through(self.gateway, "box.test", ca=False) as peer:
            shown = kit.fingerprint(peer.socket.getpeercert(binary_form=True))
        self.assertEqual(shown, kit.fingerprint(ssl.PEM_cert_to_DER_cert(self.box.certificate.read_text())))
        self.curl("https://box.test/index.html", code=60)  # Who trusts our authority alone sees the fault.
        self.assertEqual(self.curl("https://box.test/index.html", ca=self.box.certificate).text, "reached")
        event = self.last_event(self.gateway, "box.test", kind="tunnel", ending="completed")
        self.assertEqual((event["action"], event["policy"], event["tls"]["verify"], event["intercepted"]),
                         ("bypass", "old boxes", "self_signed", False))

    def test_a_fault_that_is_blocked_says_what_the_policy_says(self):
        reply = self.curl("-H", "Accept: text/html", "https://stranger.test/index.html")
        self.assertEqual(reply.status, 502)
        self.assertIn("Ask whoever runs the site.", reply.text)
        self.assertIn("vouches for itself", reply.text)
        event = self.event_of(reply)
        self.assertEqual((event["ending"], event["policy"], event["tls"]["verify"]),
                         ("blocked", "no strangers", "self_signed"))
        self.assertEqual(self.nginx.requests(host="stranger.test"), [])

    def test_files_are_judged_by_what_the_heads_say(self):
        file = self.directory / "setup.EXE"
        file.write_bytes(b"MZ")
        reply = self.curl("-T", file, "https://files.test/upload/")
        self.assertEqual(reply.status, 403)
        event = self.event_of(reply)
        self.assertEqual((event["policy"], event["file"]),
                         ("no programs", {"name": "setup.EXE", "extension": "exe", "size": 2}))
        self.assertEqual(self.curl("-T", file, "https://files.test/upload/setup.txt").status, 201)
        self.assertEqual(self.curl("https://files.test/small.zip").status, 200)
        reply = self.curl("https://files.test/large.zip")
        self.assertEqual(reply.status, 403)
        self.assertEqual(self.event_of(reply)["file"]["size"], 150_000)

    def test_a_rehearsal_stops_nothing_and_tells_what_it_would_have_done(self):
        told = lambda host, **expected: self.last_event(self.rehearsing, host, **expected).get("rehearsed")
        self.assertEqual(self.rehearse("-H", "Accept: text/html", "https://mega.test/index.html").text, "reached")
        self.assertEqual(told("mega.test"), [{"policy": "no mega", "action": "block"}])
        file = self.directory / "tool.msi"
        file.write_bytes(b"MZ")
        self.assertEqual(self.rehearse("-T", file, "https://files.test/upload/").status, 201)
        self.assertEqual(told("files.test"), [{"policy": "no programs", "action": "block"}])
        self.heads.clear()
        self.rehearse("-H", "X-Debug: 1", "https://tenant.test/")
        self.assertIn(("X-Debug", "1"), self.heads[-1])
        self.assertEqual(self.last_event(self.rehearsing, "tenant.test")["edited_by"],
                         [{"id": "our-tenant-only", "name": "our tenant only", "rehearsed": True}])
        # What is not to be believed is refused in a rehearsal too: that is the gateway's own rule.
        self.assertEqual(self.rehearse("https://box.test/index.html").status, 502)
        self.assertEqual(told("box.test"), [{"policy": "old boxes", "action": "bypass"},
                                            {"policy": "no strangers", "action": "block"}])
        self.assertEqual(self.rehearsing.metric("sallyport_exchanges_blocked_total"), 0)
