#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""bench.py [OPTION...]: measures contestants side by side, on this machine, as root.

Every round runs each workload for each contestant, one after the other, so that disturbances affect
all of them. A figure is the median of the rounds, and its spread is half the distance between the
quartiles. Its ratio is the median of the ratios to plain IPv6 forwarding in the same round.
Contestants are in contestants/, workloads in workloads/.
"""
import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BASELINE = "ipv6"
# The order of contestants in tables.
ORDER = ["floor", "ipv6", "ipv6-rule", "ipv6-rule-nft", "ipv6-conntrack", "ipv6-flowtable", "ipv4", "ipv4-masquerade",
         "nat64-raw", "nat64-raw-legacy", "nat64-hook", "nat64-fast-rule", "nat64-fast-ingress", "nat64-mangle",
         "nat64-route", "nat64-masquerade", "nat64-flowtable", "nat64-fast-masquerade", "jool-siit", "jool-nat64",
         "tayga"]
QUICK = {"SECONDS_PER_RUN": "0.1", "FLOWS": "1000", "MAPPINGS": "1024"}
QUICK_CONTESTANTS = ["nat64-raw"]
# These run in one lab, in this order: those that need hosts which answer, those that silence the
# hosts, and those that change the translator.
QUICK_WORKLOADS = ["latency", "bulk", "packets", "flows", "mappings"]


def header(path, key):
    """The rest of the line "# key: ..." at the top of a file."""
    match = re.search(rf"^# {key}: (.*)$", path.read_text(), re.M)
    return match[1] if match else None


def names(kind):
    return sorted(path.stem for path in (HERE / kind).glob("*.sh"))


def applies(workload, contestant):
    path = HERE / "workloads" / f"{workload}.sh"
    if int(header(path, "cpus") or 1) > os.cpu_count():
        return False
    wanted = header(path, "contestants").split()
    return wanted == ["all"] or contestant in wanted


def measure(contestant, workloads, env):
    """Returns {(workload, figure): (value, unit)}, and whether all of the workloads worked."""
    run = subprocess.run([HERE / "measure.sh", contestant, *workloads], env={**os.environ, **env},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.stderr:
        print(f"# {contestant}, {' '.join(workloads)}: {run.stderr.strip()}", file=sys.stderr)
    figures, workload = {}, None
    for line in run.stdout.splitlines():
        what, name, *value = line.split()
        if what == "workload":
            workload = name
        elif what == "figure":
            figures[workload, name] = (float(value[0]), value[1])
    return figures, run.returncode == 0


def run_round(contestants, runs, env, failed):
    """Measures every contestant in turn, for each of the runs, which are lists of workloads."""
    found = {}
    for workloads in runs:
        for contestant in contestants:
            wanted = [name for name in workloads
                      if (contestant, name) not in failed and applies(name, contestant)]
            if not wanted:
                continue
            figures, worked = measure(contestant, wanted, env)
            measured = {workload for workload, _ in figures} if worked else set()
            failed |= {(contestant, name) for name in wanted if name not in measured}
            found |= {(workload, contestant, figure): value
                      for (workload, figure), value in figures.items() if workload in measured}
    return found


def spread(values):
    if len(values) < 3:
        return (max(values) - min(values)) / 2
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2


def summarize(rounds):
    """Turns a list of {(workload, contestant, figure): (value, unit)} into a list of records."""
    records = []
    for key in sorted({key for one in rounds for key in one}):
        workload, contestant, figure = key
        values = [one[key][0] for one in rounds if key in one]
        pairs = [(one[key][0], one[base][0]) for one in rounds
                 if key in one and (base := (workload, BASELINE, figure)) in one]
        record = {"workload": workload, "figure": figure, "contestant": contestant,
                  "unit": next(one[key][1] for one in rounds if key in one),
                  "median": statistics.median(values), "spread": spread(values), "values": values}
        if pairs:
            ratios = [value / base for value, base in pairs]
            record["ratio"] = statistics.median(ratios)
            record["ratio_spread"] = spread(ratios)
            if record["unit"] == "packets/s":
                record["ns_added"] = statistics.median(1e9 / v - 1e9 / b for v, b in pairs)
        records.append(record)
    return records


def print_tables(records):
    groups = {}
    for record in records:
        groups.setdefault((record["workload"], record["figure"]), []).append(record)
    for (workload, figure), group in groups.items():
        title = header(HERE / "workloads" / f"{workload}.sh", "title")
        print(f"\n{title}: {figure}, {group[0]['unit']}")
        for record in sorted(group, key=lambda r: ORDER.index(r["contestant"])):
            line = f"  {header(HERE / 'contestants' / (record['contestant'] + '.sh'), 'title'):34}"
            line += f" {record['median']:14,.5g} ±{record['spread'] / (record['median'] or 1):6.1%}"
            if "ratio" in record:
                line += f"  ratio {record['ratio']:6.3f} ±{record['ratio_spread']:.3f}"
            if "ns_added" in record and record["contestant"] != BASELINE:
                line += f"  {record['ns_added']:+7.0f} ns a packet"
            print(line)


def print_ktap(rounds, failed):
    """Prints what was measured as the cases of a test, which is all that --quick is for."""
    cases = {(workload, contestant): "ok" for one in rounds for workload, contestant, _ in one}
    cases |= {(workload, contestant): "not ok" for contestant, workload in failed}
    print("1..1")
    for number, ((workload, contestant), result) in enumerate(sorted(cases.items()), 1):
        print(f"# {result} {number} - bench: {workload}, {contestant}")
    print(f"# 1..{len(cases)}")
    print("not ok 1 bench" if failed or not cases else "ok 1 bench")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, as KTAP: does it all work?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", default="1", help="of every single run")
    parser.add_argument("--given", action="store_true",
                        help="packets that the sender gives away, as a driver does (Linux 6.7, or UML)")
    parser.add_argument("--contestants", default=",".join(names("contestants")))
    parser.add_argument("--without", default="", metavar="CONTESTANTS")
    parser.add_argument("--workloads", default=",".join(n for n in names("workloads") if n != "flood"))
    parser.add_argument("--json", metavar="FILE", help="all values, and what they come to")
    args = parser.parse_args()

    env = {"SECONDS_PER_RUN": args.seconds, "PACKETS": "given" if args.given else "shared"}
    contestants, workloads = args.contestants.split(","), args.workloads.split(",")
    contestants = [name for name in contestants if name not in args.without.split(",")]
    runs = [[workload] for workload in workloads]
    if args.quick:
        env, args.rounds, contestants, runs = QUICK, 1, QUICK_CONTESTANTS, [QUICK_WORKLOADS]

    failed = set()
    rounds, start = [], time.monotonic()
    for number in range(args.rounds):
        rounds.append(run_round(contestants, runs, env, failed))
        print(f"# round {number + 1} of {args.rounds}: {time.monotonic() - start:.0f} s", file=sys.stderr)

    if args.quick:
        print_ktap(rounds, failed)
        return 1 if failed else 0

    records = summarize(rounds)
    print(f"# {datetime.date.today()}, {platform.release()}, {os.cpu_count()} CPU, "
          f"{args.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    print_tables(records)
    for contestant, workload in sorted(failed):
        print(f"did not work: {contestant}, {workload}")
    if args.json:
        Path(args.json).write_text(json.dumps(
            {"kernel": platform.release(), "cpus": os.cpu_count(), "rounds": args.rounds,
             "failed": sorted(failed), "results": records}, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
