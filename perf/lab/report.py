"""Tables of what was measured. `rounds` is {peer: [the result of each round]} throughout; a round that failed has a
sentence in result["failed"]; a peer that does not speak a scenario, or fails its preflight, has NOT SPOKEN (why) or
FAILED (why) in `refusals` instead of rounds."""

import figures

COLUMNS = ("nginx", "haproxy", "sslsplit", "squid", "mitmproxy")


def table(head, rows):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in [head, *rows]]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines) + "\n"


def costs(results, scale=1.0):
    """Of each round; None where there is none."""
    return [None if one["cost"] is None else one["cost"] * scale for one in results]


def middle(results, scenario):
    values = [one for one in costs(results, scenario.scale) if one is not None]
    return f"{figures.median(values):,.{scenario.digits}f}" if values else "-"


def failures(results):
    return [one["failed"] for one in results if one["failed"]]


def judgement(scenario, rounds, refusals):
    """(text of the ratio, verdict) of one row."""
    if "sallyport" in refusals:
        return "-", refusals["sallyport"]
    failed = failures(rounds.get("sallyport", []))
    reached, word = figures.judge(scenario.target, {peer: costs(of, scenario.scale) for peer, of in rounds.items()})
    return ("-" if reached is None else f"{reached:.2f}"), (f"FAILED ({failed[0]})" if failed else word)


def target_table(scenarios, record):
    """The table of issue 5 with what was reached. record: {scenario: (rounds, refusals)}."""
    rows, notes = [], []
    for scenario in scenarios:
        rounds, refusals = record[scenario.name]
        cells = []
        for peer in COLUMNS:
            text = middle(rounds.get(peer, []), scenario)
            failed = failures(rounds.get(peer, []))
            if peer in refusals and text == "-":
                text = refusals[peer].partition(" (")[0].lower() if peer in scenario.peers else "-"
            if failed:
                notes.append(f"{scenario.name}, {peer}: {failed[0]} ({len(failed)} of {len(rounds[peer])} rounds)")
                text += f" ({len(notes)})"
            cells.append(text)
        reached, word = judgement(scenario, rounds, refusals)
        rows.append([f"{scenario.what} ({scenario.unit_name})", *cells,
                     f"**{middle(rounds.get('sallyport', []), scenario)}**", reached, scenario.target, word])
    text = table(["scenario", *COLUMNS, "ours", "ratio", "ours, at most", "verdict"], rows)
    return text + "".join(f"\n({number}) {note}" for number, note in enumerate(notes, 1)) + ("\n" if notes else "")


def detail_table(scenario, rounds):
    """All peers of a scenario, with what is needed to judge how far to trust it."""
    rows = []
    for peer, every in rounds.items():
        results = [one for one in every if one["cost"] is not None]
        if not results:
            continue
        values = costs(results, scenario.scale)
        spread = [f"{figures.median(values):,.{scenario.digits}f}", f"{min(values):,.{scenario.digits}f}",
                  f"{figures.spread(values):.0f}"]
        of = lambda key: figures.median([one[key] for one in results])
        errors = sum(one["errors"] for one in results)
        if scenario.unit == "memory":
            rows.append([peer, *spread, f"{of('before') / 2**20:.1f}", f"{of('after') / 2**20:.1f}", errors,
                         len(values)])
            continue
        used = sum(one["used"] for one in results)
        share = 100 * sum(one["user"] for one in results) / used if used else 0
        amount = [one["requests"] for one in results]
        rate = of("bytes_out" if scenario.unit == "out" else "bytes_in") / 1e6 if scenario.bulk else of("requests")
        cpu = [] if scenario.unit != "latency" else [f"{1e6 * of('cpu_cost'):,.1f}"]
        rows.append([peer, *spread, *cpu, f"{rate / of('seconds'):,.0f}", f"{100 * of('utilisation'):.0f}",
                     f"{100 * of('foreign'):.0f}", f"{share:.0f}:{100 - share:.0f}", f"{of('p50_us'):,.0f}",
                     f"{of('p99_us'):,.0f}",
                     f"{sum(one['origin_connections'] for one in results) / max(1, sum(amount)):.3f}", errors,
                     len(values)])
    if scenario.unit == "memory":
        return table(["peer", scenario.unit_name, "min", "spread %", "PSS before, MiB", "after, MiB", "errors", "n"], rows)
    cpu = [] if scenario.unit != "latency" else ["CPU-us/request"]
    return table(["peer", scenario.unit_name, "min", "spread %", *cpu, "MB/s" if scenario.bulk else "requests/s",
                  "proxy's CPU %", "foreign %", "user:sys", "p50 us", "p99 us", "origin connections/request",
                  "errors", "n"], rows)


def counts_table(counts):
    """counts: [{scenario, peer, unit, calls: [(name, number)], allocations, instructions}]"""
    rows = []
    for one in counts:
        top = ", ".join(f"{name} {number:.2f}" for name, number in one["calls"][:8] if number >= 0.005)
        rows.append([one["scenario"], one["peer"], one["unit"], f"{sum(number for _, number in one['calls']):.2f}", top,
                     "-" if one.get("allocations") is None else f"{one['allocations']:.1f}",
                     "-" if one.get("instructions") is None else f"{one['instructions']:,.0f}"])
    return table(["scenario", "peer", "per", "system calls", "most of them", "heap allocations", "instructions"], rows)
