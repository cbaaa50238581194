#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 import: configurations whose prefix belongs to another translator, and a stateful Jool
# without pool4 or with a pool4 of several ranges.
#
#   deep 192.0.0.1 --- CLAT client --- IPv6 only --- router PLAT --- server 203.0.113.2

. "$(dirname "$0")"/../lib/lib.sh

need ping jq conntrack
setup_path
load_modules
WKP=64:ff9b::/96
HOST4=192.0.0.1 HOST6=fd00:c1a7::2
SERVER6=64:ff9b::cb00:7102

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# import_on NS KIND [LINE...]: puts in force what "import" makes of standard input, and these lines.
import_on()
{
	local ns=$1 kind=$2

	shift 2
	nat64 import "$kind" - >"$work/nat64.conf" || return
	printf '%s\n' "$@" >>"$work/nat64.conf"
	cat "$work/nat64.conf"
	STATE_DIRECTORY=$work nat64 -n "$ns" up "$work/nat64.conf"
}

# obey_on NS: runs the shell commands among the comments.
obey_on()
{
	local advice

	while IFS= read -r advice; do
		on "$1" sh -ec "$advice" || { echo "fails: $advice"; return 1; }
	done < <(sed -n 's/^#\t//p' "$work/nat64.conf")
}

# --- a CLAT

# An IPv4 host behind the client, and no IPv4 between client and router.
ip -n "$DEEP" -6 addr flush dev d0
ip -n "$DEEP" addr add $HOST4/32 dev d0
ip -n "$DEEP" route add 192.168.7.1 dev d0
ip -n "$DEEP" route add default via 192.168.7.1 src $HOST4
ip -n "$CLIENT" addr add 192.168.7.1/32 dev c1
ip -n "$CLIENT" route add $HOST4 dev c1
ip -n "$ROUTER" route add fd00:c1a7::/64 via $C6

nat dev add nat64 prefix $WKP wkp-strict off pool 198.19.0.0/18 || die "no PLAT"
ip -n "$ROUTER" route add $WKP dev nat64
ip -n "$ROUTER" route add 198.19.0.0/18 dev nat64
router "$IPTABLES" -t nat -A POSTROUTING -s 198.19.0.0/18 -j MASQUERADE

companions=("route 0.0.0.0/0 dev clat" "route $HOST6 dev clat")
tayga_clat()
{
	import_on "$CLIENT" tayga "${companions[@]}" <<-END
		tun-device clat
		ipv4-addr 192.0.0.2
		ipv6-addr fd00:c1a7::1
		map $HOST4 $HOST6
		prefix $WKP
		wkpf-strict no
	END
}
# The instance, or the word behind the file, names the device.
jool_clat()
{
	nat64 import jool - dev clat >"$work/nat64.conf" <<-END || return
		{ "instance": "clat", "framework": "netfilter",
		  "global": { "pool6": "$WKP" },
		  "eamt": [ { "ipv6 prefix": "$HOST6/128", "ipv4 prefix": "$HOST4/32" } ] }
	END
	printf '%s\n' "${companions[@]}" >>"$work/nat64.conf"
	STATE_DIRECTORY=$work nat64 -n "$CLIENT" up "$work/nat64.conf"
}

loops()
{
	nat64 -n "$CLIENT" -j stats show dev clat | jq '.[0].stats.drop_loop'
}

for kind in tayga jool; do
	run_case "A10 a CLAT of $kind: nat64 up takes what import makes of it" ${kind}_clat
	run_case "... it answers no more of IPv6 than the mapped host" eval '
		same "" ip -n "$CLIENT" -6 route show $WKP && ip -n "$CLIENT" -6 route show $HOST6 | grep clat'
	run_case "A10 the mapped host reaches a server behind the PLAT" ping_once "$DEEP" $S4
	run_case "... and nothing goes in circles" same 0 loops
	run_case "... nor does the router of the CLAT lose its own addresses" ping_once "$DEEP" 192.168.7.1
	nat64 -n "$CLIENT" dev del clat
done

# The same file, where the prefix is this router's: for hosts that own IPv4-translatable addresses.
nat dev del nat64
router "$IPTABLES" -t nat -F POSTROUTING
siit()
{
	import_on "$ROUTER" jool "route 2001:db8:64::/96" "route $C4" <<-END
		{ "instance": "nat64", "framework": "netfilter", "global": { "pool6": "2001:db8:64::/96" },
		  "eamt": [ { "ipv6 prefix": "$C6", "ipv4 prefix": "$C4" } ] }
	END
}
run_case "jool_siit with the prefix on this side" siit
run_case "... a mapped host reaches IPv4" ping_once "$CLIENT" $S6
run_case "... and is reached" ping_once "$SERVER" $C4
run_case "doctor does not lead the prefix into the device" eval '
	ip -n "$ROUTER" route del 2001:db8:64::/96 && router nat64 -j doctor >"$work/found"
	same 0 jq "[.[] | select(.finding == \"no_way_in\")] | length" "$work/found"'
nat dev del nat64

# --- a stateful Jool

start_peers
default()
{
	import_on "$ROUTER" jool <<-END && obey_on "$ROUTER"
		{ "instance": "d", "framework": "netfilter", "global": { "pool6": "$WKP" } }
	END
}
# leaves ADDRESS FIRST LAST PROTOCOL COMMAND...: its connection leaves from there.
leaves()
{
	local address=$1 first=$2 last=$3 protocol=$4 tuple

	shift 4
	router conntrack -F 2>/dev/null
	"$@" || return
	tuple=$(router conntrack -L -p "$protocol" 2>/dev/null |
		sed -n "s/.* src=$S4 dst=\([0-9.]*\) sport=[0-9]* dport=\([0-9]*\).*/\1 \2/p")
	echo "$tuple"
	set -- $tuple
	[ $# -eq 2 ] && [[ $1 =~ ^$address$ ]] && [ "$2" -ge "$first" ] && [ "$2" -le "$last" ]
}

ping_leaves()
{
	router conntrack -F 2>/dev/null
	ping_once "$CLIENT" $SERVER6 && router conntrack -L -p icmp | grep " src=$S4 dst=$R4 "
}
run_case "jool without pool4: nat64 up and the advice" default
run_case "... hosts share the router's address: ping" ping_leaves
run_case "... UDP, from its ports" leaves $R4 61001 65535 udp who_udp "$CLIENT" $SERVER6
run_case "... TCP" leaves $R4 61001 65535 tcp who_tcp "$CLIENT" $SERVER6
nat dev del nat64
router "$IPTABLES" -t nat -F POSTROUTING

# Two ranges of ports and three addresses; the hosts are at either end of the pool of private addresses.
ip -n "$ROUTER" addr add 203.0.113.8/24 dev r4
ip -n "$ROUTER" addr add 203.0.113.9/24 dev r4
ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0 preferred_lft 0
set_of_ranges()
{
	local a b c

	import_on "$ROUTER" jool <<-END && obey_on "$ROUTER" || return
		{ "instance": "d", "framework": "netfilter", "global": { "pool6": "$WKP" }, "pool4": [
		  { "protocol": "UDP", "prefix": "$R4", "port range": "62001-62100" },
		  { "protocol": "UDP", "prefix": "$R4", "port range": "61001-61100" },
		  { "protocol": "TCP", "prefix": "203.0.113.8/31", "port range": "61001-61100" },
		  { "protocol": "TCP", "prefix": "$R4", "port range": "61001-61200", "mark": 5 },
		  { "protocol": "ICMP", "prefix": "$R4", "port range": "0-65535" } ] }
	END
	IFS=. read -r a b c _ < <(sed -n 's/^dev add.* pool \([0-9.]*\).*/\1/p' "$work/nat64.conf")
	nat map add $C6 "$a.$b.$c.1" && nat map add 2001:db8:1::3 "$a.$b.$((c + 63)).254"
}
run_case "jool with a set of ranges: nat64 up and the advice" set_of_ranges
run_case "... one host has the ports of one range" leaves $R4 61001 61100 udp who_udp "$CLIENT" $SERVER6
ip -n "$CLIENT" addr change $C6/64 dev c0 preferred_lft 0
ip -n "$CLIENT" addr change 2001:db8:1::3/64 dev c0 preferred_lft forever
run_case "... another those of the other" leaves $R4 62001 62100 udp who_udp "$CLIENT" $SERVER6
run_case "... TCP has an address of the two" leaves "203.0.113.[89]" 61001 61100 tcp who_tcp "$CLIENT" $SERVER6
router "$IP6TABLES" -t mangle -A PREROUTING -i r6 -j MARK --set-mark 5
run_case "... with the mark, that of the mark" leaves $R4 61001 61200 tcp who_tcp "$CLIENT" $SERVER6

finish
