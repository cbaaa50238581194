# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the selftests share: namespaces as hosts, the router between them, and KTAP output.
#
#   client c0 ---------- r6 router r4 ---------- s0 server
#   2001:db8:1::2/64  ::1/64    203.0.113.1/24   203.0.113.2/24
#   IPv6 only                                     IPv4 only
#
# A test sources this file, calls setup_net (hosts with addresses) or setup_wire (silent ends for
# exact packets), then nat64_up, then run_case for each of its cases, and ends with "finish". It runs in
# selftests/, wherever it is called from.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export PYTHONPATH=$PWD/lib

ksft_skip=4

CLIENT=n64c-$$
ROUTER=n64r-$$
SERVER=n64s-$$
export CLIENT ROUTER SERVER

PREFIX=2001:db8:64::/96
C6=2001:db8:1::2 R6=2001:db8:1::1
S4=203.0.113.2 R4=203.0.113.1
S6=2001:db8:64::cb00:7102	# the server as the client sees it
C4=198.51.100.2			# the client as the server sees it, where a test maps it statically
POOL=198.51.100.0/24
KEY=000102030405060708090a0b0c0d0e0f
export PREFIX C6 R6 S4 R4 S6 C4 POOL KEY

# The command pair that writes rules; iptables_variants.sh sets others.
IPTABLES=${IPTABLES:-iptables}
IP6TABLES=${IP6TABLES:-ip6tables}

case_number=0
cases_failed=0
cases_skipped=0
namespaces=()
work=$(mktemp -d)

cleanup()
{
	local ns pids file

	trap - EXIT
	for ns in "${namespaces[@]}"; do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		[ -z "$pids" ] || kill -9 $pids 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
	for file in "$work"/machine-*; do
		[ ! -e "$file" ] || sysctl -qw "${file##*/machine-}=$(<"$file")"
	done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# --- KTAP

echo "TAP version 13"

# die TEXT: ends the test, because something is missing that every machine must have.
die()
{
	echo "Bail out! $*"
	exit 1
}

# skip_all TEXT: skips the whole script, which cannot say anything on this machine.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit $ksft_skip
}

need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || die "$tool is not installed"
	done
}

# result NAME STATUS: one line of KTAP.
result()
{
	case_number=$((case_number + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $case_number - $1"
	else
		echo "not ok $case_number - $1"
		cases_failed=$((cases_failed + 1))
	fi
}

skip_case()
{
	case_number=$((case_number + 1))
	cases_skipped=$((cases_skipped + 1))
	echo "ok $case_number - $1 # SKIP $2"
}

# run_case "IDS what is shown" COMMAND...: passes if the command does, in a subshell. What the
# command says is printed only if it fails.
run_case()
{
	local name=$1 status

	shift
	("$@") >"$work/case.out" 2>&1
	status=$?
	result "$name" $status
	if [ -e "$work/figures" ]; then
		sed 's/^/# /' "$work/figures"
		rm "$work/figures"
	fi
	if [ $status -ne 0 ]; then
		echo "# exit $status: $*"
		sed 's/^/# /' "$work/case.out"
	fi
	return $status
}

# figures TEXT...: prints what a case has measured along with its result.
figures()
{
	echo "$*" >"$work/figures"
}

# run_cases NAME PREFIX COMMAND...: reports the results of a program, which prints them without numbers and ends
# with a line "# done: ...". The prefix goes before the names of its cases.
run_cases()
{
	local name=$1 prefix=$2 line complete=

	shift 2
	while IFS= read -r line; do
		case $line in
		"ok - "*) result "$prefix${line#ok - }" 0 ;;
		"not ok - "*) result "$prefix${line#not ok - }" 1 ;;
		"# done: "*) complete=1 ;;
		*) echo "# ${line#\# }" ;;
		esac
	done < <("$@" 2>&1)
	[ -n "$complete" ] || result "$name breaks off" 1
}

# run_python FILE [DOOR]: reports the results of a python program.
run_python()
{
	run_cases "${1##*/}${2:+ ($2)}" "" python3 "$1"
}

# run_wire FILE [DOOR...]: run the cases of a python file through each door.
run_wire()
{
	local file=$1 door

	shift
	[ $# -gt 0 ] || set -- target hook route
	for door; do
		"door_$door"
		DOOR=$door run_python "$file" "$door"
	done
}

finish()
{
	echo "1..$case_number"
	[ $case_number -gt 0 ] || exit 1
	[ $cases_failed -eq 0 ] || exit 1
	[ $cases_skipped -lt $case_number ] || exit $ksft_skip
	exit 0
}

# --- small assertions for run_case

# expect STATUS TEXT COMMAND...: the command ends with this status and says this (a fixed string,
# in either output; "" for anything).
expect()
{
	local status=$1 text=$2 got said

	shift 2
	said=$("$@" 2>&1)
	got=$?
	if [ "$got" -ne "$status" ]; then
		echo "$*: exit status $got instead of $status"
		echo "$said"
		return 1
	fi
	if [[ $said != *"$text"* ]]; then
		echo "$*: does not say: $text"
		echo "$said"
		return 1
	fi
}

# same WANT COMMAND...: the command succeeds and prints exactly this.
same()
{
	local want=$1 said

	shift
	said=$("$@") || return
	[ "$said" = "$want" ] || { echo "$*: expected: $want; got: $said"; return 1; }
}

# fails COMMAND...
fails()
{
	if "$@"; then
		echo "should have failed: $*"
		return 1
	fi
}

# within SECONDS COMMAND...: try again until it works.
within()
{
	local limit=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $limit ] || { echo "did not come true: $*"; return 1; }
		sleep 0.1
	done
}

# tell WHO COMMAND: as it would look on that host's terminal; what it says is in $work/told, too.
tell()
{
	local status

	echo "# $1# $2"
	"$1" sh -c "$2" >"$work/told" 2>&1
	status=$?
	sed 's/^/# /' "$work/told"
	return $status
}

# --- namespaces

on()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@"
}

client() { on "$CLIENT" "$@"; }
router() { on "$ROUTER" "$@"; }
server() { on "$SERVER" "$@"; }

# new_ns NAME: makes a namespace that goes away with the test.
new_ns()
{
	ip netns add "$1" || die "cannot make a network namespace"
	namespaces+=("$1")
	ip -n "$1" link set lo up
	# Neither duplicate address detection nor leftovers of the machine's own settings.
	on "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.all.disable_ipv6=0 \
		net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.rp_filter=0 \
		net.ipv6.conf.default.accept_ra=0
	# Hosts, too, send their errors at once, however many a test provokes; tests that are about these
	# limits set them. Newer kernels have the last two for each namespace.
	on "$1" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	on "$1" sysctl -eqw net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000 2>/dev/null
}

# machine_wide SYSCTL VALUE: sets what all namespaces share. The test's end restores it.
machine_wide()
{
	[ -e "$work/machine-$1" ] || sysctl -n "$1" >"$work/machine-$1"
	sysctl -qw "$1=$2"
}

forwarding()
{
	on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

setup_links()
{
	[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
	need ip sysctl python3
	new_ns "$CLIENT"
	new_ns "$ROUTER"
	new_ns "$SERVER"
	ip -n "$ROUTER" link add r6 address 02:00:00:00:01:06 type veth \
		peer name c0 address 02:00:00:00:00:06 netns "$CLIENT" || die "no veth"
	ip -n "$ROUTER" link add r4 address 02:00:00:00:01:04 type veth \
		peer name s0 address 02:00:00:00:00:04 netns "$SERVER" || die "no veth"
	forwarding "$ROUTER"
	ip -n "$ROUTER" link set r6 up
	ip -n "$ROUTER" link set r4 up
	ip -n "$ROUTER" addr add $R6/64 dev r6
	ip -n "$ROUTER" addr add $R4/24 dev r4
	machine_wide net.ipv4.icmp_msgs_per_sec 100000
	machine_wide net.ipv4.icmp_msgs_burst 100000
	# Errors about missing routes have a limit for each host of their own.
	machine_wide net.ipv4.route.error_cost 0
}

# setup_net: the picture above.
setup_net()
{
	setup_links
	ip -n "$CLIENT" link set c0 up
	ip -n "$SERVER" link set s0 up
	ip -n "$CLIENT" addr add $C6/64 dev c0
	ip -n "$CLIENT" route add default via $R6
	ip -n "$SERVER" addr add $S4/24 dev s0
	ip -n "$SERVER" route add default via $R4
}

# setup_wire: the far ends say nothing of their own. Whatever the router has to send goes to one
# of them: its neighbours are fixed, and the rest of either Internet is behind them.
setup_wire()
{
	local side addr

	setup_links
	for side in "$CLIENT c0" "$SERVER s0"; do
		set -- $side
		on "$1" sysctl -qw net.ipv6.conf."$2".disable_ipv6=1
		ip -n "$1" link set "$2" arp off up
		on "$1" ethtool -K "$2" gro off >/dev/null
	done
	for addr in $C6 2001:db8:1::3 2001:db8:1::fe; do
		ip -n "$ROUTER" neigh add "$addr" lladdr 02:00:00:00:00:06 dev r6 nud permanent
	done
	for addr in $S4 203.0.113.3 203.0.113.77 203.0.113.78 203.0.113.254; do
		ip -n "$ROUTER" neigh add "$addr" lladdr 02:00:00:00:00:04 dev r4 nud permanent
	done
	ip -n "$ROUTER" route add default via 203.0.113.254
	ip -n "$ROUTER" route add default via 2001:db8:1::fe
}

# --- the translator in the router

# load_modules: the modules must be installed; this does not test machines without them.
load_modules()
{
	need nat64 "$IPTABLES" "$IP6TABLES"
	modprobe nat64 || die "no module nat64"
	modprobe xt_NAT64 || die "no module xt_NAT64"
}

# nat64_up DOOR [OPTION...]: the device with PREFIX in the router, and one of the doors into it.
# The options are those of "nat64 dev add". The hash key is always the same, so that it is not a matter of
# luck which host has which address of a pool.
nat64_up()
{
	local door=$1

	shift
	[[ " $* " == *" hash-key "* ]] || set -- "$@" hash-key $KEY
	load_modules
	nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX "$@" || die "no device"
	"door_$door"
}

# Each door replaces the other, so that a test can go through both in turn.
door_closed()
{
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IPTABLES" -t raw -F PREROUTING
	ip -n "$ROUTER" -6 route flush dev nat64 table main proto static
	ip -n "$ROUTER" -4 route flush dev nat64 table main proto static
	nat64 -n "$ROUTER" dev set nat64 hook off
}

# A test with several prefixes sets PREFIXES to what covers them all.
add_rules()
{
	router "$IP6TABLES" -t raw -A PREROUTING -d ${PREFIXES:-$PREFIX} -j NAT64
	router "$IPTABLES" -t raw -A PREROUTING -d $POOL -j NAT64
}

add_routes()
{
	ip -n "$ROUTER" -6 route replace ${PREFIXES:-$PREFIX} dev nat64 proto static
	ip -n "$ROUTER" -4 route replace $POOL dev nat64 proto static
}

# Rules alone: that is all it takes for traffic between other hosts.
door_target()
{
	door_closed
	add_rules
}

door_route()
{
	door_closed
	add_routes
}

# Rules, and routes for the router's own packets to hosts of the other family: its ICMP errors about
# translated packets (hop limit, MTU) do not pass PREROUTING.
door_both()
{
	door_closed
	add_rules
	add_routes
}

# The device's own hook, and the same with the routes. A test with other links sets HOOK to them.
door_hook()
{
	door_closed
	nat64 -n "$ROUTER" dev set nat64 hook ${HOOK:-r6,r4}
}

door_hook_both()
{
	door_hook
	add_routes
}

# The fast path for known flows, behind the hook or at the ingress of the links; and the routes.
door_fast_rule()
{
	door_hook_both
	nat64 -n "$ROUTER" dev set nat64 fast rule fast-refresh 3600
}

door_fast_ingress()
{
	door_hook_both
	nat64 -n "$ROUTER" dev set nat64 fast ingress fast-dev ${HOOK:-r6,r4} fast-refresh 3600
}

# Packets go straight into the device, without the IP layer in front of it.
door_device()
{
	door_route
}

# stat NAME: one counter.
stat()
{
	[[ $(nat64 -n "$ROUTER" -j stats show dev nat64) =~ \"$1\":\ *([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# counter_exceeds NAME NUMBER: the counter is above the number.
counter_exceeds()
{
	[ "$(stat "$1")" -gt "$2" ]
}

# --- traffic between hosts

# start_peers [NS...]: echo and "who" services (peer.py), on client and server.
start_peers()
{
	local ns

	[ $# -gt 0 ] || set -- "$CLIENT" "$SERVER"
	for ns; do
		on "$ns" python3 lib/peer.py >"$work/peer-$ns" &
		disown
	done
	for ns; do
		within 300 grep -q ready "$work/peer-$ns" || die "no services in $ns"
	done
}

# world_dns NS INTERFACE: starts a DNS server of the world, which has ipv4only.arpa as it is without DNS64.
world_dns()
{
	cat >"$work/world.conf" <<-END
		server:
			interface: $2
			access-control: 0.0.0.0/0 allow
			username: ""
			chroot: ""
			use-syslog: no
			pidfile: "$work/world.pid"
			local-data: "ipv4only.arpa. A 192.0.0.170"
	END
	on "$1" unbound -c "$work/world.conf" >/dev/null 2>&1 || die "unbound does not start"
}

# A host's questions to the other's services. For TCP, bash starts faster than anything else.

# who_udp NS ADDRESS: prints the caller's address as the other host sees it.
who_udp()
{
	on "$1" /usr/bin/python3 -c 'if True:
		import socket, sys
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		sock = socket.socket(family, socket.SOCK_DGRAM)
		sock.settimeout(30)
		sock.sendto(b"who", (sys.argv[1], 13))
		print(sock.recv(100).decode().strip())' "$2"
}

# To the end of the connection, of which no packet comes later.
who_tcp()
{
	on "$1" bash -c 'exec 3<>"/dev/tcp/$0/13" && read -r -t 30 -u 3 line && echo "$line" || exit
		read -r -t 30 -u 3; [ $? -eq 1 ]' "$2"
}

ping_once()
{
	on "$1" ping -n -c 1 -W 30 "${@:2}"
}

# need_flood: the bench's sender of packets.
need_flood()
{
	flood=$PWD/../build/bench/flood
	[ -x "$flood" ] || die "no $flood: make -C bench"
}

# flood6 SOURCE COUNT SOURCES: packets from so many addresses of the client, from SOURCE on, to the server.
flood6()
{
	client "$flood" c0 02:00:00:00:01:06 "$1" $S6 "$2" "$3"
}

# mark_log: writes a line into the kernel's log. logged TEXT: counts the lines after it that have this text; or
# all such lines, if the mark is gone from the log already.
mark_log()
{
	log_mark="nat64 selftest $$, $(date +%s.%N)"
	echo "$log_mark" >/dev/kmsg
}

logged()
{
	dmesg | awk -v mark="$log_mark" -v text="$1" 'index($0, mark) { count = 0 }
		index($0, text) { count++ }
		END { print count + 0 }'
}

# unreclaimable: prints the kilobytes that the kernel's caches cannot give back.
unreclaimable()
{
	awk '$1 == "SUnreclaim:" { print $2 }' /proc/meminfo
}

# bounded KB LIMIT: whether kernel memory has grown by no more than it should. KASAN holds freed memory back,
# up to a 32nd of all memory.
bounded()
{
	local limit=$2

	if grep -q -w kasan_report /proc/kallsyms; then
		limit=$((limit + $(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo) / 32))
	fi
	[ "$1" -lt "$limit" ]
}

# port_unreachable NS ADDRESS: the error about a closed port comes back to the socket that sent.
port_unreachable()
{
	on "$1" python3 -c '
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.settimeout(30)
sock.connect((sys.argv[1], 9999))
sock.send(b"x")
try:
    sock.recv(1)
except ConnectionRefusedError:
    sys.exit(0)
sys.exit(1)' "$2"
}

# echo_udp NS ADDRESS SIZE: a datagram goes and comes back as it was.
echo_udp()
{
	on "$1" python3 -c '
import os, socket, sys
data = os.urandom(int(sys.argv[2]))
sock = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(30)
sock.connect((sys.argv[1], 7))
sock.send(data)
sys.exit(sock.recv(1 << 16) != data)' "$2" "$3"
}

# talk NS SOURCE PORT DESTINATION: so many datagrams to the echo service that both directions are known, and
# have been used. Each waits for the answer to the one before.
talk()
{
	on "$1" /usr/bin/python3 -c 'if True:
		import socket, sys
		source, port, destination = sys.argv[1:]
		sock = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM)
		sock.settimeout(30)
		sock.bind((source, int(port)))
		sock.connect((destination, 7))
		for number in range(20):
		    sock.send(b"%d" % number)
		    assert sock.recv(100) == b"%d" % number' "${@:2}"
}

# echo_tcp NS ADDRESS KILOBYTES: that much data goes and comes back as it was.
echo_tcp()
{
	local address=$2

	[[ $address != *:* ]] || address=[$address]
	[ -s "$work/data-$3" ] || dd if=/dev/urandom of="$work/data-$3" bs=1k count="$3" status=none
	on "$1" socat -t 30 -T 30 - "TCP:$address:7" <"$work/data-$3" >"$work/echo" &&
		cmp "$work/echo" "$work/data-$3"
}

# traffic_cases: what must work between two hosts through any door, with C6 mapped to C4.
traffic_cases()
{
	local door=$1

	run_case "ping from IPv6 ($door)" ping_once "$CLIENT" $S6
	run_case "ping from IPv4 ($door)" ping_once "$SERVER" $C4
	run_case "UDP from IPv6, under the mapped address ($door)" same $C4 who_udp "$CLIENT" $S6
	run_case "UDP from IPv4, under the embedded address ($door)" same $S6 who_udp "$SERVER" $C4
	run_case "TCP from IPv6, under the mapped address ($door)" same $C4 who_tcp "$CLIENT" $S6
	run_case "TCP from IPv4, under the embedded address ($door)" same $S6 who_tcp "$SERVER" $C4
	run_case "a megabyte by TCP there and back, from IPv6 ($door)" echo_tcp "$CLIENT" $S6 1024
	run_case "a megabyte by TCP there and back, from IPv4 ($door)" echo_tcp "$SERVER" $C4 1024
	run_case "an empty UDP datagram ($door)" echo_udp "$CLIENT" $S6 0
	run_case "a UDP datagram of an odd length ($door)" echo_udp "$SERVER" $C4 1001
}

# capture NS IF FILTER COMMAND...: the command must succeed. Prints how many packets that pass the
# filter come in at the interface meanwhile.
capture()
{
	local ns=$1 device=$2 filter=$3 pid status

	shift 3
	# An earlier one has left its "ready" there.
	: >"$work/captured"
	# Do not use a function here: it would be the process that gets the signal.
	ip netns exec "$ns" /usr/bin/python3 lib/capture.py "$device" "$filter" \
		>"$work/captured" 2>"$work/capture" &
	pid=$!
	if ! within 60 grep -q ready "$work/captured"; then
		kill "$pid"
		cat "$work/capture" >&2
		return 1
	fi
	"$@" >&2
	status=$?
	kill "$pid"
	wait "$pid" || { cat "$work/capture" >&2; return 1; }
	[ $status -eq 0 ] && tail -n 1 "$work/captured"
}

# --- the table, as the command shows it

# mapped4 ADDRESS6: the IPv4 address that a host has at present.
mapped4()
{
	nat64 -n "$ROUTER" map show dev nat64 | awk -v want="$1" '$1 == want { print $2 }'
}

mapped6()
{
	nat64 -n "$ROUTER" map show dev nat64 | awk -v want="$1" '$2 == want { print $1 }'
}

# idle_since ADDRESS6 FILE: the idle time of this host's dynamic mapping fits the time of its last use. The file
# has two times (in seconds): it was not used before the first and not after the second. Each of the three
# clocks may be in the middle of a second, and a saved age is rounded once more.
idle_since()
{
	local first last idle before after

	read -r first last <"$2"
	before=$EPOCHSECONDS
	idle=$(nat64 -n "$ROUTER" -j map show dev nat64 dynamic | jq ".[] | select(.ipv6 == \"$1\") | .idle")
	after=$EPOCHSECONDS
	echo "$1: idle for $idle s, used $((before - last)) to $((after - first)) s ago"
	[ -n "$idle" ] && [ "$idle" -ge $((before - last - 2)) ] && [ "$idle" -le $((after - first + 2)) ]
}

# hears FILE ADDRESS6 ADDRESS4: whether "nat64 monitor", whose output is in the file, is listening. Makes and
# removes this mapping, which it must report; there is no other way to tell.
hears()
{
	nat64 -n "$ROUTER" map add "$2" "$3" dynamic
	nat64 -n "$ROUTER" map del "$3"
	grep -q -s "del $2 $3" "$1"
}

# stat_moves NAME BY COMMAND...: the command succeeds, and the counter goes up by BY.
stat_moves()
{
	local name=$1 by=$2 before after

	shift 2
	before=$(stat "$name")
	"$@" || return
	after=$(stat "$name")
	[ $((after - before)) -eq "$by" ] ||
		{ echo "$name went from $before to $after, not up by $by"; return 1; }
}

# stat_grows NAME COMMAND...
stat_grows()
{
	local name=$1 before after

	shift
	before=$(stat "$name")
	"$@" || return
	after=$(stat "$name")
	[ "$after" -gt "$before" ] || { echo "$name stays at $after"; return 1; }
}

# --- longer paths

DEEP=n64d-$$ FAR=n64f-$$
D6=2001:db8:d::2 D4=198.51.100.10	# a host behind the client, and its mapping
F4=192.0.2.2 F6=2001:db8:64::c000:202	# a host behind the server, and what the client calls it
export DEEP FAR D6 D4 F4 F6

# setup_path: setup_net, with a host behind each of the two:
#   deep d0 -- c1 client c0 -- r6 router r4 -- s0 server s1 -- f0 far
setup_path()
{
	setup_net
	new_ns "$DEEP"
	new_ns "$FAR"
	forwarding "$CLIENT"
	forwarding "$SERVER"
	ip -n "$CLIENT" link add c1 type veth peer name d0 netns "$DEEP"
	ip -n "$SERVER" link add s1 type veth peer name f0 netns "$FAR"
	ip -n "$CLIENT" link set c1 up
	ip -n "$SERVER" link set s1 up
	ip -n "$DEEP" link set d0 up
	ip -n "$FAR" link set f0 up
	ip -n "$CLIENT" addr add 2001:db8:d::1/64 dev c1
	ip -n "$DEEP" addr add $D6/64 dev d0
	ip -n "$DEEP" route add default via 2001:db8:d::1
	ip -n "$SERVER" addr add 192.0.2.1/24 dev s1
	ip -n "$FAR" addr add $F4/24 dev f0
	ip -n "$FAR" route add default via 192.0.2.1
	ip -n "$ROUTER" route add 2001:db8:d::/64 via $C6
	ip -n "$ROUTER" route add 192.0.2.0/24 via $S4
}

# path_mtu6 BYTES, path_mtu4 BYTES: the MTU of the link to the host at that end.
path_mtu6()
{
	ip -n "$CLIENT" link set c1 mtu "$1"
	ip -n "$DEEP" link set d0 mtu "$1"
}

path_mtu4()
{
	ip -n "$SERVER" link set s1 mtu "$1"
	ip -n "$FAR" link set f0 mtu "$1"
}
