#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 464XLAT (RFC 6877): programs and hosts that only know IPv4 literals reach IPv4 across an IPv6-only
# network. A second device, on the client, is their CLAT; the router is the PLAT.
#
#   deep 192.168.7.2 --- CLAT client --- IPv6 only --- router PLAT --- server --- far 192.0.2.2

. "$(dirname "$0")"/../lib/lib.sh

need ping traceroute socat tcpdump
setup_path
L4=192.168.7.2 L6=2001:db8:ca::c0a8:702		# the host behind the CLAT, in either family
OWN4=192.0.0.1 OWN6=2001:db8:ca::c000:1		# the CLAT's own programs (RFC 7335)
CLAT6=2001:db8:ca::/96
POOL=198.19.0.0/18
PUBLIC4=198.51.100.10				# L4 as the Internet sees it, once it is mapped

# This host has only IPv4, in a private network.
ip -n "$DEEP" -6 addr flush dev d0
on "$DEEP" sysctl -qw net.ipv6.conf.d0.disable_ipv6=1
ip -n "$DEEP" addr add $L4/24 dev d0
ip -n "$DEEP" route add default via 192.168.7.1
ip -n "$CLIENT" addr add 192.168.7.1/24 dev c1

# Nobody outside has a route to the pool.
ip -n "$ROUTER" route add $CLAT6 via $C6
nat64_up both pool $POOL
router "$IPTABLES" -t nat -A POSTROUTING -o r4 -s $POOL -j MASQUERADE

# The CLAT: all of IPv4 except its own hosts is behind the PLAT's prefix.
nat64 -n "$CLIENT" dev add clat || die "no CLAT"
nat64 -n "$CLIENT" map add dev clat $PREFIX 0.0.0.0/0
nat64 -n "$CLIENT" map add dev clat 2001:db8:ca::c0a8:700/120 192.168.7.0/24
nat64 -n "$CLIENT" map add dev clat $OWN6 $OWN4
ip -n "$CLIENT" addr add $OWN4/32 dev clat
ip -n "$CLIENT" route add default dev clat
ip -n "$CLIENT" route add $CLAT6 dev clat

# clat_target, clat_route: the doors into the CLAT. Its own programs always take the route.
clat_target()
{
	client "$IPTABLES" -t raw -A PREROUTING -i c1 ! -d 192.168.7.0/24 -j NAT64 --device clat
	client "$IP6TABLES" -t raw -A PREROUTING -d $CLAT6 -j NAT64 --device clat
}

clat_route()
{
	client "$IPTABLES" -t raw -F PREROUTING
	client "$IP6TABLES" -t raw -F PREROUTING
}

start_peers "$DEEP" "$FAR"

# nothing_but_ipv6 COMMAND...: its packets cross the network in the middle as IPv6.
nothing_but_ipv6()
{
	local count

	count=$(capture "$ROUTER" r6 "ip or arp" "$@") || return
	[ "$count" -eq 0 ] || { echo "$count packets of IPv4"; return 1; }
	count=$(capture "$ROUTER" r6 "ip6 and dst net $PREFIX" "$@") || return
	[ "$count" -gt 0 ] || { echo "no packets to $PREFIX"; return 1; }
}

hops()
{
	on "$DEEP" traceroute -4 -n -q 1 -w 30 -m 8 "$@" $F4 | awk 'NR > 1 { print $2 }'
}

# trace "WANT..." [OPTION...]
trace()
{
	same "$(tr ' ' '\n' <<<"$1")" hops "${@:2}"
}

forget_mtu()
{
	ip -n "$DEEP" -4 route flush cache
	ip -n "$FAR" -4 route flush cache
}

# learns MTU: a host behind the CLAT learns this MTU by pings that must not be fragmented. First they
# are of a size for its own link, then of one for an IPv6 link of 1500.
learns()
{
	# An error ends the waiting.
	on "$DEEP" ping -n -c 1 -W 30 -M 'do' -s 1472 $F4
	on "$DEEP" ping -n -c 1 -W 30 -M 'do' -s 1452 $F4
	ip -n "$DEEP" route get $F4 | grep -w "mtu $1"
}

middle_mtu()
{
	ip -n "$CLIENT" link set c0 mtu "$1"
	ip -n "$ROUTER" link set r6 mtu "$1"
}

for door in target route; do
	"clat_$door"
	once=
	[ $door = target ] || once=" 192.168.7.1"

	run_case "H9 ping of a literal, nothing but IPv6 in the middle ($door)" \
		nothing_but_ipv6 ping_once "$DEEP" $F4
	run_case "H9 UDP to a literal, by MASQUERADE ($door)" same $R4 who_udp "$DEEP" $F4
	run_case "H9 TCP to a literal, by MASQUERADE ($door)" same $R4 who_tcp "$DEEP" $F4
	run_case "H9 TCP there and back ($door)" echo_tcp "$DEEP" $F4 128
	run_case "H9 a UDP datagram in fragments ($door)" echo_udp "$DEEP" $F4 4000
	run_case "H9 port unreachable reaches the sending socket ($door)" port_unreachable "$DEEP" $F4
	run_case "H9 traceroute shows every hop ($door)" \
		trace "${once:+${once# } }$OWN4 $R4 $S4 $F4"

	path_mtu4 1400
	forget_mtu
	run_case "H9 an IPv4 link of 1400 behind the PLAT: learns 1400 ($door)" learns 1400
	forget_mtu
	run_case "H9 ... TCP ($door)" echo_tcp "$DEEP" $F4 64
	path_mtu4 1500
	middle_mtu 1300
	forget_mtu
	run_case "H9 an IPv6 link of 1300 in the middle: learns 1280 ($door)" learns 1280
	forget_mtu
	run_case "H9 ... TCP ($door)" echo_tcp "$DEEP" $F4 64
	middle_mtu 1500
	forget_mtu
done

# The CLAT on the host itself, as a telephone has it.
run_case "H9 ping of a literal from the CLAT's own host" nothing_but_ipv6 ping_once "$CLIENT" $F4
run_case "H9 ... UDP" same $R4 who_udp "$CLIENT" $F4
run_case "H9 ... TCP" same $R4 who_tcp "$CLIENT" $F4
run_case "H9 ... a closed port" port_unreachable "$CLIENT" $F4

# A static mapping in the PLAT, no MASQUERADE: the host behind the CLAT can be called, too.
nat64 -n "$ROUTER" map add $L6 $PUBLIC4
ip -n "$ROUTER" route add $PUBLIC4 dev nat64
run_case "H9 a static mapping in the PLAT: UDP to a literal" same $PUBLIC4 who_udp "$DEEP" $F4
run_case "H9 ... a call from the Internet, UDP" same $F4 who_udp "$FAR" $PUBLIC4
run_case "H9 ... TCP" same $F4 who_tcp "$FAR" $PUBLIC4
run_case "H9 ... ping" ping_once "$FAR" $PUBLIC4

finish
