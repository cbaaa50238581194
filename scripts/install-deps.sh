#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# install-deps.sh [-l] WHAT...: installs the Debian packages that WHAT needs (build, check, demo,
# bench ...) and that are not installed yet. -l lists them instead.

set -eu

arch=$(dpkg --print-architecture 2>/dev/null) || {
	echo "install-deps.sh: not a Debian; see its source for what is needed" >&2
	exit 0
}
in_vm="busybox-static kmod procps sysvinit-utils xz-utils iproute2 iptables iputils-ping traceroute
	tcpdump"
in_guest="$in_vm bsdutils python3 python3-scapy python3-yaml ethtool conntrack socat jq less openssl bind9
	bind9-dnsutils unbound nftables python3-prometheus-client systemd zsh fish tmux
	wireguard-tools ppp pppoe ufw firewalld dbus keepalived conntrackd dnsmasq-base
	prometheus-node-exporter ifupdown libdevmapper1.02.1 libseccomp2"
vm="qemu-system-x86 linux-image-$arch $in_vm"

list=
if [ "${1-}" = -l ]; then
	list=1
	shift
fi
packages=
for what; do
	case $what in
	build)	packages="$packages gcc make libc6-dev pkg-config linux-headers-$arch
			libxtables-dev libmnl-dev libnetfilter-conntrack-dev libjson-c-dev libncurses-dev" ;;
	check)	packages="$packages $vm $in_guest iperf3" ;;
	guest)	packages="$packages $in_guest" ;;
	demo)	packages="$packages $vm unbound bind9-dnsutils curl iperf3" ;;
	lint)	packages="$packages shellcheck sparse clang git" ;;
	analyze) packages="$packages cppcheck coccinelle clang libclang-rt-dev git" ;;
	uml)	packages="$packages linux-source-6.1 xz-utils patch gcc make libc6-dev flex bison bc
			libelf-dev iproute2 kmod procps sysvinit-utils busybox-static" ;;
	lab)	packages="$packages mmdebstrap debian-archive-keyring git" ;;
	machines) packages="$packages qemu-system-misc qemu-system-x86 gcc-i686-linux-gnu
			gcc-s390x-linux-gnu pkg-config" ;;
	bench)	packages="$packages $vm python3 ethtool iperf3 nftables jool-tools tayga" ;;
	vm)	packages="$packages $vm" ;;
	deb)	packages="$packages build-essential debhelper dh-dkms systemd git" ;;
	packaging) packages="$packages rpm rpmlint makepkg pacman-package-manager libarchive-tools
			fakeroot git" ;;
	*)	echo "usage: install-deps.sh [-l] build|guest|vm|check|demo|lint|analyze|uml|lab|machines|" >&2
		echo "                       bench|deb|packaging..." >&2
		exit 2 ;;
	esac
done

if [ "$list" ]; then
	# shellcheck disable=SC2086 # a list
	echo $packages
	exit
fi

missing=
for package in $packages; do
	dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q -x installed ||
		missing="$missing $package"
done
[ "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install-deps.sh: run as root, or install:$missing" >&2
	exit 1
fi

echo "Installing:$missing"

# Only the programs are wanted: their services must not start on this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap 'rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
# shellcheck disable=SC2086 # a list
apt-get -q -y --no-install-recommends install $missing
[ -d /run/systemd/system ] || exit 0
# Neither must they start when it boots.
# shellcheck disable=SC2086 # a list
for unit in $(dpkg -L $missing | sed -n -E 's,^(/usr)?/lib/systemd/system/([^/@]*\.[a-z]*)$,\2,p'); do
	[ "$(systemctl is-enabled "$unit" 2>/dev/null)" != enabled ] || systemctl -q disable "$unit"
done
