"""Does a peer really do what a scenario measures? Asked before it is measured; nobody is taken at their word."""

import policies
from load import one_request
from scenarios import BIG


class NotSpoken(Exception):
    """The peer cannot do it, and said so when asked."""


def ask(lab, peer, scenario):
    """One sentence about what was seen. NotSpoken, or RuntimeError where it does something else than it should."""
    if peer.find_way(scenario) is None:
        raise NotSpoken("no such way through it")
    words = list(scenario.words)
    for option in ("--connections", "--streams"):
        if option in words:
            words[words.index(option) + 1] = "1"
    if "--idle" in words:
        words.remove("--idle")
    words += names_words(lab, peer, scenario)
    uploads_before = len(lab.origin.uploads())
    # Three requests where the second connection has to differ from the first.
    most = 3 if "--fresh" in words else 1
    result = one_request(lab.generator, peer.words(scenario), [*words, "--digest"], most, seconds=40)
    if "h2" in scenario.must and result["alpn"] != "h2":
        raise NotSpoken(result["first_error"] or "not HTTP/2")
    if result["requests"] < 1 or result["errors"]:
        raise RuntimeError(f"{peer.name} cannot do {scenario.name}: {result['first_error'] or result}")
    check_leaf(peer, scenario, result)
    check_bodies(lab, scenario, result, uploads_before)
    if "resumed" in scenario.must and not result["resumed"]:
        raise NotSpoken("sessions are not resumed")
    if "cold" in scenario.must and result["leaves"] < result["requests"]:
        raise RuntimeError(f"{peer.name} shows one leaf for several hosts")
    seen = [result["issuer"] and f"leaf of {result['issuer']}", result["protocol"], result["alpn"],
            result["resumed"] and f"{result['resumed']} of {result['handshakes']} resumed", "body complete"]
    return ", ".join(one for one in seen if one)


def names_words(lab, peer, scenario):
    """Hosts that this peer has not seen yet."""
    if scenario.way != "names":
        return []
    first = getattr(peer, "names_used", 0)
    left = lab.origin.names - first
    if left < 1:
        raise RuntimeError(f"{peer.name} has seen all {lab.origin.names} hosts: more certificates are needed")
    return ["--names", str(left), "--first-name", str(first)]


def use_names(peer, result):
    peer.names_used = getattr(peer, "names_used", 0) + result["names_used"]


def check_leaf(peer, scenario, result):
    ours = peer.issuer()
    if scenario.way in ("opened", "names") and result["issuer"] != ours:
        raise RuntimeError(f"{peer.name} does not intercept: the leaf is from {result['issuer']!r}")
    if scenario.way == "tunnel" and result["issuer"] == ours:
        raise RuntimeError(f"{peer.name} opens what it should carry")
    if scenario.way == "names":
        use_names(peer, result)


def check_bodies(lab, scenario, result, uploads_before):
    path = scenario.words[scenario.words.index("--path") + 1]
    if scenario.unit == "out":
        whole = sum(1 for size in lab.origin.uploads()[uploads_before:] if size >= BIG)
        if whole < result["requests"]:
            raise RuntimeError(f"the origin has {whole} whole uploads of {result['requests']}")
    elif result["digest"] != lab.origin.digests[path]:
        raise RuntimeError(f"the body of {path} came changed or cut")


def check_policies(peer):
    """Of Sallyport: the last exchange was identified, classified and judged, and the policies are really there."""
    peer.settle()
    found = peer.last_event()
    if found is None or found[:2] != (policies.USER.partition("@")[0], policies.APP) or found[3] is None:
        raise RuntimeError(f"Sallyport recorded {found}")
