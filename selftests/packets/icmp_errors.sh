#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP errors reach the programs that caused them, translated into their own family.

. "$(dirname "$0")"/../lib/lib.sh

need ping
setup_path
nat64_up both
nat64 -n "$ROUTER" map add $D6 $D4
nat64 -n "$ROUTER" map add $C6 $C4

# error_of NS ADDRESS PORT: the error that a connected UDP socket gets for a datagram.
error_of()
{
	on "$1" python3 -c '
import errno, socket, sys
address, port = sys.argv[1], int(sys.argv[2])
sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
# IP_RECVERR, IPV6_RECVERR: all errors are told, not only hard ones.
sock.setsockopt(*((41, 25) if ":" in address else (0, 11)), 1)
sock.settimeout(30)
sock.connect((address, port))
sock.send(b"x")
try:
    sock.recv(1)
except TimeoutError:
    print("nothing")
except OSError as error:
    print(errno.errorcode[error.errno])' "$2" "$3"
}

reject4()
{
	on "$SERVER" "$IPTABLES" -I FORWARD -p udp --dport 99 -j REJECT --reject-with "$1"
	same "$2" error_of "$DEEP" $F6 99
	local status=$?
	on "$SERVER" "$IPTABLES" -D FORWARD 1
	return $status
}

reject6()
{
	on "$CLIENT" "$IP6TABLES" -I FORWARD -p udp --dport 99 -j REJECT --reject-with "$1"
	same "$2" error_of "$FAR" $D4 99
	local status=$?
	on "$CLIENT" "$IP6TABLES" -D FORWARD 1
	return $status
}

for door in both hook_both route; do
	door_$door
	run_case "IPv6 sender, closed port: connection refused ($door)" \
		same ECONNREFUSED error_of "$DEEP" $F6 9
	run_case "IPv6 sender, no such IPv4 host: no route ($door)" \
		same ENETUNREACH error_of "$DEEP" 2001:db8:64::192.0.2.99 9
	run_case "IPv6 sender, IPv4 network unreachable ($door)" \
		reject4 icmp-net-unreachable ENETUNREACH
	run_case "IPv6 sender, administratively prohibited ($door)" \
		reject4 icmp-admin-prohibited EACCES
	run_case "IPv6 sender, IPv4 protocol unreachable ($door)" \
		reject4 icmp-proto-unreachable EPROTO
	run_case "IPv6 sender, time exceeded ($door)" eval '
		on "$DEEP" ping -n -c 1 -W 30 -t 4 $F6 | grep -i "exceeded" ||
		on "$DEEP" ping -n -c 1 -W 30 -t 3 $F6 | grep -i "exceeded"'
	run_case "IPv4 sender, closed port: connection refused ($door)" \
		same ECONNREFUSED error_of "$FAR" $D4 9
	run_case "IPv4 sender, no such IPv6 host: no route to host ($door)" eval '
		nat64 -n "$ROUTER" map add 2001:db8:d::99 198.51.100.99
		same EHOSTUNREACH error_of "$FAR" 198.51.100.99 9
		status=$?; nat64 -n "$ROUTER" map del 2001:db8:d::99; return $status'
	run_case "IPv4 sender, no route in IPv6 ($door)" reject6 icmp6-no-route EHOSTUNREACH
	run_case "IPv4 sender, administratively prohibited ($door)" \
		reject6 icmp6-adm-prohibited EHOSTUNREACH
	run_case "IPv4 sender, time exceeded ($door)" eval '
		on "$FAR" ping -n -c 1 -W 30 -t 4 $D4 | grep -i "exceeded" ||
		on "$FAR" ping -n -c 1 -W 30 -t 3 $D4 | grep -i "exceeded"'
	run_case "a TCP connection that is refused, from IPv6 ($door)" expect 1 "refused" \
		on "$DEEP" bash -c 'exec 3<>/dev/tcp/$0/9' $F6
	run_case "a TCP connection that is refused, from IPv4 ($door)" expect 1 "refused" \
		on "$FAR" bash -c 'exec 3<>/dev/tcp/$0/9' $D4
done

finish
