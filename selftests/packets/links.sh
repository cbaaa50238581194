#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Input and output links other than a plain Ethernet device: VLAN, macvlan, bridge, tc redirect.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat tc
setup_path
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

both_ways()
{
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4 && same $C4 who_udp "$CLIENT" $S6 &&
		same $S6 who_udp "$SERVER" $C4 && echo_tcp "$CLIENT" $S6 256 &&
		echo_tcp "$SERVER" $C4 64
}

# addresses R6_DEVICE R4_DEVICE C_DEVICE S_DEVICE: the picture of lib.sh on these devices.
addresses()
{
	ip -n "$ROUTER" addr flush dev "$1" scope global
	ip -n "$ROUTER" addr flush to $R6
	ip -n "$ROUTER" addr flush to $R4
	ip -n "$CLIENT" addr flush to $C6
	ip -n "$SERVER" addr flush to $S4
	ip -n "$ROUTER" addr add $R6/64 dev "$1"
	ip -n "$ROUTER" addr add $R4/24 dev "$2"
	ip -n "$CLIENT" addr add $C6/64 dev "$3"
	ip -n "$CLIENT" route replace default via $R6
	ip -n "$SERVER" addr add $S4/24 dev "$4"
	ip -n "$SERVER" route replace default via $R4
	# Nobody tells a host that its router's Ethernet address has changed.
	ip -n "$CLIENT" neigh flush all
	ip -n "$SERVER" neigh flush all
}

vlan()
{
	ip -n "$1" link add link "$2" name "$2.64" type vlan id 64
	ip -n "$1" link set "$2.64" up
}

HOOK=any
through_all_doors()
{
	for door in target hook route; do
		door_$door
		run_case "H7 $1, both ways ($door)" both_ways
	done
}

vlan "$ROUTER" r6
vlan "$ROUTER" r4
vlan "$CLIENT" c0
vlan "$SERVER" s0
addresses r6.64 r4.64 c0.64 s0.64
through_all_doors "VLANs"

for device in 6 4; do
	ip -n "$ROUTER" link add link r$device name m$device type macvlan mode bridge
	ip -n "$ROUTER" link set m$device up
done
addresses m6 m4 c0 s0
through_all_doors "macvlans"
ip -n "$ROUTER" link del m6
ip -n "$ROUTER" link del m4

# Redirected by tc, packets go into the device without a route or a rule.
tc_redirect()
{
	router tc qdisc add dev "$1" ingress
	router tc filter add dev "$1" ingress protocol "$2" flower dst_ip "$3" \
		action mirred egress redirect dev nat64
}
addresses r6 r4 c0 s0
door_closed
run_case "H7 neither rule nor route: no way" fails ping_once "$CLIENT" -W 1 $S6
tc_redirect r6 ipv6 $PREFIX
tc_redirect r4 ip $POOL
run_case "H7 redirected by tc ingress, both ways" both_ways
# No routing has looked at the source yet.
forged()
{
	on "$SERVER" /usr/bin/python3 -c 'if True:
		import socket, sys
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		IP_TRANSPARENT = 19
		sock.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
		sock.bind((sys.argv[1], 5000))
		sock.sendto(b"forged", (sys.argv[2], 7))' $R4 $C4
	within 60 counter_exceeds drop_forged4 "$1"
}
run_case "A11 ... but not from the router's own IPv4 address" eval 'forged "$(stat drop_forged4)"'
# The packets of a host behind the client: its own still belong to a socket of this machine, which rules flows out.
no_flow()
{
	nat64 -n "$ROUTER" map add $D6 $D4 && ip -n "$ROUTER" route replace 2001:db8:d::/64 via $C6 &&
		nat64 -n "$ROUTER" dev set nat64 fast ingress fast-dev r6,r4 && talk "$DEEP" $D6 5000 $S6 &&
		same 0 stat fast_made
}
run_case "H7 ... and make no flow" no_flow
nat64 -n "$ROUTER" dev set nat64 fast off
router tc qdisc del dev r6 ingress
router tc qdisc del dev r4 ingress

# The packets of a tunnel that is shared have the tunnel's metadata in the place of a route.
tunnel()
{
	ip -n "$ROUTER" link add shared type ipip external && ip -n "$ROUTER" link set shared up &&
		tc_redirect shared ip $POOL && ip -n "$SERVER" link add own type ipip local $S4 remote $R4 &&
		ip -n "$SERVER" link set own up && ip -n "$SERVER" route add $POOL dev own
}
tunnel_answers()
{
	same $C4 who_udp "$CLIENT" $S6 && same $C4 who_tcp "$CLIENT" $S6
}
tunnel || die "no tunnel"
for door in target fast_rule; do
	door_$door
	run_case "H7 redirected by tc from a tunnel with metadata ($door)" tunnel_answers
done
tunnel_error()
{
	on "$SERVER" ping -n -c 1 -W 30 198.51.100.99 | grep "From .* Destination Host Unreachable"
}
run_case "... with an answer, if there is no mapping" tunnel_error
nat64 -n "$ROUTER" dev set nat64 fast off
ip -n "$SERVER" link del own
ip -n "$ROUTER" link del shared

# A bridge of the router's, with its address, the client and another router in it. The bridge's
# own Ethernet address is that of none of its ports.
OTHER=n64o-$$
new_ns "$OTHER"
ip -n "$ROUTER" link add br0 address 02:00:00:00:0b:00 type bridge
ip -n "$ROUTER" link add ro type veth peer name o0 netns "$OTHER"
ip -n "$ROUTER" link set r6 master br0
ip -n "$ROUTER" link set ro master br0
ip -n "$ROUTER" link set br0 up
ip -n "$ROUTER" link set ro up
ip -n "$OTHER" link set o0 up
ip -n "$OTHER" addr add 2001:db8:1::9/64 dev o0
# It answers for all of IPv6 that is not here.
ip -n "$OTHER" addr add $S6/128 dev lo
addresses br0 r4 c0 s0
through_all_doors "bridge"

# bridged_past: packets that cross the bridge to the other router are not ours to translate.
bridged_past()
{
	ip -n "$CLIENT" route replace $S6 via 2001:db8:1::9
	stat_moves xlat_6to4 0 ping_once "$CLIENT" $S6
	set -- $?
	ip -n "$CLIENT" route del $S6
	return "$1"
}
for door in target hook; do
	door_$door
	run_case "H7 packets that are bridged past are left alone ($door)" bridged_past
done
if modprobe br_netfilter 2>/dev/null; then
	router sysctl -qw net.bridge.bridge-nf-call-ip6tables=1 net.bridge.bridge-nf-call-iptables=1
	for door in target hook; do
		door_$door
		run_case "H7 bridge, with br_netfilter, both ways ($door)" both_ways
		run_case "H7 packets that are bridged past br_netfilter are left alone ($door)" bridged_past
	done
	door_route
	run_case "H7 bridge, with br_netfilter, both ways (route)" both_ways
	door_closed
	router sysctl -qw net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-iptables=0
	ip -n "$ROUTER" link del br0
	rmmod br_netfilter 2>/dev/null
else
	skip_case "H7 br_netfilter" "no module br_netfilter"
fi

finish
