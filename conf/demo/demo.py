#!/usr/bin/env python3
"""A small organisation at work behind the gateway, so that there is something to look at. ./run --demo starts it.

  demo.py --binary build/release/sallyport [--state var/demo] [--proxy 127.0.0.1:3128] [--admin 127.0.0.1:3129]
          [--pace 1.0] [--for SECONDS] [--seed N]

The gateway is the real one, with the shipped catalog, policies and detections. Twenty people (organisation.yaml) send
requests through it from addresses of loopback; a stand-in for their vendors answers. Nothing reaches the internet.
Ends with Ctrl-C; what was seen stays in the state directory until the next start, which begins anew."""
import argparse
import asyncio
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import yaml

import cases
import network

HERE = pathlib.Path(__file__).resolve().parent
CONF = HERE.parent
# How often people do what: an app's page is looked at oftener than something is deleted in it.
WEIGHTS = {"view": 10, "download": 3, "upload": 2, "edit": 4, "create": 3, "post": 4, "send": 2, "comment": 2, "share": 0.6,
           "prompt": 8, "move": 0.4, "rename": 0.4, "copy": 0.4, "delete": 0.25, "invite": 0.15, "logout": 0.1}
# What nobody outside of IT does anything in every day but administer it.
ADMINISTERED = {"okta", "microsoft_entra", "cloudflare", "digitalocean"}
VISITED = 70      # apps that are only looked at


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--binary", required=True, help="the program")
    parser.add_argument("--state", default="var/demo", help="state and configuration of the demo; made anew")
    parser.add_argument("--proxy", default="127.0.0.1:3128", help="where people connect; a free port where that is taken")
    parser.add_argument("--admin", default="127.0.0.1:3129", help="where operators connect; likewise")
    parser.add_argument("--pace", type=float, default=1.0, help="how fast people work; 2 is twice as fast")
    parser.add_argument("--for", dest="seconds", type=float, default=0, help="ends after so many seconds; 0: with Ctrl-C")
    parser.add_argument("--seed", type=int, default=7, help="other people's choices")
    return parser.parse_args()


def free_address(wish):
    host, _, port = wish.rpartition(":")
    for number in (int(port), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError:
                continue
            return f"{host}:{probe.getsockname()[1]}"
    raise SystemExit(f"demo: cannot listen on {host}")


class Organisation:
    def __init__(self, dice):
        self.told = yaml.safe_load((HERE / "organisation.yaml").read_text(encoding="utf-8"))
        self.people = {person["name"]: person for person in self.told["people"]}
        self.dice = dice
        self.cases = {}
        wanted = {app for apps in self.told["groups"].values() for app in apps}
        wanted |= {step["app"] for incident in self.told["incidents"] for step in incident["do"]}
        for app in sorted(wanted):
            self.cases[app] = cases.load(app)
        self.visited = cases.visits(VISITED, dice, wanted)
        for incident in self.told["incidents"]:
            for step in incident["do"]:
                if not self.cases[step["app"]].get(step["verb"]):
                    raise SystemExit(f"demo: {step['app']} has no case of {step['verb']} (organisation.yaml)")

    def mail(self, name):
        return f"{name}@{self.told['domain']}"

    def address(self, name, place):
        """Each has one at each place."""
        network_part = self.told["places"][place]["cidr"].rsplit(".", 1)[0]
        return f"{network_part}.{10 + list(self.people).index(name)}"

    def hosts(self):
        found = {case.host for verbs in self.cases.values() for known in verbs.values() for case in known}
        return found | {host for _, host in self.visited}

    def habits(self, person):
        """The cases of somebody's everyday work, and how likely each is."""
        likely = []
        for group in person["groups"]:
            for rank, app in enumerate(self.told["groups"].get(group, [])):
                for verb, known in self.cases[app].items():
                    weight = WEIGHTS.get(verb, 0.3 if verb == "admin" else 0)
                    for case in known:
                        administers = verb == "admin" or "admin" in case.host + case.target or app in ADMINISTERED
                        if weight and (group == "it" or not administers):
                            likely.append((weight / len(known) / (1 + rank), case))
        return [case for _, case in likely], [weight for weight, _ in likely]


def write_configuration(organisation, state, origin_port, authority, proxy, admin):
    """The gateway's files: the shipped ones by their paths, the demo's own beside them."""
    told = organisation.told
    folder = state / "conf"
    folder.mkdir(parents=True, mode=0o700)

    def put(name, content):
        (folder / name).write_text(content if isinstance(content, str) else
                                   yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")

    put("users.yaml", {"users": [
        {"name": person["name"], "upn": organisation.mail(person["name"]), "groups": person["groups"],
         **({"manager": person["manager"]} if "manager" in person else {})} for person in organisation.people.values()]})
    put("addresses.yaml", [{"address": organisation.address(name, place), "user": name}
                           for name in organisation.people for place in told["places"]])
    put("apps.yaml", told["tags"])
    put("mail_domains.yaml", (CONF / "tags/mail_domains.yaml").read_text(encoding="utf-8").replace(
        "internal: []", f"internal: [{told['domain']}]"))
    put("ip_ranges.yaml", {"ranges": [
        {"name": name, "cidrs": [place["cidr"]], "category": place["category"], "tags": place.get("tags", ["demo"]),
         "override_isp": place["isp"],
         "override_location": {"country": place["country"], "lat": place["lat"], "lon": place["lon"]}}
        for name, place in told["places"].items()]})
    # Copies, so that whoever tries the console edits these and not the shipped ones.
    shutil.copytree(CONF / "policies", folder / "policies")
    shutil.copy(HERE / "policies.yaml", folder / "policies" / "demo.yaml")
    tops = sorted({host.rsplit(".", 1)[1] for host in organisation.hosts()})
    put("sallyport.yaml", {
        "gateway": {"contact": "the demo's help desk"},
        "listeners": [{"address": proxy}], "admin": [{"address": admin}],
        "state": {"directory": str(state)},
        "origins": {"allow_addresses": ["127.0.0.0/8"], "roots": [authority], "system_roots": "", "http2": "never",
                    "resolve": {f"*.{top}": f"127.0.0.1:{origin_port}" for top in tops}},
        "portal": {"organisation": "Meridian Travel", "pages": str(CONF / "pages")},
        "policies": "policies", "templates": str(CONF / "templates"), "catalog": str(CONF / "catalog"),
        "tags": {"apps": "apps.yaml", "app_risk": str(CONF / "tags/app_risk.yaml"), "addresses": "ip_ranges.yaml",
                 "noise": str(CONF / "tags/noise.yaml"), "mail_domains": "mail_domains.yaml",
                 "own_tenants": str(CONF / "tags/own_tenants.yaml"),
                 "consent_scopes": str(CONF / "tags/consent_scopes.yaml"),
                 "file_names": str(CONF / "tags/file_names.yaml")},
        "agents": {"clients": str(CONF / "agents/clients.yaml"), "releases": str(CONF / "agents/releases.yaml")},
        "users": {"directory": "users.yaml", "addresses": "addresses.yaml"}, "pac": str(CONF / "pac/pac.yaml")})
    return folder / "sallyport.yaml"


class Gateway:
    def __init__(self, binary, config, state, admin):
        self.log = state / "gateway.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([binary, "run", "--config", str(config)], stdout=log, stderr=subprocess.STDOUT)
        self.admin = admin

    def wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"demo: the gateway did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            try:
                with urllib.request.urlopen(f"http://{self.admin}/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("demo: the gateway is not ready after a minute")

    def told(self):
        """What it says of the console: where that is, and the password of the first account."""
        text = self.log.read_text(errors="replace")
        return "\n".join(re.findall(r"^  console .*|^ +sign in as .*", text, re.M))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Day:
    """Everybody's work, and what goes wrong."""

    def __init__(self, organisation, origin, proxy, authority, pace, dice):
        self.organisation, self.origin, self.pace, self.dice = organisation, origin, pace, dice
        host, _, port = proxy.rpartition(":")
        self.proxy, self.authority = (host, int(port)), authority
        self.clients = {}
        self.sent = self.refused = self.failed = 0

    def client(self, name, place):
        key = (name, place)
        if key not in self.clients:
            self.clients[key] = network.Client(self.proxy, self.organisation.address(name, place), self.authority)
        return self.clients[key]

    async def do(self, name, case, place=None, agent=None):
        person = self.organisation.people[name]
        request = cases.make(case, person, self.organisation.mail(name),
                             agent or self.organisation.told["agents"][person["agent"]], self.dice)
        await self.send(name, place or person["place"], request)

    async def send(self, name, place, request):
        self.origin.expect(request)
        status = await self.client(name, place).send(request)
        self.sent += 1
        # What the gateway refuses has no answer of the stand-in.
        self.refused += status in (403, 407, 511) and status != request.reply.status
        self.failed += status == 0

    async def everyday(self, name):
        person = self.organisation.people[name]
        known, weights = self.organisation.habits(person)
        logins = {case.app: case for case in known for case in self.organisation.cases[case.app].get("login", [])[:1]}
        for app in dict.fromkeys(case.app for case in self.dice.sample(known, min(len(known), 12))):
            if app in logins:
                await self.do(name, logins[app])
        while True:
            await asyncio.sleep(self.dice.expovariate(self.pace / 2.0))
            if self.dice.random() < 0.12:
                _, host = self.dice.choice(self.organisation.visited)
                page = cases.Reply(200, {"Content-Type": "text/html"}, cases.PAGE)
                agent = self.organisation.told["agents"][person["agent"]]
                await self.send(name, person["place"], cases.Request("GET", host, "/", {"User-Agent": agent}, b"", page))
            else:
                await self.do(name, self.dice.choices(known, weights)[0])

    async def incident(self, told, started, say):
        await asyncio.sleep(max(0, told["at"] / self.pace - (time.monotonic() - started)))
        say(told["tell"])
        for step in told["do"]:
            known = self.organisation.cases[step["app"]][step["verb"]]
            for turn in range(step["times"]):
                await self.do(told["who"], known[turn % len(known)], told.get("place"))


def say_since(started):
    def say(text):
        passed = int(time.monotonic() - started)
        print(f"  {passed // 60}:{passed % 60:02}  {text}", flush=True)
    return say


async def play(options, state, organisation, dice):
    authority = network.make_certificate(str(state / "vendors"), organisation.hosts())
    origin = network.Origin(str(state / "vendors"))
    await origin.start()
    proxy, admin = free_address(options.proxy), free_address(options.admin)
    config = write_configuration(organisation, state, origin.port, authority, proxy, admin)
    gateway = Gateway(options.binary, config, state, admin)
    try:
        await asyncio.to_thread(gateway.wait)
        ask, files = options.binary, f"-c {os.path.relpath(config)}"
        print(f"""
A demo: {len(organisation.people)} people of Meridian Travel work through a gateway at {proxy}.

{gateway.told()}

  Look:        {ask} activities --follow {files}
               {ask} discover dashboard {files}
               {ask} alerts {files}
               {ask} users seen {files}
  Change:      {os.path.relpath(config.parent)} (policies, tags); a saved file is in force at once
  Metrics:     http://{admin}/metrics
  Its log:     {os.path.relpath(gateway.log)}

Ctrl-C ends it. What happens beside everyday work:
""", flush=True)
        started = time.monotonic()
        day = Day(organisation, origin, proxy, str(state / "ca" / "ca.pem"), options.pace, dice)
        say = say_since(started)
        work = [asyncio.create_task(day.everyday(name)) for name in organisation.people]
        work += [asyncio.create_task(day.incident(one, started, say)) for one in organisation.told["incidents"]]
        ends = started + options.seconds if options.seconds else float("inf")
        told = started
        while time.monotonic() < ends and gateway.process.poll() is None:
            await asyncio.sleep(0.2)
            for task in work:
                if task.done() and not task.cancelled() and task.exception():
                    raise task.exception()
            if time.monotonic() - told > 30:
                told = time.monotonic()
                say(f"{day.sent} requests so far, {day.refused} of them refused, {day.failed} cut")
        for task in work:
            task.cancel()
        say(f"{day.sent} requests, {day.refused} of them refused, {day.failed} cut")
        if gateway.process.poll() is not None and gateway.process.returncode != 0:
            raise SystemExit(f"demo: the gateway ended; see {gateway.log}")
    finally:
        gateway.stop()


def main():
    options = parse()
    dice = random.Random(options.seed)
    state = pathlib.Path(options.state).resolve()
    if state.exists() and not (state / "vendors").exists() and any(state.iterdir()):
        raise SystemExit(f"demo: {state} holds something that is not of a demo; give another --state")
    shutil.rmtree(state, ignore_errors=True)
    (state / "vendors").mkdir(parents=True, mode=0o700)
    organisation = Organisation(dice)
    try:
        asyncio.run(play(options, state, organisation, dice))
    except KeyboardInterrupt:
        print("The demo has ended.", file=sys.stderr)


if __name__ == "__main__":
    main()
