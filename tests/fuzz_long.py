#!/usr/bin/env python3
"""Fuzzes each target for so much processor time, and keeps a ledger of it: tests/FUZZ.md.

  tests/fuzz_long.py build/fuzz                        # every target that the ledger has not 600 s of
  tests/fuzz_long.py build/fuzz --only tls_ --jobs 2   # those with that in their names
  tests/fuzz_long.py build/fuzz --again --seconds 60

Time is what the target used, not what passed: the machine may be busy. What a run found lies in
BUILD/long/ with its log. Of the inputs that it made, the few smallest that cover most are put into
tests/corpus, from which the next run begins. Ends with 1 where something was found."""
import argparse
import datetime
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEDGER = ROOT / "tests" / "FUZZ.md"
CORPUS = ROOT / "tests" / "corpus"
KEPT = 40          # inputs of one target in tests/corpus
LARGEST = 4096     # bytes of one
HEAD = """# Fuzzing: the longest run of each target

`tests/fuzz_long.py build/fuzz` adds a line for each target that it gave at least the asked time of a processor
(AddressSanitizer, UndefinedBehaviorSanitizer, libFuzzer of clang 19). `./test --full` gives each a few seconds more.

| target | date | commit | processor seconds | runs | features | found |
|---|---|---|---|---|---|---|
"""
lock = threading.Lock()


def read_ledger():
    lines = {}
    if LEDGER.exists():
        for line in LEDGER.read_text().splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| fuzz_") and len(cells) == 7:
                lines[cells[0]] = cells
    return lines


def write_ledger(cells):
    with lock:
        lines = read_ledger()
        lines[cells[0]] = cells
        text = HEAD + "".join("| " + " | ".join(lines[name]) + " |\n" for name in sorted(lines))
        LEDGER.write_text(text)


def cpu_of(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return None


def be_idle():
    os.nice(5)


def keep_corpus(program, work, seeds):
    """The smallest set that covers what the run covered, of short inputs, beside what was there."""
    with_all = work.parent / (work.name + ".cover")
    shutil.rmtree(with_all, ignore_errors=True)
    with_all.mkdir()
    sources = [str(work)] + ([str(seeds)] if seeds.is_dir() else [])
    subprocess.run([str(program), "-set_cover_merge=1", "-rss_limit_mb=2048", f"-max_len={LARGEST}",
                    str(with_all), *sources], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=600, preexec_fn=be_idle, check=False)
    found = sorted((path for path in with_all.iterdir() if path.stat().st_size <= LARGEST),
                   key=lambda path: (path.stat().st_size, path.name))
    there = {path.read_bytes() for path in seeds.iterdir()} if seeds.is_dir() else set()
    seeds.mkdir(parents=True, exist_ok=True)
    room = max(0, KEPT - len(there))
    # Spread over the sizes: short ones alone would be those that are refused at once.
    new = [path for path in found if path.read_bytes() not in there]
    step = max(1, len(new) / room) if room else len(new) + 1
    for number in range(min(room, len(new))):
        path = new[int(number * step)]
        shutil.copy(path, seeds / path.name)
    shutil.rmtree(with_all, ignore_errors=True)


def run(program, seconds, commit):
    name = program.name
    long = program.parent / "long"
    work = long / name
    work.mkdir(parents=True, exist_ok=True)
    seeds = CORPUS / name
    log_path = long / (name + ".log")
    command = [str(program), "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={long}/{name}-", str(work)]
    if seeds.is_dir():
        command.append(str(seeds))
    used = 0.0
    with open(log_path, "w", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, preexec_fn=be_idle)
        while process.poll() is None:
            time.sleep(1)
            used = cpu_of(process.pid) or used
            if used >= seconds:
                process.send_signal(signal.SIGINT)
                process.wait(120)
    text = log_path.read_text(errors="replace")
    runs = re.findall(r"number_of_executed_units: *(\d+)", text)
    features = re.findall(r" ft: (\d+)", text)
    whole = used >= seconds
    found = "nothing" if whole else "see the log"
    print(f"{name}: {used:.0f} s, {runs[-1] if runs else '?'} runs, {found}", flush=True)
    if whole:
        write_ledger([name, datetime.date.today().isoformat(), commit, f"{used:.0f}",
                      runs[-1] if runs else "?", features[-1] if features else "?", found])
        keep_corpus(program, work, seeds)
    return whole


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--again", action="store_true", help="also what the ledger has")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout.strip()
    known = read_ledger()
    targets = [path for path in sorted(pathlib.Path(options.build).resolve().glob("fuzz_*"))
               if path.is_file() and os.access(path, os.X_OK)]
    if options.only:
        targets = [path for word in options.only for path in targets if word in path.name]
    if not options.again:
        targets = [path for path in targets
                   if path.name not in known or float(known[path.name][3]) < options.seconds]
    if options.list:
        print("\n".join(path.name for path in targets))
        return 0
    results = []

    def work():
        while True:
            with lock:
                if not targets:
                    return
                program = targets.pop(0)
            results.append(run(program, options.seconds, commit))

    threads = [threading.Thread(target=work) for _ in range(options.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
