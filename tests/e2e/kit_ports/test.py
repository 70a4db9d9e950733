"""The kit itself: a port that a scenario was given stays free for it, whatever runs beside."""

import socket
import subprocess
import sys

import kit


class KitPorts(kit.Scenario):
    def test_the_kernel_gives_such_a_port_to_nobody(self):
        first, last = kit.ports.ephemeral()
        for _ in range(50):
            self.assertFalse(first <= kit.ports.free_port() <= last)

    def test_no_two_programs_are_given_the_same(self):
        ask = ("import sys; sys.path.insert(0, sys.argv[1]); import kit\n"
               "print(*[kit.ports.free_port() for _ in range(200)], flush=True); sys.stdin.read()")
        programs = [subprocess.Popen([sys.executable, "-B", "-c", ask, str(self.source / "tests/e2e")],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        given = [port for program in programs for port in program.stdout.readline().split()]
        for program in programs:
            program.communicate()
        self.assertEqual(len(given), 600)
        self.assertEqual(len(set(given)), 600)

    def test_it_is_taken_again_while_others_connect(self):
        port = kit.ports.free_port()
        for _ in range(3):
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("127.0.0.1", port))
                server.listen()
                others = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
                self.assertNotIn(port, {other.getsockname()[1] for other in others})
                for other in others:
                    other.close()
