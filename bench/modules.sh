#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# modules.sh floor|jool KDIR [MAKE-ARGUMENT...]: builds the modules of a contestant for a kernel, in
# build/bench/modules/RELEASE. Of Debian's package of Jool, it takes only the source: installing the package would
# build Jool for every kernel of this machine and keep it up to date.

set -eu

contestant=$1
kdir=$(cd "$2" && pwd -P)
shift 2
cd "$(dirname "$0")/.."
release=$(sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' "$kdir/include/generated/utsrelease.h")
out=$PWD/build/bench/modules/$release
source=$out/$contestant

# is_new MODULE SOURCE...: it is newer than the kernel and all of its sources.
is_new()
{
	local module=$out/$1.ko

	shift
	[ -e "$module" ] && [ -z "$(find "$kdir/Module.symvers" "$@" -newer "$module")" ]
}

# build DIRECTORY [MAKE-ARGUMENT...]
build()
{
	local directory=$1

	shift
	"${MAKE:-make}" -s -C "$kdir" M="$source/$directory" "$@" modules
	cp "$source/$directory"/*.ko "$out/"
}

rm -rf "$source"
mkdir -p "$out"
case $contestant in
floor)
	is_new floor bench/floor/* && exit
	cp -r bench/floor "$source"
	build . "$@"
	;;
jool)
	is_new jool_siit && exit
	scripts/unpack.sh build/bench/jool jool-dkms
	cp -r build/bench/jool/usr/src/jool-* "$source"
	for directory in common nat64 siit; do
		build "src/mod/$directory" "$@"
	done
	;;
*)
	echo "usage: modules.sh floor|jool KDIR [MAKE-ARGUMENT...]" >&2
	exit 2
	;;
esac
rm -rf "$source"
