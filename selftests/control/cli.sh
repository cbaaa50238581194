#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command and its netlink family: what they print, what they refuse, and to whom.

. "$(dirname "$0")"/../lib/lib.sh

need jq setpriv unshare
setup_net
nat64_up both

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# Errors that are found before the kernel is asked have a test of their own. It is missing if the selftests
# were installed without the sources.
test_cli()
{
	NAT64=$(command -v nat64) ../userspace-tool/tests/test-cli.sh 2>&1 |
		sed -E 's/^(ok|not ok) [0-9]+/\1/; s/^1\.\.[0-9]+$/# done: &/'
}
[ ! -d ../userspace-tool ] || run_cases test-cli.sh "" test_cli

run_python control/netlink.py

# --- dev

run_case "dev add: a device of this name is there" expect 1 \
	'dev nat64: a device of this name exists already' nat dev add nat64
run_case "dev add: a prefix that is refused leaves no device behind" eval '
	expect 1 "prefix 2001:db8::/33: prefix length is not 32, 40, 48, 56, 64 or 96" \
		nat dev add other prefix 2001:db8::/33 && expect 1 "no such device" nat dev show other'
run_case "dev set: the culprit among several is named" expect 1 \
	'pool 127.0.0.0/8: prefix holds addresses that hosts cannot have' \
	nat dev set pool 198.51.100.0/24 127.0.0.0/8
run_case "dev set: a device that is not there" expect 1 'dev other: no such device' nat dev set other tos copy
run_case "dev set: a device of another kind" expect 1 'dev r4: not a NAT64 device' nat dev set r4 tos copy
run_case "dev del: a device of another kind stays" eval '
	expect 1 "dev r4: not a NAT64 device" nat dev del r4 && ip -n "$ROUTER" link show r4'
run_case "dev del: a device that is not there" expect 1 "dev other" nat dev del other
run_case "dev set: a number out of range" expect 2 \
	'lowest-ipv6-mtu "1000": not a number from 1280 to 65535' nat dev set lowest-ipv6-mtu 1000

every_option()
{
	nat dev set nat64 prefix 2001:db8:64::/96 2001:db8:122::/48 pool 198.51.100.0/24 203.0.113.128/25 \
		translatable 192.0.2.0/24 wkp-strict off udp-zero-csum forward tos zero \
		lowest-ipv6-mtu 1400 icmp-source 192.0.0.8 idle-timeout 300 quota 7 \
		hash-key 000102030405060708090a0b0c0d0e0f hook r6,r4 || return
	nat -j dev show nat64 | jq -e '.[0] | .prefix == ["2001:db8:64::/96", "2001:db8:122::/48"] and
		.pool == ["198.51.100.0/24", "203.0.113.128/25"] and .translatable == ["192.0.2.0/24"] and
		.wkp_strict == false and .udp_zero_csum == "forward" and .tos == "zero" and
		.lowest_ipv6_mtu == 1400 and .icmp_source == "192.0.0.8" and .idle_timeout == 300 and
		.quota == 7 and .hook == ["r6", "r4"]'
}
run_case "every option is set and shown as JSON" every_option
run_case "... and as text" eval '
	text=$(nat dev show) && for word in "prefix 2001:db8:64::/96" 203.0.113.128/25 "tos zero" \
		"lowest-ipv6-mtu 1400" "icmp-source 192.0.0.8" "idle-timeout 300" "quota 7" "hook r6,r4"; do
		grep -q -- "$word" <<<"$text" || { echo "$word is not in: $text"; exit 1; }
	done'
run_case "set leaves alone what it does not name" eval '
	nat dev set tos copy && nat -j dev show | jq -e ".[0] | .quota == 7 and .tos == \"copy\" and
		(.pool | length) == 2 and .hook == [\"r6\", \"r4\"]"'
run_case "hook: any, none and off" eval '
	nat dev set hook any && nat -j dev show | jq -e ".[0].hook == [\"any\"]" && nat dev show | grep -x "    hook any" &&
	nat dev set hook none && nat -j dev show | jq -e ".[0].hook == []" &&
	nat dev set hook r6 && nat dev set hook off && nat -j dev show | jq -e ".[0].hook == []" &&
	fails eval "nat64 -n $ROUTER dev show | grep hook"'
run_case "hook: a device twice" expect 1 "dev nat64 hook r6: device is named twice" nat dev set hook r6,r4,r6
run_case "hook: more devices than there can be" expect 2 \
	'hook "q": more than 16' nat dev set hook a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q
run_case "hook: what is no name of a device" expect 2 '"a/b" is not a device name' nat dev set hook r6,a/b
run_case "hook: an empty name" expect 2 '"" is not a device name' nat dev set hook r6,
run_case "none empties lists and options" eval '
	nat -j dev show | jq -e ".[0] | (.pool | length) == 2 and (.translatable | length) == 1 and .quota == 7 and
		.icmp_source == \"192.0.0.8\"" &&
	nat dev set pool none translatable none icmp-source none quota none && nat -j dev show |
	jq -e ".[0] | .pool == [] and .translatable == [] and .icmp_source == null and .quota == null"'
run_case "the hash key is shown to those who ask for everything" eval '
	nat -a dev show | grep -q 000102030405060708090a0b0c0d0e0f &&
	fails eval "nat64 -n $ROUTER dev show | grep 000102030405060708090a0b0c0d0e0f"'
nat dev set prefix $PREFIX pool none idle-timeout 7440 wkp-strict on udp-zero-csum compute

# --- map

run_case "map add, get by either address, del" eval '
	nat map add $C6 $C4 && nat map get $C6 | grep "$C6 *$C4 *static" &&
	nat map get $C4 | grep "$C6 *$C4" && nat map del $C6 $C4 &&
	expect 1 "map $C6: no mapping for this address" nat map get $C6'
run_case "map get shows the longest match" eval '
	nat map add 2001:db8:5::/64 192.0.2.0/24 && nat map add 2001:db8:5::7 192.0.2.9 &&
	nat map get 192.0.2.9 | grep 2001:db8:5::7 && nat map get 192.0.2.10 | grep 2001:db8:5::/64 &&
	nat map flush'
run_case "map del: both addresses must be of one mapping" eval '
	nat map add $C6 $C4 && expect 1 "no such mapping" nat map del $C6 198.51.100.77 &&
	same "$C4" mapped4 $C6 && nat map flush'
run_case "map show as JSON" eval '
	nat map add $C6 $C4 && nat map add 2001:db8:5::/120 192.0.2.0/24 && nat -j map show |
	jq -e "sort_by(.ipv6) == [
		{ipv6: \"$C6\", ipv4: \"$C4\", type: \"static\"},
		{ipv6: \"2001:db8:5::/120\", ipv4: \"192.0.2.0/24\", type: \"static\"}]" &&
	nat map flush && nat -j map show | jq -e ". == []"'
shown_text()
{
	nat map show "$@" | awk '{ printf "%s%s", sep, $2; sep = " " }'
}
shown_json()
{
	nat -j map show "$@" | jq -r '[.[].ipv4] | join(" ")'
}
# shown WANT WORD...: the IPv4 sides of what "map show WORD..." prints.
shown()
{
	same "$1" shown_text "${@:2}" && same "$1" shown_json "${@:2}"
}
some_mappings()
{
	nat dev set pool $POOL && nat map add 2001:db8:5::/120 192.0.2.0/24 && nat map add 2001:db8:6::1 203.0.113.81 &&
		nat map add 2001:db8:6::2 198.51.100.2 dynamic idle 5000 &&
		nat map add 2001:db8:7::3 198.51.100.3 dynamic idle 600 && nat map add 2001:db8:7::4 198.51.100.4 dynamic
}
run_case "map show: of some mappings, all" eval '
	some_mappings && shown "192.0.2.0/24 198.51.100.2 198.51.100.3 198.51.100.4 203.0.113.81"'
run_case "map show ADDRESS" eval 'shown 198.51.100.3 198.51.100.3 && shown 198.51.100.3 2001:db8:7::3'
run_case "... in a mapping of many" eval 'shown 192.0.2.0/24 192.0.2.77 && shown 192.0.2.0/24 2001:db8:5::7'
run_case "... that has none" eval 'shown "" 192.0.3.1 && shown "" 2001:db8:5::101'
run_case "map show PREFIX" eval '
	shown "198.51.100.2 198.51.100.3" 198.51.100.2/31 && shown "198.51.100.2 203.0.113.81" 2001:db8:6::/64 &&
	shown "198.51.100.2 198.51.100.3 198.51.100.4 203.0.113.81" 2001:db8:6::/47'
run_case "map show PREFIX, inside a mapping, and of everything" eval '
	shown 192.0.2.0/24 192.0.2.8/29 && shown "192.0.2.0/24 198.51.100.2 198.51.100.3 198.51.100.4 203.0.113.81" ::/0'
run_case "map show idle SECONDS: at least" eval '
	shown "198.51.100.2 198.51.100.3" idle 600 && shown 198.51.100.2 idle 5000 && shown "" idle 7000'
run_case "... never a static one" shown "198.51.100.2 198.51.100.3 198.51.100.4" idle 0
run_case "map show, all filters at once" eval '
	shown 198.51.100.3 2001:db8:7::/64 dynamic dev nat64 idle 600 && shown 203.0.113.81 static 2001:db8:6::/64'
nat map flush
nat dev set pool none
run_case "map: a device that is not there" expect 1 "dev other" nat map show dev other

# --- batch

batch()
{
	printf '%s\n' "$@" >"$work/batch"
	nat -b "$work/batch"
}
run_case "a batch of commands" eval '
	batch "# two mappings" "map add $C6 $C4" "" "map add 2001:db8:1::3 198.51.100.3" &&
	same "198.51.100.3" mapped4 2001:db8:1::3 && same $C4 mapped4 $C6'
run_case "a batch names the line at fault, and stops there" eval '
	nat map flush && expect 1 "batch:2: map $C6 198.51.100.9: IPv6 prefix is mapped already" \
		batch "map add $C6 $C4" "map add $C6 198.51.100.9" "dev set quota 3" &&
	nat -j dev show | jq -e ".[0].quota != 3"'
run_case "... or goes on with --force" eval '
	printf "map add $C6 $C4\nmap add 2001:db8:1::5 198.51.100.5\n" >"$work/batch" &&
	expect 1 "batch:1: map $C6 $C4: mapping exists already" nat --force -b "$work/batch" && same 198.51.100.5 mapped4 2001:db8:1::5'
bulk()
{
	nat map flush || return
	awk 'BEGIN {
		for (i = 0; i < 5000; i++)
			printf "map add 2001:db8:9:1:1:1:%x:%x 10.9.%d.%d\n",
			       i / 250 + 1, i % 250 + 1, i / 250, i % 250
	}' >"$work/batch"
	nat -b "$work/batch" || return
	# In any order, but exactly these.
	nat map show static | awk '{ print "map add", $1, $2 }' | sort >"$work/shown"
	sort "$work/batch" | cmp - "$work/shown"
}
run_case "a batch of 5000 mappings" bulk
nat map flush

# --- stats

run_case "stats as JSON name every counter of the header" eval '
	wanted=$(grep -o "FN([A-Z0-9_]*, \"[a-z0-9_]*\"" ../include/uapi/linux/nat64.h | cut -d\" -f2 | sort)
	shown=$(nat -j stats | jq -r ".[0].stats | keys[]" | sort)
	[ -n "$wanted" ] && diff <(echo "$wanted") <(echo "$shown")'
run_case "stats reset" eval '
	nat map add $C6 $C4 && ping_once "$CLIENT" $S6 && [ "$(stat xlat_6to4)" -ge 1 ] &&
	nat stats reset && [ "$(stat xlat_6to4)" -eq 0 ] && [ "$(stat xlat_4to6)" -eq 0 ]'

# --- who may

user()
{
	router setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
run_case "a user may not set" expect 1 "Operation not permitted" user nat64 dev set tos zero
run_case "a user may not map" expect 1 "Operation not permitted" user nat64 map add 2001:db8::1 192.0.2.1
run_case "a user may not flush" expect 1 "Operation not permitted" user nat64 map flush
run_case "a user may not make a device" expect 1 "Operation not permitted" user nat64 dev add mine
run_case "a user may not delete one" eval '
	expect 1 "Operation not permitted" user nat64 dev del nat64 && nat dev show nat64'
run_case "a user may not reset counters" expect 1 "Operation not permitted" user nat64 stats reset
run_case "a user may not see mappings" expect 1 "Operation not permitted" user nat64 map show
run_case "a user may see the device and its counters, but not the key" eval '
	user nat64 dev show && user nat64 stats && nat dev set hash-key 000102030405060708090a0b0c0d0e0f &&
	fails eval "user nat64 -a dev show | grep 000102030405060708090a0b0c0d0e0f"'
run_case "root of a user namespace has devices of its own" eval '
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sh -c "
		nat64 dev add nat64 prefix $PREFIX pool 192.0.2.0/24 && nat64 map add 2001:db8::1 198.51.100.1 &&
		nat64 map show && nat64 dev del nat64"'

finish
