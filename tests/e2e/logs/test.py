"""Logs of every kind at once: files in several formats, syslog over UDP, TCP and TLS. Receivers that are away at the
start and come back, files that cannot be written or are moved away, and texts that would like to be more than one
line."""

import json
import re
import signal

import kit
from kit.room import SmallDisk

HOSTILE = 'x" \\ ] %0a <1> =cmd|\' \xe2\x80\xae {user}'


class Logs(kit.Scenario):
    @classmethod
    def prepare(cls):
        disk = SmallDisk(cls, "ro")
        authority, strange = kit.Authority(cls), kit.Authority(cls, "Another Root")
        cls.nginx = kit.Nginx(cls, [kit.Site("files.box.com", "mega.nz",
                                             identity=authority.issue("files.box.com", "mega.nz"))])
        cls.nginx.write("/a.txt", "hello\n")
        siem = authority.issue("siem.test")
        cls.udp = kit.SyslogReceiver(cls, "udp")
        cls.tcp = kit.SyslogReceiver(cls, "tcp")
        cls.tls = kit.SyslogReceiver(cls, "tls", siem)
        cls.unbelieved = kit.SyslogReceiver(cls, "tls", strange.issue("siem.test"))
        cls.receivers = (cls.udp, cls.tcp, cls.tls)
        for receiver in cls.receivers:
            receiver.stop()  # Away when the gateway starts.
        roots = [str(authority.certificate)]
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate],
            resolve={"files.box.com": cls.nginx.tls, "mega.nz": cls.nginx.tls, "siem.test": "127.0.0.1"},
            config={"workers": 1, "recording": {"logs": [
                {"file": "access.jsonl"},
                {"file": "squid.log", "format": "squid"},
                {"file": "own.log", "only": ["blocked"],
                 "format": '%{id}\t%>a\t%{policy}\t"%"{user_agent}"\t%ru'},
                {"file": "/dev/full"},
                {"file": str(disk.directory / "read-only.log")},
                {"syslog": cls.udp.address, "host_name": "gw.test"},
                {"syslog": cls.tcp.address, "transport": "tcp", "format": "structured", "facility": "daemon"},
                {"syslog": cls.tls.address, "transport": "tls", "server_name": "siem.test", "roots": roots},
                {"syslog": cls.unbelieved.address, "transport": "tls", "server_name": "siem.test", "roots": roots},
            ]}})
        cls.log = cls.gateway.state / "log"
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def lines(self, name):
        path = self.log / name
        return path.read_text().splitlines() if path.exists() else []

    def test_1_a_configuration_is_checked(self):
        done = self.gateway.command("check", "-c", self.gateway.config)
        self.assertIn("all is well", done.stdout)
        wrong = self.gateway.directory / "wrong.yaml"
        wrong.write_text("recording:\n  logs:\n    - { file: a.log, format: '%ts %{usr}' }\n"
                         "    - { syslog: siem.test, transport: tls, roots: [nowhere.pem] }\n")
        done = self.gateway.command("check", "-c", wrong, code=1)
        self.assertIn("the record has no field 'usr'", done.stderr)
        wrong.write_text("recording: { logs: [{ syslog: siem.test, transport: tls, roots: [nowhere.pem] }] }\n")
        done = self.gateway.command("check", "-c", wrong, code=1)
        self.assertIn("the roots of the receiver siem.test cannot be loaded", done.stderr)

    def test_2_each_event_is_one_line_everywhere_also_where_receivers_come_late(self):
        ids = []
        for number in range(3):
            ids.append(self.curl("-A", HOSTILE, "--path-as-is",
                                 f"https://mega.nz/late-{number}'%0d%0a%22?q=1").header("sallyport-event"))
        self.assertEqual(self.curl("https://files.box.com/a.txt").text, "hello\n", "traffic waits for no log")
        kit.wait_until(lambda: self.gateway.metric("sallyport_syslog_failures_total") >= 3, "receivers are missed")

        # Files.
        kit.wait_until(lambda: len(self.lines("access.jsonl")) >= 4, "the JSON log has them")
        records = [json.loads(line) for line in self.lines("access.jsonl")]
        self.assertEqual([record["id"] for record in records if record["host"] == "mega.nz"], ids)
        self.assertEqual(len(records), 4)
        squid = [line.split() for line in self.lines("squid.log")]
        self.assertEqual([len(fields) for fields in squid], [10] * 4)
        self.assertEqual(squid[0][3:], ["TCP_DENIED/403", squid[0][4], "GET",
                                        "https://mega.nz/late-0'%0d%0a%22", "-", "HIER_NONE/-", squid[0][9]])
        self.assertEqual(squid[3][3:9], ["TCP_MISS/200", "6", "GET", "https://files.box.com/a.txt", "-",
                                         "HIER_DIRECT/127.0.0.1"])
        self.assertRegex(squid[0][0], r"^\d{10}\.\d{3}$")
        own = [line.split("\t") for line in self.lines("own.log")]
        self.assertEqual([(fields[0], len(fields)) for fields in own], [(id, 5) for id in ids])
        self.assertEqual(own[0][1:3], ["127.0.0.1", "Unsanctioned%20apps%20are%20refused"])
        self.assertTrue(own[0][3].startswith('"x\\" \\\\ ] %0a <1> ='), own[0][3])

        # Receivers that come late get what happened before.
        for receiver in self.receivers:
            receiver.start()
        ids = [record["id"] for record in records]
        for receiver in self.receivers:
            kit.wait_until(lambda: all(any(id in message.text for message in receiver.messages) for id in ids),
                           lambda: f"{receiver.transport} has all: {receiver.bodies()}", deadline=40)
        for receiver, process in ((self.udp, 16), (self.tcp, 3), (self.tls, 16)):
            for message in receiver.messages:
                self.assertEqual(message.facility, process)
                self.assertEqual((message.app, message.id), ("sallyport", "exchange"))
                self.assertEqual(message.process, str(self.gateway.pid))
                self.assertEqual(message.severity, 4 if "mega.nz" in message.text else 6)
        self.assertEqual({message.host for message in self.udp.messages}, {"gw.test"})
        self.assertEqual({message.host for message in self.tls.messages}, {"gateway.example"})
        for receiver in (self.udp, self.tls):
            self.assertEqual({json.dumps(json.loads(body)) for body in receiver.bodies()},
                             {json.dumps(record) for record in records}, "the record itself")
        structured = next(message.structured for message in self.tcp.messages if ids[0] in message.text)
        self.assertRegex(structured, r'^\[sallyport@32473 id="' + ids[0] + r'" kind="exchange" ')
        self.assertEqual(re.findall(r' user_agent="((?:[^"\\\]]|\\["\\\]]|\\(?=x))*)"', structured)[0][:11],
                         'x\\" \\\\ \\] %')
        self.assertEqual(self.tls.names, {"siem.test"})
        self.assertEqual(self.gateway.metric("sallyport_syslog_dropped_total"), 0)

    def test_3_a_receiver_that_goes_away_and_comes_back_misses_nothing(self):
        for receiver in self.receivers:
            receiver.stop()
        # What was on its way when the connection broke may be lost; the gateway hears of the end at once.
        kit.wait_until(lambda: not self.tcp.sockets and not self.tls.sockets, "connections are gone")
        sent = [self.curl(f"https://mega.nz/away-{number}").header("sallyport-event") for number in range(3)]
        kit.wait_until(lambda: "is in trouble: " in self.gateway.log(), "the log says so", deadline=15)
        for receiver in self.receivers:
            receiver.start()
        for receiver in self.receivers:
            kit.wait_until(lambda: all(any(id in message.text for message in receiver.messages) for id in sent),
                           lambda: f"{receiver.transport} has all of {sent}: {receiver.bodies()}", deadline=40)

    def test_4_who_cannot_prove_its_name_gets_nothing(self):
        self.curl("https://mega.nz/secret")
        kit.wait_until(lambda: "tls_verify: untrusted_root" in self.gateway.log(), self.gateway.log, deadline=15)
        self.assertEqual(self.unbelieved.messages, [])

    def test_5_files_that_cannot_be_written_are_told_and_counted(self):
        before = self.gateway.metric("sallyport_access_log_failures_total")
        self.assertEqual(self.curl("https://files.box.com/a.txt").text, "hello\n")
        kit.wait_until(lambda: self.gateway.metric("sallyport_access_log_failures_total") >= before + 2,
                       "both files lost the event")
        for words in ("/dev/full cannot be written: No space left on device",
                      "read-only.log cannot be opened: Read-only file system"):
            kit.wait_until(lambda: words in self.gateway.log(), lambda: f"{words}: {self.gateway.log()}", deadline=15)

    def test_6_logrotate_with_and_without_a_signal(self):
        self.curl("https://mega.nz/before-it-moved")
        kit.wait_until(lambda: any("before-it-moved" in line for line in self.lines("squid.log")), "the first line")
        (self.log / "squid.log").rename(self.log / "squid.log.moved")
        moved = (self.log / "squid.log.moved").read_text()
        self.curl("https://mega.nz/after-it-moved")
        kit.wait_until(lambda: len(self.lines("squid.log")) == 1, "a new file by itself")
        self.assertIn("after-it-moved", self.lines("squid.log")[0])
        self.assertEqual((self.log / "squid.log.moved").read_text(), moved)

        (self.log / "access.jsonl").rename(self.log / "access.jsonl.moved")
        self.gateway.process.send_signal(signal.SIGUSR1)
        event = self.curl("https://mega.nz/signalled").header("sallyport-event")
        kit.wait_until(lambda: any(event in line for line in self.lines("access.jsonl")), "a new file after SIGUSR1")
