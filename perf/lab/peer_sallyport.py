"""Sallyport with everything on: 1,000 policies beside the shipped ones, the shipped catalog and one app more, tags,
5,000 users, access log and store."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import time
import urllib.request

import figures
import policies
from origin import BYPASSED, HOST
from peer import Peer
from system import free_ports

POLICIES = 1000
MOST_SETTLING = 30  # seconds
QUIET, HOPE = 0.4, 3  # seconds without a new event: nothing is left to write; what is due does not come

CONFIG = """
listeners:
  - address: 127.0.0.1:{proxy}
admin:
  - address: 127.0.0.1:{admin}
workers: {workers}
state:
  directory: {state}
connect:
  ports: [443, {tls_port}]
origins:
  allow_addresses: [127.0.0.0/8]
  resolve:
    {host}: 127.0.0.1
    {bypassed}: 127.0.0.1
    "*.names.perf.test": 127.0.0.1
  roots: [{root}]
  idle_connections: {pool_in_all}
  idle_connections_per_origin: {pool}
policies: {own}/policies
templates: {conf}/templates
catalog: [{conf}/catalog, {own}/catalog]
tags:
  apps: {conf}/tags/apps.yaml
  addresses: {conf}/tags/ip_ranges.yaml
  noise: {conf}/tags/noise.yaml
agents:
  clients: {conf}/agents/clients.yaml
  releases: {conf}/agents/releases.yaml
users:
  directory: {own}/users.yaml
  addresses: {own}/addresses.yaml
pac: {conf}/pac/pac.yaml
recording:
  logs:
    - file: access.jsonl
  store:
    max_size: {store}
limits:                     # all of this comes from one client
  connections: 60000
  connections_per_client: 60000
  connection_rate: 0
  leaves_per_second: 100000
  lookups_per_client: 4096
"""


class Sallyport(Peer):
    def __init__(self, lab, name, process, proxy, admin, roots, state, binary, config):
        ways = {way: ("proxy", proxy) for way in ("opened", "names", "plain", "tunnel")}
        super().__init__(lab, name, process, ways, roots)
        self.binary, self.config = binary, config
        self.admin, self.store = admin, state / "activities.sqlite"

    def ask(self, question, *values):
        # Read by us, on the generator's core: it costs the proxy nothing.
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10)) as store:
            return store.execute(question, values).fetchone()

    def newest(self):
        """How many events the store has."""
        try:
            return self.ask("SELECT coalesce(sum(events), 0) FROM blocks")[0]
        except sqlite3.OperationalError:  # a baseline from before it kept blocks
            return self.ask("SELECT count(*) FROM events")[0]

    def settle(self, mark=None, due=None):
        # Until the scribe has written what the workers recorded: its work belongs to the window too.
        end, before, changed = time.monotonic() + MOST_SETTLING, -1, 0.0
        while time.monotonic() < end:
            now = self.newest()
            if now != before:
                before, changed = now, time.monotonic()
            patience = HOPE if due and self.count_events(mark, due[0]) < due[1] else QUIET
            if time.monotonic() - changed > patience:
                return
            time.sleep(0.05)

    def start_counting(self):
        return self.newest()

    def count_events(self, mark, kind):
        return self.newest() - mark

    def last_event(self):
        """(user, app, action, type) of an exchange"""
        words = [self.binary, "activities", "-c", self.config, "--format", "json", "-n", "100"]
        rows = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
        exchanges = [row for row in rows if row["kind"] == "exchange"]
        return tuple(exchanges[0].get(name) for name in ("user", "app", "action", "type")) if exchanges else None

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as reply:
            return figures.parse_metrics(reply.read(1 << 20).decode())


def start(lab, name="sallyport", binary=None, env=None, workers=1, store="16 GiB", pool=256, cpu=None):
    proxy, admin = free_ports(2)
    own, state, conf = lab.folder / f"{name}-own", lab.folder / f"{name}-state", lab.repository / "conf"
    # Without their tests, which are about the shipped policies alone.
    shutil.copytree(conf / "policies", own / "policies", ignore=shutil.ignore_patterns("*.test.yaml"))
    (own / "policies" / "perf.yaml").write_text(
        policies.policies(POLICIES, conf / "catalog") +
        f'- name: Perf is carried unopened\n  when: {{ host: "={BYPASSED}" }}\n  kind: tls\n  then: bypass\n')
    (own / "catalog" / policies.APP).mkdir(parents=True)
    (own / "catalog" / policies.APP / "app.yaml").write_text(policies.app())
    (own / "users.yaml").write_text(policies.users())
    (own / "addresses.yaml").write_text(policies.addresses())
    config = own / "sallyport.yaml"
    config.write_text(CONFIG.format(proxy=proxy, admin=admin, workers=workers, state=state, host=HOST,
                                    tls_port=lab.origin.tls_port, bypassed=BYPASSED, own=own, conf=conf,
                                    root=lab.folder / "root.pem", store=store, pool=pool, pool_in_all=max(1024, pool)))
    words = [binary or lab.binary, "run", "--quiet", "-c", config]
    process = lab.start(name, words, env=env, **({"cpu": cpu} if cpu else {})).wait_for(proxy)
    roots = lab.folder / f"{name}-ca.pem"
    with urllib.request.urlopen(f"http://127.0.0.1:{proxy}/ca.pem", timeout=5) as reply:
        roots.write_bytes(reply.read(100_000))
    return Sallyport(lab, name, process, proxy, admin, roots, state, words[0], config)
