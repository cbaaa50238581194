#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several prefixes (row A12): connections to addresses in the second prefix must get answers from
# it. conform_prefixes.sh checks the exact packets.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat
setup_net
PREFIXES=2001:db8:64::/47
SECOND=2001:db8:65::/96 T6=2001:db8:65::cb00:7102	# the server by the second prefix
OTHER=2001:db8:1::22					# another host, with a dynamic mapping

nat64_up target prefix $SECOND pool 198.51.100.128/25
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
ip -n "$CLIENT" addr add $OTHER/64 dev c0 preferred_lft 0

start_peers

# at_once: two hosts, each with a connection and a socket of UDP by a prefix of its own, take turns.
at_once()
{
	client python3 -c 'if True:
		import socket, sys
		socks = []
		for source, peer in ((sys.argv[1], sys.argv[2]), (sys.argv[3], sys.argv[4])):
			for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
				sock = socket.socket(socket.AF_INET6, kind)
				sock.settimeout(30)
				sock.bind((source, 0))
				sock.connect((peer, 7))
				socks.append(sock)
		for turn in range(3):
			for sock in socks:
				sock.send(b"turn %d" % turn)
				assert sock.recv(100) == b"turn %d" % turn' "$@"
}

for door in target hook route; do
	"door_$door"
	run_case "A12 ping by the second prefix ($door)" ping_once "$CLIENT" $T6
	run_case "A12 TCP by the second prefix ($door)" same $C4 who_tcp "$CLIENT" $T6
	run_case "A12 UDP of a connected socket by the second prefix ($door)" echo_udp "$CLIENT" $T6 1000
	run_case "A12 a closed port by the second prefix ($door)" port_unreachable "$CLIENT" $T6
	run_case "A12 ... and the server calls back by it ($door)" same $T6 who_tcp "$SERVER" $C4
	run_case "A12 the first prefix again ($door)" same $C4 who_tcp "$CLIENT" $S6
	run_case "A12 ... and the server calls back by that ($door)" same $S6 who_tcp "$SERVER" $C4
	run_case "A12 a megabyte by the second prefix ($door)" echo_tcp "$CLIENT" $T6 1024
	run_case "A12 two hosts at once, by different prefixes ($door)" at_once $C6 $T6 $OTHER $S6
	run_case "A12 ... the other way round ($door)" at_once $C6 $S6 $OTHER $T6
done
finish
