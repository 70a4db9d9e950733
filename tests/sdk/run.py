#!/usr/bin/python3 -B
"""Official SDKs and tools do what people do, through the gateway, against a stand-in that plays the vendors' hosts;
then what the gateway kept is held against what each call means. See README.md beside this.

    tests/sdk/run.py                       every table in calls/, with build/dev/sallyport
    tests/sdk/run.py dropbox rclone        only these
    tests/sdk/run.py --explain ...         and why each is judged as it is
    tests/sdk/run.py --record              every table, and the figures go to RESULTS.md
    tests/sdk/run.py --binary PATH ...     another build
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import judge  # noqa: E402
import kit  # noqa: E402

POLICIES = "- name: Everything is watched\n  when: { scheme: https }\n  then: monitor\n"
PREPARE = 600.0  # seconds that npm may take
CALLS = 240.0    # seconds that the calls of one table may take


class Lab(kit.Scenario):
    """What runs: authority, stand-in, gateway. No test by itself; run.py drives it."""


def load_tables(names):
    """calls/*.yaml by name."""
    known = {path.stem: path for path in sorted((HERE / "calls").glob("*.yaml"))}
    for name in names:
        if name not in known:
            raise SystemExit(f"there is no calls/{name}.yaml; there are {', '.join(known)}")
    tables = {name: yaml.safe_load(known[name].read_text()) for name in names or known}
    for name, table in tables.items():
        seen = set()
        for call in table["calls"]:
            where = f"calls/{name}.yaml, {call.get('call')}"
            if call.get("role") not in ("judge", "write"):
                raise SystemExit(f"{where}: role is judge or write")
            if call["call"] in seen:
                raise SystemExit(f"{where}: is there twice")
            seen.add(call["call"])
            for expected in judge.as_list(call["expect"]):
                if not set(expected) <= {*judge.GROUPS, "may"} or not set(expected.get("object") or {}) <= set(judge.OBJECT) \
                        or not set(expected.get("target") or {}) <= set(judge.TARGET) \
                        or not set(expected.get("may") or {}) <= set(judge.TARGET):
                    raise SystemExit(f"{where}: an expectation has {', '.join(judge.GROUPS)}, may, object "
                                     f"{', '.join(judge.OBJECT)}, target {', '.join(judge.TARGET)}")
    return tables


def install(folder):
    """The SDKs as the lock file pins them, once per lock file."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    version = subprocess.run([kit.tool("node"), "--version"], capture_output=True, text=True).stdout.strip()
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < (20, 19):
        raise SystemExit(f"the SDKs need Node.js 20.19 or newer; this is {version}")
    print("Installing the SDKs ...", flush=True)
    done = subprocess.run([kit.tool("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                          capture_output=True, text=True, timeout=PREPARE)
    if done.returncode != 0:
        raise SystemExit(f"npm could not install the SDKs:\n{done.stderr[-4000:]}")
    stamp.write_text(lock)


def origin_of(vendor):
    """{hosts, source} of origin/VENDOR.mjs."""
    script = f"const m = await import({json.dumps(str(HERE / 'origin' / (vendor + '.mjs')))});" \
             "console.log(JSON.stringify({hosts: m.hosts, source: m.source}));"
    done = subprocess.run([kit.tool("node"), "--input-type=module", "-e", script], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"origin/{vendor}.mjs: {done.stderr}")
    return json.loads(done.stdout)


def start_stand_in(vendors, authority):
    hosts = sorted({host for vendor in vendors for host in origin_of(vendor)["hosts"]})
    identity = authority.issue("stand-in.test", *hosts)
    record, out = Lab.directory / "record.jsonl", Lab.directory / "stand-in.txt"
    err = Lab.directory / "stand-in-errors.txt"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = kit.process.start(
            Lab, [kit.tool("node"), HERE / "origin/stand_in.mjs", "--certificate", identity.chain, "--key", identity.key,
                  "--record", record, *vendors], stdout=stdout, stderr=stderr)

    def listening():
        if process.poll() is not None:
            raise SystemExit(f"the stand-in ended: {err.read_text()}")
        return out.read_text().startswith("listening ") and out.read_text().endswith("\n")

    kit.wait_until(listening, "the stand-in listens", 30)
    return f"127.0.0.1:{out.read_text().split()[1]}", hosts, record


def content(size, seed=1):
    """The same bytes as clients/content.mjs."""
    state, out = seed * 2654435761 % 4294967296, bytearray()
    for _ in range(size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def environment(gateway, home):
    """Every way in which programs are told of a proxy and of whom to trust."""
    ca = str(gateway.ca)
    return kit.clean_environment(
        home, SALLYPORT_PROXY=gateway.proxy, HTTPS_PROXY=gateway.proxy, https_proxy=gateway.proxy,
        NODE_EXTRA_CA_CERTS=ca, SSL_CERT_FILE=ca, CURL_CA_BUNDLE=ca, REQUESTS_CA_BUNDLE=ca, AWS_CA_BUNDLE=ca,
        GIT_SSL_CAINFO=ca, NO_COLOR="1", NODE_NO_WARNINGS="1")


def calls_of_sdk(table, calls, folder, variables):
    """One Node.js process makes them all, as a program would."""
    run = folder / "clients"
    if not run.exists():
        shutil.copytree(HERE / "clients", run)
        (folder / "node_modules").symlink_to(Lab.modules)
    # SDKs that read HTTPS_PROXY themselves would go through the proxy twice.
    variables = {key: value for key, value in variables.items() if key.lower() != "https_proxy"}
    done = subprocess.run([kit.tool("node"), "--require", run / "tunnel.cjs", run / "run.mjs", table["vendor"],
                           *(call["call"] for call in calls)],
                          cwd=folder, env=variables, capture_output=True, text=True, timeout=CALLS)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"call":')]
    if len(told) != len(calls):
        raise SystemExit(f"clients/{table['vendor']}.mjs ended early, after {len(told)} calls:\n{done.stdout[-2000:]}\n"
                         f"{done.stderr[-4000:]}")
    return told


def now():
    """The next millisecond: no two calls share one."""
    begun = datetime.datetime.now(datetime.timezone.utc)
    while True:
        moment = datetime.datetime.now(datetime.timezone.utc)
        if int(moment.timestamp() * 1000) != int(begun.timestamp() * 1000):
            return int(moment.timestamp() * 1000)


def calls_of_tool(table, calls, folder, variables):
    """A command of the shell each, in a folder with the table's files."""
    home = folder / table["vendor"]
    home.mkdir()
    made = []
    for name, text in (table.get("files") or {}).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        proxy = variables["SALLYPORT_PROXY"].rsplit(":", 1)
        text = text.replace("$PROXY_PORT", proxy[1]).replace("$CA", variables["SSL_CERT_FILE"])
        (home / name).write_text(text)
    for number, (name, size) in enumerate((table.get("contents") or {}).items(), 1):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content(size, number))
        made.append(hashlib.sha256((home / name).read_bytes()).hexdigest())
    variables = {**variables, "HOME": str(home), **(table.get("environment") or {})}
    told = []
    for call in calls:
        one = {"call": call["call"], "made": made, "begin": now()}
        done = subprocess.run(["sh", "-ec", call["run"]], cwd=home, env=variables, capture_output=True, text=True,
                              timeout=CALLS, stdin=subprocess.DEVNULL)
        one["end"] = now()
        if done.returncode != 0:
            one["error"] = f"ended with {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-2000:]}"
        told.append(one)
    return told


def activities_of(event):
    """Each activity of an exchange, as judge.py takes them. The facts of the first stand at the exchange itself."""
    for number, one in enumerate(event.get("activities") or []):
        facts = event if number == 0 else one
        details = facts.get("details") or {}
        kept = {
            "verb": one.get("type"),
            "app": (one.get("app") or event.get("app") or {}).get("id"),
            "admin": facts.get("admin"),
            "object": {key: details.get(f"object.{key}") for key in judge.OBJECT},
            "target": {key: details.get(f"target.{key}") for key in judge.TARGET},
            "account": details.get("account"),
            "instance": details.get("instance"),
            "size": (facts.get("file") or {}).get("size"),
            "session": details.get("transfer.session"),
            "from": f"{event.get('method')} {event.get('host')}{event.get('path')}",
        }
        if kept["object"]["name"] is None:
            kept["object"]["name"] = (facts.get("file") or {}).get("name")
        yield kept


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--source", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--modules", type=pathlib.Path, help="where the SDKs are installed; build/sdk")
    parser.add_argument("--explain", action="store_true", help="say why each call is judged as it is")
    parser.add_argument("--record", action="store_true", help="write what is printed to RESULTS.md too")
    parser.add_argument("--keep", type=pathlib.Path, help="put the events, the stand-in's record and each call's result here")
    options = parser.parse_args()
    source = options.source.resolve()
    binary = (options.binary or source / "build/dev/sallyport").resolve()
    if not binary.is_file():
        raise SystemExit(f"{binary} does not exist: build it, or name another with --binary")
    tables = load_tables(options.tables)
    modules = (options.modules or source / "build/sdk").resolve()
    if any("npm" in table["client"] for table in tables.values()):
        install(modules)
    Lab.modules = modules / "node_modules"
    Lab.configure(binary, source, modules)
    Lab.setUpClass()
    try:
        code = run(tables, options)
    finally:
        Lab.doClassCleanups()
    for _, failure, _ in Lab.tearDown_exceptions:
        raise failure
    raise SystemExit(code)


def run(tables, options):
    vendors = sorted({vendor for table in tables.values() for vendor in table.get("origins") or [table["vendor"]]})
    authority = kit.Authority(Lab)
    address, hosts, record = start_stand_in(vendors, authority)
    gateway = kit.Gateway(Lab, resolve={host: address for host in hosts}, roots=[authority.certificate],
                          policies=POLICIES)
    variables = environment(gateway, Lab.directory)
    made = []  # (table, call, what the client told)
    for name, table in tables.items():
        make = calls_of_sdk if "npm" in table["client"] else calls_of_tool
        told = make(table, table["calls"], Lab.directory, variables)
        made += [(name, call, one) for call, one in zip(table["calls"], told)]
    gateway.stop()
    events = sorted(gateway.logged(), key=lambda event: event["time"])
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(record, options.keep / "record.jsonl")
        (options.keep / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return report(tables, made, events, lines, options)


def within(items, one):
    """Those whose time lies in that of the call."""
    return [item for item in items if one["begin"] / 1000 <= seconds(item["time"]) < one["end"] / 1000 + 0.001]


def broken(call, one, lines):
    """What went wrong with the call itself, so that nothing can be judged."""
    if "error" in one:
        yield f"failed: {one['error']}"
    for line in within(lines, one):
        if "unknown" in line:
            yield f"the stand-in does not know {line['method']} {line['host']}{line['path']}"
        elif "failed" in line:
            yield f"the stand-in failed at {line['method']} {line['path']}: {line['failed']}"
    for expected in judge.as_list(call["expect"]):
        if expected["verb"] == "upload" and "size" in expected:
            arrived = [line for line in within(lines, one) if "kept" in line]
            if not any(line["bytes"] == expected["size"] and line["sha256"] in one["made"] for line in arrived):
                yield f"the {expected['size']} bytes did not arrive as they were sent; files with " \
                      f"{[line['bytes'] for line in arrived]} did"


def report(tables, made, events, lines, options):
    totals = {role: {name: [0, judge.new_counts()] for name in tables} for role in ("judge", "write")}
    problems, results = [], []
    for name, call, one in made:
        problems += [f"{name}: {call['call']}: {problem}" for problem in broken(call, one, lines)]
        kept = [activity for event in within(events, one) for activity in activities_of(event)]
        counts, remarks = judge.judge(judge.as_list(call["expect"]), judge.as_list(call.get("also")), kept)
        total = totals[call["role"]][name]
        total[0] += 1
        for group, count in counts.items():
            total[1][group].add(count)
        results.append({"table": name, "call": call["call"], "role": call["role"], "remarks": remarks, "kept": kept})
        if options.explain:
            print(f"{name}: {call['call']}: {'; '.join(remarks) or 'right'}")
    if options.keep:
        (options.keep / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    tables_of_figures = []
    for role, title in (("judge", "Calls that judge"), ("write", "Calls that signatures were written from")):
        rows = [(name, calls, counts) for name, (calls, counts) in totals[role].items() if calls]
        if not rows:
            continue
        together = judge.new_counts()
        for _, _, counts in rows:
            for group, count in counts.items():
                together[group].add(count)
        rows.append(("all", sum(calls for _, calls, _ in rows), together))
        tables_of_figures.append(f"{title}: precision / recall in percent\n" + "\n".join(judge.table(rows)))
        if role == "judge":
            judged = together
    print("\n" + "\n\n".join(tables_of_figures) + "\n")
    if options.record:
        write_record(tables_of_figures, results)
    for problem in problems:
        print("BROKEN  " + problem.replace("\n", "\n        "))
    low = list(below_floor(judged)) if set(tables) == {path.stem for path in (HERE / "calls").glob("*.yaml")} else []
    for line in low:
        print(f"LOW     {line}")
    return 1 if problems or low else 0


def write_record(figures, results):
    """RESULTS.md: the tables, and every call that is not judged right."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    wrong = [f"* {one['table']}: {one['call']}: {'; '.join(one['remarks'])}" for one in results if one["remarks"]]
    text = f"# The last run\n\n`tests/sdk/run.py --record` on {today}.\n\n"
    text += "\n\n".join(f"```\n{table}\n```" for table in figures)
    text += "\n\n## What is not as expected\n\n" + "\n".join(wrong) + "\n"
    (HERE / "RESULTS.md").write_text(text)


def below_floor(counts):
    """floor.yaml says what holds today: {verb: {precision: 0.9, recall: 0.8}, ...}."""
    for group, floor in yaml.safe_load((HERE / "floor.yaml").read_text()).items():
        for what, least in floor.items():
            value = getattr(counts[group], what)
            if value is None or value < least:
                yield f"{what} of {group} is {percent_of(value)}, under {percent_of(least)}"


def percent_of(value):
    return "not there" if value is None else f"{100 * value:.1f} %"


if __name__ == "__main__":
    main()
