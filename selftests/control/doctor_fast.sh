#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor: the fast path, and the rules that do not see what goes fast.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up
nat dev set fast rule

run_case "doctor finds nothing in a router with a fast path" expect 0 "Nothing found." router nat64 doctor

sick fast_unused "neither a rule with -j NAT64 nor the hook takes packets" door_route
run_case "... and the hook takes them then" eval 'nat dev show | grep -x "    hook any"'
door_both
sick fast_no_device "fast-dev names no device" 'nat dev set fast ingress'
run_case "... and then names those that are routed by" eval 'nat -j dev show | jq -e ".[0].fast_dev == [\"r4\", \"r6\"]"'
sick fast_device "fast-dev names r66, and there is no such device" 'nat dev set fast-dev r6,r66,r4'
run_case "... the devices that are there stay" eval 'nat dev show | grep -x "    fast-dev r6,r4"'
run_case "doctor does not care about devices that do not matter" eval 'nat dev set fast rule fast-dev r66 && found'
nat dev set fast-dev none

# noted COUNT WHERE: one note and nothing else, which is no problem.
noted()
{
	router nat64 -j doctor >"$work/found" && cat "$work/found" &&
		jq -e --arg text ": there are $1 in $2" 'length == 1 and .[0].severity == "note" and
			.[0].finding == "fast_unseen" and (.[0].text | contains($text))' "$work/found"
}

# unseen TEXT RULE...: doctor notes this rule in FORWARD of any iptables, and not another one.
unseen()
{
	local variant

	for variant in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do
		router $variant -A FORWARD "${@:2}" && noted 1 "FORWARD of $variant, the first one is: $1" || return
		router $variant -F FORWARD && found || return
	done
}

# fine RULE...: doctor has nothing to say.
fine()
{
	local status

	router iptables-nft -A FORWARD "$@" && found
	status=$?
	router iptables-nft -F FORWARD
	return $status
}
run_case "doctor notes a rule that limits" unseen "-A FORWARD -m limit" -m limit --limit 10/s -j ACCEPT
run_case "doctor notes a rule that limits by host" unseen "-A FORWARD -m hashlimit" \
	-m hashlimit --hashlimit-upto 10/s --hashlimit-name fast --hashlimit-mode srcip -j ACCEPT
run_case "doctor notes a rule that logs" unseen "-A FORWARD -j LOG" -j LOG
run_case "doctor has nothing against a rule that limits new connections" fine \
	-m conntrack --ctstate NEW -m limit --limit 10/s -j ACCEPT
run_case "... or SYN" fine -p tcp --syn -m limit --limit 10/s -j ACCEPT
run_case "... or ping" fine -p icmp -m limit --limit 10/s -j ACCEPT
run_case "... or packets of other devices" fine -i r4 -o r6 -m limit --limit 10/s -j ACCEPT
run_case "... or against a rule that only accepts" fine -p tcp --dport 80 -j ACCEPT

led_to()
{
	router iptables-nft -N inner && router iptables-nft -N outer && router iptables-nft -A FORWARD -j outer &&
		router iptables-nft -A inner -j LOG && found && router iptables-nft -A outer -g inner && noted 1 "FORWARD of iptables-nft"
}
run_case "doctor notes a rule in a chain that FORWARD leads to, but in no other" led_to
router iptables-nft -F
router iptables-nft -X

# pretend COMMAND TEXT COUNT WHERE: the command prints the text. So rules are noted that this kernel may not have.
# There may be more to say of such a rule.
pretend()
{
	local status

	printf '#!/bin/sh\ncat <<"END"\n%s\nEND\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
	router nat64 -j doctor >"$work/found"
	cat "$work/found"
	jq -e --arg text ": there are $3 in $4" 'map(select(.finding == "fast_unseen")) |
		length == 1 and .[0].severity == "note" and (.[0].text | contains($text))' "$work/found"
	status=$?
	rm "$work/bin/$1"
	return $status
}
for what in "-m quota --quota 1000" "-m quota2 --quota 1000" "-m connbytes --connbytes 1000" "-m statistic --mode nth" \
	"-m recent --update" "-m string --string x" "-j NFLOG" "-j NFQUEUE" "-g inner"; do
	run_case "doctor notes a rule with $what" pretend iptables-legacy-save "*filter
:FORWARD ACCEPT [0:0]
:inner - [0:0]
-A inner -j LOG
-A FORWARD -i nat64 $what
COMMIT" 1 "FORWARD of iptables-legacy"
done
run_case "doctor notes a rule of nft with a quota" pretend nft '{"nftables": [
	{"chain": {"family": "ip", "table": "fw", "name": "forward", "hook": "forward", "policy": "accept"}},
	{"rule": {"family": "ip", "table": "fw", "chain": "forward", "expr": [{"quota": {"val": 1000}}, {"drop": null}]}},
	{"rule": {"family": "ip", "table": "fw", "chain": "forward", "expr": [{"queue": {"num": 1}}]}}]}' \
	2 "the chain ip fw forward of nftables"

# nft_rule COUNT RULE...: in a chain of nft that sees what is forwarded.
nft_rule()
{
	local status

	router nft "add table inet fw; add chain inet fw forward { type filter hook forward priority 0; };
		add chain inet fw other { type filter hook input priority 0; }; add chain inet fw inner;
		add rule inet fw other counter; ${*:2}" &&
		if [ "$1" = 0 ]; then found; else noted "$1" "the chain inet fw forward of nftables"; fi
	status=$?
	router nft delete table inet fw
	return $status
}
for what in counter "limit rate 10/second accept" log; do
	run_case "doctor notes a rule of nft with $what" nft_rule 1 "add rule inet fw forward tcp dport 80 $what"
done
run_case "doctor notes rules of nft where a chain leads to" nft_rule 2 \
	"add rule inet fw inner log; add rule inet fw inner counter; add rule inet fw forward meta l4proto tcp jump inner;
	add rule inet fw forward meta l4proto udp goto inner"
run_case "... by a map of verdicts" nft_rule 1 \
	"add rule inet fw inner log; add rule inet fw forward meta l4proto vmap { tcp : jump inner, udp : accept }"
run_case "doctor has nothing against counters of nft for input, or in a chain that is not used" nft_rule 0 \
	"add rule inet fw inner counter"
run_case "... or for new connections" nft_rule 0 "add rule inet fw forward ct state new limit rate 10/second accept"
run_case "... or for ping" nft_rule 0 "add rule inet fw forward ip protocol icmp counter"

by_text()
{
	router iptables-nft -A FORWARD -j LOG
	expect 0 "note: fast_unseen: nat64: with fast on, rules that limit, log or count see the first packets of a \
flow, and then one every 5 s: there are 1 in FORWARD of iptables-nft, the first one is: -A FORWARD -j LOG" \
		router nat64 doctor
}
run_case "a note as text" by_text
run_case "its advice turns the fast path off" eval 'router nat64 -j doctor >"$work/found" && obey && found &&
	nat -j dev show | jq -e ".[0].fast == \"off\""'
run_case "... and without it there is nothing to note" found

finish
