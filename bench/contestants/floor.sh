# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: new MAC addresses, nothing else

setup()
{
	floor "$(mac c0)" "$(mac s0)"
}

sinks()
{
	floor $SINK_MAC $SINK_MAC
}

# floor CLIENT-MAC SERVER-MAC: nft does the least that a router has to do with a packet, which is to write
# other link-layer addresses and send it.
floor()
{
	router nft -f - <<-END || die "no rule"
		table netdev floor
		delete table netdev floor
		table netdev floor {
			chain client {
				type filter hook ingress device rc priority filter;
				ether saddr set $(mac rs) ether daddr set $2 fwd to rs
			}
			chain server {
				type filter hook ingress device rs priority filter;
				ether saddr set $(mac rc) ether daddr set $1 fwd to rc
			}
		}
	END
}
