"""One round of one scenario through one peer."""

import time

import figures
from load import Load
from preflight import names_words, use_names
from system import busy_seconds

SETTLE_SECONDS = 8  # idle until buffers were given back
OPENING = 60        # seconds, for what has to be open first


def measure(lab, peer, scenario, seconds, warm_up):
    """The generator's figures, with: cost (None where nothing was done), used, utilisation, foreign, ...; and
    `failed`, a sentence, where the figure must not be believed."""
    if scenario.unit == "memory":
        return measure_memory(lab, scenario, peer.name)
    words = [*peer.words(scenario), *scenario.words, *names_words(lab, peer, scenario),
             "--warm-up", int(warm_up * 1000), "--window", int(seconds * 1000)]
    if scenario.pauses:
        words.append("--pause")
    mark = peer.start_counting()
    with Load(lab.generator, words, seconds + warm_up + OPENING) as load:
        load.ready()
        if scenario.pauses:  # otherwise the window runs already
            peer.settle()  # what the warm-up left to do is not the window's
        accepts, busy, before = lab.origin.accepts(), busy_seconds(), peer.process.cpu_seconds()
        if scenario.pauses:
            load.go()
        result = load.result()
        busy, loaded = busy_seconds() - busy, sum(peer.process.cpu_seconds()) - sum(before)
        accepts = lab.origin.accepts() - accepts
    peer.settle(mark, events_due(scenario, result))  # what the window left to do is
    after = peer.process.cpu_seconds()
    user, system = after[0] - before[0], after[1] - before[1]
    result.update(user=user, system=system, used=user + system, utilisation=loaded / result["seconds"],
                  foreign=max(0.0, busy - loaded) / result["seconds"], origin_connections=accepts,
                  cost=figures.cost(scenario.unit, result, user + system),
                  cpu_cost=figures.cost("request", result, user + system) if scenario.unit == "latency" else None)
    if scenario.way == "names":
        use_names(peer, result)
    result["failed"] = what_failed(peer, scenario, result, mark)
    return result


def what_failed(peer, scenario, result, mark):
    if not peer.process.alive():
        return "it has ended"
    if result["cost"] is None:
        return result["first_error"] or "nothing was done"
    if "resumed" in scenario.must and result["resumed"] < 0.9 * result["handshakes"]:
        return f"only {result['resumed']} of {result['handshakes']} handshakes resumed"
    if "cold" in scenario.must and result["leaves"] < 0.99 * result["requests"]:
        return f"only {result['leaves']} leaves for {result['requests']} hosts"
    if "cold" in scenario.must and result["origin_connections"] < 0.9 * result["requests"]:
        return f"only {result['origin_connections']} connections to the origin for {result['requests']} hosts"
    if result["errors"] > 0.01 * result["requests"]:
        return f"{result['errors']} errors: {result['first_error']}"
    return missing_events(peer, scenario, result, mark)


def events_due(scenario, result):
    """(kind, number): one for each exchange, or for each tunnel."""
    if scenario.way == "tunnel":
        return "tunnel", int(scenario.words[scenario.words.index("--connections") + 1])
    return "exchange", result["requests"] + result["warm_up_requests"]


def missing_events(peer, scenario, result, mark):
    """Cheap because it keeps nothing would be no merit."""
    kind, due = events_due(scenario, result)
    kept = peer.count_events(mark, kind)
    result.update(events=kept, events_due=due)
    return f"{due - kept} of {due} events are missing in the store" if kept is not None and kept < due else None


def measure_memory(lab, scenario, name):
    """Of a new process each time: one that was used keeps what it once had."""
    peer = lab.start_another(name)
    try:
        return hold(lab, peer, scenario)
    finally:
        lab.stop_peer(peer)


def hold(lab, peer, scenario):
    mark, before = peer.start_counting(), peer.process.memory()
    with Load(lab.generator, [*peer.words(scenario), *scenario.words], 2 * OPENING) as load:
        load.ready()
        result = load.result()
        time.sleep(SETTLE_SECONDS)
        after = peer.process.memory()
    result.update(cost=(after - before) / result["requests"] if result["requests"] else None, before=before,
                  after=after, failed=None)
    peer.settle(mark, events_due(scenario, result))
    wanted = int(scenario.words[scenario.words.index("--connections") + 1])
    if result["requests"] < wanted:
        result["failed"] = f"only {result['requests']} of {wanted} opened: {result['first_error']}"
    else:
        result["failed"] = missing_events(peer, scenario, result, mark)
    return result
