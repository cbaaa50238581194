#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel's and the shell's own tools say of the sources; a case of KTAP for each tool.
#
# The modules are built in trees of links, since objects of another compiler are not to lie beside
# the sources.

# shellcheck disable=SC2046,SC2086,SC2317 # lists; what run_case runs

set -u
cd "$(dirname "$0")/.." || exit 1

KDIR=${KDIR:?the headers to build against}
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

checkpatch()
{
	local file bad=0

	for file in $(c_files) $(git ls-files 'xtables-plugin/*.c'); do
		"$linux/scripts/checkpatch.pl" --quiet --terse --no-summary -f "$file" || bad=1
	done
	rm -f .checkpatch-camelcase.*
	return $bad
}

# build NAME KERNEL [VARIABLE=VALUE]...: the modules, without a warning.
build()
{
	local tree=$PWD/build/lint/$1 kernel=$2 file

	shift 2
	rm -rf "$tree"
	git ls-files Kbuild 'kmod/*' include | while read -r file; do
		mkdir -p "$tree/$(dirname "$file")"
		ln -s "$PWD/$file" "$tree/$file"
	done
	# The module cannot have BTF without the kernel's vmlinux, and says so.
	silent make -s -C "$kernel" M="$tree" "$@" CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

# Debian's headers are for gcc, so that clang needs a kernel that was configured for it. It finds
# fault with a header of User Mode Linux.
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
	local tree=$PWD/build/lint/user-$1

	rm -rf "$tree"
	mkdir -p "$tree"
	git ls-files | grep -E '^(include|userspace-tool|xtables-plugin)/' | tar -c -T - |
		tar -x -C "$tree"
	silent make -s -C "$tree/userspace-tool" CC="$1" CFLAGS="-O2 -Wall -Wextra -Werror" &&
		silent make -s -C "$tree/xtables-plugin" CC="$1" CFLAGS="-O2 -Wall -Werror"
}

run_case()
{
	local name=$1

	shift
	number=$((number + 1))
	if "$@" >build/lint/output 2>&1; then
		echo "# ok $number - $name"
	else
		echo "# not ok $number - $name"
		sed 's/^/# # /' build/lint/output
		failed=1
	fi
}

number=0
failed=0
mkdir -p build/lint
echo "TAP version 13"
echo "1..1"
run_case "shellcheck" shellcheck -x -P SCRIPTDIR $(shell_files)
run_case "checkpatch --strict" checkpatch
run_case "kernel-doc" silent "$linux/scripts/kernel-doc" -none -Werror $(c_files)
run_case "the modules, gcc, W=1, sparse" \
	build gcc "$KDIR" W=1 C=2 CF="-D__CHECK_ENDIAN__ -Wsparse-error" CONFIG_NAT64_KUNIT=
run_case "the modules, clang, W=1" build_clang
run_case "the command and the plugin, gcc" user_space gcc
run_case "the command and the plugin, clang" user_space clang
echo "# 1..$number"
if [ $failed -eq 0 ]; then
	echo "ok 1 lint"
else
	echo "not ok 1 lint"
fi
exit $failed
