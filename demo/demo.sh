#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh [--shell-after]: shows, step by step, how an IPv6-only host reaches an IPv4-only server,
# and checks each step. Run it as root on a machine with nat64 installed; "make demo" runs it in a
# guest.

set -u

demo=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
. "$demo/lab.sh"

NAME=www.v4only.example
WEB64=64:ff9b::cb00:7150	# $WEB4 as the client sees it

steps=0
worked=0

trap 'lab_down; rm -rf "$work"' EXIT

# --- telling the story

step()
{
	steps=$((steps + 1))
	printf '\n=== %d. %s\n' $steps "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$*" | fmt -w 96
	echo
}

# on NS COMMAND...: show the command, run it there, show what it says and keep that in $said.
on()
{
	local ns=$1 status

	shift
	echo "    $ns# $*"
	ip netns exec "$ns" "$@" >"$work/said" 2>&1
	status=$?
	said=$(tr -d '\0' <"$work/said")
	sed 's/^/        /' "$work/said"
	return $status
}

# verdict STATUS...: the step has worked if all of these are 0.
verdict()
{
	local status

	echo
	for status; do
		if [ "$status" -ne 0 ]; then
			echo "    >>> step $steps FAILED"
			return
		fi
	done
	worked=$((worked + 1))
	echo "    >>> step $steps works"
}

says()
{
	[[ $said == *"$1"* ]]
}

# --- the steps

setting_up()
{
	step "Setting up the router" "Four lines make a router of the machine. The first is the translator, which is a" \
		"network device with a pool of private addresses; MASQUERADE puts these behind the one public" \
		"address $PUBLIC4. nat64 up adds the routes that lead replies and the router's own traffic into" \
		"the device. The ip6tables rule is the way in for clients. (wkp-strict off: the lab uses" \
		"documentation addresses, which RFC 6052 bars from the well-known prefix. On the real Internet," \
		"leave it out.)"

	local ok=0
	lab_config
	on router cat /etc/nat64/nat64.conf || ok=1
	on router nat64 up || ok=1
	on router ip6tables -t raw -A PREROUTING -i lan -d 64:ff9b::/96 -j NAT64 || ok=1
	verdict $ok
}

rules()
{
	step "What there is" "The device, and what leads packets to it."

	on router ip6tables -t raw -S PREROUTING && says "-j NAT64"
	local target=$?
	on router nat64 && says "prefix: 64:ff9b::/96" && says "pool: 198.19.0.0/18" && says "masquerade: wan"
	verdict $target $?
}

resolver()
{
	step "The resolver" "Names need a DNS64. This is what the router's resolver (Unbound) is told, as" \
		"the command prints it, and nothing else about it."

	on router nat64 dns64 unbound clients 2001:db8:1::/64 && says "dns64-prefix: 64:ff9b::/96"
	local printed=$?
	echo "$said" >"$work/dns64.conf"
	lab_resolver
	verdict $printed $?
}

name()
{
	step "A name" "The site's name server knows an IPv4 address and nothing else; the router's" \
		"resolver makes an IPv6 address of it for the client, and knows whose that is."

	on router dig +short "@$DNS4" $NAME A && [ "$said" = $WEB4 ]
	local a=$?
	on router dig +short "@$DNS4" $NAME AAAA && [ -z "$said" ]
	local no_aaaa=$?
	on client dig +short $NAME AAAA && [ "$said" = $WEB64 ]
	local aaaa=$?
	on client dig +short -x $WEB64 && [ "$said" = $NAME. ]
	verdict $a $no_aaaa $aaaa $?
}

download()
{
	step "A download by name" "The client has no IPv4 address, the server no IPv6 address."

	on client ip -4 -brief addr show dev lan && [ -z "$said" ]
	local no_ipv4=$?
	on client curl -sS -m 60 "http://$NAME/" && says "This server has no IPv6 address"
	verdict $no_ipv4 $?
}

ping_server()
{
	step "Ping"

	on client ping -c 3 -i 0.2 -W 30 $NAME && says " 0% packet loss" && says "from $NAME ($WEB64)"
	verdict $?
}

traceroute_server()
{
	step "Traceroute" "Errors are translated too: every IPv4 router on the way shows, under an" \
		"address made of the prefix and its own, and under its name."

	on client traceroute -6 -w 30 -q 1 $NAME && says "router.example (64:ff9b::c613:1)" &&
		says "gateway.isp.example (64:ff9b::c633:6401)" &&
		[[ ${said##*$'\n'} == *"$NAME ($WEB64) "* ]]
	verdict $?
}

mappings()
{
	step "The mapping table" "The client has been given an address from the pool. It keeps it" \
		"as long as it is seen now and then."

	on router nat64 map show && says "$CLIENT6" && says 198.19.
	verdict $?
}

server_view()
{
	step "Who called" "The log of the web server: everybody comes from the router's public" \
		"address."

	on server cat "$work/server-busybox.log" && says "$PUBLIC4" && ! says 198.19.
	verdict $?
}

# capture DEV: starts tcpdump on the router and waits until it listens.
capture()
{
	ip netns exec router tcpdump -i "$1" -n -t -l -q 'tcp port 80' \
		>"$work/$1" 2>"$work/$1.log" &
	ready "tcpdump" grep -q 'listening on' "$work/$1.log"
}

# captured DEV...: each of them has seen as many packets as the demo shows.
captured()
{
	local dev

	for dev; do
		[ "$(wc -l <"$work/$dev")" -ge 5 ] || return
	done
}

both_sides()
{
	step "One connection, seen from both sides" "The router's lan interface and its wan" \
		"interface during one more download, the first lines of each."

	capture lan
	local lan=$!
	capture wan
	local wan=$! side
	on client curl -sS -m 60 -o /dev/null "http://$NAME/"
	local downloaded=$?
	ready "the end of the capture" captured lan wan
	local caught=$?
	kill $lan $wan
	wait $lan $wan 2>/dev/null

	for side in lan wan; do
		echo "    router# tcpdump -i $side -n -t -q 'tcp port 80' | head -n 5"
		head -n 5 "$work/$side" | sed 's/^/        /'
	done
	grep -q "^IP6 $CLIENT6\.[0-9]* > $WEB64\.80" "$work/lan" &&
		grep -q "^IP $PUBLIC4\.[0-9]* > $WEB4\.80" "$work/wan" &&
		! grep -q "^IP " "$work/lan" && ! grep -q "^IP6 " "$work/wan"
	verdict $downloaded $caught $?
}

# transfer ADDRESS [OPTION]: Mbit/s that arrive, into $rate.
transfer()
{
	on client iperf3 -c "$1" -t 2 -i 0 -f m ${2:+"$2"}
	local status=$?

	rate=$(awk '$NF == "receiver" { print $7 }' <<<"$said")
	[ $status -eq 0 ] && [[ $rate == *[1-9]* ]]
}

bulk()
{
	local ok=0 up down plain_up plain_down rate

	step "A bulk transfer" "Two seconds of TCP each way through NAT64 and MASQUERADE, then the" \
		"same over as many hops of plain IPv6 forwarding. In a machine emulated in software" \
		"only the proportion means anything."

	transfer $WEB64 || ok=1
	up=$rate
	transfer $WEB64 -R || ok=1
	down=$rate
	transfer $WEB6 || ok=1
	plain_up=$rate
	transfer $WEB6 -R || ok=1
	plain_down=$rate

	echo
	printf '    %-12s %20s %20s\n' "Mbit/s" "client to server" "server to client" \
		"NAT64" "${up:--}" "${down:--}" "plain IPv6" "${plain_up:--}" "${plain_down:--}"
	verdict $ok
}

counters()
{
	step "The counters" "What the translator has done so far."

	on router nat64 stats && says xlat_6to4
	local stats=$?
	on router ip -s link show dev nat64
	verdict $stats $?
}

main()
{
	echo "An IPv6-only client, an IPv4-only server, and a router with a NAT64 between them:"
	echo
	lab_picture
	set -e
	lab_up
	lab_services
	service server iperf3 -s
	service server6 iperf3 -s
	set +e

	setting_up
	rules
	resolver
	name
	download
	ping_server
	traceroute_server
	mappings
	server_view
	both_sides
	bulk
	counters

	printf '\n%d of %d steps worked\n' $worked $steps
}

main
if [ "${1:-}" = --shell-after ]; then
	bash --rcfile "$demo/shell.rc"
fi
[ $worked -eq $steps ]
