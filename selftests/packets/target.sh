#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts talk through "-j NAT64" in the raw table.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

traffic_cases target

# Only what a rule selects is translated.
select_by_source()
{
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IP6TABLES" -t raw -A PREROUTING -s 2001:db8:1::3 -d $PREFIX -j NAT64
	ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0
	nat64 -n "$ROUTER" map add 2001:db8:1::3 198.51.100.3
	ping_once "$CLIENT" -I 2001:db8:1::3 $S6 &&
		fails ping_once "$CLIENT" -W 1 -I $C6 $S6
}
run_case "a rule with a source translates that source alone" select_by_source
# Otherwise the client would prefer this address from now on.
ip -n "$CLIENT" addr del 2001:db8:1::3/64 dev c0

mark_survives()
{
	door_target
	router "$IP6TABLES" -t raw -I PREROUTING -d $PREFIX -j MARK --set-mark 0x64
	router "$IPTABLES" -t mangle -A FORWARD -i nat64 -m mark --mark 0x64 -j ACCEPT
	router "$IPTABLES" -t mangle -A FORWARD -i nat64 -j DROP
	ping_once "$CLIENT" $S6
}
run_case "the mark of a packet survives" mark_survives
router "$IP6TABLES" -t raw -D PREROUTING -d $PREFIX -j MARK --set-mark 0x64
run_case "... and is not there without a rule that sets it" fails ping_once "$CLIENT" -W 1 $S6
router "$IPTABLES" -t mangle -F FORWARD

# Packets that the instance does not cover go on as if there were no rule.
not_covered()
{
	router "$IP6TABLES" -t raw -I PREROUTING -j NAT64
	router "$IPTABLES" -t raw -I PREROUTING -j NAT64
	ping_once "$CLIENT" $R6 && ping_once "$SERVER" $R4 && ping_once "$CLIENT" $S6
}
run_case "a rule for everything leaves alone what is not to be translated" not_covered
door_target

# The whole receive path again: FORWARD sees both families, from and to the device's side.
forward_sees()
{
	router "$IPTABLES" -A FORWARD -i nat64 -o r4 -s $C4 -d $S4 -p icmp
	router "$IP6TABLES" -A FORWARD -i nat64 -o r6 -s $S6 -d $C6 -p ipv6-icmp
	ping_once "$CLIENT" -I $C6 $S6 || return
	router "$IPTABLES" -vnL FORWARD
	router "$IP6TABLES" -vnL FORWARD
	router "$IPTABLES" -vnL FORWARD | grep -E '^ *1 .*nat64 +r4' &&
		router "$IP6TABLES" -vnL FORWARD | grep -E '^ *1 .*nat64 +r6'
}
run_case "H4 FORWARD of both families sees one packet from nat64 (target)" forward_sees

forward_drops()
{
	router "$IPTABLES" -I FORWARD -i nat64 -p icmp -j DROP
	fails ping_once "$CLIENT" -W 1 $S6 || return
	same $C4 who_udp "$CLIENT" $S6 &&
		router "$IPTABLES" -D FORWARD -i nat64 -p icmp -j DROP
}
run_case "H4 a FORWARD rule drops translated ping and leaves UDP (target)" forward_drops

strict()
{
	ip -n "$ROUTER" route add $POOL dev nat64
	router sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.nat64.rp_filter=1
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}
run_case "H4 strict rp_filter, with the pool routed to the device (target)" strict

# Without that route a strict filter must drop: it shows that the filter is really on.
not_strict()
{
	ip -n "$ROUTER" route del $POOL dev nat64
	fails ping_once "$CLIENT" -W 1 $S6
}
run_case "H4 ... and drops where the pool is not routed there (target)" not_strict

finish
