#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ktap.py [--rows FILE] PART... [, PART...]...: runs parts of the tests (part.sh), passes their output
on, and counts the cases. Parts run one after the other. A comma starts another group of parts,
which runs at the same time; its output appears when the groups before it are done.
build/check/PART.log keeps the output of each part.

In the end, it lists the failed cases and the files with their output. The last line says "N passed,
N failed, N skipped". The exit status is 0 only if something passed and nothing failed. With --rows,
it also lists the rows of the conformance list in FILE that the tests have proven, and fails if they
differ from FILE (rows.py).

A part prints the nested KTAP of a kselftest runner or of KUnit:

    # ok 1 - the case of a script             counted
    # 1..1                                    compared with the number of counted cases
    ok 1 selftests: the script                counted only if its cases have another result
    1..1                                      compared with the number of finished scripts

KUnit indents instead: "    ok 1 case", and "        ok 1 parameter", which counts for its case.
"""
import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rows import Rows

PROJECT = Path(__file__).resolve().parent.parent
SCREEN = 20     # failures that are listed at the end

RESULT = r"(not )?ok \d+\b(?P<text>.*)"
PARAMETER = re.compile(" {8}" + RESULT)
CASE = re.compile("(?:# | {4})" + RESULT)
SCRIPT = re.compile(RESULT)
CASES_PLANNED = re.compile(r"(?:# | {4})1\.\.(\d+)")
SCRIPTS_PLANNED = re.compile(r"1\.\.(\d+)")

# Exit statuses of the scripts that run a guest which are about the guest, not about the command in it.
GUEST = {123: "the guest's kernel complained", 124: "the guest was ended by a time-out",
         125: "the guest died"}


def outcome(match):
    if match[1]:
        return "failed"
    return "skipped" if re.search(r"# SKIP\b", match["text"], re.I) else "passed"


class Tally:
    def __init__(self, rows=None):
        self.rows = rows
        self.total = {"passed": 0, "failed": 0, "skipped": 0}
        self.failures = []
        self.begin_run("")

    def begin_run(self, log):
        """From now on, the output is in the file log."""
        self.log = log
        self.line_number = 0
        self.failed_before = self.total["failed"]
        self.scripts = 0
        self.scripts_planned = None
        self.begin_script()

    def begin_script(self):
        self.cases = {"passed": 0, "failed": 0, "skipped": 0}
        self.cases_planned = None
        self.failed_cases = []
        self.begin_case()

    def begin_case(self):
        self.parameters = {"passed": 0, "failed": 0, "skipped": 0}

    def problem(self, text):
        """Counts a failure that no case stands for."""
        self.total["failed"] += 1
        self.fail(self.line_number, text)

    def fail(self, line_number, text):
        self.failures.append(f"{self.log}:{line_number}: {text}")

    def line(self, line):
        self.line_number += 1
        if match := PARAMETER.match(line):
            self.parameters[outcome(match)] += 1
            self.count(match)
        elif match := CASE.match(line):
            self.end_case(match)
        elif match := CASES_PLANNED.match(line):
            self.cases_planned = int(match[1])
        elif match := SCRIPT.match(line):
            self.end_script(match)
        elif match := SCRIPTS_PLANNED.match(line):
            self.scripts_planned = int(match[1])

    def count(self, match):
        self.total[outcome(match)] += 1
        if outcome(match) == "failed":
            self.failed_cases.append((self.line_number, match["text"].removeprefix(" - ").strip()))
        if self.rows:
            self.rows.case(match["text"], outcome(match))

    def end_case(self, match):
        self.cases[outcome(match)] += 1
        if not self.parameters[outcome(match)]:
            self.count(match)
        self.begin_case()

    def name_failures(self, name):
        for line_number, text in self.failed_cases:
            self.fail(line_number, f"{name}: {text}")
        self.failed_cases = []

    def end_script(self, match):
        name = match["text"].strip().removeprefix("selftests: ")
        result = outcome(match)
        count = sum(self.cases.values())
        self.scripts += 1
        self.name_failures(name)
        if result == "failed" and not self.cases["failed"]:
            self.problem(name)
        elif result == "skipped" and not count:
            self.total["skipped"] += 1
        elif result == "passed" and count != self.cases_planned:
            self.problem(f"{name}: {count} cases instead of {self.cases_planned}")
        self.begin_script()

    def end_run(self, status):
        self.name_failures("the script that did not end")
        if status in GUEST:
            self.problem(GUEST[status])
        elif self.scripts != self.scripts_planned:
            self.problem(f"{self.scripts} scripts ended instead of {self.scripts_planned}")
        elif status and self.total["failed"] == self.failed_before:
            self.problem(f"exit status {status}")

    def end(self):
        for text in self.rows.problems() if self.rows else ():
            self.total["failed"] += 1
            self.failures.append(text)

    def told_failures(self):
        """What failed, on one screen."""
        yield from (f"FAILED: {text}" for text in self.failures[:SCREEN])
        if len(self.failures) > SCREEN:
            yield f"FAILED: {len(self.failures) - SCREEN} more: grep -n 'not ok' build/check/*.log"

    def summary(self):
        return ", ".join(f"{count} {kind}" for kind, count in self.total.items())

    def good(self):
        return self.total["passed"] > 0 and not self.total["failed"]


class Part:
    """A part of the tests, its output in a file of its own."""

    def __init__(self, name, command, logs):
        self.name = name
        self.command = [command, name]
        self.log = logs / f"{name}.log"

    def run(self, heard):
        """Runs it, and calls heard with each line of its output."""
        with open(self.log, "w", encoding="utf-8") as log, subprocess.Popen(
                self.command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
            for line in process.stdout:
                log.write(line)
                log.flush()
                heard(line)
        return process.returncode

    def lines(self):
        with open(self.log, encoding="utf-8") as log:
            yield from log


def shown_path(path):
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path


def run_shown(part, tally):
    def heard(line):
        print(line, end="", flush=True)
        tally.line(line)

    tally.begin_run(shown_path(part.log))
    tally.end_run(part.run(heard))


def run_aside(parts):
    """Runs parts whose output has to wait; returns how each ended."""
    return [(part, part.run(lambda line: None)) for part in parts]


def show(ended, tally):
    for part, status in ended:
        tally.begin_run(shown_path(part.log))
        for line in part.lines():
            print(line, end="", flush=True)
            tally.line(line)
        tally.end_run(status)


def split(words, separator):
    while separator in words:
        place = words.index(separator)
        yield words[:place]
        words = words[place + 1:]
    yield words


def main():
    parser = argparse.ArgumentParser(description="Run parts of the tests, and count their cases.")
    parser.add_argument("--rows", metavar="FILE", type=Rows)
    parser.add_argument("--command", default=PROJECT / "scripts/part.sh", help="runs a PART (part.sh)")
    parser.add_argument("--logs", metavar="DIR", type=Path, default=PROJECT / "build/check")
    parser.add_argument("part", nargs="+", help="with a comma before those that run beside the others")
    options = parser.parse_args()

    options.logs.mkdir(parents=True, exist_ok=True)
    lanes = [[Part(name, options.command, options.logs) for name in names]
             for names in split(options.part, ",")]
    tally = Tally(options.rows)
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(run_aside, lane) for lane in lanes[1:]]
        for part in lanes[0]:
            run_shown(part, tally)
        for lane in others:
            show(lane.result(), tally)
    tally.end()
    for line in tally.rows.summary() if tally.rows else ():
        print(line)
    for line in tally.told_failures():
        print(line)
    print(tally.summary())
    return 0 if tally.good() else 1


if __name__ == "__main__":
    sys.exit(main())
