# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, raw table

setup()
{
	nat64_up
	nat64 -n $ROUTER map add $C6 $MAPPED_C4
	nat64_rules raw $MAPPED_C4
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$MAPPED_C4
}

load_mappings()
{
	mapping_list "$1" | sed 's/^/map add /' >"$WORK/batch"
	timed nat64 -n $ROUTER -b "$WORK/batch" || die "mappings not loaded"
	# Both sides of the mappings are routed, and no packet must be translated twice.
	router ip6tables -t raw -A PREROUTING -i rc -d $HOSTS6/64 -j NAT64
	router iptables -t raw -A PREROUTING -i rs -d $HOSTS4/8 -j NAT64
}

dump_mappings()
{
	timed nat64 -n $ROUTER map show >/dev/null
}

dynamic()
{
	nat64_dynamic
}
