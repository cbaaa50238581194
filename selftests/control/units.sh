#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the systemd units unchanged, to show that they need nothing that their sandbox forbids.

. "$(dirname "$0")"/../lib/systemd_lib.sh

need ping jq nft iptables-save
setup_net
load_modules
{ within 60 rmmod xt_NAT64 && within 60 rmmod nat64; } || die "the modules are in use"

dev="dev add nat64 prefix $PREFIX pool $POOL"

conf()
{
	printf '%s\n' "${@:2}" >"$work/etc/$1.conf"
}

nat()
{
	nat64 -n "$ROUTER" "$@"
}

add_units "$(unit_dir)"/nat64*
manager_up

run_case "nat64.service is content where there is no file" eval '
	ctl start nat64.service && fails nat64 -n "$ROUTER" dev show nat64'
conf nat64 "$dev" "map add $C6 $C4"
run_case "nat64.service loads the module and makes the device" eval '
	ctl start nat64.service && same "$C6 $C4" eval "nat map show static | cut -d \" \" -f 1,2"'
run_case "... packets cross" ping_once "$CLIENT" $S6
run_case "... and it has nothing to complain of" same "" cat "$work/log"

reloaded()
{
	local index

	index=$(ip -n "$ROUTER" -j link show nat64 | jq '.[0].ifindex')
	conf nat64 "$dev" "map add $C6 198.51.100.3"
	ctl reload nat64.service && nat map get 198.51.100.3 &&
		same "$index" eval 'ip -n "$ROUTER" -j link show nat64 | jq ".[0].ifindex"'
}
run_case "reload puts the changed file in force, with the device in place" reloaded

broken()
{
	conf nat64 "$dev" "map ad $C6 $C4"
	fails ctl reload nat64.service && grep "nat64.conf:2" "$work/log" &&
		nat map get 198.51.100.3
}
run_case "a broken file: reload fails, says where, and all goes on" broken

# Rules and settings, too, from within the sandbox.
whole()
{
	router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0 net.ipv6.conf.r4.accept_ra=1
	conf nat64 "$dev" forwarding "masquerade r4"
	ctl reload nat64.service && router nft list table ip nat64-nat64 &&
		same "1
1
2" router sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv6.conf.r4.accept_ra &&
		ping_once "$CLIENT" $S6
}
run_case "the file makes a whole router" whole
# What a boot does: nothing is there but the file.
from_nothing()
{
	ctl stop nat64.service && same "" router nft list ruleset || return
	router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	fails ping_once "$CLIENT" -W 1 $S6 && ctl start nat64.service && ping_once "$CLIENT" $S6 &&
		router nft list table ip nat64-nat64
}
run_case "... after a boot, too" from_nothing
# The unit has a /tmp of its own.
nonft=/run/nonft
by_iptables()
{
	machine mkdir $nonft && machine ln -s "$(command -v iptables)" "$(command -v iptables-save)" \
		"$(command -v iptables-restore)" $nonft/ || return
	conf nat64 "$dev"
	ctl reload nat64.service && fails router nft list table ip nat64-nat64 || return
	conf nat64 "$dev" "masquerade r4"
	mkdir -p "$work/units/nat64.service.d" && printf '[Service]\nEnvironment=PATH=%s\n' $nonft \
		>"$work/units/nat64.service.d/path.conf" && ctl daemon-reload || return
	ctl reload nat64.service || { cat "$work/log"; return 1; }
	router iptables-save | grep -F -- "-A nat64-nat64" || return
	conf nat64 "$dev"
	ctl reload nat64.service && fails eval "router iptables-save | grep -F -- '-A nat64-nat64'"
}
run_case "... with iptables where there is no nft" by_iptables
rm -f "$work/units/nat64.service.d/path.conf"
ctl daemon-reload

run_case "nat64@second.service has a file and a device of its own" eval '
	conf second "dev add second prefix 2001:db8:65::/96" && ctl start nat64@second.service &&
	nat dev show second && nat dev show nat64'
run_case "... and stops alone" eval '
	ctl stop nat64@second.service && fails nat dev show second && nat dev show nat64'

saved()
{
	conf nat64 "$dev"
	ctl reload nat64.service && ping_once "$CLIENT" $S6 && mapped4 $C6 >"$work/dynamic" || return
	ctl start nat64-save.service && grep "$C6 $(<"$work/dynamic")" "$work/var/nat64/nat64.dynamic"
}
run_case "nat64-save.service writes the dynamic mappings" saved
run_case "nat64-save.timer starts it every ten minutes" eval '
	ctl start nat64-save.timer && ctl list-timers --no-legend | grep nat64-save.service'

collected()
{
	mkdir -p /var/lib/prometheus/node-exporter && ctl start nat64-prometheus.timer &&
		within 60 machine grep "^nat64_pool_addresses{device=.nat64.} 254" /var/lib/prometheus/node-exporter/nat64.prom
}
run_case "nat64-prometheus.timer writes for Prometheus" collected

kept()
{
	rm "$work/var/nat64/nat64.dynamic"
	ctl stop nat64.service && fails nat dev show nat64 && ctl start nat64.service &&
		same "$(<"$work/dynamic")" mapped4 $C6
}
run_case "stop leaves no device, and start gives the hosts their addresses again" kept

finish
