"""Minutes of churn: hosts, their certificates, clients, resumed sessions, cut downloads. Memory and descriptors must
stand still after a warm-up, and what was opened must be closed at the end."""

import json
import time

import figures
import plots
import record
import report
from compare import say
from lab import Lab
from load import Load
from preflight import NotSpoken, ask
from scenarios import MEDIUM, SCENARIOS

HOSTS = 4000            # in turn; their certificates are made anew all the time
CHUNK = 500
SECONDS = 3             # of one kind of load
WARM_UP = 1 / 3         # of the whole
GROWTH = 0.02           # of the median memory, over the time measured
SPARE_FILES = 8         # a log, the store's files
DRAIN_SECONDS = 90      # idle connections of clients and origins are ended by then


def loads():
    """(scenario that says the way, words): one after another, again and again."""
    many = ("--clients", 2000)
    return (
        ("cold-host", ("--path", "/1k", "--connections", 16, "--fresh", *many)),
        ("keep-alive", ("--path", "/1k", "--connections", 200, *many)),
        ("resumed", ("--path", "/1k", "--connections", 16, "--fresh", "--resume", *many)),
        ("download", ("--path", "/big", "--connections", 8, *many)),  # cut where the window ends
        ("upload", ("--path", "/sink", "--put", MEDIUM, "--connections", 8, *many)),
        ("plain", ("--path", "/1k", "--connections", 64, "--fresh", *many)),
        ("tunnel", ("--path", "/1k", "--connections", 32, "--fresh", *many)),
        ("http2", ("--path", "/1k", "--connections", 8, "--http2", "--streams", 32, *many)),
        ("http2-download", ("--path", "/medium", "--connections", 8, "--http2", *many)),
    )


def soak(options):
    names = ("cold-host", "resumed", "http2", "http2-download")
    with Lab(options.binary, options.tools, options.repository, names=HOSTS) as lab:
        peer = lab.start_peer("sallyport", store="128 MiB")
        kinds = []
        for name, words in loads():
            try:
                say(f"preflight {name}: {ask(lab, peer, SCENARIOS[name])}")
                kinds.append((name, words))
            except NotSpoken as refusal:
                if name not in names:
                    raise
                say(f"preflight {name}: not spoken ({refusal})")
        time.sleep(1)
        return Soak(lab, peer, kinds, options).run()


class Soak:
    def __init__(self, lab, peer, kinds, options):
        self.lab, self.peer, self.kinds, self.options = lab, peer, kinds, options
        self.samples, self.requests, self.errors, self.first_error = [], 0, 0, ""
        self.minted = self.cold_turns = 0

    def run(self):
        before, began = self.peer.process.open_files(), time.monotonic()
        end = began + self.options.soak * 60
        while time.monotonic() < end and self.peer.process.alive():
            for name, words in self.kinds:
                self.churn_certificates()
                self.load(name, words)
            self.peer.settle()
            self.sample(time.monotonic() - began, end - time.monotonic())
        say(f"waiting {DRAIN_SECONDS} s for idle connections to end")
        time.sleep(DRAIN_SECONDS)
        return self.write(before, self.peer.process.open_files())

    def churn_certificates(self):
        self.lab.origin.make_names(CHUNK, first=self.minted % HOSTS)
        self.minted += CHUNK

    def load(self, name, words):
        scenario = SCENARIOS[name]
        if scenario.way == "names":
            self.cold_turns += 1
            first = self.cold_turns * 371 % HOSTS
            words = (*words, "--names", HOSTS - first, "--first-name", first)
        with Load(self.lab.generator, [*self.peer.words(scenario), *words, "--window", SECONDS * 1000], 60) as load:
            load.ready()
            result = load.result()
        self.requests += result["requests"]
        self.errors += result["errors"]
        self.first_error = self.first_error or (result["first_error"] and f"{name}: {result['first_error']}")

    def sample(self, at, left):
        memory, files = self.peer.process.memory("Rss:"), self.peer.process.open_files()
        self.samples.append((at, memory, files))
        say(f"{at:.0f} s: {memory / 2**20:.1f} MiB resident, {files} descriptors, {self.requests} requests, "
            f"{self.errors} errors - {figures.minutes(max(0, left))} left")

    def write(self, files_before, files_after):
        span = self.samples[-1][0] if self.samples else 0
        steady = [one for one in self.samples if one[0] >= WARM_UP * span]
        rows, passed = judge(steady, files_before, files_after, self.errors, self.peer.process.alive())
        self.options.output.mkdir(parents=True, exist_ok=True)
        (self.options.output / "soak.json").write_text(json.dumps(self.samples))
        if len(self.samples) > 1:
            plots.timeline(self.options.output / "soak.svg", self.samples, WARM_UP * span)
        error = f" ({self.first_error})" if self.first_error else ""
        text = f"# Soak (`perf/compare --soak {self.options.soak:g}`)\n\n" + record.paragraph(
            f"{record.heading(self.options.repository)}. {self.requests:,} requests in {span / 60:.1f} minutes of "
            f"{', '.join(name for name, _ in self.kinds)} in turn, from 2,000 client addresses, to {HOSTS:,} hosts with "
            f"{self.minted:,} certificates; {self.errors} errors{error}. Judged after a warm-up of a third."
        ) + "\n" + report.table(["what", "found", "allowed", "verdict"], rows)
        record.save(self.options, "soak", text + "\n![memory and descriptors](soak.svg)\n")
        return 0 if passed else 1


def judge(steady, files_before, files_after, errors, alive):
    """(rows of the table, whether all passed) of samples (seconds, bytes, descriptors) after the warm-up."""
    if len(steady) < 3:
        return [["samples after the warm-up", len(steady), "at least 3", "FAILED: run it longer"]], False
    span = steady[-1][0] - steady[0][0]
    memory = figures.median([one[1] for one in steady])
    grown = figures.slope([(at, size) for at, size, _ in steady]) * span
    checks = [
        ("resident memory, by the slope over the time measured", f"{grown / 2**20:+.2f} MiB of {memory / 2**20:.1f}",
         f"{100 * GROWTH:.0f} %", grown <= GROWTH * memory),
        ("descriptors at the end, idle, against the start", f"{files_after} against {files_before}",
         f"{SPARE_FILES} more", files_after <= files_before + SPARE_FILES),
        ("requests that failed", errors, 0, errors == 0),
        ("still runs", "yes" if alive else "no", "yes", alive),
    ]
    return [[*check[:3], "PASS" if check[3] else "FAILED"] for check in checks], all(check[3] for check in checks)
