#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the shell commands that nat64 prints about devices, tables and chains with malicious names.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

# Wait for the resolver of a slow machine, which this test is not about.
answers()
{
	router nat64 -j doctor | jq -e 'all(.finding != "no_dns64")' >/dev/null
}
within 300 answers || die "the resolver does not answer"

# Anybody who may make a device, even only in a container, can choose its name.
odd="a';>own;'"
nat dev add "$odd" translatable 10.99.0.0/24 || die "no device"

# A directory that shows what a shell has been tricked into doing.
mkdir "$work/here"
obey_here()
{
	cd "$work/here" && obey && same "" ls
}

# mends NAME BREAK: doctor finds NAME on the odd device, and its advice only mends that.
mends()
{
	eval "$2" && found "$1" && jq -r '.[].advice' "$work/found" | grep -F "own" &&
		(obey_here) && found
}

# odd NAME BREAK [AFTER]
odd()
{
	run_case "the advice on $1 quotes the name of a device" mends "$1" "$2"
	[ -z "${3-}" ] || eval "$3"
}

odd no_way_in 'nat dev set "$odd" prefix 2001:db8:65::/96'
odd hook_device 'ip -n "$ROUTER" -6 route replace 2001:db8:65::/96 dev "$odd" &&
	ip -n "$ROUTER" link add "c,d'"'"'e" type dummy && nat dev set "$odd" hook r6,nowhere' '
	nat dev set "$odd" hook off; ip -n "$ROUTER" link del "c,d'"'"'e"'
odd fast_unused 'nat dev set "$odd" fast rule' 'nat dev set "$odd" hook off fast off'
odd fast_no_device 'nat dev set "$odd" fast ingress' 'nat dev set "$odd" fast off fast-dev none'
odd device_down 'ip -n "$ROUTER" link set "$odd" down; nat dev set "$odd" prefix none'
nat dev set "$odd" prefix 2001:db8:65::/96
ip -n "$ROUTER" -6 route replace 2001:db8:65::/96 dev "$odd"
odd no_way_back 'nat dev set "$odd" pool 192.0.2.0/24'
odd pool_full '
	nat dev set "$odd" pool 10.64.0.0/30 &&
	router "$IPTABLES" -t nat -A POSTROUTING -s 10.64.0.0/29 -j MASQUERADE &&
	ip -n "$ROUTER" route add 10.64.0.0/30 dev "$odd" &&
	nat map add 2001:db8:1::a 10.64.0.1 dynamic dev "$odd" &&
	nat map add 2001:db8:1::b 10.64.0.2 dynamic dev "$odd"'
odd no_masquerade 'router "$IPTABLES" -t nat -D POSTROUTING -s 10.64.0.0/29 -j MASQUERADE'
odd rp_filter '
	nat dev set "$odd" pool 192.0.2.0/24 && ip -n "$ROUTER" route del 192.0.2.0/24 &&
	router "$IPTABLES" -t raw -A PREROUTING -d 192.0.2.0/24 -j NAT64 --device "$odd" &&
	router sysctl -qw "net/ipv4/conf/$odd/rp_filter=1"' '
	router sysctl -qw "net/ipv4/conf/$odd/rp_filter=0"'
odd mtu 'ip -n "$ROUTER" link set "$odd" mtu 1400'
odd lowest_ipv6_mtu '
	ip -n "$ROUTER" link set r6 mtu 1400 && nat dev set "$odd" lowest-ipv6-mtu 1500' '
	ip -n "$ROUTER" link set r6 mtu 1500; nat dev set "$odd" lowest-ipv6-mtu 1280'
odd forwarding4 'router sysctl -qw "net/ipv4/conf/$odd/forwarding=0"'
odd overlap '
	nat dev set "$odd" prefix 2001:db8:65::/96 2001:db8:64::/64 &&
	ip -n "$ROUTER" route add 2001:db8:64::/64 dev "$odd"'
for family in "" 6; do
	name=forward_drop${family:-4}
	# It is found on either device.
	odd "$name $name" "router ip${family}tables-nft -P FORWARD DROP" "
		router ip${family}tables-nft -P FORWARD ACCEPT; router ip${family}tables-nft -F FORWARD"
done
odd wkp_strict '
	nat dev set "$odd" prefix 2001:db8:65::/96 64:ff9b::/96 &&
	ip -n "$ROUTER" -6 route add 64:ff9b::/96 dev "$odd" && found &&
	ip -n "$ROUTER" addr add 10.1.2.1/24 dev r4' '
	ip -n "$ROUTER" addr del 10.1.2.1/24 dev r4; nat dev set "$odd" prefix 2001:db8:65::/96'

# The rules name only one of two devices, not the odd one.
nft_chain()	# TABLE CHAIN
{
	jq -n --arg table "$1" --arg chain "$2" '{nftables: [
		{add: {table: {family: "inet", name: $table}}},
		{add: {chain: {family: "inet", table: $table, name: $chain, type: "filter", hook: "forward",
			prio: 0, policy: "drop"}}},
		{add: {rule: {family: "inet", table: $table, chain: $chain, expr: [
			{match: {op: "==", left: {meta: {key: "oifname"}}, right: "nat64"}}, {accept: null}]}}}]}' |
		router nft -j -f -
}
nft_gone()	# TABLE
{
	jq -n --arg table "$1" '{nftables: [{delete: {table: {family: "inet", name: $table}}}]}' |
		router nft -j -f -
}
odd forward_drop_nft 'nft_chain fw forward' 'nft_gone fw'
# nft's language can name neither, so the advice must not lead anybody to try.
unnameable()
{
	local status

	nft_chain "$1" "$2" && found forward_drop_nft && (obey_here) &&
		same "nft -a list ruleset" jq -r '.[].advice' "$work/found" && router nft list ruleset | grep oifname
	status=$?
	nft_gone "$1"
	return $status
}
run_case "the advice on forward_drop_nft names no table that nft would take for a command" unnameable \
	'fw;flush ruleset' forward
run_case "... nor such a chain" unnameable fw 'x;>own;'
nat dev del "$odd"

# A terminal would obey the escape sequence.
escapes()
{
	local name=$'\e[2Jx' status

	nat dev add "$name" prefix 2001:db8:65::/96
	expect 1 "?[2Jx: no route" router nat64 doctor && fails eval 'router nat64 doctor | grep $'"'\\e'" &&
		same "$name" eval 'router nat64 -j doctor | jq -r ".[] | select(.finding == \"no_way_in\").ifname"'
	status=$?
	nat dev del "$name"
	return $status
}
run_case "the name of a device sends no escape sequence to the terminal" escapes

# shown COMMAND...: the output has the name, but no escape sequence.
shown()
{
	local said

	said=$("$@") && [[ $said == *"?[2Jx"* && $said != *$'\e'* ]] && return
	echo "$*: $said"
	return 1
}

told()
{
	nat map add 2001:db8:1::9 198.18.7.9 dynamic dev "$1" && nat map del 198.18.7.9 dev "$1" &&
		shown grep -m 1 " add " "$work/told"
}

unescaped()
{
	local name=$'\e[2Jx' pid status

	nat dev add "$name" prefix 2001:db8:65::/96 pool 198.18.7.0/24
	ip netns exec "$ROUTER" nat64 monitor dev "$name" >"$work/told" &
	pid=$!
	shown nat dev show && shown nat stats && within 60 told "$name" && fails grep -q $'\e' "$work/told"
	status=$?
	kill "$pid"
	nat dev del "$name"
	return $status
}
run_case "... nor does it in what dev show, stats and monitor print" unescaped

# --- files of commands

# saved NAME: the output of save makes the device again.
saved()
{
	nat dev add "$1" prefix 2001:db8:65::/96 && nat map add 2001:db8:1::7 192.0.2.7 dev "$1" || return
	nat save dev "$1" to "$work/saved" && nat dev del "$1" && nat restore "$work/saved" &&
		nat map show dev "$1" | grep -x "2001:db8:1::7 192.0.2.7 static" && nat dev del "$1"
}
for name in "o'd" '#1' 'a"b' "'" "x'\"#\\"; do
	run_case "save and restore of a device called $name" saved "$name"
done

finish
