#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A private pool behind MASQUERADE: IPv6 hosts share the router's single IPv4 address. Requests use
# the target or a route. Replies always need the route, because MASQUERADE restores their private
# address only after PREROUTING.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat conntrack
setup_net
POOL=198.19.0.0/18
nat64_up target pool $POOL
router "$IPTABLES" -t nat -A POSTROUTING -o r4 -s $POOL -j MASQUERADE
start_peers
ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0
# Nobody outside has a route to the pool.
ip -n "$SERVER" route del default

# The private addresses come in through the device, and only there.
doors()
{
	door_"$1"
	[ "$1" = route ] || ip -n "$ROUTER" route add $POOL dev nat64 proto static
	[ "$1" = route ] || router "$IPTABLES" -t raw -F PREROUTING
}

# Two hosts at once: both appear under one address, and each gets its own reply.
both_hosts()
{
	local pids=() pid

	ping_once "$CLIENT" -I $C6 $S6 & pids+=($!)
	ping_once "$CLIENT" -I 2001:db8:1::3 $S6 & pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
}

tcp_refused()
{
	expect 1 "Connection refused" on "$CLIENT" bash -c 'exec 3<>/dev/tcp/$0/9999' $S6
}

# A router on the way: its time exceeded.
ttl_exceeded()
{
	on "$CLIENT" ping -n -c 1 -W 30 -t "$1" $S6 | grep -i "time exceeded"
}

for door in target hook route; do
	doors $door
	run_case "B9 ping ($door)" ping_once "$CLIENT" $S6
	run_case "B9 ping of two hosts at once ($door)" both_hosts
	run_case "B9 UDP comes from the router's address ($door)" same $R4 who_udp "$CLIENT" $S6
	run_case "B9 TCP comes from the router's address ($door)" same $R4 who_tcp "$CLIENT" $S6
	run_case "B9 a megabyte by TCP there and back ($door)" echo_tcp "$CLIENT" $S6 1024
	run_case "B9 a large UDP datagram in fragments ($door)" echo_udp "$CLIENT" $S6 4000
	run_case "B9 port unreachable reaches the sending socket ($door)" port_unreachable "$CLIENT" $S6
	run_case "B9 a refused TCP connection ($door)" tcp_refused
done

# A stateful firewall of both families. Through the route, IPv6's conntrack sees both directions.
# Through the target in raw it sees only the replies, which are INVALID unless they bypass conntrack
# as the requests do.
firewall()
{
	router "$IPTABLES" -I FORWARD -m conntrack --ctstate INVALID -j DROP
	router "$IP6TABLES" -I FORWARD -m conntrack --ctstate INVALID -j DROP
}

invalid()
{
	echo_tcp "$CLIENT" $S6 64 && ping_once "$CLIENT" $S6 && echo_udp "$CLIENT" $S6 3000 &&
		port_unreachable "$CLIENT" $S6
}
firewall
doors route
run_case "B9 nothing is INVALID to a stateful firewall of either family (route)" invalid
doors target
router "$IP6TABLES" -t raw -A PREROUTING -i nat64 -j CT --notrack
run_case "B9 ... nor with notrack for what comes from nat64 (target)" invalid
router "$IP6TABLES" -t raw -D PREROUTING -i nat64 -j CT --notrack
router "$IP6TABLES" -D FORWARD -m conntrack --ctstate INVALID -j DROP

# A firewall that lets in only what was asked for.
stateful()
{
	router "$IPTABLES" -A FORWARD -o nat64 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	router "$IPTABLES" -A FORWARD -o nat64 -j DROP
	echo_tcp "$CLIENT" $S6 64 && ping_once "$CLIENT" $S6 && port_unreachable "$CLIENT" $S6
}
run_case "B9 replies are ESTABLISHED and errors RELATED" stateful

# A port forwarded to a host behind the translator, the other way in.
forwarded()
{
	local addr

	router "$IPTABLES" -D FORWARD -o nat64 -j DROP
	addr=$(mapped4 $C6)
	router "$IPTABLES" -t nat -A PREROUTING -i r4 -p udp --dport 13 -j DNAT --to "$addr"
	same $S6 who_udp "$SERVER" $R4
}
run_case "B9 DNAT to a mapped host" forwarded

finish
