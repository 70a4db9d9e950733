"""Alerts reach people by mail, over STARTTLS with a password, and a SIEM by the real rsyslog, in CEF and JSON, over TCP and
UDP, and over TLS; nothing is lost while a receiver is away and the gateway is killed meanwhile."""

import email
import email.policy
import json
import signal

import kit
from kit.alert_receivers import PASSWORD, AlertScenario, MailServer, Rsyslog
from kit.scenario import wait_until


class AlertMailSyslog(AlertScenario):
    def mail(self, server, name="mail", **more):
        return {"name": name, "type": "mail", "server": f"smtp://localhost:{server.port}", "from": "gw@gateway.example",
                "to": ["soc@example.org", "boss@example.org"], "user": "gw", "password_file": "mail.secret",
                "roots": [str(self.authority.certificate)], "timeout": "5s", **more}

    def test_mail_goes_by_starttls_with_a_password_one_by_one_or_as_a_digest(self):
        server = MailServer(self, self.identity, "gw", PASSWORD)
        gateway = self.start("mail", self.mail(server, subject="[GW é]"))
        id, = self.raises(gateway, 1, "box.com")
        wait_until(lambda: len(server.mails) == 1, lambda: f"the mail comes: {gateway.log()}", 15)
        sender, to, data = server.mails[0]
        self.assertEqual((sender, to), ("gw@gateway.example", ["soc@example.org", "boss@example.org"]))
        self.assertTrue(all(len(line) <= 78 for line in data.split(b"\r\n")), data)
        data.decode("ascii")
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.assertEqual(message["Subject"], '[GW é] low: No Box | = \\ "é": ' + self.alerts(gateway)[0]["text"])
        self.assertEqual(message["Message-ID"], f"<{id}.1@gateway.example>")
        self.assertEqual((message["To"], message["Auto-Submitted"]),
                         ("soc@example.org, boss@example.org", "auto-generated"))
        self.assertEqual(message.defects, [])
        text = message.get_content().replace("\r\n", "\n")
        self.assertIn('policy    No Box | = \\ "é" (no-box)\n', text)
        self.assertIn(f"alert     {id}\n", text)
        # Away, and more than three wait: one mail tells of all.
        server.stop()
        ids = self.raises(gateway, 7)
        server.start()
        self.now(gateway, "mail")

        def told_of():
            return b"".join(data for _, _, data in server.mails[1:]).decode()
        # How many wait is counted a moment after they are there.
        wait_until(lambda: all(id in told_of() for id in ids), lambda: f"{told_of()} {gateway.log()}", 20)
        wait_until(lambda: self.receivers(gateway)["mail"]["waiting"] == 0, gateway.log, 20)
        told = told_of()
        self.assertLess(len(server.mails), 5, "not a mail for each")
        for id in ids:
            self.assertEqual(told.count(f"alert     {id}"), 1, told)
        self.assertRegex(told, r"Subject: =\?utf-8\?B\?")
        done = gateway.command("alerts", "test-receiver", "-c", gateway.config, "mail")
        self.assertIn("delivered: 250 taken", done.stdout)
        # A server that is not well is asked again; one that refuses for good is told of.
        server.refusals += ["451 later"]
        id, = self.raises(gateway, 1)
        wait_until(lambda: server.mails[-1][2].find(id.encode()) >= 0, gateway.log, 20)
        self.assertNotIn(PASSWORD, gateway.log())

    def test_no_mail_and_no_password_without_tls(self):
        plain = MailServer(self)
        strange = MailServer(self, self.strange.issue("localhost"), "gw", PASSWORD)
        wrong = MailServer(self, self.identity, "gw", "another password")
        gateway = self.start("plain", self.mail(plain, "plain"), self.mail(strange, "strange"),
                             self.mail(wrong, "wrong", give_up_after="1s"),
                             {"name": "meant", "type": "mail", "server": f"smtp://localhost:{plain.port}", "plain": True,
                              "from": "gw@gateway.example", "to": "soc@example.org"})
        self.raises(gateway, 1)
        wait_until(lambda: len(plain.mails) == 1, lambda: f"where it is meant: {gateway.log()}")
        wait_until(lambda: all("error" in self.receivers(gateway)[name] for name in ("plain", "strange", "wrong")),
                   lambda: str(self.receivers(gateway)))
        self.assertEqual(plain.mails[0][1], ["soc@example.org"])
        self.assertEqual((strange.mails, strange.attempts, wrong.mails), ([], [], []))
        self.assertGreater(len(wrong.attempts), 0)
        # A password is mended here, so the alert waits for that, beyond give_up_after.
        wait_until(lambda: self.receivers(gateway)["wrong"]["failures"] >= 3, lambda: str(self.receivers(gateway)))
        row = self.receivers(gateway)["wrong"]
        self.assertEqual((row["aside"], row["waiting"]), (0, 1))
        self.assertIn("Login denied", row["error"])

    def test_rsyslog_gets_cef_and_json_over_tcp_and_udp(self):
        rsyslog = Rsyslog(self)
        tls = kit.SyslogReceiver(self, "tls", self.identity)
        tcp, udp = f"127.0.0.1:{rsyslog.tcp}", f"127.0.0.1:{rsyslog.udp}"
        gateway = self.start(
            "syslog",
            {"name": "tcp-cef", "type": "syslog", "server": tcp, "transport": "tcp", "facility": "local3"},
            {"name": "tcp-json", "type": "syslog", "server": tcp, "transport": "tcp", "format": "json", "app_name": "js"},
            {"name": "udp-cef", "type": "syslog", "server": udp},
            {"name": "udp-json", "type": "syslog", "server": udp, "format": "json", "app_name": "js"},
            {"name": "tls", "type": "syslog", "server": tls.address, "transport": "tls", "format": "json",
             "server_name": "siem.test", "roots": [str(self.authority.certificate)]})
        ids = self.raises(gateway, 2) + self.raises(gateway, 1, "box.com")
        alerts = {one["id"]: one for one in self.alerts(gateway)}

        def lines(transport, app):
            return [line for line in rsyslog.lines(transport) if f" {app} alert " in line]

        for transport in ("tcp", "udp"):
            for app in ("sallyport", "js"):
                wait_until(lambda: len(lines(transport, app)) >= 3,
                           lambda: f"{transport} {app}: {rsyslog.lines(transport)} {gateway.log()}", 20)
            for id, line in zip(ids, lines(transport, "js"), strict=True):
                message = json.loads(line[line.index("{"):])
                self.assertEqual(message, {key: alerts[id][key] for key in message})
            for id, line in zip(ids, lines(transport, "sallyport"), strict=True):
                self.assertRegex(line, r"^\d+ sallyport alert 20\S+ CEF:0\|Sallyport\|Sallyport\|")
                self.assertIn(f"|externalId={id} rt=", line)
        self.assertTrue(lines("tcp", "sallyport")[0].startswith(f"{19 * 8 + 2} "), "high is critical")
        self.assertTrue(lines("udp", "sallyport")[2].startswith(f"{16 * 8 + 5} "), "low is a notice")
        box = lines("tcp", "sallyport")[2]
        self.assertIn('|no-box|No Box \\| = \\\\ "é"|3|', box)
        self.assertIn("src=127.0.0.1 destinationServiceName=Box dhost=box.com dvchost=gateway.example", box)
        self.assertIn("cs4Label=policyIDs cs4=no-box msg=", box)
        wait_until(lambda: len(tls.messages) == 3, "TLS has them too")
        self.assertEqual({message.id for message in tls.messages}, {"alert"})

        # Away, and back: nothing is missing.
        rsyslog.stop()
        tls.stop()
        late = self.raises(gateway, 4)
        wait_until(lambda: all("error" in row for row in self.receivers(gateway).values()),
                   lambda: str(self.receivers(gateway)))
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        rsyslog.start()
        tls.start()
        gateway.start()
        for transport in ("tcp", "udp"):
            wait_until(lambda: all(sum(id in line for line in rsyslog.lines(transport)) >= 2 for id in late),
                       lambda: f"{transport}: {rsyslog.lines(transport)} {gateway.log()}", 20)
        wait_until(lambda: all(any(id in body for body in tls.bodies()) for id in late), "TLS")
        done = gateway.command("alerts", "test-receiver", "-c", gateway.config, "tcp-cef")
        self.assertEqual(done.stdout, "delivered: taken by the receiver's machine\n")
        wait_until(lambda: any("|test|Test of the delivery of alerts|" in line and "this is only a test" in line
                               for line in rsyslog.lines("tcp")), "the test is marked as one")
