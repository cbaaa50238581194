#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor beside the firewalls that people install: the rules are those that the programs write themselves.

. "$(dirname "$0")"/../lib/doctor_lib.sh

need ufw firewalld firewall-cmd dbus-daemon
doctor_up
start_peers "$SERVER"

run_case "the router works, and doctor finds nothing" eval 'works && found'

# blocked NAME...: nothing gets through, doctor finds these, and its advice brings the router back.
blocked()
{
	dead && found "$@" && recovers && works
}

for door in both route; do
	"door_$door"
	# What ufw changes in /etc, only the router sees.
	rm -rf "$etc/ufw" "$etc/default"
	cp -a /etc/ufw /etc/default "$etc/"
	run_case "ufw, as it is when enabled ($door)" eval 'router ufw --force enable'
	if [ $door = both ]; then
		run_case "doctor finds what ufw drops, and its advice mends ($door)" \
			blocked forward_drop4 invalid_drop6
	else
		run_case "doctor finds what ufw drops, and its advice mends ($door)" \
			blocked forward_drop4 forward_drop6
	fi
	run_case "... in rules of ufw, which it has again after a reload ($door)" eval '
		router ufw show added | grep -x "ufw route allow in on nat64" && router ufw reload && works && found'
	run_case "ufw is off: the router works ($door)" eval 'router ufw --force disable && works'
	# This is not ufw's.
	router ip6tables -t raw -F PREROUTING
done

mkdir -p /run/dbus
[ -e /run/dbus/system_bus_socket ] || dbus-daemon --system --fork || die "no D-Bus"
# firewalld empties all tables when it begins.
firewalld_up()
{
	ip netns exec "$ROUTER" firewalld --nofork --nopid >"$work/firewalld" 2>&1 & firewalld=$!
	within 300 router firewall-cmd --state >/dev/null 2>&1 || { cat "$work/firewalld"; return 1; }
	router "$IPTABLES" "${masquerade[@]}"
	router nft list chain inet firewalld filter_PREROUTING | grep "fib saddr"
}
firewalld_up || die "no firewalld"
door_both
run_case "doctor says that firewalld forgets the rules of others" eval '
	doctor; grep -F "put the device into a zone" "$work/found"'
run_case "doctor finds what firewalld drops, and its advice mends (both)" blocked forward_drop_nft invalid_drop6
kill $firewalld
wait $firewalld
firewalld_up || die "no firewalld"
nat dev set pool 198.51.100.0/24
door_hook
run_case "doctor finds what firewalld drops, and its advice mends (hook)" \
	blocked rp_filter6 forward_drop_nft invalid_drop6

finish
