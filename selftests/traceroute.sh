#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# traceroute through the translator, both ways: every hop is there, under an address of the family
# of the one who asks.

. "$(dirname "$0")"/lib.sh

need traceroute ping
setup_path
nat64_up both
nat64 -n "$ROUTER" map add $D6 $D4

# hops NS TARGET [OPTION...]: the addresses, one a line.
hops()
{
	on "$1" traceroute -n -q 1 -w 3 -m 8 "${@:3}" "$2" | awk 'NR > 1 { print $2 }'
}

# trace "WANT..." NS TARGET [OPTION...]
trace()
{
	local want

	want=$(tr ' ' '\n' <<<"$1")
	same "$want" hops "${@:2}"
}

embedded=2001:db8:64::cb00:7102

for door in both route; do
	door_$door
	# Through the route the router forwards twice, and is there twice.
	again6='' again4=''
	[ $door = both ] || again6=" $R6" again4=" $R4"
	for how in "" -I "-T -p 7"; do
		# shellcheck disable=SC2086 # options
		run_case "H1 from IPv6, traceroute $how ($door)" \
			trace "2001:db8:d::1 $R6$again6 $embedded $F6" "$DEEP" $F6 $how
	done
	# The client, a router on the IPv6 path, has no IPv4 address of its own yet: its errors
	# come from the address that the device has for this (RFC 6791).
	ip -n "$ROUTER" addr add 198.51.100.1/32 dev nat64
	run_case "H1,G9 from IPv4, an unmapped IPv6 hop has the device's own address ($door)" \
		trace "192.0.2.1 $R4$again4 198.51.100.1 $D4" "$FAR" $D4
	nat64 -n "$ROUTER" dev set nat64 icmp-source 198.51.100.66
	run_case "H1,G9 from IPv4, or that of icmp-source ($door)" \
		trace "192.0.2.1 $R4$again4 198.51.100.66 $D4" "$FAR" $D4 -I
	nat64 -n "$ROUTER" dev set nat64 icmp-source none
	ip -n "$ROUTER" addr del 198.51.100.1/32 dev nat64
	nat64 -n "$ROUTER" map add $C6 $C4
	run_case "H1 from IPv4, a mapped IPv6 hop has its own ($door)" \
		trace "192.0.2.1 $R4$again4 $C4 $D4" "$FAR" $D4
	nat64 -n "$ROUTER" map del $C6
done

finish
