# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, route

setup()
{
	nat64_up
	nat64 -n $ROUTER map add $C6 $MAPPED_C4
	ip -n $ROUTER route add $PREFIX dev nat64
	ip -n $ROUTER route add $MAPPED_C4 dev nat64
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$MAPPED_C4
}
