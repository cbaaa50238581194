# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: small packets, without pktgen
# One flow of small UDP packets from bench/flood.c: the packets per second that get through.
# contestants: ipv6 ipv4 tayga

run()
{
	local source=$C6 before after usec

	[[ $SERVER_ADDR == *:* ]] || source=$C4
	sinks
	before=$(received $SERVER s0)
	usec=$(client "$BUILD/flood" c0 "$(mac rc)" "$source" "$SERVER_ADDR" 1000000 1) || die flood
	after=$(received $SERVER s0)
	# Packets that are still in a daemon's queue do not count: they are too late.
	figure 6to4 "$(awk -v n=$((after - before)) -v usec="$usec" \
		'BEGIN { printf "%.0f", n / usec * 1e6 }')" packets/s
}
