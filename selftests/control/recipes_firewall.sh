#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the recipes of docs/recipes.md that are about firewalls, exactly as printed.

. "$(dirname "$0")"/../lib/recipe_lib.sh

need socat ufw firewalld firewall-cmd dbus-daemon
GUEST=n64g-$$
DISTANT4=192.31.197.1
DISTANT6=64:ff9b::c01f:c501
setup_recipes
ip -n "$FAR" addr add $DISTANT4/32 dev lo
ip -n "$SERVER" route add $DISTANT4 via $F4
start_peers "$ROUTER" "$FAR"

clean
cook "A home router with one public address" || die "no home router"
run_case "flowtable: the recipe, on the home router" cook "Faster: a flowtable"
# One connection; at least forty packets.
conversation()
{
	# shellcheck disable=SC2016 # for the inner shell
	client bash -c 'exec 3<>"/dev/tcp/$0/7"
		for number in {1..20}; do
			echo "$number" >&3
			read -r -t 30 -u 3 line && [ "$line" = "$number" ] || exit
		done' "$1"
}
# The rule does nothing but count.
bypasses_forward()
{
	local counted

	router iptables -I FORWARD -p tcp && conversation $GLOBAL6 || return
	counted=$(router iptables -L FORWARD 1 -v -x -n | awk '{ print $1 }')
	echo "$counted packets counted"
	[ "$counted" -gt 0 ] && [ "$counted" -lt 15 ]
}
run_case "... the packets of a known connection go past FORWARD" bypasses_forward

clean
run_case "nftables: the recipe" cook "Behind nftables"
run_case "... ping and TCP, from the router's address" eval '
	ping_once "$CLIENT" $GLOBAL6 && same $R4 who_tcp "$CLIENT" $GLOBAL6'
# unasked COMMAND...: nobody calls a host from outside, until this command has turned the firewall off.
unasked()
{
	local host4 status

	host4=$(mapped4 $C6)
	# From a global address: the well-known prefix would keep out any other.
	ip -n "$SERVER" route add 198.19.0.0/18 via $R4 src $GLOBAL4
	fails server timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/13"' "$host4" && "$@" &&
		same $GLOBAL6 who_tcp "$SERVER" "$host4"
	status=$?
	ip -n "$SERVER" route del 198.19.0.0/18
	return $status
}
run_case "... the ruleset, and nothing else, lets nobody in from outside" unasked router nft flush ruleset

# Hosts behind an interface of their own, and an IPv4 network on lan, whose one host is the client.
setup_guests()
{
	new_ns "$GUEST"
	ip -n "$ROUTER" link add guests type veth peer name g0 netns "$GUEST"
	ip -n "$ROUTER" link set guests up
	ip -n "$GUEST" link set g0 up
	ip -n "$ROUTER" addr add 2001:db8:9::1/64 dev guests
	ip -n "$GUEST" addr add 2001:db8:9::2/64 dev g0
	ip -n "$GUEST" route add default via 2001:db8:9::1
	ip -n "$ROUTER" addr add 192.168.1.1/24 dev lan
	ip -n "$CLIENT" addr add 192.168.1.9/24 dev c0
	ip -n "$CLIENT" route add default via 192.168.1.1
}
# private COMMAND...: the command succeeds for an address of the network on lan, one of the router, and that of
# a host in the pool.
private()
{
	local address

	for address in 192.168.1.9 192.168.1.1 "$(mapped4 $C6)"; do
		"$@" "64:ff9b:1::$address" || return
	done
}
# Told so, rather than left to wait.
refused()
{
	fails ping_once "$GUEST" -W 1 "$1" &&
		on "$GUEST" timeout 300 bash -c 'exec 3<>"/dev/tcp/$0/13"' "$1" 2>&1 | grep "Connection refused"
}
answered()
{
	[ "$(who_tcp "$1" "$2")" ]
}
clean
setup_guests
run_case "guests: the recipe" cook "Guests: the Internet only"
run_case "... guests reach the Internet" same $R4 who_tcp "$GUEST" 64:ff9b:1::$GLOBAL4
run_case "... hosts behind lan reach it, and each private address" eval '
	same $R4 who_tcp "$CLIENT" 64:ff9b:1::$GLOBAL4 && private answered "$CLIENT"'
run_case "... guests none of these" private refused
run_case "... doctor misses no more than a DNS64" healthy no_dns64
# Without the mark, they are hosts like any others.
unmarked()
{
	router ip6tables -t raw -F PREROUTING && private answered "$GUEST"
}
run_case "... because of the mark" unmarked
ip -n "$ROUTER" addr del 192.168.1.1/24 dev lan
ip -n "$CLIENT" addr del 192.168.1.9/24 dev c0

# The uplink is a tunnel with an MTU of 1400, and what its other end says of that gets lost.
small_uplink()
{
	ip -n "$ROUTER" link set wan mtu "$1"
	ip -n "$SERVER" link set s0 mtu "$1"
}
# transfer SECONDS: 64 kilobytes go to the far host and come back.
transfer()
{
	client timeout "$1" socat -t 300 - "TCP:[$DISTANT6]:7" <"$work/bulk" >"$work/echo" &&
		cmp "$work/echo" "$work/bulk"
}
# The MSS is the first option, behind the 20 bytes of the TCP header; tcpdump knows no "tcp" behind IPv6.
MSS_1360=0x02040550
offers4()
{
	same 1 capture "$FAR" f0 "tcp[tcpflags] & tcp-syn != 0 and tcp[20:4] = $MSS_1360" who_tcp "$CLIENT" $DISTANT6
}
offers6()
{
	same 1 capture "$CLIENT" c0 "ip6[53] & tcp-syn != 0 and ip6[60:4] = $MSS_1360" who_tcp "$CLIENT" $DISTANT6
}
clean
cook "A home router with one public address" || die "no home router"
small_uplink 1400
server iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP
head -c 65536 /dev/urandom >"$work/bulk"
run_case "path-MTU errors are lost: a transfer hangs" fails transfer 3
# The router has told the client of its own link meanwhile, and that would do for the next connection.
ip -n "$CLIENT" -6 route flush cache
run_case "TCPMSS: the recipe" cook "Where path-MTU errors are lost"
run_case "... the SYN that arrives offers what fits" offers4
run_case "... so does the answer to it" offers6
run_case "... the transfer ends" transfer 300
small_uplink 1500
server iptables -F OUTPUT

clean
run_case "a server at home: the recipe" cook "A server at home"
# The service of lib.sh that says who calls is on another port.
client ip6tables -t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 13
who_443()
{
	on "$1" bash -c 'exec 3<>"/dev/tcp/$0/443" && read -r -t 30 -u 3 line && echo "$line"' "$2"
}
# embedded ADDRESS4: in the prefix, as Python writes it.
embedded()
{
	python3 -c 'import ipaddress, sys
print(ipaddress.IPv6Address("64:ff9b:1::" + sys.argv[1]))' "$1"
}
# The caller is a neighbour of the server: an address of its own on the same link.
hairpin()
{
	from 2001:db8:1::3 64:ff9b:1::$GLOBAL4 && ip -n "$CLIENT" route add 64:ff9b:1::$R4 via $R6 src 2001:db8:1::3 &&
		same "$(embedded "$(mapped4 2001:db8:1::3)")" who_443 "$CLIENT" 64:ff9b:1::$R4
}
run_case "... the Internet reaches it under the public address" same "$(embedded $S4)" who_443 "$SERVER" $R4
run_case "... and so does a host behind lan" hairpin
run_case "... doctor misses no more than a DNS64" healthy no_dns64
client ip6tables -t nat -F PREROUTING
ip -n "$CLIENT" route del 64:ff9b:1::$R4

# The files that ufw and firewalld change are the router's own.
own_files()
{
	mkdir -p "/etc/netns/$ROUTER"
	cp -a "$@" "/etc/netns/$ROUTER/"
}
# works: ping, TCP, and nothing for doctor to say but what is left to others.
works()
{
	ping_once "$CLIENT" $GLOBAL6 && same $R4 who_tcp "$CLIENT" $GLOBAL6 && healthy no_dns64
}
# No DNS64 listens, but a firewall would give another answer, or none.
asks_dns()
{
	expect 1 "Connection refused" client timeout 60 bash -c 'exec 3<>"/dev/tcp/$0/53"' $R6
}

clean
own_files /etc/ufw /etc/default
router ufw --force enable >/dev/null || die "no ufw"
run_case "ufw: the recipe" cook "Behind ufw"
run_case "... ping, TCP, and doctor misses no more than a DNS64" works
run_case "... hosts may ask a DNS64 on the router" asks_dns
run_case "... also after a reload" eval 'router ufw reload && works && asks_dns'
run_case "... ufw, and nothing else, lets nobody in from outside" unasked router ufw disable

clean
own_files /etc/firewalld
mkdir -p /run/dbus
[ -e /run/dbus/system_bus_socket ] || dbus-daemon --system --fork || die "no D-Bus"
ip netns exec "$ROUTER" firewalld --nofork --nopid >"$work/firewalld" 2>&1 &
within 300 router firewall-cmd --state >/dev/null 2>&1 || die "no firewalld: $(<"$work/firewalld")"
# firewall-cmd gives up after 25 seconds without a reply. Asking once more does no harm.
mkdir "$work/bin"
cat >"$work/bin/firewall-cmd" <<-END
	#!/bin/bash
	for try in {1..10}; do
		$(command -v firewall-cmd) "\$@" 2>"$work/said" && exit
		grep -q "Did not receive a reply" "$work/said" || break
	done
	cat "$work/said" >&2
	exit 1
END
chmod +x "$work/bin/firewall-cmd"
export PATH=$work/bin:$PATH
run_case "firewalld: the recipe" cook "Behind firewalld"
run_case "... ping, TCP, and doctor misses no more than a DNS64" works
run_case "... hosts may ask a DNS64 on the router" asks_dns
run_case "... also after a reload" eval 'router firewall-cmd --reload && works && asks_dns'
run_case "... firewalld, and nothing else, lets nobody in from outside" unasked router nft delete table inet firewalld

finish
