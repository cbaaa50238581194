#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The words of the fast path: its options, nat64 flow, and what nat64 route says of it. What becomes of packets
# is for other tests.

. "$(dirname "$0")"/../lib/lib.sh

need jq socat setpriv script
setup_net
nat64_up target pool 192.0.2.0/24
C46=2001:db8:1::4	# another address of the client
ip -n "$CLIENT" addr add $C46/64 dev c0 preferred_lft 0
start_peers

nat()
{
	nat64 -n "$ROUTER" "$@"
}

nat map add $C6 $C4 || die "no mapping"
nat map add $C46 198.51.100.4 || die "no mapping"

# --- options

run_case "dev show says nothing of a fast path that is off" fails eval '
	nat64 -n "$ROUTER" dev show | grep -e fast -e flows'
run_case "... but JSON does" eval '
	nat -j dev show | jq -e ".[0] | .fast == \"off\" and .fast_refresh == 5 and .fast_flows == 65536 and
		.fast_dev == [] and .flows == 0"'
run_case "save leaves out a fast path that is off" fails eval 'nat64 -n "$ROUTER" save | grep fast'

every_option="fast-dev r6,later fast ingress fast-refresh 60 fast-flows 1000"
set_all()
{
	# shellcheck disable=SC2086 # words
	nat dev set $every_option && nat dev show | grep -x "    fast-dev r6,later" &&
		nat dev show | grep -x "    fast ingress fast-refresh 60 fast-flows 1000" &&
		nat dev show | grep -x "    flows 0 of 1000" &&
		nat -j dev show | jq -e '.[0] | .fast == "ingress" and .fast_refresh == 60 and
			.fast_flows == 1000 and .fast_dev == ["r6", "later"]'
}
run_case "every option of the fast path is set and shown" set_all
run_case "... and saved" eval '
	nat save >"$work/saved" && head -n 1 "$work/saved" | grep -F "fast-dev r6,later" "$work/saved" &&
	grep -F "fast ingress fast-refresh 60 fast-flows 1000" "$work/saved"'
run_case "... and restored to a new device" eval '
	nat dev del nat64 && nat restore "$work/saved" && nat save | diff "$work/saved" -'
run_case "restore makes them what they are in a new device, if the file does not name them" eval '
	sed "1s/ fast-dev .* hash-key/ hash-key/" "$work/saved" | nat restore - &&
	fails eval "nat64 -n $ROUTER save | grep fast"'
run_case "set leaves alone what it does not name" eval '
	nat dev set fast rule fast-refresh 7 && nat dev set fast-flows 1000 && nat dev set tos copy &&
	nat dev show | grep -x "    fast rule fast-refresh 7 fast-flows 1000"'
run_case "fast-dev none" eval '
	nat dev set fast-dev r6 && nat dev set fast-dev none && nat -j dev show | jq -e ".[0].fast_dev == []"'
run_case "a device twice" expect 1 "dev nat64 fast-dev r6: device is named twice" nat dev set fast-dev r6,r4,r6
run_case "not all devices" expect 2 'fast-dev "any": must be names of devices or none' nat dev set fast-dev any

# --- flow

# shown [ADDRESS]: the flows, without the numbers that grow and shrink.
shown()
{
	nat flow show "$@" | sed -E 's/ packets [1-9][0-9]* expires [1-9][0-9]{0,3}s / /'
}

# Flows last for longer than the test.
nat dev set fast rule fast-refresh 3600 fast-flows 65536
out="[$C6]:5000 > [$S6]:7 becomes $C4:5000 > $S4:7"
back="$S4:7 > $C4:5000 becomes [$S6]:7 > [$C6]:5000"
here="udp iif r6 $out oif r4 mtu 1500
udp iif r4 $back oif r6 mtu 1500"
other="udp iif r6 [$C46]:4000 > [$S6]:7 becomes 198.51.100.4:4000 > $S4:7 oif r4 mtu 1500
udp iif r4 $S4:7 > 198.51.100.4:4000 becomes [$S6]:7 > [$C46]:4000 oif r6 mtu 1500"

run_case "flow show: nothing is known yet" same "" nat flow show
run_case "flow count: none" same 0 nat flow count
run_case "flow show: both directions, one below the other" eval 'talk "$CLIENT" $C6 5000 $S6 && same "$here" shown'
run_case "flow show: from the IPv4 side, sorted by host and port" eval '
	talk "$CLIENT" $C46 4000 $S6 && talk "$CLIENT" $C6 4999 $S6 && same "${here//5000/4999}
$here
$other" shown'
for address in $C6 $C4; do
	run_case "flow show $address" same "${here//5000/4999}
$here" shown $address
	run_case "flow count $address" same 4 nat flow count $address dev nat64
done
for address in $S6 $S4; do
	run_case "flow count $address" same 6 nat flow count dev nat64 $address
done
run_case "flow count of an address without any" same 0 nat flow count 203.0.113.99
run_case "flow count: all" same 6 nat flow count
run_case "flow is short for flow show" eval 'same 6 eval "nat64 -n $ROUTER flow | wc -l" && same 6 eval "nat64 -n $ROUTER fl s | wc -l"'
run_case "dev show tells how many there are" eval '
	nat dev show | grep -x "    flows 6 of 65536" && nat -j dev show | jq -e ".[0].flows == 6"'
# What does not change while the test runs.
json_flows()
{
	nat -j flow show $C46 | jq -c 'map(del(.packets, .expires))'
}

json_flow()
{
	printf '{"protocol":"udp","iif":"%s","src":"%s","sport":%d,"dst":"%s","dport":%d,' "$1" "$2" "$3" "$4" "$5"
	printf '"new_src":"%s","new_sport":%d,"new_dst":"%s","new_dport":%d,' "$6" "$3" "$7" "$5"
	printf '"oif":"%s","mtu":1500,"mark":0}' "$8"
}

run_case "flow show as JSON" same \
	"[$(json_flow r6 $C46 4000 $S6 7 198.51.100.4 $S4 r4),$(json_flow r4 $S4 7 198.51.100.4 4000 $S6 $C46 r6)]" \
	json_flows
run_case "... and their packets and time" eval '
	nat -j flow show $C46 | jq -e "all(.packets >= 1 and .expires >= 1 and .expires <= 3600) and length == 2"'
run_case "flow count as JSON" same '[{"ifname":"nat64","flows":2}]' nat -j flow count $C46
run_case "flow show on a terminal, in columns and colours" eval '
	script -qec "nat64 -n $ROUTER flow show" /dev/null >"$work/screen" && grep $'"'\\e\\['"' "$work/screen" &&
	same 1 eval "sed -E \"s/\\x1b\\[[0-9;]*m//g; s/ becomes.*//\" $work/screen | awk \"{ print length }\" | sort -u | wc -l"'
run_case "a batch of flow commands" same "6
2" eval 'printf "flow count\nflow flush $C6\nflow count\n" | nat64 -n "$ROUTER" -b -'
run_case "flow flush ADDRESS: the others stay" same "$other" shown
run_case "flow flush: all" eval 'nat flow flush && same 0 nat flow count'
run_case "... which are known again when packets come" eval '
	talk "$CLIENT" $C6 5000 $S6 && same "$here" shown && nat flow flush $S4 && same "" shown'
# The same by the YNL specification.
specified()
{
	router lib/ynl.py --dump flow-get --json '{"ifname": "nat64"}' >"$work/flows" && cat "$work/flows" &&
		jq -e --arg src $C6 --arg dst $S6 --arg src4 $C4 --arg dst4 $S4 '[.[].flow[] | select(.src == $src)] |
			length == 1 and (.[0] | .protocol == 17 and .sport == 5000 and .dst == $dst and .dport == 7 and
			."new-src" == $src4 and ."new-sport" == 5000 and ."new-dst" == $dst4 and ."new-dport" == 7 and
			.mtu == 1500 and .packets > 0)' "$work/flows"
}
run_case "flow-get, by its YNL specification" eval 'talk "$CLIENT" $C6 5000 $S6 && specified'
run_case "flow-flush, by its YNL specification" eval '
	router lib/ynl.py --do flow-flush --json "{\"ifname\": \"nat64\", \"addr4\": \"$C4\"}" && same 0 nat flow count'
tcp_flow()
{
	local number line status

	coproc client socat - "TCP6:[$S6]:7,bind=[$C6]:5000"
	for number in 1 2 3 4 5; do
		echo "$number" >&"${COPROC[1]}" && read -r -t 30 -u "${COPROC[0]}" line || return
	done
	same "${here//udp/tcp}" shown
	status=$?
	eval "exec ${COPROC[1]}>&-"
	wait
	return $status
}
run_case "flow show: TCP" tcp_flow
marked()
{
	nat flow flush || return
	router "$IPTABLES" -t mangle -A FORWARD -j MARK --set-mark 0x1f
	talk "$CLIENT" $C6 5000 $S6 && same "udp iif r6 $out oif r4 mtu 1500 mark 0x1f" eval 'shown | head -n 1' &&
		nat -j flow show | jq -e 'map(.mark) == [31, 0]'
}
run_case "flow show: a mark" marked
router "$IPTABLES" -t mangle -F FORWARD

run_case "flow: a device that is not there" eval '
	expect 1 "dev other: no such device" nat flow show dev other &&
	expect 1 "dev other: no such device" nat flow count dev other &&
	expect 1 "dev other: no such device" nat flow flush dev other'
run_case "flow: a device of another kind" expect 1 "dev r4: not a NAT64 device" nat flow flush dev r4
user()
{
	router setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
run_case "a user may not see flows" expect 1 "dev nat64: Operation not permitted" user nat64 flow show
run_case "a user may not flush them" expect 1 "dev nat64: Operation not permitted" user nat64 flow flush

# --- route

# cached WORD...: what "nat64 route" says of the fast path, without the seconds.
cached()
{
	nat route "$@" | sed -n -E '/cached/{s/ [1-9][0-9]{0,3} s left/ N s left/;p}'
}
nat flow flush
nat stats reset
run_case "route: no flow yet" same "    no flow cached: no second packet of TCP or UDP was let through yet" \
	cached $C6 to $S6
run_case "route: no flow yet, as JSON" eval '
	nat -j route $C6 to $S6 | jq -e ".[0].fast == {\"mode\": \"rule\", \"flows\": 0, \"refused\": []}"'
talk "$CLIENT" $C6 5000 $S6
run_case "route: a flow" same "    flow cached, via r4, N s left" cached $C6 to $S6
run_case "route: a flow, by the IPv4 address of the destination" same "    flow cached, via r4, N s left" cached $C6 to $S4
run_case "route: the way back" same "    flow cached, via r6, N s left" cached $S4 to $C4
run_case "route: of other hosts" same "    no flow cached: no second packet of TCP or UDP was let through yet" \
	cached $C46 to $S6
talk "$CLIENT" $C6 5001 $S6
talk "$CLIENT" $C46 5000 $S6
run_case "route: several flows" same "    2 flows cached, via r4, up to N s left" cached $C6 to $S6
run_case "route: to a destination" same "    3 flows cached, via r4, up to N s left" cached $S6
run_case "route: as JSON" eval '
	nat -j route $C6 to $S6 | jq -e ".[0].fast | .mode == \"rule\" and .flows == 2 and .oif == \"r4\" and
		.expires >= 1 and .expires <= 3600"'
refused()
{
	nat flow flush && nat stats reset || return
	router "$IPTABLES" -t mangle -A FORWARD -j DSCP --set-dscp 10
	talk "$CLIENT" $C6 5000 $S6 && same "    no flow cached: no second packet of TCP or UDP was let through yet; \
of this device's, some were refused: fast_changed" cached $C6 to $S6 &&
		nat -j route $C6 to $S6 | jq -e '.[0].fast.refused == ["fast_changed"]'
}
run_case "route: flows that were refused" refused
router "$IPTABLES" -t mangle -F FORWARD
run_case "route: a packet that is dropped" same "" cached $S4 to 198.51.100.99
# The end of a dynamic mapping; hashes of these addresses, and of the server's, differ (generation.h).
ends_alone()
{
	local host

	for host in a b; do
		ip -n "$CLIENT" addr add 2001:db8:1::$host/64 dev c0 nodad preferred_lft 0 || return
	done
	nat dev set pool 192.0.2.0/24 pool 198.51.100.128/25 &&
		nat map add 2001:db8:1::a 198.51.100.130 dynamic && nat map add 2001:db8:1::b 198.51.100.131 dynamic &&
		talk "$CLIENT" 2001:db8:1::a 5000 $S6 && talk "$CLIENT" 2001:db8:1::b 5000 $S6 &&
		same 2 nat flow count 198.51.100.130 && same 2 nat flow count 198.51.100.131 &&
		nat map del 198.51.100.130 && same 0 nat flow count 198.51.100.130 && same 2 nat flow count 198.51.100.131
}
run_case "the end of a dynamic mapping ends the flows of its host, and no others" ends_alone
run_case "... that of a static one ends all" eval '
	same 2 nat flow count 198.51.100.131 && nat map del $C46 && same 0 nat flow count'
nat map add $C46 198.51.100.4 || die "no mapping"
nat dev set fast off
run_case "route says nothing of a fast path that is off" same "" cached $C6 to $S6
run_case "... but JSON does" eval 'nat -j route $C6 to $S6 | jq -e ".[0].fast.mode == \"off\""'
run_case "flow show: without a fast path there are none" same "" nat flow show

# Only the packet that began a flow can finish it, and while it waits, nobody knows of it.
waits()
{
	nat dev set fast rule && router "$IPTABLES" -I FORWARD -p udp -j NFQUEUE --queue-num 5 &&
		router "$IP6TABLES" -I FORWARD -p udp -j NFQUEUE --queue-num 5 || return
	router python3 packets/nfqueue.py 5 >"$work/nfqueue" 2>&1 &
	within 60 grep ready "$work/nfqueue" && talk "$CLIENT" $C6 5000 $S6 && same 0 nat flow count
}
run_case "what waits in NFQUEUE makes no flow" waits
router "$IPTABLES" -F FORWARD
router "$IP6TABLES" -F FORWARD

# Flows have routes of the namespace, which may go as soon as the device has left it.
moved()
{
	nat dev set fast rule && talk "$CLIENT" $C6 5000 $S6 &&
		nat -j dev show | jq -e '.[0].flows > 0' && ip -n "$ROUTER" link set nat64 netns "$aside" &&
		nat64 -n "$aside" -j dev show | jq -e '.[0].flows == 0'
}
aside=$ROUTER-aside
new_ns "$aside"
run_case "flows do not move to another namespace with the device" moved

finish
