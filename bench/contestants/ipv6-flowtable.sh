# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv6, flowtable

setup()
{
	router nft -f - <<-END || die "no flowtable"
		table ip6 fastpath {
			flowtable fast {
				hook ingress priority filter;
				devices = { rc, rs };
			}
			chain forward {
				type filter hook forward priority filter;
				ip6 nexthdr { tcp, udp } flow add @fast
			}
		}
	END
}
