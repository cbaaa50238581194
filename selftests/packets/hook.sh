#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts talk through the device's own hook in PREROUTING, without a rule of iptables.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat nft
setup_net
modprobe nat64 || die "no module nat64"

nat()
{
	nat64 -n "$ROUTER" "$@"
}

link()
{
	ip -n "$ROUTER" link "$@"
}

nat dev add nat64 prefix $PREFIX hash-key $KEY hook r6,r4 || die "no device"
nat map add $C6 $C4 || die "no mapping"
start_peers

traffic_cases hook
run_case "no table of iptables or nft is there" same "" router nft list ruleset

# --- from which devices

both_ways()
{
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}

from_none()
{
	fails ping_once "$CLIENT" -W 1 $S6 && fails ping_once "$SERVER" -W 1 $C4
}

run_case "without a hook nothing is taken" eval 'nat dev set hook off && from_none'
run_case "a hook of one device: packets from the other are not taken" eval '
	nat dev set hook r6 && stat_moves xlat_6to4 1 stat_moves xlat_4to6 0 fails ping_once "$CLIENT" -W 1 $S6'
run_case "a hook of all devices" eval 'nat dev set hook any && both_ways'

# What the router sends to an address of its own comes by lo, and is not forged.
to_itself()
{
	nat map replace $C6 $R4
	stat_moves drop_forged4 0 stat_grows xlat_4to6 fails ping_once "$ROUTER" -W 1 $R4
}
run_case "... the router's own packets among them, if a host has its address by a mapping" to_itself
nat map replace $C6 $C4

# The host has used the translator. That does not concern what comes to it over IPv6.
native()
{
	ip -n "$ROUTER" addr add 2001:db8:4::1/64 dev r4 nodad
	ip -n "$SERVER" addr add 2001:db8:4::2/64 dev s0 nodad
	ip -n "$SERVER" route add 2001:db8:1::/64 via 2001:db8:4::1
	nat dev set pool 198.51.100.128/25
	nat map del $C6
	ping_once "$CLIENT" $S6 && nat map show dynamic | grep -q "^$C6 " || return
	stat_moves xlat_6to4 0 ping_once "$SERVER" $C6
}
run_case "IPv6 packets to a host with a dynamic mapping are not taken" native
nat dev set pool none
nat map add $C6 $C4

# forged ADDRESS4: the server speaks from an address that is the router's.
forged()
{
	ip -n "$SERVER" addr add "$1/32" dev s0
	stat_moves drop_forged4 1 fails ping_once "$SERVER" -W 1 -I "$1" $C4
}
run_case "A11 from an address that the router has just got: dropped" eval '
	ip -n "$ROUTER" addr add 203.0.113.50/32 dev lo && forged 203.0.113.50'
run_case "A11 from an address that is the router's by a route of type local: dropped" eval '
	ip -n "$ROUTER" route add local 203.0.113.51 dev lo && forged 203.0.113.51'
run_case "a new list takes the place of the old" eval 'nat dev set hook r6,r4 && both_ways'
run_case "a refused change leaves the hook alone" eval '
	fails nat dev set hook off lowest-ipv6-mtu 70000 && fails nat dev set hook r6,r6 && both_ways'

# rename FROM TO: without its address, which goes while the device is down.
rename()
{
	link set "$1" down && link set "$1" name "$2" && link set "$2" up &&
		ip -n "$ROUTER" addr replace $R6/64 dev "$2"
}

to_come()
{
	nat dev set hook later,r4
	fails ping_once "$CLIENT" -W 1 $S6 && rename r6 later && both_ways
}

run_case "a device that is to come, under its name" to_come
run_case "... and loses that name" eval 'rename later r6 && fails ping_once "$CLIENT" -W 1 $S6'
nat dev set hook r6,r4

# Debian's 6.1 was built without NETFILTER_NETLINK_HOOK: there, nobody can tell which hooks there are.
modprobe -q nfnetlink_hook
can_list=
! grep -q -w nfnl_hook_get /proc/kallsyms || can_list=1

count_hooks()
{
	on "$1" nft list hooks | awk '/nat64_hook/ { n++ } END { print n + 0 }'
}

# hooks NS COUNT: so many hooks of devices are there, one for each family, as far as the kernel tells.
hooks()
{
	[ -z "$can_list" ] || same "$2" count_hooks "$1"
}

registered()
{
	hooks "$ROUTER" 2 && nat dev set tos copy && hooks "$ROUTER" 2
}

unregistered()
{
	nat dev set hook off && hooks "$ROUTER" 0 && nat dev set hook r6,r4
}

if [ -n "$can_list" ]; then
	run_case "the kernel knows the hook while it is on" registered
	run_case "... and no longer, since it would cost every packet" unregistered
else
	skip_case "the kernel knows the hook while it is on" "needs NETFILTER_NETLINK_HOOK"
fi

# --- what it takes

not_covered()
{
	ping_once "$CLIENT" $R6 && ping_once "$SERVER" $R4 && both_ways
}
run_case "what is not covered is left alone" not_covered
run_case "nothing is taken while the device is down" eval '
	link set nat64 down && from_none && link set nat64 up && both_ways'

# The hosts are two addresses of the client.
hairpin()
{
	ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0 preferred_lft 0
	nat map replace 2001:db8:1::3 198.51.100.3 && nat dev set hook "$1" || return
	ping_once "$CLIENT" -I $C6 2001:db8:64::c633:6403
}
run_case "A7 a hairpin, with the device itself in the list" hairpin r6,r4,nat64
run_case "A7 ... with all devices" hairpin any
run_case "A7 ... not with the others alone" fails hairpin r6,r4

# --- the rules of raw come first

raw()
{
	router nft "add table ip6 early; add chain ip6 early pre { type filter hook prerouting priority raw; }
		add rule ip6 early pre ip6 daddr $PREFIX $*"
}

raw_drops()
{
	raw drop
	stat_moves xlat_6to4 0 fails ping_once "$CLIENT" -W 1 $S6
}
run_case "H4 a rule in raw can drop what the hook would take" raw_drops
router nft delete table ip6 early

# Nothing else is forwarded.
marked_passes()
{
	router nft "add table ip late; add chain ip late passing { type filter hook forward priority filter; policy drop; }
		add rule ip late passing iifname nat64 meta mark 0x64 accept"
	fails ping_once "$CLIENT" -W 1 $S6 || return
	raw meta mark set 0x64
	ping_once "$CLIENT" $S6
}
run_case "H4 a mark set in raw survives" marked_passes
router nft delete table ip6 early
router nft delete table ip late

# --- the device moves, and goes

moves()
{
	new_ns "$ROUTER-2"
	link set nat64 netns "$ROUTER-2" || return
	hooks "$ROUTER" 0 && hooks "$ROUTER-2" 2 && from_none || return
	ip -n "$ROUTER-2" link set nat64 netns "$ROUTER" && link set nat64 up && both_ways
}
run_case "the hook goes with its device into another namespace, and comes back with it" moves
run_case "two devices, each with its hook" eval '
	nat dev add second prefix 2001:db8:65::/96 hook r6,r4 && nat map add $C6 198.51.100.77 dev second &&
	both_ways && ping_once "$CLIENT" 2001:db8:65::cb00:7102 && ping_once "$SERVER" 198.51.100.77'
run_case "... and one of them alone" eval '
	nat dev del second && both_ways && fails ping_once "$SERVER" -W 1 198.51.100.77'

gone_under_traffic()
{
	local i pid

	client ping -n -f -q -w 600 $S6 >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 10; i++)); do
		nat dev set hook off && nat dev set hook any && nat dev del nat64 &&
			nat dev add nat64 prefix $PREFIX hook r6,r4 && nat map add $C6 $C4 || return
	done
	kill $pid
	both_ways && nat dev del nat64 && hooks "$ROUTER" 0
}
run_case "hook and device come and go under traffic" gone_under_traffic

finish
