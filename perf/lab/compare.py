"""Sallyport beside its peers, in one run. perf/compare starts this; perf/README.md explains it."""

import json
import sys
import time

import counts
import figures
import plots
import preflight
import record
import report
from lab import Lab
from measure import SETTLE_SECONDS, measure
from scenarios import SCENARIOS
from system import counts_instructions

MEMORY_ROUNDS = 3    # a new process each, and slow to fill
NAMES = 24_000       # hosts that no peer has seen; each round of cold-host uses some up
COUNTED_SECONDS = 4


def say(text):
    print(text, file=sys.stderr, flush=True)


class Comparison:
    def __init__(self, lab, options):
        self.lab, self.options = lab, options
        self.peers, self.counted = {}, []
        self.scenarios = [SCENARIOS[name] for name in options.only]
        self.rounds = {one.name: {} for one in self.scenarios}
        self.refusals = {one.name: {} for one in self.scenarios}

    def start(self):
        for name in ("sallyport", *self.options.peers):
            if name == "sallyport" or any(self.takes_part(name, one) for one in self.scenarios):
                say(f"starting {name}")
                self.peers[name] = self.lab.start_peer(name)

    def takes_part(self, name, scenario):
        return name in scenario.peers or name.partition("-")[0] in ("sallyport", "baseline")

    def ask_all(self):
        for scenario in self.scenarios:
            for name, peer in self.peers.items():
                if not self.takes_part(name, scenario):
                    continue
                try:
                    seen = preflight.ask(self.lab, peer, scenario)
                    self.rounds[scenario.name][name] = []
                except preflight.NotSpoken as refusal:
                    seen = self.refusals[scenario.name][name] = f"NOT SPOKEN ({refusal})"
                except RuntimeError as failure:
                    # Of one peer and scenario; the others are measured all the same.
                    seen = self.refusals[scenario.name][name] = f"FAILED ({failure})"
                say(f"preflight {scenario.name}, {name}: {seen}")
                if name == "sallyport" and scenario.name in ("keep-alive", "new-connection"):
                    preflight.check_policies(peer)

    def steps(self):
        """(round, scenario, peer, seconds estimated), interleaved: every peer once, then the next scenario, then the
        next round."""
        for number in range(self.options.rounds):
            for scenario in self.scenarios:
                if scenario.unit == "memory" and number >= MEMORY_ROUNDS:
                    continue
                for name in self.rounds[scenario.name]:
                    memory = scenario.unit == "memory"
                    yield (number, scenario, name,
                           SETTLE_SECONDS + 8 if memory else self.options.seconds + self.options.warm_up + 0.8)

    def measure_all(self):
        steps = list(self.steps())
        counted = sum(len(self.rounds[one.name]) for one in self.scenarios if one.unit != "memory")
        progress = figures.Progress([step[3] for step in steps])
        self.progress, later = progress, counted * COUNTED_SECONDS if self.options.counts else 0
        for at, (number, scenario, name, estimate) in enumerate(steps, 1):
            began = time.monotonic()
            result = self.measure_one(name, scenario)
            self.rounds[scenario.name][name].append(result)
            progress.step(estimate, time.monotonic() - began)
            cost = "-" if result["cost"] is None else f"{result['cost'] * scenario.scale:.{scenario.digits}f}"
            say(f"[{at}/{len(steps)}] round {number + 1} {scenario.name}, {name}: {cost} {scenario.unit_name}"
                f"{'; FAILED: ' + result['failed'] if result['failed'] else ''}"
                f" - {figures.minutes(progress.left() + later)} left")

    def measure_one(self, name, scenario):
        try:
            return measure(self.lab, self.peers[name], scenario, self.options.seconds, self.options.warm_up)
        except RuntimeError as failure:
            return {"cost": None, "failed": str(failure)}  # The other rounds, and the other peers, still count.

    def count_all(self):
        """Of ours and the peers that the targets name."""
        can = self.lab.counts_instructions = counts_instructions()
        say("instructions are counted" if can else "this machine counts no instructions")
        for scenario in (one for one in self.scenarios if one.unit != "memory"):
            for name in self.rounds[scenario.name]:
                if name != "mitmproxy":
                    found = counts.system_calls(self.lab, self.peers[name], scenario)
                    if can:
                        found["instructions"] = counts.instructions(self.lab, self.peers[name], scenario)
                    self.counted.append(found)
                    say(f"counted {scenario.name}, {name}: {sum(n for _, n in found['calls']):.2f} system calls")
        self.count_allocations()

    def count_allocations(self):
        with counts.Allocations(self.lab) as peer:
            for found in self.counted:
                if found["peer"] == "sallyport":
                    found["allocations"] = counts.allocations(self.lab, peer, SCENARIOS[found["scenario"]])

    def section(self):
        """What goes to perf/results.md."""
        record_of = {name: (self.rounds[name], self.refusals[name]) for name in self.rounds}
        options, ours = self.options, self.peers["sallyport"]
        metrics = ours.metrics()
        of = lambda name: int(metrics.get(f"sallyport_{name}_total", -1))
        text = "# Side by side: Sallyport and its peers (`perf/compare`)\n\n" + record.paragraph(
            f"{record.heading(options.repository)}. Interleaved rounds: {options.rounds} of {options.seconds:g} s after "
            f"{options.warm_up:g} s; medians. Ratio: median of the quotients within rounds, to the peer that the target "
            "names. The proxy on one core, origin and load on the other. Sallyport with 1,000 policies beside the shipped "
            f"ones, classification, tags, 5,000 users, access log and store on: {of('exchanges'):,} exchanges, "
            f"{of('store_written'):,} events stored, {of('events_dropped'):,} dropped. nginx and HAProxy are reverse "
            "proxies that mint, decide and record nothing. perf/README.md has the method and what the verdicts mean."
        ) + "\n"
        text += report.target_table(self.scenarios, record_of)
        if (options.output / "compare.svg").exists():
            text += "\n![cost of each peer, by scenario](compare.svg)\n"
        for scenario in self.scenarios:
            if self.rounds[scenario.name]:
                text += f"\n## {scenario.what}\n\n" + report.detail_table(scenario, self.rounds[scenario.name])
        if self.counted:
            text += "\n## Counts\n\n" + record.paragraph(
                "Under strace -c -f, in runs of their own; heap allocations of all of Sallyport's threads."
                + ("" if self.lab.counts_instructions else " This machine has no instruction counter.")
            ) + "\n" + report.counts_table(self.counted)
        return text

    def finish(self):
        options = self.options
        options.output.mkdir(parents=True, exist_ok=True)
        record_of = {name: (self.rounds[name], self.refusals[name]) for name in self.rounds}
        (options.output / "compare.json").write_text(json.dumps(
            {"heading": record.heading(options.repository), "rounds": self.rounds, "refusals": self.refusals,
             "counts": self.counted}, indent=1))
        plots.comparison(options.output / "compare.svg", self.scenarios, record_of,
                         "CPU of the proxy per unit of work (latency; memory), relative")
        record.save(options, "compare", self.section())
        words = [report.judgement(one, *record_of[one.name])[1] for one in self.scenarios]
        # A target that is missed is a finding; a figure that must not be believed is a failure.
        return 1 if any(word.startswith("FAILED") for word in words) else 0


def compare(options):
    names = NAMES if "cold-host" in options.only else 0
    with Lab(options.binary, options.tools, options.repository, names, options.baseline) as lab:
        comparison = Comparison(lab, options)
        comparison.start()
        comparison.ask_all()
        comparison.measure_all()
        if options.counts:
            comparison.count_all()
        return comparison.finish()
