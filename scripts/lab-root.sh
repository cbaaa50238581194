#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lab-root.sh NAME SUITE [PACKAGE...]: prints the directory of a root of Debian SUITE that has what a
# guest of selftests/vm/run.sh needs, and the PACKAGEs. It is made once and kept as NAME in CACHE
# (/var/cache/nat64-lab); its users work on a copy. What it says meanwhile goes to standard error.
#
# lab-root.sh -c ROOT COMMAND...: runs COMMAND in such a root, in namespaces that have a /proc of its
# own and end with it. policy-rc.d keeps services from being started.

set -eu

in_root()
{
	root=$1
	shift
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	exec unshare --mount --pid --fork --kill-child --root "$root" --mount-proc \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

if [ "${1-}" = -c ] && [ $# -gt 2 ]; then
	shift
	in_root "$@"
fi
[ $# -ge 2 ] || {
	echo "usage: lab-root.sh NAME SUITE [PACKAGE...], or lab-root.sh -c ROOT COMMAND..." >&2
	exit 2
}

cache=${CACHE:-/var/cache/nat64-lab}
root=$cache/$1
suite=$2
shift 2

if [ ! -d "$root" ]; then
	mkdir -p "$cache"
	# Two may want it at a time, or somebody may end this one half-way.
	exec 9>"$root.lock"
	flock 9
fi
if [ ! -d "$root" ]; then
	rm -rf "$root.new"
	# The guest has an initramfs of its own (selftests/vm/initramfs.sh); this one takes minutes.
	mmdebstrap --quiet --variant=apt --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/etc/kernel/postinst.d/initramfs-tools' \
		--include="busybox-static,kmod,procps,sysvinit-utils,iproute2,iptables,iputils-ping" \
		--include="tcpdump,python3,ethtool,socat,$(echo "$@" | tr ' ' ,)" \
		"$suite" "$root.new" "${MIRROR:-http://deb.debian.org/debian}" >&2
	mv "$root.new" "$root"
fi
echo "$root"
