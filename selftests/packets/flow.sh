#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The order in which netfilter's chains and the translator see a packet. Every chain logs it, and
# the log is compared with docs/packet-flow.md, which proves that page right.

. "$(dirname "$0")"/../lib/lib.sh

DOC=../docs/packet-flow.md

need ping conntrack
[ -r $DOC ] || die "$DOC is not there"
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4
log_all_netns=$(sysctl -n net.netfilter.nf_log_all_netns 2>/dev/null)
modprobe -q nf_log_syslog
sysctl -qw net.netfilter.nf_log_all_netns=1 || die "no log of a namespace"

# A rule at the beginning of every chain that a forwarded packet passes.
log_everything()
{
	local tables family rule

	for family in 4 6; do
		tables=$IPTABLES
		[ $family = 4 ] || tables=$IP6TABLES
		# Packets pass the nat table only when conntrack is at work.
		router "$tables" -A FORWARD -m conntrack --ctstate NEW
		for rule in "raw PREROUTING" "mangle PREROUTING" "nat PREROUTING" \
			"mangle FORWARD" "filter FORWARD" "mangle POSTROUTING" "nat POSTROUTING"; do
			set -- $rule
			router "$tables" -t "$1" -I "$2" -p udp --dport 4000 \
				-j LOG --log-prefix "n64 $1 $2 IPv$family "
		done
	done
}

door_mangle()
{
	door_closed
	router "$IP6TABLES" -t mangle -A PREROUTING -d $PREFIX -j NAT64
	router "$IPTABLES" -t mangle -A PREROUTING -d $POOL -j NAT64
}

# The way of the packets in the log, a line each: table, chain, family, devices, hop limit.
way()
{
	dmesg | sed -n 's/.*n64 \([a-z]* [A-Z]* IPv.\) IN=\([^ ]*\) OUT=\([^ ]*\) .*\(TTL\|HOPLIMIT\)=\([0-9]*\) .*/\1 in=\2 out=\3 \5/p' |
		while read -r table chain family in out limit; do
			printf '%-6s  %-11s  %s  %-8s  %-9s  %s\n' \
				"$table" "$chain" "$family" "$in" "$out" "$limit"
		done
}

# documented NAME: the block of the documentation with this name.
documented()
{
	sed -n "/^\`\`\`text $1\$/,/^\`\`\`\$/p" $DOC | grep -v '^```'
}

# A one-way packet, so that no answer is in the log. All are of one flow.
send()
{
	on "$1" python3 - "$2" <<-'END'
		import socket, sys

		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		with socket.socket(family, socket.SOCK_DGRAM) as sock:
		    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    sock.bind(("", 4001))
		    sock.sendto(b"x", (sys.argv[1], 4000))
	END
}

# The first two packets make a flow, if the fast path is on.
make_flow()
{
	local made

	[ "$door" != "${door#fast_}" ] || return 0
	made=$(stat fast_made)
	send "$1" "$2" && send "$1" "$2" && within 60 counter_exceeds fast_made "$made"
}

follows()
{
	local name=$1 want hits

	want=$(documented "$name")
	# The neighbours must be known before, or the packet waits for them.
	ping_once "$2" "$3" >/dev/null || return
	router conntrack -F 2>/dev/null
	make_flow "$2" "$3" || return
	hits=$(stat fast_hit)
	dmesg -C
	send "$2" "$3" || return
	[ "$door" = "${door#fast_}" ] || within 60 counter_exceeds fast_hit "$hits" || return
	grep -q "^\`\`\`text $1\$" $DOC || { echo "no such block in $DOC"; return 1; }
	# Once it is there, nothing else comes.
	within 60 as_documented >/dev/null || { as_documented; return 1; }
	sleep 0.2
	as_documented
}

as_documented()
{
	diff -u --label documented --label seen <(printf '%s' "$want${want:+$'\n'}") <(way)
}

tracked()
{
	router conntrack -L -f "$1" 2>/dev/null | awk '/dport=4000/ { n++ } END { print n + 0 }'
}

# The answers (port unreachable) are of no interest here.
on "$SERVER" "$IPTABLES" -A OUTPUT -p icmp --icmp-type port-unreachable -j DROP
on "$CLIENT" "$IP6TABLES" -A OUTPUT -p icmpv6 --icmpv6-type port-unreachable -j DROP

for door in target mangle hook route fast_rule fast_ingress; do
	door_$door
	[ $door = mangle ] || { router "$IP6TABLES" -t mangle -F; router "$IPTABLES" -t mangle -F; }
	log_everything
	run_case "H4 the order of things, IPv6 to IPv4 ($door)" follows "$door 6to4" "$CLIENT" $S6
	run_case "H4 the order of things, IPv4 to IPv6 ($door)" follows "$door 4to6" "$SERVER" $C4
	for family in ip ip6; do
		for table in raw mangle nat filter; do
			on "$ROUTER" "${family}tables" -t $table -F
		done
	done
done

nat64 -n "$ROUTER" dev set nat64 fast off

# conntrack keeps the IPv6 flow only if the packet was not taken before the flow was confirmed.
router "$IPTABLES" -A FORWARD -m conntrack --ctstate NEW
router "$IP6TABLES" -A FORWARD -m conntrack --ctstate NEW
for door in target:0 mangle:0 hook:0 route:1; do
	door_${door%:*}
	router conntrack -F 2>/dev/null
	send "$CLIENT" $S6
	run_case "H4 conntrack knows the IPv4 flow (${door%:*})" within 60 same 1 tracked ipv4
	run_case "H4 conntrack knows ${door#*:} IPv6 flows (${door%:*})" same "${door#*:}" tracked ipv6
	router "$IP6TABLES" -t mangle -F
	router "$IPTABLES" -t mangle -F
done

[ -z "$log_all_netns" ] || sysctl -qw net.netfilter.nf_log_all_netns="$log_all_netns"
finish
