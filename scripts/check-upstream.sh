#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-upstream.sh TREE: puts the project into a kernel tree (upstream.py) and looks at it there as netdev would:
# checkpatch, W=1 and sparse, built in and as modules; and runs a selftest on a User Mode Linux built of each. All
# that is built goes to build/upstream. "make stage" has installed the command and the plugin.

# shellcheck disable=SC2086,SC2317 # numbers; what run_case runs

tree=$(cd "${1?a kernel tree}" && pwd -P) || exit

. "$(dirname "$0")/checker.sh"

dir=$PWD/build/upstream
objects=(drivers/net/nat64/ net/netfilter/xt_NAT64.o)

# Complaints about things that have no better form: trace.h is laid out like all tracepoints, lists of the counters are
# macros, kernel-doc says what locks protect, and a script has its SPDX tag after the line that names the shell. Lines
# of scripts may be long.
ignored=COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,UNCOMMENTED_DEFINITION,FILE_PATH_CHANGES
trace=OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,TRAILING_SEMICOLON,SPACING
scripts=LONG_LINE,LONG_LINE_STRING,LONG_LINE_COMMENT,SPDX_LICENSE_TAG,REPEATED_WORD,TYPO_SPELLING

put()
{
	scripts/upstream.py "$tree" "$dir/nat64.patch"
}

# part NAME EXPRESSION: the part of the patch about files for which this is true.
part()
{
	awk "/^diff --git / { file = \$3; on = $2 } on" "$dir/nat64.patch" >"$dir/$1.patch"
	[ -s "$dir/$1.patch" ]
}

# style NAME TYPES: what checkpatch says about that part, except for these types.
style()
{
	(cd "$tree" && scripts/checkpatch.pl --strict --no-signoff --show-types --showfile --terse --quiet \
		--no-summary --ignore "$2" "$dir/$1.patch")
}

checkpatch()
{
	local status=0

	part trace 'file ~ /nat64.trace[.]h$/' && part tests 'file ~ /selftests.net.nat64/' &&
		part code 'file !~ /nat64.trace[.]h$|selftests.net.nat64/' || return
	style code "$ignored" || status=1
	style trace "$ignored,$trace" || status=1
	style tests "$ignored,$scripts" || status=1
	return $status
}

kernel_make()
{
	make -s -j "$(nproc)" -C "$tree" O="$dir/kernel" ARCH=um "$@"
}

# configured y|m: built in or as modules.
configured()
{
	local config=$dir/config-$1

	mkdir -p "$dir/kernel"
	{
		grep -v '^#' scripts/uml/config-upstream
		echo "CONFIG_NAT64=$1"
		echo "CONFIG_NETFILTER_XT_TARGET_NAT64=$1"
	} >"$config"
	kernel_make KCONFIG_ALLCONFIG="$config" allnoconfig >/dev/null &&
		! grep -v -x -F -f "$dir/kernel/.config" "$config"
}

kernel_link()
{
	kernel_make linux modules >/dev/null	# "LINK linux"
}

# builds y|m: builds everything, then our files once more with all warnings. Other files may have warnings.
builds()
{
	configured "$1" && kernel_link 2>/dev/null || return
	touch "$tree"/drivers/net/nat64/*.c "$tree/net/netfilter/xt_NAT64.c"
	silent kernel_make W=1 C=1 CF="-D__CHECK_ENDIAN__ -Wsparse-error" "${objects[@]}" &&
		silent kernel_link
}

# works y|m
works()
{
	rm -rf "$dir/modules"
	mkdir -p "$dir/modules/kmod"
	if [ "$1" = m ]; then
		cp "$dir/kernel/drivers/net/nat64/nat64.ko" "$dir/kernel/net/netfilter/xt_NAT64.ko" \
			"$dir/modules/kmod/" || return
	fi
	scripts/uml/run.sh -k "$dir" -m 1G -t 7200 -- make -s -C selftests run_tests TESTS="$tests"
}

tests=${TESTS:-target.sh revisions.sh ynl.sh}
begin
mkdir -p "$dir"
run_case "laid into the tree" put
run_case "checkpatch --strict" checkpatch
run_case "built in, W=1, sparse" builds y
run_case "... and works" works y
run_case "as modules, W=1, sparse" builds m
run_case "... and works" works m
finish upstream
