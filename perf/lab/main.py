"""The command line of perf/compare."""

import argparse
import pathlib
import sys

from compare import compare
from lab import PEERS
from scale import scale
from scenarios import SCENARIOS
from soak import soak


def names_of(known):
    def read(text):
        wanted = text.split(",")
        for one in wanted:
            if one not in known:
                raise argparse.ArgumentTypeError(f"{one!r} is none of {', '.join(known)}")
        return wanted
    return read


def read_options(words):
    repository = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(prog="perf/compare", description="Measures Sallyport beside its peers, in one run, "
                                     "and writes a table and a plot. perf/README.md explains it.")
    parser.add_argument("--binary", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--scale", action="store_true", help="instead: cost against connections, hosts, sizes of bodies")
    parser.add_argument("--soak", type=float, metavar="MINUTES",
                        help="instead: churning certificates, hosts, clients; memory and descriptors must stand still")
    parser.add_argument("--only", type=names_of(SCENARIOS), default=list(SCENARIOS), metavar="SCENARIO,...",
                        help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--peers", type=names_of((*PEERS, "baseline")), default=list(PEERS), metavar="PEER,...",
                        help=f"beside Sallyport; of {', '.join(PEERS)}; baseline: another Sallyport, see --baseline")
    parser.add_argument("--baseline", type=lambda path: pathlib.Path(path).resolve(), help="the binary of `baseline`, for before and after")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of a window")
    parser.add_argument("--warm-up", type=float, default=0.6, help="seconds before each window")
    parser.add_argument("--no-counts", dest="counts", action="store_false",
                        help="without system calls and allocations")
    parser.add_argument("--most", type=int, default=0,
                        help="with --scale: no point above this size (connections, hosts, KiB)")
    parser.add_argument("--output", type=pathlib.Path, default=repository / "build" / "perf" / "compare",
                        help="folder of tables, plots and raw figures")
    parser.add_argument("--record", action="store_true", help="put tables and plots into perf/results.md too")
    options = parser.parse_args(words)
    if ("baseline" in options.peers) != (options.baseline is not None):
        parser.error("--baseline and the peer `baseline` come together")
    options.repository = repository
    options.binary, options.tools = options.binary.resolve(), options.tools.resolve()
    return options


def main(words):
    options = read_options(words)
    if options.scale:
        return scale(options)
    return soak(options) if options.soak else compare(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
