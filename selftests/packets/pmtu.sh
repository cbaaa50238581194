#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Path MTU discovery through the translator: a small link on either side, TCP and UDP, both ways.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat ethtool
setup_path
nat64_up both
nat64 -n "$ROUTER" map add $D6 $D4
ip -n "$ROUTER" addr add 198.51.100.1/32 dev nat64
start_peers "$DEEP" "$FAR"

# Only the two hosts learn; routers just pass errors on.
forget_mtu()
{
	ip -n "$DEEP" -6 route flush cache
	ip -n "$FAR" -4 route flush cache
}

# learned NS TARGET: the path MTU that a host has learned.
learned()
{
	ip -n "$1" route get "$2" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'
}

# converge NS TARGET MTU: datagrams that may not be fragmented, until they fit.
converge()
{
	local ns=$1 target=$2 mtu=$3

	# An error ends the waiting.
	on "$ns" ping -n -c 3 -i 0.2 -W 30 -M 'do' -s 1440 "$target"
	same "$mtu" learned "$ns" "$target"
}

# fits NS TARGET SIZE: a ping of this many bytes of payload goes there and back unfragmented.
fits()
{
	on "$1" ping -n -c 1 -W 30 -M 'do' -s "$3" "$2"
}

# bulk NS TARGET KILOBYTES: TCP, once with segmentation left to the devices, and once without.
bulk()
{
	local gso

	for gso in on off; do
		on "$DEEP" ethtool -K d0 tso $gso gso $gso
		on "$FAR" ethtool -K f0 tso $gso gso $gso
		forget_mtu
		echo_tcp "$@" || { echo "with GSO $gso"; return 1; }
	done
}

# datagram NS TARGET BYTES MTU: UDP that discovers the path MTU by itself, as a QUIC stack does. The
# socket gets EMSGSIZE, and reports this MTU in the end.
datagram()
{
	forget_mtu
	on "$1" /usr/bin/python3 -c '
import errno, socket, sys
address, size, want = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
six = ":" in address
level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
# IP_MTU_DISCOVER, IPV6_MTU_DISCOVER = IP_PMTUDISC_DO
sock.setsockopt(level, 23 if six else 10, 2)
sock.settimeout(1)
sock.connect((address, 7))
told = False
for attempt in range(20):
    try:
        sock.send(bytes(size))
        if len(sock.recv(65536)) == size:
            break
    except TimeoutError:
        print("no answer to %d bytes" % size)
    except OSError as error:
        if error.errno != errno.EMSGSIZE:
            raise
        told = True
        # IP_MTU, IPV6_MTU
        mtu = sock.getsockopt(level, 24 if six else 14)
        size = mtu - (48 if six else 28)
        print("path MTU %d" % mtu)
else:
    sys.exit("nothing gets through")
mtu = sock.getsockopt(level, 24 if six else 14)
sys.exit(None if told and mtu == want else "told: %s, path MTU %d" % (told, mtu))' "${@:2}"
}

for door in both hook_both route; do
	door_$door

	path_mtu4 1400
	forget_mtu
	run_case "H2 IPv6 host, IPv4 link of 1400: learns 1420 ($door)" converge "$DEEP" $F6 1420
	run_case "H2 ... and a packet of 1420 passes ($door)" fits "$DEEP" $F6 1372
	run_case "H2 ... TCP from IPv6 ($door)" bulk "$DEEP" $F6 64
	run_case "H2 ... UDP from IPv6 ($door)" datagram "$DEEP" $F6 1452 1420
	path_mtu4 1500

	path_mtu6 1300
	forget_mtu
	run_case "H2 IPv4 host, IPv6 link of 1300: learns 1280 ($door)" converge "$FAR" $D4 1280
	run_case "H2 ... and a packet of 1280 passes ($door)" fits "$FAR" $D4 1252
	run_case "H2 ... TCP from IPv4 ($door)" bulk "$FAR" $D4 64
	run_case "H2 ... UDP from IPv4 ($door)" datagram "$FAR" $D4 1472 1280
	path_mtu6 1500

	# The IPv6 host cannot go below 1260 bytes of IPv4 (it learns 1280): its packets have DF
	# clear and are fragmented on the way.
	path_mtu4 1000
	forget_mtu
	run_case "H13 IPv6 host, IPv4 link of 1000: learns 1280 ($door)" converge "$DEEP" $F6 1280
	run_case "H13 ... TCP from IPv6 ($door)" bulk "$DEEP" $F6 64
	run_case "H13 ... UDP from IPv6 ($door)" datagram "$DEEP" $F6 1452 1280
	run_case "H13 ... TCP from IPv4 ($door)" bulk "$FAR" $D4 64
	path_mtu4 1500

	# The router's own links.
	ip -n "$ROUTER" link set r4 mtu 1400
	ip -n "$SERVER" link set s0 mtu 1400
	forget_mtu
	run_case "H2 IPv6 host, the router's own IPv4 link of 1400: learns 1420 ($door)" \
		converge "$DEEP" $F6 1420
	run_case "H2 ... TCP from IPv6 ($door)" bulk "$DEEP" $F6 64
	ip -n "$ROUTER" link set r4 mtu 1500
	ip -n "$SERVER" link set s0 mtu 1500
	ip -n "$ROUTER" link set r6 mtu 1400
	ip -n "$CLIENT" link set c0 mtu 1400
	forget_mtu
	run_case "H2 IPv4 host, the router's own IPv6 link of 1400: learns 1380 ($door)" \
		converge "$FAR" $D4 1380
	run_case "H2 ... TCP from IPv4 ($door)" bulk "$FAR" $D4 64
	ip -n "$ROUTER" link set r6 mtu 1500
	ip -n "$CLIENT" link set c0 mtu 1500
done

finish
