# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv6, a rule in raw

# What a rule table alone costs. A translated packet meets two: one in either family.
setup()
{
	local addr

	for addr in $S6 $C6; do
		router ip6tables-legacy -t raw -A PREROUTING -d "$addr" -j ACCEPT ||
			die "no rule"
	done
}
