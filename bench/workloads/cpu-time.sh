# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: packets for a CPU-second
# Counts the small packets that get through per second of CPU time, over all CPUs and including the
# sender. This is fair to a daemon, which has a CPU to itself.
# contestants: ipv6 nat64-raw nat64-fast-ingress tayga
# cpus: 2

# busy: hundredths of a second for which CPUs have been busy so far
busy()
{
	awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat
}

direction()
{
	local name=$1 before got usec

	pktgen_flow
	packet_rate >"$WORK/rate"
	before=$(busy)
	read -r got usec < <(pktgen_send "$(awk -v s="$SECONDS_PER_RUN" '{ printf "%d", $1 * s + 1 }' "$WORK/rate")")
	awk -v name="$name" -v got="$got" -v busy=$(($(busy) - before)) \
		'BEGIN { printf "figure %s %.0f packets/CPU-s\n", name, got / (busy / 100) }'
}

run()
{
	open_flow
	sinks
	to_server
	direction 6to4
	to_client
	direction 4to6
}
