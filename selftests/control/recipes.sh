#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the recipes of docs/recipes.md exactly as printed; recipes_firewall.sh runs those that are about firewalls.

. "$(dirname "$0")"/../lib/recipe_lib.sh

need dnsmasq busybox wg-quick
STRANGER=2001:db8:bad::2
setup_recipes
ip -n "$ROUTER" route add $STRANGER via $C6
ip -n "$CLIENT" addr add $STRANGER/128 dev c0 preferred_lft 0
# An IPv4 network behind the CLAT.
ip -n "$ROUTER" route add 2001:db8:ca::/96 via $C6
ip -n "$CLIENT" addr add 192.168.7.1/24 dev c1
ip -n "$DEEP" -6 addr flush dev d0
ip -n "$DEEP" addr add 192.168.7.2/24 dev d0
ip -n "$DEEP" route add default via 192.168.7.1

no_connections()
{
	same 0 router conntrack -C
}

clean
run_case "home router: the recipe" cook "A home router with one public address"
run_case "... ping and TCP, from the router's address" eval '
	ping_once "$CLIENT" $GLOBAL6 && same $R4 who_tcp "$CLIENT" $GLOBAL6'
run_case "... doctor misses no more than a DNS64" healthy no_dns64

run_case "464XLAT: the recipe, with the home router as PLAT" \
	cook "IPv4 programs on an IPv6-only line: 464XLAT" CLAT
run_case "... IPv4 of the CLAT's own programs" same $R4 who_tcp "$CLIENT" $GLOBAL4
run_case "... and of a host behind it" ping_once "$DEEP" $GLOBAL4
nat64 -n "$CLIENT" dev del clat

nat64 -n "$ROUTER" map flush
run_case "CLAT with a single address: the recipe" cook "A CLAT on a host with a single address" laptop
run_case "... ping and TCP" eval 'ping_once "$CLIENT" $GLOBAL4 && same $R4 who_tcp "$CLIENT" $GLOBAL4'
run_case "... an error about a closed port reaches its program" port_unreachable "$CLIENT" $GLOBAL4
run_case "... the NAT64 knows the one address" same $C6 eval '
	nat64 -n "$ROUTER" -j map show | jq -r ".[].ipv6"'
nat64 -n "$CLIENT" dev del clat
client ip6tables -t nat -F POSTROUTING

clean
run_case "IPv6-mostly: the recipe" cook "IPv6-mostly: IPv4 only for hosts that need it"
cat >"$work/leased" <<-'END'
	#!/bin/sh
	[ "$1" != bound ] || env | grep -E "^(ip|router|opt108)=" >"${0%/*}/lease"
END
chmod +x "$work/leased"
# lease OPTION...: what the DHCP server gives to a client with these options.
lease()
{
	rm -f "$work/lease"
	client busybox udhcpc -i c0 -f -q -n -t 20 -s "$work/leased" "$@" >&2 && cat "$work/lease"
}
without_ipv4()
{
	lease -O 108 | grep -x "opt108=00000708" && same $R4 who_tcp "$CLIENT" 64:ff9b:1::$GLOBAL4
}
# It has to have a gateway, as the others have.
printer()
{
	[[ $(who_tcp "$CLIENT" "64:ff9b:1::$1") == 198.19.* ]]
}
with_ipv4()
{
	local address status

	address=$(lease | sed -n 's/^ip=//p')
	[[ $address == 192.168.1.1?? ]] && fails grep opt108 "$work/lease" && grep -x "router=192.168.1.1" "$work/lease" &&
		ip -n "$CLIENT" addr add "$address/24" dev c0 && ip -n "$CLIENT" route add default via 192.168.1.1 || return
	same $R4 who_tcp "$CLIENT" $GLOBAL4 && printer "$address"
	status=$?
	ip -n "$CLIENT" addr del "$address/24" dev c0
	return $status
}
run_case "... a host that asks whether it may do without IPv4 may, and reaches it" without_ipv4
run_case "... another host gets an IPv4 address, reaches it, and is reached by those without" with_ipv4
run_case "... doctor misses no more than a DNS64" healthy no_dns64
ip netns pids "$ROUTER" | xargs -r ps -o pid=,comm= -p | awk '$2 == "dnsmasq" { print $1 }' | xargs -r kill
ip -n "$ROUTER" addr del 192.168.1.1/24 dev lan

clean
run_case "ISP: the recipe" cook "An ISP with a block of addresses"
run_case "... a host has an address of the block" eval '
	from 2001:db8:1::3 $S6 && [[ $(mapped4 2001:db8:1::3) == 198.51.100.* ]]'
run_case "... the customer's server its own, both ways" eval '
	same 198.51.100.80 who_tcp "$CLIENT" $S6 && same $S6 who_tcp "$SERVER" 198.51.100.80'
run_case "... without a connection tracked" no_connections

clean
run_case "a block within the uplink's network: the recipe" cook "A block within the uplink's network"
run_case "... a host has an address of the block, and its replies find it" eval '
	from 2001:db8:1::3 $GLOBAL6 && [[ $(mapped4 2001:db8:1::3) == 203.0.113.* ]]'
run_case "... the server its own, both ways" eval '
	same 203.0.113.10 who_tcp "$CLIENT" $GLOBAL6 && ping_once "$SERVER" -I $GLOBAL4 203.0.113.10'
run_case "... doctor misses no more than a DNS64" healthy no_dns64
# Neighbours that have forgotten where it is do not find it any more.
not_found()
{
	router sysctl -qw net.ipv4.conf.wan.proxy_arp=0
	ip -n "$SERVER" neigh flush all
	fails ping_once "$SERVER" -I $GLOBAL4 -W 1 203.0.113.10
}
run_case "... nobody finds it without proxy_arp, and doctor says so" eval '
	not_found && healthy no_dns64 pool_onlink'

clean
run_case "SIIT-DC: the recipe" cook "A data centre: SIIT-DC"
run_case "... a server by its IPv4 address" same $S6 who_tcp "$SERVER" 198.51.100.80
run_case "... and under it" same 198.51.100.80 who_tcp "$CLIENT" $S6
run_case "... one of the sixteen" eval '
	ip -n "$CLIENT" addr add 2001:db8:1::1a/64 dev c0 preferred_lft 0 && ping_once "$SERVER" 198.51.100.26'

clean
run_case "rented server: the recipe" cook "On a rented server"
run_case "... for one's own machines" same $R4 who_tcp "$CLIENT" $S6
stranger()
{
	fails from $STRANGER -W 1 $S6 && router ip6tables -F FORWARD && from $STRANGER $S6
}
run_case "... not for a stranger, by the rule that says so" stranger

clean
run_case "a /64 on the link: the recipe" cook "On a server whose /64 is on the link"
run_case "... its neighbour finds the server for the IPv4 host" same $R4 who_tcp "$CLIENT" 2001:db8:1:0:64:ff9b:cb00:7102

clean
run_case "WireGuard: the recipe" cook "Through a WireGuard tunnel"
run_case "... ping and TCP, from the router's address" eval '
	ping_once "$CLIENT" $GLOBAL6 && same $R4 who_tcp "$CLIENT" $GLOBAL6'
run_case "... doctor misses no more than a DNS64" healthy no_dns64
outside()
{
	fails from c0 -W 1 $GLOBAL6 && router ip6tables -F FORWARD && from c0 $GLOBAL6
}
run_case "... not beside the tunnel, by the rule that says so" outside
# The reply may be fragmented, and has 1420 bytes in IPv6.
whole()
{
	same 1 capture "$CLIENT" wg0 "ip6[6] = 58 and ip6[4:2] = 1380" ping_once "$CLIENT" -s 1372 $GLOBAL6
}
run_case "... a packet of the tunnel's MTU is not fragmented" whole
ip -n "$CLIENT" link del wg0
ip -n "$ROUTER" link del wg0

finish
