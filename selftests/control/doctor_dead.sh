#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor on routers that lose every packet although each part looks well: rules in the manner of Docker, ufw and
# firewalld, packets in state INVALID, a device without addresses to give, and addresses that nobody answers for.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

# deadly NAME TEXT BREAK [AFTER]: no connection gets through; doctor finds NAME, and its advice brings the router back.
# It may take a while: a host may just have given up looking on its link for who answers only now.
found_dead()
{
	eval "$3" && dead && found "$1" && jq -r '.[].text' "$work/found" | grep -F -- "$2" && recovers && within 120 works
}
deadly()
{
	run_case "doctor finds $1 where nothing gets through: $2${5:+ ($5)}" found_dead "$1" "$2" "$3"
	eval "${4-}"
}

start_peers "$SERVER"
run_case "the router works, and doctor finds nothing" eval 'works && found'

rules()	# COMMAND, a table of iptables-save on standard input
{
	router "$1-restore" -n
}

# --- the chains of others

# Docker, without a container.
docker()
{
	rules "$1" <<-'END'
		*filter
		:FORWARD DROP [0:0]
		:DOCKER - [0:0]
		:DOCKER-ISOLATION-STAGE-1 - [0:0]
		:DOCKER-ISOLATION-STAGE-2 - [0:0]
		:DOCKER-USER - [0:0]
		-A FORWARD -j DOCKER-USER
		-A FORWARD -j DOCKER-ISOLATION-STAGE-1
		-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A FORWARD -o docker0 -j DOCKER
		-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
		-A FORWARD -i docker0 -o docker0 -j ACCEPT
		-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
		-A DOCKER-ISOLATION-STAGE-1 -j RETURN
		-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
		-A DOCKER-ISOLATION-STAGE-2 -j RETURN
		-A DOCKER-USER -j RETURN
		COMMIT
	END
}
# As ufw does it, by other names: what is established and ping is accepted, and the rest goes to the policy.
like_ufw()
{
	rules "$1" <<-'END'
		*filter
		:FORWARD DROP [0:0]
		:fw-before-forward - [0:0]
		:fw-user-forward - [0:0]
		:fw-after-forward - [0:0]
		:fw-skip-to-policy-forward - [0:0]
		-A FORWARD -j fw-before-forward
		-A FORWARD -j fw-after-forward
		-A fw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A fw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
		-A fw-before-forward -j fw-user-forward
		-A fw-skip-to-policy-forward -j DROP
		COMMIT
	END
}
# firewalld with iptables: the policy accepts, and a rule at the end rejects.
firewalld()
{
	rules "$1" <<-'END'
		*filter
		:FORWARD ACCEPT [0:0]
		:FORWARD_ZONES - [0:0]
		:FWD_public - [0:0]
		:FWD_public_allow - [0:0]
		-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
		-A FORWARD -i lo -j ACCEPT
		-A FORWARD -j FORWARD_ZONES
		-A FORWARD -m comment --comment "the rest, as \"-j ACCEPT \" is not" -j REJECT --reject-with icmp-port-unreachable
		-A FORWARD_ZONES -i eth0 -g FWD_public
		-A FORWARD_ZONES -g FWD_public
		-A FWD_public -j FWD_public_allow
		-A FWD_public_allow -p udp -m udp --dport 53 -j DROP
		COMMIT
	END
}
for variant in nft legacy; do
	clear="router iptables-$variant -F FORWARD; router iptables-$variant -P FORWARD ACCEPT
		router iptables-$variant -F; router iptables-$variant -X"
	deadly forward_drop4 "FORWARD chain of iptables-$variant drops" "docker iptables-$variant" "$clear" "Docker's rules"
	deadly forward_drop4 "FORWARD chain of iptables-$variant drops" "like_ufw iptables-$variant" "$clear" "rules like ufw's"
	deadly forward_drop4 "FORWARD chain of iptables-$variant drops" "firewalld iptables-$variant" "$clear" \
		"firewalld's rules"
done

# One of several tables cannot be read.
incomplete()
{
	mkdir -p "$work/bin" && cat >"$work/bin/iptables-nft-save" <<-END && chmod +x "$work/bin/iptables-nft-save" &&
		#!/bin/sh
		$(command -v iptables-nft-save)
		exit 1
	END
		router iptables-nft -P FORWARD DROP && PATH=$work/bin:$PATH found forward_drop4
}
run_case "doctor reads what iptables-save prints before it fails" incomplete
router iptables-nft -P FORWARD ACCEPT

no_json()
{
	printf '#!/bin/sh\necho "Error: JSON support not compiled-in" >&2\nexit 1\n' >"$work/bin/nft" &&
		chmod +x "$work/bin/nft" && found nft_unread &&
		jq -r '.[].text' "$work/found" | grep -F "JSON support not compiled-in"
}
run_case "doctor says so if nft fails" no_json
rm -f "$work/bin/nft"

# What is not understood is said, and what blocks a part only is no fault.
unclear()
{
	router iptables-nft -P FORWARD DROP && router iptables-nft -A FORWARD -m mark --mark 7 -j ACCEPT &&
		router iptables-nft -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT && found forward_drop4 &&
		same warning jq -r '.[].severity' "$work/found" &&
		jq -r '.[].text' "$work/found" | grep -F "depends on this rule: -A FORWARD -m mark --mark 0x7 -j ACCEPT" &&
		obey && found
}
run_case "doctor says so where it cannot tell whether a rule accepts" unclear
eval "router iptables-nft -F FORWARD; router iptables-nft -P FORWARD ACCEPT"
unclear_drop()
{
	router iptables-nft -A FORWARD -m mark ! --mark 7 -j DROP && dead && found forward_drop4 &&
		jq -r '.[].text' "$work/found" | grep -F "depends on this rule: -A FORWARD -m mark ! --mark 0x7 -j DROP" &&
		obey && found && works
}
run_case "... or drops" unclear_drop
router iptables-nft -F FORWARD
run_case "doctor has nothing against a rule that blocks one port" eval '
	router iptables-nft -A FORWARD -p tcp -m tcp --dport 25 -j REJECT && found'
run_case "... nor one network, to packets with a mark" eval '
	router iptables-nft -A FORWARD -m mark --mark 7 -d 10.0.0.0/8 -j REJECT && found'
router iptables-nft -F FORWARD
by_link()
{
	door_route
	router ip6tables-nft -P FORWARD DROP
	router ip6tables-nft -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
	router ip6tables-nft -A FORWARD -i r7 ! -o r7 -j ACCEPT
	dead && found forward_drop6 && router ip6tables-nft -R FORWARD 2 -i r6 -o nat64 -j ACCEPT && works && found
}
run_case "doctor takes the word of a rule from a link to the device, and of no other" by_link
router ip6tables-nft -F FORWARD
router ip6tables-nft -P FORWARD ACCEPT
door_both

deadly forward_drop_nft "the chain inet firewalld filter_FORWARD of nftables drops what no rule accepts" '
	router nft "add table inet firewalld
		add chain inet firewalld zones
		add chain inet firewalld public
		add chain inet firewalld filter_FORWARD { type filter hook forward priority 10; policy accept; }
		add rule inet firewalld filter_FORWARD ct state { established, related } accept
		add rule inet firewalld filter_FORWARD iifname lo accept
		add rule inet firewalld filter_FORWARD jump zones
		add rule inet firewalld zones goto public
		add rule inet firewalld filter_FORWARD reject with icmpx admin-prohibited"' \
	'router nft delete table inet firewalld' "firewalld's chains of nft"

for where in "raw PREROUTING" "mangle PREROUTING" "mangle FORWARD"; do
	deadly forward_drop6 "the ${where#* } chain of ip6tables-nft (table ${where% *}) drops" "
		router ip6tables-nft -t ${where/ / -A } -i nat64 -j DROP" "
		router ip6tables-nft -t ${where% *} -F; door_both"
done

# --- conntrack has seen one half only

by_rule()
{
	door_both
	router "$IP6TABLES" -t raw -F PREROUTING
	router "$IP6TABLES" -t mangle -A PREROUTING -d $PREFIX -j NAT64
}
no_rule()
{
	local variant

	for variant in nft legacy; do
		router ip6tables-$variant -t mangle -F PREROUTING
		router ip6tables-$variant -t raw -F PREROUTING
		router ip6tables-$variant -F FORWARD
	done
	door_both
}
for variant in nft legacy; do
	deadly invalid_drop6 "FORWARD of ip6tables-$variant drops packets in state INVALID" "
		by_rule && router ip6tables-$variant -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT &&
		router ip6tables-$variant -A FORWARD -m conntrack --ctstate INVALID -j DROP" no_rule
	deadly invalid_drop6 "PREROUTING of ip6tables-$variant drops packets in state INVALID" "
		by_rule && router ip6tables-$variant -t mangle -I PREROUTING -m conntrack --ctstate INVALID -j DROP" no_rule
done
deadly invalid_drop6 "the chain ip6 fw forward of nftables drops packets in state invalid" '
	router nft "add table ip6 fw; add chain ip6 fw forward { type filter hook forward priority 0; };
		add rule ip6 fw forward ct state invalid drop"' 'router nft delete table ip6 fw; no_rule'
nft_only()
{
	mkdir -p "$work/few" && ln -sf "$(command -v nft)" "$work/few/" && door_hook_both || return
	router nft "add table ip6 fw; add chain ip6 fw forward { type filter hook forward priority 0; };
		add rule ip6 fw forward ct state invalid drop"
	dead && router env PATH="$work/few" "$(command -v nat64)" -j doctor >"$work/found"
	jq -r '.[] | select(.finding == "invalid_drop6").advice' "$work/found" >"$work/advice" &&
		grep '^nft ' "$work/advice" && router sh -e "$work/advice" && found && within 120 works
}
run_case "the advice on invalid_drop6 does without iptables" nft_only
router nft delete table ip6 doctor
router nft delete table ip6 fw
no_rule
# stateful SEVERITY [RULE...]: a firewall that drops what nobody accepts, perhaps with one more rule.
stateful()
{
	by_rule
	router ip6tables-nft -P FORWARD DROP
	router ip6tables-nft -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	router ip6tables-nft -A FORWARD -i r6 -j ACCEPT
	[ $# -eq 1 ] || router ip6tables-nft -A FORWARD "${@:2}"
	dead && found invalid_drop6 && same "$1" jq -r '.[].severity' "$work/found" && obey && found && within 120 works
}
# A port opening is no way for replies, and the way that the advice makes is the whole one.
run_case "doctor finds invalid_drop6 beside a port opening, and its advice is enough" \
	stateful warning -d 2001:db8:1::10 -p tcp --dport 443 -j ACCEPT
router ip6tables-nft -P FORWARD ACCEPT
no_rule
run_case "... and without one" stateful error
router ip6tables-nft -P FORWARD ACCEPT
no_rule
run_case "doctor has nothing against such a rule where conntrack sees both halves, by the route" eval '
	door_route && router ip6tables-nft -A FORWARD -m conntrack --ctstate INVALID -j DROP && works && found'
no_rule

# --- no route leads back, which rp_filter's relatives in the firewall ask for

hook_only()
{
	nat dev set pool 198.51.100.0/24 && door_hook
}
both_again()
{
	router nft delete table $family rp 2>/dev/null
	router ${family}tables-nft -t mangle -F
	router ${family}tables-legacy -t mangle -F
	ip -n "$ROUTER" -4 route flush dev nat64
	nat dev set pool $POOL
	door_both
}
for family in ip6 ip; do
	if [ $family = ip ]; then
		finding=rp_filter what="the pool 198.51.100.0/24"
	else
		finding=rp_filter6 what="the prefix $PREFIX"
	fi
	deadly $finding "drops what comes from $what" "
		hook_only && router nft 'add table $family rp
			add chain $family rp pre { type filter hook prerouting priority 0; }
			add rule $family rp pre fib saddr . iif oif missing drop'" both_again "nft"
	for variant in nft legacy; do
		deadly $finding "drops what comes from $what" "
			hook_only && router ${family}tables-$variant -t mangle -A PREROUTING \
				-m rpfilter --validmark --invert -j DROP" both_again "iptables-$variant"
	done
done

# --- nobody answers

sick no_mapping "neither a pool nor mappings" '
	nat dev set pool none' '
	nat dev set pool $POOL; ip -n "$ROUTER" -4 route flush dev nat64; door_both'
run_case "a static mapping is enough" eval '
	nat dev set pool none && nat map add $C6 $C4 && found'
nat map flush
nat dev set pool $POOL

deadly pool_onlink "the pool 203.0.113.128/25 is in the network 203.0.113.0/24 on r4" '
	nat dev set pool 203.0.113.128/25 && ip -n "$ROUTER" route add 203.0.113.128/25 dev nat64' '
	router sysctl -qw net.ipv4.conf.r4.proxy_arp=0; nat dev set pool $POOL'

finish
