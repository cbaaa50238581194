#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The YNL specification of the family against the header and against what the kernel says of its policies.

	spec.py [SPECIFICATION]
"""

import os
import re
import sys

from genl import HEADER, NLM_F_DUMP, Genl, attr, attributes, walk
from ynl import Spec

# Of <linux/genetlink.h> and <linux/netlink.h>
CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY = 3, 10
CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_VERSION, CTRL_ATTR_OPS, CTRL_ATTR_MCAST_GROUPS = 2, 3, 6, 7
CTRL_ATTR_POLICY, CTRL_ATTR_OP_POLICY = 8, 9
OP_FLAGS = {"admin-perm": 1, "do": 2, "dump": 4, "policy": 8, "uns-admin-perm": 16}
TYPES = {1: "flag", 2: "u8", 3: "u16", 4: "u32", 5: "u64", 10: "binary", 11: "string, no end",
         12: "string", 13: "nest", 14: "list"}
TYPE, MIN, MAX, MIN_LENGTH, MAX_LENGTH, POLICY = 1, 4, 5, 6, 7, 8

spec = Spec(*sys.argv[1:])
name = spec.yaml["name"]
failed = 0


def report(case, wrong):
    """wrong: lines that say what is wrong, if anything."""
    global failed
    wrong = list(wrong)
    print("%s - %s" % ("not ok" if wrong else "ok", case))
    for line in wrong:
        print("# " + line)
    failed += bool(wrong)


def differences(ours, theirs, whose, what=""):
    """Yields the differences of two dictionaries, or of values in them."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        if ours != theirs:
            yield "%s: %r in the specification, %r in %s" % (what, ours, theirs, whose)
        return
    for key in list(ours) + [key for key in theirs if key not in ours]:
        yield from differences(ours.get(key), theirs.get(key), whose, ("%s %s" % (what, key)).strip())


# --- the header

def c_name(*words):
    return "-".join(words).upper().replace("-", "_")


def header_enums(text):
    """By name of the enum: (number, comment) by name of the enumerator."""
    counters = "".join("NAT64_STAT_%s, /* %s */" % one
                       for one in re.findall(r'FN\((\w+), "\w+",\s*"([^"]*)"\)', text.replace("\\\n", "")))
    text = text.replace("NAT64_STATS(__NAT64_STAT_ENUM)", counters)
    found = {}
    for enum, body in re.findall(r"^enum (\w+) {(.*?)^}", text, re.S | re.M):
        found[enum], number, before = {}, -1, ""
        for entry, given, comment in re.findall(
                r"^\s*(\w+)(?: = (\d+))?,?\s*(?:/\*(.*?)\*/)?\s*$",
                re.sub(r"\*/(?=NAT64_STAT)", "*/\n", re.sub(r"^\s*/\*.*?\*/", "", body, flags=re.S | re.M)),
                re.S | re.M):
            number = int(given) if given else number + 1
            comment = " ".join(comment.replace("*", " ").split())
            before = before if comment == "likewise" else comment
            if not entry.startswith("__"):
                found[enum][entry] = (number, before)
    return found


def header_type(number, comment):
    """What the comment says about an attribute: number, type, enum or set, whether in answers only."""
    first = re.split(r"[,:;]", comment)[0]
    kind = {"nested": "nest"}.get(first, first)
    if first.startswith(("list of ", "nested array of ")):
        kind = "list"
    elif first.endswith(" bytes"):
        kind = "binary"
    enum = re.search(r"enum (\w+)", comment)
    return {"number": number, "type": kind, "enum": enum and enum[1].replace("_", "-"),
            "answer only": ", answer only" in comment,
            "length": sorted(re.findall(r"[0-9A-Z_]+(?= or| bytes)", first)) if kind == "binary" else None}


def list_of(one):
    """The kind of entries of a list, which is a nest that contains only nests of one kind; else None."""
    within = list(spec.sets[one["nested-attributes"]].values()) if one["type"] == "nest" else []
    return within[0] if len(within) == 1 and within[0].get("multi-attr") else None


def spec_type(one):
    enum = "%s-%s" % (name, one["enum"]) if "enum" in one else None
    if one["type"] == "nest":
        enum = next(space["enum-name"] for space in spec.yaml["attribute-sets"]
                    if space["name"] == (list_of(one) or one)["nested-attributes"])
    length = None
    if one["type"] == "binary":
        checks = one["checks"]
        length = [checks["exact-len"]] if "exact-len" in checks else [checks["min-len"], checks["max-len"]]
        length = sorted(c_name(name, each) if isinstance(each, str) else str(each) for each in length)
    return {"number": one["value"], "type": "list" if list_of(one) else one["type"], "enum": enum, "answer only": only_in_answers(one),
            "length": length}


def only_in_answers(one):
    return one.get("doc", "").startswith("Only in answers.")


def sentence(text):
    """A description, as the header would put it."""
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:]


def compare_with_header():
    with open(HEADER) as file:
        text = file.read()
    enums = header_enums(text)
    defines = dict(re.findall(r"^#define (NAT64_\w+)\s+(\d+|\"\w+\")", text, re.M))

    ours = {c_name(name, key): str(value) for key, value in spec.consts.items()}
    ours[c_name(spec.yaml["c-family-name"])] = '"%s"' % name
    ours[c_name(spec.yaml["c-version-name"])] = str(spec.yaml.get("version", 1))
    for group in spec.yaml["mcast-groups"]["list"]:
        ours[c_name(group["c-define-name"])] = '"%s"' % group["name"]
    report("constants are those of the header", differences(ours, defines, "the header"))

    known = {}
    for space in spec.yaml["attribute-sets"]:
        if "enum-name" not in space:	# a list's
            continue
        theirs = {key: header_type(*entry) for key, entry in enums[space["enum-name"].replace("-", "_")].items()
                  if entry[0] or space["name"] == "stats"}
        ours = {c_name(space["name-prefix"][:-1], one["name"]): spec_type(one) for one in space["attributes"]}
        if space["name"] == "stats":	# every one of them is a u64, and the comment is the description
            theirs = {key: {"number": entry[0], "text": entry[1]}
                      for key, entry in enums["nat64_stat"].items()}
            ours = {c_name(space["name-prefix"][:-1], one["name"]):
                    {"number": one["value"], "text": sentence(one.get("doc", ""))}
                    for one in space["attributes"]}
            theirs = {key: {**one, "text": sentence(one["text"])} for key, one in theirs.items()}
        elif space["name"] == "nat64":
            theirs["NAT64_A_PAD"]["type"] = "pad"
            for one in ours.values():	# a list in the configuration is one of prefixes
                if one["type"] == "list" and one["enum"] == "nat64-prefix-attr":
                    one["enum"] = None
        known[space["enum-name"].replace("-", "_")] = True
        report("attributes of the set \"%s\" are those of the header" % space["name"],
               differences(ours, theirs, "the header"))

    for enum, entries in spec.enums.items():
        c_enum = c_name(name, enum).lower()
        known[c_enum] = True
        report("the enum \"%s\" is that of the header" % enum, differences(
            {c_name(spec.prefixes.get(enum, "%s-%s-" % (name, enum))[:-1], key): value
             for key, value in entries.items()},
            {key: entry[0] for key, entry in enums[c_enum].items() if not key.endswith("_UNSPEC")},
            "the header"))

    known["nat64_cmd"] = True
    report("commands are those of the header", differences(
        {c_name(name, "cmd", key): one["value"] for key, one in spec.operations.items() if "notify" not in one},
        {key: entry[0] for key, entry in enums["nat64_cmd"].items() if entry[0]}, "the header"))
    report("no enum of the header is missing", differences(known, dict.fromkeys(enums, True), "the header"))


# --- the kernel

def number(value):
    return int.from_bytes(value, sys.byteorder)


def policy_of_kernel(policies, index):
    """What the kernel lets pass, by the attribute's number."""
    found = {}
    for kind, entry in policies.get(index, {}).items():
        said = {key: number(value) for key, value in entry.items()}
        one = {"type": TYPES.get(said[TYPE], said[TYPE])}
        for key, what in ((MIN, "min"), (MAX, "max"), (MIN_LENGTH, "min-len"), (MAX_LENGTH, "max-len")):
            if key in said:
                one[what] = said[key]
        if POLICY in said:
            one["within"] = policy_of_kernel(policies, said[POLICY])
        found[kind] = one
    return found


def policy_of_spec(space, names):
    found = {}
    for one in map(spec.sets[space].get, names):
        checks = one.get("checks", {})
        ours = {"type": "list" if list_of(one) else one["type"]}
        if one["type"] in ("u8", "u16", "u32", "u64"):
            ours["min"] = checks.get("min", 0)
            ours["max"] = checks.get("max", (1 << int(one["type"][1:])) - 1)
        if "exact-len" in checks:
            length = spec.consts.get(checks["exact-len"], checks["exact-len"])
            ours.update({"min-len": length, "max-len": length})
        for key in ("min-len", "max-len"):
            if key in checks:
                ours[key] = checks[key]
        if one["type"] == "nest":
            space = (list_of(one) or one)["nested-attributes"]
            ours["within"] = policy_of_spec(space, [key for key, kind in spec.sets[space].items()
                                                    if not only_in_answers(kind)])
        found[one["value"]] = ours
    return found


def compare_with_kernel():
    ctrl = Genl(os.environ.get("ROUTER"), None)
    family = ctrl.ask(CTRL_CMD_GETFAMILY, attr(CTRL_ATTR_FAMILY_NAME, name))[0]
    report("the version is the kernel's", differences(
        spec.yaml.get("version", 1), number(family[CTRL_ATTR_VERSION]), "the kernel", "version"))
    report("multicast groups are the kernel's", differences(
        {one["name"]: True for one in spec.yaml["mcast-groups"]["list"]},
        {attributes(one)[1].rstrip(b"\0").decode(): True for _, one in walk(family[CTRL_ATTR_MCAST_GROUPS])},
        "the kernel"))

    operations = {key: one for key, one in spec.operations.items() if "notify" not in one}
    flags = {one["value"]: sorted({*one.get("flags", []), *{"do", "dump"} & set(one), "policy"})
             for one in operations.values()}
    theirs = {}
    for _, one in walk(family[CTRL_ATTR_OPS]):
        said = {key: number(value) for key, value in walk(one)}
        theirs[said[1]] = sorted(flag for flag, bit in OP_FLAGS.items() if said[2] & bit)
    report("operations, who may call them and whether they dump, are the kernel's",
           differences(flags, theirs, "the kernel", "operation"))

    policies, of_operation = {}, {}
    for message in ctrl.ask(CTRL_CMD_GETPOLICY, attr(CTRL_ATTR_FAMILY_NAME, name), flags=NLM_F_DUMP):
        for command, entry in walk(message.get(CTRL_ATTR_OP_POLICY, b"")):
            of_operation[command] = {{1: "do", 2: "dump"}[way]: number(index) for way, index in walk(entry)}
        for index, entry in walk(message.get(CTRL_ATTR_POLICY, b"")):
            for kind, one in walk(entry):
                policies.setdefault(index, {})[kind] = attributes(one)

    for key, one in operations.items():
        # One policy for both ways, which is what "kernel-policy: per-op" says.
        takes = [attribute for way in ("do", "dump")
                 for attribute in one.get(way, {}).get("request", {}).get("attributes", [])]
        for way in [way for way in ("do", "dump") if way in one]:
            report("%s: what %s takes is the kernel's policy" % (key, way), differences(
                policy_of_spec(one["attribute-set"], takes),
                policy_of_kernel(policies, of_operation[one["value"]][way]), "the kernel", "attribute"))


compare_with_header()
compare_with_kernel()
print("# done: %d failed" % failed)
sys.exit(failed > 0)
