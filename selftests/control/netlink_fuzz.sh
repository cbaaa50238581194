#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random requests to the netlink family while traffic crosses the device.
#
# NETLINK_FUZZ_REQUESTS (30000) is the number of requests, NETLINK_FUZZ_SEED (64) what they are made from.

. "$(dirname "$0")"/../lib/lib.sh

need ping unshare
setup_net
nat64_up both pool $POOL
nat64 -n "$ROUTER" map add 2001:db8:1::77 198.51.100.77

client ping -q -i 0.01 $S6 >/dev/null &
traffic=$!
run_python control/netlink_fuzz.py
kill $traffic

configured_again()
{
	nat64 -n "$ROUTER" map flush && nat64 -n "$ROUTER" dev set nat64 prefix $PREFIX pool $POOL \
		translatable none wkp-strict on lowest-ipv6-mtu 1280 idle-timeout 100 quota 0 tos copy &&
		ping_once "$CLIENT" $S6
}
run_case "... and the device is as good as before" configured_again

finish
