# SPDX-License-Identifier: GPL-2.0
"""printed.py man FILE | explain: prints the commands that a manual page, or "nat64 stats explain",
shows. A NUL byte ends each example, and its first line tells where it comes from."""

import json
import re
import subprocess
import sys

# The values that replace words in capitals.
VALUES = {
    "ADDRESS6": ["2001:db8:1::99"], "ADDRESS4": ["192.0.2.99"],
    "PREFIX4": ["198.18.0.0/24", "198.18.1.0/24"], "DEVICE": ["r4"],
}
PROGRAMS = "nat64|ip|iptables|ip6tables|nft|ethtool|tcpdump|sysctl"


def fill(command):
    for word, values in VALUES.items():
        for value in values:
            command = re.sub(rf"\b{word}\b", value, command, count=1)
    return command


def plain(line):
    """A line of roff as it is shown."""
    line = re.sub(r"\\f[BIRP]", "", line)
    return line.replace(r"\-", "-").replace(r"\(aq", "'").replace(r"\(dq", '"').replace(r"\e", "\\")


def man(path):
    example = begin = None
    for number, line in enumerate(open(path), 1):
        line = line.rstrip("\n")
        if line in (".EX", ".nf"):
            example, begin = [], number + 1
        elif line in (".EE", ".fi"):
            yield f"{begin}\n" + "\n".join(example)
            example = None
        elif example is not None and not line.startswith("."):
            example.append(plain(line))


def explain():
    for counter in json.loads(subprocess.check_output(["nat64", "-j", "stats", "explain"])):
        text = counter["meaning"] + " " + counter["advice"]
        # Only text in quotes is kept on one line, and known to be a command.
        bare = re.sub(r'"[^"]*"', "", text)
        if re.search(rf"\b({PROGRAMS}) -?[a-z]", bare):
            sys.exit(f"{counter['name']}: a command without quotes: {text}")
        for command in re.findall(r'"([^"]*)"', text):
            yield f"{counter['name']}\n{fill(command)}"


kind, *files = sys.argv[1:]
for example in {"man": man, "explain": explain}[kind](*files):
    print(example, end="\0")
