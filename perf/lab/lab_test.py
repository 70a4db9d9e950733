"""What can be checked without a clock: arithmetic, parsing, tables, the policies that are generated."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import figures
import main
import measure
import plots
import policies
import record
import report
import scale
import soak
import system
from compare import Comparison
from scenarios import BIG, SCENARIOS, Scenario, Target

GET = SCENARIOS["keep-alive"]


def a_round(cost, **more):
    """A result as measure() makes it; cost in us."""
    return {"cost": cost and cost / 1e6, "failed": None, "requests": 100, "errors": 0, "seconds": 2.0, "used": 1.0,
            "user": 0.5, "system": 0.5, "utilisation": 0.5, "foreign": 0.01, "p50_us": 10, "p99_us": 20,
            "bytes_in": 1, "bytes_out": 1, "origin_connections": 0, **more}


class Figures(unittest.TestCase):
    def test_ratio_is_the_median_of_the_quotients_within_rounds(self):
        # The machine was twice as slow in the second round: of medians it would be 20 / 10.
        self.assertEqual(figures.ratio([9, 20, 9], [10, 20, 10]), 0.9)

    def test_ratio_leaves_out_rounds_that_either_side_lacks(self):
        self.assertEqual(figures.ratio([8, None, 9], [10, 10, None]), 0.8)
        self.assertIsNone(figures.ratio([], [10]))
        self.assertIsNone(figures.ratio([None], [10]))

    def test_verdicts_at_their_borders(self):
        self.assertEqual(figures.verdict(0.95, 0.95), "PASS")
        self.assertEqual(figures.verdict(0.951, 0.95), "EQUAL-WITHIN-20 %")
        self.assertEqual(figures.verdict(1.14, 0.95), "EQUAL-WITHIN-20 %")
        self.assertEqual(figures.verdict(1.15, 0.95), "MISSED")

    def test_a_relative_target_asks_for_its_peer(self):
        target = Target("nginx", 0.95)
        self.assertEqual(figures.judge(target, {"sallyport": [9], "nginx": [10], "squid": [1]}), (0.9, "PASS"))
        self.assertEqual(figures.judge(target, {"sallyport": [9], "squid": [1]}), (None, "nginx not measured"))
        self.assertEqual(figures.judge(target, {"sallyport": [None], "nginx": [10]}), (None, "not measured"))

    def test_an_absolute_target_asks_for_nobody(self):
        self.assertEqual(figures.judge(Target(absolute=20), {"sallyport": [19, 21, 20]}), (None, "PASS"))
        self.assertEqual(figures.judge(Target(absolute=20), {"sallyport": [43]}), (None, "MISSED"))

    def test_cost_is_of_the_unit(self):
        result = {"requests": 200, "bytes_in": 4e9, "bytes_out": 2e9, "p50_us": 250}
        self.assertEqual(figures.cost("request", result, 1.0), 0.005)
        self.assertEqual(figures.cost("in", result, 1.0), 0.25)
        self.assertEqual(figures.cost("out", result, 1.0), 0.5)
        self.assertEqual(figures.cost("latency", result, 1.0), 250)
        self.assertIsNone(figures.cost("request", {**result, "requests": 0}, 1.0))
        self.assertIsNone(figures.cost("latency", {**result, "requests": 0}, 1.0))

    def test_spread(self):
        self.assertEqual(figures.spread([9, 10, 12]), 30)

    def test_strace_is_read_without_its_total(self):
        text = ("    calls syscall\n--------- ----------------\n      200 sendto\n      500 recvfrom\n"
                "--------- ----------------\n      700 total\n")
        self.assertEqual(figures.parse_strace(text, 100), [("recvfrom", 5.0), ("sendto", 2.0)])

    def test_metrics_are_summed_over_labels(self):
        text = "# HELP a\n# TYPE a counter\na{worker=\"0\"} 3\na{worker=\"1\"} 4\nb 1e3\n"
        self.assertEqual(figures.parse_metrics(text), {"a": 7, "b": 1000})

    def test_instructions_are_none_where_they_are_not_counted(self):
        self.assertEqual(figures.parse_perf_stat("123456,,instructions,100,100.00,,\n"), 123456)
        self.assertIsNone(figures.parse_perf_stat("<not supported>,,instructions,0,100.00,,\n"))
        self.assertIsNone(figures.parse_perf_stat(""))

    def test_slope_and_exponent(self):
        self.assertAlmostEqual(figures.slope([(0, 5), (1, 7), (2, 9)]), 2)
        self.assertEqual(figures.slope([(1, 5), (1, 7)]), 0)
        self.assertAlmostEqual(figures.linearity([(10, 3), (100, 30), (1000, 300)]), 1)
        self.assertAlmostEqual(figures.linearity([(10, 7), (10_000, 7)]), 0)

    def test_the_time_left_follows_the_pace(self):
        progress = figures.Progress([10, 10, 20])
        self.assertEqual(progress.left(), 40)
        progress.step(10, 20)
        self.assertEqual(progress.left(), 60)
        self.assertEqual(figures.minutes(125), "2:05")


class Scenarios(unittest.TestCase):
    def test_they_are_the_thirteen_rows_with_their_targets(self):
        self.assertEqual([str(one.target) for one in SCENARIOS.values()],
                         ["nginx x 0.95", "nginx x 1.05", "nginx x 0.85", "nginx x 0.85", "squid x 0.28", "nginx x 0.85",
                          "haproxy x 0.95", "nginx x 1", "haproxy x 0.95", "haproxy x 0.7", "haproxy x 1", "nginx x 0.9",
                          "20"])

    def test_the_peer_of_a_target_takes_part(self):
        for one in SCENARIOS.values():
            self.assertTrue(not one.target.peer or one.target.peer in one.peers, one.name)

    def test_bulk_is_small_under_strace(self):
        self.assertNotIn("/big", SCENARIOS["download"].count_words())
        self.assertNotIn(str(BIG), SCENARIOS["upload"].count_words())


class Measuring(unittest.TestCase):
    """CPU is read where the window begins. Before a load that was not paused, to wait for the store first made bulk
    transfers look half as dear: the window was over when the CPU was read."""

    def happened(self, scenario):
        told = []

        class Tells:
            """Lab, peer, process and generator in one."""
            lab = origin = process = property(lambda self: self)
            generator, name = "generator", "sallyport"
            RESULT = {"requests": 100, "errors": 0, "warm_up_requests": 0, "seconds": 1.0, "bytes_in": 10**9,
                      "bytes_out": 10**9, "p50_us": 1, "names_used": 0}

            def __enter__(self):
                return self

            def __exit__(self, *_):
                told.append("end")

            def result(self):
                told.append("result")
                return dict(self.RESULT)

            def cpu_seconds(self):
                told.append("cpu")
                return 1.0, 1.0

            def count_events(self, mark, kind):
                return 1000

            ready = lambda self: told.append("ready")
            go = lambda self: told.append("go")
            settle = lambda self, *_: told.append("settle")
            words = lambda self, _: []
            accepts = start_counting = lambda self: 0
            alive = lambda self: True

        one = Tells()
        with unittest.mock.patch.object(measure, "Load", lambda _, words, __: told.append("pause" if "--pause" in words
                                                                                         else "no pause") or one):
            result = measure.measure(one, one, scenario, 1, 0)
        self.assertIsNone(result["failed"])
        return told

    def test_after_the_warm_up_was_worked_off_where_the_load_is_paused(self):
        self.assertEqual(self.happened(GET), ["pause", "ready", "settle", "cpu", "go", "result", "cpu", "end", "settle",
                                              "cpu"])

    def test_at_once_where_it_is_not(self):
        self.assertEqual(self.happened(SCENARIOS["download"]), ["no pause", "ready", "cpu", "result", "cpu", "end",
                                                                "settle", "cpu"])

    def test_missing_events_are_told(self):
        class Forgetful:
            count_events = lambda self, mark, kind: 40
        result = {"requests": 100, "warm_up_requests": 5}
        self.assertEqual(measure.missing_events(Forgetful(), GET, result, 0), "65 of 105 events are missing in the store")
        self.assertIsNone(measure.missing_events(Forgetful(), SCENARIOS["tunnel-download"], result, 0))


class Tables(unittest.TestCase):
    def test_the_target_table_says_plainly_how_each_row_stands(self):
        record_of = {"keep-alive": ({"sallyport": [a_round(46), a_round(48)], "nginx": [a_round(20), a_round(24)],
                                     "squid": [a_round(None, failed="it has ended")]}, {"sslsplit": "NOT SPOKEN (no)"})}
        self.assertEqual(report.target_table([GET], record_of), """\
| scenario | nginx | haproxy | sslsplit | squid | mitmproxy | ours | ratio | ours, at most | verdict |
|---|---|---|---|---|---|---|---|---|---|
| keep-alive GET 1 KiB, 64 connections, intercepted (us/request) | 22.0 | - | not spoken | - (1) | - | **47.0** | 2.15 | nginx x 0.95 | MISSED |

(1) keep-alive, squid: it has ended (1 of 1 rounds)
""")

    def test_what_ours_does_not_speak_passes_nothing(self):
        one = SCENARIOS["http2"]
        ratio, word = report.judgement(one, {"haproxy": [a_round(20)]}, {"sallyport": "NOT SPOKEN (no h2)"})
        self.assertEqual((ratio, word), ("-", "NOT SPOKEN (no h2)"))

    def test_a_failed_round_of_ours_fails_the_row_however_cheap_it_was(self):
        rounds = {"sallyport": [a_round(1), a_round(1, failed="5 of 9 events are missing in the store")],
                  "nginx": [a_round(10), a_round(10)]}
        self.assertEqual(report.judgement(GET, rounds, {}),
                         ("0.10", "FAILED (5 of 9 events are missing in the store)"))

    def test_details_leave_out_who_has_nothing(self):
        text = report.detail_table(GET, {"sallyport": [a_round(10), a_round(12)], "squid": [a_round(None)]})
        self.assertIn("| sallyport | 11.0 | 10.0 | 18 | 50 | 50 | 1 | 50:50 | 10 | 20 | 0.000 | 0 | 2 |", text)
        self.assertNotIn("squid", text)

    def test_counts(self):
        text = report.counts_table([{"scenario": "plain", "peer": "nginx", "unit": "request",
                                     "calls": [("read", 4.0), ("write", 2.0), ("brk", 0.001)]}])
        self.assertIn("| plain | nginx | request | 6.00 | read 4.00, write 2.00 | - | - |", text)

    def test_a_section_takes_the_place_of_the_one_before(self):
        once = record.splice("# Results\n\nold words\n", "compare", "first")
        self.assertEqual(record.splice(once, "compare", "second"), record.splice("# Results\n\nold words\n", "compare",
                                                                                  "second"))
        both = record.splice(once, "scale", "curve")
        self.assertIn("first", both)
        with self.assertRaises(ValueError):
            record.splice("<!-- perf/compare compare: begin -->", "compare", "x")

    def test_the_machine_is_described_without_its_name(self):
        self.assertNotIn(socket.gethostname(), system.machine_class())

    def test_what_plots_show_is_relative_to_the_peer_of_the_target(self):
        rounds = {"sallyport": [a_round(9)], "nginx": [a_round(10)]}
        values, allowed = plots.relative(GET, rounds)
        self.assertAlmostEqual(values["sallyport"], 0.9)
        self.assertEqual(allowed, 0.95)
        self.assertEqual(plots.relative(GET, {"sallyport": [a_round(9)]}), ({}, None))


class Soak(unittest.TestCase):
    FLAT = [(at, 50 << 20, 40) for at in range(0, 600, 30)]

    def judge(self, samples, before=20, after=20, errors=0, alive=True):
        return soak.judge(samples, before, after, errors, alive)[1]

    def test_a_flat_line_passes(self):
        self.assertTrue(self.judge(self.FLAT))

    def test_memory_that_grows_fails(self):
        self.assertFalse(self.judge([(at, (50 << 20) + at * 4000, 40) for at, _, _ in self.FLAT]))

    def test_descriptors_that_stay_open_fail(self):
        self.assertTrue(self.judge(self.FLAT, after=28))
        self.assertFalse(self.judge(self.FLAT, after=29))

    def test_errors_an_end_and_too_little_fail(self):
        self.assertFalse(self.judge(self.FLAT, errors=1))
        self.assertFalse(self.judge(self.FLAT, alive=False))
        self.assertFalse(self.judge(self.FLAT[:2]))


class Scale(unittest.TestCase):
    def test_a_unit_that_costs_the_same_is_linear(self):
        self.assertEqual(scale.shape([(10, 30.0), (10_000, 31.0)])[1], "linear or less")
        self.assertEqual(scale.shape([(10, 30.0), (10_000, 90.0)])[1], "more than linear")
        self.assertEqual(scale.shape([(10, 30.0)]), ("-", "-"))


class Policies(unittest.TestCase):
    CATALOG = HERE.parent.parent / "conf" / "catalog"

    def test_there_are_as_many_as_asked_for_and_always_the_same(self):
        text = policies.policies(1000, self.CATALOG)
        self.assertEqual(text.count("- {name: perf policy "), 1000)
        self.assertEqual(text, policies.policies(1000, self.CATALOG))

    def test_none_blocks_what_is_measured(self):
        for line in policies.policies(1000, self.CATALOG).splitlines():
            if f"app.category: {policies.CATEGORY}" in line:
                self.assertNotIn("then: block", line)

    def test_the_user_has_groups_that_policies_ask_for(self):
        self.assertIn("name: user7,", policies.users())
        self.assertEqual(len(policies.groups_of(7)), 8)


class Options(unittest.TestCase):
    def read(self, *words):
        return main.read_options(["--binary", "/bin/true", "--tools", "/bin", *words])

    def test_all_scenarios_and_five_rounds_where_nothing_is_said(self):
        options = self.read()
        self.assertEqual((options.rounds, options.only), (5, list(SCENARIOS)))

    def test_the_default_run_takes_less_than_half_an_hour(self):
        comparison = Comparison(None, self.read())
        for one in SCENARIOS.values():
            comparison.rounds[one.name] = {name: [] for name in ("sallyport", *one.peers)}
        self.assertLess(sum(step[3] for step in comparison.steps()), 25 * 60)

    def test_rounds_are_interleaved(self):
        comparison = Comparison(None, self.read("--only", "plain,latency", "--rounds", "2"))
        for one in comparison.scenarios:
            comparison.rounds[one.name] = {"sallyport": [], "nginx": []}
        self.assertEqual([(number, scenario.name, name) for number, scenario, name, _ in comparison.steps()][:5],
                         [(0, "plain", "sallyport"), (0, "plain", "nginx"), (0, "latency", "sallyport"),
                          (0, "latency", "nginx"), (1, "plain", "sallyport")])


class Processes(unittest.TestCase):
    def test_a_process_and_its_children_end_together(self):
        with tempfile.TemporaryDirectory() as folder:
            words = ["sh", "-c", "sleep 600 & echo $! >child; wait"]
            process = system.Process("one", words, pathlib.Path(folder), str(min(os.sched_getaffinity(0))))
            child, end = pathlib.Path(folder) / "child", time.monotonic() + 10
            while not (child.exists() and child.read_text().strip()) and time.monotonic() < end:
                os.sched_yield()
            number = int(child.read_text())
            self.assertIn(number, process.tree())
            process.stop()
            self.assertFalse(process.alive())
            self.assertTrue(not pathlib.Path(f"/proc/{number}").exists() or
                            "Z" in pathlib.Path(f"/proc/{number}/stat").read_text().rpartition(")")[2])

    def test_the_guard_ends_what_is_left_and_removes_the_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            scratch = pathlib.Path(folder) / "scratch"
            scratch.mkdir()
            kept, left = (subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(2))
            try:
                subprocess.run([sys.executable, "-B", HERE / "guard.py"], check=True, text=True, timeout=20,
                               input=f"{scratch}\n+{kept.pid}\n+{left.pid}\n-{kept.pid}\n")
                self.assertEqual(left.wait(timeout=10), -signal.SIGKILL)
                self.assertIsNone(kept.poll())
                self.assertFalse(scratch.exists())
            finally:
                kept.kill()
                kept.wait(timeout=10)

    def test_ports_differ(self):
        self.assertEqual(len(set(system.free_ports(20))), 20)


if __name__ == "__main__":
    unittest.main()
