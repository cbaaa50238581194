#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floods of every kind: one host must not harm the others. Meanwhile a mapped host keeps using its
# mapping, and memory, packets sent and log lines must stay within bounds.
#
# ABUSE_ADDRESSES (20000) is the number of a host's source addresses, ABUSE_MAPPINGS (20000) the
# number of mappings that a user namespace makes.

. "$(dirname "$0")"/../lib/lib.sh

addresses=${ABUSE_ADDRESSES:-20000}
mappings=${ABUSE_MAPPINGS:-20000}
quota=1000

need ping unshare nstat setpriv
need_flood

setup_net
nat64_up both pool 198.18.0.0/20 quota $quota
ip -n "$ROUTER" route add 198.18.0.0/20 dev nat64
router "$IPTABLES" -t raw -A PREROUTING -d 198.18.0.0/20 -j NAT64
nat64 -n "$ROUTER" map add $C6 $C4
# Floods must not fill the fast path's table beyond its end, either.
nat64 -n "$ROUTER" dev set nat64 fast rule fast-flows 4096
ip -n "$ROUTER" addr add 2001:db8:2::1/64 dev r6
ip -n "$CLIENT" addr add 2001:db8:2::7/64 dev c0 preferred_lft 0

# Hosts have a great many addresses on the link. Make room in the neighbour table for all that get an error,
# since this test is not about that.
machine_wide net.ipv6.neigh.default.gc_thresh2 100000
machine_wide net.ipv6.neigh.default.gc_thresh3 100000

# The kernel's own limits, as a machine has them by default.
machine_wide net.ipv4.icmp_msgs_per_sec 1000
machine_wide net.ipv4.icmp_msgs_burst 50
router sysctl -eqw net.ipv4.icmp_msgs_per_sec=1000 net.ipv4.icmp_msgs_burst=50 2>/dev/null
router sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv6.icmp.ratelimit=1000

# with_service COMMAND...: runs the command while a mapped host keeps hearing from the server.
with_service()
{
	local pinging status sent received

	: >"$work/service"
	# Do not use a function here: the signal has to go to ping itself.
	ip netns exec "$CLIENT" ping -n -i 0.05 $S6 >"$work/service" &
	pinging=$!
	# The command may be quick: there are pings before and after it, too.
	within 60 hears_again 0 && "$@" && within 60 hears_again "$(answers)"
	status=$?
	kill -INT $pinging
	wait $pinging
	tail -n 3 "$work/service"
	[ $status -eq 0 ] || return
	read -r sent received < <(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' "$work/service")
	# One answer may still be on its way.
	[ $((sent - received)) -le $((1 + sent / 10)) ]
}

answers()
{
	grep -c "bytes from" "$work/service"
}

# hears_again COUNT: there are ten answers more than that.
hears_again()
{
	[ "$(answers)" -ge $(($1 + 10)) ]
}

# --- one host with a great many addresses

many_sources()
{
	local before after

	before=$(unreclaimable)
	with_service flood6 2001:db8:1::1:0 "$addresses" "$addresses" || return
	after=$(unreclaimable)
	figures "$(stat map_created) mappings, $(stat drop_quota) packets refused," \
		"kernel memory $before kB, then $after kB"
	[ "$(stat map_created)" -le $quota ] && [ "$(stat drop_quota)" -gt $((addresses / 4)) ] &&
		bounded $((after - before)) 8192
}
run_case "B5 a host with $addresses source addresses gets its quota, others keep their service" many_sources
run_case "... and a host of another /64 still gets a mapping" ping_once "$CLIENT" -I 2001:db8:2::7 $S6

# --- from the IPv4 side

# Every address of the pool.
scan_pool()
{
	server python3 -c '
import ipaddress, socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for host in ipaddress.ip_network("198.18.0.0/20"):
    try:
        sock.sendto(b"scan", (str(host), 9))
    except OSError:
        pass'
}

unreachables()
{
	on "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

scanned()
{
	local created asked heard before began=$SECONDS

	created=$(stat map_created)
	asked=$(stat icmp_sent)
	before=$(unreachables "$SERVER" IcmpInDestUnreachs)
	with_service scan_pool || return
	heard=$(($(unreachables "$SERVER" IcmpInDestUnreachs) - before))
	figures "$(stat drop_no_mapping4) without mapping, $(($(stat icmp_sent) - asked)) errors asked of" \
		"the kernel, $heard heard in $((SECONDS - began)) s"
	# A host gets six at once, and then one a second (net.ipv4.icmp_ratelimit).
	[ "$(stat map_created)" -eq "$created" ] && [ $heard -gt 0 ] &&
		[ $heard -lt $((20 + 2 * (SECONDS - began))) ]
}
run_case "B6 a scan of the pool makes no mapping, and few of its packets are answered" scanned

# --- fragments and ICMP

# frames KIND COUNT: raw frames from the client, one after another.
frames()
{
	client python3 -c '
import socket, struct, sys
sys.path.insert(0, ".")
from packet import ip
kind, count, source, to = sys.argv[1], int(sys.argv[2]), ip(sys.argv[3]), ip(sys.argv[4])
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sock.bind(("c0", 0x86DD))
link = bytes.fromhex("020000000106020000000006") + b"\x86\xdd"
for number in range(count):
    if kind == "fragments":
        body = struct.pack("!BBHI", (17, 58)[number % 2], 0, 1 | (number % 100) << 3, number) + bytes(64)
        protocol = 44
    else:
        body = struct.pack("!BBHI", (1, 128, 3, 135)[number % 4], 0, number & 0xFFFF, 0) + bytes(64)
        protocol = 58
    header = struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + source + to
    sock.send(link + header + body)' "$1" "$2" $C6 $S6
}

# conntrack keeps the fragments, up to four megabytes (net.netfilter.nf_conntrack_frag6_high_thresh). They
# arrive, but raw, which comes after conntrack's defragmentation, sees only the pings.
fragment_flood()
{
	local before after arrived seen pings

	before=$(unreclaimable)
	arrived=$(router cat /sys/class/net/r6/statistics/rx_packets)
	router "$IP6TABLES" -t raw -I PREROUTING -s $C6 -d $S6
	with_service frames fragments 20000 || return
	seen=$(router "$IP6TABLES" -t raw -L PREROUTING 1 -v -x -n | awk '{ print $1 }')
	arrived=$(($(router cat /sys/class/net/r6/statistics/rx_packets) - arrived))
	pings=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$work/service")
	after=$(unreclaimable)
	figures "$arrived packets arrived, raw saw $seen, $pings of them pings;" \
		"kernel memory $before kB, then $after kB"
	[ "$arrived" -gt 10000 ] && [ "$seen" -gt 0 ] && [ "$seen" -le "$pings" ] &&
		bounded $((after - before)) 12288
}
# conntrack puts fragments together.
router "$IP6TABLES" -A FORWARD -m conntrack --ctstate INVALID
run_case "a flood of fragments that never become whole" fragment_flood
router "$IP6TABLES" -t raw -D PREROUTING 1
run_case "a flood of ICMPv6, most of it wrong" with_service frames icmp 10000

# --- a pool that is used up

pool_full()
{
	local began=$SECONDS lines

	nat64 -n "$ROUTER" dev set nat64 pool 198.18.0.0/29 quota 0 || return
	mark_log
	with_service flood6 2001:db8:1::9:0 10000 10000 || return
	# The kernel logs no more than ten lines about networks in five seconds, whatever they are about.
	within 60 eval '[ "$(logged "no free IPv4 address")" -gt 0 ] || { flood6 2001:db8:1::a:0 10 10; false; }' || return
	lines=$(logged "no free IPv4 address")
	figures "$(stat drop_pool_full) packets found no address, $lines lines in the log"
	[ "$(stat drop_pool_full)" -gt 2000 ] &&
		[ "$lines" -lt $((20 + 2 * (SECONDS - began))) ]
}
run_case "B4 a pool that is used up: the log is not flooded, those with a mapping go on" pool_full

# --- netlink

# Anybody may ask, and is told what is wrong.
netlink_flood()
{
	router python3 -c '
import os, sys
sys.path.insert(0, ".")
from genl import NUMBER, Genl, Refused, attr
os.setgroups([])
os.setuid(65534)
genl, refused = Genl(), 0
commands = [name for name in NUMBER if name.startswith("NAT64_CMD_")]
for _ in range(1000):
    for command in commands:
        try:
            genl.ask(command, attr("NAT64_A_IFNAME", "nat64"), attr("NAT64_A_MAPS", bytes(1000)))
        except Refused:
            refused += 1
print(refused)' >"$work/refused"
}

bad_requests()
{
	with_service netlink_flood || return
	figures "$(<"$work/refused") requests refused"
	[ "$(<"$work/refused")" -gt 10000 ]
}
run_case "a flood of bad requests by nobody" bad_requests

# --- memory is charged to whoever asked for it

cgroup=$work/cgroup
mkdir "$cgroup"

# write_mappings COUNT
write_mappings()
{
	awk -v n="$1" 'BEGIN {
		print "dev add nat64 prefix 2001:db8:64::/96"
		for (i = 1; i <= n; i++)
			printf "map add 2001:db8:9::%x:%x 10.%d.%d.%d\n", i / 65536, i % 65536,
			       i / 65536, i / 256 % 256, i % 256
	}' >"$work/mappings"
}

# In a network namespace of a user namespace of its own, which goes with the process.
charged()
{
	local holder bytes

	write_mappings "$mappings"
	# shellcheck disable=SC2016 # they are the inner shells'
	unshare -Urn bash -c 'echo $$ >"$1" && nat64 -b "$0" && echo loaded && exec sleep 1000' \
		"$work/mappings" "$cgroup/abuse/cgroup.procs" >"$work/loaded" &
	holder=$!
	within 600 grep -q loaded "$work/loaded" || return
	bytes=$(awk '$1 == "slab" { print $2 }' "$cgroup/abuse/memory.stat")
	figures "$mappings mappings: $bytes bytes of slab charged to the user"
	kill $holder
	wait $holder
	[ "$bytes" -ge $((mappings * 64)) ]
}

mount -t cgroup2 none "$cgroup" || die "no control groups"
echo +memory >"$cgroup/cgroup.subtree_control" || die "no control of memory"
mkdir "$cgroup/abuse"
run_case "mappings of a user namespace are charged to who made them" charged
within 60 rmdir "$cgroup/abuse"
umount "$cgroup"

finish
