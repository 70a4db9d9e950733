"""How the cost of a unit of work changes with how many connections, hosts and bytes there are: flat is linear."""

import json
import time

import figures
import plots
import record
import report
from compare import say
from lab import Lab
from load import Load
from measure import measure
from preflight import ask
from scenarios import SCENARIOS, Scenario, Target

CONNECTIONS = (10, 100, 1_000, 10_000)
HOSTS = (1, 10, 100, 1_000, 10_000)
BODIES = (1, 16, 256, 4 << 10, 64 << 10, 1 << 20)  # KiB
SHORT_BODY = 4 << 10  # KiB
SPARE_FILES = 800
MOST_ROUNDS = 3
FLAT = 0.1  # exponent
GENTLE = Target("nginx", 1.0)


def points(lab, options):
    """(panel, size, scenario, peers)"""
    within = lambda sizes, most=1 << 62: [one for one in sizes if one <= (options.most or one)
                                          and one <= most]
    most = most_connections(lab)
    for number in within(sorted({min(one, most) for one in CONNECTIONS})):
        yield ("connections", number, made(f"connections-{number}", "opened", ("--path", "/1k", "--connections", number),
                                           "request"), ("sallyport", "nginx"))
    for number in within(HOSTS):
        yield ("hosts", number, made(f"hosts-{number}", "names", ("--path", "/1k", "--connections", 8, "--fresh"),
                                     "request"), ("sallyport", "squid"))
    for number in within(BODIES):
        yield ("body, KiB", number, made(f"body-{number}k", "opened", ("--path", f"/{number}k", "--connections", 4),
                                         "in", long=number > SHORT_BODY), ("sallyport", "nginx"))


def most_connections(lab):
    """Each is two descriptors in Sallyport, and one is kept for each idle origin connection."""
    return min(max(CONNECTIONS), (lab.most_files - SPARE_FILES) // 3)


def made(name, way, words, unit, long=True):
    return Scenario(name, name, way, tuple(map(str, words)), unit, GENTLE, (), long=long)


class Hosts:
    """A peer that is given the same hosts again and again, all of which it has seen."""

    def __init__(self, lab, peer, count):
        self.lab, self.peer, self.count = lab, peer, count

    def __enter__(self):
        # names_words() hands out what is left up to origin.names.
        self.kept, self.lab.origin.names, self.peer.names_used = self.lab.origin.names, self.count, 0
        words = [*self.peer.words(SCENARIOS["cold-host"]), "--path", "/1k", "--connections", "8", "--fresh",
                 "--names", self.count, "--window", "300000", "--most-requests", self.count]
        with Load(self.lab.generator, words, 320) as load:
            load.ready()
            self.first = load.result()
        self.peer.settle()
        return self

    def __exit__(self, *_):
        self.lab.origin.names = self.kept


def warm_up(options, panel, size):
    """Longer for more connections: the pool of the origin's grows as they happen to be in flight together."""
    return options.warm_up + (size * 0.003 if panel == "connections" else 0)


def measure_point(lab, peer, panel, size, scenario, options):
    if panel != "hosts":
        return measure(lab, peer, scenario, options.seconds, warm_up(options, panel, size))
    with Hosts(lab, peer, size):
        return measure(lab, peer, scenario, options.seconds, options.warm_up)


def worker_rows(lab, options, rounds):
    """CPU of a request with one worker and with two, both cores shared with the load: flat is what can be shown where
    there is no third core."""
    scenario, costs = SCENARIOS["keep-alive"], {}
    peers = {number: lab.start_another("sallyport", workers=number, cpu="0,1") for number in (1, 2)}
    for _ in range(rounds):
        for number, peer in peers.items():
            result = measure(lab, peer, scenario, options.seconds, options.warm_up)
            if result["failed"]:
                say(f"workers {number}: FAILED: {result['failed']}")
                continue
            costs.setdefault(number, []).append(result["cost"] * 1e6)
            say(f"workers {number}: {costs[number][-1]:.1f} us/request")
    for peer in peers.values():
        lab.stop_peer(peer)
    return costs


def scale(options):
    rounds = min(options.rounds, MOST_ROUNDS)
    with Lab(options.binary, options.tools, options.repository, names=max(HOSTS)) as lab:
        for size in BODIES:
            if size <= (options.most or size):
                lab.origin.write(f"{size}k", size << 10)
        plan = list(points(lab, options))
        wanted = [name for name in ("nginx", "squid") if name in options.peers]
        # As many origin connections as there are clients: otherwise it is handshakes that are measured.
        pool = {"pool": most_connections(lab)}
        peers = {name: lab.start_peer(name, **({} if name == "squid" else pool)) for name in ("sallyport", *wanted)}
        for name, peer in peers.items():
            say(f"preflight {name}: {ask(lab, peer, SCENARIOS['keep-alive'])}")
        steps = [(number, *point[:3], name) for number in range(rounds) for point in plan for name in point[3]
                 if name in peers]
        # A new host takes about 2 ms, a connection 1 ms, before the window.
        estimates = [options.seconds + warm_up(options, panel, size) + 1
                     + size * {"hosts": 0.002, "connections": 0.001}.get(panel, 0)
                     for _, panel, size, _, _ in steps]
        progress, results = figures.Progress(estimates), {}
        for at, (number, panel, size, scenario, name) in enumerate(steps):
            began = time.monotonic()
            try:
                result = measure_point(lab, peers[name], panel, size, scenario, options)
            except RuntimeError as failure:
                result = {"cost": None, "failed": str(failure)}
            results.setdefault((panel, name, size), []).append(result)
            progress.step(estimates[at], time.monotonic() - began)
            cost = "-" if result["cost"] is None else f"{result['cost'] * scenario.scale:.2f}"
            say(f"[{at + 1}/{len(steps)}] round {number + 1} {panel} {size}, {name}: {cost} {scenario.unit_name}"
                f"{'; FAILED: ' + result['failed'] if result['failed'] else ''}"
                f" - {figures.minutes(progress.left())} left")
        return write(options, plan, results, worker_rows(lab, options, rounds), lab.most_files)


def write(options, plan, results, workers, most_files):
    options.output.mkdir(parents=True, exist_ok=True)
    panels, tables, failed = {}, "", 0
    for panel, size, scenario, names in plan:
        unit, of = panels.setdefault(panel, (scenario, {}))
        for name in names:
            runs = results.get((panel, name, size), [])
            costs = [one["cost"] * unit.scale for one in runs if one["cost"] is not None and not one["failed"]]
            failed += sum(1 for one in runs if one["failed"] and name == "sallyport")
            if costs:
                of.setdefault(name, []).append((size, figures.median(costs)))
    for panel, (scenario, of) in panels.items():
        sizes = sorted({size for rows in of.values() for size, _ in rows})
        rows = [[name, *(f"{dict(points)[size]:.2f}" if size in dict(points) else "-" for size in sizes), *shape(points)]
                for name, points in of.items()]
        tables += (f"\n## Cost against {panel} ({scenario.unit_name})\n\n"
                   + report.table(["peer", *(f"{size:,}" for size in sizes), "exponent", "so the whole is"], rows))
    if len(workers) == 2:
        one, two = (figures.median(workers[number]) for number in (1, 2))
        tables += ("\n## Workers\n\nBoth cores shared with origin and load.\n\n" + report.table(
            ["workers", "us/request"], [[1, f"{one:.1f}"], [2, f"{two:.1f}"], ["2 / 1", f"{two / one:.2f}"]]))
    plots.curves(options.output / "scale.svg", [(panel, scenario.unit_name, of) for panel, (scenario, of) in
                                                panels.items()], "cost of a unit of work")
    raw = {f"{panel} {size} {name}": runs for (panel, name, size), runs in results.items()}
    (options.output / "scale.json").write_text(json.dumps(raw, indent=1))
    text = "# How cost grows (`perf/compare --scale`)\n\n" + record.paragraph(
        f"{record.heading(options.repository)}. Cost of one unit of work; the exponent is that of a power law through the "
        "points, so 0 is linear. Hosts: a new connection for each request, hosts in turn, each seen once before; from "
        "4,096 on the cache of leaves no longer holds them all. Sallyport and nginx keep as many idle origin connections "
        f"as there are clients. {most_files:,} descriptors were allowed. {failed} of Sallyport's rounds failed and are "
        "left out.")
    record.save(options, "scale", text + tables + "\n![curves](scale.svg)\n")
    return 1 if failed else 0


def shape(points):
    if len(points) < 2:
        return "-", "-"
    exponent = figures.linearity(points)
    return f"{exponent:+.2f}", "linear or less" if exponent <= FLAT else "more than linear"
