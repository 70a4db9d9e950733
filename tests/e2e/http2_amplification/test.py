"""What each attack of HTTP/2 costs the gateway beside what it costs its sender: processor time and memory."""

import json
import pathlib
import subprocess
import sys
import time

import kit
from kit import process

SECONDS = 1.0     # of each attack
CONNECTIONS = 10  # that are held, for memory
CPU = 20          # times the attacker's, at the most
# KiB that one connection may hold, whatever it sends: beyond that it would not matter how few bytes it cost.
HELD = 24 << 10
SANITIZED = 4     # times as much of either, where sanitizers watch

LOUD = ["requests", "rapid_reset", "made_you_reset", "made_you_reset_data", "continuation", "hpack_bomb", "hpack_heads",
        "table_flips", "ping", "settings", "settings_window", "priority", "window_update", "empty_data", "dribble",
        "no_requests", "zero_window"]
HELD_BY = ["waiting", "hpack_heads", "zero_window", "slow_read", "continuation", "dribble"]


def processor_time(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Http2Amplification(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.nginx = kit.Nginx(cls, [kit.Site("good.test", identity=cls.authority.issue("good.test"), http2=True)])
        cls.nginx.write("/small", "small\n")
        cls.nginx.write_sparse("/big.bin", 256 << 20)
        cls.slack = SANITIZED if b"__asan_init" in pathlib.Path(cls.binary).read_bytes() else 1
        cls.silent = kit.RawOrigin(cls, lambda peer: peer.read_to_end(), cls.authority.issue("wait.test"))
    @classmethod
    def fresh(cls, name):
        return kit.Gateway(
            cls, name, roots=[cls.authority.certificate],
            resolve={"good.test": cls.nginx.tls, "wait.test": cls.silent.address},
            config={"limits": {"connection_rate": 0, "connections_per_client": 5000}, "timeouts": {"drain": "2s"}})

    def attack(self, name, *mode):
        source = pathlib.Path(__file__).with_name("attacker.py")
        return process.start(self, [sys.executable, "-B", source, name, self.gateway.port, self.gateway.ca, *mode],
                             stdout=subprocess.PIPE, stderr=None)

    def settle(self):
        """Until the gateway has nothing left to do."""
        before = processor_time(self.gateway.pid)
        for _ in range(40):
            time.sleep(0.25)
            now = processor_time(self.gateway.pid)
            if now - before <= 0.01:
                return now
            before = now
        return before

    def cost(self, name):
        before = self.settle()
        attacker = self.attack(name, SECONDS)
        told = attacker.communicate(timeout=60)[0]
        self.assertEqual(attacker.returncode, 0)
        told = json.loads(told)
        return self.settle() - before, told

    def test_processor_time(self):
        type(self).gateway = self.fresh("processor_time")
        ours, told = self.cost("nothing")
        print(f"{'nothing':20} {told['connections']:6} connections: {ours:6.2f} s of ours, {told['cpu']:6.2f} s of "
              f"the client's: {ours / told['cpu']:5.1f} times", flush=True)
        for name in LOUD:
            with self.subTest(name):
                ours, told = self.cost(name)
                ratio = ours / told["cpu"]
                print(f"{name:20} {told['connections']:6} connections, {told['sent'] >> 10:7} KiB: {ours:6.2f} s of "
                      f"ours, {told['cpu']:6.2f} s of the attacker's: {ratio:5.1f} times", flush=True)
                self.assertLess(ratio, CPU * self.slack)

    def test_memory(self):
        # Each on a gateway of its own: what one made it take stays with it, and the next would seem to hold nothing.
        for name in ["nothing", *HELD_BY]:
            with self.subTest(name):
                type(self).gateway = gateway = self.fresh(name)
                self.cost("nothing")  # leaves, buffers, pages of code
                before, _ = gateway.memory()
                gateway.reset_peak()
                attacker = self.attack(name, "hold", CONNECTIONS)
                told = json.loads(attacker.stdout.readline())
                time.sleep(2)
                _, peak = gateway.memory()
                process.kill(attacker)
                attacker.stdout.close()
                held = (peak - before) / CONNECTIONS
                sent = told["sent"] / CONNECTIONS
                print(f"{name:20} {held / 1024:8.0f} KiB held by a connection that sent {sent:9.0f} bytes: "
                      f"{held / sent:7.1f} times", flush=True)
                self.assertLess(held / 1024, HELD * self.slack)
