#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# boot-disk.sh: makes build/boot/disk, a Debian 13 with nothing but its base system on which nat64 has
# been installed as the README says. selftests/vm/run.sh boots it. The last commit of this tree is what
# gets installed.
#
# The root is a copy of lab-root.sh's, which is made once. It has what the lab needs as well (demo/lab.sh), and
# Unbound, because a guest cannot get packages from the Internet.

set -eu -o pipefail

cd "$(dirname "$0")/.."
. scripts/lab_lib.sh
out=$PWD/build/boot
root=$out/root
base=$(scripts/lab-root.sh trixie.boot trixie "linux-image-$(dpkg --print-architecture)" \
	systemd-sysv dbus udev ifupdown nftables curl bind9-dnsutils)

rm -rf "$out"
mkdir -p "$out"
cp -a --reflink=auto "$base" "$root"
git clone -q --no-hardlinks . "$root/root/nat64"

# As on any Debian, but without questions.
rm "$root/etc/apt/apt.conf.d/99mmdebstrap"
echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/99yes"
in_root systemd-machine-id-setup
in_root apt-get -q update

echo "# Installation"
scripts/readme.sh Installation 1 | sed 's/^/# /'
in_root sh -exc "cd /root/nat64; $(scripts/readme.sh Installation 1)" >"$out/install.log" 2>&1 ||
	{ cat "$out/install.log" >&2; exit 1; }
in_root apt-get -q install unbound >>"$out/install.log" 2>&1
rm "$root/usr/sbin/policy-rc.d"

# The machine's place in the lab.
cat >"$root/etc/network/interfaces" <<-END
	auto lo
	iface lo inet loopback

	auto lan
	iface lan inet6 static
		address 2001:db8:1::1/64

	auto wan
	iface wan inet static
		address 198.51.100.2/24
		gateway 198.51.100.1
	iface wan inet6 static
		address 2001:db8:2::2/64
		gateway 2001:db8:2::1
END
# The Internet's DNS is one unsigned server, which is the provider's as well.
cat >"$root/etc/unbound/unbound.conf.d/lab.conf" <<-END
	server:
	    domain-insecure: "v4only.example"
	    domain-insecure: "ipv4only.arpa"
	forward-zone:
	    name: "."
	    forward-addr: 203.0.113.53
END
echo "nameserver 203.0.113.53" >"$root/etc/resolv.conf"
cat >"$root/etc/systemd/system/lab.service" <<-END
	[Unit]
	Description=The hosts around this one
	Wants=network-pre.target
	Before=network-pre.target

	[Service]
	Type=oneshot
	RemainAfterExit=yes
	ExecStart=/root/nat64/scripts/boot-lab.sh

	[Install]
	WantedBy=multi-user.target
END
in_root systemctl -q enable lab

truncate -s 6G "$out/disk"
mke2fs -q -t ext4 -d "$root" "$out/disk"
