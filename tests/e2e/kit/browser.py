"""Headless Chromium that learnt the gateway from its PAC file and trusts its authority."""

import subprocess

from kit.process import clean_environment, kill, start, tool


class Browser:
    def __init__(self, scenario, gateway, home="home"):
        self.scenario, self.gateway = scenario, gateway
        self.home = scenario.directory / home
        store = self.home / ".pki/nssdb"
        store.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "sallyport", "-i", gateway.ca]):
            subprocess.run([tool("certutil"), "-d", f"sql:{store}", *map(str, arguments)], check=True, timeout=30,
                           capture_output=True, env=clean_environment(self.home))
        self.visits = 0

    def _run(self, *arguments, deadline):
        self.visits += 1
        command = [tool("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                   "--no-first-run", "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
                   "--password-store=basic", "--hide-scrollbars", f"--user-data-dir={self.home}/profile-{self.visits}",
                   f"--proxy-pac-url={self.gateway.proxy}/proxy.pac", *map(str, arguments)]
        process = start(self.scenario, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                        environment=clean_environment(self.home), cwd=self.home)
        try:
            out, err = process.communicate(timeout=deadline)
        except subprocess.TimeoutExpired:
            kill(process)
            raise AssertionError(f"chromium took longer than {deadline} s:\n"
                                 f"{process.stderr.read().decode(errors='replace')[-4000:]}") from None
        if process.returncode != 0:
            raise AssertionError(f"chromium ended with {process.returncode}:\n{err.decode(errors='replace')[-4000:]}")
        return out.decode(errors="replace")

    def dom(self, url, deadline=60):
        """The document after its scripts ran."""
        return self._run("--dump-dom", "--timeout=30000", url, deadline=deadline)

    def screenshot(self, url, file, deadline=60):
        file.unlink(missing_ok=True)
        self._run("--window-size=1000,760", f"--screenshot={file}", "--timeout=30000", url, deadline=deadline)
        if not file.is_file() or file.stat().st_size < 1000:
            raise AssertionError(f"chromium wrote no picture to {file}")
