# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Pages with recipes, which tests run exactly as printed. A section of a page has code blocks of two kinds: files, whose
# first line is their name, and commands, whose first line names the host.

. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh

# blocks PAGE SECTION: each code block in a file of its own, in order, in $work/blocks.
blocks()
{
	rm -rf "$work/blocks"
	mkdir "$work/blocks"
	awk -v section="## $2" -v out="$work/blocks/" '
		/^## /			{ inside = $0 == section }
		inside && /^```/	{ open = !open; number += open; next }
		inside && open		{ print >out number }' "../docs/$1"
	[ -s "$work/blocks/1" ] || die "no recipe in $1: $2"
}
