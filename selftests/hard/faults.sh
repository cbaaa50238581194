#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Allocations fail: first each allocation of each request in turn, then random ones for mappings
# while packets arrive. Needs a kernel with fault injection ("make check-debug").

. "$(dirname "$0")"/../lib/lib.sh

debug=/sys/kernel/debug
if [ ! -d $debug/failslab ] || [ ! -e /proc/self/fail-nth ]; then
	skip_all "the kernel injects no faults"
fi

need ping
need_flood
# The kernel shows by a stack trace where it could not go on. Between these lines, that is no complaint.
echo "nat64 selftests: faults begin" >/dev/kmsg
trap 'echo "nat64 selftests: faults end" >/dev/kmsg; cleanup' EXIT
setup_net
nat64_up both pool $POOL
run_python hard/faults.py

# fail_some PERCENT: makes allocations fail in all tasks, from the caches named at boot (slub_debug=A).
# With 0, they fail as before: only in tasks that ask for it.
fail_some()
{
	echo $(($1 > 0)) >$debug/failslab/cache-filter
	echo $(($1 == 0)) >$debug/failslab/task-filter
	echo -1 >$debug/failslab/times
	echo "$1" >$debug/failslab/probability
}

# Packets that make new mappings.
packets()
{
	local before flooding

	nat64 -n "$ROUTER" dev set nat64 quota 0 idle-timeout 1
	nat64 -n "$ROUTER" map add $C6 $C4
	before=$(stat drop_nomem)
	flood6 2001:db8:1::1000 4000 200 &
	flooding=$!
	fail_some 20
	wait $flooding
	fail_some 0
	figures "$(($(stat drop_nomem) - before)) packets dropped for want of memory"
	[ "$(stat drop_nomem)" -gt "$before" ] && ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}
run_case "packets come while one allocation in five fails: dropped and counted" packets

finish
