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
fail_some()
{
	echo 1 >$debug/failslab/cache-filter
	echo 0 >$debug/failslab/task-filter
	echo -1 >$debug/failslab/times
	echo "$1" >$debug/failslab/probability
}

# As before: they fail only in tasks that ask for it. Before all caches count again, nothing may fail.
fail_none()
{
	echo 0 >$debug/failslab/probability
	echo 1 >$debug/failslab/task-filter
	echo 0 >$debug/failslab/cache-filter
}

# Packets that make new mappings. A shell waits in the client's namespace, since allocations of its way there
# must not fail; then it tries until the program starts.
packets()
{
	local before pid

	nat64 -n "$ROUTER" dev set nat64 quota none idle-timeout 1
	nat64 -n "$ROUTER" map add $C6 $C4
	before=$(stat drop_nomem)
	# shellcheck disable=SC2016 # for the inner shell
	coproc client bash -c 'echo; read -r; for ((i = 0; i < 1000; i++)); do "$@" && break; done' - \
		"$flood" c0 02:00:00:00:01:06 2001:db8:1::1000 $S6 4000 200
	pid=$COPROC_PID
	read -r <&"${COPROC[0]}"
	fail_some 20
	echo >&"${COPROC[1]}"
	wait "$pid"
	fail_none
	figures "$(($(stat drop_nomem) - before)) packets dropped for want of memory"
	[ "$(stat drop_nomem)" -gt "$before" ] && ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}
run_case "packets come while one allocation in five fails: dropped and counted" packets

# Flows cannot be made, copies cannot be made of packets; what has a flow goes fast.
fast_packets()
{
	local before

	before=$(stat fast_hit)
	nat64 -n "$ROUTER" map flush
	nat64 -n "$ROUTER" dev set nat64 fast ingress fast-dev r6,r4 fast-flows 4096 || return
	packets || return
	figures "$(($(stat fast_hit) - before)) packets went fast"
	[ "$(stat fast_hit)" -gt "$before" ]
}
run_case "... the same with the fast path" fast_packets

finish
