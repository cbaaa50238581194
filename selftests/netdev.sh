#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The device among the kernel's others: hooks that run in process context.

. "$(dirname "$0")"/lib.sh

need ping ip6tables-nft iptables-nft
setup_net
nat64_up both pool $POOL
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"

# --- a verdict from userspace: the hooks behind it run in process context

# queue_verdicts: accept what comes to queue 5, in either family.
queue_verdicts()
{
	router python3 nfqueue.py 5 >"$work/nfqueue" 2>&1 &
	within 10 grep -q ready "$work/nfqueue"
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
	grep nat64_xlat: $tracing/trace >"$work/trace"
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

finish
