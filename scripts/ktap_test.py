#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of ktap.py: what must not pass does not."""
import subprocess
import tempfile
import unittest

import ktap
import rows

SCRIPTS = """\
TAP version 13
1..3
# TAP version 13
# ok 1 - one
# # ok 2 a diagnostic is not a case
# ok 2 - two # SKIP not on this kernel
# 1..2
ok 1 selftests: a.sh
# 1..0 # SKIP not on this machine
ok 2 selftests: b.sh # SKIP
# ok 1 - three
# 1..1
ok 3 selftests: c.sh
"""

KUNIT = """\
1..1
    KTAP version 1
    # Subtest: suite
    1..2
        KTAP version 1
        # Subtest: first
        ok 1 A1 one
        ok 2 A1 two
    # first: pass:2 fail:0 skip:0 total:2
    ok 1 first
    ok 2 second
# suite: pass:2 fail:0 skip:0 total:2
ok 1 suite
"""


def run(text, status=0):
    tally = ktap.Tally()
    for line in text.splitlines():
        tally.line(line)
    tally.end_run(status)
    tally.end()
    return tally.good(), tally.summary()


class TallyTest(unittest.TestCase):
    def test_good(self):
        self.assertEqual(run(SCRIPTS), (True, "2 passed, 0 failed, 2 skipped"))

    def test_case_fails(self):
        text = SCRIPTS.replace("# ok 1 - three", "# not ok 1 - three").replace(
            "ok 3 selftests: c.sh", "not ok 3 selftests: c.sh # exit=1")
        self.assertEqual(run(text, 1), (False, "1 passed, 1 failed, 2 skipped"))

    def test_script_fails_without_a_case(self):
        text = SCRIPTS.replace("ok 3 selftests: c.sh", "not ok 3 selftests: c.sh # TIMEOUT 45")
        self.assertEqual(run(text, 1), (False, "2 passed, 1 failed, 2 skipped"))

    def test_kunit(self):
        self.assertEqual(run(KUNIT), (True, "3 passed, 0 failed, 0 skipped"))

    def test_kunit_parameter_fails(self):
        text = KUNIT.replace("ok 2 A1", "not ok 2 A1").replace("ok 1 first", "not ok 1 first").replace(
            "ok 1 suite", "not ok 1 suite")
        self.assertEqual(run(text), (False, "2 passed, 1 failed, 0 skipped"))

    def test_kunit_case_fails(self):
        text = KUNIT.replace("ok 2 second", "not ok 2 second").replace("ok 1 suite", "not ok 1 suite")
        self.assertEqual(run(text), (False, "2 passed, 1 failed, 0 skipped"))

    def test_kunit_suite_is_cut_short(self):
        text = KUNIT.replace("    ok 2 second\n", "").replace("ok 1 suite\n", "")
        self.assertEqual(run(text), (False, "2 passed, 1 failed, 0 skipped"))

    def test_case_is_missing(self):
        text = SCRIPTS.replace("# ok 1 - three\n", "")
        self.assertEqual(run(text), (False, "1 passed, 1 failed, 2 skipped"))

    def test_script_is_missing(self):
        text = SCRIPTS[:SCRIPTS.index("# 1..0")]
        self.assertEqual(run(text), (False, "1 passed, 1 failed, 1 skipped"))

    def test_nothing_ran(self):
        self.assertEqual(run(""), (False, "0 passed, 1 failed, 0 skipped"))

    def test_everything_skipped(self):
        self.assertEqual(run("1..1\nok 1 selftests: b.sh # SKIP\n"),
                         (False, "0 passed, 0 failed, 1 skipped"))

    def test_several_commands(self):
        tally = ktap.Tally()
        for text, status in (SCRIPTS, 0), (SCRIPTS, 0), ("", 0), (SCRIPTS, 1):
            for line in text.splitlines():
                tally.line(line)
            tally.end_run(status)
        tally.end()
        self.assertEqual(tally.summary(), "6 passed, 2 failed, 6 skipped")
        self.assertEqual(len(tally.problems), 2)
        self.assertEqual(list(ktap.split(["a", "b", "+", "c"], "+")), [["a", "b"], ["c"]])

    def test_commands_beside_others(self):
        def commands(*statuses):
            words = []
            for status in statuses:
                script = f"printf '# ok 1 - a\\n# 1..1\\nok 1 x\\n1..1\\n'; exit {status}"
                words += ["+", "sh", "-c", script]
            return words[1:]

        def last_line(words):
            run = subprocess.run([ktap.__file__, *words], stdout=subprocess.PIPE, text=True, check=False)
            return run.returncode, run.stdout.splitlines()[-1]

        self.assertEqual(last_line(commands(0, 0) + [","] + commands(0, 0)),
                         (0, "4 passed, 0 failed, 0 skipped"))
        self.assertEqual(last_line(commands(0) + [","] + commands(124, 0)),
                         (1, "3 passed, 1 failed, 0 skipped"))
        self.assertNotEqual(last_line(commands(0) + [",", "/does/not/exist"])[0], 0)

    def test_guest_has_the_last_word(self):
        for status in 1, 123, 124, 125:
            self.assertEqual(run(SCRIPTS, status), (False, "2 passed, 1 failed, 2 skipped"))


ROWS = """\
# a comment
A1  proven  one
C4  proven  two
C10 open    three
"""


class RowsTest(unittest.TestCase):
    def check(self, cases, text=ROWS):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            tested = rows.Rows(file.name)
        for name, outcome in cases:
            tested.case(name, outcome)
        return list(tested.problems()), list(tested.summary())

    def test_as_listed(self):
        cases = [(" - A1,C4 both", "passed"), (" A1 a unit test", "passed"), (" - C10", "passed")]
        self.assertEqual(self.check(cases), ([], ["rows proven: 2 of 3: A1 C4",
                                                  "rows not proven: C10"]))

    def test_no_longer_proven(self):
        for outcome in "failed", "skipped":
            cases = [(" - A1 one", "passed"), (" - C4 two", outcome)]
            self.assertEqual(self.check(cases)[0], ["row C4 was proven and no longer is"])

    def test_one_failure_is_enough(self):
        cases = [(" - A1 one", "passed"), (" - C4 two", "passed"), (" - C4, A1 both", "failed")]
        self.assertEqual(self.check(cases)[0], ["row A1 was proven and no longer is",
                                                "row C4 was proven and no longer is"])

    def test_list_is_behind(self):
        cases = [(" - A1 one", "passed"), (" - C4 two", "passed"), (" - C10 three", "passed"),
                 (" - D1 four", "passed")]
        self.assertEqual(self.check(cases)[0], ["row D1 is not on the list",
                                                "row C10 is proven now, the list says open"])

    def test_bad_list(self):
        for text in "A1 perhaps one", "A1 proven", "A1 proven one\nA1 open again":
            with self.assertRaises(ValueError):
                self.check([], text)


if __name__ == "__main__":
    unittest.main()
