# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: many flows
# Small UDP packets of many flows, at random: the packets per second that get through.
# contestants: ipv6 ipv6-conntrack nat64-hook nat64-fast-rule nat64-fast-ingress

# Two ports with ranges make the flows. Each has to be seen a few times before it counts as known.
run()
{
	local number sources

	! declare -F many_flows >/dev/null || many_flows
	sinks
	to_server
	for number in 1 1024 32768 262144; do
		sources=$((number < 512 ? number : 512))
		pktgen_flow
		printf '%s\n' "flag UDPSRC_RND" "flag UDPDST_RND" "udp_src_min 10000" \
			"udp_src_max $((10000 + sources))" "udp_dst_min 10000" \
			"udp_dst_max $((10000 + number / sources))" |
			pktgen_write "$CLIENT" c0
		pktgen_send $((number * 16 + 1000)) >/dev/null
		figure "$number" "$(packet_rate)" packets/s
	done
}
