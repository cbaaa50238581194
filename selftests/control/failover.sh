#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two routers with the files and commands of docs/failover.md, exactly as printed. The power of each is cut in turn.
#
#            .- lan first wan ---.
#   client c0       sync          s0 server
#            `- lan second wan --'

. "$(dirname "$0")"/../lib/recipe_lib.sh

need ping conntrack conntrackd keepalived socat jq nsenter
FIRST=n64one-$$ SECOND=n64two-$$ SWITCH=n64sw-$$
GLOBAL4=192.31.196.1 GLOBAL6=64:ff9b::c01f:c401
CONNECTIONS=200
PAGE=failover.md
declare -A namespace=([first]=$FIRST [second]=$SECOND) number=([first]=1 [second]=2)

trap 'rm -rf "/etc/netns/$FIRST" "/etc/netns/$SECOND"; cleanup' EXIT

# plug NS INTERFACE BRIDGE: a cable to one of the switches.
plug()
{
	local port=$2-${1%%-*}

	ip -n "$SWITCH" link add "$port" type veth peer name "$2" netns "$1" || return
	ip -n "$SWITCH" link set "$port" master "$3" up
	ip -n "$1" link set "$2" up
}

setup_hosts()
{
	local ns bridge

	[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
	load_modules
	for ns in "$CLIENT" "$SERVER" "$SWITCH"; do
		new_ns "$ns"
	done
	for bridge in lan wan sync; do
		ip -n "$SWITCH" link add $bridge type bridge || die "no bridge"
		ip -n "$SWITCH" link set $bridge up
	done
	plug "$CLIENT" c0 lan
	plug "$SERVER" s0 wan
	ip -n "$CLIENT" addr add $C6/64 dev c0
	ip -n "$CLIENT" route add default via fe80::1 dev c0
	ip -n "$SERVER" addr add $S4/24 dev s0
	ip -n "$SERVER" addr add $GLOBAL4/32 dev lo
}

# The page's files, where ip netns exec shows them to each router.
setup_files()
{
	local file where ns

	blocks $PAGE "The recipe"
	for file in "$work"/blocks/*; do
		read -r _ where <"$file"
		[[ $where == /etc/* ]] || continue
		for ns in "$FIRST" "$SECOND"; do
			mkdir -p "/etc/netns/$ns/$(dirname "${where#/etc/}")" "$(dirname "$where")"
			cp "$file" "/etc/netns/$ns/${where#/etc/}"
		done
	done
}

# power_on ROUTER: a machine with the addresses of its own and nothing else. What runs in it has its own /run.
power_on()
{
	local ns=${namespace[$1]} n=${number[$1]} bridge

	new_ns "$ns"
	for bridge in lan wan sync; do
		plug "$ns" $bridge $bridge || return
	done
	ip -n "$ns" addr add 2001:db8:1::1$n/64 dev lan
	ip -n "$ns" addr add 203.0.113.1$n/24 dev wan
	ip -n "$ns" addr add 192.0.2.$n/24 dev sync
	ip -n "$ns" route add default via $S4
	rm -f "$work/on-$1"
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$ns" unshare --mount bash -c 'mount -t tmpfs run /run && mkdir -p /run/lock &&
		echo $$ >"$0" && exec sleep infinity' "$work/on-$1" &
	disown
	within 300 test -s "$work/on-$1"
}

# at ROUTER COMMAND...
at()
{
	nsenter -t "$(<"$work/on-$1")" -n -m "${@:2}"
}

# start ROUTER: does what the page says.
start()
{
	local file where done=

	for file in "$work"/blocks/*; do
		where=$(head -n 1 "$file")
		[ "$where" = "# on both routers" ] || continue
		at "$1" sh -ec "$(<"$file")" </dev/null || return
		done=1
	done
	[ "$done" ]
}

# cut_power ROUTER: nothing is left of it, and it has not said a word.
cut_power()
{
	local ns=${namespace[$1]} port

	for port in lan wan sync; do
		ip -n "$SWITCH" link set "$port-${ns%%-*}" down
	done
	# shellcheck disable=SC2046 # a list
	kill -9 $(ip netns pids "$ns")
	within 300 nobody_in "$ns" || return
	ip netns del "$ns"
	for port in lan wan sync; do
		ip -n "$SWITCH" link del "$port-${ns%%-*}" 2>/dev/null
		within 300 fails ip -n "$SWITCH" link show "$port-${ns%%-*}" 2>/dev/null
	done
}

nobody_in()
{
	[ -z "$(ip netns pids "$1")" ]
}

# in_charge ROUTER: it has the addresses of both families.
in_charge()
{
	local addresses

	addresses=$(ip -n "${namespace[$1]}" -o addr show)
	[[ $addresses == *" fe80::1/64 "* && $addresses == *" 203.0.113.1/24 "* ]]
}

connections()
{
	at "$1" conntrack -L -p tcp --state ESTABLISHED 2>/dev/null | grep -c "dport=8000 .*dst=203.0.113.1 "
}

mappings()
{
	at "$1" nat64 -j map show dynamic | jq -c '[.[] | [.ipv6, .ipv4]] | sort'
}

# knows ROUTER: its kernel has all connections and all mappings.
knows()
{
	echo "$1: $(connections "$1") connections, mappings $(mappings "$1")"
	[ "$(connections "$1")" -eq $((CONNECTIONS + 1)) ] && knows_mappings "$1"
}

knows_mappings()
{
	[ "$(mappings "$1")" = "$(<"$work/mappings")" ]
}

# same_hash ROUTER: two hosts for which the pool has the same address.
same_hash()
{
	local i

	for i in {1..600}; do
		echo "route 2001:db8:1::1:$i to $GLOBAL6"
	done >"$work/routes"
	at "$1" nat64 -j -b "$work/routes" | jq -r -s 'flatten | group_by(.src.ipv4)[] | select(length > 1)[:2][].src.ipv6' |
		head -n 2
}

# ask COMMAND: an answer of the client's program.
ask()
{
	local answer

	echo "$1" >&8
	read -r -t 600 -u 9 answer && echo "$answer"
}

everybody_pings()
{
	local host

	for host in "${hosts[@]}"; do
		within 300 ping_once "$CLIENT" -I "$host" $GLOBAL6 || return
	done
}

start_traffic()
{
	ip netns exec "$SERVER" python3 control/failover.py server >"$work/server" 2>&1 &
	disown
	within 300 grep -q ready "$work/server" || die "no server"
	mkfifo "$work/commands" "$work/answers"
	ip netns exec "$CLIENT" python3 control/failover.py client $GLOBAL6 $CONNECTIONS "${hosts[@]}" \
		<"$work/commands" >"$work/answers" 2>"$work/client" &
	disown
	exec 8>"$work/commands" 9<"$work/answers"
	ip netns exec "$CLIENT" ping -n -D -i 0.2 -I "${hosts[0]}" $GLOBAL6 >"$work/ping" 2>&1 &
	disown
}

traffic_starts()
{
	local answer

	read -r -t 600 -u 9 answer || { cat "$work/client"; return 1; }
	[ "$answer" = ready ] && within 300 grep -q "bytes from" "$work/ping"
}

# settled: one router, and only one, has the addresses. Names it in $work/charge, and the other in $work/reserve. A
# machine that stands still for seconds may make them change places.
settled()
{
	local one=first other=second

	in_charge first || { one=second; other=first; }
	in_charge $one && fails in_charge $other &&
		echo $one >"$work/charge" && echo $other >"$work/reserve"
}

# The longest time between two answers to the ping, after a line of the file, in tenths of a second.
ping_pause()
{
	tail -n "+$1" "$work/ping" | tr -d '[]' | awk '/bytes from/ {
			if (last && $1 - last > pause) pause = $1 - last
			last = $1
		}
		END { printf "%.1f\n", pause }'
}

all_alive()
{
	local alive

	# The server speaks first: nothing but the router's own knowledge leads to its listeners.
	server bash -c ': >/dev/tcp/127.0.0.1/8001'
	alive=$(ask alive) || { cat "$work/client"; return 1; }
	figures "$((CONNECTIONS - alive)) of $CONNECTIONS connections lost"
	[ "$alive" -eq $CONNECTIONS ]
}

goes_on()
{
	local pause before

	before=$(wc -l <"$work/ping")
	within 300 ping_answered "$before" && pause=$(ask pause) || return
	[[ $pause == +([0-9]) ]] || { echo "no figure: $pause"; return 1; }
	figures "seconds without traffic: transfer $((pause / 10)).$((pause % 10)), ping $(ping_pause "$(<"$work/mark")")"
	[ $pause -gt 0 ]
}

ping_answered()
{
	tail -n "+$(($1 + 1))" "$work/ping" | grep -q "bytes from"
}

complete()
{
	local answer

	answer=$(ask finish)
	figures "transfer: $answer bytes"
	[[ $answer == complete* ]] || { cat "$work/client"; return 1; }
}

# fail_over: from the router in charge to the other one.
fail_over()
{
	set -- "$(<"$work/charge")" "$(<"$work/reserve")"
	wc -l <"$work/ping" >"$work/mark"
	ask pause >/dev/null
	run_case "the power of the $1 router is cut" cut_power "$1"
	run_case "... the $2 router takes the addresses of both families" within 300 in_charge "$2"
	run_case "... the transfer and the ping go on" goes_on
	run_case "... no connection is lost, whoever speaks first" all_alive
	run_case "... every host has the address that it had" same "$(<"$work/mappings")" mappings "$2"
}

setup_hosts
setup_files
power_on first || die "no first router"
power_on second || die "no second router"

run_case "the recipe, on the first router" start first
run_case "... which takes the addresses" within 300 in_charge first

mapfile -t hosts < <(same_hash first)
[ ${#hosts[@]} -eq 2 ] || die "no two hosts with the same hash"
hosts=("${hosts[0]}" 2001:db8:1::2:{1..6} "${hosts[1]}")
for host in "${hosts[@]}"; do
	ip -n "$CLIENT" addr add "$host/64" dev c0 preferred_lft 0
done
# Before there is a second router: if both gave addresses at the same time, two hosts could get the same one.
run_case "... and gives every host an address" everybody_pings
mappings first >"$work/mappings"
run_case "... two hosts with the same hash have addresses of their own" \
	same ${#hosts[@]} jq 'map(.[1]) | unique | length' "$work/mappings"
run_case "the recipe, on the second router" start second
run_case "... which gets to know the mappings" within 300 knows_mappings second
run_case "... one of the routers has the addresses" within 300 settled
start_traffic
run_case "$CONNECTIONS connections, a transfer and a ping" traffic_starts
run_case "... both routers get to know them all" eval 'within 300 knows first && within 300 knows second'
run_case "... one of the routers has the addresses" within 300 settled

fail_over

back=$(<"$work/charge")
power_on "$back" || die "no $back router"
run_case "the $back router comes back" start "$back"
run_case "... and gets to know them all" within 300 knows "$back"
run_case "... one of the routers has the addresses" within 300 settled

fail_over
run_case "all bytes of the transfer have come back, in order" complete

finish
