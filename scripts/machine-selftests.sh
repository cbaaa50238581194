#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# machine-selftests.sh i386|s390x [TEST...]: builds everything for that machine with a cross
# compiler, boots Debian's kernel for it, and runs the TESTs, by default the selftests that check
# single packets. check-machines.sh calls it.
#
# Programs for that machine cannot run here. Therefore lab-root.sh only unpacks the packages, and
# this script does by hand what their installation scripts would do. The guest waits for the lock
# file LOCK (/run/nat64-lab).

set -eu -o pipefail

cd "$(dirname "$0")/.."
project=$PWD
lock=${LOCK:-/run/nat64-lab}

# The headers, with the tools of Kbuild that run here (linux-kbuild-6.1, with this machine's headers).
copy_headers()
{
	local version common dir here=/usr/lib/linux-kbuild-6.1

	version=$(basename "$root"/usr/src/linux-headers-*-"$flavour")
	common=${version%-"$flavour"}-common
	cp -a "$root/usr/src/$version" "$root/usr/src/$common" "$out/"
	for dir in scripts tools; do
		ln -sfn "$here/$dir" "$out/$common/$dir"
		ln -sfn "$out/$common/$dir" "$out/$version/$dir"
	done
	sed -i "s|/usr/src/|$out/|" "$out/$version/Makefile"
	headers=$out/$version
	kver=${version#linux-headers-}
}

build()
{
	local flags="-O2 -Wall -Werror -idirafter $root/usr/include" dir
	local libraries=$root/usr/lib/$libdir

	DEBIAN_KERNEL_NO_CC_VERSION_CHECK=y \
		make -s -C "$headers" M="$tree" CROSS_COMPILE="$cross-" modules
	export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	for dir in userspace-tool xtables-plugin; do
		make -s -C "$tree/$dir" CC="$cross-gcc" CFLAGS="$flags" \
			LDFLAGS="-Wl,--sysroot=$root -L$libraries -Wl,-rpath-link,$libraries"
	done
}

install_all()
{
	local updates=$root/lib/modules/$kver/updates module

	mkdir -p "$updates"
	for module in nat64 xt_NAT64; do
		"$cross-strip" --strip-debug -o "$updates/$module.ko" "$tree/kmod/$module.ko"
	done
	depmod -b "$root" "$kver"
	install -m 755 "$tree/userspace-tool/nat64" "$root/usr/sbin/"
	install -m 644 "$tree/xtables-plugin/libxt_NAT64.so" "$root/usr/lib/$libdir/xtables/"
}

# What the packages' scripts would have done.
configure()
{
	local family command

	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	ln -sf mawk "$root/usr/bin/awk"
	rm -r "$root/var/run" "$root/var/lock"
	ln -s /run "$root/var/run"
	ln -s /run/lock "$root/var/lock"
	for family in iptables ip6tables; do
		for command in "" -save -restore; do
			ln -sf xtables-nft-multi "$root/usr/sbin/$family$command"
		done
	done
}

machine=${1-}
case $machine in
i386)	cross=i686-linux-gnu libdir=i386-linux-gnu flavour=686-pae qemu=x86_64 ;;
s390x)	cross=s390x-linux-gnu libdir=s390x-linux-gnu flavour=s390x qemu=s390x ;;
*)	echo "usage: machine-selftests.sh i386|s390x [TEST]..." >&2; exit 2 ;;
esac
shift
[ $# -gt 0 ] || set -- target.sh conform_6to4.sh conform_4to6.sh conform_icmp.sh conform_addr.sh \
	conform_frag.sh

out=$project/build/machines/$machine-selftests
tree=$out/tree
rm -rf "$out"
mkdir -p "$tree"
git ls-files Kbuild kmod include userspace-tool xtables-plugin | tar -c -T - | tar -x -C "$tree"
# shellcheck disable=SC2046 # a list
base=$(ARCH=$machine scripts/lab-root.sh "kernel-$machine" bookworm bash coreutils base-files \
	base-passwd dash grep sed mawk findutils util-linux diffutils hostname tar gzip libc-bin \
	ncurses-bin make netbase "linux-image-$flavour" "linux-headers-$flavour" libmnl-dev \
	libnetfilter-conntrack-dev libjson-c-dev libxtables-dev libncurses-dev $(scripts/install-deps.sh -l guest))
root=$base.root
rm -rf "$root"
cp -a --reflink=auto "$base" "$root"
copy_headers
build
install_all
configure

GUEST="-a $qemu -r $root" TESTS="$*" flock "$lock" scripts/ktap.py selftests
