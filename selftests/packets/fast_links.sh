#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The fast path with links to the Internet that have no Ethernet header: WireGuard and PPPoE.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat conntrack wg pppd pppoe-server
setup_net
UNDER_ROUTER=$R4 UNDER_SERVER=$S4
R4=203.0.115.1 S4=203.0.115.2 S6=2001:db8:64::cb00:7302		# by the link that is tested
nat64_up closed
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

# wireguard NS NAME PEER ENDPOINT ADDRESS
wireguard()
{
	ip -n "$1" link add wg0 type wireguard &&
		on "$1" wg set wg0 listen-port 51820 private-key "$work/key-$2" \
			peer "$(wg pubkey <"$work/key-$3")" allowed-ips 0.0.0.0/0 endpoint "$4:51820" &&
		ip -n "$1" addr add "$5/24" dev wg0 && ip -n "$1" link set wg0 up
}

# Each link is "$link"0 at both ends.
wg_up()
{
	umask 077
	wg genkey >"$work/key-router" && wg genkey >"$work/key-server" &&
		wireguard "$ROUTER" router server $UNDER_SERVER $R4 &&
		wireguard "$SERVER" server router $UNDER_ROUTER $S4
}

wg_down()
{
	ip -n "$ROUTER" link del wg0
	ip -n "$SERVER" link del wg0
}

# The server is the access concentrator.
ppp_up()
{
	# Without udev, nobody loads it when /dev/ppp is opened.
	modprobe -q -a ppp_generic ppp_async pppoe
	echo noauth >"$work/options"
	on "$SERVER" pppoe-server -F -I s0 -O "$work/options" -L $S4 -R $R4 -N 1 >"$work/ac" 2>&1 &
	ppp_pids=$!
	on "$ROUTER" pppd plugin rp-pppoe.so r4 noauth nodefaultroute nodetach unit 0 >"$work/pppd" 2>&1 &
	ppp_pids+=" $!"
	within 60 eval 'ip -n "$ROUTER" addr show dev ppp0 2>/dev/null | grep -F $R4 &&
		ip -n "$SERVER" addr show dev ppp0 2>/dev/null | grep -F $S4' && return
	cat "$work/ac" "$work/pppd"
	return 1
}

ppp_down()
{
	kill $ppp_pids
	wait $ppp_pids
}

# segments NS ADDRESS: 100 of TCP each way. None can be merged with the next, which waits for its echo.
segments()
{
	on "$1" /usr/bin/python3 -c 'if True:
		import socket, sys
		with socket.create_connection((sys.argv[1], 7), timeout=60) as sock:
		    for number in range(100):
		        sock.sendall(b"%c" % number)
		        assert sock.recv(100) == b"%c" % number' "$2"
}

# All but the first packets of both directions.
goes_fast()
{
	local before after

	before=$(stat fast_hit)
	segments "$@" || return
	after=$(stat fast_hit)
	echo "$((after - before)) packets went fast"
	[ $((after - before)) -ge 150 ]
}

for link in wg ppp; do
	HOOK=r6,${link}0
	${link}_up || die "no link: $link"
	ip -n "$SERVER" route add $POOL dev ${link}0
	for way in rule ingress; do
		# Forget the NAT of the case before, for which conntrack had to see all packets.
		nat64 -n "$ROUTER" dev set nat64 fast off
		door_fast_$way
		traffic_cases "$link, fast $way"
		run_case "TCP to IPv4 goes fast ($link, fast $way)" goes_fast "$CLIENT" $S6
		run_case "TCP to IPv6 goes fast ($link, fast $way)" goes_fast "$SERVER" $C4
		router "$IPTABLES" -t nat -A POSTROUTING -o ${link}0 -j MASQUERADE
		run_case "TCP goes fast behind MASQUERADE ($link, fast $way)" goes_fast "$CLIENT" $S6
		router "$IPTABLES" -t nat -F POSTROUTING
	done
	door_closed
	${link}_down
done

finish
