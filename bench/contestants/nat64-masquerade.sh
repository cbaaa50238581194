# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, raw table, and MASQUERADE

# conntrack restores the IPv4 destination of replies only after PREROUTING's rules, so they need the
# route to reach the translator.
setup()
{
	nat64_up pool 198.19.0.0/18
	load_module xt_NAT64 || die "no module xt_NAT64"
	router ip6tables -t raw -A PREROUTING -d $PREFIX -j NAT64 || die "no rule"
	router iptables -t nat -A POSTROUTING -s 198.19.0.0/18 -o rs -j MASQUERADE ||
		die "no rule"
	ip -n $ROUTER route add 198.19.0.0/18 dev nat64
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$R4
}
