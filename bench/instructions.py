#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""instructions.py [OPTION...] CONTESTANT...: counts the instructions per packet, function by function.

It counts every instruction that the kernel of the virtual machine executes between the first packet
and the last (instructions.c), so the figures do not depend on the machine or its load. They show
how much code a packet executes and how many cache lines the code occupies, but not how long the
packet waits for memory.

    bench/instructions.py ipv6 ipv6-rule nat64-raw-legacy
"""
import argparse
import bisect
import collections
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BUILD = PROJECT / "build/bench"
SHARE = PROJECT / "build/vm/instructions/share"
DIRECTIONS = ("6to4", "4to6")
LINE = 64       # bytes
EVERY = 0.9     # a cache line counts if packets use it at least so often on average


def run_guest(contestants, count, given):
    """Runs the guest. A first round, which does not count, makes everything that is made only once."""
    for old in BUILD.glob("instructions.[0-9]*"):
        old.unlink()
    plugin = f"{BUILD}/instructions.so,out={BUILD}/instructions"
    # With one processor, the work of ksoftirqd must not wait until the sender's time is up.
    command = (f"chrt --fifo --pid 1 $(pgrep ksoftirqd) && "
               f"bench/interleave.py --rounds 2 --count {count} --mark {'--given' if given else ''} "
               f"{' '.join(contestants)} >/dev/null && cat /proc/kallsyms >/run/vm/kallsyms")
    subprocess.run([PROJECT / "selftests/vm/run.sh", "-n", "instructions", "-m", "2G", "-t", "3600",
                    "-c", plugin, "--", "bash", "-c", command], check=True)


class Symbols:
    """Which function an address is in, and in which module that is."""

    def __init__(self, path):
        symbols = []
        for line in path.read_text().splitlines():
            address, kind, name, *module = line.split()
            if kind in "tTwW":
                symbols.append((int(address, 16), name, module[0] if module else "[kernel]"))
        symbols.sort()
        self.addresses = [symbol[0] for symbol in symbols]
        self.names = [symbol[1:] for symbol in symbols]

    def function(self, address):
        i = bisect.bisect_right(self.addresses, address) - 1
        return self.names[i] if i >= 0 else ("user space", "[user]")


class Run:
    """What the packets of one contestant execute, in one direction; figures are per packet."""

    def __init__(self, path, symbols, packets):
        self.functions = collections.Counter()
        lines = collections.Counter()
        for line in path.read_text().splitlines():
            address, size, instructions, times = line.split()
            first, size = int(address, 16), int(size)
            times = int(times) / packets
            self.functions[symbols.function(first)] += int(instructions) * times
            for cache_line in range(first // LINE, (first + size - 1) // LINE + 1):
                lines[cache_line] += times
        self.lines = sum(times >= EVERY for times in lines.values())

    def modules(self):
        counts = collections.Counter()
        for (_, module), count in self.functions.items():
            counts[module] += count
        return counts


def print_tables(contestants, runs, rows):
    """Prints all contestants, then what each executes more than the first one, function by function."""
    for direction in DIRECTIONS:
        print(f"{direction}: of a packet")
        first = sum(runs[contestants[0], direction].functions.values())
        for contestant in contestants:
            run = runs[contestant, direction]
            total = sum(run.functions.values())
            modules = ", ".join(f"{module} {count:.0f}" for module, count
                                in run.modules().most_common() if count >= 1)
            print(f"  {contestant:18} {total:6.0f} instructions {total - first:+6.0f}  "
                  f"in {run.lines} cache lines  {modules}")
    for contestant in contestants[1:] if rows else ():
        for direction in DIRECTIONS:
            print(f"{contestant}, {direction}: beyond {contestants[0]}")
            more = runs[contestant, direction].functions - runs[contestants[0], direction].functions
            for (name, module), count in more.most_common(rows):
                print(f"  {count:+7.1f}  {name} {module}")


def print_ktap(contestants, runs):
    """Whether counting works: all packets execute something, and ours something of our modules."""
    cases = [(contestant, direction, runs[contestant, direction].modules())
             for contestant in contestants for direction in DIRECTIONS]
    results = [modules["[kernel]"] > 1000 and (modules["[nat64]"] > 100) == contestant.startswith("nat64")
               for contestant, _, modules in cases]
    print("1..1")
    for number, (result, (contestant, direction, _)) in enumerate(zip(results, cases), 1):
        print(f"# {'ok' if result else 'not ok'} {number} - instructions: {contestant}, {direction}")
    print(f"# 1..{len(cases)}")
    print("ok 1 instructions" if all(results) else "not ok 1 instructions")
    return not all(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog="Contestants are in bench/contestants/.")
    parser.add_argument("--quick", action="store_true", help="few packets, as KTAP: does it count?")
    parser.add_argument("--count", type=int, default=2000, help="packets in a run")
    parser.add_argument("--given", action="store_true",
                        help="packets that the sender gives away, as a driver does (Linux 6.7)")
    parser.add_argument("--rows", type=int, default=0, help="functions to show")
    parser.add_argument("contestants", nargs="+", metavar="CONTESTANT")
    args = parser.parse_args()
    if args.quick:
        args.count = 200

    run_guest(args.contestants, args.count, args.given)
    symbols = Symbols(SHARE / "kallsyms")
    order = [(contestant, direction) for contestant in args.contestants for direction in DIRECTIONS]
    runs = {key: Run(BUILD / f"instructions.{len(order) + i}", symbols, args.count)
            for i, key in enumerate(order)}
    if args.quick:
        return print_ktap(args.contestants, runs)
    print_tables(args.contestants, runs, args.rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
