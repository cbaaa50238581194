#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor: MTUs, pools, prefixes and names of devices, DNS64, the modules.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

sick mtu "MTU of 1400 is smaller than that of a link, 1500" 'ip -n "$ROUTER" link set nat64 mtu 1400'
run_case "doctor does not care about the MTU of a VRF" eval '
	ip -n "$ROUTER" link add v0 type vrf table 70 && ip -n "$ROUTER" link set v0 up && found'
ip -n "$ROUTER" link del v0
sick lowest_ipv6_mtu "there is a link of 1400" '
	ip -n "$ROUTER" link set r6 mtu 1400 && nat dev set lowest-ipv6-mtu 1500' '
	ip -n "$ROUTER" link set r6 mtu 1500; nat dev set lowest-ipv6-mtu 1280'
sick pool_full "2 of the 2 addresses" '
	nat dev set pool 198.19.0.0/30 && nat map add 2001:db8:1::a 198.19.0.1 dynamic &&
	nat map add 2001:db8:1::b 198.19.0.2 dynamic' '
	nat dev set pool $POOL; nat map flush; ip -n "$ROUTER" route del 198.19.0.0/29'
sick wkp_strict "such as that of 10.1.2.1 on r4" '
	nat dev set prefix $PREFIX 64:ff9b::/96 && ip -n "$ROUTER" route add 64:ff9b::/96 dev nat64 && found &&
	ip -n "$ROUTER" addr add 10.1.2.1/24 dev r4' '
	ip -n "$ROUTER" route del 64:ff9b::/96 dev nat64; ip -n "$ROUTER" addr del 10.1.2.1/24 dev r4; nat dev set prefix $PREFIX wkp-strict on'

# The client looks for the server on its own link.
server_onlink()
{
	nat dev set nat64 prefix 2001:db8:1:0:64:ff9b::/96 &&
		ip -n "$ROUTER" route add 2001:db8:1:0:64:ff9b::/96 dev nat64 && dns64_of 2001:db8:1:0:64:ff9b::/96 &&
		fails ping_once "$CLIENT" -W 1 2001:db8:1:0:64:ff9b:$S4
}
mends_onlink()
{
	server_onlink && found prefix_onlink && obey && recovers && ping_once "$CLIENT" 64:ff9b::$S4
}
answered_onlink()
{
	router sysctl -qw net.ipv6.conf.r6.proxy_ndp=1
	server_onlink && found prefix_onlink &&
		ip -n "$ROUTER" neigh add proxy 2001:db8:1:0:64:ff9b:$S4 dev r6 &&
		within 60 ping_once "$CLIENT" 2001:db8:1:0:64:ff9b:$S4 && found
}
nat dev set nat64 wkp-strict off
run_case "doctor finds prefix_onlink, and its advice mends" mends_onlink
nat dev set nat64 wkp-strict on
ip -n "$ROUTER" -6 route flush dev nat64
run_case "... also with proxy_ndp, until the kernel has an address to answer for" answered_onlink
ip -n "$ROUTER" neigh del proxy 2001:db8:1:0:64:ff9b:$S4 dev r6
router sysctl -qw net.ipv6.conf.r6.proxy_ndp=0
nat dev set nat64 prefix $PREFIX
dns64_of $PREFIX
run_case "doctor finds nothing any more" found
over_link()
{
	nat dev add other prefix 2001:db8:1::/96 2001:db8:65::/96 translatable 10.99.0.0/24 &&
		ip -n "$ROUTER" route add 2001:db8:65::/96 dev other &&
		router "$IP6TABLES" -t raw -A PREROUTING -d 2001:db8:1::/96 -j NAT64 --device other &&
		found prefix_own && obey && found && nat dev show other | grep "prefix 2001:db8:65::/96"
}
run_case "doctor finds prefix_own, and its advice mends" over_link
nat dev del other
router "$IP6TABLES" -t raw -D PREROUTING -d 2001:db8:1::/96 -j NAT64 --device other

# Clients ask the router's own server, whomever the router asks.
own_server()
{
	echo "nameserver 127.0.0.2" >"$etc/resolv.conf" && found
}
run_case "a DNS64 on the router is enough, with another one in /etc/resolv.conf" own_server
echo "nameserver 127.0.0.1" >"$etc/resolv.conf"
sick no_dns64 "is no DNS64" '
	rm "$etc/unbound/unbound.conf.d/dns64.conf" && router systemctl restart unbound'
sick no_dns64 "a DNS64 for another prefix" 'dns64_of 64:ff9b::/96'
not_installed()
{
	mkdir -p "$work/few" && router env PATH="$work/few" "$(command -v nat64)" -j doctor >"$work/found"
	jq -r '.[].advice' "$work/found" | grep "^apt install unbound && nat64 dns64 unbound "
}
unbound_down()
{
	local pid

	pid=$(<"$work/unbound.pid")
	kill "$pid" && within 60 fails kill -0 "$pid" 2>/dev/null
}
dns64_of 64:ff9b::/96
run_case "the advice on no_dns64 installs unbound first, if need be" not_installed
dns64_of $PREFIX
sick no_dns64 "does not answer" unbound_down

same_prefix()
{
	nat dev add other prefix 2001:db8:64::/64 translatable 10.99.0.0/24 && ip -n "$ROUTER" route add 2001:db8:64::/64 dev other &&
		found overlap && obey && ip -n "$ROUTER" route del 2001:db8:64::/64 dev other && recovers &&
		nat dev show other | grep "prefix 64:ff9b::/96"
}
run_case "doctor finds overlap, and its advice keeps both devices" same_prefix
nat dev del other
by_rules()
{
	nat dev add other prefix $PREFIX translatable 10.99.0.0/24 &&
		router "$IP6TABLES" -t raw -I PREROUTING -s 2001:db8:1::99 -d $PREFIX -j NAT64 --device other && found
}
run_case "... but nothing against two devices with rules for one prefix" by_rules
router "$IP6TABLES" -t raw -D PREROUTING 1
nat dev del other
sick overlap "prefix 2001:db8:64::/64 overlaps with one of dev nat64" '
	nat dev add other prefix 2001:db8:65::/96 2001:db8:64::/64 translatable 10.99.0.0/24 &&
	ip -n "$ROUTER" route add 2001:db8:65::/96 dev other &&
	ip -n "$ROUTER" route add 2001:db8:64::/64 dev other' '
	run_case "... the other prefix stays" expect 0 "prefix 2001:db8:65::/96" nat dev show other
	nat dev del other'

down()
{
	ip -n "$ROUTER" link set nat64 down && found device_down && recovers && ping_once "$CLIENT" $S6
}
run_case "doctor finds device_down; its advice, and that on lost routes, mends" down

# A device may be called anything, and the advice is for a shell.
odd_name()
{
	nat dev add "o'd;d" prefix 2001:db8:65::/96 translatable 10.99.0.0/24 && found no_way_in && obey && found &&
		nat dev del "o'd;d"
}
run_case "the advice quotes the name of a device" odd_name

router sysctl -qw net.ipv4.ip_forward=0
run_case "doctor as text, with the advice below" expect 1 "error: forwarding4: IPv4 forwarding is off; the line \"forwarding\" in nat64.conf(5) turns it on at every start
    sysctl -w net/ipv4/ip_forward=1" router nat64 doctor
router sysctl -qw net.ipv4.ip_forward=1
run_case "doctor is for root" expect 2 "only root" router setpriv --reuid 65534 nat64 doctor

# Only in another /sys can a module be of another version.
version()
{
	door_route
	found || return
	echo 0.0.1 >"$work/version"
	router bash -ec '
		mount --bind "$1/version" /sys/module/nat64/version
		nat64 -j doctor >"$1/found" || [ $? -eq 1 ]
		[ "$(jq -r ".[].finding" "$1/found")" = module_version ]
		sh -ec "$(jq -r ".[].advice" "$1/found")"
		nat64 -j doctor >"$1/found" || [ $? -eq 1 ]
		[ "$(jq -r ".[].finding" "$1/found")" = no_device ]' - "$work" || { cat "$work/found"; return 1; }
}
run_case "doctor finds module_version, and its advice mends" version

missing()
{
	within 60 modprobe -r xt_NAT64 nat64 && sysctl -qw kernel.modprobe=/nonexistent && found module_missing &&
		obey && found no_device
}
modprobe=$(sysctl -n kernel.modprobe)
run_case "doctor finds module_missing, and its advice mends" missing
sysctl -qw kernel.modprobe="$modprobe"

# The test's server has a documentation address, which the well-known prefix does not allow.
from_nothing()
{
	router "$IPTABLES" -t nat -F
	router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	found no_device forwarding4 forwarding6 && recovers && nat dev set wkp-strict off &&
		ping_once "$CLIENT" 64:ff9b::$S4
}
run_case "doctor's advice alone makes a NAT64 of a router that has none" from_nothing

finish
