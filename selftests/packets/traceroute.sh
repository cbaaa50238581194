#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# traceroute through the translator, both ways: every hop appears, with an address in the family of
# the host that asks.

. "$(dirname "$0")"/../lib/lib.sh

need traceroute ping
setup_path
nat64_up both
nat64 -n "$ROUTER" map add $D6 $D4

# hops NS TARGET [OPTION...]: the addresses, one a line.
hops()
{
	on "$1" traceroute -n -q 1 -w 30 -m 8 "${@:3}" "$2" | awk 'NR > 1 { print $2 }'
}

# trace "WANT..." NS TARGET [OPTION...]
trace()
{
	local want

	want=$(tr ' ' '\n' <<<"$1")
	same "$want" hops "${@:2}"
}

# The addresses under which the hops of one family are seen in the other: IPv4 hops are embedded; IPv6
# hops without a mapping all have the address that the device has for this (RFC 6791). The kernel, too,
# prefers the device's address as the source of an error that goes back through the device.
router4=2001:db8:64::c633:6401 server4=2001:db8:64::cb00:7102
ip -n "$ROUTER" addr add 198.51.100.1/32 dev nat64

# Through the target the router forwards once, as a router of the family that comes out; through
# the route it forwards before that as well, as one of the family that goes in.
for door in both hook_both route; do
	door_$door
	once6='' once4=''
	[ $door != route ] || once6=" $R6" once4=" $R4"
	for how in "" -I "-T -p 7"; do
		run_case "H1 from IPv6, traceroute $how ($door)" \
			trace "2001:db8:d::1$once6 $router4 $server4 $F6" "$DEEP" $F6 $how
	done
	run_case "H1,G9 from IPv4, IPv6 hops have the device's own address ($door)" \
		trace "192.0.2.1$once4 198.51.100.1 198.51.100.1 $D4" "$FAR" $D4
	nat64 -n "$ROUTER" dev set nat64 icmp-source 198.51.100.66
	run_case "H1,G9 from IPv4, or that of icmp-source ($door)" \
		trace "192.0.2.1$once4 198.51.100.66 198.51.100.66 $D4" "$FAR" $D4 -I
	nat64 -n "$ROUTER" dev set nat64 icmp-source none
	nat64 -n "$ROUTER" map add $C6 $C4
	run_case "H1 from IPv4, a mapped IPv6 hop has its own ($door)" \
		trace "192.0.2.1$once4 198.51.100.1 $C4 $D4" "$FAR" $D4
	nat64 -n "$ROUTER" map del $C6
done

# A router without an address for this uses another one of its own.
ip -n "$ROUTER" addr del 198.51.100.1/32 dev nat64
# When a device loses its last address, the kernel removes its IPv4 routes.
add_routes
run_case "H1 from IPv4, IPv6 hops have the router's address" \
	trace "192.0.2.1 $R4 $R4 $R4 $D4" "$FAR" $D4

finish
