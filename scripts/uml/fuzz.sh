#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fuzz.sh MODULE [PARAMETER=VALUE...]: loads the fuzzer (kmod/tests/fuzz) in the guest, and prints
# its messages from the kernel's log.

set -u

# ICMP errors go to a device that swallows everything. The kernel makes only some of them, since
# they take longer than the code under test.
ip link add fuzz0 type dummy
ip link set fuzz0 up mtu 65535
ip addr add 203.0.113.9/24 dev fuzz0
ip addr add 2001:db8:ffff::9/64 dev fuzz0 nodad
ip route add default dev fuzz0
ip -6 route add default dev fuzz0
sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.core.netdev_max_backlog=10000 \
	net.ipv6.conf.all.forwarding=1

dmesg -C
# The module has done its work once it is loaded, and does not stay.
insmod "$@" 2>/dev/null
dmesg -t >/run/fuzz
echo "TAP version 13"
echo "1..1"
sed -n 's/^\(# .*\)/\1/p; s/^\(\(not \)\?ok .*\)/# \1/p' /run/fuzz
echo "# 1..$(grep -c -E '^(not )?ok ' /run/fuzz)"
if grep -q '^ok [0-9]* - fuzz: ' /run/fuzz; then
	echo "ok 1 fuzz"
else
	echo "not ok 1 fuzz"
	exit 1
fi
