#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Commands that watch: nat64 monitor and its log, nat64 top.

. "$(dirname "$0")"/../lib/lib.sh

need jq logger socat tmux
setup_net
nat64_up both pool 198.51.100.0/24

nat()
{
	nat64 -n "$ROUTER" "$@"
}

map_dynamic()
{
	nat map add 2001:db8:1::a 198.51.100.10 dynamic && nat map del 198.51.100.10
}

# listens COMMAND...: run it in the background, and wait until it hears of a mapping.
listens()
{
	hush
	# The background process empties the file only later; older events must not count as this one's.
	rm -f "$work/events"
	router "$@" >"$work/events" 2>"$work/errors" &
	within 60 heard
}

heard()
{
	nat map add 2001:db8:1::f 198.51.100.250 dynamic
	nat map del 198.51.100.250
	grep -q -s 198.51.100.250 "$work/events"
}

listeners()
{
	local pid

	for pid in $(ip netns pids "$ROUTER"); do
		! grep -q -x nat64 "/proc/$pid/comm" || echo "$pid"
	done 2>/dev/null
}

# Ends all listeners.
hush()
{
	listeners | xargs -r kill -9
	within 60 same "" listeners
}

# Makes another event, which comes after all earlier ones.
tells_more()
{
	nat map add 2001:db8:1::e 198.51.100.249 dynamic && nat map del 198.51.100.249 &&
		within 60 grep "del 2001:db8:1::e 198.51.100.249" "$work/events"
}

# --- monitor

monitor_text()
{
	local stamp='^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}'

	listens nat64 monitor || return
	map_dynamic && within 60 grep -E "$stamp nat64 del 2001:db8:1::a 198.51.100.10$" "$work/events" &&
		grep -E "$stamp nat64 add 2001:db8:1::a 198.51.100.10$" "$work/events"
}
run_case "monitor: a line an event, with the time" monitor_text

monitor_json()
{
	local before after

	before=$(date +%s)
	listens nat64 -j monitor || return
	map_dynamic && within 60 eval 'grep "del.*198.51.100.10" "$work/events"' || return
	after=$(date +%s)
	jq -e -s --argjson before "$before" --argjson after "$((after + 1))" '
		[.[] | select(.ipv4 == "198.51.100.10")] | map(.event) == ["add", "del"] and
		all(.epoch >= $before and .epoch <= $after and .type == "dynamic" and
		    .ifname == "nat64" and .ipv6 == "2001:db8:1::a" and
		    ((.time | sub("\\.[0-9]+"; "") | sub("[+-][0-9:]+$"; "Z") | fromdate) -
		     .epoch | fabs) < 86400)' "$work/events" &&
		same "$(wc -l <"$work/events")" jq -s length "$work/events"
}
run_case "monitor -j: an object a line, with the time in both forms" monitor_json

monitor_one()
{
	nat dev add other pool 192.0.2.0/24 && listens nat64 monitor dev nat64 &&
		nat map add 2001:db8:1::b 192.0.2.10 dynamic dev other && tells_more &&
		fails grep other "$work/events"
}
run_case "monitor dev: the others are not told" monitor_one
nat dev del other

heard_json()
{
	nat map add 2001:db8:1::e 198.51.100.249 dynamic
	nat map del 198.51.100.249
	grep "del.*198.51.100.249" "$work/events"
}

# The monitor sleeps while more events come than its socket holds.
lost()
{
	local pid i

	nat dev set pool 10.0.0.0/16 198.51.100.0/24 quota none || return
	listens nat64 -j monitor || return
	pid=$(listeners)
	kill -STOP "$pid"
	for ((i = 256; i < 20000; i++)); do
		echo "map add 2001:db8:9::$((i / 250)):$((i % 250)) 10.0.$((i / 250)).$((i % 250 + 1)) dynamic"
	done | nat -b -
	nat map flush dynamic
	kill -CONT "$pid"
	within 60 grep '"event":"lost"' "$work/events" && grep "some are lost" "$work/errors" &&
		within 60 heard_json
}
run_case "monitor: what is lost is told, and what follows is not" lost
nat dev set pool 198.51.100.0/24 quota none

# What the unit runs, and a syslog daemon that keeps it.
syslog()
{
	socat -u UNIX-RECV:"$work/log" OPEN:"$work/syslog",creat,append &
	within 60 test -S "$work/log" || return
	router nat64 monitor | logger -t nat64-log -p local0.info -u "$work/log" &
	within 60 eval 'heard; grep -a "nat64-log: .* nat64 add 2001:db8:1::f 198.51.100.250" "$work/syslog"'
}
: >"$work/events"
run_case "monitor | logger: a syslog daemon hears of mappings" syslog

# --- top

# A screen of 80 by 24, as somebody sees it.
screen()
{
	tmux -L "nat64-$$" -f /dev/null "$@"
}

shows()
{
	screen capture-pane -p -t top >"$work/screen" && grep -E "$1" "$work/screen"
}

shows_all()
{
	local pattern

	for pattern; do
		shows "$pattern" || return
	done
}

# traffic: starts pings in the background, until no_traffic, and waits until they cross.
traffic()
{
	client ping -q -n -i 0.1 $S6 >/dev/null &
	within 60 stat_grows xlat_4to6 sleep 0.1
}

no_traffic()
{
	ip netns pids "$CLIENT" | xargs -r kill 2>/dev/null
}

top_screen()
{
	nat map add 2001:db8:1::a 198.51.100.10 dynamic idle 30 && nat map add 2001:db8:1::b 198.51.100.11 dynamic || return
	stat_grows drop_no_mapping4 fails ping_once "$SERVER" -W 1 198.51.100.77 >/dev/null || return
	screen new-session -d -s top -x 80 -y 24 "ip netns exec $ROUTER nat64 top; echo status \$?; sleep 600" || return
	within 60 shows_all '^nat64 +[0-9]+ +[0-9]+ .*\[# +\] 2 of 254' '^drop_no_mapping4 ' \
		'^ *[0-9]+s  2001:db8:1::b  *198.51.100.11$' 'q quits' || { cat "$work/screen"; return 1; }
	[ "$(grep -n 2001:db8:1::b "$work/screen" | cut -d : -f 1)" -lt \
	  "$(grep -n 2001:db8:1::a "$work/screen" | cut -d : -f 1)" ] || return
	traffic
	within 60 shows '^nat64 +[1-9][0-9]* +[1-9]' || { cat "$work/screen"; return 1; }
	screen resize-window -t top -x 100 -y 10 && within 60 shows 'nat64 top' || return
	# That line is not there while top is running.
	fails shows 'status' && screen send-keys -t top q && within 60 shows '^status 0'
}
run_case "top: a picture that follows, and q ends it" top_screen
no_traffic
screen kill-server

top_batch()
{
	traffic
	within 60 batch_rates && fails grep -q $'\e' "$work/top"
}
# Not a ping may cross in the very second.
batch_rates()
{
	router nat64 top batch count 2 interval 1 >"$work/top" &&
		[ "$(grep -c '^DEVICE' "$work/top")" -eq 2 ] && grep -E '^nat64 +[1-9]' "$work/top"
}
run_case "top batch: as often as was asked" top_batch
no_traffic
top_json()
{
	traffic
	within 60 json_rates
}
json_rates()
{
	router nat64 -j top count 2 >"$work/top" &&
		jq -e -s 'length == 2 and .[1].ifname == "nat64" and .[1].xlat_6to4 > 0 and
			.[1].xlat_4to6 > 0 and .[1].bits > 0 and .[1].pool_size == 254 and
			.[1].dynamic >= 3 and (.[1].recent | length) >= 3' "$work/top"
}
run_case "top -j: the rates are those of the traffic" top_json
no_traffic
run_case "top: no such device" expect 1 "dev other" router nat64 top count 1 dev other

# --- colours

color()
{
	router script -q -e -c "env -u NO_COLOR TERM=xterm $1" /dev/null
}
run_case "colours on a terminal" eval '
	color "nat64 map show" | grep $(printf "\e\\[3[0-9]m2001:db8:1::a")'
run_case "... but not with NO_COLOR" eval '
	color "env NO_COLOR=1 nat64 map show" >"$work/out" && grep 2001:db8:1::a "$work/out" &&
	fails grep -q $(printf "\e") "$work/out"'
run_case "... nor on a terminal that has none" eval '
	color "env TERM=dumb nat64 map show" >"$work/out" && grep 2001:db8:1::a "$work/out" &&
	fails grep -q $(printf "\e") "$work/out"'
run_case "... nor in a pipe" eval '
	nat map show >"$work/out" && grep 2001:db8:1::a "$work/out" && fails grep -q $(printf "\e") "$work/out"'
run_case "... unless with --color" eval '
	nat -c map show | grep $(printf "\e\\[3[0-9]m2001:db8:1::a") && nat --color=never map show >"$work/out" &&
	fails grep -q $(printf "\e") "$work/out"'

finish
