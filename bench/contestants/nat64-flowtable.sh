# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, MASQUERADE, flowtable

# Once a connection is known, its IPv4 packets take a way of their own from the device that they come
# in by: those of the hosts from nat64, the replies from the link.
setup()
{
	# shellcheck source=bench/contestants/nat64-masquerade.sh
	. "$(dirname "${BASH_SOURCE[0]}")/nat64-masquerade.sh"
	setup
	router nft -f - <<-END || die "no flowtable"
		table ip fastpath {
			flowtable fast {
				hook ingress priority filter;
				devices = { nat64, rs };
			}
			chain forward {
				type filter hook forward priority filter;
				ip protocol { tcp, udp } flow add @fast
			}
		}
	END
}
