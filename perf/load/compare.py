#!/usr/bin/env python3
"""Measures what Sallyport costs beside Squid (the same job) and nginx (a reverse proxy: the cost of the path
without deciding or minting). Everything on loopback: the proxy on CPU 0, the origin and the load on CPU 1.

The main figure is user+system CPU time of the proxy's process tree over the window, per request or per GB.
Peers are interleaved (A B C A B C ...), because a shared machine's speed drifts: compare within a run only.

  compare.py --sallyport build/release/sallyport --generator build/perf/perf/generator
  compare.py ... --scenarios S1,S2 --rounds 5 --seconds 4
  compare.py ... --counts build/perf/perf/count_allocations.so     # syscalls and allocations, no times
"""

import argparse
import json
import mmap
import os
import pathlib
import re
import signal
import statistics
import struct
import subprocess
import sys
import time

from lab import BIG, LOAD_CPU, Lab

IDLE_CONNECTIONS = 2000
SETTLE_SECONDS = 8  # idle until buffers were given back

# name: (what, kind of way, words for the generator, unit)
SCENARIOS = {
    "S1": ("keep-alive GET 1 KB, intercepted, 64 connections", "opened",
           ["--path", "/1k", "--connections", "64"], "request"),
    "S2": ("new connection per request, full handshake, 16 at a time", "opened",
           ["--path", "/1k", "--connections", "16", "--fresh"], "request"),
    "S4": ("download 100 MB, intercepted, 4 connections", "opened",
           ["--path", "/big", "--connections", "4"], "in"),
    "S5": ("upload 100 MB, intercepted, 4 connections", "opened",
           ["--path", "/sink", "--connections", "4", "--put", str(BIG)], "out"),
    "S6": ("plain HTTP keep-alive GET 1 KB, 64 connections", "plain",
           ["--path", "/1k", "--connections", "64"], "request"),
    "S7": ("tunnel carried unopened, keep-alive GET 1 KB, 64 connections", "tunnel",
           ["--path", "/1k", "--connections", "64"], "request"),
    "S8": ("idle intercepted connections, memory each", "opened",
           ["--path", "/1k", "--connections", str(IDLE_CONNECTIONS), "--idle"], "memory"),
}


def cpu_busy():
    """Busy seconds of CPU 0, whoever used it."""
    with open("/proc/stat") as stat:
        fields = next(line for line in stat if line.startswith("cpu0 ")).split()[1:]
    user, nice, system, _idle, _wait, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


class Load:
    """A run of the generator. Use: with Load(...) as load: load.ready(); ...; load.result()"""

    def __init__(self, generator, words, most_seconds):
        self.end = time.monotonic() + most_seconds
        self.child = subprocess.Popen(["taskset", "-c", LOAD_CPU, str(generator), *map(str, words)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        signal.signal(signal.SIGALRM, self.too_long)
        signal.alarm(max(1, int(self.end - time.monotonic())))
        return self

    def __exit__(self, *_):
        signal.alarm(0)
        self.child.stdin.close()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(timeout=10)
        self.child.stdout.close()

    @staticmethod
    def too_long(*_):
        raise RuntimeError("the generator takes too long")

    def ready(self):
        line = self.child.stdout.readline()
        if line.strip() != "ready":
            raise RuntimeError(f"the generator said {line!r}")

    def result(self):
        line = self.child.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"the generator ended without a result (exit {self.child.wait(timeout=10)})")
        return json.loads(line)


def preflight(generator, peer, kind):
    """One request; whoever claims to intercept must show a leaf of its own CA."""
    words = [*peer.words(kind), "--path", "/1k", "--connections", "1", "--window", "5000", "--most-requests", "1"]
    with Load(generator, words, 20) as load:
        load.ready()
        result = load.result()
    if result["requests"] < 1 or result["errors"]:
        raise RuntimeError(f"{peer.name} cannot do {kind}: {result}")
    if kind == "opened" and result["issuer"] != peer.issuer():
        raise RuntimeError(f"{peer.name} does not intercept: the leaf is from {result['issuer']!r}")
    if kind == "tunnel" and result["issuer"] == peer.issuer():
        raise RuntimeError(f"{peer.name} opens what it should carry")
    return result


def measure(generator, peer, scenario, seconds, warm_up):
    _, kind, words, unit = SCENARIOS[scenario]
    if unit == "memory":
        return measure_memory(generator, peer, kind, words)
    timing = ["--warm-up", int(warm_up * 1000), "--window", int(seconds * 1000)]
    with Load(generator, [*peer.words(kind), *words, *timing], seconds + warm_up + 30) as load:
        load.ready()
        busy, before = cpu_busy(), peer.process.cpu_seconds()
        result = load.result()
        after, busy = peer.process.cpu_seconds(), cpu_busy() - busy
    user, system = after[0] - before[0], after[1] - before[1]
    used = user + system
    moved = result["bytes_out" if unit == "out" else "bytes_in"]
    amount = result["requests"] if unit == "request" else moved / 1e9
    result.update(cost=used / amount if amount else float("nan"),
                  rate=amount / result["seconds"], used=used, user=user, system=system,
                  utilisation=used / result["seconds"], foreign=max(0.0, busy - used) / result["seconds"],
                  memory=peer.process.pss_bytes())
    return result


def measure_memory(generator, peer, kind, words):
    before = peer.process.pss_bytes()
    with Load(generator, [*peer.words(kind), *words], 90) as load:
        load.ready()
        result = load.result()
        time.sleep(SETTLE_SECONDS)
        after = peer.process.pss_bytes()
    result.update(cost=(after - before) / max(1, result["requests"]), before=before, after=after)
    time.sleep(1)
    return result


def show(scenario, rows, reference):
    what, _, _, unit = SCENARIOS[scenario]
    scale, name = {"request": (1e6, "CPU-us/req"), "in": (1, "CPU-s/GB"), "out": (1, "CPU-s/GB"),
                   "memory": (1 / 1024, "KB/connection")}[unit]
    print(f"\n## {scenario}: {what}\n")
    if unit == "memory":
        print("| peer | KB/connection (PSS) | PSS before MB | after MB | open | errors |\n|---|---|---|---|---|---|")
        for peer, runs in rows.items():
            last = runs[-1]
            print(f"| {peer} | {statistics.median(run['cost'] for run in runs) * scale:.1f} | "
                  f"{last['before'] / 1e6:.1f} | {last['after'] / 1e6:.1f} | {last['requests']} | {last['errors']} |")
        return
    rate = "req/s" if unit == "request" else "MB/s"
    print(f"| peer | {name} median | min | spread % | {rate} | util % | foreign % | user:sys | p50 us | p99 us | "
          "errors | n |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
    medians = {}
    for peer, runs in rows.items():
        costs = [run["cost"] * scale for run in runs]
        middle = medians[peer] = statistics.median(costs)
        user, system = sum(run["user"] for run in runs), sum(run["system"] for run in runs)
        of = lambda key: statistics.median(run[key] for run in runs)
        rates = of("rate") * (1 if unit == "request" else 1000)
        digits = 1 if unit == "request" else 3
        print(f"| {peer} | {middle:.{digits}f} | {min(costs):.{digits}f} | "
              f"{100 * (max(costs) - min(costs)) / middle:.0f} | {rates:.0f} | {100 * of('utilisation'):.0f} | "
              f"{100 * of('foreign'):.0f} | {100 * user / max(user + system, 1e-9):.0f}:"
              f"{100 * system / max(user + system, 1e-9):.0f} | {of('p50_us'):.0f} | {of('p99_us'):.0f} | "
              f"{sum(run['errors'] + run['warm_up_errors'] for run in runs)} | {len(runs)} |")
    for other in rows:
        if other == reference or reference not in rows:
            continue
        # Quotients within a round cancel the machine's drift.
        quotients = [ours["cost"] / theirs["cost"] for ours, theirs in zip(rows[reference], rows[other])
                     if theirs["cost"] > 0]
        if quotients:
            print(f"\n{reference} / {other}: median of rounds {statistics.median(quotients):.2f} "
                  f"({min(quotients):.2f} to {max(quotients):.2f}), of minima "
                  f"{min(run['cost'] for run in rows[reference]) / min(run['cost'] for run in rows[other]):.2f}")


def start_peer(options, lab, name, env=None):
    kind, _, number = name.partition("-")
    if kind not in ("sallyport", "baseline"):
        return getattr(lab, kind)(env=env)
    binary = options.sallyport if kind == "sallyport" else options.baseline
    return lab.sallyport(binary, options.repository, name, int(number) if number else None, env)


def times(options, lab):
    peers = {name: start_peer(options, lab, name) for name in options.peers}
    first = next(iter(peers))
    failures, record = 0, {}
    for scenario in options.scenarios:
        kind = SCENARIOS[scenario][1]
        able = [peer for peer in peers.values() if kind != "tunnel" or peer.opens_tunnels]
        for peer in able:
            result = preflight(options.generator, peer, kind)
            print(f"preflight {scenario} {peer.name}: {result['issuer'] or 'plain'} {result['protocol']}",
                  file=sys.stderr)
        rows = {peer.name: [] for peer in able}
        for round_number in range(1 if scenario == "S8" else options.rounds):
            for peer in able:
                result = measure(options.generator, peer, scenario, options.seconds, options.warm_up)
                rows[peer.name].append(result)
                print(f"{scenario} round {round_number + 1} {peer.name}: {json.dumps(result)}", file=sys.stderr)
                if peer.name == first and (result["errors"] or not peer.process.alive()):
                    failures += 1
                    print(f"FAILED {scenario} {peer.name}: {result['first_error']}", file=sys.stderr)
        show(scenario, rows, first)
        sys.stdout.flush()
        record[scenario] = rows
    for peer in peers.values():
        found = peer.metrics()
        if found:
            # Cheap because it keeps nothing would be no merit.
            of = lambda name: int(found.get(f"sallyport_{name}_total", -1))
            print(f"\n{peer.name}: {of('exchanges')} exchanges, {of('events_recorded')} events recorded, "
                  f"{of('store_written')} in the store, {of('events_dropped')} dropped, "
                  f"{of('origin_connections')} connections to the origin")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(record))
    return failures


def counts(options, lab):
    """Syscalls and allocations per exchange: bounded runs under strace -c and the allocation counter. The
    cost of opening the connections is taken out by subtracting a run of half the length."""
    print("\n## Counts per exchange\n\n| peer | scenario | allocations | bytes | syscalls | which |\n"
          "|---|---|---|---|---|---|")
    bounds = {"S1": (5_000, 10_000), "S2": (300, 600), "S6": (5_000, 10_000)}
    for name in options.peers:
        file = lab.folder / f"{name}.counts"
        file.write_bytes(bytes(16))
        file.chmod(0o666)
        env = {"LD_PRELOAD": str(options.counts.resolve()), "SALLYPORT_PERF_COUNTS": str(file)}
        peer = start_peer(options, lab, name, env)
        with open(file, "r+b") as opened, mmap.mmap(opened.fileno(), 16) as shared:
            for scenario in (one for one in options.scenarios if one in bounds):
                _, kind, words, _ = SCENARIOS[scenario]

                def run(most):
                    with Load(options.generator, [*peer.words(kind), *words, "--window", "60000",
                                                  "--most-requests", most], 90) as load:
                        load.ready()
                        return load.result()

                run(200)
                points = []
                for most in bounds[scenario]:
                    before = struct.unpack("QQ", shared[:])
                    done = run(most)["requests"]
                    time.sleep(0.5)
                    after = struct.unpack("QQ", shared[:])
                    points.append((done, after[0] - before[0], after[1] - before[1]))
                calls = strace_counts(lab, peer, lambda: run(bounds[scenario][1])["requests"])
                more = points[1][0] - points[0][0]
                top = ", ".join(f"{call} {count:.2f}" for call, count in calls[:9] if count >= 0.005)
                print(f"| {name} | {scenario} | {(points[1][1] - points[0][1]) / more:.1f} | "
                      f"{(points[1][2] - points[0][2]) / more:.0f} | {sum(c for _, c in calls):.2f} | {top} |")
                sys.stdout.flush()
        peer.process.stop()
    return 0


def strace_counts(lab, peer, run):
    """[(call, per exchange)], most often first; with the opening of the connections."""
    file = lab.folder / f"{peer.name}.strace"
    words = ["strace", "-c", "-f", "-qq", "-U", "calls,name", "-o", str(file)]
    for pid in peer.process.tree():
        words += ["-p", str(pid)]
    tracer = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(1)
    try:
        done = run()
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=15)
    found = re.findall(r"^\s*(\d+)\s+(\w+)$", file.read_text(), re.MULTILINE)
    return sorted(((name, int(count) / done) for count, name in found if name != "total"),
                  key=lambda one: -one[1])


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sallyport", type=pathlib.Path, required=True)
    parser.add_argument("--generator", type=pathlib.Path, required=True)
    parser.add_argument("--repository", type=pathlib.Path, default=here.parent.parent, help="whose conf/ is used")
    parser.add_argument("--peers", default="sallyport,squid,nginx", type=lambda text: text.split(","),
                        help="of sallyport, baseline, squid, nginx; the first is compared with the others. "
                             "sallyport-N keeps N idle connections per origin instead of the default")
    parser.add_argument("--baseline", type=pathlib.Path, help="another Sallyport, for before and after")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warm-up", type=float, default=1)
    parser.add_argument("--json", help="a file for all raw figures")
    parser.add_argument("--counts", type=pathlib.Path, help="count_allocations.so: counts instead of times")
    options = parser.parse_args()
    options.sallyport, options.generator = options.sallyport.resolve(), options.generator.resolve()
    unknown = [one for one in options.scenarios if one not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {unknown}")
    kinds = {name.partition("-")[0] for name in options.peers}
    if not kinds <= {"sallyport", "baseline", "squid", "nginx"} or ("baseline" in kinds) != bool(options.baseline):
        parser.error(f"no such peers: {options.peers}")
    if options.baseline:
        options.baseline = options.baseline.resolve()
    # So that an interrupted run, too, ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Lab() as lab:
        failures = counts(options, lab) if options.counts else times(options, lab)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
