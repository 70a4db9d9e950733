#!/usr/bin/python3 -B
"""Documents name only tests, scenarios and files that there are: a threat whose proof was renamed is held by nothing."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "HACKING.md", "THREATS.md", "conf/policies/README.md")
FOLDERS = ("base", "discovery", "policy", "proxy", "tests", "tls")
EXAMPLES = {"Suite.Name"}


def tests():
    """Suite -> the names of its tests."""
    found = {}
    for path in (path for folder in FOLDERS for path in (ROOT / folder).glob("**/*_test.cc")):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", path.read_text(), re.M):
            found.setdefault(suite, set()).add(name)
    return found


def faults(text, known):
    for suite, name in re.findall(r"(?:`|filter=')([A-Z]\w+)\.([A-Z]\w+|\*)[`']", text):
        if f"{suite}.{name}" not in EXAMPLES and name not in known.get(suite, ()) and (name != "*" or suite not in known):
            yield f"there is no test {suite}.{name}"
    for names in re.findall(r"e2e ((?:`\w+`(?:, )?)+)", text):
        for name in re.findall(r"\w+", names):
            if not (ROOT / "tests/e2e" / name / "test.py").is_file():
                yield f"there is no scenario {name}"
    for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text):
        yield from () if (ROOT / link).exists() or (ROOT / "conf/policies" / link).exists() else [f"there is no file {link}"]


def main():
    known = tests()
    found = [f"{document}: {fault}" for document in DOCUMENTS for fault in faults((ROOT / document).read_text(), known)]
    print("\n".join(found) or "all are there")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
