#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pools: which packets keep a mapping alive, and which addresses are never handed out.

. "$(dirname "$0")"/../lib/lib.sh

need ping
setup_net
POOL=198.51.100.0/24
nat64_up both pool $POOL

A4=198.51.100.9
B6=2001:db8:1::b
ip -n "$CLIENT" addr add $B6/64 dev c0 preferred_lft 0
# A port where nobody listens, and one that swallows what it gets.
client "$IP6TABLES" -A INPUT -p udp --dport 9 -j DROP

map()
{
	nat64 -n "$ROUTER" map "$@"
}

set_dev()
{
	nat64 -n "$ROUTER" dev set nat64 "$@"
}

# --- what keeps a mapping alive

# idle ADDRESS6: seconds.
idle()
{
	map show dynamic | awk -v want="$1" '$1 == want { sub("s", "", $5); print $5 }'
}

# aged COMMAND...: runs the command with a mapping of C6 that has been idle for 300 seconds.
aged()
{
	map flush
	map add $C6 $A4 dynamic idle 300 || return
	"$@"
}

stays_idle()
{
	aged "$@" || return
	echo "idle for $(idle $C6) s"
	[ "$(idle $C6)" -ge 300 ]
}

is_fresh()
{
	aged "$@" || return
	echo "idle for $(idle $C6) s"
	[ "$(idle $C6)" -lt 100 ]
}

# udp NS [SOURCE] ADDRESS PORT: sends a datagram to a port where nobody listens. Port 9999 answers with an error,
# which is waited for; port 9 need not.
udp()
{
	on "$1" python3 -c '
import socket, sys
*source, to, port = sys.argv[1:]
sock = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, socket.SOCK_DGRAM)
if source:
    sock.bind((source[0], 0))
sock.connect((to, int(port)))
sock.send(b"x")
sock.settimeout(30 if port == "9999" else 1)
try:
    sock.recv(1)
except OSError:
    pass' "${@:2}"
}

# An error about a packet of the mapped host, by the server.
error_from_ipv4()
{
	server python3 -c '
import socket, struct, sys
sys.path.insert(0, ".")
from packet import icmp4, ip, udp
inner = struct.pack("!BBHHHBBH", 0x45, 0, 36, 1, 0x4000, 64, 17, 0) + ip(sys.argv[1]) + ip(sys.argv[2])
inner += struct.pack("!HHHH", 1000, 2000, 16, 0x1234)
body = struct.pack("!BBHI", 3, 3, 0, 0) + inner
total = sum(struct.unpack("!%dH" % (len(body) // 2), body))
total = (total & 0xffff) + (total >> 16)
body = body[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + body[4:]
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(body, (sys.argv[1], 0))' $A4 $S4
}

run_case "B10 a packet from its host keeps a mapping alive" is_fresh udp "$CLIENT" $S6 9
run_case "B10 ... one from IPv4 does not" \
	stays_idle stat_moves xlat_4to6 1 udp "$SERVER" $A4 9
run_case "B10 ... nor one that another host sends to its address" \
	stays_idle stat_moves xlat_4to6 1 udp "$CLIENT" $B6 2001:db8:64::$A4 9
run_case "B10 ... nor an error from IPv4 about its packet" \
	stays_idle stat_moves xlat_4to6 1 error_from_ipv4
run_case "B10 ... nor an error that its host sends, or is quoted in" eval '
	stays_idle stat_moves xlat_6to4 1 udp "$SERVER" $A4 9999'
run_case "B10 ... nor a question" stays_idle nat64 -n "$ROUTER" route $C6 $S6

# --- addresses that belong to somebody else

for ((i = 0; i < 16; i++)); do
	printf 'addr add 2001:db8:1::1:%x/64 dev c0 preferred_lft 0\n' $i
done | ip -n "$CLIENT" -b -

# hosts PREFIX NUMBER: so many of them send something.
hosts()
{
	client python3 -c '
import socket, sys
for number in range(int(sys.argv[2])):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("2001:db8:1::1:%x" % number, 0))
    sock.sendto(b"x", (sys.argv[1] + "203.0.113.2", 9))' "$@"
}

# handed_out ADDRESS4...: sixteen hosts get exactly these addresses from the pool.
handed_out()
{
	map flush && hosts 2001:db8:64:: 16 && same "$(printf '198.51.100.%s\n' "$@")" given nat64
}

given()
{
	map show dynamic dev "$1" | awk '{ print $2 }' | sort -V
}

set_dev pool 198.51.100.16/28
run_case "B11 the default route takes nothing away" eval '
	ip -n "$ROUTER" route add default via $S4 &&
	handed_out 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
run_case "B11 ... nor do its two halves" eval '
	ip -n "$ROUTER" route add 0.0.0.0/1 via $S4 && ip -n "$ROUTER" route add 128.0.0.0/1 via $S4 &&
	ip -n "$ROUTER" route del $POOL dev nat64 &&
	handed_out 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
run_case "B11 ... nor a route that leads nowhere" eval '
	ip -n "$ROUTER" route add blackhole 198.51.100.16/28 &&
	handed_out 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
ip -n "$ROUTER" route del blackhole 198.51.100.16/28
ip -n "$ROUTER" route add $POOL dev nat64

# A link with a part of the pool, and a host on it.
on_link()
{
	new_ns "$SERVER-2"
	ip -n "$ROUTER" link add r5 type veth peer name e0 netns "$SERVER-2"
	ip -n "$ROUTER" addr add 198.51.100.17/29 dev r5
	ip -n "$ROUTER" link set r5 up
	ip -n "$SERVER-2" addr add 198.51.100.18/29 dev e0
	ip -n "$SERVER-2" link set e0 up
	ip -n "$SERVER-2" route add default via 198.51.100.17
}

run_case "B11 a mapping is not reported as long as its address is the device's" eval '
	fails eval "map show | grep elsewhere"'
on_link
run_case "B11 ... and is when a link with its address has come: in words" eval '
	same 198.51.100.18 eval "map show | grep elsewhere | cut -d\" \" -f2 | grep 18" &&
	same 6 eval "map show | grep -c elsewhere" && fails eval "map show | grep \" 198.51.100.17 \""'
run_case "B11 ... and in JSON" eval '
	nat64 -n "$ROUTER" -j map show | tr -d " \n" | grep "\"ipv4\":\"198.51.100.18\",[^}]*\"elsewhere\":true" &&
	nat64 -n "$ROUTER" -j map show | tr -d " \n" | grep "\"ipv4\":\"198.51.100.25\",[^}]*\"idle\":[0-9]*}"'
run_case "B11 addresses of a link are not handed out" handed_out 24 25 26 27 28 29 30
run_case "B11 ... nor on demand" expect 1 "router's own, or routed elsewhere" \
	map add $C6 198.51.100.18 dynamic
run_case "B11 ... and hosts on it are reached past a rule for the whole pool" \
	eval 'map flush && ping_once "$SERVER" 198.51.100.18'
run_case "B11 ... but for a part that is routed to the device" eval '
	ip -n "$ROUTER" route add 198.51.100.20/31 dev nat64 &&
	handed_out 20 21 24 25 26 27 28 29 30'
ip -n "$ROUTER" route del 198.51.100.20/31 dev nat64
run_case "B11 a route to a gateway takes its block away" eval '
	ip -n "$ROUTER" route add 198.51.100.24/30 via $S4 && handed_out 28 29 30'
run_case "B11 ... until it goes" eval '
	ip -n "$ROUTER" route del 198.51.100.24/30 && handed_out 24 25 26 27 28 29 30'

# The device is in no VRF, the link with the address is.
in_vrf()
{
	ip -n "$ROUTER" link add red type vrf table 10 || return
	ip -n "$ROUTER" link set red up
	ip -n "$ROUTER" route add unreachable default metric 4278198272 table 10
	ip -n "$ROUTER" link add d0 type dummy
	ip -n "$ROUTER" link set d0 master red
	ip -n "$ROUTER" link set d0 up
	ip -n "$ROUTER" addr add 198.51.100.26/32 dev d0
	handed_out 24 25 27 28 29 30
}
run_case "B11 an address of the router in a VRF is not handed out" in_vrf
device_in_vrf()
{
	ip -n "$ROUTER" route add 198.51.100.28/31 dev d0 table 10 &&
		handed_out 24 25 27 28 29 30 || return
	nat64 -n "$ROUTER" dev add vrfnat prefix 2001:db8:65::/96 pool 198.51.100.16/28 &&
		ip -n "$ROUTER" link set vrfnat master red &&
		router "$IP6TABLES" -t raw -A PREROUTING -d 2001:db8:65::/96 -j NAT64 --device vrfnat &&
		hosts 2001:db8:65:: 16 || return
	same "$(printf '198.51.100.%s\n' 18 19 20 21 22 24 25 27 30)" given vrfnat
}
run_case "B11 ... nor does a device in a VRF hand out what is elsewhere in the VRF's table" device_in_vrf
nat64 -n "$ROUTER" dev del vrfnat

finish
