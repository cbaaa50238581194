#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# modules.sh KDIR [MAKE-ARGUMENT...]: builds the modules of contestants for a kernel, in
# build/bench/modules/RELEASE: the floor and Debian's Jool. It takes only the source from Jool's package:
# installing the package would build Jool for every kernel of this machine and keep it up to date.

set -eu

kdir=$(cd "$1" && pwd -P)
shift
cd "$(dirname "$0")/.."
release=$(sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' "$kdir/include/generated/utsrelease.h")
build=$PWD/build/bench/modules
out=$build/$release

# build SOURCE [MAKE-ARGUMENT...]
build()
{
	local source=$1

	shift
	"${MAKE:-make}" -s -C "$kdir" M="$source" "$@" modules
}

# is_new MODULE SOURCE...: it is newer than the kernel and all of its sources.
is_new()
{
	local module=$1

	shift
	[ -e "$module" ] && [ -z "$(find "$kdir/Module.symvers" "$@" -newer "$module")" ]
}

mkdir -p "$out"
if ! is_new "$out/floor.ko" bench/floor/*; then
	rm -rf "$out.src"
	cp -r bench/floor "$out.src"
	build "$out.src" "$@"
	cp "$out.src/floor.ko" "$out/"
fi

if ! is_new "$out/jool_siit.ko"; then
	scripts/unpack.sh "$build/jool" jool-dkms
	rm -rf "$out.src"
	cp -r "$build"/jool/usr/src/jool-* "$out.src"
	for module in common nat64 siit; do
		build "$out.src/src/mod/$module" "$@"
	done
	find "$out.src" -name '*.ko' -exec cp {} "$out/" \;
fi
rm -rf "$out.src"
