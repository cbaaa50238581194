#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: several prefixes, and the one that answers come from (conform_prefixes.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
PREFIXES=2001:db8:64::/47
# Hairpins come from the device itself.
HOOK=r6,r4,nat64
nat64_up target

for door in target hook route; do
	nat64 -n "$ROUTER" dev del nat64
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX 2001:db8:65::/96 pool 198.51.100.200/32 ||
		die "no device"
	nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
	run_wire packets/conform_prefixes.py $door
done
finish
