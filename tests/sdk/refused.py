#!/usr/bin/python3 -B
"""What official SDKs and tools make of a refusal: each makes a call that policy stops, must end in time, must not try
for ever, and must show what its user can do. refused.yaml says what of each.

    tests/sdk/refused.py               every row, with build/dev/sallyport
    tests/sdk/refused.py dropbox git   only these
    tests/sdk/refused.py --show        and what each said
"""

import argparse
import pathlib
import subprocess
import sys
import time

import yaml

import run as sdk
from run import Lab, kit

HERE = pathlib.Path(__file__).resolve().parent
sdk.CALLS = 30.0  # seconds after which a program counts as trying for ever
SAYS = {"coach": "Think of the customers first.", "block": "Not here, whoever asks."}
POLICY = "- {{id: all, name: Nobody does anything, when: {{scheme: https}}, then: {action}, say: \"{say}\"}}\n"


def gateways():
    """One for each effect. What is stopped reaches no origin, so there is none."""
    return {effect: kit.Gateway(Lab, effect, policies=POLICY.format(action=effect, say=say), config={"workers": 1})
            for effect, say in SAYS.items()}


def make(table, call, folder, variables):
    folder.mkdir()
    one = [entry for entry in table["calls"] if entry["call"] == call]
    begun = time.monotonic()
    ask = sdk.calls_of_sdk if "npm" in table["client"] else sdk.calls_of_tool
    try:
        [told] = ask(table, one, folder, variables)
    except subprocess.TimeoutExpired:
        told = {"error": f"it was ended after {sdk.CALLS} s"}
    return told, time.monotonic() - begun


def judge(row, effect, told, took, events):
    """What is not as it should be."""
    if "error" not in told:
        yield "the call did not fail"
    if took > row["within"]:
        yield f"it took {took:.1f} s, not {row['within']}"
    if not 1 <= len(events) <= row["most"]:
        yield f"{len(events)} requests, not 1 to {row['most']}"
    if any(event["ending"] != "blocked" for event in events):
        yield f"not all were blocked: {events}"
    said = told.get("said", "") + told.get("error", "")
    if SAYS[effect] in said:
        shown = "words" if "https://sallyport.internal/ask/" in said else "sentence"
    else:
        shown = "status" if "403" in said else "nothing"
    if shown != row["shows"]:
        yield f"it shows {shown}, not {row['shows']}"



def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--source", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--modules", type=pathlib.Path, help="where the SDKs are installed; build/sdk")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    source = options.source.resolve()
    binary = (options.binary or source / "build/dev/sallyport").resolve()
    rows = yaml.safe_load((HERE / "refused.yaml").read_text())
    for name in options.names:
        if name not in rows:
            raise SystemExit(f"refused.yaml has no {name}")
    rows = {name: rows[name] for name in options.names or rows}
    tables = sdk.load_tables(list(rows))
    modules = (options.modules or source / "build/sdk").resolve()
    if any("npm" in table["client"] for table in tables.values()):
        sdk.install(modules)
    Lab.modules = modules / "node_modules"
    Lab.configure(binary, source, modules)
    Lab.setUpClass()
    try:
        wrong = run(rows, tables, options.show)
    finally:
        Lab.doClassCleanups()
    for _, failure, _ in Lab.tearDown_exceptions:
        raise failure
    print(f"{len(rows)} programs, {len(SAYS)} effects each: {wrong} are not as they should be")
    raise SystemExit(1 if wrong else 0)


def run(rows, tables, show):
    wrong = 0
    for effect, gateway in gateways().items():
        variables = sdk.environment(gateway, Lab.directory)
        for name, row in rows.items():
            seen = len(list(gateway.logged()))
            told, took = make(tables[name], row["call"], Lab.directory / f"{effect}-{name}", variables)
            kit.wait_until(lambda: len(list(gateway.logged())) > seen, f"{name} was recorded")
            found = list(judge(row, effect, told, took, list(gateway.logged())[seen:]))
            wrong += bool(found)
            print(f"{effect:6} {name:18} {took:5.1f} s  {'; '.join(found) or 'right'}", flush=True)
            if show:
                print("       " + (told.get("said") or told.get("error", "")).replace("\n", "\n       ")[:3000])
    return wrong


if __name__ == "__main__":
    sys.exit(main())
