# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: many static mappings
# Loads each number of static host mappings in $MAPPINGS in turn, and sends packets to random ones.
# Contestants without mappings forward to the same number of hosts. The numbers must be powers of
# two, because pktgen draws random bits of IPv6 addresses.
# contestants: ipv6 nat64-raw jool-siit

# hosts_behind server|client: where the thousands of hosts are.
hosts_behind()
{
	ip -n $ROUTER route del $HOSTS6/64 2>/dev/null
	ip -n $ROUTER route del $HOSTS4/8 2>/dev/null
	if [ "$1" = server ]; then
		ip -n $ROUTER route add $HOSTS6/64 via $S6
		ip -n $ROUTER route add $HOSTS4/8 via $S4
	else
		ip -n $ROUTER route add $HOSTS6/64 via $C6
		ip -n $ROUTER route add $HOSTS4/8 via $C4
	fi
}

# last_host6 COUNT, last_host4 COUNT
last_host6()
{
	printf '%s%x:%x\n' $HOSTS6 $((($1 - 1) >> 16)) $((($1 - 1) & 65535))
}

last_host4()
{
	printf '10.%d.%d.%d\n' $((($1 - 1) >> 16)) $((($1 - 1) >> 8 & 255)) $((($1 - 1) & 255))
}

load()
{
	local count=$1 before after

	before=$(kernel_memory)
	load_mappings "$count"
	figure "load-$count" "$(<"$WORK/seconds")" s
	sync
	after=$(kernel_memory)
	[ "$count" -lt 10000 ] ||
		figure "memory-$count" $(((after - before) / count)) bytes
	dump_mappings
	figure "dump-$count" "$(<"$WORK/seconds")" s
}

run()
{
	local count mapped=

	! declare -F load_mappings >/dev/null || mapped=1
	for count in $MAPPINGS; do
		if [ $mapped ]; then
			lab_up
			setup
			load "$count"
		fi
		sinks
		hosts_behind server
		to_server
		target=$HOSTS6
		pktgen_flow "$(last_host6 "$count")"
		figure "6to4-$count" "$(packet_rate)" packets/s

		hosts_behind client
		to_client
		target=$HOSTS6
		last=$(last_host6 "$count")
		if [ $mapped ]; then
			target=$HOSTS4
			last=$(last_host4 "$count")
		fi
		pktgen_flow "$last"
		figure "4to6-$count" "$(packet_rate)" packets/s
	done
}
