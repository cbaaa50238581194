#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fragments from real hosts, with and without conntrack's defragmentation in front of the
# translator.

. "$(dirname "$0")"/../lib/lib.sh

need ping tcpdump
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4
start_peers

# Offload would hide what is on the wire.
ip -n "$ROUTER" link set r6 mtu 1500

cases()
{
	local how=$1

	run_case "a UDP datagram of 8000 bytes from IPv6, $how" echo_udp "$CLIENT" $S6 8000
	run_case "a UDP datagram of 8000 bytes from IPv4, $how" echo_udp "$SERVER" $C4 8000
	run_case "a UDP datagram of 60000 bytes from IPv6, $how" echo_udp "$CLIENT" $S6 60000
}

# Without defragmentation a fragmented ping cannot be translated (RFC 7915, section 1.2).
for door in target hook route; do
	door_$door
	run_case "UDP of 8000 bytes from IPv6, fragments one by one ($door)" \
		echo_udp "$CLIENT" $S6 8000
	run_case "UDP of 8000 bytes from IPv4, fragments one by one ($door)" \
		echo_udp "$SERVER" $C4 8000
	run_case "D9 a fragmented ping is dropped and counted ($door)" \
		stat_moves drop_icmp_fragment 3 fails ping_once "$CLIENT" -W 1 -s 4000 $S6
done

# On output, the kernel fragments again what conntrack has put together. The device reassembles a
# ping that was cut for it in IPv4, but not in IPv6: such a ping from IPv6 crosses only through the
# target.
whole_pings()
{
	run_case "D9 a ping of 4000 bytes from IPv6, defragmented" \
		stat_moves drop_icmp_fragment 0 ping_once "$CLIENT" -s 4000 $S6
	run_case "D9 a ping of 4000 bytes from IPv4, defragmented" \
		stat_moves drop_icmp_fragment 0 ping_once "$SERVER" -s 4000 $C4
}

# conntrack puts fragments together in front of raw (the defragmentation hooks are earlier), for
# both families, once a rule needs it.
router "$IPTABLES" -A FORWARD -m conntrack --ctstate NEW
router "$IP6TABLES" -A FORWARD -m conntrack --ctstate NEW
for door in target hook route; do
	door_$door
	cases "defragmented ($door)"
	[ $door = route ] || whole_pings
	[ $door != route ] || {
		add_rules
		router "$IPTABLES" -t raw -F PREROUTING
		# As with MASQUERADE, where the answers find the way back by the route.
		whole_pings
		run_case "D9 ... put together again in the device" \
			stat_moves reassembled 1 ping_once "$SERVER" -s 4000 $C4
		door_$door
	}
	# A datagram of 3000 bytes in fragments of at most 1280 bytes, since the client's path MTU
	# is such: no fragment may become larger than 1260 bytes of IPv4.
	ip -n "$CLIENT" link set c0 mtu 1280
	run_case "fragments of 1280 bytes stay as small when they were put together ($door)" \
		same 0 capture "$SERVER" s0 "greater 1275" echo_udp "$CLIENT" $S6 3000
	run_case "... and come out as three ($door)" \
		same 3 capture "$SERVER" s0 "ip[6:2] & 0x3fff != 0" echo_udp "$CLIENT" $S6 3000
	ip -n "$CLIENT" link set c0 mtu 1500
done

finish
