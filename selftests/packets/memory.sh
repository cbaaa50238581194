#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory of mappings is charged to the control group that created the device, no matter who sends
# the packets.

. "$(dirname "$0")"/../lib/lib.sh

need python3
setup_net
load_modules

cgroups=$(mktemp -d)
group=$cgroups/nat64-selftest
trap 'leave_group; cleanup' EXIT
mount -t cgroup2 none "$cgroups" || die "no control groups"
echo +memory >"$cgroups/cgroup.subtree_control" || die "no control of memory"
mkdir "$group"

leave_group()
{
	rmdir "$group"
	umount "$cgroups"
	rmdir "$cgroups"
}

# The client sends from as many hosts of a /64 as it likes.
client sysctl -qw net.ipv6.ip_nonlocal_bind=1

# hosts FIRST LAST: a packet from each to the server.
hosts()
{
	client python3 - "$@" <<-END
		import socket, sys
		for i in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
		    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
		        s.bind((f"2001:db8:9::{i:x}", 0))
		        s.sendto(b"x", ("$S6", 9))
	END
}

charged()
{
	cat "$group/memory.current"
}

mappings()
{
	nat64 -n "$ROUTER" map show dynamic | wc -l
}

# shellcheck disable=SC2016 # for the inner shell
sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" \
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool 198.18.0.0/16 quota 0 || die "no device"
add_rules

# No packet must be lost because a neighbour is unknown, or because nobody has the time to empty a queue.
machine_wide net.core.netdev_max_backlog 100000
ping_once "$CLIENT" $R6 >/dev/null || die "no router"
ping_once "$ROUTER" $S4 >/dev/null || die "no server"

N=5000		# mappings; each takes 64 bytes at the very least
before=$(charged)
run_case "mappings made by packets are charged to who made the device" eval '
	hosts 1 $N && echo "$(mappings) mappings" && [ "$(mappings)" -ge $N ] && after=$(charged) &&
	echo "from $before to $after" && [ $((after - before)) -gt $((N * 64)) ]'

limit=$(($(charged) + 256 * 1024))
echo $limit >"$group/memory.max"
made_or_dropped()
{
	echo $(($(stat map_created) + $(stat drop_nomem)))
}
counted()
{
	local before

	before=$(made_or_dropped)
	stat_grows drop_nomem hosts $((N + 1)) $((4 * N)) &&
		same $((before + 3 * N)) made_or_dropped
}
run_case "at the limit there are no more, and each packet is counted" counted
run_case "... and the limit holds" eval '
	echo "$(charged) of $limit, $(mappings) mappings"; [ "$(charged)" -le $limit ] && [ "$(mappings)" -lt $((4 * N)) ]'
run_case "... while those that have a mapping are served" \
	eval 'stat_moves drop_nomem 0 hosts 1 10 && stat_moves xlat_6to4 10 hosts 1 10'

# The kernel keeps some of it at hand for the next one who asks.
full=$(charged)
given_back()
{
	[ $((full - $(charged))) -gt $((N * 64)) ]
}
run_case "flushed mappings give it back" eval '
	nat64 -n "$ROUTER" map flush dynamic && within 60 given_back || { echo "$full, now $(charged)"; false; }'

finish
