#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ktap.py [--rows FILE] COMMAND... [+ COMMAND...]... [, COMMAND...]...: runs commands that print the
nested KTAP of a kselftest runner or of KUnit, passes their output on, and counts the cases. With a +
between them one runs after the other, with a comma beside it: what those behind it print comes when
the first ones are done. The last line says "N passed, N failed, N skipped"; the exit status is 0 only
if something passed and nothing failed.
With --rows, it also says which rows of the conformance list in FILE are proven, and fails if that is
not as FILE has it (rows.py).

    # ok 1 - the case of a script             counted
    # 1..1                                    checked against what was counted
    ok 1 selftests: the script                counted only where its cases do not tell the same
    1..1                                      checked against the scripts that came to their end

KUnit indents instead: "    ok 1 case", and "        ok 1 parameter", which counts for its case.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from rows import Rows

RESULT = r"(not )?ok \d+\b(?P<text>.*)"
PARAMETER = re.compile(" {8}" + RESULT)
CASE = re.compile("(?:# | {4})" + RESULT)
SCRIPT = re.compile(RESULT)
CASES_PLANNED = re.compile(r"(?:# | {4})1\.\.(\d+)")
SCRIPTS_PLANNED = re.compile(r"1\.\.(\d+)")

# What selftests/vm/run.sh says of the guest rather than of the command in it.
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
        self.problems = []
        self.begin_run()

    def begin_run(self):
        self.failed_before = self.total["failed"]
        self.scripts = 0
        self.scripts_planned = None
        self.begin_script()

    def begin_script(self):
        self.cases = {"passed": 0, "failed": 0, "skipped": 0}
        self.cases_planned = None
        self.begin_case()

    def begin_case(self):
        self.parameters = {"passed": 0, "failed": 0, "skipped": 0}

    def problem(self, text):
        """Counts a failure that no case stands for."""
        self.total["failed"] += 1
        self.problems.append(text)

    def line(self, line):
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
        if self.rows:
            self.rows.case(match["text"], outcome(match))

    def end_case(self, match):
        self.cases[outcome(match)] += 1
        if not self.parameters[outcome(match)]:
            self.count(match)
        self.begin_case()

    def end_script(self, match):
        name = match["text"].strip()
        result = outcome(match)
        count = sum(self.cases.values())
        self.scripts += 1
        if result == "failed" and not self.cases["failed"]:
            self.problem(name)
        elif result == "skipped" and not count:
            self.total["skipped"] += 1
        elif result == "passed" and count != self.cases_planned:
            self.problem(f"{name}: {count} cases instead of {self.cases_planned}")
        self.begin_script()

    def end_run(self, status):
        if status in GUEST:
            self.problem(GUEST[status])
        elif self.scripts != self.scripts_planned:
            self.problem(f"{self.scripts} scripts ended instead of {self.scripts_planned}")
        elif status and self.total["failed"] == self.failed_before:
            self.problem(f"exit status {status}")
        self.begin_run()

    def end(self):
        for text in self.rows.problems() if self.rows else ():
            self.problem(text)

    def summary(self):
        return ", ".join(f"{count} {kind}" for kind, count in self.total.items())

    def good(self):
        return self.total["passed"] > 0 and not self.total["failed"]


def listen(output, tally):
    for line in output:
        print(line, end="", flush=True)
        tally.line(line)


def run(command, tally):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        listen(process.stdout, tally)
    tally.end_run(process.returncode)


def run_aside(commands):
    """Runs commands whose output has to wait; returns it, and how each ended."""
    ended = []
    for command in commands:
        output = tempfile.TemporaryFile("w+", errors="replace")
        ended.append((output, subprocess.run(command, stdout=output, check=False).returncode))
    return ended


def tell(ended, tally):
    for output, status in ended:
        with output:
            output.seek(0)
            listen(output, tally)
        tally.end_run(status)


def split(words, separator):
    while separator in words:
        place = words.index(separator)
        yield words[:place]
        words = words[place + 1:]
    yield words


def main():
    parser = argparse.ArgumentParser(description="Count the cases of kselftest and KUnit.")
    parser.add_argument("--rows", metavar="FILE", type=Rows)
    parser.add_argument("command", nargs=argparse.REMAINDER, help="several with + or , between them")
    options = parser.parse_args()

    tally = Tally(options.rows)
    first, *others = [list(split(lane, "+")) for lane in split(options.command, ",")]
    with ThreadPoolExecutor() as pool:
        lanes = [pool.submit(run_aside, commands) for commands in others]
        for command in first:
            run(command, tally)
        for lane in lanes:
            tell(lane.result(), tally)
    tally.end()
    for line in tally.rows.summary() if tally.rows else ():
        print(line)
    for problem in tally.problems:
        print(f"FAILED: {problem}")
    print(tally.summary())
    return 0 if tally.good() else 1


if __name__ == "__main__":
    sys.exit(main())
