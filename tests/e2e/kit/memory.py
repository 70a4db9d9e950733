"""How much the gateway's memory grows while something runs."""

import threading


class Memory:
    """Looks at the gateway's memory again and again while its block runs."""

    def __init__(self, gateway):
        self.gateway, self.most, self.samples = gateway, 0, 0

    def __enter__(self):
        self.gateway.reset_peak()
        self.before, _ = self.gateway.memory()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()
        return self

    def _look(self):
        while not self.ended.wait(0.05):
            self.most = max(self.most, self.gateway.memory()[0])
            self.samples += 1

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        _, peak = self.gateway.memory()
        self.growth = max(peak, self.most) - self.before
