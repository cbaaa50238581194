#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts, and the router itself, talk through routes into the device, without a rule.

. "$(dirname "$0")"/lib.sh

need ping socat
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
	ping_once "$CLIENT" $S6
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

finish
