#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor and nat64 up on a router whose IPv6 default route comes from router advertisements: with
# forwarding, the kernel drops that route and ignores further advertisements, unless accept_ra is 2.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

# arrived: one more than $before.
arrived()
{
	[ "$(received)" -gt "$before" ]
}

# advertise: the server's host sends one advertisement, with a prefix for addresses; the router has
# received it when this returns.
advertise()
{
	local before

	before=$(received)
	server python3 - <<-'END' || return
		import socket, struct
		prefix = bytes.fromhex("20010db800040000") + bytes(8)
		option = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 7200, 3600, 0) + prefix
		message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + option
		sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
		sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
		sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("s0"))
		sock.sendto(message, ("ff02::1", 0))
	END
	within 60 arrived
}

received()
{
	router awk '$1 == "Icmp6InRouterAdvertisements" { n = $2 } END { print n + 0 }' /proc/net/dev_snmp6/r4
}

default_route()
{
	ip -n "$ROUTER" -6 route show default | grep "dev r4"
}

# A host that has learned its route and has yet to become a router. The kernel looks for routes to drop only if it
# has added one since it last did so.
learn()
{
	ip -n "$ROUTER" -6 route flush proto ra
	router sysctl -qw net.ipv6.conf.r4.accept_ra=1 net.ipv6.conf.all.forwarding=0 && advertise &&
		within 60 default_route
}

run_case "an advertisement gives the default route to a host" learn
run_case "nat64 up warns that forwarding would take it away" eval '
	echo "dev add nat64 prefix $PREFIX pool $POOL" >"$work/nat64.conf" && nat up "$work/nat64.conf" &&
	nat up "$work/nat64.conf" 2>&1 | grep -F "with forwarding, the IPv6 default route on r4 is lost"'
# The line keeps what the kernel would take, whoever has to heed advertisements; not more.
heeded()
{
	router sysctl -n net.ipv6.conf.r4.accept_ra net.ipv6.conf.r6.accept_ra
}
by_line()
{
	router sysctl -qw net.ipv6.conf.r6.accept_ra=1
	printf '%s\n' "dev add nat64 prefix $PREFIX pool $POOL" forwarding >"$work/router.conf"
	same "" nat up "$work/router.conf" && default_route && found && same "2
1" heeded
}
run_case "the line \"forwarding\" turns it on and keeps the default route" by_line
# As at a boot, where the first advertisement is yet to come.
at_boot()
{
	ip -n "$ROUTER" -6 route flush proto ra && ip -n "$ROUTER" -6 addr flush dev r4 scope global &&
		router sysctl -qw net.ipv6.conf.r4.accept_ra=1 net.ipv6.conf.all.forwarding=0 || return
	echo "masquerade r4" >>"$work/router.conf"
	nat up "$work/router.conf" && same "2
1" heeded && advertise && within 60 default_route
}
run_case "... and the way out goes on heeding advertisements" at_boot
left_alone()
{
	router sysctl -qw net.ipv6.conf.r4.accept_ra=0 net.ipv6.conf.all.forwarding=0 &&
		nat up "$work/router.conf" && same "0
1" heeded
}
run_case "... but not where it did not before" left_alone
sed -i /masquerade/d "$work/router.conf"
nat up "$work/router.conf"
router sysctl -qw net.ipv6.conf.r6.accept_ra=0
run_case "... back to a host" learn
run_case "the advice on forwarding6 keeps the default route" eval '
	found forwarding6 && obey && found && default_route'

# Now the order in which most people do it.
lose()
{
	learn && router sysctl -qw net.ipv6.conf.all.forwarding=1 && fails default_route
}
found_lost()
{
	lose && found accept_ra && jq -r ".[].text" "$work/found" | grep -F "no route leads to the IPv6 Internet" &&
		same error jq -r ".[].severity" "$work/found" && obey && found && advertise && within 60 default_route
}
run_case "doctor finds accept_ra where forwarding has taken the route, and its advice brings it back" found_lost

# What had arrived before it forwarded, and what the kernel has not yet dropped.
expiring()
{
	router sysctl -qw net.ipv6.conf.r4.accept_ra=1 && default_route && found accept_ra &&
		jq -r ".[].text" "$work/found" | grep -E "the IPv6 default route on r4 is lost in 1[78][0-9]{2} s" &&
		obey && found
}
run_case "doctor finds accept_ra where the route expires" expiring

with_static()
{
	lose && ip -n "$ROUTER" route add default via fe80::1 dev r4 && found accept_ra &&
		jq -r ".[].text" "$work/found" | grep -F "the address 2001:db8:4:" && obey && found
}
run_case "doctor finds accept_ra where another route is there, but the address expires" with_static
ip -n "$ROUTER" -6 route del default via fe80::1 dev r4

# No address and no route tell of it: accept_ra was never on.
never_heeded()
{
	ip -n "$ROUTER" -6 addr flush dev r4 scope global && ip -n "$ROUTER" -6 route flush dev r4 proto ra &&
		router sysctl -qw net.ipv6.conf.r4.accept_ra=0 && advertise && found accept_ra &&
		jq -r ".[].text" "$work/found" | grep -F "router advertisements on r4 are ignored" &&
		obey && found
}
run_case "doctor finds accept_ra where advertisements were never heeded" never_heeded
# networkd and NetworkManager heed advertisements themselves, and set such a route.
of_a_daemon()
{
	router sysctl -qw net.ipv6.conf.r4.accept_ra=0 && ip -n "$ROUTER" -6 addr flush dev r4 scope global &&
		ip -n "$ROUTER" -6 route flush proto ra &&
		ip -n "$ROUTER" route add default via fe80::1 dev r4 proto ra expires 1800 && advertise && found
}
run_case "doctor has nothing against a route that a daemon has made of advertisements" of_a_daemon
host_with_daemon()
{
	router sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv6.conf.r4.accept_ra=1 &&
		nat up "$work/nat64.conf" >"$work/said" 2>&1 && fails grep "is lost" "$work/said" &&
		found forwarding6 && obey && found && default_route && same 1 router sysctl -n net.ipv6.conf.r4.accept_ra
}
run_case "... nor does the advice on forwarding let the kernel heed them beside the daemon" host_with_daemon
quiet()
{
	router sysctl -qw net.ipv6.conf.r4.accept_ra=0 && ip -n "$ROUTER" route replace default via fe80::1 dev r4 &&
		ip -n "$ROUTER" -6 route flush proto ra && found
}
run_case "doctor has nothing against a router with a route of its own" quiet

finish
