#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several devices in several namespaces, and devices that are deleted under rules and traffic.

. "$(dirname "$0")"/../lib/lib.sh

need ping
setup_net
nat64_up both
nat64 -n "$ROUTER" map add $C6 $C4

run_case "ip -d link shows the kind" eval 'ip -n "$ROUTER" -d link show nat64 | grep -w nat64 | grep -v ": nat64:"'
run_case "ip link lists devices by kind" eval '
	[ "$(ip -n "$ROUTER" -o link show type nat64 | wc -l)" -eq 1 ]'
run_case "ip link adds and deletes one" eval '
	ip -n "$ROUTER" link add plain type nat64 && nat64 -n "$ROUTER" dev show plain &&
	ip -n "$ROUTER" link del plain && expect 1 "no such device" nat64 -n "$ROUTER" dev show plain'
run_case "an MTU below 1280 is refused" expect 2 "mtu less than device minimum" \
	ip -n "$ROUTER" link set nat64 mtu 1279
run_case "its MTU can be 1280 and 65535" eval '
	ip -n "$ROUTER" link set nat64 mtu 1280 && ip -n "$ROUTER" link set nat64 mtu 65535 &&
	ip -n "$ROUTER" link set nat64 mtu 1500'
counts()
{
	local before after

	before=$(ip -n "$ROUTER" -j -s link show nat64 | tr -d ' \n' | sed 's/.*"rx":{"bytes":[0-9]*,"packets":\([0-9]*\).*/\1/')
	ping_once "$CLIENT" $S6 >/dev/null || return
	after=$(ip -n "$ROUTER" -j -s link show nat64 | tr -d ' \n' | sed 's/.*"rx":{"bytes":[0-9]*,"packets":\([0-9]*\).*/\1/')
	echo "received $before, then $after"
	[ $((after - before)) -eq 2 ]
}
run_case "ip -s link counts what comes out: two packets for a ping and its reply" counts
run_case "tcpdump sees what comes out, in the other family" eval '
	same 1 capture "$ROUTER" nat64 "icmp[0] == 8 and src $C4 and dst $S4" ping_once "$CLIENT" $S6'

# --- two in a namespace

two()
{
	nat64 -n "$ROUTER" dev add second prefix 2001:db8:65::/96 || return
	nat64 -n "$ROUTER" map add $C6 198.51.100.200 dev second
	router "$IP6TABLES" -t raw -A PREROUTING -d 2001:db8:65::/96 -j NAT64 --device second
	router "$IPTABLES" -t raw -I PREROUTING -d 198.51.100.200 -j NAT64 --device second
	ping_once "$CLIENT" $S6 && ping_once "$CLIENT" 2001:db8:65::203.0.113.2 &&
		ping_once "$SERVER" $C4 && ping_once "$SERVER" 198.51.100.200
}
run_case "two devices, each with its prefix and its mappings" two
separate()
{
	local before

	before=$(nat64 -n "$ROUTER" -j stats show dev second)
	ping_once "$CLIENT" $S6 || return
	[ "$before" = "$(nat64 -n "$ROUTER" -j stats show dev second)" ] &&
		stat_moves xlat_6to4 0 ping_once "$CLIENT" 2001:db8:65::203.0.113.2
}
run_case "... and its counters" separate
run_case "... all of them are shown" eval '
	[ "$(nat64 -n "$ROUTER" dev show | grep -c "^[0-9]*: ")" -eq 2 ]'
run_case "one is deleted, the other goes on" eval '
	nat64 -n "$ROUTER" dev del second && ping_once "$CLIENT" $S6 &&
	fails ping_once "$CLIENT" -W 1 2001:db8:65::203.0.113.2'
door_both

# --- a second namespace, with a device of the same name

other_namespace()
{
	new_ns "$ROUTER-2"
	nat64 -n "$ROUTER-2" dev add nat64 prefix 2001:db8:66::/96 || return
	nat64 -n "$ROUTER-2" map add 2001:db8:1::7 198.51.100.7 || return
	same "" mapped4 2001:db8:1::7 && nat64 -n "$ROUTER-2" map get 198.51.100.7 &&
		nat64 -n "$ROUTER-2" dev show | grep 2001:db8:66::/96 &&
		fails eval 'nat64 -n "$ROUTER" dev show | grep 2001:db8:66::/96' &&
		ping_once "$CLIENT" $S6
}
run_case "a device of the same name in another namespace is another one" other_namespace
ip netns del "$ROUTER-2"

moved()
{
	new_ns "$ROUTER-3"
	nat64 -n "$ROUTER" dev add mover prefix 2001:db8:67::/96 || return
	nat64 -n "$ROUTER" map add 2001:db8:1::7 198.51.100.7 dev mover
	router "$IPTABLES" -t raw -A PREROUTING -d 198.51.100.7 -j NAT64 --device mover
	ip -n "$ROUTER" link set mover netns "$ROUTER-3" || return
	# The table goes along, the rule stays behind without it.
	nat64 -n "$ROUTER-3" map show dev mover | grep "2001:db8:1::7 .*198.51.100.7" &&
		expect 1 "no such device" nat64 -n "$ROUTER" dev show mover &&
		fails ping_once "$SERVER" -W 1 198.51.100.7
}
run_case "H6 a device is moved to another namespace" moved
ip netns del "$ROUTER-3"
nat64 -n "$ROUTER" dev del mover 2>/dev/null
door_both

# --- the end, under rules and traffic

# Senders on both sides, which go on whatever happens to their packets.
flood()
{
	local script='
import socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    try:
        sock.sendto(bytes(700), (sys.argv[1], 9))
    except OSError:
        pass'
	ip netns exec "$CLIENT" python3 -c "$script" $S6 "$1" &
	flooders=($!)
	ip netns exec "$SERVER" python3 -c "$script" $C4 "$1" &
	flooders+=($!)
}

calm()
{
	kill "${flooders[@]}" 2>/dev/null
	wait "${flooders[@]}" 2>/dev/null
}

fresh()
{
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool $POOL &&
		nat64 -n "$ROUTER" map add $C6 $C4 && door_both
}

delete_under_traffic()
{
	local i

	flood 60
	within 60 stat_grows xlat_6to4 sleep 0.1 || return
	for i in 1 2 3 4 5 6 7 8 9 10; do
		nat64 -n "$ROUTER" dev del nat64 || return
		fresh || return
	done
	calm
	ping_once "$CLIENT" $S6
}
run_case "H6 deleted and made again ten times under traffic, rules in place" delete_under_traffic

configure_under_traffic()
{
	local i

	flood 60
	for i in 1 2 3 4 5 6 7 8 9 10; do
		nat64 -n "$ROUTER" dev set nat64 prefix 2001:db8:77::/96 pool 198.51.100.0/25 || return
		nat64 -n "$ROUTER" map flush || return
		nat64 -n "$ROUTER" dev set nat64 prefix $PREFIX pool none || return
		nat64 -n "$ROUTER" map add $C6 $C4 || return
	done
	calm
	ping_once "$CLIENT" $S6
}
run_case "H6 reconfigured under traffic" configure_under_traffic

rename_under_traffic()
{
	local i

	flood 60
	for i in 1 2 3 4 5; do
		ip -n "$ROUTER" link set nat64 down && ip -n "$ROUTER" link set nat64 name other &&
			ip -n "$ROUTER" link set other up && ip -n "$ROUTER" link set other down &&
			ip -n "$ROUTER" link set other name nat64 && ip -n "$ROUTER" link set nat64 up || return
	done
	calm
	door_both
	ping_once "$CLIENT" $S6
}
run_case "H6 renamed under traffic" rename_under_traffic

# The device goes while sources of all kinds make dynamic mappings.
mappings_go_along()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		ip -n "$CLIENT" addr add 2001:db8:1::b$i/64 dev c0
	done
	nat64 -n "$ROUTER" dev set nat64 pool $POOL
	for i in 1 2 3 4 5 6 7 8; do
		ping_once "$CLIENT" -I 2001:db8:1::b$i $S6 >/dev/null || return
	done
	same 8 eval 'nat64 -n "$ROUTER" map show dynamic | grep -c "^2001:db8:1::b"' &&
		nat64 -n "$ROUTER" dev del nat64 && expect 1 "no such device" nat64 -n "$ROUTER" dev show nat64
}
run_case "H6 a device goes with its dynamic mappings" mappings_go_along
fresh

destroy_namespace()
{
	flood 60
	within 60 stat_grows xlat_6to4 sleep 0.1 || return
	ip netns del "$ROUTER"
	# The kernel destroys it when it has time; its end of the link goes with it.
	within 60 eval '! ip -n "$CLIENT" link show c0 2>/dev/null'
}
run_case "H6 its namespace is destroyed under traffic" destroy_namespace

# --- the modules. Only if there is no other device that would be lost.

module_in_use()
{
	new_ns "$ROUTER"
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX || return
	router "$IPTABLES" -t raw -A PREROUTING -j NAT64
	expect 1 "in use" rmmod xt_NAT64 && expect 1 "in use" rmmod nat64
}

modules_gone()
{
	router "$IPTABLES" -t raw -F PREROUTING
	within 60 rmmod xt_NAT64 2>/dev/null && within 60 rmmod nat64 || return
	# In this order: asking for a device of that name loads the module of that name.
	fails grep "^nat64 " /proc/modules || return
	fails ip -n "$ROUTER" link show nat64 || return
	# The command's family and the target's name bring them back.
	nat64 -n "$ROUTER" dev add nat64 && nat64 -n "$ROUTER" dev del nat64 &&
		router "$IPTABLES" -t raw -A PREROUTING -j NAT64 && grep "^xt_NAT64 " /proc/modules
}

no_device()
{
	! { ip -o link show type nat64; ip -all netns exec ip -o link show type nat64; } 2>/dev/null |
		grep -q '<'
}

# Devices of this test do not count, but its namespaces take some time to end.
for ns in "${namespaces[@]}"; do
	ip netns del "$ns" 2>/dev/null
done
if within 60 no_device; then
	run_case "H6 rmmod is refused while a rule is there" module_in_use
	namespaces+=("$ROUTER")
	run_case "H6 without rules the modules go, and the device with them" modules_gone
else
	skip_case "H6 rmmod" "another device is in use on this machine"
fi

finish
