"""Killed (SIGKILL) at a hundred random moments under load: every start opens the store, and what was committed is there."""

import json
import random
import shutil
import sqlite3
import threading
import time

import kit

KILLS = 100
# Starting is most of what a kill takes, and reading apps is most of starting: two of them do.
APPS = ("dropbox", "mega")
POLICIES = """\
- name: no MEGA
  when: {app: mega}
  then: block
"""
# Seconds before the kill whose events may be missing (README, "When something is missing": half a second as a
# rule). More here, because other tests and compilers may hold the processor.
MOST_LOST = 5.0


class Load(threading.Thread):
    """Plain requests over a kept-alive connection until the gateway is gone; `answered` holds (when, path)."""

    def __init__(self, gateway, number):
        super().__init__()
        self.address, self.number, self.answered = gateway.addresses[0], number, []

    def run(self):
        count = 0
        try:
            with kit.wire.connect_to(self.address) as peer:
                while True:
                    count += 1
                    path = f"/echo/{self.number}-{count}"
                    host = "www.dropbox.com" if count % 3 else "mega.nz"
                    peer.send(f"GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
                    head = peer.read_head()
                    if head is None:
                        return
                    peer.read_body(head)
                    self.answered.append((time.monotonic(), path))
                    time.sleep(0.001)  # Many kills say more than many events.
        except (OSError, EOFError):
            pass


class KillNine(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.nginx = kit.Nginx(cls, [kit.Site("www.dropbox.com", "mega.nz")])

    def stored(self, gateway):
        """Ids, as another process sees them: what is committed."""
        file = gateway.state / "activities.sqlite"
        if not file.exists():
            return set()
        db = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
        try:
            blocks = [ids for (ids,) in db.execute("SELECT ids FROM block_events")]
            return {ids[at:at + 16] for ids in blocks for at in range(0, len(ids), 16)}
        finally:
            db.close()

    def stored_paths(self, gateway):
        """Of the newest events."""
        return {event.get("path") for event in gateway.activities("--limit", 10000)}

    def test_a_hundred_kills_lose_nothing_that_was_committed(self):
        chance = random.Random(20261126)
        catalog = self.directory / "catalog"
        for app in APPS:
            shutil.copytree(self.source / "conf/catalog" / app, catalog / app)
        gateway = kit.Gateway(self, "gateway", start=False, policies=POLICIES,
                              resolve={"www.dropbox.com": self.nginx.plain, "mega.nz": self.nginx.plain},
                              config={"workers": 2, "catalog": str(catalog), "tags": {"apps": ""}})
        committed, late, answered = set(), 0, 0
        for kill in range(KILLS):
            gateway.start()
            here = self.stored(gateway)
            missing = committed - here
            self.assertFalse(missing, f"lost by kill {kill}: {len(missing)} committed events")
            self.assertNotIn("not stored", gateway.log())
            load = [Load(gateway, f"{kill}-{number}") for number in range(3)]
            for one in load:
                one.start()
            time.sleep(chance.uniform(0.0, 0.35))
            committed = self.stored(gateway)
            gateway.process.kill()
            killed = time.monotonic()
            gateway.process.wait()
            gateway.process = None
            for one in load:
                one.join()
            there = self.stored_paths(gateway)
            for one in load:
                answered += len(one.answered)
                for when, path in one.answered:
                    if path not in there:
                        late += 1
                        self.assertLess(killed - when, MOST_LOST, f"{path} was answered and is not kept")
        gateway.start()
        everything = self.stored(gateway)
        self.assertFalse(committed - everything)
        db = sqlite3.connect(f"file:{gateway.state / 'activities.sqlite'}?mode=ro", uri=True)
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        db.close()
        self.assertGreater(len(everything), 1000)
        # And every one of them is counted, once.
        apps = json.loads(gateway.command("discover", "apps", "-c", gateway.config, "--format", "json").stdout)
        self.assertEqual({app["app"] for app in apps}, set(APPS))
        self.assertEqual(sum(app["transactions"] + app["blocked"] for app in apps), len(everything))
        print(f"  {KILLS} kills: {answered} answered, {len(everything)} kept, {late} of the last moments lost, "
              "0 committed lost")
