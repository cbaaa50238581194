#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lab-root.sh NAME SUITE [PACKAGE...]: prints the directory of a root of Debian SUITE with the
# PACKAGEs and everything that a guest of selftests/vm/run.sh needs. The root is made once and kept
# as NAME in CACHE (/var/cache/nat64-lab); users work on a copy. Progress goes to standard error. If
# SUITE extends another one (trixie-backports, bookworm-security), the root is the other one's, with
# the kernel from SUITE. With ARCH, the root is for another machine: its packages are only unpacked,
# because their programs cannot run here.
#
# lab-root.sh -c ROOT COMMAND...: runs COMMAND in such a root, in namespaces that have their own
# /proc and end with the command. policy-rc.d keeps services from starting.

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
	# Two callers may want it at the same time, or this one may be interrupted.
	exec 9>"$root.lock"
	flock 9
fi
if [ ! -d "$root" ]; then
	rm -rf "$root.new"
	mirror=${MIRROR:-http://deb.debian.org/debian}
	packages=busybox-static,kmod,procps,sysvinit-utils,iproute2,iptables,iputils-ping,tcpdump
	packages=$packages,python3,ethtool,socat,$(echo "$@" | tr ' ' ,)
	arch=${ARCH:-$(dpkg --print-architecture)}
	case $suite in
	*-security)	set -- "deb ${SECURITY:-http://deb.debian.org/debian-security} $suite main" ;;
	*-backports)	set -- "deb $mirror $suite main" ;;
	*)		set -- ;;
	esac
	[ "$arch" = "$(dpkg --print-architecture)" ] ||
		set -- "$@" --variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr
	# Take only the kernel from the suite on top: few users take all of it.
	pin="Package: linux-*\\nPin: release n=$suite\\nPin-Priority: 900\\n"
	# The guest has an initramfs of its own (selftests/vm/initramfs.sh); this one takes minutes.
	# shellcheck disable=SC2016 # the hook's own
	mmdebstrap --quiet --variant=apt --architectures="$arch" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt='path-exclude=/etc/kernel/postinst.d/initramfs-tools' \
		--setup-hook='mkdir -p "$1/etc/apt/preferences.d"' \
		--setup-hook="printf '$pin' >\"\$1/etc/apt/preferences.d/kernel\"" \
		--include="$packages" "${suite%%-*}" "$root.new" "$mirror" "$@" >&2
	mv "$root.new" "$root"
fi
echo "$root"
