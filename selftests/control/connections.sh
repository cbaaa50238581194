#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 map show connections: which connections of connection tracking belong to which mapping, and how they are
# printed. conntrack(8) is the judge of what they are.

. "$(dirname "$0")"/../lib/lib.sh

need jq conntrack setpriv python3
setup_net
# Through the route, connection tracking sees hairpinned packets as well.
POOL=198.19.0.0/18
nat64_up route
router "$IPTABLES" -t nat -A POSTROUTING -o r4 -s $POOL -j MASQUERADE
# No entry goes while the test runs.
router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600 net.netfilter.nf_conntrack_icmp_timeout=3600 \
	net.netfilter.nf_conntrack_acct=1

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# Two hosts, a mapping of many, and one within that.
HOST6=$C6		HOST4=198.19.0.2
OTHER6=2001:db8:1::3	OTHER4=198.19.0.3
MANY6=2001:db8:1::500/120 MANY4=198.19.8.0/24
ONE6=2001:db8:1::507	ONE4=198.19.8.7
WITHIN6=2001:db8:1::909	WITHIN4=198.19.8.9
IDLE6=2001:db8:1::bad	IDLE4=198.19.0.99
for address in $OTHER6 $ONE6 $WITHIN6; do
	ip -n "$CLIENT" addr add "$address/64" dev c0 preferred_lft 0
done
nat dev set pool $POOL
nat -b - <<-END || die "no mappings"
	map add $HOST6 $HOST4
	map add $OTHER6 $OTHER4
	map add $MANY6 $MANY4
	map add $WITHIN6 $WITHIN4
	map add $IDLE6 $IDLE4 dynamic idle 600
END
start_peers

# hold SOURCE PORT DESTINATION: keeps a TCP connection to the echo service open, which has been used.
hold()
{
	on "$CLIENT" /usr/bin/python3 -c 'if True:
		import signal, socket, sys
		source, port, destination = sys.argv[1:]
		sock = socket.socket(socket.AF_INET6)
		sock.bind((source, int(port)))
		sock.connect((destination, 7))
		sock.send(b"x")
		sock.recv(1)
		print("ready", flush=True)
		signal.pause()' "$@" >"$work/held-$2" &
	disown
	within 60 grep -q ready "$work/held-$2" || die "no connection from $1"
}

# What grows, shrinks, or is about the reader.
steady()
{
	sed -E 's/^( *[a-z]+ +[0-9]+) [0-9]+ /\1 /; s/ (packets|bytes|use)=[0-9]+//g; s/ idle [0-9]+s$/ idle/'
}

shown()
{
	nat map show connections "$@" | steady
}

# entries WORD...: what conntrack says of these, as "nat64 map show" indents it.
entries()
{
	router conntrack -L "$@" 2>/dev/null | sed 's/^/    /' | steady
}

# listed WORD...: the connections, as "IPV4-MAPPING SRC:SPORT>DST:DPORT" in order.
listed()
{
	nat -j map show connections "$@" | jq -r '.[] | .ipv4 as $mapping | .connections[].original |
		"\($mapping) \(.src):\(.sport)>\(.dst):\(.dport)"'
}

host_json()
{
	nat -j map show $HOST6 connections | jq -e "$1"
}

# --- one host

plain=$(nat map show | steady)
run_case "without connections, a mapping has only its own line" same "$plain" shown
run_case "... and an empty list in JSON" eval '
	nat -j map show connections | jq -e "length == 5 and all(.connections == [])"'
run_case "without the word, JSON has no list" eval '
	nat -j map show | jq -e "length == 5 and all(has(\"connections\") | not)"'

hold $HOST6 4001 $S6
tcp="    tcp      6 ESTABLISHED src=$HOST4 dst=$S4 sport=4001 dport=7 src=$S4 dst=$R4 sport=7 dport=4001 \
[ASSURED] mark=0"
run_case "a TCP connection behind MASQUERADE is below its host, and below no other" same \
	"$HOST6 $HOST4 static
$tcp
$OTHER6 $OTHER4 static
$MANY6 $MANY4 static
$WITHIN6 $WITHIN4 static" eval 'shown static'
run_case "... in the words of conntrack -L" same "$HOST6 $HOST4 static
$(entries -s $HOST4)" shown $HOST6
run_case "... as JSON" host_json "length == 1 and (.[0].connections | length == 1) and (.[0].connections[0] |
	.protocol == \"tcp\" and .state == \"ESTABLISHED\" and .replied == true and .assured == true and
	.expires > 0 and .mark == 0 and
	(.original | del(.packets, .bytes)) == {src: \"$HOST4\", dst: \"$S4\", sport: 4001, dport: 7} and
	(.reply | del(.packets, .bytes)) == {src: \"$S4\", dst: \"$R4\", sport: 7, dport: 4001})"
run_case "... with counters, if the kernel counts" host_json '
	.[0].connections[0] | .original.packets >= 2 and .original.bytes >= 104 and .reply.packets >= 1'
run_case "... and its mark" eval '
	router conntrack -U -p tcp -s $HOST4 --mark 7 && host_json ".[0].connections[0].mark == 7" &&
	grep " mark=7$" <(shown $HOST6) && router conntrack -U -p tcp -s $HOST4 --mark 0'

# --- several

hold $OTHER6 4000 $S6
hold $OTHER6 3999 $S6
hold $ONE6 4002 $S6
hold $WITHIN6 4003 $S6
all="$HOST4 $HOST4:4001>$S4:7
$OTHER4 $OTHER4:3999>$S4:7
$OTHER4 $OTHER4:4000>$S4:7
$MANY4 $ONE4:4002>$S4:7
$WITHIN4 $WITHIN4:4003>$S4:7"
run_case "each mapping has its own, in order" same "$all" listed
run_case "a filter by address, of either family" eval '
	same "$HOST4 $HOST4:4001>$S4:7" listed $HOST6 && same "$HOST4 $HOST4:4001>$S4:7" listed $HOST4'
run_case "... by prefix" eval '
	same "$(grep "^198.19.0" <<<"$all")" listed 198.19.0.0/24 && same "" listed 2001:db8:2::/48'
run_case "a connection belongs to the longest prefix, even if that is not shown" eval '
	same "$MANY4 $ONE4:4002>$S4:7" listed $MANY6'
run_case "static, dynamic, idle" eval '
	same "$all" listed static && same "" listed dynamic && same "" listed idle 600 &&
	same "$IDLE4" eval "nat -j map show dynamic idle 600 connections | jq -r .[].ipv4"'
run_case "another device has its own mappings" eval '
	nat dev add second && nat map add $HOST6 198.51.100.9 dev second &&
	same "" listed dev second && nat dev del second'

# --- other protocols and directions

who_udp "$CLIENT" $S6 >/dev/null || die "no UDP"
run_case "UDP, which has no state" host_json "
	.[0].connections | map(select(.protocol == \"udp\")) | length == 1 and (.[0] |
	has(\"state\") == false and .original.dport == 13 and .reply.dst == \"$R4\" and .assured == false)"
ping_once "$CLIENT" $S6 >/dev/null || die "no ping"
run_case "a ping has an id and no ports" host_json "
	.[0].connections | map(select(.protocol == \"icmp\")) | length == 1 and (.[0] |
	(.original | has(\"id\")) and (.original | has(\"sport\") == false) and .reply.src == \"$S4\")"
run_case "all of them in the words of conntrack -L" same "$(entries -s $HOST4 | sort)" eval '
	shown $HOST6 | tail -n +2 | sort'

router "$IPTABLES" -t nat -A PREROUTING -i r4 -p udp --dport 13 -j DNAT --to $OTHER4
run_case "from outside, through DNAT" eval '
	same $S6 who_udp "$SERVER" $R4 && nat -j map show $OTHER6 connections | jq -e "
	[.[0].connections[] | select(.protocol == \"udp\")] | length == 1 and (.[0] |
	.original.src == \"$S4\" and .original.dst == \"$R4\" and .reply.src == \"$OTHER4\")"'

hairpin=2001:db8:64::$OTHER4
hold $HOST6 4010 $hairpin
run_case "between two mapped hosts: below both" same "$HOST4
$OTHER4" eval '
	nat -j map show connections | jq -r ".[] | select(any(.connections[]; .original.sport == 4010)) | .ipv4"'
run_case "... once" eval '
	same 2 eval "nat map show connections | grep -c sport=4010.*dport=7" &&
	nat map show $OTHER6 connections | grep "src=$HOST4 dst=$OTHER4 sport=4010 dport=7"'

run_case "twice in a batch" eval '
	printf "map show $HOST6 connections\nmap show $WITHIN6 connections\n" >"$work/batch" &&
	same 1 eval "nat -b $work/batch | grep -c sport=4001" && same 1 eval "nat -b $work/batch | grep -c sport=4003"'

new_ns "n64x-$$"
run_case "another namespace has none" eval '
	nat64 -n "n64x-$$" dev add nat64 && nat64 -n "n64x-$$" map add $HOST6 $HOST4 &&
	same "$HOST6 $HOST4 static" nat64 -n "n64x-$$" map show connections'

# More than fit one message of the kernel.
many()
{
	on "$CLIENT" /usr/bin/python3 -c 'if True:
		import socket, sys
		for number in range(2000):
		    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
		        sock.bind((sys.argv[1], 10000 + number))
		        sock.sendto(b"x", (sys.argv[2], 9))' $WITHIN6 $S6 &&
		within 60 eval '[ "$(nat map show connections | grep -c " dport=9 ")" -eq 2000 ]'
}
run_case "two thousand connections" many

# --- errors

user()
{
	router setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
run_case "a user may not see them" expect 1 "nat64: dev nat64: Operation not permitted" user nat64 map show connections
run_case "a device that is not there" expect 1 "dev other: no such device" nat map show connections dev other

finish
