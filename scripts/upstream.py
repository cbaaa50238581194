#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Put the project into a kernel tree (Linux 6.12 or later), as it would be sent to netdev.

	upstream.py TREE [PATCH]	"make upstream KERNEL=TREE"; once more replaces what was put there before.
				PATCH gets the change as a patch.

	kmod/			drivers/net/nat64/, where WireGuard and other devices of this kind are; without compat.h,
				whose wrappers give way to what they stand for in this kernel, and without tests/
	kmod/xt_NAT64.c		net/netfilter/, as every target
	include/uapi/		include/uapi/
	Documentation/netlink/	Documentation/netlink/
	selftests/		tools/testing/selftests/net/nat64/, without what needs more of the project than the
				command and the plugin

Prints the paths of the files that are new or changed.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER, TESTS = "drivers/net/nat64", "tools/testing/selftests/net/nat64"

KCONFIG_DRIVER = """\
config NAT64
	tristate "NAT64: translation between IPv6 and IPv4"
	depends on IPV6 && NETFILTER
	help
	  Devices that translate packets between IPv6 and IPv4 (RFC 7915, the
	  successor of SIIT), with RFC 6052 prefixes, static mappings
	  (RFC 7757), and dynamic mappings from pools of IPv4 addresses.
	  Packets are routed to such a device, taken by its hook in
	  PREROUTING, or handed to it by the NAT64 target of iptables and
	  ip6tables (NETFILTER_XT_TARGET_NAT64).

	  To compile it as a module, choose M here: the module will be called
	  nat64. If unsure, say N.

"""
KCONFIG_TARGET = """\
config NETFILTER_XT_TARGET_NAT64
	tristate '"NAT64" target support'
	depends on NAT64
	depends on NETFILTER_ADVANCED
	help
	  This option adds the NAT64 target, which hands packets to a NAT64
	  device in the PREROUTING chains of the raw and mangle tables. The
	  device translates them between IPv6 and IPv4, and they are received
	  from it in their new family. What the device does not cover goes on
	  to the next rule.

	  To compile it as a module, choose M here. If unsure, say N.

"""
MAINTAINERS = """\
NAT64 DEVICE
M:	%s
L:	netdev@vger.kernel.org
S:	Maintained
"""


def die(text):
    print("upstream.py: " + text, file=sys.stderr)
    sys.exit(1)


def read(path):
    with open(path) as file:
        return file.read()


class Tree:
    """The kernel's tree, and what has been put there."""

    def __init__(self, top):
        self.top = top
        self.put, self.patch = [], {}
        if not os.path.exists(self.path("MAINTAINERS")):
            die("%s is not a kernel tree" % top)
        numbers = re.findall(r"^(?:VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)$", read(self.path("Makefile")), re.M)
        self.version = tuple(map(int, numbers))
        if self.version < (6, 12):
            die("this is Linux %d.%d; 6.12 is needed" % self.version[:2])

    def path(self, name):
        return os.path.join(self.top, name)

    def write(self, name, text, mode=0o644, old=""):
        self.patch[name] = ["diff --git a/%s b/%s\n" % (name, name)]
        if not old:
            self.patch[name] += ["new file mode %o\n" % (0o100000 | mode)]
        self.patch[name] += difflib.unified_diff(old.splitlines(True), text.splitlines(True),
                                                 "a/" + name if old else "/dev/null", "b/" + name)
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        self.put.append(name)

    def insert(self, name, text, anchor, behind=None):
        """Inserts text before the first line that matches anchor; if behind is given, before the first whose group
        comes after it in the alphabet. Replaces what was inserted before, which ends there, too, or is a paragraph."""
        old = read(self.path(name))
        first = re.escape(text.split("\n")[0] + "\n")
        old = re.sub(r"^%s(?:.*\n)*?(?=%s)" % (first, "" if text.count("\n") == 1 else anchor), "", old, flags=re.M)
        found = next((one for one in re.finditer(anchor, old, re.M) if not behind or one[1] > behind), None)
        if not found:
            die("%s: no line matches %s" % (name, anchor))
        mode = os.stat(self.path(name)).st_mode & 0o777
        self.write(name, old[:found.start()] + text + old[found.start():], mode, old)


def sources():
    """The files of the project that git knows."""
    found = subprocess.run(["git", "-C", PROJECT, "ls-files"], check=True, stdout=subprocess.PIPE, text=True)
    return found.stdout.split()


# --- compat.h

class Compat:
    """What compat.h says for one kernel. It may hold #if, #else and #endif with versions; includes; functions of one
    statement; macros without parameters."""

    def __init__(self, text, tree):
        self.tree, self.version = tree, tree.version
        self.names = set(re.findall(r"\b(\w+)\([^()]*\)\n{", text) +
                         re.findall(r"#define (nat64\w+)", text))
        self.includes, self.functions, self.macros = [], {}, {}
        self.read(re.sub(r"\\\n\s*", "", text))

    def condition(self, text):
        """True, False or what is left of a condition."""
        def compare(match):
            asked = tuple(map(int, match[2].split(",")))
            return str({">=": self.version >= asked, "<": self.version < asked}[match[1]])

        text = re.sub(r"LINUX_VERSION_CODE (>=|<) KERNEL_VERSION\(([^)]*)\)", compare, text)
        parts = text.split(" && ")
        if "False" in parts:
            return False
        parts = [part for part in parts if part != "True"]
        if "||" in text or "True" in " ".join(parts):
            die("compat.h: cannot make out: #if " + text)
        return " && ".join(parts) or True

    def read(self, text):
        kept, stack = [], []
        for line in text.split("\n"):
            word = re.match(r"#(ifndef|ifdef|if|else|endif)\b\s*(.*)", line)
            if word and word[1] == "ifndef":
                stack.append(True)	# of the header itself
            elif word and word[1] == "if":
                stack.append(self.condition(word[2]))
            elif word and word[1] == "else":
                if not isinstance(stack[-1], bool):
                    die("compat.h: cannot make out: #else")
                stack[-1] = not stack[-1]
            elif word and word[1] == "endif":
                stack.pop()
            elif word:
                die("compat.h: cannot make out: " + line)
            elif False in stack:
                continue
            elif line.startswith("#include"):
                if len(stack) > 1:	# or it is for what compat.h itself calls
                    self.includes.append((line, self.declared(line)))
            elif line.startswith("#define nat64"):
                _, name, value = line.split(" ", 2)
                self.macros[name.split("(")[0]] = (
                    " && ".join(one for one in stack if one is not True) or True, value)
            else:
                kept.append(line)
        for name, parameters, body in re.findall(r"\b(\w+)\(([^()]*)\)\n{\n(.*?)\n}", "\n".join(kept), re.S):
            body = re.fullmatch(r"\s*(?:return )?([^;]*);\s*", body)
            if not body:
                die("compat.h: %s() is more than one statement" % name)
            self.functions[name] = ([one.split()[-1].lstrip("*") for one in parameters.split(",")], body[1])

    def declared(self, line):
        """The functions of a header of that kernel."""
        header = read(self.tree.path("include/" + re.search("<(.*)>", line)[1]))
        return re.findall(r"^[a-z][\w \t*]*[ *](\w+)\(", header, re.M)

    @staticmethod
    def arguments(text, start):
        """The arguments of a call whose opening parenthesis is at start, and the end of the call."""
        depth, found, last = 0, [], start + 1
        for index in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[index], 0)
            if not depth or depth == 1 and text[index] == ",":
                found.append(text[last:index].strip())
                last = index + 1
            if not depth:
                return found, index + 1
        die("compat.h: a call without an end: " + text[start:start + 60])

    def inline(self, name, text):
        """Replaces functions and macros by what they stand for."""
        for function, (parameters, body) in self.functions.items():
            while (found := re.search(r"\b%s\(" % function, text)):
                given, end = self.arguments(text, found.end() - 1)
                result = body
                for parameter, value in zip(parameters, given):
                    # An operator in the value would apply to a part of the expression only.
                    bound = re.search(r"\b%s(->|\.|\[)" % parameter, body)
                    value = "(%s)" % value if bound and not re.fullmatch(r"\w+", value) else value
                    result = re.sub(r"\b%s\b" % parameter, lambda _, value=value: value, result)
                text = text[:found.start()] + result + text[end:]
        for macro in [one for one in self.names if one not in self.functions]:
            condition, value = self.macros.get(macro, (False, None))
            text = self.resolve(name, text, macro, condition)
            if value:
                text = re.sub(r"\b%s\(\)" % macro, lambda _: re.sub(r"^\((.*)\)$", r"\1", value), text)
        return text

    @staticmethod
    def resolve(name, text, macro, condition):
        """#ifdef and #ifndef of a macro: what is left of them, if its condition is known."""
        def choose(match):
            first, second = match[2], (match[3] or "")
            if isinstance(condition, bool):
                return first if condition == (match[1] == "ifdef") else second
            return "#if %s\n%s%s#endif\n" % (condition if match[1] == "ifdef" else "!(%s)" % condition, first,
                                             "#else\n" + second if second else "")

        return re.sub(r"^#(ifdef|ifndef) %s\n((?:(?!#).*\n)*?)(?:#else\n((?:(?!#).*\n)*?))?#endif\n" % macro,
                      choose, text, flags=re.M)

    def apply(self, name, text):
        if not re.search(r'^#include "(\.\./)*compat.h"\n', text, re.M):
            return text
        text = re.sub(r'^#include "(\.\./)*compat.h"\n', "", text, flags=re.M)
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for line, functions in self.includes:
            if line not in text and any(re.search(r"\b%s\(" % one, code) for one in functions):
                text = self.include(text, line)
        text = self.inline(name, text)
        # It may have been the only include of its block.
        return re.sub(r"\n\n\n+", "\n\n", text)

    @staticmethod
    def include(text, line):
        others = list(re.finditer(r"^#include <.*>\n", text, re.M))
        before = [one for one in others if one[0] < line + "\n"] or others[-1:]
        if not before:
            die("nowhere to put: " + line)
        return text[:before[-1].end()] + line + "\n" + text[before[-1].end():]

    def left(self, text):
        """The names that should be gone, but are still there."""
        return sorted(set(re.findall(r"\b(?:compat\.h|LINUX_VERSION_CODE|KERNEL_VERSION|linux/version\.h|%s)\b"
                                     % "|".join(self.names), text)))


# --- what goes where

def put_driver(tree, files):
    compat = Compat(read(os.path.join(PROJECT, "kmod/compat.h")), tree)
    kbuild = read(os.path.join(PROJECT, "kmod/Kbuild")).replace("\\\n", " ")
    objects = " ".join(re.findall(r"^nat64-y\s*[:+]?=\s*(.*)$", kbuild, re.M)).split()
    names = [name[len("kmod/"):] for name in files if re.fullmatch(r"kmod/[^/]*\.[ch]", name)]
    names.remove("compat.h")
    compiled = {name[:-2] + ".o" for name in names if name.endswith(".c")} - {"xt_NAT64.o"}
    if compiled != set(objects):
        die("kmod/Kbuild: not in nat64-y, or not there: " + " ".join(sorted(compiled ^ set(objects))))

    for name in names:
        text = read(os.path.join(PROJECT, "kmod", name))
        text = compat.apply(name, text)
        # A module of the kernel has the kernel's version.
        text = re.sub(r"^MODULE_VERSION\(.*\n", "", text, flags=re.M)
        left = compat.left(text)
        if left:
            die("%s: there is still %s" % (name, ", ".join(left)))
        tree.write(os.path.join("net/netfilter" if name == "xt_NAT64.c" else DRIVER, name), text)

    lines = ["nat64-y := " + objects[0]]
    for one in objects[1:]:
        lines += ["nat64-y += " + one]
    tree.write(DRIVER + "/Makefile", "# SPDX-License-Identifier: GPL-2.0\n\n"
               "# For trace.h\nccflags-y := -I$(src)\n\n"
               "obj-$(CONFIG_NAT64) := nat64.o\n" + "\n".join(lines) + "\n")


def put_build(tree):
    tree.insert("drivers/net/Kconfig", KCONFIG_DRIVER, r"^config EQUALIZER$")
    tree.insert("drivers/net/Makefile", "obj-$(CONFIG_NAT64) += nat64/\n", r"^obj-\$\(CONFIG_EQUALIZER\)")
    tree.insert("net/netfilter/Kconfig", KCONFIG_TARGET, r"^config NETFILTER_XT_TARGET_NETMAP$")
    # It is the driver's other door, and shares its headers.
    tree.insert("net/netfilter/Makefile",
                "CFLAGS_xt_NAT64.o := -I$(srctree)/%s\n"
                "obj-$(CONFIG_NETFILTER_XT_TARGET_NAT64) += xt_NAT64.o\n" % DRIVER,
                r"^obj-\$\(CONFIG_NETFILTER_XT_TARGET_NETMAP\)")


def put_shared(tree, files):
    for name in files:
        if name.startswith(("include/uapi/", "Documentation/")):
            tree.write(name, read(os.path.join(PROJECT, name)))


def variable(name):
    """A list of selftests/Makefile."""
    found = subprocess.run(["make", "-s", "--no-print-directory", "-C", os.path.join(PROJECT, "selftests"),
                            "--eval", "print-%: ; @echo $($*)", "print-" + name], check=True,
                           stdout=subprocess.PIPE, text=True)
    return found.stdout.split()


def uses(text, name):
    """Whether a test sources, runs or imports this file."""
    name = os.path.basename(name)
    return re.search(r"\b%s\b" % re.escape(name), text) or name.endswith(".py") and \
        re.search(r"^\s*(?:from %s import|import .*\b%s\b)" % (name[:-3], name[:-3]), text, re.M)


def put_tests(tree, files):
    texts = {name[len("selftests/"):]: read(os.path.join(PROJECT, name)) for name in files
             if name.startswith("selftests/") and not name.startswith("selftests/vm/")}
    wanted = {os.path.basename(name) for name in variable("KERNEL_TESTS")}
    tests = [name for name in texts if os.path.basename(name) in wanted]
    missing = wanted - set(map(os.path.basename, tests))
    if missing:
        die("KERNEL_TESTS of selftests/Makefile: not there: " + " ".join(sorted(missing)))

    # Leave out tests that need more than is sent: other directories of the project, or a program of the bench.
    other = set(os.listdir(PROJECT)) - {"include", "Documentation", "selftests"}
    project = re.compile(r"\.\./(?:%s)\b|need_flood" % "|".join(map(re.escape, other)))
    left_out = [name for name in tests if project.search(texts[name])]
    tests = [name for name in tests if name not in left_out]
    helpers, before = set(), None
    while helpers != before:
        before = set(helpers)
        helpers |= {name for name in texts if name.endswith((".sh", ".py")) and name not in tests and
                    any(uses(texts[one], name) for one in [*tests, *helpers] if one != name)}
    for name in [*tests, *helpers]:
        tree.write(os.path.join(TESTS, name), texts[name],
                   os.stat(os.path.join(PROJECT, "selftests", name)).st_mode & 0o777)

    text = "# SPDX-License-Identifier: GPL-2.0\n#\n# These need the command nat64 and its plugin for iptables.\n"
    for kind, names in (("TEST_PROGS", sorted(tests)), ("TEST_FILES", sorted(helpers))):
        text += "\n" + "".join("%s %s %s\n" % (kind, "+=" if index else ":=", name)
                               for index, name in enumerate(names))
    tree.write(TESTS + "/Makefile", text + "\ninclude ../../lib.mk\n")
    tree.write(TESTS + "/settings", texts["settings"])
    config = texts["config"].split("\n") + ["CONFIG_NAT64=m", "CONFIG_NETFILTER_XT_TARGET_NAT64=m"]
    tree.write(TESTS + "/config", "\n".join(sorted(filter(None, config))) + "\n")
    tree.insert("tools/testing/selftests/Makefile", "TARGETS += net/nat64\n", r"^TARGETS \+= (\S+)$", "net/nat64")
    if left_out:
        print("upstream.py: left out, since they need more of the project: " + " ".join(sorted(left_out)),
              file=sys.stderr)


def put_maintainers(tree):
    who = re.search(r"^Maintainer: (.*)$", read(os.path.join(PROJECT, "debian/control")), re.M)[1]
    text = MAINTAINERS % who
    for name in sorted({DRIVER + "/", TESTS + "/"} |
                       {name for name in tree.put if re.search("nat64", name, re.I)
                        and not name.startswith((DRIVER, TESTS))}):
        text += "F:\t%s\n" % name
    tree.insert("MAINTAINERS", text + "\n", r"^([0-9A-Z][^:\n]*)\n(?=[A-Z]:\t)", "NAT64 DEVICE")


def main():
    if len(sys.argv) not in (2, 3):
        die("usage: upstream.py TREE [PATCH]")
    tree = Tree(sys.argv[1])
    files = sources()
    for name in (DRIVER, TESTS):
        shutil.rmtree(tree.path(name), ignore_errors=True)
    put_driver(tree, files)
    put_build(tree)
    put_shared(tree, files)
    put_tests(tree, files)
    put_maintainers(tree)
    if sys.argv[2:]:
        with open(sys.argv[2], "w") as file:
            for name in sorted(tree.patch):
                file.writelines(tree.patch[name])
    print("\n".join(sorted(tree.put)))


main()
