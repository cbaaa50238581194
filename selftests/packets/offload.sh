#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checksum offload, TSO, GRO: exact super-packets (conform_offload.py), then bulk transfers between
# real hosts with every combination that veth can imitate.

. "$(dirname "$0")"/../lib/lib.sh

need ethtool tcpdump socat

# Super-packets need r6 and r4 as they are, and ends that do not take packets apart.
setup_wire
nat64_up both icmp-source 198.51.100.1
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
run_wire packets/conform_offload.py both hook_both route fast_rule fast_ingress
for ns in "${namespaces[@]}"; do
	ip netns del "$ns"
done
namespaces=()

setup_net
nat64_up both
nat64 -n "$ROUTER" map add $C6 $C4
start_peers

# features NS IF FEATURE on|off ...
features()
{
	on "$1" ethtool -K "$2" "${@:3}" >/dev/null
}

# supers FAMILY COMMAND...: how many packets of more than 3000 bytes come out of the device
# while the command runs.
supers()
{
	local filter=$1

	shift
	capture "$ROUTER" nat64 "$filter and greater 3000" "$@"
}

some_supers()
{
	local number

	number=$(supers "$@") || return
	echo "$number super-packets"
	[ "$number" -gt 0 ]
}

# Without offload, the receiver checks every segment of a transfer.
transfers()
{
	local how=$1

	run_case "$how, from IPv6" echo_tcp "$CLIENT" $S6 2048
	run_case "$how, from IPv4" echo_tcp "$SERVER" $C4 2048
}

for door in both hook_both route; do
	door_$door
	run_case "E4 super-packets come out as super-packets, to IPv4 ($door)" \
		stat_moves gso_split 0 some_supers ip echo_tcp "$CLIENT" $S6 2048
	run_case "E4 super-packets come out as super-packets, to IPv6 ($door)" \
		stat_moves gso_split 0 some_supers ip6 echo_tcp "$SERVER" $C4 2048
	for ns in "$CLIENT" "$SERVER"; do
		on "$ns" sysctl -qw net.ipv4.tcp_ecn=1
	done
	transfers "E4 2 MB of TCP with ECN ($door)"
	for ns in "$CLIENT" "$SERVER"; do
		on "$ns" sysctl -qw net.ipv4.tcp_ecn=0
	done
	# The ends leave neither segmentation nor checksums to others: packets are as from a wire.
	features "$CLIENT" c0 tx off tso off gso off gro off
	features "$SERVER" s0 tx off tso off gso off gro off
	transfers "E3,E4 2 MB of TCP, every checksum complete ($door)"
	# GRO in the router makes super-packets of them, whose checksum has been verified.
	features "$ROUTER" r6 gro on
	features "$ROUTER" r4 gro on
	transfers "E3,E4 2 MB of TCP, put together by GRO ($door)"
	features "$ROUTER" r6 gro off
	features "$ROUTER" r4 gro off
	# Segmented behind the translator, in software.
	features "$CLIENT" c0 tx on tso on gso on gro on
	features "$SERVER" s0 tx on tso on gso on gro on
	features "$ROUTER" r6 tso off gso off tx off
	features "$ROUTER" r4 tso off gso off tx off
	transfers "E3,E4 2 MB of TCP, segmented and summed behind the translator ($door)"
	features "$ROUTER" r6 tso on gso on tx on
	features "$ROUTER" r4 tso on gso on tx on
done

# BIG TCP: super-packets that are too long for the length in an IP header.

# big_write NS ADDRESS: 8 MB there and back, written at once, for packets as large as the kernel can make.
big_write()
{
	on "$1" python3 -c '
import os, socket, sys
data = os.urandom(8 << 20)
sock = socket.create_connection((sys.argv[1], 7), 30)
if not os.fork():
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)
    os._exit(0)
back = bytearray()
while received := sock.recv(1 << 20):
    back += received
sys.exit(back != data)' "$2"
}

# arrives INTERFACE COMMAND...: such packets come in there while the command runs.
arrives()
{
	local number

	number=$(capture "$ROUTER" "$1" "greater 65536" "${@:2}") || return
	echo "$number super-packets"
	[ "$number" -gt 0 ]
}

for door in both hook_both route; do
	door_$door
	# The kernel splits routed packets in front of the device.
	split=(stat_grows gso_split)
	[ $door != route ] || split=(stat_moves gso_split 0)
	ip -n "$CLIENT" link set c0 gso_max_size 150000 || die "no BIG TCP of IPv6"
	run_case "E4 BIG TCP from IPv6 ($door)" "${split[@]}" arrives r6 big_write "$CLIENT" $S6
	ip -n "$CLIENT" link set c0 gso_max_size 65536
	if ip -n "$SERVER" link set s0 gso_ipv4_max_size 150000 2>/dev/null; then
		run_case "E4 BIG TCP from IPv4 ($door)" "${split[@]}" arrives r4 big_write "$SERVER" $C4
		ip -n "$SERVER" link set s0 gso_ipv4_max_size 65536
	else
		skip_case "E4 BIG TCP from IPv4 ($door)" "needs Linux and iproute2 6.3"
	fi
done

# udp_burst NS ADDRESS: 40 datagrams of 1100 bytes in one super-packet (UDP_SEGMENT), there and
# back, each as it was.
udp_burst()
{
	on "$1" python3 -c '
import os, socket, struct, sys
sock = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
sock.settimeout(30)
sock.connect((sys.argv[1], 7))
data = [os.urandom(1100) for i in range(40)]
sock.sendmsg([b"".join(data)], [(socket.IPPROTO_UDP, 103, struct.pack("=H", 1100))])
back = {sock.recv(65536) for i in range(40)}
sys.exit(back != set(data))' "$2"
}

for door in both hook_both route; do
	door_$door
	run_case "E4 a UDP super-packet comes out as one, to IPv4 ($door)" \
		same 1 supers "ip and udp" udp_burst "$CLIENT" $S6
	run_case "E4 a UDP super-packet comes out as one, to IPv6 ($door)" \
		same 1 supers "ip6 and udp" udp_burst "$SERVER" $C4
	features "$CLIENT" c0 tx-udp-segmentation off
	features "$SERVER" s0 tx-udp-segmentation off
	run_case "E4 UDP segmented by the sender ($door)" udp_burst "$CLIENT" $S6
	# frag-list super-packets: GRO only strings the datagrams together.
	features "$ROUTER" r6 gro on rx-gro-list on
	features "$ROUTER" r4 gro on rx-gro-list on
	run_case "E4 UDP strung together by rx-gro-list, from IPv6 ($door)" udp_burst "$CLIENT" $S6
	run_case "E4 UDP strung together by rx-gro-list, from IPv4 ($door)" udp_burst "$SERVER" $C4
	features "$ROUTER" r6 gro off rx-gro-list off rx-udp-gro-forwarding on
	features "$ROUTER" r4 gro off rx-gro-list off rx-udp-gro-forwarding on
	features "$ROUTER" r6 gro on
	features "$ROUTER" r4 gro on
	run_case "E4 UDP put together by rx-udp-gro-forwarding, from IPv6 ($door)" \
		udp_burst "$CLIENT" $S6
	run_case "E4 UDP put together by rx-udp-gro-forwarding, from IPv4 ($door)" \
		udp_burst "$SERVER" $C4
	features "$ROUTER" r6 gro off rx-udp-gro-forwarding off
	features "$ROUTER" r4 gro off rx-udp-gro-forwarding off
	features "$CLIENT" c0 tx-udp-segmentation on
	features "$SERVER" s0 tx-udp-segmentation on
done

# sctp_echo NS ADDRESS SOURCE SIZE: a message without DF there, where sctp_serve() has it, and back.
sctp_echo()
{
	on "$1" /usr/bin/python3 -c '
import os, socket, struct, sys
to, source, size = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
sock.settimeout(30)
sock.bind((source, 0))
SCTP_PEER_ADDR_PARAMS, SPP_PMTUD_DISABLE = 9, 1 << 4
params = struct.pack("=i128sIHIIIIBx", 0, b"", 0, 0, 1500, 0, SPP_PMTUD_DISABLE, 0, 0)
sock.setsockopt(socket.IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, params)
sock.connect((to, 9000))
data = os.urandom(int(size))
sock.sendall(data)
sys.exit(sock.recv(65536) != data)' "$2" "$3" "$4"
}

sctp_serve()
{
	modprobe -q sctp
	on "$1" /usr/bin/python3 -c '
import contextlib, socket, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
sock.bind((sys.argv[1], 9000))
sock.listen()
print("ready", flush=True)
while True:
    with contextlib.suppress(OSError), sock.accept()[0] as conn:
        conn.sendall(conn.recv(65536))' "$2" >"$work/sctp" &
	disown
	within 60 grep -q ready "$work/sctp"
}

sctp_serve "$CLIENT" $C6 || die "no SCTP"
for door in both hook_both route; do
	door_$door
	# veth leaves the checksum of SCTP open.
	run_case "E1 a message of SCTP ($door)" sctp_echo "$SERVER" $C4 $S4 100
	run_case "E1,C4 ... in pieces ($door)" stat_grows fragmented sctp_echo "$SERVER" $C4 $S4 1400
done

# CHECKSUM_COMPLETE. conntrack sums up a packet that came without a verdict and notes the sum;
# behind it, in mangle or on the route, the translator has to keep that sum right. conntrack
# of the other family checks again, and would call a packet with a wrong one INVALID; the kernel
# log would say "hw csum failure".
complete()
{
	local before after

	before=$(dmesg | grep -c "csum failure")
	echo_tcp "$1" "$2" 512 && echo_udp "$1" "$2" 1001 && ping_once "$1" "$2" || return
	after=$(dmesg | grep -c "csum failure")
	[ "$before" -eq "$after" ] || { echo "hw csum failure"; return 1; }
}

features "$CLIENT" c0 tx off tso off gso off
features "$SERVER" s0 tx off tso off gso off
# Not TCP: in front of mangle, conntrack has seen a SYN, but never a forwarded one. So the SYN ACK
# from the other side would be INVALID for reasons of its own.
router "$IPTABLES" -A FORWARD -p udp -m conntrack --ctstate INVALID -j DROP
router "$IP6TABLES" -A FORWARD -p udp -m conntrack --ctstate INVALID -j DROP
door_mangle()
{
	door_closed
	router "$IP6TABLES" -t mangle -A PREROUTING -d $PREFIX -j NAT64
	router "$IPTABLES" -t mangle -A PREROUTING -d $POOL -j NAT64
}
door_mangle
run_case "E3 checksums summed by conntrack, from IPv6 (mangle)" complete "$CLIENT" $S6
run_case "E3 checksums summed by conntrack, from IPv4 (mangle)" complete "$SERVER" $C4
router "$IP6TABLES" -t mangle -F PREROUTING
router "$IPTABLES" -t mangle -F PREROUTING
door_route
run_case "E3 checksums summed by conntrack, from IPv6 (route)" complete "$CLIENT" $S6
run_case "E3 checksums summed by conntrack, from IPv4 (route)" complete "$SERVER" $C4

finish
