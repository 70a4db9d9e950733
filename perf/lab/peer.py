"""A proxy under measurement, and how the generator is told to go through it."""

import certificates
from origin import BYPASSED, HOST, NAMES


class Peer:
    """`ways` says what it speaks: {"opened" | "names" | "plain" | "tunnel" | "opened-h2": ("proxy" | "direct", port)}.
    A reverse proxy is spoken to directly, since it knows no CONNECT."""

    def __init__(self, lab, name, process, ways, roots):
        self.lab, self.name, self.process, self.ways, self.roots = lab, name, process, ways, roots

    def find_way(self, scenario):
        """None where this peer has no such way at all; that it has one is still to be shown."""
        if "h2" in scenario.must:
            return self.ways.get("opened-h2", self.ways.get("opened"))
        return self.ways.get(scenario.way)

    def words(self, scenario):
        kind, port = self.find_way(scenario)
        origin = self.lab.origin
        words = [f"--{kind}", f"127.0.0.1:{port}"]
        if scenario.way == "plain":
            return [*words, "--plain", "--host", f"{HOST}:{origin.plain_port}"]
        host = {"opened": HOST, "names": NAMES, "tunnel": BYPASSED}[scenario.way]
        roots = self.lab.folder / "root.pem" if scenario.way == "tunnel" else self.roots
        return [*words, "--host", f"{host}:{origin.tls_port}", "--roots", roots]

    def issuer(self):
        """Whose CA an intercepted leaf must come from."""
        return certificates.common_name(self.roots)

    def settle(self, mark=None, due=None):
        """Waits until nothing of what was done is still to be worked off; and for what is `due` since the mark, (kind
        of event, number), as long as there is hope."""

    def start_counting(self):
        """A mark for count_events()."""

    def count_events(self, mark, kind):
        """Since the mark; None: keeps none."""
        return None

    def metrics(self):
        return {}
