#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Speak to a generic netlink family, knowing no more of it than its YNL specification says. The options are
those of the kernel's own client, tools/net/ynl/cli.py.

	ynl.py --do|--dump OPERATION [--json ATTRIBUTES]	ask, and print the answer as JSON
	ynl.py --subscribe GROUP				print the notifications of a group
"""

import argparse
import ipaddress
import json
import struct

import yaml

from genl import NLM_F_ACK, NLM_F_DUMP, Genl, attr, attributes, in_tree, nest, walk

SPEC = "Documentation/netlink/specs/nat64.yaml"
NUMBERS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i", "s64": "=q"}
CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 3, 2, 7
NETLINK_ADD_MEMBERSHIP, SOL_NETLINK = 1, 270


class Spec:
    """A specification: sets of attributes, enums and operations, by name and with their numbers."""

    def __init__(self, path=None):
        with open(path or in_tree(SPEC)) as file:
            self.yaml = yaml.safe_load(file)
        self.sets, self.enums, self.consts, self.prefixes = {}, {}, {}, {}
        for space in self.yaml["attribute-sets"]:
            self.number(space["attributes"], 1)
            self.sets[space["name"]] = {one["name"]: one for one in space["attributes"]}
        for one in self.yaml["definitions"]:
            if one["type"] == "const":
                self.consts[one["name"]] = one["value"]
                continue
            entries = [{"name": entry} if isinstance(entry, str) else entry for entry in one["entries"]]
            self.number(entries, one.get("value-start", 0))
            self.enums[one["name"]] = {entry["name"]: entry["value"] for entry in entries}
            if "name-prefix" in one:
                self.prefixes[one["name"]] = one["name-prefix"]
        self.number(self.yaml["operations"]["list"], 1)
        self.operations = {one["name"]: one for one in self.yaml["operations"]["list"]}

    @staticmethod
    def number(entries, value):
        """An entry without a number of its own has the one after its predecessor's."""
        for entry in entries:
            value = entry.setdefault("value", value) + 1


class Family:
    def __init__(self, path=None, netns=None):
        self.spec = Spec(path)
        self.netns = netns
        self.genl = Genl(netns, self.spec.yaml["name"])

    def encode(self, space, values):
        return b"".join(self.encode_one(self.spec.sets[space][name], value)
                        for name, given in values.items()
                        for value in (given if isinstance(given, list) else [given]))

    def encode_one(self, kind, value):
        number = kind["value"]
        if kind["type"] == "nest":
            return nest(number, self.encode(kind["nested-attributes"], value))
        if kind["type"] == "flag":
            return attr(number, b"")
        if kind["type"] == "string":
            return attr(number, value)
        if kind["type"] == "binary":
            if kind.get("display-hint") in ("ipv4", "ipv6"):
                return attr(number, ipaddress.ip_address(value).packed)
            return attr(number, bytes.fromhex(value))
        if isinstance(value, str):
            value = self.spec.enums[kind["enum"]][value]
        return attr(number, struct.pack(NUMBERS[kind["type"]], value))

    def decode(self, space, pairs):
        names = {kind["value"]: kind for kind in self.spec.sets[space].values()}
        found = {}
        for number, value in pairs:
            if number not in names:
                raise ValueError("attribute %d is not in the set \"%s\"" % (number, space))
            kind = names[number]
            if kind["type"] == "pad":
                continue
            if kind.get("multi-attr"):
                found.setdefault(kind["name"], []).append(self.decode_one(kind, value))
            else:
                found[kind["name"]] = self.decode_one(kind, value)
        return found

    def decode_one(self, kind, value):
        if kind["type"] == "nest":
            return self.decode(kind["nested-attributes"], walk(value))
        if kind["type"] == "flag":
            return True
        if kind["type"] == "string":
            return value.rstrip(b"\0").decode()
        if kind["type"] == "binary":
            if kind.get("display-hint") in ("ipv4", "ipv6"):
                return str(ipaddress.ip_address(value))
            return value.hex()
        number, = struct.unpack(NUMBERS[kind["type"]], value)
        if "enum" in kind:
            return {value: name for name, value in self.spec.enums[kind["enum"]].items()}[number]
        return number

    def answer(self, name, way, pairs):
        """The answer may have what the operation says, and nothing else."""
        operation = self.spec.operations[name]
        found = self.decode(operation["attribute-set"], pairs)
        for attribute in found:
            if attribute not in operation[way]["reply"]["attributes"]:
                raise ValueError("%s: %s: answered with %s" % (name, way, attribute))
        return found

    def ask(self, name, way, values, flags):
        operation = self.spec.operations[name]
        known = operation[way].get("request", {}).get("attributes", [])
        for attribute in values:
            if attribute not in known:
                raise ValueError("%s: %s: does not take %s" % (name, way, attribute))
        answer = self.genl.ask(operation["value"], self.encode(operation["attribute-set"], values),
                               flags=flags, read=walk)
        return [self.answer(name, way, message) for message in answer]

    def do(self, name, **values):
        answer = self.ask(name, "do", {key.replace("_", "-"): value for key, value in values.items()},
                          NLM_F_ACK)
        return answer[0] if answer else None

    def dump(self, name, **values):
        return self.ask(name, "dump", {key.replace("_", "-"): value for key, value in values.items()},
                        NLM_F_DUMP)

    def listen(self, group):
        """The notifications of a group, one after the other: name and attributes."""
        family = Genl(self.netns, None).ask(CTRL_CMD_GETFAMILY,
                                            attr(CTRL_ATTR_FAMILY_NAME, self.spec.yaml["name"]))[0]
        groups = [attributes(one) for _, one in walk(family[CTRL_ATTR_MCAST_GROUPS])]
        number, = (struct.unpack("=I", one[2])[0] for one in groups
                   if one[1].rstrip(b"\0").decode() == group)
        names = {one["value"]: one for one in self.spec.operations.values() if one.get("mcgrp") == group}
        self.genl.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number)
        while True:
            data = self.genl.sock.recv(1 << 17)
            while data:
                size, command = struct.unpack("=I12xB", data[:17])
                operation = names[command]
                yield operation["name"], self.answer(operation["notify"], "do", walk(data[20:size]))
                data = data[size + 3 & ~3:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--spec")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--do")
    way.add_argument("--dump")
    way.add_argument("--subscribe")
    parser.add_argument("--json", type=json.loads, default={})
    args = parser.parse_args()

    family = Family(args.spec)
    if args.subscribe:
        for name, found in family.listen(args.subscribe):
            print(json.dumps({name: found}), flush=True)
    answer = family.do(args.do, **args.json) if args.do else family.dump(args.dump, **args.json)
    if answer is not None:
        print(json.dumps(answer, indent=4))


if __name__ == "__main__":
    main()
