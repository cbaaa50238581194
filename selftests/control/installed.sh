#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A machine on which only the package has been installed, with nothing else set up that a router
# needs. The test applies the package's example, with the names of this machine's devices, and follows
# doctor's advice until packets get through. Comments tell the story.

. "$(dirname "$0")"/../lib/systemd_lib.sh

need ping unbound
setup_net
ip -n "$ROUTER" route add default via $S4
router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
load_modules
start_peers "$SERVER"

# The DNS of the world, and the router's own resolver as Debian installs it, except for whom it asks.
unbound_up()
{
	local etc=/etc/netns/$ROUTER

	world_dns "$SERVER" $S4
	mkdir -p "$etc/unbound/unbound.conf.d"
	echo 'include-toplevel: "/etc/unbound/unbound.conf.d/*.conf"' >"$etc/unbound/unbound.conf"
	printf 'forward-zone:\n\tname: "."\n\tforward-addr: %s\n' $S4 \
		>"$etc/unbound/unbound.conf.d/world.conf"
	echo "nameserver 127.0.0.1" >"$etc/resolv.conf"
}

advice()
{
	machine nat64 -j doctor | python3 -c '
import json, sys
print("\n".join(finding["advice"] for finding in json.load(sys.stdin)))'
}

# Mending one thing may bring another to light.
obey()
{
	local rounds line

	for rounds in 1 2 3 4 5; do
		tell machine "nat64 doctor" && return
		while IFS= read -r line; do
			tell machine "$line" || return
		done < <(advice)
	done
	echo "still ill after $rounds rounds"
	return 1
}

unbound_up
add_units "$(unit_dir)"/nat64* "$(unit_dir)"/unbound.service
manager_up
machine iptables -P FORWARD DROP
ctl start unbound

tell machine "sed 's/64:ff9b::/2001:db8:64::/; s/\\bLAN$/r6/; s/\\bWAN$/r4/' /usr/share/doc/nat64/examples/nat64.conf >/etc/nat64/nat64.conf"
tell machine "systemctl start nat64"
result "the unit makes a router of the example" $?
tell machine "nat64"
run_case "... nat64 shows it, and that there is more to do" eval '
	grep -F "masquerade: r4" "$work/told" && grep -F "forwarding: IPv4, IPv6" "$work/told" &&
	grep -E "problems: [0-9]+, see" "$work/told"'
tell client "ping -n -c 1 -W 1 $S6"
result "the firewall drops what it forwards" $((! $?))
obey
result "doctor finds what is wrong, and its advice mends it" $?
tell client "ping -n -c 1 -W 30 $S6"
result "packets cross" $?
tell machine "nat64 map show"
run_case "TCP comes from the router's address" same $R4 who_tcp "$CLIENT" $S6
tell machine "systemctl stop nat64"
run_case "the unit takes the device away" fails nat64 -n "$ROUTER" dev show nat64

finish
