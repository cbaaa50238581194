#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a kernel booted with ipv6.disable=1, nobody can create devices.

. "$(dirname "$0")"/../lib/lib.sh

[ ! -e /proc/net/if_inet6 ] || die "boot with ipv6.disable=1"
load_modules
new_ns "$ROUTER" 2>/dev/null
words="this kernel runs without IPv6"

# If there were a device, an error about a mapped host would ask for a route to it.
no_device()
{
	ip -n "$ROUTER" link add nat64 type nat64 || return 0
	ip -n "$ROUTER" link set nat64 up
	ip -n "$ROUTER" addr add 203.0.113.1/24 dev lo
	ip -n "$ROUTER" route add 198.51.100.0/24 dev nat64
	nat64 -n "$ROUTER" dev set nat64 prefix $PREFIX
	nat64 -n "$ROUTER" map add $C6 $C4
	router python3 -c '
import socket, struct, sys
sys.path.insert(0, ".")
from packet import ip, checksum
inner = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1500, 1, 0x4000, 64, 17, 0, ip(sys.argv[1]), ip("203.0.113.2"))
body = struct.pack("!BBHHH", 3, 4, 0, 0, 1400) + inner + bytes(8)
body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(body, (sys.argv[1], 0))' $C4
	return 1
}
run_case "without IPv6 no device brings the kernel down with an ICMP error" no_device

run_case "... there is none to be had" expect 1 "$words" nat64 -n "$ROUTER" dev add nat64
run_case "... nor by ip link" expect 2 "$words" ip -n "$ROUTER" link add nat64 type nat64
run_case "... and nothing is left of it" fails ip -n "$ROUTER" link show nat64

finish
