# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, MASQUERADE, flowtable

# Once a connection is known, the flowtable takes its IPv4 packets straight from their input device:
# nat64 for packets from hosts, the link for replies.
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
