#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec on either side of the translator. Packets from an ESP tunnel are translated and keep no
# state of the tunnel; translated packets are subject to the policies of their new family.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat tcpdump
setup_net
nat64_up both
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

KEY=0x000102030405060708090a0b0c0d0e0f10111213	# AES-128 and four bytes of salt

# tunnel NS NS END END SPI: states for both directions of an ESP tunnel, in both hosts.
tunnel()
{
	local ns

	for ns in "$1" "$2"; do
		ip -n "$ns" xfrm state add src "$3" dst "$4" proto esp spi "$5" mode tunnel \
			aead 'rfc4106(gcm(aes))' $KEY 128 || die "no ESP"
		ip -n "$ns" xfrm state add src "$4" dst "$3" proto esp spi "$(($5 + 1))" \
			mode tunnel aead 'rfc4106(gcm(aes))' $KEY 128 || die "no ESP"
	done
}

# policy NS DIRECTION FROM TO END END: what goes from FROM to TO must be in the tunnel.
policy()
{
	ip -n "$1" xfrm policy add src "$3" dst "$4" dir "$2" \
		tmpl src "$5" dst "$6" proto esp mode tunnel || die "no policy"
}

ipsec6_up()
{
	tunnel "$CLIENT" "$ROUTER" $C6 $R6 256
	policy "$CLIENT" out $C6 $PREFIX $C6 $R6
	policy "$CLIENT" in $PREFIX $C6 $R6 $C6
	policy "$ROUTER" fwd $C6 $PREFIX $C6 $R6
	policy "$ROUTER" in $C6 $PREFIX $C6 $R6
	policy "$ROUTER" out $PREFIX $C6 $R6 $C6
}

ipsec4_up()
{
	tunnel "$SERVER" "$ROUTER" $S4 $R4 512
	policy "$SERVER" out $S4 $POOL $S4 $R4
	policy "$SERVER" in $POOL $S4 $R4 $S4
	policy "$ROUTER" fwd $S4 $POOL $S4 $R4
	policy "$ROUTER" in $S4 $POOL $S4 $R4
	policy "$ROUTER" out $POOL $S4 $R4 $S4
}

ipsec_down()
{
	local ns

	for ns in "$CLIENT" "$ROUTER" "$SERVER"; do
		ip -n "$ns" xfrm policy flush
		ip -n "$ns" xfrm state flush
	done
}

# encrypted NS IF COMMAND: one packet comes in there in ESP. Packets in the clear would be of no
# use, since the receiver's policy refuses them.
encrypted()
{
	same 1 capture "$1" "$2" esp "${@:3}"
}

# A policy about other traffic makes the kernel look at every IPv4 packet that it forwards. It would
# drop a packet that came by a tunnel unknown to the policy.
other_policy()
{
	ip -n "$ROUTER" xfrm policy add src 192.0.2.0/24 dst 192.0.2.0/24 dir fwd action block
}

traffic()
{
	same $C4 who_udp "$CLIENT" $S6 && same $S6 who_udp "$SERVER" $C4 &&
		echo_tcp "$CLIENT" $S6 256 && echo_tcp "$SERVER" $C4 64
}

for door in both hook_both route; do
	door_$door
	ipsec_down
	ipsec6_up
	other_policy
	run_case "H11 ESP on the IPv6 side: the reply is encrypted ($door)" \
		encrypted "$CLIENT" c0 ping_once "$CLIENT" $S6
	run_case "H11 ... IPv4 goes on in the clear, past IPv4 policies ($door)" \
		same 1 capture "$SERVER" s0 icmp ping_once "$CLIENT" $S6
	run_case "H11 ... UDP and TCP, both ways ($door)" traffic

	ipsec_down
	ipsec4_up
	run_case "H11 ESP on the IPv4 side: the request is encrypted ($door)" \
		encrypted "$SERVER" s0 ping_once "$CLIENT" $S6
	run_case "H11 ... IPv6 goes on in the clear ($door)" same 1 capture "$CLIENT" c0 \
		"icmp6 and ip6[40] == 129" ping_once "$CLIENT" $S6
	run_case "H11 ... UDP and TCP, both ways ($door)" traffic

	ipsec6_up
	run_case "H11 ESP on both sides ($door)" eval '
		encrypted "$SERVER" s0 ping_once "$CLIENT" $S6 &&
			encrypted "$CLIENT" c0 ping_once "$CLIENT" $S6 && traffic'
done

# Packets that came in ESP make no flow, which others in the clear would use.
in_the_clear()
{
	talk "$CLIENT" $C6 5000 $S6 || return
	ip -n "$CLIENT" xfrm policy flush
	on "$CLIENT" /usr/bin/python3 -c 'if True:
		import socket, sys
		sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		sock.bind((sys.argv[1], 5000))
		sock.sendto(b"clear", (sys.argv[2], 7))' $C6 $S6
}
door_route
ipsec_down
ipsec6_up
nat64 -n "$ROUTER" dev set nat64 fast ingress fast-dev r6,r4
run_case "H11 what came in ESP opens no fast path for packets in the clear" eval '
	same 20 capture "$SERVER" s0 "udp dst port 7" in_the_clear && same 0 stat fast_hit'
nat64 -n "$ROUTER" dev set nat64 fast off

# What has to come in ESP is dropped if it comes in the clear: before a route by the kernel's forwarding,
# else by the translator, unless the device has no policies.
lost_in_the_clear()
{
	local by=1

	[ "$door" != route ] || by=0
	ip -n "$1" xfrm policy flush
	same 0 capture "$3" "$4" "$5" stat_moves drop_policy "$by" fails ping_once "$1" -W 1 "$2"
}

passes_in_the_clear()
{
	router sysctl -q "net.$6.conf.$7.disable_policy=1"
	same 1 capture "$3" "$4" "$5" fails ping_once "$1" -W 1 "$2"
}

for_the_router()
{
	ipsec_down
	ip -n "$ROUTER" xfrm policy add src $C6 dst $R6 dir fwd action block
	stat_moves drop_policy 0 ping_once "$CLIENT" $R6
}

for door in both hook_both route; do
	door_$door
	ipsec_down
	ipsec6_up
	run_case "H11 IPv6 in the clear, not in ESP as it has to be: dropped ($door)" \
		lost_in_the_clear "$CLIENT" $S6 "$SERVER" s0 icmp
	run_case "H11 ... but with disable_policy it passes ($door)" \
		passes_in_the_clear "$CLIENT" $S6 "$SERVER" s0 icmp ipv6 r6
	router sysctl -q net.ipv6.conf.r6.disable_policy=0
	ipsec_down
	ipsec4_up
	run_case "H11 IPv4 in the clear, not in ESP as it has to be: dropped ($door)" \
		lost_in_the_clear "$SERVER" $C4 "$CLIENT" c0 "icmp6 and ip6[40] == 128"
	run_case "H11 ... but with disable_policy it passes ($door)" \
		passes_in_the_clear "$SERVER" $C4 "$CLIENT" c0 "icmp6 and ip6[40] == 128" ipv4 r4
	router sysctl -q net.ipv4.conf.r4.disable_policy=0
	run_case "H11 policies of what is forwarded are none of what is for the router ($door)" for_the_router
done
ipsec_down

# A policy can forbid what the translator makes.
block()
{
	ping_once "$CLIENT" $S6 || return
	ip -n "$ROUTER" xfrm policy add src $POOL dst $S4 dir fwd action block
	fails ping_once "$CLIENT" -W 1 $S6
}
ipsec_down
for door in both hook_both route; do
	door_$door
	ipsec_down
	run_case "H11 an IPv4 policy blocks translated packets ($door)" block
done

finish
