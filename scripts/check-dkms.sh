#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks that "make install-dkms" installs all sources of the modules and nothing else, even from a
# tree in which "make" has run, and that every package for DKMS uses it.

set -eu -o pipefail

cd "$(dirname "$0")/.."
tree=$PWD/build/lint/dkms
rm -rf "$tree" "$tree.out"
mkdir -p "$tree"
git ls-files Makefile Kbuild dkms.conf kmod include | xargs cp --parents -t "$tree"
# The files that Kbuild makes from a source, and beside it.
for name in nat64 xt_NAT64 tests/map_test; do
	touch "$tree/kmod/$name".{o,ko,mod,mod.c,mod.o}
	touch "$tree/kmod/$(dirname $name)/.$(basename $name)".{o.cmd,ko.cmd,o.d,mod.cmd}
done
touch "$tree"/{modules.order,Module.symvers} "$tree"/kmod/{modules.order,built-in.a}

make -s -C "$tree" install-dkms DESTDIR="$tree.out" DKMSDIR=/usr/src/nat64
diff <(git ls-files Kbuild dkms.conf kmod include/uapi | sort) \
	<(cd "$tree.out/usr/src/nat64" && find . -type f -printf '%P\n' | sort)

for file in debian/rules packaging/PKGBUILD packaging/nat64.spec packaging/openwrt/Makefile; do
	grep -q install-dkms $file || { echo "$file: no install-dkms"; exit 1; }
	! grep -n 'cp .*kmod\|CP) .*kmod' $file || exit 1
done
rm -rf "$tree" "$tree.out"
