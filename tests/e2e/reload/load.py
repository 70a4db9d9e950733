"""Requests without pause over kept-alive connections, from a process of its own: threads of the test would measure when
the interpreter lets them run. A line for each: when it began (monotonic), how long it took in seconds, host, status.

    load.py ADDRESS CA FILE HOST...
"""

import pathlib
import sys
import time
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from kit import turns, wire  # noqa: E402


def main():
    turns.ask_for_short_ones()
    address, ca, lines, *hosts = sys.argv[1:]
    gateway = types.SimpleNamespace(addresses=[address], ca=ca)
    file = open(lines, "w", buffering=1)
    peers = {}
    number = 0
    while True:
        number += 1
        host = hosts[number % len(hosts)]
        if number % 40 == 0 and host in peers:
            peers.pop(host).close()
        if host not in peers:
            peers[host] = wire.connect_through(gateway, host)
        begun = time.monotonic()
        peers[host].send(f"GET /page HTTP/1.1\r\nHost: {host}\r\n\r\n")
        head = peers[host].read_head()
        peers[host].read_body(head)
        file.write(f"{begun} {time.monotonic() - begun} {host} {head.status}\n")
        if head.get("Connection") == "close":
            peers.pop(host).close()
        time.sleep(0.004)  # Two cores for everything here: not at the edge of what they can do.


main()
