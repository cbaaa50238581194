#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netlink family's answers and events are complete: every device, every mapping, all or nothing.

. "$(dirname "$0")"/../lib/lib.sh

[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
load_modules
new_ns "$ROUTER"

map()
{
	nat64 -n "$ROUTER" map "$@"
}

# --- dumps

# The index of a device may be chosen, and stays with it when it is moved.
in_any_order()
{
	local index

	for index in 1005 1001 1004 1002 1003; do
		ip -n "$ROUTER" link add nat$index index $index type nat64 || return
	done
	same "$(printf 'nat%d\n' 1001 1002 1003 1004 1005)" \
		eval 'nat64 -n "$ROUTER" dev show | sed -n "s/^[0-9]*: \([^:]*\):.*/\1/p"'
}
run_case "all devices are in the list, whatever order they were made in" in_any_order
run_case "... and their counters" \
	same 5 eval 'nat64 -n "$ROUTER" stats show | grep -c "nat100[1-5]"'
for index in 1001 1002 1003 1004 1005; do
	ip -n "$ROUTER" link del nat$index
done

# --- all or nothing

nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool $POOL

# The third mapping of a request is in conflict with the first.
refused_at_third()
{
	router python3 -c '
import errno, sys
sys.path.insert(0, ".")
from genl import Genl, Refused, attr, nest
from packet import ip
def mapping(addr6, addr4):
    return nest(1, attr("NAT64_MAP_A_ADDR6", ip(addr6)), attr("NAT64_MAP_A_ADDR4", ip(addr4)))
try:
    Genl().ask("NAT64_CMD_MAP_ADD", attr("NAT64_A_IFNAME", "nat64"), nest("NAT64_A_MAPS",
               mapping("2001:db8:1::1", "198.51.100.101"), mapping("2001:db8:1::102", "198.51.100.2"),
               mapping("2001:db8:1::1", "198.51.100.103")))
except Refused as error:
    sys.exit(error.errno != errno.EEXIST)
sys.exit(1)'
}

# One has the IPv6 address of the first, another the IPv4 address of the second.
nothing_changed()
{
	map add 2001:db8:1::1 198.51.100.1 dynamic && map add 2001:db8:1::2 198.51.100.2 dynamic &&
		refused_at_third &&
		same "2001:db8:1::1 198.51.100.1 dynamic
2001:db8:1::2 198.51.100.2 dynamic" eval 'map show | awk "{ print \$1, \$2, \$3 }"'
}
run_case "A9 a request that is refused in the end has ended no dynamic mapping" nothing_changed
run_case "A9 ... whose addresses are not handed out twice" \
	expect 1 "IPv4 address is mapped already" map add 2001:db8:1::3 198.51.100.2 dynamic
run_case "A9 ... and those that it had in view are free" map add 2001:db8:1::3 198.51.100.101 dynamic
run_case "A9 a request that is not refused ends them" eval '
	map flush && map add 2001:db8:1::1 198.51.100.1 dynamic && map add 2001:db8:1::1 198.51.100.7 &&
	same "198.51.100.7 static" eval "map show | awk \"{ print \\\$2, \\\$3 }\""'

# Two prefixes in one message, and a host that is in neither.
several_at_once()
{
	map flush
	for i in 1 2 3; do
		map add 2001:db8:$i::1 198.51.100.$i dynamic || return
	done
	map add 2001:db8:4::1 198.51.100.132 dynamic || return
	router nat64 -b - <<-END || return
		map $1 2001:db8:1::/64 198.51.100.32/28
		map $1 2001:db8:2::/64 203.0.113.0/28
		map $1 2001:db8:5::/64 198.51.100.128/28
	END
	same 198.51.100.3 eval 'map show dynamic | cut -d" " -f2'
}
run_case "A9 several prefixes end the dynamic mappings of them all, on either side" several_at_once add
run_case "A9 ... and so if they replace others" several_at_once replace
run_case "A9 ... whose addresses are not handed out" expect 1 "IPv4 address is mapped already" \
	map add 2001:db8:6::1 198.51.100.129 dynamic

# --- events to the very end

# listening: makes and removes a mapping, and tells whether its events are seen.
listening()
{
	map add 2001:db8:1::f 198.51.100.200 dynamic && map del 2001:db8:1::f
	[ -s "$work/events" ]
}

told_of_all()
{
	local i monitor status

	map flush
	ip netns exec "$ROUTER" nat64 monitor >"$work/events" &
	monitor=$!
	within 60 listening || return
	for i in 1 2 3; do
		map add 2001:db8:1::$i 198.51.100.$i dynamic || return
	done
	"$@" || return
	within 60 eval '[ "$(grep -c -E "del 2001:db8:1::[123] " "$work/events")" -eq 3 ]'
	status=$?
	kill $monitor
	cat "$work/events"
	return $status
}

no_other_device()
{
	[ "$({ ip -o link show type nat64; ip -all netns exec ip -o link show type nat64; } 2>/dev/null |
		grep -c '<')" -le "$1" ]
}

run_case "B7 whoever listens is told of the mappings of a device that is deleted" \
	told_of_all nat64 -n "$ROUTER" dev del nat64
if within 60 no_other_device 0 >/dev/null; then
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX pool $POOL
	run_case "B7 ... and of those that the module takes along" \
		told_of_all eval 'within 60 rmmod xt_NAT64 && within 60 rmmod nat64'
	modprobe nat64
	modprobe xt_NAT64
else
	skip_case "B7 ... and of those that the module takes along" "another device is in use on this machine"
fi

finish
