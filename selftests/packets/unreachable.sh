#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The answer that an IPv4 host gets about an address without a mapping.

. "$(dirname "$0")"/../lib/lib.sh

need ping
setup_net
nat64_up target pool 198.51.100.0/25
nat64 -n "$ROUTER" map add $C6 $C4
nat64 -n "$ROUTER" map add 2001:db8:1:8000::/65 198.51.100.128/26

# unreachable ADDRESS: the router says so (type 3, code 1).
unreachable()
{
	on "$SERVER" ping -n -c 1 -W 30 "$1" | grep "From $R4 .*Destination Host Unreachable"
}

# limited SOURCE: the kernel keeps account by destination of the errors, here a host that has not had one yet.
limited()
{
	local errors began=$SECONDS

	ip -n "$SERVER" addr add "$1/24" dev s0 || return
	router sysctl -qw net.ipv4.icmp_ratelimit=1000
	errors=$(on "$SERVER" ping -n -I "$1" -c 60 -i 0.01 -W 1 198.51.100.99 | grep -c "Host Unreachable")
	router sysctl -qw net.ipv4.icmp_ratelimit=0
	echo "$errors errors for 60 packets in $((SECONDS - began)) seconds"
	# Six at once, then one a second.
	[ "$errors" -ge 6 ] && [ "$errors" -lt 60 ] && [ "$errors" -le $((6 + 1 + SECONDS - began)) ]
}

unlimited()
{
	local errors

	errors=$(on "$SERVER" ping -n -c 60 -i 0.01 -W 30 198.51.100.99 | grep -c "Host Unreachable")
	echo "$errors errors for 60 packets"
	[ "$errors" -eq 60 ]
}

host=203.0.113.10
for door in target hook route; do
	door_$door
	host=${host%.*}.$((${host##*.} + 1))
	run_case "B6 a pool address without mapping: host unreachable ($door)" \
		stat_moves drop_no_mapping4 1 unreachable 198.51.100.99
	run_case "B6 ... counted as an error sent ($door)" \
		stat_moves icmp_sent 1 unreachable 198.51.100.99
	run_case "B6 ... at the rate that icmp_ratelimit allows ($door)" limited $host
	run_case "B6 ... each of them where there is no limit ($door)" unlimited
	run_case "a mapped address is there ($door)" ping_once "$SERVER" $C4
done

# conform_4to6.py sees to it that there is no error about an error, a broadcast, or a fragment other than
# the first. This is about packets that the rule or the route selects and the instance does not cover.
door_target
# After the rule, the router looks for a route to it as to any other address, and has one.
passes()
{
	nat64 -n "$ROUTER" dev set nat64 pool 198.51.100.0/26 || return
	ip -n "$ROUTER" addr add 198.51.100.99/32 dev lo
	stat_moves drop_no_mapping4 0 stat_moves xlat_4to6 0 ping_once "$SERVER" 198.51.100.99
}
run_case "an address that is not the instance's passes the rule" passes
ip -n "$ROUTER" addr del 198.51.100.99/32 dev lo
door_route
run_case "... but through the route there is no other way: host unreachable" \
	unreachable 198.51.100.99

# From the IPv6 side: no translation of this destination.
no_route()
{
	ip -n "$ROUTER" route add 2001:db8:beef::/64 dev nat64
	on "$CLIENT" ping -n -c 1 -W 30 2001:db8:beef::1 | grep "From $R6 .*Destination unreachable"
}
run_case "an IPv6 address that the route leads to by mistake: unreachable" no_route

finish
