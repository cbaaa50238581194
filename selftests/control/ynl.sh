#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The YNL specification of the netlink family (nat64.yaml): it says what the header and the kernel say, and a
# client that knows nothing else can use it.

. "$(dirname "$0")"/../lib/lib.sh

need ip jq
/usr/bin/python3 -c 'import yaml' || die "python3-yaml is not installed"
spec=$(python3 -c 'import genl, ynl; print(genl.in_tree(ynl.SPEC))')
setup_net
nat64_up target pool 192.0.2.0/24

run_python control/spec.py

# found WHAT SED...: the comparison finds the mistake that sed has put into the specification.
found()
{
	local what=$1

	shift
	sed "$@" "$spec" >"$work/nat64.yaml"
	fails cmp -s "$spec" "$work/nat64.yaml" || return
	expect 1 "$what" control/spec.py "$work/nat64.yaml"
}

run_case "found: an enum that begins elsewhere" found \
	"NAT64_MAP_STATIC: 2 in the specification, 1 in the header" '/name: map-type/,/entries/s/start: 1/start: 2/'
run_case "found: a command that is missing" found \
	"NAT64_CMD_MAP_STAGE: None in the specification" \
	-z 's/\n *-\n *name: map-stage\n.*\(\n *-\n *name: dev-restore\n\)/\1/'
run_case "found: an attribute that is missing" found \
	"NAT64_A_DYNAMIC_COUNT: None in the specification" -z 's/\n *-\n *name: dynamic-count\n[^-]*\(\n *-\n\)/\1/'
run_case "found: a counter with another name" found \
	"NAT64_STAT_DROP_QUEUE: None in the specification" 's/name: drop-queue$/name: drop-que/'
run_case "found: an attribute of another type" found \
	"NAT64_A_QUOTA type: 'u8' in the specification, 'u32' in the header" '/name: quota/,/type:/s/u32/u8/'
run_case "found: a constant" found \
	"NAT64_HASH_KEY_LEN: '8' in the specification, '16' in the header" 's/value: 16/value: 8/'
run_case "found: a range" found \
	"attribute 10 min: 1281 in the specification, 1280 in the kernel" 's/min: 1280/min: 1281/'
run_case "found: a range within a list" found \
	"attribute 4 within 3 max: 127 in the specification, 128 in the kernel" 's/max: 128/max: 127/'
run_case "found: a length" found \
	"attribute 3 max-len: 16 in the specification, 15 in the kernel" 's/max-len: 15/max-len: 16/'
run_case "found: a length of one family or the other" found \
	"NAT64_FLOW_A_NEW_SRC length: ['16', '8'] in the specification, ['16', '4'] in the header" \
	'/name: new-src$/,/max-len/s/min-len: 4/min-len: 8/'
run_case "found: an attribute that a command takes" found \
	"attribute 21: None in the specification" '/name: map-get$/,/reply/{/- addr4$/d}'
run_case "found: an attribute that a command does not take" found \
	"attribute 23: {'type': 'flag'} in the specification, None in the kernel" \
	'/name: map-flush$/,/- map-type/s/- map-type/&\n            - check/'
run_case "found: a command for everybody" found \
	"operation 2: ['do', 'policy'] in the specification" '/name: dev-set$/,/do:/{/flags:/d}'
run_case "found: a dump" found "operation 8: ['do', 'policy'] in the specification" '/name: stats-get$/,/name: stats-reset/{/dump:/,+1d}'
run_case "found: a multicast group" found \
	"other: True in the specification, None in the kernel" '/^mcast-groups/,$s/name: mappings/name: other/'

# --- the client

ask()
{
	router lib/ynl.py "$@"
}

# answer WANT FILTER ASK...: what jq makes of the answer.
answer()
{
	local want=$1 filter=$2 got

	shift 2
	got=$(ask "$@" | jq -c -r "$filter") || return
	[ "$got" = "$want" ] || { echo "$*: expected: $want; got: $got"; return 1; }
}

lists_devices()
{
	nat64 -n "$ROUTER" dev add other prefix 64:ff9b::/96
	answer "nat64 other" 'map(.ifname) | sort | join(" ")' --dump dev-get &&
		answer '[{"addr6":"2001:db8:64::","len":96}]' 'map(select(.ifname == "nat64"))[0].prefixes.prefix' \
			--dump dev-get &&
		nat64 -n "$ROUTER" dev del other
}
run_case "lists the devices" lists_devices

# The answer has everything that it may have, for a user who may see everything.
whole_answer()
{
	answer "$(python3 -c 'if True:
		import ynl
		reply = ynl.Spec().operations["dev-get"]["do"]["reply"]["attributes"]
		print(" ".join(sorted(reply)))')" 'keys | join(" ")' --do dev-get --json '{"ifname": "nat64"}'
}
run_case "... with all that the specification has" whole_answer

adds_mapping()
{
	ask --do map-add --json '{"ifname": "nat64", "maps": {"map": [
		{"addr6": "'$C6'", "addr4": "'$C4'"},
		{"addr6": "2001:db8:2::", "len6": 120, "addr4": "198.51.100.128", "len4": 25}]}}' || return
	same $C4 mapped4 $C6 && same 198.51.100.128/25 mapped4 2001:db8:2::/120 && ping_once "$CLIENT" $S6
}
run_case "adds mappings, by which packets are translated" adds_mapping
run_case "... finds the one of an address" answer "$C6 128 static" \
	'.maps.map[0] | "\(.addr6) \(.len6) \(.type)"' --do map-get --json '{"ifname": "nat64", "addr4": "'$C4'"}'
run_case "... lists those of a type" answer "2" 'map(.maps.map) | flatten | length' \
	--dump map-get --json '{"ifname": "nat64", "map-type": "static"}'

says_why()
{
	expect 1 "IPv6 prefix has host bits set" router lib/ynl.py --do map-add --json \
		'{"ifname": "nat64", "maps": {"map": {"addr6": "2001:db8::1", "len6": 120, "addr4": "192.0.2.0", "len4": 24}}}'
}
run_case "is told why a mapping is refused" says_why

sets_option()
{
	ask --do dev-set --json '{"ifname": "nat64", "quota": 7, "udp-zero-csum": "drop", "icmp-source": "203.0.113.9",
		"translatable": {"prefix": [{"addr4": "203.0.113.64", "len": 26}]}}' || return
	nat64 -n "$ROUTER" dev show nat64
	nat64 -n "$ROUTER" dev show nat64 | grep -q "quota 7" &&
		answer '7 drop 203.0.113.9 203.0.113.64/26' '"\(.quota) \(."udp-zero-csum") \(."icmp-source") " +
			(.translatable.prefix[0] | "\(.addr4)/\(.len)")' --do dev-get --json '{"ifname": "nat64"}'
}
run_case "sets options" sets_option

reads_stats()
{
	local before after

	before=$(ask --do stats-get --json '{"ifname": "nat64"}' | jq '.stats."xlat-6to4"') || return
	ping_once "$CLIENT" $S6 || return
	after=$(ask --do stats-get --json '{"ifname": "nat64"}' | jq '.stats."xlat-6to4"')
	[ "$after" -gt "$before" ] && [ "$after" -eq "$(stat xlat_6to4)" ] &&
		answer "$(grep -c 'type: u64' "$spec")" '.[0].stats | length' --dump stats-get
}
run_case "reads the counters" reads_stats

resets_stats()
{
	ask --do stats-reset --json '{"ifname": "nat64"}' && answer 0 '.stats."xlat-6to4"' --do stats-get --json '{"ifname": "nat64"}'
}
run_case "... and resets them" resets_stats

# Together, these answers have everything that an answer may have.
asks_route()
{
	answer "$C4 map $C6 203.0.113.2 prefix 2001:db8:64::" \
		'"\(.src.addr4) \(.src.via) \(.src.map.addr6) \(.dst.addr4) \(.dst.via) \(.dst.prefix.addr6)"' \
		--do route-get --json '{"ifname": "nat64", "src": {"addr6": "'$C6'"}, "dst": {"addr6": "'$S6'"}}' &&
		answer "pool 192.0.2.0/24" '.src | "\(.via) \(.block.addr4)/\(.block.len)"' \
			--do route-get --json '{"ifname": "nat64", "src": {"addr6": "2001:db8:7::7"}}' &&
		answer "true" '."not-covered"' \
			--do route-get --json '{"ifname": "nat64", "dst": {"addr6": "2001:db8:9::9"}}' &&
		answer "drop-no-mapping4 3 1" '"\(.reason) \(."icmp-type") \(."icmp-code")"' \
			--do route-get --json '{"ifname": "nat64", "dst": {"addr4": "192.0.2.99"}}'
}
run_case "asks what becomes of a packet" asks_route

hears_of_mappings()
{
	ip netns exec "$ROUTER" lib/ynl.py --subscribe mappings >"$work/heard" &
	local listener=$! status=0

	# There is no other way to tell when it listens.
	within 60 makes_news || status=1
	kill $listener
	cat "$work/heard"
	return $status
}

makes_news()
{
	ask --do map-add --json '{"ifname": "nat64", "maps": {"map": [
		{"addr6": "2001:db8:5::5", "addr4": "192.0.2.5", "type": "dynamic"}]}}' &&
		ask --do map-del --json '{"ifname": "nat64", "maps": {"map": [{"addr4": "192.0.2.5"}]}}' &&
		grep -q '"map-add-ntf".*"addr6": "2001:db8:5::5"' "$work/heard" &&
		grep -q '"map-del-ntf".*"addr4": "192.0.2.5"' "$work/heard"
}
run_case "hears of dynamic mappings that come and go" hears_of_mappings

stages_and_restores()
{
	/usr/bin/python3 -c 'if True:
		import os, ynl
		family = ynl.Family(netns=os.environ["ROUTER"])
		family.do("map-stage", ifname="nat64",
			  maps={"map": [{"addr6": os.environ["C6"], "addr4": "198.51.100.9"}]})
		family.do("dev-restore", ifname="nat64",
			  prefixes={"prefix": [{"addr6": "2001:db8:64::", "len": 96}]})
		family.do("map-replace", ifname="nat64",
			  maps={"map": [{"addr6": "2001:db8:1::3", "addr4": "198.51.100.10"}]})
		' || return
	same 198.51.100.9 mapped4 $C6 && same 198.51.100.10 mapped4 2001:db8:1::3 &&
		ask --do map-flush --json '{"ifname": "nat64", "map-type": "static"}' &&
		answer "[]" . --dump map-get --json '{"ifname": "nat64"}'
}
run_case "stages, restores, replaces and flushes" stages_and_restores

finish
