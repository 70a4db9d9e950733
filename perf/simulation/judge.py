#!/usr/bin/env python3
"""Findings of `sallyport detect replay --format json` against what really happened in a simulation: for each kind of
incident how many were found, by what, and how soon; for each detection how many findings are about no incident.

  perf/simulation/judge.py build/simulation [--policy ID ...] [--missed]

An incident is found where an alert is about one of its users (or, of those that concern an app, a network or all, about
nobody or one of them) between its first activity and a day after its last. Behaviours count apart: they raise nothing.
"""
import argparse
import collections
import datetime
import json
import pathlib
import statistics


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--missed", action="store_true", help="name the incidents that nothing found")
    parser.add_argument("--false", metavar="ID", help="show findings of this detection that are about no incident")
    options = parser.parse_args()
    findings = lines(options.folder / "findings.jsonl")
    incidents = lines(options.folder / "incidents.jsonl")
    people = weeks = 0
    with open(options.folder / "organisation.jsonl", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            people += record["record"] == "user" and record.get("kind") == "person"
            if record["record"] == "span":
                weeks = record["weeks"]
    everybody = {"password_spray", "unusual_volume_of_app", "new_app", "new_risky_app", "new_busy_app",
                 "app_without_compliance"}
    of_many = {"password-spray", "failed-logins-everywhere", "app-with-many-new-users", "much-goes-to-a-new-app",
               "many-read-from-an-app", "much-read-from-an-app", "app-new-here", "files-to-an-app-new-here"}
    for finding in findings:
        finding["at"] = moment(finding["time"])
        finding["about"] = set()
    found = collections.defaultdict(lambda: {"all": [0, 0], "alerts": [0, 0], "behaviours": 0, "by": collections.Counter(),
                                             "after": []})
    missed = []
    for incident in incidents:
        users = set(incident.get("users", [])) | {incident["user"]}
        begins, ends = moment(incident["from"]), moment(incident["until"]) + datetime.timedelta(days=1)
        about = [finding for finding in findings
                 if begins <= finding["at"] <= ends and (finding["user"] in users or (
                     incident["kind"] in everybody and finding["policy_id"] in of_many))]
        for finding in about:
            finding["about"].add(incident["id"])
        row = found[incident["kind"]]
        hidden = incident["difficulty"] == "hidden"
        row["all"][hidden] += 1
        alerts = [finding for finding in about if finding["alert"]]
        if alerts:
            row["alerts"][hidden] += 1
            row["after"].append((alerts[0]["at"] - begins).total_seconds() / 60)
        elif about:
            row["behaviours"] += 1
        else:
            missed.append(incident)
        for finding in about:
            row["by"][finding["policy_id"]] += 1
    print(f"{people} people, {weeks} weeks, {len(incidents)} incidents, {len(findings)} findings\n")
    print("| incident | plain | hidden | behaviour only | minutes to alert (median) | by |\n|---|---|---|---|---|---|")
    plain = [0, 0]
    hidden = [0, 0]
    for kind, row in sorted(found.items()):
        plain = [plain[0] + row["alerts"][0], plain[1] + row["all"][0]]
        hidden = [hidden[0] + row["alerts"][1], hidden[1] + row["all"][1]]
        after = f"{statistics.median(row['after']):.0f}" if row["after"] else ""
        by = ", ".join(f"{name} {count}" for name, count in row["by"].most_common(3))
        print(f"| {kind} | {row['alerts'][0]} of {row['all'][0]} | {row['alerts'][1]} of {row['all'][1]} | "
              f"{row['behaviours']} | {after} | {by} |")
    print(f"\nAlerts of {plain[0]} of {plain[1]} plain incidents and of {hidden[0]} of {hidden[1]} hidden ones.\n")
    print("| detection | findings | about an incident | about none, for 1,000 people in a week |\n|---|---|---|---|")
    by_policy = collections.defaultdict(lambda: [0, 0, False])
    for finding in findings:
        row = by_policy[finding["policy_id"]]
        row[0] += 1
        row[1] += bool(finding["about"])
        row[2] = finding["alert"]
    noise = 0.0
    for policy, (count, true, alert) in sorted(by_policy.items(), key=lambda one: one[1][1] - one[1][0]):
        rate = (count - true) / people * 1000 / weeks
        noise += rate * alert
        print(f"| {policy}{'' if alert else ' (behaviour)'} | {count} | {true} | {rate:.2f} |")
    print(f"\nAlerts about no incident: {noise:.1f} for 1,000 people in a week.")
    if options.missed:
        for incident in missed:
            print(f"missed: {incident['id']} {incident['kind']} {incident['difficulty']} {incident['user']} "
                  f"{incident['from'][:16]}: {incident['what']}")
    if options.false:
        for finding in findings:
            if finding["policy_id"] == options.false and not finding["about"]:
                print(finding["time"][:16], finding["text"])


if __name__ == "__main__":
    main()
