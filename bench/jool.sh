#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# jool.sh KDIR [MAKE-ARGUMENT...]: builds Debian's Jool for a kernel, in build/bench/jool/RELEASE.
# It takes only the source from the Debian package: installing the package would build Jool for
# every kernel of this machine and keep it up to date.

set -eu

kdir=$(cd "$1" && pwd -P)
shift
cd "$(dirname "$0")/.."
release=$(sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' "$kdir/include/generated/utsrelease.h")
build=$PWD/build/bench/jool
out=$build/$release
# Nothing to do if they are newer than the kernel.
[ -z "$(find "$out/jool_siit.ko" -newer "$kdir/Module.symvers" 2>/dev/null)" ] || exit 0

rm -rf "$out.src"
mkdir -p "$build" "$out.src"
cd "$build"
[ -n "$(find . -maxdepth 1 -name 'jool-dkms_*.deb')" ] || apt-get -q download jool-dkms
dpkg -x jool-dkms_*.deb "$out.src"
src=$(echo "$out.src"/usr/src/jool-*)/src/mod
for module in common nat64 siit; do
	"${MAKE:-make}" -s -C "$kdir" M="$src/$module" "$@" modules
done
mkdir -p "$out"
cp "$src/common/jool_common.ko" "$src/nat64/jool.ko" "$src/siit/jool_siit.ko" "$out/"
rm -rf "$out.src"
