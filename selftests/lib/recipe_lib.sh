# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Pages with recipes, which tests run exactly as printed. A section of a page has code blocks of two kinds: files, whose
# first line is their name, and commands, whose first line names the host.

. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh

# blocks PAGE SECTION: each code block in a file of its own, in order, in $work/blocks.
blocks()
{
	rm -rf "$work/blocks"
	mkdir "$work/blocks"
	awk -v section="## $2" -v out="$work/blocks/" '
		/^## /			{ inside = $0 == section }
		inside && /^```/	{ open = !open; number += open; next }
		inside && open		{ print >out number }' "../docs/$1"
	[ -s "$work/blocks/1" ] || die "no recipe in $1: $2"
}

# --- recipes.md: its hosts, and the Internet behind "wan"

GLOBAL4=192.31.196.1	# neither private nor for documentation
GLOBAL6=64:ff9b::c01f:c401
export GLOBAL6

setup_recipes()
{
	local old new

	need ping nft conntrack jq
	# What ip netns exec shows to these hosts in /etc.
	trap 'rm -rf "/etc/netns/$ROUTER" "/etc/netns/$CLIENT"; cleanup' EXIT
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
	ip -n "$SERVER" addr add $GLOBAL4/32 dev lo
	ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0 preferred_lft 0
	start_peers "$CLIENT" "$SERVER"
}

host()
{
	case $1 in
	router) echo "$ROUTER" ;;
	CLAT | client | laptop) echo "$CLIENT" ;;
	esac
}

# cook SECTION [HOST]: does what the section says. A file that does not name its host is for this one.
cook()
{
	local file where owner etc

	blocks recipes.md "$1"
	for file in "$work"/blocks/*; do
		read -r _ where <"$file"
		case $where in
		/etc/*)
			owner=${2-router}
			[[ $where != *" on the "* ]] || owner=${where#* on the }
			etc=/etc/netns/$(host "$owner")
			where=${where%% *}
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

# doctor finds only the faults that the recipe leaves to others.
healthy()
{
	same "$*" eval 'router nat64 -j doctor | jq -r "[.[].finding] | join(\" \")"'
}
