#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: several prefixes, and the one that answers come from (conform_prefixes.py).

. "$(dirname "$0")"/lib.sh

need ethtool
setup_wire
nat64_up target

add_rules()
{
	router "$IP6TABLES" -t raw -A PREROUTING -d 2001:db8:64::/47 -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -d $POOL -j NAT64
}

add_routes()
{
	ip -n "$ROUTER" -6 route replace 2001:db8:64::/47 dev nat64 proto static
	ip -n "$ROUTER" -4 route replace $POOL dev nat64 proto static
}

for door in target route; do
	nat64 -n "$ROUTER" dev del nat64
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX 2001:db8:65::/96 pool 198.51.100.200/32 ||
		die "no device"
	nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
	run_wire conform_prefixes.py $door
done
finish
