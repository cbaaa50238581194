#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-deb.sh [SUITE...]: installs the packages that build-deb.sh has built in a clean root of each
# Debian (bookworm, trixie), has DKMS build the modules for its kernel, boots that kernel with that
# root, sends packets through, and purges the packages, which must leave nothing.
#
# The roots are made once and kept in CACHE (/var/cache/nat64-lab). The guests wait for the lock
# that LOCK names (/run/nat64-lab), one at a time on the machine.

set -eu -o pipefail

cd "$(dirname "$0")/.."
debs=$PWD/build/deb
cache=${CACHE:-/var/cache/nat64-lab}
lock=${LOCK:-/run/nat64-lab}

# What the packages depend on comes with them; this is what the guest and the selftests need.
packages=linux-image-amd64,linux-headers-amd64,dkms,gcc,make,busybox-static,kmod,procps
packages+=,sysvinit-utils,xz-utils,iproute2,iptables,iputils-ping,tcpdump,python3,ethtool,socat

# make_base SUITE DIRECTORY
make_base()
{
	rm -rf "$2.new"
	mmdebstrap --quiet --variant=apt --include="$packages" \
		--aptopt='APT::Install-Recommends "false"' \
		"$1" "$2.new" "${MIRROR:-http://deb.debian.org/debian}"
	mv "$2.new" "$2"
}

# in_root COMMAND...: as on that machine, but without a service being started.
in_root()
{
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

# Every file but the package manager's own records and caches, and those that any kernel module's
# coming and going writes anew.
list_files()
{
	find "$root" -xdev \( -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
		-o -path "$root/var/cache" -o -path "$root/var/log" -o -path "$root/tmp" \
		-o -path "$root/proc" -o -path "$root/sys" -o -path "$root/dev" \) -prune \
		-o -printf '%P %y\n' | sort
}

check_suite()
{
	local suite=$1 base=$cache/$1 root=$cache/$1.root kver

	[ -d "$base" ] || make_base "$suite" "$base"
	rm -rf "$root"
	cp -a --reflink=auto "$base" "$root"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	in_root apt-get -qq update
	list_files >"$debs/$suite.before"

	mkdir "$root/tmp/debs"
	cp "$debs"/nat64-dkms_*.deb "$debs"/nat64-tools_*.deb "$root/tmp/debs/"
	in_root sh -c 'apt-get -q -y install /tmp/debs/*.deb'
	kver=$(basename "$(find "$root/lib/modules/" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)")
	in_root dkms status nat64 | tee /dev/stderr | grep -q "$kver.*: installed"
	if grep -E 'warning:|error:' "$root"/var/lib/dkms/nat64/*/"$kver"/*/log/make.log; then
		echo "check-deb.sh: $suite: the compiler complains" >&2
		return 1
	fi

	flock "$lock" selftests/vm/run.sh -r "$root" -t 600 -- \
		sh -c 'uname -r; exec selftests/target.sh' | tee "$debs/$suite.log"

	in_root apt-get -q -y purge --autoremove nat64-dkms nat64-tools
	list_files >"$debs/$suite.after"
	diff "$debs/$suite.before" "$debs/$suite.after"
	echo "check-deb.sh: $suite: passed"
}

[ $# -gt 0 ] || set -- bookworm trixie
for suite; do
	check_suite "$suite"
done
