"""nghttpd, nghttp2's own server: HTTP/2 and nothing else. It reads uploads to their end, and with echo gives
them back."""

import subprocess

from kit import process
from kit.nginx import wait_for_listener
from kit.ports import free_port


class Nghttpd:
    """Serves files of `root`. `options` are nghttpd's."""

    def __init__(self, scenario, identity, *options, name="nghttpd"):
        self.directory = scenario.directory / name
        self.root = self.directory / "root"
        self.root.mkdir(parents=True)
        self.stderr = self.directory / "stderr.txt"
        scenario.add_log(name, self.stderr)
        for attempt in range(5):  # Somebody else may take the port meanwhile.
            port = free_port()
            self.address = f"127.0.0.1:{port}"
            with self.stderr.open("wb") as err:
                started = process.start(
                    scenario, [process.tool("nghttpd"), "-a", "127.0.0.1", "-d", self.root, *options, port,
                               identity.key, identity.chain], stdout=subprocess.DEVNULL, stderr=err)
            if wait_for_listener(started, "127.0.0.1", [port], self.stderr):
                return
        raise AssertionError(f"nghttpd did not start:\n{self.stderr.read_text()}")

    def write(self, path, content):
        file = self.root / path.lstrip("/")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
