"""Plots by gnuplot, as SVG."""

import subprocess

import figures
import report

STYLES = {"nginx": "pt 7 ps 0.8 lc rgb '#009639'", "haproxy": "pt 5 ps 0.8 lc rgb '#6a3d9a'",
          "sslsplit": "pt 9 ps 0.9 lc rgb '#888888'", "squid": "pt 11 ps 0.9 lc rgb '#1f78b4'",
          "mitmproxy": "pt 13 ps 0.9 lc rgb '#e08214'", "sallyport": "pt 15 ps 1.4 lc rgb '#d62728'"}


def draw(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True, capture_output=True, timeout=60)


def block(name, rows):
    return f"${name} << EOD\n" + "".join(" ".join(map(str, row)) + "\n" for row in rows) + "EOD\n"


def relative(scenario, rounds):
    """{peer: cost / that of the target's peer (nginx, where the target is a number)} of those that were measured."""
    medians = {}
    for peer, results in rounds.items():
        values = [one for one in report.costs(results, scenario.scale) if one]
        if values:
            medians[peer] = figures.median(values)
    base = medians.get(scenario.target.peer or "nginx")
    allowed = scenario.target.factor if scenario.target.peer else base and scenario.target.absolute / base
    return ({peer: value / base for peer, value in medians.items()}, allowed) if base else ({}, None)


def comparison(path, scenarios, record, title):
    """A column per scenario; 1 is the peer that the target names, the bar what ours may cost at most."""
    points, targets, ticks = {}, [], []
    for at, scenario in enumerate(scenarios):
        values, allowed = relative(scenario, record[scenario.name][0])
        ticks.append(f'"{scenario.name}" {at}')
        if allowed:
            targets.append((at, allowed))
        for peer, value in values.items():
            if peer in STYLES:
                points.setdefault(peer, []).append((at, value))
    blocks = block("targets", targets) + "".join(block(peer, rows) for peer, rows in points.items())
    bar = "$targets using 1:2:(0.35) with xerrorbars pt 0 lw 2 lc rgb '#d62728' title 'ours, at most'"
    parts = [bar] if targets else []
    parts += [f"${peer} with points {STYLES[peer]} title '{'Sallyport' if peer == 'sallyport' else peer}'"
              for peer in STYLES if peer in points]
    if not points:
        return
    draw(f"""set terminal svg size 1100,560 font 'sans,12' background rgb 'white'
set output '{path}'
set title "{title}"
set ylabel 'cost / cost of the peer named in the target (log)'
set logscale y
set xrange [-0.6:{len(scenarios) - 0.4}]
set xtics ({', '.join(ticks)}) rotate by -35
set grid ytics lc rgb '#dddddd'
set key outside right
set arrow from -0.6,1 to {len(scenarios) - 0.4},1 nohead lc rgb '#555555' dt 2
{blocks}plot {', '.join(parts)}
""")


def curves(path, panels, title):
    """panels: [(what changes, unit of the cost, {peer: [(size, cost)]})], side by side, both axes logarithmic."""
    script = (f"set terminal svg size {460 * len(panels)},420 font 'sans,12' background rgb 'white'\n"
              f"set output '{path}'\nset multiplot layout 1,{len(panels)} title \"{title}\"\n"
              "set logscale xy\nset grid lc rgb '#dddddd'\nset key top left\n"
              "set xtics rotate by -35\nset rmargin 5\n")
    for number, (what, unit, peers) in enumerate(panels):
        script += "".join(block(f"p{number}_{peer}", rows) for peer, rows in peers.items() if rows)
        parts = [f"$p{number}_{peer} with linespoints {STYLES[peer]} title '{peer}'" for peer in peers if peers[peer]]
        if parts:
            script += f"set xlabel '{what}'\nset ylabel '{unit}'\nplot {', '.join(parts)}\n"
    draw(script + "unset multiplot\n")


def timeline(path, samples, warm_up):
    """Memory and descriptors of a soak, from (seconds, bytes, descriptors)."""
    rows = [(f"{at / 60:.3f}", f"{size / 2**20:.2f}", files) for at, size, files in samples]
    draw(f"""set terminal svg size 900,420 font 'sans,12' background rgb 'white'
set output '{path}'
set xlabel 'minutes'
set ylabel 'resident memory, MiB'
set y2label 'descriptors'
set yrange [0:*]
set y2range [0:*]
set y2tics
set ytics nomirror
set key bottom right
set arrow from {warm_up / 60},graph 0 to {warm_up / 60},graph 1 nohead dt 2 lc rgb '#888888'
{block('samples', rows)}plot $samples using 1:2 with lines lw 2 lc rgb '#d62728' title 'memory', \\
  $samples using 1:3 axes x1y2 with lines lc rgb '#1f78b4' title 'descriptors'
""")
