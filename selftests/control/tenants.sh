#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tenant must not keep others waiting. While root of a user namespace restores many mappings and
# changes and deletes everything that it has, the device of another namespace, the kernel's other
# generic netlink families, and the links must still answer.
#
# TENANT_MAPPINGS (200000) is the number of mappings.

. "$(dirname "$0")"/../lib/lib.sh

mappings=${TENANT_MAPPINGS:-200000}

[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
need unshare nsenter jq
load_modules
new_ns "$ROUTER"
nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX || die "no device"

unshare -Urn sleep infinity &
tenant_pid=$!
# Before that, bash may be between fork and exec, or unshare may have no new namespaces yet.
within 60 eval '[ "$(</proc/$tenant_pid/comm)" = sleep ]' || die "no user namespace"
trap 'kill $tenant_pid; cleanup' EXIT

in_tenant()
{
	nsenter --preserve-credentials -U -n -t $tenant_pid "$@"
}

tenant()
{
	in_tenant nat64 "$@"
}
in_tenant ip link set lo up

# mapping_list [MORE]: a great many mappings of hosts, 10.0.0.1 and so on.
mapping_list()
{
	awk -v n="$mappings" -v more="${1-}" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "map add 2001:db8:9:%x::%x 10.%d.%d.%d%s\n", i / 65536, i % 65536,
			       i / 65536, i / 256 % 256, i % 256, more
	}'
}

device="dev add nat64 prefix 2001:db8:64::/96 pool 10.0.0.0/8 quota 0"
{ echo "$device"; mapping_list; } >"$work/static"
{ cat "$work/static"; echo "map add 2001:db8:9::1 192.0.2.1"; } >"$work/refused"
mapping_list " dynamic" >"$work/dynamic"

# others_wait_not COMMAND...: the tenant's command succeeds, and nobody waits for it.
others_wait_not()
{
	local asker status

	ip netns exec "$ROUTER" python3 control/tenants.py "$work/asking" >"$work/answers" &
	asker=$!
	within 60 grep -q -s asking "$work/asking" || return
	"$@"
	status=$?
	kill $asker
	wait $asker || status=1
	rm "$work/asking"
	figures "$(<"$work/answers")"
	return $status
}

static()
{
	same "$mappings" eval 'tenant -j dev show | jq ".[0].static"'
}

run_case "others do not wait while a tenant restores $mappings mappings" \
	others_wait_not tenant restore "$work/static"
run_case "... nor while it puts them in the place of the ones before" eval '
	others_wait_not tenant restore "$work/static" && static'
run_case "... nor while a restore that is refused ends" eval '
	others_wait_not expect 1 "IPv6 prefix is mapped already" tenant restore "$work/refused" && static'
run_case "... nor while it changes a pool" others_wait_not tenant dev set pool 10.0.0.0/9
run_case "... nor while it deletes its mappings" others_wait_not tenant map flush
tenant dev set pool 10.0.0.0/8
run_case "... nor while it maps all of its pool" \
	others_wait_not tenant map add 2001:db8:a::/96 10.0.0.0/8
run_case "... nor while it deletes that mapping" \
	others_wait_not tenant map del 2001:db8:a::/96
run_case "... nor while it restores $mappings dynamic mappings" \
	others_wait_not tenant -b "$work/dynamic"

# seconds COMMAND...
seconds()
{
	local start=$EPOCHREALTIME

	"$@" || return
	awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { print end - start }'
}

# prefixes FIRST LAST: mappings of prefixes. Each requires a look at all dynamic mappings.
prefixes()
{
	awk -v first="$1" -v last="$2" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "map add 2001:db8:1%03x::/48 172.16.%d.%d\n", i, i / 256, i % 256
	}'
}

# Nobody can stop a request, so it should not take for ever. A machine may stall, but hardly five times in a row.
once_for_all()
{
	local first one many

	for first in 0 201 402 603 804; do
		prefixes $first $first >"$work/one"
		prefixes $((first + 1)) $((first + 200)) >"$work/many"
		one=$(seconds tenant -b "$work/one") && many=$(seconds tenant -b "$work/many") || return
		echo "$one $many"
	done >"$work/seconds"
	one=$(cut -d ' ' -f 1 "$work/seconds" | sort -g | head -n 1)
	many=$(cut -d ' ' -f 2 "$work/seconds" | sort -g | head -n 1)
	figures "one prefix takes $one s, two hundred $many s"
	awk -v one="$one" -v many="$many" 'BEGIN { exit many > 20 * one }'
}
run_case "mapping two hundred prefixes takes nowhere near two hundred times as long as one" once_for_all
run_case "others do not wait while dynamic mappings make room for a static one" \
	others_wait_not tenant map add 2001:db8:9::/64 192.0.2.0/24
run_case "... nor while a part of its pool goes" others_wait_not tenant dev set pool 10.0.0.0/15
run_case "... with the mappings of that" eval 'same true eval "
	tenant -j dev show | jq \".[0].dynamic | . > 0 and . < 131072\""'
run_case "... nor while it deletes its device" others_wait_not tenant dev del nat64

finish
