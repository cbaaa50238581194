#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The device among other network devices: alternative names, settings that last, hooks in process
# context, and links with an MTU above 1500.

. "$(dirname "$0")"/../lib/lib.sh

need ping ip6tables-nft iptables-nft
setup_net
nat64_up both pool $POOL
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"

# --- rules by an alternative name

link()
{
	ip -n "$ROUTER" link "$@"
}

rename()
{
	link set "$1" down && link set "$1" name "$2" && link set "$2" up
}

by_altname()
{
	link property add dev nat64 altname nat64-of-the-alternative-name &&
		link property add dev nat64 altname other64 || return
	door_closed
	router "$IP6TABLES" -t raw -A PREROUTING -d $PREFIX -j NAT64 --device other64
	router "$IPTABLES" -t raw -A PREROUTING -d $POOL -j NAT64 --device other64
	ping_once "$CLIENT" $S6
}
run_case "a rule by an alternative name of the device" by_altname
run_case "... and after the device was renamed" eval '
	rename nat64 first64 && ping_once "$CLIENT" $S6; status=$?
	rename first64 nat64; [ $status -eq 0 ]'
run_case "... and after the alternative name has gone: nothing is taken" eval '
	link property del dev nat64 altname other64 && fails ping_once "$CLIENT" -W 1 $S6'
run_case "... and after it has come again" eval '
	link property add dev nat64 altname other64 && ping_once "$CLIENT" $S6'
run_case "... and to another device, which takes the rule with it" eval '
	nat64 -n "$ROUTER" dev add second && link property del dev nat64 altname other64 &&
	link property add dev second altname other64 && fails ping_once "$CLIENT" -W 1 $S6 &&
	nat64 -n "$ROUTER" dev set second prefix $PREFIX pool 10.9.0.0/24 &&
	nat64 -n "$ROUTER" dev set nat64 prefix none && ip -n "$SERVER" route add 10.9.0.0/24 via $R4 &&
	ip -n "$ROUTER" route add 10.9.0.0/24 dev second && ping_once "$CLIENT" $S6'
link del second
nat64 -n "$ROUTER" dev set nat64 prefix $PREFIX
door_both

# --- settings

setting()
{
	router sysctl -n "net.$1"
}

run_case "a new device takes packets from its own address, and has no link-local one" eval '
	same 1 setting ipv4.conf.nat64.accept_local && same 1 setting ipv6.conf.nat64.addr_gen_mode &&
	same "" ip -n "$ROUTER" -6 addr show dev nat64 scope link'
run_case "... what the user sets instead stays when it goes down and up" eval '
	router sysctl -qw net.ipv4.conf.nat64.accept_local=0 net.ipv4.conf.nat64.send_redirects=1 \
		net.ipv6.conf.nat64.addr_gen_mode=3 &&
	link set nat64 down && link set nat64 up &&
	same 0 setting ipv4.conf.nat64.accept_local && same 1 setting ipv4.conf.nat64.send_redirects &&
	same 3 setting ipv6.conf.nat64.addr_gen_mode'
link set nat64 down
router sysctl -qw net.ipv4.conf.nat64.accept_local=1 net.ipv4.conf.nat64.send_redirects=0 \
	net.ipv6.conf.nat64.addr_gen_mode=1
link set nat64 up
add_routes

# --- links of more than 1500 bytes: the router's own errors name the MTU of the smaller one

mtu()
{
	link set r6 mtu "$1" && ip -n "$CLIENT" link set c0 mtu "$1" &&
		link set r4 mtu "$2" && ip -n "$SERVER" link set s0 mtu "$2"
}

# learns6 MTU, learns4 MTU: by a ping that may not be fragmented, and is lost.
learns6()
{
	client ping -n -c 1 -W 1 -M 'do' -s 8800 $S6
	ip -n "$CLIENT" route get $S6 | grep -w "mtu $1"
}

learns4()
{
	server ping -n -c 1 -W 1 -M 'do' -s 8800 $C4
	ip -n "$SERVER" route get $C4 | grep -w "mtu $1"
}

run_case "F6,G4 9000 bytes of IPv6, 8000 of IPv4: the sender learns 8020" eval 'mtu 9000 8000 && learns6 8020'
run_case "C5,D4 9000 bytes of IPv4, 7000 of IPv6: the sender learns 6980" eval 'mtu 7000 9000 && learns4 6980'
mtu 1500 1500

# --- what the device drops, it has not sent

tx_dropped()
{
	[[ $(ip -n "$ROUTER" -s -j link show dev nat64) =~ \"tx\":\{[^}]*\"dropped\":([0-9]+) ]] &&
		echo "${BASH_REMATCH[1]}"
}

# drops_one DIFFERENCE: sends a ping to an address of the pool that nobody has.
drops_one()
{
	local before

	before=$(tx_dropped) || return
	stat_moves drop_no_mapping4 1 eval 'fails server ping -n -c 1 -W 1 "${C4%.*}.77"' &&
		same $((before + $1)) tx_dropped
}

drops_one_by_target()
{
	door_target
	drops_one 0
}

drops_one_by_route()
{
	door_route
	drops_one 1
}

run_case "the target drops a packet: the device has not been asked to send it" drops_one_by_target
run_case "the route drops a packet: it is in the device's tx_dropped" drops_one_by_route

# --- a verdict from userspace: the hooks behind it run in process context

# queue_verdicts: accept what comes to queue 5, in either family.
queue_verdicts()
{
	router python3 packets/nfqueue.py 5 >"$work/nfqueue" 2>&1 &
	within 60 grep -q ready "$work/nfqueue"
}

# queued COMMAND...: two packets are translated meanwhile, both with softirqs off (b), if not in a
# softirq itself (s).
queued()
{
	local tracing=/sys/kernel/tracing event=events/nat64/nat64_xlat/enable status

	[ -d $tracing/events ] || mount -t tracefs tracefs $tracing || return
	echo >$tracing/trace
	echo 1 >$tracing/$event
	"$@"
	status=$?
	echo 0 >$tracing/$event
	grep nat64_xlat: $tracing/trace >"$work/trace" || return
	cat "$work/trace"
	[ $status -eq 0 ] && [ "$(wc -l <"$work/trace")" -eq 2 ] &&
		[ "$(grep -c -E '\] ([bD]|..[sH])' "$work/trace")" -eq 2 ]
}

process_context()
{
	door_closed
	for command in ip6tables iptables; do
		router $command-nft -t raw -A PREROUTING -i r+ -p "$([ $command = iptables ] &&
			echo icmp || echo ipv6-icmp)" -j NFQUEUE --queue-num 5
	done
	router ip6tables-nft -t mangle -A PREROUTING -d $PREFIX -j NAT64
	router iptables-nft -t mangle -A PREROUTING -d $POOL -j NAT64
	queue_verdicts && queued ping_once "$CLIENT" $S6
}
run_case "NFQUEUE in raw, NAT64 in mangle (nft): translated with softirqs off" process_context

process_context_of_hook()
{
	for command in ip6tables iptables; do
		router $command-nft -t mangle -F PREROUTING
	done
	nat64 -n "$ROUTER" dev set nat64 hook r6,r4
	queued ping_once "$CLIENT" $S6
}
run_case "NFQUEUE in raw, and the hook: translated with softirqs off" process_context_of_hook

finish
