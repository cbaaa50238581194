#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor: forwarding, routes in both directions, and iptables rules.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

run_case "doctor finds nothing in a router that is well" expect 0 "Nothing found." \
	router nat64 doctor
run_case "... which works" ping_once "$CLIENT" $S6

sick forwarding4 "IPv4 forwarding is off" 'router sysctl -qw net.ipv4.ip_forward=0'
sick forwarding6 "IPv6 forwarding is off" 'router sysctl -qw net.ipv6.conf.all.forwarding=0'
sick forwarding4 "what comes from the device" \
	'router sysctl -qw net.ipv4.conf.nat64.forwarding=0'
sick forwarding4 "what comes from r4" 'router sysctl -qw net.ipv4.conf.r4.forwarding=0'
sick no_way_in "no route, no hook and no rule with -j NAT64 leads packets for $PREFIX here" '
	router "$IP6TABLES" -t raw -F PREROUTING && ip -n "$ROUTER" -6 route del $PREFIX' door_both
run_case "doctor finds no_way_out, which only the user can mend" eval '
	ip -n "$ROUTER" route del default && found no_way_out'
ip -n "$ROUTER" route add default via $S4
sick no_way_back "no route leads replies for the pool $POOL" 'ip -n "$ROUTER" route del $POOL' door_both
sick no_masquerade "the pool $POOL is private" 'router "$IPTABLES" -t nat -F POSTROUTING' \
	'router "$IPTABLES" -t nat -F POSTROUTING; router "$IPTABLES" "${masquerade[@]}"'
sick no_masquerade "the pool $POOL is private" 'router "$IPTABLES" -t nat -F POSTROUTING &&
	router "$IPTABLES" -t nat -A POSTROUTING -s 198.19.1.0/24 -j MASQUERADE' \
	'router "$IPTABLES" -t nat -F POSTROUTING; router "$IPTABLES" "${masquerade[@]}"'

# Rules of others that do not masquerade the pool. A "|" stands between two of them.
only_masquerade()
{
	local rule

	router "$IPTABLES" -t nat -F POSTROUTING
	router "$IPTABLES" -t nat -N idle
	tr '|' '\n' <<<"$1" | while read -r rule; do
		router "$IPTABLES" -t nat $rule || exit
	done
}
masquerade_again()
{
	router "$IPTABLES" -t nat -F
	router "$IPTABLES" -t nat -X
	router "$IPTABLES" "${masquerade[@]}"
}
for rules in "-A POSTROUTING -o r4 -p udp -j MASQUERADE" "-A POSTROUTING -o r6 -j MASQUERADE" "-A idle -j MASQUERADE" \
	"-A POSTROUTING -o r4 -m addrtype --src-type LOCAL -j MASQUERADE" \
	"-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE" \
	"-A POSTROUTING -s 198.19.0.0/16 -j RETURN|-A POSTROUTING -o r4 -j MASQUERADE" \
	"-A POSTROUTING -o r4 -j idle|-A idle -m mark ! --mark 0x4000/0x4000 -j RETURN|-A idle -j MASQUERADE"; do
	run_case "doctor finds no_masquerade, and its advice mends: $rules" \
		finds no_masquerade "the pool $POOL is private" "only_masquerade '$rules'"
	masquerade_again
done
enough()
{
	only_masquerade "$1" && found
}
for rules in "-A POSTROUTING ! -d 10.0.0.0/8 -o r4 -j MASQUERADE" \
	"-A POSTROUTING -j idle|-A idle -s 198.19.0.0/16 -j SNAT --to-source $R4"; do
	run_case "doctor has nothing against $rules" enough "$rules"
	masquerade_again
done

# The hook in place of rule and routes, but for the route of the replies that MASQUERADE gives back.
by_hook()
{
	door_hook
	ip -n "$ROUTER" route replace $POOL dev nat64 proto static
	found
}
run_case "doctor finds nothing in a router with the hook" by_hook
run_case "... which works" ping_once "$CLIENT" $S6
sick hook_device "the hook names r66, and there is no such device" 'nat dev set hook r6,r66,r4'
run_case "... the devices that are there stay" eval 'nat dev show | grep -x "    hook r6,r4"'
sick no_way_in "no route, no hook and no rule with -j NAT64 leads packets for $PREFIX here" '
	nat dev set hook off' door_both
run_case "doctor advises no hook if none of its devices is there" eval '
	nat dev set hook r66 && found hook_device && obey && found && fails eval "nat64 -n $ROUTER dev show | grep hook"'

public_pool()
{
	nat dev set pool 198.51.100.0/24 &&
		router "$IPTABLES" -t raw -A PREROUTING -d 198.51.100.0/24 -j NAT64 && found
}
sick rp_filter "rp_filter is strict" '
	public_pool && router sysctl -qw net.ipv4.conf.all.rp_filter=1' '
	router sysctl -qw net.ipv4.conf.all.rp_filter=0; nat dev set pool $POOL; door_both'

for variant in nft legacy; do
	sick forward_drop4 "FORWARD chain of iptables-$variant" "
		router iptables-$variant -P FORWARD DROP" "
		router iptables-$variant -P FORWARD ACCEPT; router iptables-$variant -F FORWARD"
	sick forward_drop6 "FORWARD chain of ip6tables-$variant" "
		router ip6tables-$variant -P FORWARD DROP" "
		router ip6tables-$variant -P FORWARD ACCEPT; router ip6tables-$variant -F FORWARD"
done
# Names in capitals are not iptables' alone, and a bridge is no router.
sick forward_drop_nft "the chain inet filter FORWARD of nftables drops by policy" '
	router nft "add table inet filter; add chain inet filter FORWARD { type filter hook forward priority 0; \
		policy drop; }"' 'router nft delete table inet filter'
# The kernel may have no such family.
bridge()
{
	printf '#!/bin/sh\necho %s\n' "'{\"nftables\": [{\"chain\": {\"family\": \"bridge\", \"table\": \"fw\", \"name\": \"forward\",
		\"hook\": \"forward\", \"policy\": \"drop\"}}]}'" >"$work/bin/nft" && chmod +x "$work/bin/nft" && found
}
run_case "doctor has nothing against a bridge that drops" bridge
rm -f "$work/bin/nft"
# nftables alone: iptables cannot tell that it drops, nor that it masquerades.
sick forward_drop_nft "the chain inet fw forward of nftables drops by policy" '
	router nft "add table inet fw; add chain inet fw forward { type filter hook forward priority 0; \
		policy drop; }"' '
	run_case "... and packets pass" ping_once "$CLIENT" $S6
	router nft delete table inet fw'
nft_masquerade()
{
	router "$IPTABLES" -t nat -F POSTROUTING
	router nft "add table ip mine; add chain ip mine post { type nat hook postrouting priority srcnat; };
		add rule ip mine post ip saddr $POOL masquerade" && found && ping_once "$CLIENT" $S6
}
run_case "doctor has nothing against the masquerade of nftables" nft_masquerade
router nft delete table ip mine
run_case "... nor if its chain is called POSTROUTING" eval '
	router nft "add table inet nat; add chain inet nat POSTROUTING { type nat hook postrouting priority srcnat; };
		add rule inet nat POSTROUTING oifname { r4, r5 } masquerade" && found'
router nft delete table inet nat
for rule in "post ip saddr 192.168.122.0/24" "post oifname r6" "post oifname r4 ip saddr != { 10.0.0.0/8, 198.19.0.0/16 }" idle; do
	sick no_masquerade "the pool $POOL is private" '
		router "$IPTABLES" -t nat -F POSTROUTING &&
		router nft "add table ip mine; add chain ip mine post { type nat hook postrouting priority srcnat; };
			add chain ip mine idle; add rule ip mine $rule masquerade"' '
		router nft delete table ip mine; masquerade_again'
done

# A router without iptables.
nft_only()
{
	mkdir -p "$work/few" && ln -sf "$(command -v nft)" "$work/few/" && router "$IPTABLES" -t nat -F POSTROUTING || return
	doctor()
	{
		router env PATH="$work/few" "$(command -v nat64)" -j doctor >"$work/found"
	}
	found no_masquerade && fails grep iptables "$work/found" && obey && found && ping_once "$CLIENT" $S6
}
run_case "the advice on no_masquerade does without iptables" nft_only
router nft delete table ip doctor
masquerade_again

# Replies would get through, but requests would not.
sick forward_drop4 "FORWARD chain of iptables-nft" '
	router iptables-nft -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT &&
	router iptables-nft -A FORWARD -o nat64 -j ACCEPT && router iptables-nft -A FORWARD -j REJECT' '
	router iptables-nft -F FORWARD'

finish
