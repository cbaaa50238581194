#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: which address becomes which (conform_addr.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
nat64_up target

door_target()
{
	door_closed
	router "$IP6TABLES" -t raw -A PREROUTING -i r6 -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -i r4 -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -i nat64 -d $POOL -j NAT64
}

door_hook()
{
	door_closed
	nat64 -n "$ROUTER" dev set nat64 hook r6,r4
	# Hairpins, but no others that come from the device.
	router "$IPTABLES" -t raw -A PREROUTING -i nat64 -d $POOL -j NAT64
}

for door in target hook route; do
	nat64 -n "$ROUTER" dev del nat64
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX || die "no device"
	nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
	run_wire packets/conform_addr.py $door
done
finish
