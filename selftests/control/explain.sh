#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 route: does its answer match what happens to the packet (explain.py)?

. "$(dirname "$0")"/../lib/lib.sh

need ethtool jq
setup_wire
router sysctl -qw net.ipv4.conf.all.send_redirects=0
nat64_up target

options=(prefix "$PREFIX" 64:ff9b::/96 pool 198.51.100.128/25 translatable 10.6.0.0/16 hash-key "$KEY")

# The rules take all packets from outside, and those that have just become IPv4. Errors find their way back.
door_target()
{
	door_route
	ip -n "$ROUTER" -6 route flush dev nat64 proto static
	ip -n "$ROUTER" route del 198.18.0.0/15
	router "$IP6TABLES" -t raw -A PREROUTING -i r6 -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -i r4 -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -i nat64 -j NAT64
}

door_hook()
{
	door_target
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IPTABLES" -t raw -F PREROUTING
	nat dev set hook r6,r4,nat64
}

door_route()
{
	local prefix

	door_closed
	for prefix in $PREFIX 64:ff9b::/96 2001:db8:77::/64 $POOL 192.0.2.0/24 10.6.0.0/16 198.18.0.0/15; do
		ip -n "$ROUTER" route replace "$prefix" dev nat64 proto static
	done
	ip -n "$ROUTER" route replace 2001:db8:64::a06:0/112 via 2001:db8:1::fe
}

nat()
{
	nat64 -n "$ROUTER" "$@"
}

for door in target hook route; do
	nat dev del nat64
	nat dev add nat64 "${options[@]}" || die "no device"
	nat map add $C6 $C4 || die "no mapping"
	nat map add 2001:db8:5::/120 192.0.2.0/24 || die "no mapping"
	run_wire control/explain.py $door
done

# --- in words

nat dev set nat64 "${options[@]}" wkp-strict on
nat map flush
nat map add $C6 $C4
nat map add 2001:db8:5::/120 192.0.2.0/24

# says STATUS TEXT WORD...: "nat64 route" prints this.
says()
{
	local status=$1 want=$2 said got

	shift 2
	said=$(nat route "$@" 2>&1)
	got=$?
	if [ "$got" != "$status" ] || [ "$said" != "$want" ]; then
		printf 'status %s:\n%s\n' "$got" "$said"
		return 1
	fi
}

run_case "route: by a static mapping and a prefix" says 0 "\
from $C6 to $S6 becomes from $C4 to $S4 dev r4
    from $C6 is $C4: static mapping $C6 $C4
    to   $S6 is $S4: prefix $PREFIX" $C6 to $S6
run_case "route: the same by the IPv4 address of the destination" says 0 "\
from $C6 to $S6 becomes from $C4 to $S4 dev r4
    from $C6 is $C4: static mapping $C6 $C4
    to   $S6 is $S4: prefix $PREFIX" to $S4 from $C6
run_case "route: from IPv4, by the IPv6 address of the destination" says 0 "\
from $S4 to $C4 becomes from $S6 to $C6 dev r6
    from $S4 is $S6: prefix $PREFIX
    to   $C4 is $C6: static mapping $C6 $C4" from $S4 $C6
run_case "route: to a translatable host" says 0 "\
to 10.6.0.9 becomes to 2001:db8:64::a06:9 dev r6
    to   10.6.0.9 is 2001:db8:64::a06:9: translatable 10.6.0.0/16, prefix $PREFIX" 10.6.0.9
run_case "route: a hairpin" says 0 "\
from $C6 to 2001:db8:64::c000:209 becomes from $C4 to 192.0.2.9 dev nat64
    from $C6 is $C4: static mapping $C6 $C4
    to   2001:db8:64::c000:209 is 192.0.2.9: prefix $PREFIX
That one is for a host of the device, and led into it once more:
from $C4 to 192.0.2.9 becomes from 2001:db8:64::c633:6402 to 2001:db8:5::9 dev r6
    from $C4 is 2001:db8:64::c633:6402: prefix $PREFIX
    to   192.0.2.9 is 2001:db8:5::9: static mapping 2001:db8:5::/120 192.0.2.0/24" \
	$C6 2001:db8:64::c000:209
run_case "route: dropped, and the sender is told" says 1 "\
from $S4 to 198.51.100.250 is dropped: drop_no_mapping4: IPv4 destination without mapping; \
ICMP 3 code 1, host unreachable, tells the sender
    from $S4: no entry
    to   198.51.100.250: no entry" $S4 198.51.100.250
run_case "route: dropped as prohibited" says 1 "\
to 64:ff9b::a00:1 is dropped: drop_wkp_strict: non-global IPv4 address in the well-known prefix; \
ICMPv6 1 code 1, administratively prohibited, tells the sender
    to   64:ff9b::a00:1 is 10.0.0.1: prefix 64:ff9b::/96" 64:ff9b::a00:1
run_case "route: a source that is dropped as beyond its scope" says 1 "\
from fe80::1 is dropped: drop_src6: IPv6 source that is never translated; \
ICMPv6 1 code 2, beyond scope of source address, tells the sender
    from fe80::1: no entry" from fe80::1
run_case "route: dropped in silence" says 1 "\
from 127.0.0.1 is dropped: drop_src4: IPv4 source that is never translated
    from 127.0.0.1: no entry" from 127.0.0.1
run_case "route: not covered" says 1 "\
to 2001:db8:77::1 is not covered: the target lets it pass; led here by a route, it is dropped as \
drop_not_covered6
    to   2001:db8:77::1: no entry" to 2001:db8:77::1
run_case "route: nobody has an address for it" says 1 \
	"nat64: route to 2001:db8:1::77: no IPv4 host has an address for it as yet" $S4 2001:db8:1::77
run_case "route: no such device" says 1 "nat64: route dev other: no such device" $C6 $S6 dev other

new_host()
{
	local addr

	addr=$(nat -j route 2001:db8:1::77 $S6 | jq -e -r '.[0].src | select(.via == "pool").ipv4') &&
		same "[]" nat -j map show dynamic && says 0 "\
from 2001:db8:1::77 becomes from $addr
    from 2001:db8:1::77 is $addr: new mapping from pool 198.51.100.128/25" from 2001:db8:1::77
}
run_case "route: a new host, which is still none after the question" new_host
gives_way()
{
	nat dev set pool 198.51.100.200/32 idle-timeout 600 &&
		nat map add 2001:db8:1::7 198.51.100.200 dynamic idle 300 &&
		nat route from 2001:db8:1::8 | grep -E "is 198.51.100.200: new mapping from pool \
198.51.100.200 in place of dynamic mapping 2001:db8:1::7 198.51.100.200 idle 3[0-9][0-9]s"
}
run_case "route: a mapping that would give way" gives_way
run_case "route -j" eval '
	nat -j route $C6 $S4 | jq -e ".[0] | .result == \"translated\" and .oif == \"r4\" and
		.src.map.ipv6 == \"$C6\" and .dst.prefix == \"$PREFIX\" and .dst.ipv4 == \"$S4\"" &&
	nat map flush dynamic && fails nat -j route $S4 198.51.100.200 >"$work/json" &&
	jq -e ".[0] | .result == \"dropped\" and
		.reason == \"drop_no_mapping4\" and .icmp == {\"type\": 3, \"code\": 1,
		\"text\": \"host unreachable\"}" "$work/json"'
run_case "a user may not ask" expect 1 "Operation not permitted" router \
	setpriv --reuid 65534 --regid 65534 --clear-groups nat64 route $C6 $S6

finish
