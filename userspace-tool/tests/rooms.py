#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rooms.py [-v] [DIRECTORY]: whether the command's sources include only what lies below them.

The order of the rooms is that of ROOMS in the Makefile, the first at the bottom; main.c is on top. Within a
room, too, no file may lead back to itself. A source and its header count as one. With -v the floors are
printed."""

import argparse
import pathlib
import re
import sys


def read_includes(top):
    """What each unit (a path without its extension) includes of our own, with the place of it."""
    includes = {}
    for path in sorted(top.rglob("*.[ch]")):
        name = path.relative_to(top)
        if name.parts[0] == "tests":
            continue
        unit = includes.setdefault(str(name.with_suffix("")), {})
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)\.h"', line)
            if match and match[1] != str(name.with_suffix("")):
                unit.setdefault(match[1], f"{name}:{number}")
    return includes


def circles(includes):
    """Units that lead back to themselves, grouped by circle (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(unit):
        index[unit] = low[unit] = len(index)
        stack.append(unit)
        for other in includes.get(unit, ()):
            if other not in index:
                visit(other)
                low[unit] = min(low[unit], low[other])
            elif other in stack:
                low[unit] = min(low[unit], index[other])
        if low[unit] == index[unit]:
            circle = stack[stack.index(unit):]
            del stack[stack.index(unit):]
            if len(circle) > 1:
                found.append(sorted(circle))

    for unit in includes:
        if unit not in index:
            visit(unit)
    return found


def floors(includes):
    """On which floor each unit is: one above the highest that it includes."""
    height = {}

    def of(unit):
        if unit not in height:
            height[unit] = 1 + max((of(other) for other in includes.get(unit, ())), default=-1)
        return height[unit]

    for unit in includes:
        of(unit)
    return height


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", action="store_true")
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    args = parser.parse_args()
    makefile = (args.directory / "Makefile").read_text(encoding="utf-8")
    rooms = re.search(r"^ROOMS := (.*)", makefile, re.M)[1].split()
    includes = read_includes(args.directory)
    bad = not includes

    def level(unit):
        room = unit.rpartition("/")[0]
        return rooms.index(room) if room in rooms else len(rooms)

    for unit, others in includes.items():
        if "/" in unit and level(unit) == len(rooms):
            print(f"{unit}: its room is not one of ROOMS")
            bad = True
        for other, where in others.items():
            if other not in includes:
                print(f'{where}: "{other}.h": name its room')
            elif level(other) > level(unit):
                print(f"{where}: {other} is above {unit}")
            else:
                continue
            bad = True
    for circle in circles(includes):
        print("a circle: " + ", ".join(circle))
        bad = True
    if args.v and not bad:
        height = floors(includes)
        for floor in range(max(height.values()), -1, -1):
            print(floor, *sorted(unit for unit in height if height[unit] == floor))
    return bad


sys.exit(main())
