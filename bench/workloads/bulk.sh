# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: bulk TCP
# One TCP connection from the client by iperf3, with data in each direction, and with the links'
# offloads (segmentation, checksums) on and off.
# contestants: all

# iperf OPTION...: Gbit/s
iperf()
{
	local seconds=${SECONDS_PER_RUN%.*}

	# iperf3 wants whole seconds, and takes zero for ever.
	[ "$seconds" -gt 0 ] || seconds=1
	client iperf3 -c "$SERVER_ADDR" -t "$seconds" -O "$IPERF_OMIT" -J "$@" >"$WORK/iperf" ||
		die "iperf3: $(tail -n 3 "$WORK/iperf")"
	python3 -c 'import json, sys
print(json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"] / 1e9)' <"$WORK/iperf"
}

run()
{
	local state

	server iperf3 -s -D
	listening "$SERVER" 5201
	for state in on off; do
		offloads $state
		figure "6to4-offloads-$state" "$(iperf)" Gbit/s
		figure "4to6-offloads-$state" "$(iperf -R)" Gbit/s
	done
}
