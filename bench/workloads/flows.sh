# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: new flows
# Every packet comes from another host, so it needs a new mapping, or a new flow in contestants that
# track flows. There are no more packets than a port-sharing NAT has ports. bench/flood.c sends
# them, because pktgen cannot vary an IPv6 source.
# contestants: ipv6 ipv4 ipv4-masquerade nat64-raw nat64-hook nat64-fast-rule jool-nat64

run()
{
	local source=$C6 before after usec

	[[ $SERVER_ADDR == *:* ]] || source=10.0.0.1
	# Make room for the flows, in case they are tracked.
	sysctl -qw net.netfilter.nf_conntrack_max=2000000 2>/dev/null
	[ ! -w /sys/module/nf_conntrack/parameters/hashsize ] ||
		echo 262144 >/sys/module/nf_conntrack/parameters/hashsize
	! declare -F dynamic >/dev/null || dynamic
	sinks
	to_server
	before=$(received $SERVER s0)
	usec=$(client "$BUILD/flood" c0 "$(mac rc)" "$source" "$SERVER_ADDR" "$FLOWS" "$FLOWS") ||
		die "flood"
	after=$(received $SERVER s0)
	[ $((after - before)) -ge $((FLOWS * 9 / 10)) ] ||
		echo "bench: only $((after - before)) of $FLOWS packets arrive" >&2
	figure new-flows "$(awk -v n=$((after - before)) -v usec="$usec" \
		'BEGIN { printf "%.0f", n / usec * 1e6 }')" packets/s
}
