#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packet schedulers behind the translator, with receive timestamps on and tcpdump holding clones on
# all devices. (fq drops a packet with a receive timestamp, because it takes it for a departure time
# in fifty years.) No packet may be lost, and all checksums must be right.

. "$(dirname "$0")"/../lib/lib.sh

need ping socat tc tcpdump ethtool nstat
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers

# The receivers verify real checksums.
for side in "$CLIENT c0" "$SERVER s0" "$ROUTER r6" "$ROUTER r4"; do
	set -- $side
	on "$1" ethtool -K "$2" tx off >/dev/null
done

# A socket that wants timestamps turns them on for the whole machine, as hardware would.
ip netns exec "$ROUTER" /usr/bin/python3 -c '
import socket, threading
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, 35, 1)	# SO_TIMESTAMPNS
print("ready", flush=True)
threading.Event().wait()' >"$work/timestamps" &
disown
within 60 grep -q ready "$work/timestamps" || die "no timestamps"
for device in any nat64; do
	ip netns exec "$ROUTER" tcpdump -n -i $device -s 0 --immediate-mode -w /dev/null \
		2>"$work/tcpdump-$device" &
	disown
	within 60 grep -q "listening on" "$work/tcpdump-$device" || die "no tcpdump"
done

# lost: packets that the schedulers have dropped, and packets that the hosts have refused.
lost()
{
	local sent dropped errors

	router tc -s qdisc show >"$work/qdiscs"
	sent=$(grep -o "Sent [0-9]*" "$work/qdiscs" | awk '{ sum += $2 } END { print sum + 0 }')
	dropped=$(grep -o -E "(dropped|horizon_drops) [0-9]*" "$work/qdiscs" |
		awk '{ sum += $2 } END { print sum + 0 }')
	errors=$(for ns in "$CLIENT" "$SERVER"; do on "$ns" nstat -asz; done |
		awk '/InCsumErrors/ { sum += $2 } END { print sum + 0 }')
	[ "$sent" -gt 1000000 ] || { cat "$work/qdiscs"; echo "only $sent bytes sent"; return 1; }
	[ "$dropped" -eq 0 ] || { cat "$work/qdiscs"; echo "$dropped dropped"; return 1; }
	[ "$errors" -eq 0 ] || { echo "$errors bad checksums"; return 1; }
}

# replies NS ADDRESS: twenty pings of various sizes, all answered.
replies()
{
	on "$1" ping -n -q -c 10 -i 0.02 -W 30 "$2" | grep " 10 received" &&
		on "$1" ping -n -q -c 10 -i 0.02 -W 30 -s 1301 "$2" | grep " 10 received"
}

for door in target hook route; do
	door_$door
	for qdisc in fq fq_codel; do
		router tc qdisc replace dev r4 root $qdisc
		router tc qdisc replace dev r6 root $qdisc
		run_case "H12 $qdisc, timestamps, tcpdump: TCP from IPv6 ($door)" \
			echo_tcp "$CLIENT" $S6 512
		run_case "H12 $qdisc, timestamps, tcpdump: TCP from IPv4 ($door)" \
			echo_tcp "$SERVER" $C4 512
		run_case "H12 $qdisc, timestamps, tcpdump: every ping, both ways ($door)" eval '
			replies "$CLIENT" $S6 && replies "$SERVER" $C4'
		run_case "H12 ... nothing dropped, every checksum right ($door)" lost
	done
done

finish
