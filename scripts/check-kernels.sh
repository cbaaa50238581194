#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-kernels.sh [KERNEL...]: tests each kernel that Debian offers, in a root of that Debian with
# its own compiler and iptables. DKMS builds the packages of build-deb.sh for all flavours without a
# warning, the kernel boots (FLAVOUR: cloud or rt), and the selftests run (TESTS: some of them).
# Prints a line per kernel for docs/kernels.md, and keeps the results in build/kernels/KERNEL.log.
#
# lab-root.sh makes the clean roots once. The root with the packages installed is kept until the
# packages change. The guests wait for the lock file LOCK (/run/nat64-lab), so that only one of them
# runs at a time.

set -eu -o pipefail

cd "$(dirname "$0")/.."
# shellcheck source=scripts/lab_lib.sh
. scripts/lab_lib.sh
packages=("$PWD"/build/deb/nat64-dkms_*.deb "$PWD"/build/deb/nat64-tools_*.deb)
out=$PWD/build/kernels
cache=${CACHE:-/var/cache/nat64-lab}
lock=${LOCK:-/run/nat64-lab}
arch=$(dpkg --print-architecture)

usage()
{
	echo "usage: check-kernels.sh [bookworm | bookworm-6.12 | trixie | trixie-backports | sid]..." >&2
	exit 2
}

# base_root SUITE [VERSION-]: the root of a kernel, the headers of all flavours included.
base_root()
{
	# shellcheck disable=SC2046 # a list
	scripts/lab-root.sh "kernel-$kernel" "$1" $(scripts/install-deps.sh -l guest) \
		dkms gcc make libc6-dev "linux-image-${2-}$arch" "linux-headers-${2-}$arch" \
		"linux-headers-${2-}cloud-$arch" "linux-headers-${2-}rt-$arch" \
		${FLAVOUR:+"linux-image-${2-}$FLAVOUR-$arch"}
}

# DKMS builds the modules for each kernel whose headers are there, without a warning.
build_modules()
{
	local headers kver version

	version=$(basename "$root"/usr/src/nat64-*)
	version=${version#nat64-}
	for headers in "$root"/lib/modules/*/build; do
		kver=$(basename "$(dirname "$headers")")
		in_root dkms install "nat64/$version" -k "$kver" >/dev/null
		built_clean "$kver"
	done
}

install_packages()
{
	rm -rf "$root"
	cp -a --reflink=auto "$base" "$root"
	mkdir "$root/tmp/debs"
	cp "${packages[@]}" "$root/tmp/debs/"
	in_root sh -c 'apt-get -qq update && apt-get -q -y install /tmp/debs/*.deb' >/dev/null
	build_modules
	touch "$root.made"
}

# The kernel of the flavour, "" for the ordinary one.
find_kernel()
{
	find "$root/boot" -name "vmlinuz-*${FLAVOUR:+-$FLAVOUR}-$arch" |
		if [ "${FLAVOUR-}" ]; then cat; else grep -v -e -cloud- -e -rt-; fi
}

# The parts of "make check-vm".
run_selftests()
{
	local parts=(control "," packets)

	[ -z "${TESTS-}" ] || parts=(selftests)
	GUEST="-r $root -k $vmlinuz" flock "$lock" scripts/ktap.py "${parts[@]}" | tee "$out/$kernel.log"
}

# The row for a kernel in docs/kernels.md.
row()
{
	local gcc iptables

	gcc=$(in_root gcc -dumpfullversion)
	iptables=$(in_root iptables --version | cut -d ' ' -f 2)
	echo "| $kernel | ${vmlinuz##*/vmlinuz-} | $gcc | $iptables | ${TESTS:-all} |" \
		"$(tail -n 1 "$out/$kernel.log") | $(date +%F) |"
}

check_kernel()
{
	local kernel=$1 base root=$cache/kernel-$1.root vmlinuz

	case $kernel in
	bookworm)	base=$(base_root bookworm-security) ;;
	bookworm-6.12)	base=$(base_root bookworm-security 6.12-) ;;
	trixie)		base=$(base_root trixie-security) ;;
	trixie-backports | sid) base=$(base_root "$kernel") ;;
	*)		usage ;;
	esac
	# Do not use ||: bash would ignore failures within the function.
	if [ ! "$root.made" -nt "${packages[0]}" ]; then
		install_packages
	fi
	vmlinuz=$(find_kernel)
	run_selftests || failed=1
	row
}

mkdir -p "$out"
[ $# -gt 0 ] || set -- bookworm bookworm-6.12 trixie trixie-backports sid
failed=0
for name; do
	check_kernel "$name"
done
exit $failed
