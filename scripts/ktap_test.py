#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of ktap.py: output that must not pass does not pass."""
import subprocess
import tempfile
import unittest
from pathlib import Path

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


PART = """\
#!/bin/sh
number=${1#*-}
echo "TAP version 13"
case $1 in
bad-*)
	for i in $(seq "$number"); do echo "# not ok $i - A1 case $i"; done
	printf '# 1..%s\\nnot ok 1 selftests: x.sh\\n1..1\\n' "$number"
	exit 1 ;;
esac
printf '# ok 1 - a\\n# 1..1\\nok 1 selftests: x.sh\\n1..1\\n'
exit "$number"
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
            tally.begin_run("log")
            for line in text.splitlines():
                tally.line(line)
            tally.end_run(status)
        tally.end()
        self.assertEqual(tally.summary(), "6 passed, 2 failed, 6 skipped")
        self.assertEqual(len(tally.failures), 2)
        self.assertEqual(list(ktap.split(["a", "b", "+", "c"], "+")), [["a", "b"], ["c"]])

    def run_parts(self, *words):
        """Runs parts that have one good case, or as many bad ones as their name says, and end with
        the status that their name says."""
        with tempfile.TemporaryDirectory() as logs:
            command = Path(logs) / "part"
            command.write_text(PART)
            command.chmod(0o755)
            run = subprocess.run([ktap.__file__, "--command", command, "--logs", logs, *words],
                                 stdout=subprocess.PIPE, text=True, check=False)
            return run.returncode, run.stdout.replace(logs, "LOGS").splitlines()

    def test_parts_beside_others(self):
        def last_line(*words):
            status, lines = self.run_parts(*words)
            return status, lines[-1]

        self.assertEqual(last_line("a-0", "b-0", ",", "c-0", "d-0"),
                         (0, "4 passed, 0 failed, 0 skipped"))
        self.assertEqual(last_line("a-0", ",", "b-124", "c-0"), (1, "3 passed, 1 failed, 0 skipped"))
        self.assertEqual(last_line("a-0", ",", "b-0", ",", "c-7"), (1, "3 passed, 1 failed, 0 skipped"))

    def test_failures_are_listed(self):
        lines = self.run_parts("a-0", "bad-2", ",", "b-123")[1]
        self.assertEqual(lines[-4:], [
            "FAILED: LOGS/bad-2.log:2: x.sh: A1 case 1",
            "FAILED: LOGS/bad-2.log:3: x.sh: A1 case 2",
            "FAILED: LOGS/b-123.log:5: the guest's kernel complained",
            "2 passed, 3 failed, 0 skipped"])

    def test_failures_fit_on_a_screen(self):
        lines = self.run_parts("bad-300")[1]
        failures = [line for line in lines if line.startswith("FAILED: ")]
        self.assertEqual(len(failures), ktap.SCREEN + 1)
        self.assertIn(f"{300 - ktap.SCREEN} more", failures[-1])
        self.assertEqual(lines[-1], "0 passed, 300 failed, 0 skipped")

    def test_a_command_that_is_not_there(self):
        run = subprocess.run([ktap.__file__, "--command", "/does/not/exist", "a"], check=False,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertNotEqual(run.returncode, 0)

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
