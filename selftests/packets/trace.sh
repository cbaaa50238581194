#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What perf, bpftrace and dropwatch can see: nat64's tracepoints, and the reasons in the kernel's
# own skb:kfree_skb for packets that nat64 drops.

. "$(dirname "$0")"/../lib/lib.sh

tracing=/sys/kernel/tracing
need ping
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing || die "no tracefs"
setup_net
nat64_up target pool 198.51.100.0/25
nat64 -n "$ROUTER" map add $C6 $C4
ifindex=$(router cat /sys/class/net/nat64/ifindex)

# traced EVENT PATTERN COMMAND...: the command must succeed. While it runs, the event occurs, and matches this.
traced()
{
	local event=$1 pattern=$2 status

	shift 2
	echo >$tracing/trace
	echo 1 >"$tracing/events/$event/enable"
	"$@"
	status=$?
	echo 0 >"$tracing/events/$event/enable"
	grep -q -E "$pattern" $tracing/trace || { tail -n 20 $tracing/trace; return 1; }
	return $status
}

no_reply()
{
	fails ping_once "$@" -W 1
}

# all_fast: both directions are known.
all_fast()
{
	stat_moves fast_hit 40 talk "$CLIENT" $C6 5000 $S6
}

for door in target hook route; do
	door_$door
	run_case "nat64_xlat tells of a ping on its way to IPv4 ($door)" traced nat64/nat64_xlat \
		"ifindex=$ifindex 6to4 src6=$C6 dst6=$S6 src4=$C4 dst4=$S4 proto=58 len=84$" \
		ping_once "$CLIENT" $S6
	run_case "nat64_xlat tells of its reply ($door)" traced nat64/nat64_xlat \
		"ifindex=$ifindex 4to6 src6=$S6 dst6=$C6 src4=$S4 dst4=$C4 proto=1 len=104$" \
		ping_once "$CLIENT" $S6
	run_case "nat64_drop names the counter ($door)" traced nat64/nat64_drop \
		"ifindex=$ifindex protocol=0x0800 len=84 reason=drop_no_mapping4$" \
		no_reply "$SERVER" 198.51.100.99
	run_case "skb:kfree_skb names the kernel's reason ($door)" traced skb/kfree_skb \
		"protocol=2048 .*reason: IP_INNOROUTES" no_reply "$SERVER" 198.51.100.99
done

# 20 datagrams each way, the first with one digit and the last with two.
door_fast_rule
start_peers
# A neighbour that does not answer in time would send a packet the slow way.
for link in r6,$C6 r4,$S4; do
	ip -n "$ROUTER" neigh change "${link#*,}" dev "${link%,*}" nud permanent || die "no neighbour"
done
talk "$CLIENT" $C6 5000 $S6 || die "no echo"
run_case "nat64_xlat tells of packets of known flows on their way to IPv4" traced nat64/nat64_xlat \
	"ifindex=$ifindex 6to4 src6=$C6 dst6=$S6 src4=$C4 dst4=$S4 proto=17 len=29$" all_fast
run_case "nat64_xlat tells of their replies" traced nat64/nat64_xlat \
	"ifindex=$ifindex 4to6 src6=$S6 dst6=$C6 src4=$S4 dst4=$C4 proto=17 len=50$" all_fast

finish
