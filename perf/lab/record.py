"""Puts what a run wrote into perf/results.md, in the place of what the same kind of run wrote there before."""

import datetime
import shutil
import subprocess
import textwrap

from system import machine_class


def heading(repository):
    """When, which commit, on what."""
    run = lambda *words: subprocess.run(["git", "-C", str(repository), *words], capture_output=True, text=True,
                                        timeout=20).stdout.strip()
    commit = run("rev-parse", "--short", "HEAD") or "unknown"
    if run("status", "--porcelain", "--untracked-files=no"):
        commit += ", changed"
    return f"{datetime.date.today().isoformat()}, commit {commit}, {machine_class()}"


def paragraph(text):
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False) + "\n"


def splice(text, mark, section):
    """`section` between two marks; at the end where they are not there yet."""
    first, last = f"<!-- perf/compare {mark}: begin -->", f"<!-- perf/compare {mark}: end -->"
    section = f"{first}\n{section.rstrip()}\n{last}"
    before, found, rest = text.partition(first)
    if not found:
        return text.rstrip() + "\n\n" + section + "\n"
    _, closed, after = rest.partition(last)
    if not closed:
        raise ValueError(f"no line {last}")
    return before + section + after


def save(options, mark, section):
    """Into the output folder; with --record into the repository too."""
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"{mark}.md").write_text(section)
    plot = options.output / f"{mark}.svg"
    if options.record:
        results = options.repository / "perf" / "results.md"
        results.write_text(splice(results.read_text(), mark, section))
        if plot.exists():
            shutil.copyfile(plot, results.parent / plot.name)
    print(section)
    print(f"Written to {options.output}/{mark}.md" + (" and perf/results.md" if options.record else ""))
