#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the recipes of docs/recipes.md exactly as printed.

. "$(dirname "$0")"/../lib/recipe_lib.sh

need ping nft conntrack jq dnsmasq busybox
GLOBAL4=192.31.196.1	# neither private nor for documentation
GLOBAL6=64:ff9b::c01f:c401
STRANGER=2001:db8:bad::2
export GLOBAL6

# What ip netns exec shows to these hosts in /etc.
trap 'rm -rf "/etc/netns/$ROUTER" "/etc/netns/$CLIENT"; cleanup' EXIT

setup_recipes()
{
	local old new

	setup_path
	load_modules
	for old in r6 r4; do
		new=lan
		[ $old = r6 ] || new=wan
		router sysctl -qw net.ipv6.conf.$old.keep_addr_on_down=1
		ip -n "$ROUTER" link set $old down
		ip -n "$ROUTER" link set $old name $new
		ip -n "$ROUTER" link set $new up
	done
	ip -n "$ROUTER" route add default via $S4
	ip -n "$ROUTER" route add $STRANGER via $C6
	ip -n "$ROUTER" route add 2001:db8:ca::/96 via $C6
	ip -n "$SERVER" addr add $GLOBAL4/32 dev lo
	ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0 preferred_lft 0
	ip -n "$CLIENT" addr add $STRANGER/128 dev c0 preferred_lft 0
	# An IPv4 network behind the CLAT.
	ip -n "$CLIENT" addr add 192.168.7.1/24 dev c1
	ip -n "$DEEP" -6 addr flush dev d0
	ip -n "$DEEP" addr add 192.168.7.2/24 dev d0
	ip -n "$DEEP" route add default via 192.168.7.1
	start_peers "$CLIENT" "$SERVER"
}

host()
{
	case $1 in
	router) echo "$ROUTER" ;;
	CLAT) echo "$CLIENT" ;;
	esac
}

# cook SECTION [HOST]: does what the section says, its files on this host.
cook()
{
	local file where etc

	etc=/etc/netns/$(host "${2-router}")
	blocks recipes.md "$1"
	for file in "$work"/blocks/*; do
		read -r _ where <"$file"
		case $where in
		/etc/*)
			mkdir -p "$etc/$(dirname "${where#/etc/}")" "$(dirname "$where")"
			cp "$file" "$etc/${where#/etc/}" ;;
		"on the "*)
			on "$(host "${where#on the }")" sh -ec "$(<"$file")" || return ;;
		*)
			echo "not a recipe's block: $(<"$file")"
			return 1 ;;
		esac
	done
}

# Undoes everything that has been done to the router.
clean()
{
	nat64 -n "$ROUTER" dev del nat64 2>/dev/null
	router nft flush ruleset
	router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	ip -n "$ROUTER" link set wan up
	rm -rf "/etc/netns/$ROUTER"
	router conntrack -F 2>/dev/null
}

from()
{
	ping_once "$CLIENT" -I "$@"
}

no_connections()
{
	same 0 router conntrack -C
}

# doctor finds only the faults that the recipe leaves to others.
healthy()
{
	same "$*" eval 'router nat64 -j doctor | jq -r "[.[].finding] | join(\" \")"'
}

setup_recipes

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

run_case "flowtable: the recipe, on the home router" cook "Faster: a flowtable"
# One connection; at least forty packets.
conversation()
{
	# shellcheck disable=SC2016 # for the inner shell
	client bash -c 'exec 3<>"/dev/tcp/$0/7"
		for number in {1..20}; do
			echo "$number" >&3
			read -r -t 30 -u 3 line && [ "$line" = "$number" ] || exit
		done' "$1"
}
# The rule does nothing but count.
bypasses_forward()
{
	local counted

	router iptables -I FORWARD -p tcp && conversation $GLOBAL6 || return
	counted=$(router iptables -L FORWARD 1 -v -x -n | awk '{ print $1 }')
	echo "$counted packets counted"
	[ "$counted" -gt 0 ] && [ "$counted" -lt 15 ]
}
run_case "... the packets of a known connection go past FORWARD" bypasses_forward

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
run_case "SIIT-DC: the recipe" cook "A data centre: SIIT-DC"
run_case "... a server by its IPv4 address" same $S6 who_tcp "$SERVER" 198.51.100.80
run_case "... and under it" same 198.51.100.80 who_tcp "$CLIENT" $S6
run_case "... one of the sixteen" eval '
	ip -n "$CLIENT" addr add 2001:db8:1::1a/64 dev c0 preferred_lft 0 && ping_once "$SERVER" 198.51.100.26'

clean
run_case "nftables: the recipe" cook "Behind nftables"
run_case "... ping and TCP, from the router's address" eval '
	ping_once "$CLIENT" $GLOBAL6 && same $R4 who_tcp "$CLIENT" $GLOBAL6'
unasked()
{
	local host4

	host4=$(mapped4 $C6)
	ip -n "$SERVER" route add 198.19.0.0/18 via $R4
	# From a global address: the well-known prefix would keep out any other.
	fails ping_once "$SERVER" -I $GLOBAL4 -W 1 "$host4" &&
		router nft flush chain inet filter forward &&
		router nft 'chain inet filter forward { policy accept; }' &&
		ping_once "$SERVER" -I $GLOBAL4 "$host4"
	local status=$?
	ip -n "$SERVER" route del 198.19.0.0/18
	return $status
}
run_case "... the ruleset, and nothing else, lets nobody in from outside" unasked

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

finish
