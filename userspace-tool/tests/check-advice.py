#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Every command that nat64 prints for a shell goes through shell() or shell_append(), which quote what
# they put into it (shell.h). This reads the sources and tells of commands that do not; the compiler
# sees to it that doctor and import print no other.

import pathlib
import re
import sys

QUOTING = {"shell", "shell_append"}
# A command with something to be filled in: a device, most of the time.
COMMAND = re.compile(r'\b(ip|ip6?tables|ip6?tables-\w+|nft|nat64|sysctl|systemctl|modprobe|tc|ethtool)'
                     r' [^"]*%[^%u ]')
# These are no commands for a shell, or only our own words are filled in.
ALLOWED = {
    'nat64 %s help',
    'table ip %s\\ndelete table ip %s\\ntable ip %s {\\n',
    'nat64 top, %s, every %u s; q quits\\n\\n',
}
STRING = r'"(?:[^"\\]|\\.)*"'


def literals(source):
    """Yields each string of a source, with its pieces joined, and the function that it goes to."""
    for match in re.finditer(rf'{STRING}(?:\s*{STRING})*', source):
        text = "".join(piece[1:-1] for piece in re.findall(STRING, match.group()))
        # Find the call that is open just before it: "report(doctor, words(" is a call of words().
        before, depth = source[:match.start()], 0
        for at in range(len(before) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(before[at], 0)
            if depth < 0 or before[at] in ";{}":
                break
        name = re.search(r'(\w+)$', before[:at]) if depth < 0 else None
        yield source.count("\n", 0, match.start()) + 1, text, name and name.group(1)


def main():
    bad = seen = 0

    for path in sorted(pathlib.Path(__file__).parent.parent.rglob("*.[ch]")):
        source = path.read_text()
        code = re.sub(r'/\*.*?\*/', lambda m: "\n" * m.group().count("\n"), source, flags=re.S)
        for line, text, function in literals(code):
            if function in QUOTING:
                seen += 1
            elif COMMAND.search(text) and text not in ALLOWED:
                print(f"{path.name}:{line}: a command that is not from shell(): {text}")
                bad += 1
        if path.name not in ("shell.c", "shell.h"):
            for match in re.finditer(r'(\.|->)quoted\b|struct command_line(\s*\)\s*|\s+\w+\s*=\s*)\{', code):
                print(f"{path.name}:{code.count(chr(10), 0, match.start()) + 1}: "
                      "a command line that is not from shell()")
                bad += 1
    if not seen:
        print("no command found")
    return 1 if bad or not seen else 0


sys.exit(main())
