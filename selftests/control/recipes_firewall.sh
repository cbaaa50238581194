#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the recipes of docs/recipes.md that are about firewalls, exactly as printed.

. "$(dirname "$0")"/../lib/recipe_lib.sh

setup_recipes

clean
cook "A home router with one public address" || die "no home router"
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

finish
