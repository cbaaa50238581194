#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 up applies a configuration file as a whole, and nat64 down removes everything again. systemd
# runs these commands.

. "$(dirname "$0")"/../lib/lib.sh

need ping jq setpriv unshare systemd-analyze
setup_net
load_modules
start_peers
for i in 1 2 3; do
	ip -n "$CLIENT" addr add 2001:db8:1::a$i/64 dev c0 preferred_lft 0
done

export STATE_DIRECTORY=$work/state
conf=$work/nat64.conf
key="hash-key 000102030405060708090a0b0c0d0e0f"
dev="dev add nat64 prefix $PREFIX pool 198.51.100.64/29 $key"
whole="# A NAT64 with all there can be.

$dev idle-timeout 600 translatable 10.7.0.0/24
map add $C6 $C4		# the client
route $C4
address 198.51.100.70/32
address 2001:db8:7::1/128 dev nat64"

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# Writes a file, and puts it in force.
up()
{
	printf '%s\n' "$@" >"$conf"
	nat up "$conf"
}

down()
{
	nat down "$conf"
}

# The routes into the device that have been made by protocol $1.
routes()
{
	{
		ip -n "$ROUTER" -6 route show dev nat64 proto "$1"
		ip -n "$ROUTER" -4 route show dev nat64 proto "$1"
	} | cut -d ' ' -f 1 | xargs
}

addresses()
{
	ip -n "$ROUTER" -j addr show dev nat64 | jq -r '.[0].addr_info | sort_by(.family) |
		map(select(.scope != "link") | "\(.local)/\(.prefixlen)") | join(" ")'
}

# Everything in the router that an up could change.
everything()
{
	nat save
	nat map show dynamic | sed 's/ idle.*//'
	ip -n "$ROUTER" -6 route show table all
	ip -n "$ROUTER" -4 route show table all
	ip -n "$ROUTER" addr
}

from()
{
	ping_once "$CLIENT" -I "$1" $S6
}


# --- up

from_nothing()
{
	within 60 rmmod xt_NAT64 && within 60 rmmod nat64 || return
	printf '%s\n' "$whole" >"$conf"
	router setpriv --bounding-set -all,+net_admin nat64 up "$conf" >"$work/said" 2>&1
	local status=$?
	cat "$work/said"
	[ $status -eq 0 ] && [ ! -s "$work/said" ]
}
run_case "up, with no more than CAP_NET_ADMIN, loads the module" from_nothing
run_case "... makes what save prints" same "$dev translatable 10.7.0.0/24 idle-timeout 600
map add $C6 $C4" eval 'nat save | sed "s/ $key\(.*\)/\1 $key/; s/ \($key\)$//; s/\(pool [^ ]*\)/\1 $key/"'
run_case "... sets addresses" same "198.51.100.70/32 2001:db8:7::1/128" addresses
run_case "... and routes" same \
	"$PREFIX 10.7.0.0/24 $C4 198.51.100.64/29" routes 64
traffic_cases up
run_case "UDP from an address without a mapping (up)" eval '
	from 2001:db8:1::a1 && [[ $(mapped4 2001:db8:1::a1) == 198.51.100.6[5-9] ]]'

again()
{
	local before

	before=$(everything)
	nat up "$conf" && same "$before" everything
}
run_case "up once more changes nothing" again
lossless()
{
	local pid

	ip netns exec "$CLIENT" ping -q -n -i 0.01 -c 200 $S6 >"$work/ping" &
	pid=$!
	nat up "$conf" && nat up "$conf" && nat up "$conf" || return
	wait $pid
	cat "$work/ping"
	grep " 0% packet loss" "$work/ping"
}
run_case "... to packets that cross meanwhile, too" lossless
run_case "up mends what has been changed by hand" eval '
	before=$(everything)
	nat map del $C4 && nat dev set translatable none && ip -n "$ROUTER" link set nat64 down &&
	ip -n "$ROUTER" addr del 198.51.100.70/32 dev nat64 && nat up "$conf" && same "$before" everything'

changed()
{
	ip -n "$ROUTER" route add 192.0.2.0/24 dev nat64 proto static || return
	up "dev add nat64 prefix $PREFIX 2001:db8:65::/96 pool 198.51.100.128/28" \
		"address 198.51.100.130/25" "address 198.51.100.131/25" "map add $C6 198.51.100.3" \
		"route 198.51.100.3" || return
	same "198.51.100.130/25 198.51.100.131/25" addresses &&
		same "$PREFIX 2001:db8:65::/96 198.51.100.3 198.51.100.128/28" routes 64 &&
		same 192.0.2.0/24 routes static && same 198.51.100.3 who_udp "$CLIENT" $S6 || return
	# The second address goes with the first, and comes back.
	up "dev add nat64 prefix $PREFIX pool 198.51.100.128/28" "address 198.51.100.131/25" &&
		same 198.51.100.131/25 addresses &&
		same "$PREFIX 198.51.100.128/28" routes 64 &&
		same "" nat map show static
}
run_case "a changed file takes the place of what is in force; routes of others stay" changed
two_devices()
{
	up "$dev" "dev add second prefix 2001:db8:65::/96" "address 203.0.113.9/32 dev second" \
		"map add $C6 $C4 dev second" "route $C4 dev second" || return
	ip -n "$ROUTER" -4 route show dev second proto 64 | grep "$C4" &&
		nat map get $C4 dev second && same "" addresses && down &&
		fails ip -n "$ROUTER" link show second
}
run_case "two devices, up and down" two_devices

# --- what is wrong with a file

# broken "NUMBER: WORDS" LINE...: such a file is refused in these words, and nothing changes.
broken()
{
	local words=$1 before

	shift
	printf '%s\n' "$@" >"$work/broken"
	before=$(everything)
	nat up "$work/broken" >"$work/said" 2>&1 && return 1
	cat "$work/said"
	grep -F "broken:$words" "$work/said" && same "$before" everything
}
up "$whole" 2>/dev/null
run_case "a broken file changes nothing: a word" broken '2: unknown word "foo"' "$dev" "dev add other foo"
run_case "... a command that is none of these" broken \
	'2: "map del": neither "dev add" nor "map add", address, route, noroute, masquerade or forwarding' \
	"$dev" "map del $C4"
run_case "... an address without a device" broken '1: dev nat64: no "dev add" before its address' \
	"address 192.0.2.1/32" "$dev"
run_case "... a route without a device" broken '2: dev other: no "dev add" before its route' \
	"$dev" "route 192.0.2.0/24 dev other"
run_case "a file that is not there" expect 1 "nowhere: No such file" nat up "$work/nowhere"
run_case "... no address" broken '2: "192.0.2.1/33" is not an IPv4 address' "$dev" "address 192.0.2.1/33"
run_case "... no route" broken '2: "192.0.2.1/24" has bits set' "$dev" "route 192.0.2.1/24"
run_case "... a word too many" broken '2: unknown word "up"' "$dev" "address 192.0.2.1/32 up"
run_case "... what the kernel refuses" broken '3: dev other prefix 2001:db8::/33: prefix length is not' \
	"$dev" "" "dev add other prefix 2001:db8::/33"
run_case "... a device of another kind" broken '2: dev r4: not a NAT64 device' "$dev" "dev add r4"
run_case "... a route that another device has" broken \
	"3: dev other route 203.0.113.0/24: is there already, of another device" \
	"${whole/$'\n'*}" "dev add other prefix 2001:db8:66::/96" "route 203.0.113.0/24 dev other"
run_case "... a metric that is none" broken '2: metric "0": not a number from 1 to 4294967295' "$dev" \
	"route 192.0.2.0/24 metric 0"
run_case "... a route to leave out that is none" broken \
	'2: dev nat64: "up" would add no route for 192.0.2.0/24' "$dev" "noroute 192.0.2.0/24"
run_case "... a word behind forwarding" broken '2: unknown word "r4", see "nat64 up help"' "$dev" "forwarding r4"
run_case "... masquerade without a pool" broken '2: dev other: has no pool to masquerade' \
	"dev add other" "masquerade r4 dev other"
run_case "restore knows no addresses" expect 2 "2: \"address 192.0.2.1/32\": neither" \
	nat restore - <<<"$dev
address 192.0.2.1/32"

# --- forwarding

# warned SETTING WORDS: with the setting off, up warns of it, and of nothing else.
warned()
{
	router sysctl -qw "$1=0" || return
	nat up "$conf" >"$work/said" 2>&1
	local status=$?
	router sysctl -qw "$1=1"
	cat "$work/said"
	[ $status -eq 0 ] && same 1 grep -c . "$work/said" &&
		grep -F "nat64: warning: $2 forwarding is off (a line \"forwarding\" in the file turns it on)" "$work/said"
}
run_case "up warns where IPv4 forwarding is off" warned net.ipv4.ip_forward IPv4
run_case "up warns where IPv6 forwarding is off" warned net.ipv6.conf.all.forwarding IPv6

# --- down

nothing_left()
{
	down && fails ip -n "$ROUTER" link show nat64 &&
		same "" ip -n "$ROUTER" -4 route show table all proto 64 &&
		same "" ip -n "$ROUTER" -6 route show table all proto 64 &&
		fails grep -E "198\.51\.100\.70|2001:db8:7::1" <(ip -n "$ROUTER" addr)
}
run_case "down leaves nothing" nothing_left
run_case "down once more is well, too" down
run_case "down does not mind what is wrong with an option" eval '
	up "$whole" && sed -i "s/pool/pol/" "$conf" && nothing_left'
run_case "... nor with another line" eval '
	up "$whole" && sed -i "1i dev add \"open" "$conf" && expect 2 ":1: " down &&
	fails ip -n "$ROUTER" link show nat64'
run_case "down removes no device of another kind" eval '
	echo "dev add r4" >"$work/broken"
	expect 1 "broken:1: dev r4: not a NAT64 device" nat down "$work/broken" &&
	ip -n "$ROUTER" link show r4'

# --- dynamic mappings

aged()
{
	local before

	rm -rf "$STATE_DIRECTORY"
	up "$whole" || return
	before=$EPOCHSECONDS
	from 2001:db8:1::a1 || return
	echo "$before $EPOCHSECONDS" >"$work/used-a1"
	mapped4 2001:db8:1::a1 >"$work/a1"
	sleep 4
	before=$EPOCHSECONDS
	from 2001:db8:1::a2 || return
	echo "$before $EPOCHSECONDS" >"$work/used-a2"
	down || return
	same 700 command stat -c %a "$STATE_DIRECTORY" &&
		same 600 command stat -c %a "$STATE_DIRECTORY/nat64.dynamic" || return
	sleep 3
	# Another key: the addresses are not those that the hash would choose.
	expect 0 "2 dynamic mappings restored, 0 there already, 0 expired, 0 refused" \
		up "${whole/$key/hash-key 101112131415161718191a1b1c1d1e1f}" &&
		same "$(<"$work/a1")" mapped4 2001:db8:1::a1
}
run_case "B8 dynamic mappings survive down and up" aged
run_case "B8 ... with their age, that of the time between included" eval '
	idle_since 2001:db8:1::a1 "$work/used-a1" && idle_since 2001:db8:1::a2 "$work/used-a2"'
run_case "B8 ... and used" stat_moves map_created 0 from 2001:db8:1::a1
run_case "B8 saved each to its file in a directory, they survive a sudden end" eval '
	nat dev add second && nat save dynamic to "$STATE_DIRECTORY" && nat dev del second && nat dev del nat64 &&
	[ -e "$STATE_DIRECTORY/second.dynamic" ] && [ ! -s "$STATE_DIRECTORY/second.dynamic" ] &&
	nat up "$conf" && same "$(<"$work/a1")" mapped4 2001:db8:1::a1'
run_case "a device that is there already gets none that have been flushed" eval '
	nat map flush dynamic && nat up "$conf" && same "" nat map show dynamic'
run_case "a broken file of dynamic mappings is told, and the rest is done" eval '
	down && echo foo >"$STATE_DIRECTORY/nat64.dynamic" &&
	expect 0 "nat64.dynamic:1: not a \"map add\"" nat up "$conf" && ping_once "$CLIENT" $S6'

# --- the names of files that are not given, and the units

# In a mount namespace, to leave those of this machine alone.
default_names()
{
	down
	mkdir "$work/etc" "$work/var" && cp "$conf" "$work/etc/nat64.conf" || return
	# shellcheck disable=SC2016 # for the other shell
	unshare -m env -u STATE_DIRECTORY sh -c '
		mount --bind "$1/etc" /etc/nat64 && mount --bind "$1/var" /var/lib && nat64 -n "$2" up &&
		nat64 -n "$2" dev show nat64 && nat64 -n "$2" down' - "$work" "$ROUTER" || return
	[ -e "$work/var/nat64/nat64.dynamic" ] && fails ip -n "$ROUTER" link show nat64
}
run_case "/etc/nat64/nat64.conf and /var/lib/nat64 where no file is named" default_names

units()
{
	local dir

	dir=$(pkg-config --variable=systemdsystemunitdir systemd 2>/dev/null)
	# verify also complains about services of the machine that ours are ordered with.
	for unit in nat64.service nat64@lab.service nat64-save.service nat64-save.timer \
		nat64-log.service nat64-prometheus.service nat64-prometheus.timer; do
		[ -e "${dir:-/lib/systemd/system}/${unit/lab}" ] || return
		systemd-analyze verify --man=no --recursive-errors=no "$unit" 2>&1 || return
	done >"$work/verify"
	fails grep nat64 "$work/verify"
}
run_case "systemd finds nothing wrong with the units" units
run_case "... and gives little away to them" eval '
	systemd-analyze security --offline=yes --threshold=20 nat64.service nat64-save.service nat64@.service \
		nat64-log.service nat64-prometheus.service |
		tail -n 3; [ "${PIPESTATUS[0]}" -eq 0 ]'

finish
