#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts and the router itself talk through routes into the device, without a rule. The router
# keeps its own packets, with routes and with rules.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat traceroute
setup_net
nat64_up route
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

traffic_cases route

forward_sees()
{
	router "$IP6TABLES" -A FORWARD -i r6 -o nat64 -s $C6 -d $S6 -p ipv6-icmp
	router "$IPTABLES" -A FORWARD -i nat64 -o r4 -s $C4 -d $S4 -p icmp
	router "$IPTABLES" -A FORWARD -i r4 -o nat64 -s $S4 -d $C4 -p icmp
	router "$IP6TABLES" -A FORWARD -i nat64 -o r6 -s $S6 -d $C6 -p ipv6-icmp
	ping_once "$CLIENT" $S6 || return
	router "$IPTABLES" -vnL FORWARD | grep -E '^ *1 .*nat64 +r4' &&
		router "$IPTABLES" -vnL FORWARD | grep -E '^ *1 .*r4 +nat64' &&
		router "$IP6TABLES" -vnL FORWARD | grep -E '^ *1 .*nat64 +r6' &&
		router "$IP6TABLES" -vnL FORWARD | grep -E '^ *1 .*r6 +nat64'
}
run_case "H4 FORWARD sees a packet before and after (route)" forward_sees

strict()
{
	router sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.nat64.rp_filter=1
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}
run_case "H4 strict rp_filter (route)" strict

# The router's own programs: its address within the device's namespace is mapped, or the device
# has an address of its own.
run_case "H3 the router's own ping without a mapping says why not" \
	fails ping_once "$ROUTER" -W 1 $S6
own_programs()
{
	nat64 -n "$ROUTER" map add 2001:db8:99::1 198.51.100.99
	ip -n "$ROUTER" addr add 2001:db8:99::1/128 dev nat64
	ping_once "$ROUTER" -I 2001:db8:99::1 $S6 &&
		same 198.51.100.99 who_udp "$ROUTER" $S6 &&
		same 198.51.100.99 who_tcp "$ROUTER" $S6 &&
		echo_tcp "$ROUTER" $S6 256
}
run_case "H3 the router's own programs reach IPv4: ping, UDP, TCP" own_programs

reach_router()
{
	ping_once "$SERVER" 198.51.100.99
}
run_case "H3 an IPv4 host reaches the router's mapped IPv6 address" reach_router

reach_mapped()
{
	ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0
	nat64 -n "$ROUTER" map add 2001:db8:1::3 198.51.100.3
	ping_once "$SERVER" 198.51.100.3 && ping_once "$ROUTER" -I $R4 198.51.100.3
}
run_case "H3 an IPv4 host, and the router by IPv4, reach a mapped IPv6 host" reach_mapped

hops()
{
	router traceroute -n -q 1 -w 30 -m 6 "$@" | awk 'NR > 1 { print $2 }'
}

# The first hop is the router, under its address in the other family.
run_case "H3 the router's own traceroute to an IPv4 host" \
	same $'2001:db8:64::cb00:7101\n'$S6 hops $S6
run_case "H3 the router's own traceroute, by IPv4, to a mapped IPv6 host" \
	same $'198.51.100.99\n198.51.100.3' hops -s $R4 198.51.100.3

# Others ask the router itself, and it asks others, under each of its addresses. One of them is in a
# pool, as it is if the provider has given the router just that pool.
start_peers "$ROUTER"
ip -n "$CLIENT" addr del 2001:db8:1::3/64 dev c0
nat64 -n "$ROUTER" dev set nat64 pool $POOL
ip -n "$ROUTER" addr add 198.51.100.200/32 dev lo

not_swallowed()
{
	same $C6 who_tcp "$CLIENT" $R6 &&
		same $S4 who_tcp "$SERVER" $R4 &&
		same $S4 who_tcp "$SERVER" 198.51.100.200 &&
		same $S4 who_udp "$SERVER" 198.51.100.200 &&
		ping_once "$SERVER" 198.51.100.200 &&
		same $R6 who_tcp "$ROUTER" $C6 &&
		same $R4 who_tcp "$ROUTER" $S4
}

# A connection of the router's own, from its address in the pool.
from_pool_address()
{
	router socat -T 30 - TCP:$S4:13,bind=198.51.100.200 </dev/null | grep -x 198.51.100.200
}

run_case "H3 TCP to the router's own addresses, and from them (route)" not_swallowed
run_case "H3 ... from an address of a pool (route)" from_pool_address
router "$IP6TABLES" -t raw -A PREROUTING -j NAT64
router "$IPTABLES" -t raw -A PREROUTING -j NAT64
run_case "H3 TCP to the router's own addresses, and from them (rules for everything)" not_swallowed
run_case "H3 ... from an address of a pool (rules for everything)" from_pool_address
run_case "H3 ... while others' packets are translated (rules for everything)" \
	same $C4 who_tcp "$CLIENT" $S6

finish
