# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: IPv4, MASQUERADE

setup()
{
	router iptables -t nat -A POSTROUTING -o rs -j MASQUERADE || die "no rule"
	SERVER_ADDR=$S4 CLIENT_ADDR=$R4
}
