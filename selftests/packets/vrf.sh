#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VRFs, and policy routing by mark: a device in a VRF, two VRFs with identical addresses, and a mark
# that selects the routing table after translation.
#
# In a VRF, FORWARD sees the VRF's device as the input device instead of nat64, as with every device
# in a VRF.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat
setup_net
BLUEC=n64bc-$$ BLUES=n64bs-$$
load_modules

# enslave VRF DEVICE...
enslave()
{
	local vrf=$1 device

	shift
	for device; do
		ip -n "$ROUTER" link set "$device" master "$vrf" || die "no VRF"
	done
}

# blue is what red is, addresses included: only the names of the devices differ.
setup_blue()
{
	new_ns "$BLUEC"
	new_ns "$BLUES"
	ip -n "$ROUTER" link add b6 type veth peer name c0 netns "$BLUEC"
	ip -n "$ROUTER" link add b4 type veth peer name s0 netns "$BLUES"
	ip -n "$ROUTER" link set b6 up
	ip -n "$ROUTER" link set b4 up
	ip -n "$BLUEC" link set c0 up
	ip -n "$BLUES" link set s0 up
	ip -n "$BLUEC" addr add $C6/64 dev c0
	ip -n "$BLUEC" route add default via $R6
	ip -n "$BLUES" addr add $S4/24 dev s0
	ip -n "$BLUES" route add default via $R4
}

setup_vrfs()
{
	local vrf table=10

	for vrf in "red nat64 r6 r4" "blue natblue b6 b4"; do
		set -- $vrf
		ip -n "$ROUTER" link add "$1" type vrf table $table || die "no VRF"
		ip -n "$ROUTER" link set "$1" up
		nat64 -n "$ROUTER" dev add "$2" prefix $PREFIX || die "no device"
		nat64 -n "$ROUTER" map add $C6 $C4 dev "$2"
		enslave "$@"
		# A device loses its IPv6 addresses on the way into a VRF.
		ip -n "$ROUTER" addr replace $R6/64 dev "$3"
		ip -n "$ROUTER" addr replace $R4/24 dev "$4"
		table=$((table + 10))
	done
	routes add
}

# The rules go by the incoming device, since addresses say nothing here.
rules()
{
	local device

	for device in "r6 r4 nat64" "b6 b4 natblue"; do
		set -- $device
		router "$IP6TABLES" -t raw -A PREROUTING -i "$1" -d $PREFIX -j NAT64 --device "$3"
		router "$IPTABLES" -t raw -A PREROUTING -i "$2" -d $POOL -j NAT64 --device "$3"
	done
}

# routes add|del: into the devices. Rules and hooks need them only for what the router itself has to say
# to a host of the other family.
routes()
{
	local vrf

	for vrf in "nat64 red" "natblue blue"; do
		set -- "$1" $vrf
		ip -n "$ROUTER" route "$1" $PREFIX dev "$2" vrf "$3"
		ip -n "$ROUTER" route "$1" $POOL dev "$2" vrf "$3"
	done
}

# hooks any|off: of both devices. Each takes what comes from its own VRF.
hooks()
{
	nat64 -n "$ROUTER" dev set nat64 hook "$1"
	nat64 -n "$ROUTER" dev set natblue hook "$1"
}

both_ways()
{
	ping_once "$1" $S6 && ping_once "$2" $C4 && same $C4 who_udp "$1" $S6 &&
		same $S6 who_udp "$2" $C4 && echo_tcp "$1" $S6 256
}

# Through the target the box is one hop, through the route two. The limit is the one that ends in the new
# family.
time_exceeded()
{
	local limit=2

	[ "$1" = route ] || limit=1
	on "$CLIENT" ping -n -c 1 -W 30 -t $limit $F6 | grep -i "time exceeded"
}

# With blue's server off, red goes on as before and blue finds no one: each has its own.
apart()
{
	ip -n "$BLUES" link set s0 down
	ping_once "$CLIENT" $S6 && fails ping_once "$BLUEC" -W 1 $S6
	set -- $?
	ip -n "$BLUES" link set s0 up
	ip -n "$BLUES" route replace default via $R4
	return "$1"
}

setup_blue
setup_vrfs
start_peers "$CLIENT" "$SERVER" "$BLUEC" "$BLUES"
ip -n "$ROUTER" route add 192.0.2.0/24 via $S4 vrf red
on "$SERVER" sysctl -qw net.ipv4.ip_forward=1
ip -n "$SERVER" route add 192.0.2.0/24 via $R4
for door in route both; do
	[ $door = route ] || rules
	run_case "H10 the device in a VRF, both ways ($door)" both_ways "$CLIENT" "$SERVER"
	run_case "H10 another VRF with the same addresses ($door)" both_ways "$BLUEC" "$BLUES"
	run_case "H10 ... each with its own hosts ($door)" apart
	# The router's own ICMP error finds its way within the VRF.
	run_case "H10 time exceeded is reported within the VRF ($door)" \
		time_exceeded $door
done

router "$IP6TABLES" -t raw -F PREROUTING
router "$IPTABLES" -t raw -F PREROUTING
routes del
hooks any
run_case "H10 hook any takes what comes from the VRF of its device" both_ways "$CLIENT" "$SERVER"
run_case "H10 ... and leaves the other VRF to the other device" both_ways "$BLUEC" "$BLUES"
run_case "H10 ... each with its own hosts (hook any)" apart
hooks off
routes add

# A hairpin arrives from the device, and then again from the VRF: rules may take it from the one, the
# other, or both. The hosts are two addresses of the client; T6 is an IPv4-translatable one.
H6=2001:db8:1::3 T6=2001:db8:64::a06:9 T4=10.6.0.9
C64=2001:db8:64::c633:6402 H64=2001:db8:64::c633:6403

setup_hairpin()
{
	nat64 -n "$ROUTER" map add $H6 198.51.100.3
	nat64 -n "$ROUTER" dev set nat64 translatable 10.6.0.0/24
	ip -n "$CLIENT" addr add $H6/64 dev c0 preferred_lft 0
	ip -n "$CLIENT" addr add $T6/128 dev lo preferred_lft 0
	ip -n "$ROUTER" route add $T6 via $C6 vrf red
	ip -n "$ROUTER" route add 10.6.0.0/24 dev nat64 vrf red
}

# rules_from [-i DEVICE]: for what comes from there, and for nothing else.
rules_from()
{
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IPTABLES" -t raw -F PREROUTING
	router "$IP6TABLES" -t raw -A PREROUTING "$@" -d $PREFIX -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING "$@" -d $POOL -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING "$@" -d 10.6.0.0/24 -j NAT64
}

hairpins()
{
	ping_once "$CLIENT" -I $C6 $H64 && same $C64 who_udp "$CLIENT" $H64 &&
		same $C64 who_tcp "$CLIENT" $H64
}

translatable_host()
{
	ping_once "$SERVER" $T4 && ping_once "$CLIENT" -I $T6 $S6 && ping_once "$CLIENT" -I $C6 $T6
}

setup_hairpin
for way in "the route" "rules for all" "rules for the VRF"; do
	case $way in
	"rules for all") rules_from ;;
	"rules for the VRF") rules_from -i red ;;
	*) router "$IP6TABLES" -t raw -F PREROUTING; router "$IPTABLES" -t raw -F PREROUTING ;;
	esac
	run_case "H10,A7 hairpins in a VRF ($way)" stat_moves drop_loop 0 hairpins
	run_case "H10,A10 an IPv4-translatable host in a VRF ($way)" stat_moves drop_loop 0 translatable_host
done

# The router's own addresses are those of the VRF's table.
own_in_vrf()
{
	router "$IPTABLES" -t raw -A PREROUTING -i red -j NAT64
	nat64 -n "$ROUTER" dev set nat64 translatable 203.0.113.0/24
	stat_moves xlat_4to6 0 stat_moves drop_no_mapping4 0 ping_once "$SERVER" $R4 &&
		stat_moves xlat_4to6 0 ping_once "$ROUTER" -I red $S4
}
run_case "H10,A13 the router's own address in a VRF is not taken" own_in_vrf

# The settings that count are those of the device, as in the kernel, though packets come from the VRF.
policy_of_device()
{
	rules_from -i red
	ip -n "$ROUTER" xfrm policy add src $C6 dst $PREFIX dir fwd action block
	stat_moves drop_policy 1 fails ping_once "$CLIENT" -W 1 -I $C6 $S6 || return
	router sysctl -qw net.ipv6.conf.r6.disable_policy=1
	ping_once "$CLIENT" -I $C6 $S6
}
run_case "H10,H11 disable_policy of a device in a VRF (rules for the VRF)" policy_of_device
ip -n "$ROUTER" xfrm policy flush
router sysctl -qw net.ipv6.conf.r6.disable_policy=0
nat64 -n "$ROUTER" dev set nat64 translatable none
router "$IPTABLES" -t raw -F PREROUTING
router "$IP6TABLES" -t raw -F PREROUTING
rules

# Only IPv6 in a VRF: the device and IPv4 are in the main table, which knows the way back.
leak()
{
	ip -n "$ROUTER" link set nat64 nomaster
	ip -n "$ROUTER" link set r4 nomaster
	ip -n "$ROUTER" link set nat64 up
	ip -n "$ROUTER" route add 2001:db8:1::/64 dev r6
	both_ways "$CLIENT" "$SERVER"
}
run_case "H10 the way in is in a VRF and the device is not" leak

# IPv6 is in the VRF, and the device is in none.
any_is_none()
{
	router "$IP6TABLES" -t raw -F PREROUTING
	nat64 -n "$ROUTER" dev set nat64 hook any
	stat_moves xlat_6to4 0 fails ping_once "$CLIENT" -W 1 $S6 || return
	nat64 -n "$ROUTER" dev set nat64 hook r6,r4
	both_ways "$CLIENT" "$SERVER"
}
run_case "H10 ... nor does hook any take from there, but a hook with the name does" any_is_none
nat64 -n "$ROUTER" dev set nat64 hook off

# Policy routing by mark: F4 (of the server) and D6 (of the client) are known to table 50 alone.
setup_mark()
{
	ip -n "$ROUTER" link set r6 nomaster
	ip -n "$ROUTER" addr replace $R6/64 dev r6
	ip -n "$SERVER" route del 192.0.2.0/24
	ip -n "$SERVER" addr add $F4/32 dev lo
	ip -n "$CLIENT" addr add $D6/128 dev lo
	nat64 -n "$ROUTER" map add $D6 $D4
	ip -n "$ROUTER" rule add fwmark 5 table 50
	ip -n "$ROUTER" -6 rule add fwmark 5 table 50
	ip -n "$ROUTER" route add $F4 via $S4 table 50
	ip -n "$ROUTER" route add $D6 via $C6 table 50
	# The routes into the translator depend on the mark, too.
	ip -n "$ROUTER" route add $PREFIX dev nat64 table 50
	ip -n "$ROUTER" route add $POOL dev nat64 table 50
}

# marked TABLE: packets marked there before translation are routed by the mark after it, in either direction.
marked()
{
	router "$IP6TABLES" -t "$1" -I PREROUTING -i r6 -j MARK --set-mark 5
	router "$IPTABLES" -t "$1" -I PREROUTING -i r4 -j MARK --set-mark 5
	ping_once "$CLIENT" -I $C6 $F6 && ping_once "$SERVER" -I $S4 $D4
}

unmarked()
{
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IPTABLES" -t raw -F PREROUTING
	router "$IP6TABLES" -t mangle -F PREROUTING
	router "$IPTABLES" -t mangle -F PREROUTING
}

# way_in TABLE|route
way_in()
{
	unmarked
	ip -n "$ROUTER" route del $PREFIX dev nat64 2>/dev/null
	ip -n "$ROUTER" route del $POOL dev nat64 2>/dev/null
	if [ "$1" = route ]; then
		add_routes
	else
		router "$IP6TABLES" -t "$1" -A PREROUTING -d $PREFIX -j NAT64
		router "$IPTABLES" -t "$1" -A PREROUTING -d $POOL -j NAT64
	fi
}

setup_mark
for door in raw mangle route; do
	way_in $door
	run_case "H10 without a mark there is no route after translation ($door)" eval '
		fails ping_once "$CLIENT" -W 1 -I $C6 $F6 && fails ping_once "$SERVER" -W 1 $D4'
	mark_table=$door
	[ $door != route ] || mark_table=mangle
	run_case "H10 a mark set in $mark_table survives and selects the table, both ways ($door)" \
		marked $mark_table
done

finish
