#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-deb.sh [SUITE...]: tests the packages of build-deb.sh on each Debian (bookworm, trixie). It
#
# * builds the source package in a root that has only its build dependencies;
# * runs lintian, installs the packages and lets DKMS build the modules in another, clean root;
# * boots that root with its own kernel and runs selftests;
# * purges the packages, which must leave nothing behind.
#
# Both roots are copies of lab-root.sh's, which are made once. The guests wait for the lock file
# LOCK (/run/nat64-lab), so that only one of them runs at a time.

set -eu -o pipefail

cd "$(dirname "$0")/.."
# shellcheck source=scripts/lab_lib.sh
. scripts/lab_lib.sh
debs=$PWD/build/deb
cache=${CACHE:-/var/cache/nat64-lab}
lock=${LOCK:-/run/nat64-lab}
arch=$(dpkg --print-architecture)

# The packages of a machine that can build modules, and those that the tests need. The dependencies
# of ours come with them.
packages="linux-image-$arch linux-headers-$arch dkms gcc make xz-utils lintian systemd unbound
	bind9 bind9-dnsutils knot-resolver pdns-recursor dbus ifupdown netplan.io network-manager"

# Lists every user, and every file except the package manager's own records and caches, and the key
# that DKMS makes for itself when it signs its first module.
list_files()
{
	find "$root" -xdev \( -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
		-o -path "$root/var/lib/dkms/mok.*" -o -path "$root/var/cache" \
		-o -path "$root/var/log" -o -path "$root/tmp" \
		-o -path "$root/proc" -o -path "$root/sys" -o -path "$root/dev" \) -prune \
		-o -printf '%P %y\n' | sort
	cat "$root/etc/passwd" "$root/etc/group"
}

# DKMS has built the modules for the root's kernel, without a warning, and signed them.
check_modules()
{
	local kver status

	kver=$(basename "$(find "$root/lib/modules/" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)")
	status=$(in_root dkms status nat64)
	echo "$status"
	[[ $status == *"$kver"*": installed" ]]
	built_clean "$kver"
	[ "$(in_root modinfo -k "$kver" -F sig_id nat64 xt_NAT64 | grep -c PKCS)" -eq 2 ]
}

# build_packages SUITE: in build/deb/SUITE.
build_packages()
{
	local root=$cache/$1.build.root base

	base=$(scripts/lab-root.sh "$1.build" "$1" build-essential)
	rm -rf "$root" "${debs:?}/$1"
	cp -a --reflink=auto "$base" "$root"
	mkdir "$root/tmp/build"
	find "$debs" -maxdepth 1 \( -name 'nat64_*.dsc' -o -name 'nat64_*.tar.xz' \) \
		-exec cp -t "$root/tmp/build" {} +
	in_root sh -ec 'apt-get -qq update
		cd /tmp/build; apt-get -qq build-dep ./nat64_*.dsc
		dpkg-source -x nat64_*.dsc tree; cd tree
		dpkg-buildpackage -us -uc' >"$debs/$1.build" 2>&1 ||
		{ cat "$debs/$1.build" >&2; return 1; }
	rm -rf "$root/tmp/build/tree"
	mv "$root/tmp/build" "$debs/$1"
	rm -rf "$root"
}

check_suite()
{
	local suite=$1 base root=$cache/$1.root packages=$packages
	local tests="target.sh installed.sh dns64_command.sh managers.sh"

	# The daemons of Debian 12 are too old for this.
	if [ "$suite" != bookworm ]; then
		packages+=" python3-scapy radvd bird2"
		tests+=" pref64.sh"
	fi
	build_packages "$suite"
	# shellcheck disable=SC2086 # a list
	base=$(scripts/lab-root.sh "$suite" "$suite" $packages)
	rm -rf "$root"
	cp -a --reflink=auto "$base" "$root"
	in_root apt-get -qq update
	list_files >"$debs/$suite.before"

	cp -r "$debs/$suite" "$root/tmp/debs"
	in_root sh -c 'lintian --allow-root --fail-on error,warning /tmp/debs/*.changes'
	in_root sh -c 'apt-get -q -y install /tmp/debs/nat64-dkms_*.deb /tmp/debs/nat64-tools_*.deb'
	check_modules

	flock "$lock" selftests/vm/run.sh -r "$root" -t 7200 -- \
		sh -c "uname -r; export DNS64_SERVERS='bind unbound knot powerdns'
			export MANAGERS='networkd netplan ifupdown NetworkManager'
			make -s -C selftests run_tests TESTS='$tests'" |
		tee "$debs/$suite.log"

	in_root apt-get -q -y purge --autoremove nat64-dkms nat64-tools
	list_files >"$debs/$suite.after"
	diff "$debs/$suite.before" "$debs/$suite.after"
	echo "check-deb.sh: $suite: passed"
}

[ $# -gt 0 ] || set -- bookworm trixie
for suite; do
	check_suite "$suite"
done
