#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 show, and nat64 alone: all that a user wants to know at first, on one screen.

. "$(dirname "$0")"/../lib/doctor_lib.sh

need setpriv
setup_net
ip -n "$ROUTER" route add default via $S4
load_modules

run_case "no device: says so, and how to make one; that is no failure" eval '
	expect 0 "There is no NAT64 device. \"nat64 dev add prefix" nat show && same 1 eval "nat | grep -c ." &&
	same "$(nat show)" nat'
run_case "... an empty list for programs" same "[]" nat -j
run_case "... but a name that is none is one" expect 1 "dev nowhere: " nat show nowhere

# As the router itself sees it, with its own resolver.
see()
{
	router nat64 "$@"
}

nat64_up both pool $POOL translatable 10.7.0.0/24
masquerade=(-t nat -A POSTROUTING -s 198.19.0.0/18 -o r4 -j MASQUERADE)
router "$IPTABLES" "${masquerade[@]}"
dns_up
nat map add 2001:db8:1::80 198.51.100.80
nat dev add other hook r6,r4 fast ingress fast-dev r6
nat dev set other fast-flows 100
nat map add 2001:db8:1::99 203.0.113.99 dev other
ip -n "$CLIENT" addr add 2001:db8:1::3/64 dev c0 preferred_lft 0
ip -n "$ROUTER" route add 10.7.0.0/24 dev nat64

packets()
{
	ping_once "$CLIENT" $S6 && ping_once "$CLIENT" -I 2001:db8:1::3 $S6
}
run_case "two hosts ping" packets

# The variant of the rules is that of the machine.
shown()
{
	"$@" | sed -E 's/(ip6?tables)-(nft|legacy)/\1/'
}
whole="device: nat64 (up)
  prefix: $PREFIX
  pool: $POOL (2 of 254 addresses used)
  translatable: 10.7.0.0/24
  mappings: 1 static, 2 dynamic
  rule: iptables -t raw -A PREROUTING -d 198.19.0.0/24 -j NAT64
  rule: ip6tables -t raw -A PREROUTING -d $PREFIX -j NAT64
  routes: $PREFIX 10.7.0.0/24 198.19.0.0/24
  translated: 2 packets from IPv6, 2 from IPv4

device: other (up)
  mappings: 1 static, 0 dynamic
  hook: r6,r4
  routes: none
  fast: ingress on r6 (0 of 100 flows)
  translated: 0 packets from IPv6, 0 from IPv4

router
  forwarding: IPv4, IPv6
  problems: none"
run_case "each device, with what leads to it and how it fares" same "$whole" shown see
run_case "... show does the same" same "$whole" shown see show
run_case "... or one of them" same "device: other (up)" eval 'see show other | grep device'
run_case "... and dev before its name" same "device: other (up)" eval 'see show dev other | grep device'
run_case "... no more than the name" expect 2 'unknown word "foo", see "nat64 show help"' see show nat64 foo

member()
{
	see -j show nat64 | jq -c ".[0] | $1"
}
run_case "JSON has what dev show has" same "$(nat -j dev show nat64 | jq -c '.[0] | keys')" \
	member "keys - [\"rules\", \"routes\", \"masquerade\", \"stats\", \"problems\"]"
run_case "... the counters" same '[2,2,0]' member '.stats | [.xlat_6to4, .xlat_4to6, .drop_loop]'
run_case "... rules, routes, and no problem" same \
	"[2,[\"$PREFIX\",\"10.7.0.0/24\",\"198.19.0.0/24\"],[]]" member '[(.rules | length), .routes, .problems]'
run_case "... bare nat64 lists both" same "nat64 other" eval 'see -j | jq -r "[.[].ifname] | join(\" \")"'

# --- what is wrong

# lost COUNT ADDRESS [SOURCE]: so many packets to this address are dropped.
lost()
{
	fails client ping -n -q -i 0.01 -W 1 -c "$1" -I "${3-$C6}" "$2" >/dev/null
}
drops()
{
	nat stats reset
	ip -n "$CLIENT" addr add 2001:db8:64::1/128 dev c0 preferred_lft 0
	lost 4 2001:db8:64::127.0.0.1 && lost 2 2001:db8:64::198.19.0.77 && lost 3 $S6 2001:db8:64::1 || return
	nat dev set nat64 pool none
	lost 1 $S6
	nat dev set nat64 pool $POOL
	same "  dropped: 4 drop_dst4, 3 drop_forged6, 2 drop_no_mapping4, 1 for other reasons" \
		eval 'see show nat64 | grep dropped:'
}
run_case "the most frequent reasons of drops come first, the rest is summed up" drops

# problems COUNT FINDING... after a BREAK: as many as doctor finds, and these.
problems()
{
	eval "$1" && same "  problems: $2, see \"nat64 doctor\"" eval 'see show | grep problems:' &&
		same "$2" eval "router nat64 -j doctor | jq length" &&
		same "[\"$3\"]" member .problems
}
run_case "show counts what doctor finds" problems 'router sysctl -qw net.ipv4.ip_forward=0' 1 forwarding4
run_case "... and says that only one family is forwarded" same "  forwarding: IPv6 only" eval '
	see show | grep forwarding:'
router sysctl -qw net.ipv6.conf.all.forwarding=0
run_case "... or none" same "  forwarding: off" eval 'see show | grep forwarding:'
router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
run_case "a problem of one device is none of the other" eval '
	ip -n "$ROUTER" link set other down && same "[[],[\"device_down\"]]" eval "see -j | jq -c \"[.[].problems]\"" &&
	see show other | grep -F "device: other (down)"'
ip -n "$ROUTER" link set other up

many()
{
	for i in 1 2 3 4 5; do
		router "$IP6TABLES" -t raw -A PREROUTING -s 2001:db8:$i::/64 -d $PREFIX -j NAT64 || return
	done
	same 5 eval 'see show nat64 | grep -c " rule:"' && see show nat64 | grep -F "  rules: 2 more" &&
		same 7 member '.rules | length'
}
run_case "of many rules, it shows the first" many

run_case "without root: no rules, and no word about problems" eval '
	router setpriv --reuid 65534 --regid 65534 --clear-groups nat64 show >"$work/seen" &&
	fails grep rule "$work/seen" && grep -F "problems: only root can look for them" "$work/seen" &&
	grep -E "pool: $POOL .[0-9]+ of 254 addresses used" "$work/seen" &&
	same "[null,null]" eval "router setpriv --reuid 65534 --regid 65534 --clear-groups nat64 -j show nat64 |
		jq -c \".[0] | [.rules, .problems]\""'

# Silence costs doctor some seconds; show asks only once.
queries()
{
	router "$IPTABLES" -Z OUTPUT
	router env -u RES_OPTIONS nat64 $1 >"$work/seen"
	router "$IPTABLES" -L OUTPUT -v -x -n | awk '/dpt:53/ { print $1 }'
}
silence()
{
	# The loopback has no neighbour to miss. The router's own server is asked next, as often.
	echo "nameserver 127.0.0.2" >"$etc/resolv.conf"
	router "$IPTABLES" -A INPUT -d 127.0.0.0/8 -j DROP
	router "$IPTABLES" -A OUTPUT -d 127.0.0.0/8 -p udp --dport 53 && same 4 queries doctor && same 2 queries show &&
		grep "problems: 1" "$work/seen"
}
run_case "a resolver that says nothing does not hold it up" silence

finish
