# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by lint.sh and analyze.sh: lists of the sources by kind, trees of links to build them in,
# and a KTAP case for each tool.
#
# A script sources this file, calls begin, then run_case for each of its tools, and ends with
# finish.

# shellcheck disable=SC2046,SC2086 # lists

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# shellcheck disable=SC2034 # used where this is sourced
linux=build/uml/src	# scripts/uml/build.sh unpacks it

c_files()
{
	git ls-files 'kmod/*.[ch]' 'include/*.h'
}

user_c_files()
{
	git ls-files 'userspace-tool/*.c' 'xtables-plugin/*.c'
}

shell_files()
{
	git ls-files | while read -r file; do
		if head -n 1 "$file" | grep -q -E '^(#!/bin/(ba)?sh|# shellcheck shell=bash)'; then
			echo "$file"
		fi
	done
}

# silent COMMAND...: it succeeds and has nothing to say.
silent()
{
	local said status

	said=$("$@" 2>&1)
	status=$?
	[ -z "$said" ] || { echo "$said"; return 1; }
	return $status
}

# module_tree NAME: prints a directory with links to the sources of the modules, since objects of
# another compiler must not lie beside the sources.
module_tree()
{
	local tree=$PWD/build/lint/$1 file

	rm -rf "$tree"
	git ls-files Kbuild 'kmod/*' include | while read -r file; do
		mkdir -p "$tree/$(dirname "$file")"
		ln -s "$PWD/$file" "$tree/$file"
	done
	echo "$tree"
}

# user_tree NAME: prints a directory with a copy of the command and the plugin.
user_tree()
{
	local tree=$PWD/build/lint/user-$1

	rm -rf "$tree"
	mkdir -p "$tree"
	git ls-files | grep -E '^(include|userspace-tool|xtables-plugin)/' | tar -c -T - |
		tar -x -C "$tree"
	echo "$tree"
}

begin()
{
	number=0
	failed=0
	output=build/lint/${0##*/}.output
	mkdir -p build/lint
	echo "TAP version 13"
	echo "1..1"
}

run_case()
{
	local name=$1

	shift
	number=$((number + 1))
	if "$@" >"$output" 2>&1; then
		echo "# ok $number - $name"
	else
		echo "# not ok $number - $name"
		sed 's/^/# # /' "$output"
		failed=1
	fi
}

# finish NAME
finish()
{
	echo "# 1..$number"
	if [ $failed -eq 0 ]; then
		echo "ok 1 $1"
	else
		echo "not ok 1 $1"
	fi
	exit $failed
}
