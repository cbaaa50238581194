#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks the sources with the kernel's and the shell's own tools; each tool is a KTAP case.

# shellcheck disable=SC2046,SC2086,SC2317 # lists; what run_case runs

. "$(dirname "$0")/checker.sh"

KDIR=${KDIR:-$(scripts/kdir.sh)}

checkpatch()
{
	local file ignore bad=0

	for file in $(c_files) $(git ls-files 'xtables-plugin/*.c' 'bench/floor/*.c'); do
		# The macros of tracepoints have a layout of their own, all over the kernel.
		ignore=
		[ "${file##*/}" != trace.h ] ||
			ignore=--ignore=OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,TRAILING_SEMICOLON,SPACING
		"$linux/scripts/checkpatch.pl" --quiet --terse --no-summary $ignore -f "$file" || bad=1
	done
	rm -f .checkpatch-camelcase.*
	return $bad
}

# build NAME KERNEL [VARIABLE=VALUE]...: the modules, without a warning.
build()
{
	local kernel=$2 tree

	tree=$(module_tree "$1")
	shift 2
	# The module cannot have BTF without the kernel's vmlinux, and says so.
	silent make -s -C "$kernel" M="$tree" "$@" CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

# Debian's headers are for gcc, so clang needs a kernel that was configured for it. It complains
# about a header of User Mode Linux.
build_clang()
{
	local kernel=$PWD/build/lint/kernel-clang

	mkdir -p "$kernel"
	cp build/uml/kernel/.config build/uml/kernel/Module.symvers "$kernel"
	make -s -C "$linux" O="$kernel" ARCH=um CC=clang olddefconfig modules_prepare >/dev/null &&
		build clang "$kernel" ARCH=um CC=clang W=1 KCFLAGS=-Wno-null-pointer-arithmetic
}

user_space()
{
	local tree

	tree=$(user_tree "$1")
	silent make -s -C "$tree/userspace-tool" CC="$1" CFLAGS="-O2 -Wall -Wextra -Werror" &&
		silent make -s -C "$tree/xtables-plugin" CC="$1" CFLAGS="-O2 -Wall -Werror"
}

# ncurses is for the screen of top alone, and can be left out.
without_ncurses()
{
	local tree said

	tree=$(user_tree no-ncurses)/userspace-tool
	silent make -s -C "$tree" TOP=0 CFLAGS="-O2 -Wall -Wextra -Werror" || return
	! ldd "$tree/nat64" | grep -E 'curses|tinfo' || return
	said=$(script -qec "$tree/nat64 top" /dev/null)
	[[ $said == *"built without ncurses"* ]] || { echo "top says: $said"; return 1; }
}

begin
run_case "shellcheck" shellcheck -x -P SCRIPTDIR $(shell_files)
run_case "what finds cases that cannot fail, on samples" scripts/case_status_test.py
run_case "no case has the status of its clean-up" \
	scripts/case_status.py selftests/{lib,packets,control,hard}/*.sh
run_case "what tests need is installed for them" scripts/needs.sh $(git ls-files 'selftests/*.sh')
run_case "checkpatch --strict" checkpatch
run_case "printed commands are quoted" userspace-tool/tests/check-advice.py
run_case "the command includes only what lies below" userspace-tool/tests/rooms.py
run_case "sources only for DKMS" scripts/check-dkms.sh
run_case "kernel-doc" silent "$linux/scripts/kernel-doc" -none -Werror $(c_files)
run_case "the modules, gcc, W=1, sparse" \
	build gcc "$KDIR" W=1 C=2 CF="-D__CHECK_ENDIAN__ -Wsparse-error" CONFIG_NAT64_KUNIT=
run_case "the modules, clang, W=1" build_clang
run_case "the command and the plugin, gcc" user_space gcc
run_case "the command and the plugin, clang" user_space clang
run_case "the command without ncurses" without_ncurses
finish lint
