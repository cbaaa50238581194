#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Static and dynamic mappings: which address a host gets, for how long, and when it gets none.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat
setup_net
nat64_up target
start_peers

# Hosts of the client's network: 2001:db8:1::a1 to ::a9, and one of another /64. Programs that do not
# ask for one of these still use C6.
for i in 1 2 3 4 5 6 7 8 9; do
	ip -n "$CLIENT" addr add 2001:db8:1::a$i/64 dev c0 preferred_lft 0
done
ip -n "$CLIENT" addr add 2001:db8:2::a1/64 dev c0 preferred_lft 0
ip -n "$ROUTER" addr add 2001:db8:2::1/64 dev r6

set_dev()
{
	nat64 -n "$ROUTER" dev set nat64 "$@"
}

map()
{
	nat64 -n "$ROUTER" map "$@"
}

# from ADDRESS: one ping with this source.
from()
{
	ping_once "$CLIENT" -I "$1" $S6
}

refused()
{
	on "$CLIENT" ping -n -c 1 -W 30 -I "$1" $S6 | grep "Destination unreachable"
}

# --- static

run_case "a static mapping is added" map add $C6 $C4
run_case "... and shown" same "$C6 $C4 static" \
	eval 'nat64 -n "$ROUTER" map show static | awk "\$1 == \"$C6\" { print \$1, \$2, \$3 }"'
run_case "... and used both ways" eval 'from $C6 && ping_once "$SERVER" $C4'
run_case "A9 the same static mapping again is refused" \
	expect 1 "mapping exists already" map add $C6 $C4
run_case "A9 another IPv4 address for a mapped host is refused" \
	expect 1 "IPv6 prefix is mapped already" map add $C6 198.51.100.9
run_case "A9 another host for a mapped IPv4 address is refused" \
	expect 1 "IPv4 prefix is mapped already" map add 2001:db8:1::a9 $C4
run_case "A9 ... and nothing of it is left" eval '
	[ "$(mapped4 $C6)" = $C4 ] && [ -z "$(mapped4 2001:db8:1::a9)" ]'
run_case "A9 replace gives the host another address" eval '
	map replace $C6 198.51.100.9 && same 198.51.100.9 mapped4 $C6 && from $C6 &&
	ping_once "$SERVER" 198.51.100.9 && fails ping_once "$SERVER" $C4'
run_case "A9 replace gives the address to another host" eval '
	map replace 2001:db8:1::a9 198.51.100.9 && same 2001:db8:1::a9 mapped6 198.51.100.9 &&
	same "" mapped4 $C6'
run_case "a deleted static mapping is gone, both ways" eval '
	map del 2001:db8:1::a9 198.51.100.9 && fails from 2001:db8:1::a9 &&
	fails ping_once "$SERVER" 198.51.100.9'
run_case "a mapping that is not there cannot be deleted" expect 1 "no such mapping" map del $C6
run_case "a static mapping is deleted by either address" eval '
	map add $C6 $C4 && map del $C6 && map add $C6 $C4 && map del $C4 && same "" mapped4 $C6'
run_case "flush static" eval '
	map add $C6 $C4 && map add 2001:db8:5::/64 192.0.2.0/24 && map flush static &&
	same "" nat64 -n "$ROUTER" map show'
run_case "a source without a mapping, and no pool: refused and counted" \
	stat_grows drop_no_mapping6 refused $C6

# --- dynamic

set_dev pool 198.51.100.0/29 idle-timeout 600 quota 0

first_packet()
{
	local addr

	addr=$(who_udp "$CLIENT" $S6) || return
	[[ $addr == 198.51.100.[1-6] ]] || { echo "got $addr"; return 1; }
	same "$addr" mapped4 $C6 && ping_once "$SERVER" "$addr"
}
run_case "B1 a host's first packet makes a mapping, then both ways work" \
	stat_moves map_created 1 first_packet
run_case "B1 ... which the next packets use" stat_moves map_created 0 from $C6
run_case "B1 TCP comes from the same address" eval 'same "$(mapped4 $C6)" who_tcp "$CLIENT" $S6'
run_case "B1 six hosts have six addresses" eval '
	for i in 1 2 3 4 5; do from 2001:db8:1::a$i || return; done
	[ "$(nat64 -n "$ROUTER" map show dynamic | awk "{ print \$2 }" | sort -u | wc -l)" -eq 6 ]'

run_case "B4 a full pool: destination unreachable, counted" \
	stat_grows drop_pool_full refused 2001:db8:1::a6
run_case "B4 ... while those that have an address go on" eval 'from $C6 && from 2001:db8:1::a5'
# The kernel logs no more than ten lines about networks in five seconds, whatever they are about. So there may
# be none left for the first packets.
pool_full_logged()
{
	local began=$SECONDS lines

	mark_log
	within 60 eval 'refused 2001:db8:1::a6; [ "$(logged "no free IPv4 address")" -gt 0 ]' || return
	on "$CLIENT" ping -q -n -c 60 -i 0.01 -I 2001:db8:1::a6 $S6
	lines=$(logged "no free IPv4 address")
	echo "$lines lines in $((SECONDS - began)) seconds"
	[ "$lines" -le $((10 * ((SECONDS - began) / 5 + 2))) ]
}
run_case "B4 ... and the log says it, not every time" pool_full_logged
run_case "B2 network and broadcast address are not handed out" eval '
	same "" mapped6 198.51.100.0 && same "" mapped6 198.51.100.7'
run_case "a dynamic mapping can be deleted" eval '
	map del 2001:db8:1::a5 && same "" mapped4 2001:db8:1::a5 && from 2001:db8:1::a6'
run_case "A9 a static mapping takes the place of a dynamic one" eval '
	old=$(mapped4 $C6) && map add $C6 $C4 && same $C4 mapped4 $C6 &&
	[ "$(nat64 -n "$ROUTER" map show dynamic | grep -c "^$C6 ")" -eq 0 ]'
run_case "A9 a static mapping takes the address of a dynamic one, whose host gets another" eval '
	# The mapping before this may have taken the address of this very host.
	from 2001:db8:1::a1 &&
	addr=$(mapped4 2001:db8:1::a1) && map add 2001:db8:1::a9 "$addr" &&
	same 2001:db8:1::a9 mapped6 "$addr" && map flush static && map flush dynamic &&
	same "" nat64 -n "$ROUTER" map show'

# --- which address

own_and_static()
{
	local i

	set_dev pool 198.51.100.0/29
	map add 2001:db8:77::1 198.51.100.3
	ip -n "$ROUTER" addr add 198.51.100.4/32 dev lo
	for i in 1 2 3 4; do
		from 2001:db8:1::a$i || return
	done
	refused 2001:db8:1::a5 || return
	same 2001:db8:77::1 mapped6 198.51.100.3 && same "" mapped6 198.51.100.4
}
run_case "B2 neither a statically mapped address nor the router's own is handed out" own_and_static
map flush
ip -n "$ROUTER" addr del 198.51.100.4/32 dev lo

small_pool()
{
	local pool=$1 number=$2 i

	map flush
	set_dev pool "$pool"
	for ((i = 1; i <= number; i++)); do
		from 2001:db8:1::a$i || return
	done
	refused 2001:db8:1::a$((number + 1))
}
run_case "B2 a pool of /32 has one address" small_pool 198.51.100.77/32 1
run_case "B2 ... that one" eval 'same 198.51.100.77 mapped4 2001:db8:1::a1'
run_case "B2 a pool of /31 has two" small_pool 198.51.100.78/31 2
run_case "B2 a pool of /30 has two" small_pool 198.51.100.80/30 2

several_pools()
{
	map flush
	set_dev pool 198.51.100.80/31 pool 198.51.100.96/31
	for i in 1 2 3 4; do
		from 2001:db8:1::a$i || return
	done
	refused 2001:db8:1::a5 &&
		[ "$(nat64 -n "$ROUTER" map show dynamic | grep -c "198\.51\.100\.9[67]")" -eq 2 ]
}
run_case "B5 several pools are all used" several_pools

remove_pool()
{
	set_dev pool 198.51.100.96/31
	same 2 eval 'nat64 -n "$ROUTER" map show dynamic | grep -c .' || return
	fails ping_once "$SERVER" -W 1 198.51.100.80 || return
	set_dev pool 198.51.100.96/31 pool 198.51.100.112/29
	for i in 1 2 3 4; do
		from 2001:db8:1::a$i || return
	done
	nat64 -n "$ROUTER" map show dynamic | grep "198\.51\.100\.8" && return 1
	return 0
}
run_case "B5 a pool goes away under live mappings, whose hosts then get others" remove_pool

same_again()
{
	local i before after key="hash-key 000102030405060708090a0b0c0d0e0f"

	nat64 -n "$ROUTER" dev del nat64
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool 198.51.100.0/24 $key || return
	for i in 1 2 3 4; do
		from 2001:db8:1::a$i || return
	done
	before=$(nat64 -n "$ROUTER" map show dynamic | awk '{ print $1, $2 }' | sort)
	nat64 -n "$ROUTER" dev del nat64
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool 198.51.100.0/24 $key || return
	for i in 4 2 1 3; do
		from 2001:db8:1::a$i || return
	done
	after=$(nat64 -n "$ROUTER" map show dynamic | awk '{ print $1, $2 }' | sort)
	echo "$before"
	echo "$after"
	[ "$before" = "$after" ] && [ "$(echo "$after" | wc -l)" -eq 4 ]
}
run_case "B3 the same key gives the same addresses, in another order" same_again
run_case "B3 another key gives others" eval '
	before=$(nat64 -n "$ROUTER" map show dynamic | awk "{ print \$1, \$2 }" | sort)
	map flush
	set_dev hash-key 100102030405060708090a0b0c0d0e0f
	for i in 4 2 1 3; do from 2001:db8:1::a$i || return; done
	after=$(nat64 -n "$ROUTER" map show dynamic | awk "{ print \$1, \$2 }" | sort)
	[ "$before" != "$after" ]'

# --- quota

quota()
{
	map flush
	set_dev pool 198.51.100.0/24 quota 2
	from 2001:db8:1::a1 && from 2001:db8:1::a2 && stat_grows drop_quota refused 2001:db8:1::a3
}
run_case "B5 a quota of two: the third address of a /64 is refused and counted" quota
run_case "B5 ... the first two go on" eval 'from 2001:db8:1::a1 && from 2001:db8:1::a2'
run_case "B5 ... another /64 has its own" from 2001:db8:2::a1
run_case "B5 ... static mappings do not count" eval '
	map add 2001:db8:1::a4 198.51.100.4 && from 2001:db8:1::a4'
run_case "B5 ... a mapping that ends makes room" eval '
	map del 2001:db8:1::a1 && from 2001:db8:1::a3 && refused 2001:db8:1::a1'
run_case "B5 quota 0 is no limit" eval 'set_dev quota 0 && from 2001:db8:1::a1'
quota_default()
{
	nat64 -n "$ROUTER" dev add other || return
	nat64 -n "$ROUTER" -j dev show other | tr -d ' \n' | grep -E '"quota":[1-9]'
}
run_case "B5 quota is on unless told otherwise" quota_default
nat64 -n "$ROUTER" dev del other

# --- time

expiry()
{
	local addr

	map flush
	set_dev idle-timeout 8
	from 2001:db8:1::a1 || return
	addr=$(mapped4 2001:db8:1::a1)
	[ -n "$addr" ] || return
	within 60 eval '[ -z "$(mapped4 2001:db8:1::a1)" ]' || return
	fails ping_once "$SERVER" -W 1 "$addr"
}
run_case "B1 an idle mapping expires, counted" stat_moves map_expired 1 expiry

# Pings from the IPv4 side, which the host answers, for longer than the time-out.
use_refreshes()
{
	local addr

	set_dev idle-timeout 12
	from 2001:db8:1::a1 || return
	addr=$(mapped4 2001:db8:1::a1)
	on "$SERVER" ping -q -n -c 115 -i 0.2 "$addr" | grep " 0% packet loss" &&
		same "$addr" mapped4 2001:db8:1::a1
}
run_case "B1 use refreshes a mapping" stat_moves map_created 1 use_refreshes

reclaim()
{
	map flush
	set_dev pool 198.51.100.77/32 idle-timeout 400
	from 2001:db8:1::a1 || return
	refused 2001:db8:1::a2 || { echo "a young mapping gave way"; return 1; }
	# A mapping has to be idle for more than a quarter of the time-out.
	map del 2001:db8:1::a1 && map add 2001:db8:1::a1 198.51.100.77 dynamic idle 101 || return
	stat_moves map_reclaimed 1 from 2001:db8:1::a2 && same "" mapped4 2001:db8:1::a1
}
run_case "B4 a full pool takes back the longest idle mapping, but no young one" reclaim

# --- prefixes

# If no mapping lies within a prefix, the device looks at its prefixes first. A mapping that does has
# to be found, however it got there.
within_prefix()
{
	local inside=2001:db8:99::5	# would be 0.0.0.5

	map flush
	set_dev prefix $PREFIX pool 198.51.100.0/29
	router "$IP6TABLES" -t raw -I PREROUTING -d 2001:db8:99::/96 -j NAT64
	"$@" || return
	same "$S4 $inside" eval "map get $inside | awk '{ print \$2, \$1 }'" &&
		ping_once "$CLIENT" $inside
}

mapping_first()
{
	map add $inside $S4 && set_dev prefix $PREFIX prefix 2001:db8:99::/96
}

prefix_first()
{
	set_dev prefix $PREFIX prefix 2001:db8:99::/96 && map add $inside $S4
}

replaced()
{
	set_dev prefix $PREFIX prefix 2001:db8:99::/96 &&
		map add 2001:db8:77::5 $S4 && map replace $inside $S4
}

restored()
{
	mapping_first && nat64 -n "$ROUTER" save to "$work/saved" && map flush &&
		nat64 -n "$ROUTER" restore "$work/saved"
}

run_case "A6 a prefix that is set around a mapping" within_prefix mapping_first
run_case "A6 a mapping that is added within a prefix" within_prefix prefix_first
run_case "A6 ... or takes the place of another" within_prefix replaced
run_case "A6 ... or is restored together with the prefix" within_prefix restored
run_case "a prefix that is set around a host with a dynamic mapping ends that" eval '
	map flush && set_dev prefix $PREFIX && from $C6 && same "$C6" eval "mapped6 $(mapped4 $C6)" &&
	set_dev prefix $PREFIX prefix 2001:db8:1::/96 && same "" mapped4 $C6 && set_dev prefix $PREFIX'

# --- events

monitored()
{
	map flush
	set_dev pool 198.51.100.77/32 idle-timeout 8
	on "$ROUTER" nat64 monitor >"$work/events" &
	within 60 hears "$work/events" 2001:db8:1::a9 198.51.100.77 || return
	from 2001:db8:1::a1 || return
	within 60 grep -E "del 2001:db8:1::a1 198.51.100.77" "$work/events" || return
	cat "$work/events"
	[ "$(grep -c "add 2001:db8:1::a1 198.51.100.77" "$work/events")" -eq 1 ]
}
run_case "B7 events tell of a mapping's birth and end" monitored

finish
