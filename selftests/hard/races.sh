#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two processes make random changes to a device while packets arrive from both sides and mappings
# expire. Then modules and a namespace come and go under the same traffic. Nothing may be left over
# afterwards.
#
# RACES_CHANGES (30) is the number of changes per process. The same RACES_SEED (64) makes the same choices, though
# not the same timing.

. "$(dirname "$0")"/../lib/lib.sh

number=${RACES_CHANGES:-30}
seed=${RACES_SEED:-64}

need ping rmmod
need_flood
setup_net
load_modules
aside=$ROUTER-aside
new_ns "$aside"

# Devices that were here before.
others=$({ ip -o link show type nat64; ip -all netns exec ip -o link show type nat64; } 2>/dev/null |
	grep -c '<')

fresh()
{
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool $POOL idle-timeout 1 quota 200 &&
		nat64 -n "$ROUTER" map add $C6 $C4 && door_both
}
fresh

# packets: sends packets from both sides, with many sources on one of them.
packets()
{
	while [ ! -e "$work/stop" ]; do
		flood6 2001:db8:1::1000 2000 500
		server "$flood" s0 02:00:00:00:01:04 $S4 $C4 2000 1
	done >/dev/null 2>&1
}

no_packets()
{
	touch "$work/stop"
	wait
	rm "$work/stop"
}

cat >"$work/configuration" <<END
dev add nat64 prefix $PREFIX pool 198.51.100.128/25
map add $C6 $C4
map add 2001:db8:1::5 198.51.100.5
END

# change NUMBER: may fail, depending on what the other process is doing.
change()
{
	case $1 in
	0) nat64 -n "$ROUTER" dev set nat64 prefix 2001:db8:77::/96 pool 198.51.100.0/25 ;;
	1) nat64 -n "$ROUTER" dev set nat64 prefix $PREFIX pool $POOL ;;
	2) nat64 -n "$ROUTER" map flush ;;
	3) nat64 -n "$ROUTER" map add $C6 $C4 ;;
	4) nat64 -n "$ROUTER" map replace 2001:db8:1::/120 198.51.100.0/24 ;;
	5) nat64 -n "$ROUTER" map del 2001:db8:1::/120 ;;
	6) nat64 -n "$ROUTER" restore "$work/configuration" ;;
	7) nat64 -n "$ROUTER" map show ;;
	8) nat64 -n "$ROUTER" stats show ;;
	9) ip -n "$ROUTER" link del nat64 ;;
	10) ip -n "$ROUTER" link set nat64 down && ip -n "$ROUTER" link set nat64 name other ;;
	11) ip -n "$ROUTER" link set other name nat64 && ip -n "$ROUTER" link set nat64 up ;;
	12) ip -n "$ROUTER" link set nat64 netns "$aside" ;;
	13) ip -n "$aside" link set nat64 netns "$ROUTER" && ip -n "$ROUTER" link set nat64 up ;;
	14) door_closed ;;
	15) timeout 0.3 nat64 -n "$ROUTER" monitor ;;
	16)
		ip netns add "$ROUTER-short" && nat64 -n "$ROUTER-short" dev add nat64 prefix $PREFIX
		ip netns del "$ROUTER-short"
		;;
	17) ip -n "$ROUTER" link set nat64 mtu 1280 ;;
	18) nat64 -n "$ROUTER" dev set nat64 hook r6,r4 fast rule fast-flows 1000 ;;
	19) nat64 -n "$ROUTER" dev set nat64 fast ingress fast-dev r6,r4 fast-flows 65536 ;;
	20) nat64 -n "$ROUTER" dev set nat64 fast off ;;
	21) nat64 -n "$ROUTER" flow flush ;;
	22) nat64 -n "$ROUTER" flow show ;;
	23) ip -n "$ROUTER" link set r4 mtu 1400 && ip -n "$ROUTER" link set r4 mtu 1500 ;;
	*) fresh ;;
	esac
}

changes()
{
	local count

	RANDOM=$1
	for ((count = 0; count < number; count++)); do
		change $((RANDOM % 29)) >/dev/null 2>&1
	done
}

# Memory that is freed behind the scenes takes its time.
settled()
{
	after=$(unreclaimable)
	bounded $((after - before)) 16384
}

races()
{
	local before began=$SECONDS workers after

	before=$(unreclaimable)
	packets &
	changes "$seed" &
	workers=$!
	changes $((seed + 1))
	wait $workers
	no_packets
	ip -n "$ROUTER" link del nat64 2>/dev/null
	ip -n "$ROUTER" link del other 2>/dev/null
	ip netns del "$aside"
	door_closed
	within 60 settled
	local status=$?
	figures "seed $seed: $((2 * number)) changes in $((SECONDS - began)) s," \
		"kernel memory $before kB, then $after kB"
	[ $status -eq 0 ] && fresh && ping_once "$CLIENT" $S6
}
run_case "H6 two processes change everything at random, under traffic" races

modules_come_and_go()
{
	packets &
	for _ in {1..5}; do
		router "$IP6TABLES" -t raw -F PREROUTING
		router "$IPTABLES" -t raw -F PREROUTING
		{ within 60 rmmod xt_NAT64 && within 60 rmmod nat64; } || break
		load_modules
		{ fresh && within 60 ping_once "$CLIENT" $S6; } || break
		echo again >>"$work/again"
	done
	no_packets
	[ "$(wc -l <"$work/again")" -eq 5 ]
}

# The links to other namespaces end with this namespace, once everything in it has been released.
namespace_goes()
{
	packets &
	until stat_grows xlat_6to4 sleep 0.1 2>/dev/null; do :; done
	ip netns del "$ROUTER"
	within 60 fails ip -n "$CLIENT" link show c0 >/dev/null &&
		within 60 rmmod xt_NAT64 && within 60 rmmod nat64
	set -- $?
	no_packets
	return "$1"
}

# The modules take every device with them.
if [ "$others" -eq 0 ]; then
	run_case "H6 the modules come and go, under traffic" modules_come_and_go
	run_case "H6 a namespace goes with its device, under traffic" namespace_goes
else
	skip_case "H6 the modules come and go" "another device is in use on this machine"
	skip_case "H6 a namespace goes with its device" "another device is in use on this machine"
fi

finish
