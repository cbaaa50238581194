#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row A13: the device must not take the router's own addresses, such as an IPv6 address in the
# prefix, or an IPv4 address in a translatable block, a pool or a mapped prefix. The target's rules
# take everything that is covered, so only the device itself can leave an address alone.

. "$(dirname "$0")"/../lib/lib.sh

need ping
setup_net
nat64_up target pool $POOL
IN4=192.0.2.5 IN6=2001:db8:64::c000:205		# the same in the prefix
ip -n "$SERVER" addr add $IN4/32 dev lo
ip -n "$ROUTER" route add $IN4 via $S4

door_target()
{
	door_closed
	router "$IP6TABLES" -t raw -A PREROUTING -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -j NAT64
}

set_dev()
{
	nat64 -n "$ROUTER" dev set nat64 "$@"
}

map()
{
	nat64 -n "$ROUTER" map "$@"
}

# answered NS ADDRESS: the router itself answers, and nothing is translated.
answered()
{
	stat_moves xlat_6to4 0 stat_moves xlat_4to6 0 ping_once "$1" "$2"
}

# translated NS ADDRESS: the device translates packets in both directions.
translated()
{
	stat_grows xlat_6to4 stat_grows xlat_4to6 ping_once "$1" "$2"
}

own6()
{
	ip -n "$ROUTER" addr "$1" $IN6/128 dev r6
}

for door in target hook route; do
	"door_$door"
	run_case "A13 an address in the prefix that nobody has is translated ($door)" translated "$CLIENT" $IN6
	run_case "A13 ... once the router has it, the router answers ($door)" eval '
		own6 add && answered "$CLIENT" $IN6'
	run_case "A13 ... also when the prefix comes after the address ($door)" eval '
		set_dev prefix none && set_dev prefix $PREFIX && answered "$CLIENT" $IN6'
	run_case "A13 ... also when the configuration is restored ($door)" eval '
		nat64 -n "$ROUTER" save to "$work/saved" && nat64 -n "$ROUTER" restore "$work/saved" &&
		answered "$CLIENT" $IN6'
	run_case "A13 ... the rest of the prefix goes on ($door)" translated "$CLIENT" $S6
	run_case "A13 ... an error about it comes from the router itself ($door)" \
		port_unreachable "$CLIENT" $IN6
	run_case "A13 ... once it has gone, it is translated again ($door)" eval '
		own6 del && translated "$CLIENT" $IN6'
done

# In another namespace, the prefix does not concern the router. It comes here with the device.
moved()
{
	local ns=n64o-$$

	new_ns "$ns"
	own6 add
	nat64 -n "$ns" dev add elsewhere prefix $PREFIX translatable 203.0.113.0/24 || return
	ip -n "$ns" link set elsewhere netns "$ROUTER" && ip -n "$ROUTER" link set elsewhere up || return
	nat64 -n "$ROUTER" dev set elsewhere pool 10.9.0.0/24
	router "$IP6TABLES" -t raw -I PREROUTING -j NAT64 --device elsewhere
	router "$IPTABLES" -t raw -I PREROUTING -j NAT64 --device elsewhere
	ping_once "$CLIENT" $IN6 && ping_once "$SERVER" $R4
}
door_target
run_case "A13 a device with such a prefix and such a block comes from another namespace" moved
ip -n "$ROUTER" link del elsewhere
own6 del

# A prefix within the LAN's own network is a mistake, but the router can still be reached.
on_link()
{
	set_dev prefix 2001:db8:1::/96 && ip -n "$CLIENT" neigh flush all &&
		answered "$CLIENT" $R6
}
run_case "A13 a prefix over the LAN's own network does not take the router" on_link
set_dev prefix $PREFIX

# The router has spoken through the translator itself.
run_case "A13 an IPv6 address of the router that has a dynamic mapping" eval '
	map add $R6 198.51.100.9 dynamic && answered "$CLIENT" $R6'
map flush dynamic

run_case "A13 an IPv6 address of the router in a mapped prefix" eval '
	map add 2001:db8:1::/120 10.8.0.0/24 && answered "$CLIENT" $R6'
run_case "A13 ... a mapping of just that address goes before" eval '
	map add $R6 $S4 && stat_grows xlat_6to4 fails ping_once "$CLIENT" -W 1 $R6'
map flush static

# --- IPv4

# Both: packets to the router, and answers to its own.
own4()
{
	answered "$SERVER" $R4 && answered "$ROUTER" $S4
}

for door in target hook route; do
	"door_$door"
	run_case "A13 the router's IPv4 address in a translatable block ($door)" eval '
		set_dev translatable 203.0.113.0/24 && own4'
	run_case "A13 ... in all of IPv4, translatable ($door)" eval '
		set_dev pool none translatable 0.0.0.0/0 && own4'
	run_case "A13 ... in a pool ($door)" eval 'set_dev translatable none pool 203.0.113.0/24 && own4'
	set_dev pool $POOL
	run_case "A13 ... in a mapped prefix ($door)" eval 'map add 2001:db8:aa::/120 203.0.113.0/24 && own4'
	run_case "A13 ... in a mapping of all of IPv4, as a CLAT has it ($door)" eval '
		map flush static && map add 2001:db8:cc::/96 0.0.0.0/0 && own4'
	map flush static
done

door_target
run_case "A13 a mapping of just the router's IPv4 address goes before" eval '
	map add $C6 $R4 && stat_grows xlat_4to6 ping_once "$SERVER" $R4'
map flush static

# A dynamic mapping is older than the router's address.
older()
{
	map add $C6 198.51.100.9 dynamic && ip -n "$ROUTER" addr add 198.51.100.9/32 dev lo &&
		answered "$SERVER" 198.51.100.9 && translated "$CLIENT" $S6 && same "" mapped6 198.51.100.9
}
run_case "A11,A13 the router gets the address of a dynamic mapping: the host gets another" older
ip -n "$ROUTER" addr del 198.51.100.9/32 dev lo

# If it gets more than the one address, the host is refused.
older_network()
{
	map flush dynamic && map add $C6 198.51.100.9 dynamic &&
		ip -n "$ROUTER" addr add 198.51.100.8/29 dev lo && answered "$SERVER" 198.51.100.9 &&
		stat_moves drop_forged6 1 fails ping_once "$CLIENT" -W 1 $S6
}
run_case "A11,A13 the router gets a network with the address of a dynamic mapping" older_network
ip -n "$ROUTER" addr del 198.51.100.8/29 dev lo
map flush dynamic

# All of a network on lo is the router's.
network_on_lo()
{
	ip -n "$ROUTER" addr add 203.0.113.65/26 dev lo && ip -n "$SERVER" route add 203.0.113.64/26 via $R4 &&
		set_dev translatable 203.0.113.0/24 && answered "$SERVER" 203.0.113.100
}
run_case "A13 a network on lo is the router itself" network_on_lo

# Not an address of an interface, and yet the router's.
any_ip()
{
	ip -n "$ROUTER" route add local 203.0.113.128/25 dev lo &&
		ip -n "$SERVER" route add 203.0.113.128/25 via $R4 && answered "$SERVER" 203.0.113.200
}
run_case "A13 a local route is the router itself, too" any_ip

# --- nat64 up says what is coming

warned()
{
	local status

	echo "dev add second prefix $1" >"$work/conf"
	router nat64 up "$work/conf" >"$work/said" 2>&1
	status=$?
	ip -n "$ROUTER" link del second
	cat "$work/said"
	[ $status -eq 0 ] && same "$2" cat "$work/said"
}
run_case "A13 up warns of a prefix over the LAN's own network" warned 2001:db8:1::/96 \
	"nat64: $work/conf:1: warning: 2001:db8:1::/96 lies over the network 2001:db8:1::/64 on r6, \
whose hosts are lost to the router"
run_case "A13 up warns of a prefix that neighbours look for on the link" warned 2001:db8:1:0:64:ff9b::/96 \
	"nat64: $work/conf:1: warning: 2001:db8:1:0:64:ff9b::/96 is in the network 2001:db8:1::/64 on r6, \
whose hosts look for it on the link (see nat64 doctor)"
run_case "A13 up warns of nothing else" warned 2001:db8:66::/96 ""

finish
