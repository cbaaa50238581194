# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv6, conntrack

setup()
{
	router nft -f - <<-END || die "no rule"
		table ip6 firewall {
			chain forward {
				type filter hook forward priority filter;
				ct state established,related,new accept
			}
		}
	END
}
