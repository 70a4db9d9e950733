#!/usr/bin/env python3
"""What the gateway would have recorded of a simulation: its activities, with what the gateway knows besides (tags and
categories of apps by organisation.jsonl and the catalog, and the group `leavers`, as a directory has it).

  perf/simulation/records.py build/simulation > build/simulation/records.jsonl
  sallyport detect replay --file build/simulation/records.jsonl --format json > build/simulation/findings.jsonl
  perf/simulation/judge.py build/simulation
"""
import json
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    folder = pathlib.Path(sys.argv[1])
    tags, leaves = {}, {}
    with open(folder / "organisation.jsonl", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["record"] == "app":
                tags[record["id"]] = record.get("tags", [])
            if record["record"] == "user" and record.get("leave"):
                leaves[record["id"]] = record["leave"]
    apps = {}
    for path in (ROOT / "conf" / "catalog").glob("*/app.yaml"):
        about = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        apps[about.get("id", path.parent.name)] = about
    known = {}
    write = sys.stdout.write
    with open(folder / "activities.jsonl", encoding="utf-8") as lines:
        for line in lines:
            activity = json.loads(line)
            app = activity.get("app")
            if app:
                facts = known.get(app["id"])
                if facts is None:
                    about = apps.get(app["id"], {})
                    facts = {"id": app["id"], "name": about.get("name", app["id"]),
                             "category": about.get("category", "")}
                    if tags.get(app["id"]):
                        facts["tags"] = sorted(tags[app["id"]])
                    known[app["id"]] = facts
                activity["app"] = facts
            left = leaves.get(activity.get("user"))
            if left is not None and activity["time"][:10] > left:
                activity["groups"] = ["leavers"]
            activity["scheme"] = "tunnel" if activity.get("kind") == "tunnel" else "https"
            if activity.get("kind") == "connection":
                activity["client_refusal"] = "unknown_ca"
            activity.setdefault("point", "download")
            write(json.dumps(activity, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
