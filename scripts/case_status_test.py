#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of case_status.py: the cases that it refuses, and those that it accepts."""
import tempfile
import unittest
from pathlib import Path

import case_status

CLEANUP = "the status of the case is that of a clean-up command"
FORGOTTEN = "what fails before is forgotten"
BACKGROUND = "a command in the background never fails"
LOST = "nobody asks for the status"
PIPE = "a pipe forgets the status"

LIBRARY = """\
calm()
{
	kill "$pid"
	wait "$pid"
}
"""


def function(*lines):
    body = "\n".join("\t" + line for line in lines)
    return f"a_case()\n{{\n{body}\n}}\nrun_case \"a name\" a_case\n"


class CaseStatusTest(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as directory:
            library = Path(directory) / "lib.sh"
            library.write_text(LIBRARY, encoding="utf-8")
            self.checker = case_status.Checker([library])

    def found(self, text):
        return [words.split(":")[0] for _, words in self.checker.check(text)]

    def refused(self, why, *lines):
        for text in function(*lines), "run_case \"a name\" eval '\n\t" + "\n\t".join(lines) + "'\n":
            self.assertEqual(self.found(text), [why], text)

    def accepted(self, *lines):
        for text in function(*lines), "run_case \"a name\" eval '\n\t" + "\n\t".join(lines) + "'\n":
            self.assertEqual(self.found(text), [], text)

    def test_cleanup_at_the_end(self):
        for line in ("kill $pid", "wait", "rm -rf x", "sleep 1", "echo done", "umount x", "sysctl -qw a=1",
                     "router sysctl -qw a=1", "ip netns del x", "ip -n x link del y", "nat64 -n x dev del y",
                     "nat map flush", "map flush", "on x ip6tables -t raw -F", "calm", "true",
                     'router "$IPTABLES" -D FORWARD 1', "screen kill-server"):
            self.refused(CLEANUP, "from x && from y || return", line)

    def test_cleanup_within(self):
        self.refused(CLEANUP, "if works; then", "\tcalm", "fi")
        self.refused(CLEANUP, "for i in 1 2; do", "\tworks || return", "\tkill $i", "done")
        self.refused(CLEANUP, "case $x in", "a) works ;;", "*) rm x ;;", "esac")
        self.refused(CLEANUP, "{", "\tworks || return", "\trm x", "}")

    def test_never_fails(self):
        self.refused(FORGOTTEN, "works || true")
        self.refused(CLEANUP, "works || { echo no; }")
        self.refused(BACKGROUND, "works", "works &")

    def test_lost(self):
        for line in ("same a b", "fails works", "! same a b", "within 60 works", "[ -e x ]", "[[ $a == b ]]",
                     "grep a b", "a | grep b", "works && same a b", "same a b && works", "same a b || true",
                     "expect 1 x \\\n\t\ty"):
            self.refused(LOST, line, "works")

        self.refused(LOST, "fails works", "show \"status $?\"", "works")

    def test_wrapper(self):
        """What a function does depends on its words."""
        text = "nat()\n{\n\tnat64 -n x \"$@\"\n}\n"
        self.assertEqual(self.found(text + function("works", "nat dev del x")), [CLEANUP])
        self.assertEqual(self.found(text + function("works", "nat dev show x")), [])

    def test_pipe(self):
        self.refused(PIPE, "same a b | tail -n 1")

    def test_function_of_a_case(self):
        text = "inner()\n{\n\tworks\n\trm x\n}\n"
        self.assertEqual(self.found(text), [])
        for case in ("run_case x stat_moves y 1 inner\n", "run_case x eval '\n\tinner && works'\n",
                     "run_case \"x\" \\\n\tinner\n", "for i in 1 2; do\n\trun_case x inner $i\ndone\n",
                     "outer()\n{\n\tworks && within 3 inner\n}\nrun_case x outer\n"):
            self.assertEqual(self.found(text + case), [CLEANUP], case)

    def test_line(self):
        text = "\n# it's 'x\n\ncat <<-END\n\tit's\n\tEND\n" + function("works", "rm x")
        self.assertEqual(self.checker.check(text), [(10, CLEANUP + ": rm x")])

    def test_accepted(self):
        self.accepted("works && rm x")
        self.accepted("works || return", "same a b")
        self.accepted("works || { kill x; return 1; }")
        self.accepted("works", "local status=$?", "kill $pid", "return $status")
        self.accepted("same a b", "set -- $?", "kill $pid", "return \"$1\"")
        self.accepted("same a b || return", "within 60 works || return", "works")
        self.accepted("[ -n \"$a\" ] || b=1", "[ -z \"$a\" ] || kill $a", "grep -q x y || kill z", "works")
        self.accepted("if same a b; then", "\tx=1", "fi", "works")
        self.accepted("until grep -q a b; do", "\tsleep 1", "done", "works")
        self.accepted("works && x=$(grep a b || echo c)", "works <<< \"# it is\"", "works")
        self.accepted("works || { grep a b; return 1; }")
        self.accepted("nat dev del x && expect 1 gone nat dev show x")

    def test_what_prints(self):
        text = "prints()\n{\n\techo x\n}\nwrites()\n{\n\tprintf x >y\n}\n"
        for case in ("run_case x same x prints\n", "run_case x eval '\n\twrites && works'\n"):
            self.assertEqual(self.found(text + case), [], case)
        self.assertEqual(self.found(text + "run_case x prints\n"), [CLEANUP])


if __name__ == "__main__":
    unittest.main()
