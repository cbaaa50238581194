#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: what must stop or move the flows of the fast path (fast.py), by each way in.

. "$(dirname "$0")"/../lib/lib.sh

need ethtool tc conntrack
setup_wire

# One more link on either side, and one that only the test uses.
more_links()
{
	local side

	ip -n "$ROUTER" link add r7 address 02:00:00:00:01:07 type veth \
		peer name c7 address 02:00:00:00:00:07 netns "$CLIENT" || die "no veth"
	ip -n "$ROUTER" link add r5 address 02:00:00:00:01:05 type veth \
		peer name s5 address 02:00:00:00:00:05 netns "$SERVER" || die "no veth"
	ip -n "$ROUTER" link add m0 type veth peer name m1 || die "no veth"
	for side in "$CLIENT c7" "$SERVER s5" "$ROUTER m0" "$ROUTER m1"; do
		set -- $side
		on "$1" sysctl -qw net.ipv6.conf."$2".disable_ipv6=1
		ip -n "$1" link set "$2" arp off up
		on "$1" ethtool -K "$2" gro off >/dev/null
	done
	ip -n "$ROUTER" link set r7 up
	ip -n "$ROUTER" link set r5 up
	on "$ROUTER" sysctl -qw net.ipv6.conf.r7.keep_addr_on_down=1
	for side in "$C6 r7 07" "$S4 r5 05" "203.0.113.3 r4 33" "2001:db8:1::3 r6 36" \
		"2001:db8:1::5 r6 06" "2001:db8:1::6 r6 06" "2001:db8:1::7 r6 06"; do
		set -- $side
		ip -n "$ROUTER" neigh replace "$1" lladdr "02:00:00:00:00:$3" dev "$2" nud permanent
	done
	# What the translator does not take goes nowhere.
	ip -n "$ROUTER" route add blackhole $POOL metric 9999
	ip -n "$ROUTER" route add blackhole $PREFIX metric 9999
}

more_links
load_modules
# However slow this machine is, conntrack does not end what a case has begun.
modprobe -q -a nf_conntrack tun
on "$ROUTER" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600 net.netfilter.nf_conntrack_udp_timeout_stream=3600
for way in ${FAST_WAYS:-hook target ingress route}; do
	fast=rule
	door=$way
	case $way in
	hook) door=hook_both ;;
	target) door=both ;;
	ingress) door=hook_both fast=ingress ;;
	route) fast=ingress ;;
	esac
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX hash-key $KEY || die "no device"
	nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
	door_$door
	nat64 -n "$ROUTER" dev set nat64 fast $fast fast-dev r6,r4 fast-refresh 3600 icmp-source 198.51.100.1 ||
		die "no fast path"
	for part in ${FAST_PARTS:-fast fast_nat fast_same}; do
		# Packets by the target go the way of those by the hook.
		[ $way != target ] || [ $part != fast_same ] || continue
		FAST=$way DOOR=$door run_python packets/$part.py
	done
	nat64 -n "$ROUTER" dev del nat64
done
finish
