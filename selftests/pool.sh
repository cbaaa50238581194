#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pools: what keeps a mapping alive.

. "$(dirname "$0")"/lib.sh

need ping
setup_net
POOL=198.51.100.0/24
nat64_up both pool $POOL

A4=198.51.100.9
B6=2001:db8:1::b
ip -n "$CLIENT" addr add $B6/64 dev c0 preferred_lft 0
# A port where nobody is, and one that swallows what it gets.
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

# aged COMMAND...: the command, beside a mapping of C6 that has been idle for 300 seconds.
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

# udp NS [SOURCE] ADDRESS PORT: a datagram, and time for its error to arrive.
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
sock.settimeout(0.1)
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

finish
