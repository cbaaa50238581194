# SPDX-License-Identifier: GPL-2.0
"""Finds the rows of the translator's conformance list that the tests prove.

The list has a line for every row: its id, "proven" or "open", and a short description. The name of
a case begins with the ids of the rows that it proves: "ok 7 - C4,E5 a first fragment that is too
big".
"""
import re

IDS = re.compile(r"\s*(?:- )?(?P<ids>[A-H]\d+(?:[, ]+[A-H]\d+)*)\s")
LINE = re.compile(r"(?P<id>[A-H]\d+)\s+(?P<state>proven|open)\s+\S")


class Rows:
    def __init__(self, path):
        """Reads the list; a line that cannot be read is a ValueError."""
        self.states = {}
        self.passed, self.failed = set(), set()
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.startswith("#") or not line.strip():
                    continue
                match = LINE.match(line)
                if not match or match["id"] in self.states:
                    raise ValueError(f"{path}:{number}: {line.strip()}")
                self.states[match["id"]] = match["state"]

    def case(self, text, outcome):
        """A case with this name has passed, failed or was skipped."""
        match = IDS.match(text)
        if not match:
            return
        ids = re.findall(r"[A-H]\d+", match["ids"])
        {"passed": self.passed, "failed": self.failed}.get(outcome, set()).update(ids)

    def proven(self):
        return self.passed - self.failed

    def problems(self):
        """Yields a sentence about each row that is not as the list says."""
        for row in sorted(self.passed | self.failed, key=order):
            if row not in self.states:
                yield f"row {row} is not on the list"
        for row, state in self.states.items():
            if state == "proven" and row not in self.proven():
                yield f"row {row} was proven and no longer is"
            if state == "open" and row in self.proven():
                yield f"row {row} is proven now, the list says open"

    def summary(self):
        proven = [row for row in self.states if row in self.proven()]
        missing = [row for row in self.states if row not in self.proven()]
        yield f"rows proven: {len(proven)} of {len(self.states)}: " + " ".join(proven)
        yield "rows not proven: " + (" ".join(missing) or "none")


def order(row):
    return row[0], int(row[1:])
