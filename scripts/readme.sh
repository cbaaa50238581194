#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# readme.sh SECTION NUMBER: prints an example of the README, the NUMBERth in that section.

set -eu

awk -v section="## $1" -v number="$2" '
	/^## /			{ inside = $0 == section }
	!inside			{ next }
	!/^    /		{ open = 0; next }
	!open			{ open = 1; count++ }
	count == number		{ print substr($0, 5); found = 1 }
	END			{ exit !found }' "$(dirname "$0")/../README.md"
