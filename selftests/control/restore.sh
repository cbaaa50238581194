#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Saved configurations come back in one step, and saved dynamic mappings come back with their age.
# MAPPINGS is the size of a large table.

. "$(dirname "$0")"/../lib/lib.sh

need ping jq
setup_net
nat64_up target pool 198.51.100.64/29 hash-key 000102030405060708090a0b0c0d0e0f
for i in 1 2 3 4; do
	ip -n "$CLIENT" addr add 2001:db8:1::a$i/64 dev c0 preferred_lft 0
done

nat()
{
	nat64 -n "$ROUTER" "$@"
}

from()
{
	ping_once "$CLIENT" -I "$1" $S6
}

# --- save

run_case "save leaves out what a new device has anyway" same \
	"dev add nat64 prefix $PREFIX pool 198.51.100.64/29 hash-key 000102030405060708090a0b0c0d0e0f" nat save

every_option="dev add nat64 prefix $PREFIX 2001:db8:122::/48 pool 198.51.100.64/29 translatable 10.7.0.0/24 hook r6,r4 \
wkp-strict off udp-zero-csum forward tos zero lowest-ipv6-mtu 1400 icmp-source 192.0.0.8 idle-timeout 300 \
quota 7 hash-key 000102030405060708090a0b0c0d0e0f"
save_all()
{
	nat dev set "${every_option#dev add nat64 }" 2>/dev/null && return 1
	# shellcheck disable=SC2086 # words
	nat dev set ${every_option#dev add nat64 } || return
	nat map add $C6 $C4 && nat map add 2001:db8:5::/64 203.0.113.128/25 || return
	same "$every_option
map add $C6 $C4
map add 2001:db8:5::/64 203.0.113.128/25" nat save dev nat64
}
run_case "save prints every option and mapping" save_all
run_case "save to a file that only its owner can read" eval '
	(umask 0; nat save to "$work/saved") && same 600 command stat -c %a "$work/saved" &&
	cmp "$work/saved" <(nat save) && [ ! -e "$work/saved.new" ]'
run_case "... which may be there already" eval '
	nat save all to "$work/saved" && [ "$(grep -c "^dev add" "$work/saved")" -eq 1 ]'
run_case "save warns if others can read the key" eval '
	(umask 022; expect 0 "" eval "nat save >$work/loose" && nat save 2>&1 >"$work/loose" |
		grep "others can read")'
run_case "save of a user who may not see the key fails" expect 1 "hash key" \
	router setpriv --reuid 65534 --regid 65534 --clear-groups nat64 save
run_case "save of a device that is not there" expect 1 "dev other: no such device" nat save dev other

# --- restore

# becomes FILE: restores the configuration from the file, and then it is what the file says.
becomes()
{
	nat restore "$1" && nat save | diff "$1" -
}
run_case "restore brings back a device that is gone, and its mappings" eval '
	nat dev del nat64 && becomes "$work/saved" && nat -j dev show nat64 | jq -e ".[0].up != false" &&
	ip -n "$ROUTER" -o link show nat64 | grep -w UP'
run_case "restore of what is there changes nothing" becomes "$work/saved"
run_case "restore takes away what the file does not have" eval '
	nat map add 2001:db8:1::7 198.51.100.7 && nat dev set quota 99 && becomes "$work/saved"'
run_case "restore makes defaults of what the file does not name, but keeps the key" eval '
	echo "dev add nat64 prefix $PREFIX pool 198.51.100.64/29" | nat restore - &&
	same "dev add nat64 prefix $PREFIX pool 198.51.100.64/29 hash-key 000102030405060708090a0b0c0d0e0f" nat save'
two_devices()
{
	printf '%s\n' "dev add nat64 prefix $PREFIX # the first" "" "map add $C6 $C4" \
		"dev add second prefix 2001:db8:65::/96" "map add $C6 198.51.100.200 dev second" |
		nat restore - || return
	nat map get $C6 dev second | grep 198.51.100.200 && nat map get $C6 | grep -w $C4 || return
	echo "dev add second" | nat restore - || return
	# The first is not named, and stays.
	same "" nat map show dev second && nat map get $C6 | grep -w $C4 && nat dev del second
}
run_case "restore of two devices, and of one of two" two_devices

# broken "NUMBER: WORDS" LINE...: such a file is refused in these words, and nothing changes.
broken()
{
	local words=$1 before

	shift
	printf '%s\n' "$@" >"$work/broken"
	before=$(nat save)
	expect 1 "broken:$words" nat restore "$work/broken" ||
		expect 2 "broken:$words" nat restore "$work/broken" || return
	same "$before" nat save && expect 1 "no such device" nat dev show other
}
dev="dev add nat64 prefix $PREFIX"
run_case "a broken file changes nothing: a word" broken '3: unknown word "foo"' \
	"$dev" "map add 2001:db8::1 192.0.2.1" "dev add other foo"
run_case "... a word after many mappings" eval '
	mapfile -t many < <(printf "map add 2001:db8:9::%x 10.9.0.%d\n" 1 1 2 2 3 3 4 4)
	broken "6: \"10.9.0.256\" is not" "$dev" "${many[@]}" "map add 2001:db8:9::5 10.9.0.256"'
run_case "... a mapping that the kernel refuses" broken \
	'4: map 2001:db8::3 192.0.2.1: IPv4 prefix is mapped already' \
	"$dev" "map add 2001:db8::1 192.0.2.1" "map add 2001:db8::2 192.0.2.2" "map add 2001:db8::3 192.0.2.1"
run_case "... an option that the kernel refuses, of a device that is new" broken \
	'3: dev other prefix 2001:db8::/33: prefix length is not' \
	"$dev" "map add 2001:db8::1 192.0.2.1" "dev add other prefix 2001:db8::/33"
run_case "... a mapping of a device that is not in the file" broken \
	'1: dev nat64: no "dev add" before its mapping' "map add 2001:db8::1 192.0.2.1"
run_case "... a device twice" broken '2: dev nat64: was given before' "$dev" "$dev"
run_case "... another command" broken '2: "map flush": neither' "$dev" "map flush"
run_case "a file that is not there" expect 1 "No such file" nat restore "$work/nowhere"

# Hosts whose mappings stay the same talk on while the table is swapped.
swapped_under_traffic()
{
	local i pid

	nat restore - <<<"$dev
map add $C6 $C4" || return
	ip netns exec "$CLIENT" ping -q -n -i 0.005 -c 600 $S6 >"$work/ping" &
	pid=$!
	for i in 1 2 3 4 5 6 7 8 9 10; do
		{
			echo "$dev pool 10.$i.0.0/24"
			echo "map add $C6 $C4"
			seq 1 200 | awk -v i=$i '{ printf "map add 2001:db8:b%x::%x 10.200.%d.%d\n", i, $1, i, $1 }'
		} | nat restore - || return
	done
	wait $pid
	cat "$work/ping"
	grep " 0% packet loss" "$work/ping"
}
run_case "no packet is lost while the table is swapped" swapped_under_traffic
run_case "... nor found without its mapping" eval '
	[ "$(stat drop_no_mapping6)" -eq 0 ] && [ "$(stat drop_no_mapping4)" -eq 0 ]'

# An address of the pool that nobody has.
free_address()
{
	local i

	for i in 65 66 67 68 69 70; do
		[ -n "$(mapped6 198.51.100.$i)" ] || { echo 198.51.100.$i; return; }
	done
	return 1
}

conflicts()
{
	local a1 a2 a3 pid free

	nat restore - <<<"$dev pool 198.51.100.64/29" || return
	from 2001:db8:1::a1 && from 2001:db8:1::a2 && from 2001:db8:1::a3 || return
	a1=$(mapped4 2001:db8:1::a1) a2=$(mapped4 2001:db8:1::a2) a3=$(mapped4 2001:db8:1::a3)
	ip netns exec "$ROUTER" nat64 monitor >"$work/events" &
	pid=$!
	free=$(free_address)
	within 60 hears "$work/events" 2001:db8:1::a9 "$free" || return
	nat restore - <<<"$dev pool 198.51.100.64/29
map add 2001:db8:1::a1 198.51.100.1
map add 2001:db8:77::1 $a2" || return
	# Events come in order: once these are there, all earlier ones are.
	within 60 eval 'nat map add 2001:db8:1::aa "$free" dynamic; nat map del "$free"
		grep -q 2001:db8:1::aa "$work/events"' || return
	kill $pid
	cat "$work/events"
	same "$a3" mapped4 2001:db8:1::a3 && same 198.51.100.1 mapped4 2001:db8:1::a1 &&
		same "" mapped4 2001:db8:1::a2 || return
	grep "del 2001:db8:1::a1 $a1" "$work/events" && grep "del 2001:db8:1::a2 $a2" "$work/events" &&
		fails grep "::a3" "$work/events" || return
	# The host whose address is taken gets another.
	from 2001:db8:1::a2 && fails same "$a2" mapped4 2001:db8:1::a2
}
run_case "dynamic mappings stay, but for those in the way of static ones, which are told" conflicts

many=${MAPPINGS:-100000}
/usr/bin/python3 -c '
import sys
print(sys.argv[2])
for i in range(int(sys.argv[1])):
    print("map add 2001:db8:a:1:1:1:%x:%x 10.%d.%d.%d" % ((i >> 16) + 1, i & 0xffff, i >> 16, i >> 8 & 255, i & 255))
' "$many" "$dev hash-key 000102030405060708090a0b0c0d0e0f" >"$work/many"
load()
{
	local start=$EPOCHREALTIME

	nat restore "$work/many" || return
	echo "$start $EPOCHREALTIME" | awk '{ printf "# %.1f seconds\n", $2 - $1 }' >"$work/seconds"
	same "$many" eval 'nat64 -n "$ROUTER" -j dev show | jq ".[0].static"'
}
run_case "a table of $many mappings is restored" load
cat "$work/seconds"
run_case "... and saved as it was" eval 'nat save to "$work/again" && cmp "$work/many" "$work/again"'
run_case "... and taken away" eval '
	nat restore - <<<"$dev" && same 0 eval "nat64 -n $ROUTER -j dev show | jq .[0].static"'

run_python control/restore.py

# --- dynamic mappings

# Makes mappings of a1 and a2, whose ages are checked below. Notes since when each has been idle, as a range.
aged()
{
	local before

	nat restore - <<<"$dev pool 198.51.100.64/29 idle-timeout 600 hash-key 000102030405060708090a0b0c0d0e0f" &&
		nat map flush || return
	before=$EPOCHSECONDS
	from 2001:db8:1::a1 || return
	echo "$before $EPOCHSECONDS" >"$work/used-a1"
	mapped4 2001:db8:1::a1 >"$work/a1"
	sleep 4
	before=$EPOCHSECONDS
	from 2001:db8:1::a2 || return
	echo "$before $EPOCHSECONDS" >"$work/used-a2"
	nat save dynamic to "$work/dynamic" || return
	cat "$work/dynamic"
	nat dev del nat64
	sleep 3
	# Another key: the addresses are not those that the hash would choose.
	nat64_up target pool 198.51.100.64/29 idle-timeout 600
	expect 0 "2 dynamic mappings restored, 0 there already, 0 expired, 0 refused" \
		nat restore dynamic "$work/dynamic" || return
	same "$(<"$work/a1")" mapped4 2001:db8:1::a1
}
run_case "B8 dynamic mappings are restored" aged
run_case "B8 ... with their age, that of the time between included" eval '
	idle_since 2001:db8:1::a1 "$work/used-a1" && idle_since 2001:db8:1::a2 "$work/used-a2"'
run_case "B8 ... and used" eval '
	echo "$EPOCHSECONDS 9999999999" >"$work/used-a1" &&
	stat_moves map_created 0 from 2001:db8:1::a1 && idle_since 2001:db8:1::a1 "$work/used-a1" &&
	ping_once "$SERVER" "$(<"$work/a1")"'
run_case "B8 restored once more, they are there already" expect 0 \
	"0 dynamic mappings restored, 2 there already" nat restore dynamic "$work/dynamic"
run_case "B8 one that has expired meanwhile is dropped" eval '
	nat map flush && nat dev set idle-timeout 2 && expect 0 "0 dynamic mappings restored, 0 there already, 2 expired" \
		nat restore dynamic "$work/dynamic" && same "" nat map show && nat dev set idle-timeout 600'
conflict()
{
	nat map flush
	nat map add 2001:db8:77::1 "$(<"$work/a1")" || return
	nat restore dynamic "$work/dynamic" >"$work/said" 2>&1 || return
	cat "$work/said"
	grep "dynamic:[12]: map 2001:db8:1::a1 $(<"$work/a1"): IPv4 address is mapped already" "$work/said" &&
		grep "1 dynamic mappings restored, 0 there already, 0 expired, 1 refused" "$work/said" &&
		[ -n "$(mapped4 2001:db8:1::a2)" ]
}
run_case "B8 one in conflict is skipped with a message, the others are restored" conflict
expires()
{
	nat map flush && nat dev set idle-timeout 100 &&
		nat map add 2001:db8:1::a1 198.51.100.65 dynamic idle 97 || return
	within 60 eval '[ -z "$(mapped4 2001:db8:1::a1)" ]'
}
run_case "B8 a restored mapping expires at its age" stat_moves map_expired 1 expires
nat dev set idle-timeout 600
run_case "map add dynamic: an address of no pool" expect 1 "IPv4 address is in no pool" \
	nat map add 2001:db8:1::a1 192.0.2.1 dynamic
run_case "map add dynamic: the network address of a pool" expect 1 "network or broadcast address of a pool" \
	nat map add 2001:db8:1::a1 198.51.100.64 dynamic
run_case "map add dynamic: a prefix" expect 1 "a dynamic mapping is one of hosts" \
	nat map add 2001:db8:1::/64 198.51.100.64/30 dynamic
run_case "map add dynamic: beyond the quota" eval '
	nat map flush && nat dev set quota 1 && nat map add 2001:db8:1::a1 198.51.100.65 dynamic &&
	expect 1 "source /64 has its quota" nat map add 2001:db8:1::a2 198.51.100.66 dynamic'
run_case "map replace takes no dynamic mapping" expect 1 "a dynamic mapping replaces no other" \
	nat map replace 2001:db8:1::a9 198.51.100.67 dynamic

# --- a long load

# As slow as a disk, so that there is progress to show.
long_file()
{
	awk 'BEGIN {
		print "dev add long"
		for (i = 1; i <= 8200; i++) {
			printf "map add 2001:db8:9::%x 10.9.%d.%d dev long\n", i, i / 256, i % 256
			if (i == 5000) {
				fflush()
				system("sleep 2")
			}
		}
	}'
}
load()	# COMMAND...
{
	mkfifo "$work/long" || return
	long_file >"$work/long" &
	"$@" >"$work/said" 2>&1 || return
	rm "$work/long"
	same 8200 eval 'nat -j map show dev long | jq length' && nat dev del long
}
run_case "a long load tells on a terminal how far it is" eval '
	load router script -q -e -c "nat64 restore $work/long" /dev/null && grep "long: 8192" "$work/said"'
run_case "... and nothing elsewhere" eval '
	load nat restore "$work/long" && same "" cat "$work/said"'

finish
