#!/usr/bin/env python3
"""Which sources may be compiled together: files in one compilation share their unnamed namespaces, so those in a group
must not give one name to two things. For cmake/unity.cmake.

  unity_groups.py FILE...      one line for each group of at least two: the numbers of its files, from 0

What a file names is found by looking at it, not by parsing C++: where that errs, the compiler says "redefinition", and
the file is named in ALONE."""
import re
import sys

LARGEST = 8
# Clashes that are not seen: ends of paths, and a folder whose headers have unnamed namespaces.
ALONE_IN = "/tests/conformance/"
ALONE = ("base/io/asio.cc", "policy/activity/words.cc", "policy/testkit/fact_writers.cc")


def prepares_headers(path):
    """Whether it says something to the headers that it includes, which would come too late in a group."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return "#define" in file.read().split("#include", 1)[0]


def clean(text):
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text, flags=re.S)
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    text = re.sub(r"'(?:[^'\\\n]|\\.)'", "' '", text)
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def declared(words):
    """The name that a declaration at the level of a namespace gives."""
    words = words.strip()
    if words.startswith("template"):
        depth = 0
        for at, letter in enumerate(words):
            depth += (letter == "<") - (letter == ">")
            if letter == ">" and depth == 0:
                words = words[at + 1:].strip()
                break
    kind = re.match(r"(?:enum\s+class|enum|struct|class|union)\s+(\w+)", words)
    if kind:
        return kind.group(1)
    words = words.split("=")[0]
    function = re.search(r"(\w+)\s*\(", words)
    if function:
        name = function.group(1)
        return None if name.startswith(("TEST", "INSTANTIATE")) else name
    variable = re.search(r"\s\*?&?(\w+)\s*(?:\[[^\]]*\]\s*)*$", words)
    return variable.group(1) if variable else None


def names_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = clean(file.read())
    names = set(re.findall(r"^\s*#define\s+(\w+)", text, re.M))
    for values in re.findall(r"\benum\s+(?!class\b|struct\b)\w*\s*(?::\s*[\w:]+\s*)?\{([^}]*)\}", text):
        names |= {value.split("=")[0].strip() for value in values.split(",") if value.strip()}
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    inside, begin, words = [], 0, ""
    for mark in re.finditer(r"[{};]", text):
        words += text[begin:mark.start()]
        begin = mark.end()
        if "block" in inside:
            if mark.group() == "{":
                inside.append("block")
            elif mark.group() == "}":
                inside.pop()
                if "block" not in inside:
                    words = ""
            continue
        said, words = words.strip(), ""
        kind = "block"
        if mark.group() == "{" and re.search(r"(?:^|\s)namespace$", said):
            kind = "unnamed"
        elif mark.group() == "{" and re.search(r"(?:^|\s)namespace\s+[\w:]+$", said):
            kind = "namespace"
        elif mark.group() != "}":
            alias = re.match(r"using\s+(\w+)\s*=|namespace\s+(\w+)\s*=|using\s+(?:enum\s+)?[\w:]*?(\w+)$", said)
            if alias:
                names.add(next(filter(None, alias.groups())))
            elif "unnamed" in inside or said.startswith(("static ", "constexpr ", "inline ")):
                names.add(declared(said))
        if mark.group() == "{":
            inside.append(kind)
        elif mark.group() == "}" and inside:
            inside.pop()
    names.discard(None)
    return names


def main():
    groups = []  # of [names, numbers]
    for number, path in enumerate(sys.argv[1:]):
        if path.endswith(ALONE) or ALONE_IN in path or prepares_headers(path):
            continue
        names = names_of(path)
        for group in groups:
            if len(group[1]) < LARGEST and not group[0] & names:
                group[0] |= names
                group[1].append(number)
                break
        else:
            groups.append([names, [number]])
    for _, numbers in groups:
        if len(numbers) > 1:
            print(*numbers)


if __name__ == "__main__":
    main()
