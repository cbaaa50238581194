#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts talk through the fast path; what carries its flows is flushed, deleted, moved and removed meanwhile.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat conntrack
setup_net
load_modules

nat()
{
	nat64 -n "$ROUTER" "$@"
}

link()
{
	ip -n "$ROUTER" link "$@"
}

# up WAY: the device, and the fast path by this way.
up()
{
	local fast=rule

	[ "$1" = hook ] || [ "$1" = target ] || fast=ingress
	nat dev add nat64 prefix $PREFIX hash-key $KEY || return
	nat map add $C6 $C4 || return
	case $1 in
	hook | ingress) door_hook ;;
	target) door_target ;;
	route) door_route ;;
	esac
	nat dev set nat64 fast $fast fast-dev r6,r4 fast-refresh 3600
}

up hook || die "no device"
start_peers

# warm: there are flows in both directions.
warm()
{
	echo_tcp "$CLIENT" $S6 64 && echo_tcp "$SERVER" $C4 64 && has_flows 2
}

has_flows()
{
	[ "$(nat flow count | tr -dc 0-9)" -ge "$1" ] || { echo "no flows"; return 1; }
}

# packets rx|tx DEVICE: how many the router has received or sent by it. A super-packet is one.
packets()
{
	ip -n "$ROUTER" -s -j link show "$2" | jq ".[0].stats64.$1.packets"
}

# bulk_stays_whole IN OUT COMMAND...: hardly more packets leave than have come. (Neighbours are asked for, too.)
bulk_stays_whole()
{
	local came left

	came=$(packets rx "$1") left=$(packets tx "$2")
	stat_grows fast_hit "${@:3}" || return
	came=$(($(packets rx "$1") - came))
	left=$(($(packets tx "$2") - left))
	echo "$came packets came, $left left"
	[ $left -le $((came + 10)) ]
}

for way in hook target ingress route; do
	nat dev del nat64
	up $way
	[ $way != ingress ] || traffic_cases "fast, $way"
	run_case "bulk TCP stays whole, to IPv4 ($way)" bulk_stays_whole r6 r4 echo_tcp "$CLIENT" $S6 2048
	run_case "bulk TCP stays whole, to IPv6 ($way)" bulk_stays_whole r4 r6 echo_tcp "$SERVER" $C4 2048
done

# busy COMMAND...: the command again and again while data goes there and back.
busy()
{
	local pid status n=0

	(trap - EXIT; echo_tcp "$CLIENT" $S6 2048) & pid=$!
	while kill -0 $pid 2>/dev/null; do
		"$@" >/dev/null 2>&1
		n=$((n + 1))
	done
	wait $pid
	status=$?
	echo "$n times"
	return $status
}

for way in hook ingress; do
	nat dev del nat64
	up $way
	run_case "TCP lives on while the flows are flushed ($way)" stat_grows fast_hit busy nat flow flush
	[ $way = ingress ] || continue
	run_case "... while the fast path is turned off and on ($way)" stat_grows fast_hit \
		busy eval "nat dev set fast off; nat dev set fast ingress"
	run_case "... while flows are shown ($way)" stat_grows fast_hit busy nat flow show
	run_case "... while a mapping comes and goes ($way)" stat_grows fast_hit \
		busy eval "nat map add 2001:db8:9::9 198.51.100.99 && nat map del 198.51.100.99"
done

router "$IPTABLES" -A FORWARD -m conntrack --ctstate NEW
router "$IP6TABLES" -A FORWARD -m conntrack --ctstate NEW
run_case "TCP lives on while conntrack's entries are deleted" stat_grows fast_hit busy router conntrack -F
router "$IPTABLES" -F FORWARD
router "$IP6TABLES" -F FORWARD

# With conntrack and MASQUERADE: what is invalid is dropped.
nat dev del nat64
up ingress
ip -n "$ROUTER" -4 route replace $POOL dev nat64 proto static
router "$IPTABLES" -t nat -A POSTROUTING -o r4 -j MASQUERADE
router "$IPTABLES" -A FORWARD -m conntrack --ctstate INVALID -j DROP
run_case "MASQUERADE: a megabyte there and back" stat_grows fast_hit echo_tcp "$CLIENT" $S6 1024
run_case "MASQUERADE: TCP lives on while flows are flushed" stat_grows fast_hit busy nat flow flush
closed()
{
	router conntrack -F 2>/dev/null
	stat_grows fast_hit echo_tcp "$CLIENT" $S6 1024 &&
		within 60 eval 'router conntrack -L -p tcp 2>/dev/null | grep TIME_WAIT'
}
run_case "MASQUERADE: a connection that has ended is in TIME_WAIT" closed
router "$IPTABLES" -t nat -F
router "$IPTABLES" -F FORWARD

# --- what carries the flows goes

OTHER=n64o-$$
new_ns "$OTHER"

# A second way out, for as long as a case takes.
second_way()
{
	link add r5 type veth peer name s5 netns "$SERVER" && link set r5 up &&
		ip -n "$ROUTER" addr add 203.0.114.1/24 dev r5 && ip -n "$SERVER" link set s5 up &&
		ip -n "$SERVER" addr add 203.0.114.2/24 dev s5 &&
		nat dev set nat64 fast-dev r6,r4,r5 hook r6,r4,r5 &&
		stat_grows fast_hit echo_tcp "$CLIENT" 2001:db8:64::cb00:7202 64 && has_flows 1
}

# The reference to a device that a flow has kept would hold these up for good.
way_deleted()
{
	second_way && timeout 120 ip -n "$ROUTER" link del r5 && fails link show r5 && warm
}

way_moved()
{
	second_way && timeout 120 ip -n "$ROUTER" link set r5 netns "$OTHER" || return
	ip -n "$OTHER" link set r5 up
	warm && timeout 120 ip -n "$OTHER" link del r5
}

device_moved()
{
	warm || return
	timeout 120 ip -n "$ROUTER" link set nat64 netns "$OTHER" || return
	fails ping_once "$CLIENT" -W 1 $S6 || return
	timeout 120 ip -n "$OTHER" link set nat64 netns "$ROUTER" && link set nat64 up && warm
}

device_deleted()
{
	warm && timeout 120 nat64 -n "$ROUTER" dev del nat64 && fails ping_once "$CLIENT" -W 1 $S6 &&
		up "$1" && warm
}

flood_on()
{
	on "$CLIENT" ping -n -f -q -w 600 $S6 >/dev/null 2>&1 & pids=$!
	on "$CLIENT" python3 -c '
import socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(b"x" * 100, (sys.argv[1], 9))
    except OSError:
        pass' $S6 & pids+=" $!"
}

under_traffic()
{
	local status pids

	flood_on
	within 60 stat_grows fast_hit sleep 0.1 && "$@"
	status=$?
	kill $pids
	return $status
}

come_and_go()
{
	local i

	for ((i = 0; i < 3; i++)); do
		second_way && timeout 120 ip -n "$ROUTER" link del r5 || return
		timeout 120 nat64 -n "$ROUTER" dev del nat64 && up "$1" || return
	done
}

for way in hook ingress; do
	nat dev del nat64
	up $way
	run_case "the way out is deleted ($way)" way_deleted
	run_case "the way out moves to another namespace ($way)" way_moved
	run_case "the device moves to another namespace and back ($way)" device_moved
	run_case "the device is deleted, and made anew ($way)" device_deleted $way
	run_case "way out and device come and go under traffic ($way)" under_traffic come_and_go $way
done

# The far end of a link goes when its namespace has gone.
namespace_deleted()
{
	warm || return
	ip netns del "$ROUTER"
	within 120 eval '! ip -n "$CLIENT" link show c0 2>/dev/null'
}

modules_removed()
{
	warm && flood_on || return
	rmmod xt_NAT64 && timeout 60 rmmod nat64
	set -- $?
	kill $pids
	[ "$1" -eq 0 ] && fails link show nat64
}

other_devices()
{
	{ ip -o link show type nat64; ip -all netns exec ip -o link show type nat64; } 2>/dev/null |
		grep -v '^[0-9]*: nat64:' | grep -q '<'
}

if other_devices; then
	skip_case "the module is removed with flows in the table" "other devices are in use on this machine"
else
	run_case "the module is removed with flows in the table, under traffic" modules_removed
	load_modules
	up ingress
fi
run_case "the namespace is deleted with flows in the table" namespace_deleted

finish
