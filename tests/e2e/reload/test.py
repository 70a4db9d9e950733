"""Saved files are in force within a second, by whatever way they were saved; faulty ones change nothing; and fifty
reloads under load fail no request, and judge none by a mixture."""

import collections
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

import kit

RULES = """\
- {{ name: "{version} refuses", when: {{ host: refused.test }}, then: block, say: "{version}" }}
- {{ name: "{version} watches", then: monitor }}
"""
TAGS = "sanctioned: [box]\n{tag}: [dropbox]\n"


class Load(threading.Thread):
    """Requests without pause over kept-alive connections: (started, seconds, host, status, policy in the page)."""

    def __init__(self, gateway, hosts, stop, failures):
        super().__init__()
        self.gateway, self.hosts, self.stop, self.failures, self.done = gateway, hosts, stop, failures, []

    def run(self):
        peers = {}
        number = 0
        try:
            while not self.stop.is_set():
                number += 1
                host = self.hosts[number % len(self.hosts)]
                if number % 40 == 0 and host in peers:
                    peers.pop(host).close()
                if host not in peers:
                    peers[host] = kit.connect_through(self.gateway, host)
                begun = time.monotonic()
                peers[host].send(f"GET /page HTTP/1.1\r\nHost: {host}\r\n\r\n")
                head = peers[host].read_head()
                body = peers[host].read_body(head)
                self.done.append((begun, time.monotonic() - begun, host, head.status, body))
                if head.get("Connection") == "close":
                    peers.pop(host).close()
                time.sleep(0.004)  # Two cores for everything here: not at the edge of what they can do.
        except (OSError, EOFError, AssertionError, AttributeError) as error:
            self.failures.append(repr(error))
        finally:
            for peer in peers.values():
                peer.close()


def p99(values):
    return sorted(values)[int(len(values) * 0.99)]


class Reload(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.names = ("passes.test", "refused.test", "www.dropbox.com")
        cls.nginx = kit.Nginx(cls, [kit.Site(*cls.names, identity=cls.authority.issue(*cls.names))])
        cls.nginx.write("/page", "the page\n")

    def start(self, name):
        gateway = kit.Gateway(self, name, roots=[self.authority.certificate],
                              resolve={host: self.nginx.tls for host in self.names},
                              policies=RULES.format(version="v0"), files={"apps.yaml": TAGS.format(tag="t0")},
                              config={"tags": {"apps": "apps.yaml"}})
        gateway.policy_file = gateway.directory / "policies" / "policies.yaml"
        gateway.tag_file = gateway.directory / "apps.yaml"
        return gateway

    @staticmethod
    def rename_into(file, text):
        fresh = file.with_name("." + file.name + ".new")
        fresh.write_text(text)
        os.replace(fresh, file)

    def in_force_within(self, curl, text, seconds):
        begun = time.monotonic()
        kit.wait_until(lambda: curl("https://refused.test/").json()["detail"] == text, f"'{text}' is in force")
        took = time.monotonic() - begun
        self.assertLess(took, seconds)
        return took

    def test_a_saved_file_is_in_force_within_a_second(self):
        gateway = self.start("saved")
        curl = kit.Curl(gateway)
        self.in_force_within(curl, "v0", 1)
        took = {}
        gateway.policy_file.write_text(RULES.format(version="v1"))
        took["written in place"] = self.in_force_within(curl, "v1", 1)
        self.rename_into(gateway.policy_file, RULES.format(version="v2"))
        took["renamed into place"] = self.in_force_within(curl, "v2", 1)
        gateway.policy_file.unlink()
        (gateway.policy_file.parent / "other.yaml").write_text(RULES.format(version="v3"))
        took["another file instead"] = self.in_force_within(curl, "v3", 1)
        # A writer that takes its time: nothing in between is ever in force.
        text = RULES.format(version="v4")
        with (gateway.policy_file.parent / "other.yaml").open("w") as file:
            for line in text.splitlines(keepends=True):
                file.write(line)
                file.flush()
                for _ in range(8):
                    self.assertEqual(curl("https://refused.test/").json()["detail"], "v3")
        took["slowly written"] = self.in_force_within(curl, "v4", 1)
        print("  " + ", ".join(f"{way}: {seconds:.2f} s" for way, seconds in took.items()))
        gateway.process.send_signal(signal.SIGHUP)  # Nothing changed: nothing happens.
        self.in_force_within(curl, "v4", 1)
        self.assertEqual(gateway.metric("sallyport_parts_faulty"), 0)

    def test_another_configuration_takes_effect_and_says_what_does_not(self):
        gateway = self.start("configured")
        curl = kit.Curl(gateway)
        self.assertEqual(curl("https://passes.test/page?secret").status, 200)
        text = gateway.config.read_text()
        gateway.config.write_text(text.replace('"workers": 2', '"workers": 3, "recording": {"queries": true}'))
        kit.wait_until(lambda: "takes effect at the next start: workers" in gateway.log(), "it says what does not")
        self.assertEqual(curl("https://passes.test/page?shown").status, 200)
        row = gateway.wait_for_activities(2)[0]
        self.assertEqual(gateway.event(row["id"])["query"], "shown")
        gateway.config.write_text("listners: 1\n")
        kit.wait_until(lambda: "did you mean 'listeners'?" in gateway.log(), "the fault is told")
        self.assertEqual(curl("https://passes.test/page").status, 200)

    @staticmethod
    def stop_for_its_log(gateway):
        kit.wait_until(lambda: len(list((gateway.state / "log").glob("access.jsonl*"))) > 0, "the log is there")
        gateway.interrupt()
        gateway.wait()
        gateway.process = None

    @staticmethod
    def ten_thousand(version):
        """A version's two rules with 9,998 others between them, none of which the load meets."""
        others = []
        for n in range(9998):
            app, group = f"app_{n % 1250}", f"group-{n % 300}"
            when = (f"app: {app}, user.group: {group}", f"app: {app}, activity: [upload, share]",
                    f"user.group: {group}, app.category: webmail, activity: download",
                    f'host: ["*.zone{n}.example"], method: [POST, PUT]',
                    f"client.ip: 10.{n % 250}.{n // 250}.0/24, activity: delete")[n % 5]
            others.append(f"- {{ name: other {n}, when: {{ {when} }}, then: {'block' if n % 3 else 'monitor'} }}\n")
        refuses, watches = RULES.format(version=version).splitlines(keepends=True)
        return refuses + "".join(others) + watches

    def test_ten_thousand_policies_reloaded_under_load(self):
        gateway = self.start("thousands")
        self.rename_into(gateway.policy_file, self.ten_thousand("v0"))
        kit.wait_until(lambda: "10000 policies" in gateway.log(), "ten thousand are in force", deadline=60)
        texts = [self.ten_thousand(f"v{number}") for number in range(1, 9)]  # Not beside the load: one interpreter.
        lines = [gateway.directory / f"load-{number}.txt" for number in range(4)]
        source = pathlib.Path(__file__).with_name("load.py")
        load = [kit.process.start(self, [sys.executable, "-B", source, gateway.addresses[0], gateway.ca, file,
                                         *self.names], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
                for file in lines]
        first = time.monotonic() + 1.0
        kit.wait_until(lambda: time.monotonic() > first + 4.0, "four seconds of load")
        begun = time.monotonic()
        waits = []
        for number, text in enumerate(texts, 1):
            reloads = gateway.metric("sallyport_reloads_total")
            saved = time.monotonic()
            self.rename_into(gateway.policy_file, text)
            kit.wait_until(lambda: gateway.metric("sallyport_reloads_total") > reloads, f"save {number} counts",
                           deadline=60)
            waits.append(time.monotonic() - saved)
        ended = time.monotonic()
        self.assertEqual([one.poll() for one in load], [None] * 4, "nobody met a failure")
        for one in load:
            kit.process.kill(one)
        rows = [line.split() for file in lines for line in file.read_text().splitlines(keepends=True)
                if line.endswith("\n")]
        expected = {"passes.test": "200", "www.dropbox.com": "200", "refused.test": "403"}
        self.assertEqual({(host, status) for _, _, host, status in rows}, set(expected.items()))
        requests = sorted((float(start), float(seconds)) for start, seconds, *_ in rows)
        before = [seconds for start, seconds in requests if first < start < begun]
        during = [seconds for start, seconds in requests if begun < start < ended]
        print(f"  10,000 policies, 8 reloads, {len(requests)} requests, 0 failed; p99 {p99(before) * 1000:.1f} ms before, "
              f"{p99(during) * 1000:.1f} ms during; longest {max(before) * 1000:.1f} and {max(during) * 1000:.1f} ms; "
              f"saved to in force: {max(waits):.2f} s at most")
        # The figure of record is perf/results.md's, measured alone; here other tests run beside.
        self.assertLess(p99(during), p99(before) + 0.4)
        self.stop_for_its_log(gateway)
        versions = collections.defaultdict(set)
        for event in gateway.logged():
            versions[event["snapshot"]].add(event["policy"].split()[0])
        self.assertGreaterEqual(len(versions), 8)
        self.assertEqual({len(one) for one in versions.values()}, {1}, versions)

    def test_fifty_reloads_under_load(self):
        gateway = self.start("loaded")
        stop, failures = threading.Event(), []
        load = [Load(gateway, self.names, stop, failures) for _ in range(4)]
        for one in load:
            one.start()
        time_before = time.monotonic() + 1.0
        kit.wait_until(lambda: time.monotonic() > time_before + 2.0, "two seconds of load")
        begun = time.monotonic()
        waits = []
        for number in range(1, 51):
            self.assertEqual(failures, [])
            faulty = number % 10 == 5
            reloads = gateway.metric("sallyport_reloads_total")
            refused = gateway.metric("sallyport_reload_failures_total")
            saved = time.monotonic()
            if number % 2:
                text = RULES.format(version=f"v{number}")
                if faulty:
                    text = text.replace("refuses", "faulty").replace("host:", "hots:")
                save = self.rename_into if number % 4 == 1 else lambda file, words: file.write_text(words)
                save(gateway.policy_file, text)
            else:
                self.rename_into(gateway.tag_file, TAGS.format(tag=f"t{number}"))
            if faulty:
                kit.wait_until(lambda: gateway.metric("sallyport_reload_failures_total") > refused,
                               f"save {number} is refused")
                self.assertEqual(gateway.metric("sallyport_parts_faulty"), 1)
            else:
                kit.wait_until(lambda: gateway.metric("sallyport_reloads_total") > reloads, f"save {number} counts")
            waits.append(time.monotonic() - saved)
        ended = time.monotonic()
        stop.set()
        for one in load:
            one.join()
        self.assertEqual(failures, [])
        requests = sorted(request for one in load for request in one.done)
        expected = {"passes.test": 200, "www.dropbox.com": 200, "refused.test": 403}
        self.assertEqual({(host, status) for _, _, host, status, _ in requests}, set(expected.items()))
        before = [seconds for start, seconds, *_ in requests if time_before < start < begun]
        during = [seconds for start, seconds, *_ in requests if begun < start < ended]
        print(f"  {len(requests)} requests, 50 reloads, 0 failed; p99 {p99(before) * 1000:.1f} ms before, "
              f"{p99(during) * 1000:.1f} ms during; saved to in force: {max(waits):.2f} s at most")
        self.assertLess(max(waits), 1.0)
        # The figure of record is perf/results.md's, measured alone; here other tests run beside.
        self.assertLess(p99(during), p99(before) + 0.4)

        # No mixture: what a snapshot says of a rule and of a tag is the same for every exchange that it judged.
        self.stop_for_its_log(gateway)
        policies, tags = collections.defaultdict(set), collections.defaultdict(set)
        judged = 0
        for event in gateway.logged():
            judged += 1
            version = event["policy"].split()[0]
            policies[event["snapshot"]].add(version)
            if event.get("app"):
                tags[event["snapshot"]].add(tuple(tag for tag in event["app"]["tags"] if re.fullmatch(r"t\d+", tag)))
        self.assertGreaterEqual(judged, len(requests))
        self.assertGreaterEqual(len(policies), 40)
        self.assertEqual({len(one) for one in policies.values()}, {1}, policies)
        self.assertEqual({len(one) for one in tags.values()}, {1}, tags)
        self.assertFalse([version for one in policies.values() for version in one if int(version[1:]) % 10 == 5])
