# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: two CPUs against one
# Sends two flows of small packets, each on its own CPU and its own links, and compares the packets
# that get through with those of a single flow.
# contestants: ipv6 nat64-raw jool-siit
# cpus: 2

# The far end of the second flow, in the same family and with the same prefix as the first.
second_server()
{
	if [ "$SERVER_ADDR" = $S6 ]; then
		echo 2001:db8:12::2
	else
		echo 2001:db8:64::cb00:7202
	fi
}

# both COUNT: packets a second of both flows together.
both()
{
	local before after usec

	echo "count $1" | pktgen_write $CLIENT c0
	echo "count $1" | pktgen_write $CLIENT c1
	before=$(($(received $SERVER s0) + $(received $SERVER s1)))
	echo start | pktgen_write $CLIENT pgctrl
	after=$(($(received $SERVER s0) + $(received $SERVER s1)))
	# The time until the slower of the two is done.
	usec=$(client sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' /proc/net/pktgen/c0 \
		/proc/net/pktgen/c1 | sort -n | tail -n 1)
	awk -v n=$((after - before)) -v usec="$usec" 'BEGIN { printf "%.0f\n", n / usec * 1e6 }'
}

run()
{
	local one two target2

	second_path
	sinks
	to_server
	pktgen_flow
	one=$(packet_rate)

	target2=$(second_server)
	PKTGEN_CPU=1
	from_dev=c1 peer_dev=rd from6=$C6 target=$target2
	pktgen_flow
	two=$(both $((one * SECONDS_PER_RUN + 1)))
	figure one-cpu "$one" packets/s
	figure two-cpus "$two" packets/s
	figure gain "$(awk -v one="$one" -v two="$two" 'BEGIN { print two / one }')" times
}
