#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""interleave.py [OPTION...] CONTESTANT...: measures small packets to within a few nanoseconds.

It measures the same as the workload "packets", but keeps a lab for each contestant. A round only
runs pktgen for one contestant after the other, so many rounds fit into a minute:

    scripts/uml/run.sh -c 1 -m 2G -- bench/interleave.py ipv6 ipv6-rule nat64-raw-legacy

For each direction, it prints the least and the median time per packet in nanoseconds, the median
ratio of the first contestant's time to this one's in the same round, and the time added to the
first contestant's least time. The least times suffer least from disturbances.
"""
import argparse
import ctypes
import mmap
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLONE_NEWNET = 0x40000000
MAP_FIXED_NOREPLACE = 0x100000
LIBC = ctypes.CDLL(None, use_errno=True)
MARK, RET = 0x64640000, b"\xc3"     # x86

# measure.sh, up to where a workload would run; pktgen stays as it is set up here.
SETUP = r"""
cd "$1" && . ./lab.sh
BUILD=$1/../build/bench WORK=$(mktemp -d) CLIENT=client-$2 ROUTER=router-$2 SERVER=server-$2
trap 'rm -rf "$WORK"' EXIT
. "contestants/$2.sh" || die "no such contestant: $2"
lab_up; setup; open_flow; sinks
to_server; pktgen_flow
to_client; pktgen_flow
"""
DIRECTIONS = {"6to4": ("client", "c0", "server", "s0"), "4to6": ("server", "s0", "client", "c0")}


def map_mark():
    """Puts a function that does nothing where instructions.c looks for it. It is called before the
    packets begin, and after them."""
    LIBC.mmap.restype = ctypes.c_void_p
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_FIXED_NOREPLACE
    prot = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    if LIBC.mmap(ctypes.c_void_p(MARK), mmap.PAGESIZE, prot, flags, -1, 0) != MARK:
        raise OSError(ctypes.get_errno(), "mmap")
    ctypes.memmove(MARK, RET, len(RET))
    return ctypes.CFUNCTYPE(None)(MARK)


def enter(namespace):
    """Moves this thread; /proc/thread-self/net is then that of the namespace."""
    fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if LIBC.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"setns {namespace}")
    os.close(fd)


def received(device):
    table = Path("/proc/thread-self/net/dev").read_text()
    return int(re.search(rf"^\s*{device}:\s*\d+\s+(\d+)", table, re.M)[1])


def nanoseconds(contestant, direction, count, mark):
    """Returns the time per packet. All of them have to arrive."""
    source, device, target, counted = DIRECTIONS[direction]
    pktgen = Path("/proc/thread-self/net/pktgen")
    enter(f"{target}-{contestant}")
    before = received(counted)
    enter(f"{source}-{contestant}")
    (pktgen / device).write_text(f"count {count}\n")
    with open(pktgen / "pgctrl", "wb", buffering=0) as control:
        mark()
        control.write(b"start\n")
        time.sleep(0.01)    # for packets that are still in a queue
        mark()
    usec = int(re.search(r"Result: OK: (\d+)\(", (pktgen / device).read_text())[1])
    enter(f"{target}-{contestant}")
    if received(counted) - before < count:
        sys.exit(f"{contestant}, {direction}: only {received(counted) - before} of {count} arrive")
    return usec * 1000 / count


def print_table(direction, contestants, times):
    first = times[contestants[0]]
    print(f"{direction}: nanoseconds of a packet")
    for contestant in contestants:
        mine = times[contestant]
        ratio = statistics.median(base / value for base, value in zip(first, mine))
        print(f"  {contestant:18} least {min(mine):6.0f}  median {statistics.median(mine):6.0f}  "
              f"ratio {ratio:.3f}  added {min(mine) - min(first):+5.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog="Contestants are in bench/contestants/.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--count", type=int, default=20000, help="packets in a run")
    parser.add_argument("--given", action="store_true",
                        help="packets that the sender gives away, as a driver does (Linux 6.7, or UML)")
    parser.add_argument("--mark", action="store_true", help="for instructions.py")
    parser.add_argument("contestants", nargs="+", metavar="CONTESTANT")
    args = parser.parse_args()
    mark = map_mark() if args.mark else lambda: None
    environment = {**os.environ, "PACKETS": "given" if args.given else "shared"}

    for contestant in args.contestants:
        subprocess.run(["bash", "-c", SETUP, "setup", HERE, contestant], check=True,
                       env=environment)
    times = {direction: {contestant: [] for contestant in args.contestants}
             for direction in DIRECTIONS}
    for _ in range(args.rounds):
        for contestant in args.contestants:
            for direction, found in times.items():
                found[contestant].append(nanoseconds(contestant, direction, args.count, mark))
    for direction, found in times.items():
        print_table(direction, args.contestants, found)


if __name__ == "__main__":
    main()
