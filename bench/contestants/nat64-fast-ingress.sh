# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, hook, fast ingress

setup()
{
	nat64_up
	nat64 -n $ROUTER map add $C6 $MAPPED_C4
	nat64 -n $ROUTER dev set nat64 hook rc,rs fast ingress fast-dev rc,rs fast-refresh 3600
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$MAPPED_C4
}

many_flows()
{
	nat64 -n $ROUTER dev set nat64 fast-flows 524288
}
