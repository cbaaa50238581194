# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: nat64, fast ingress, MASQUERADE

setup()
{
	# shellcheck source=bench/contestants/nat64-masquerade.sh
	. "$(dirname "${BASH_SOURCE[0]}")/nat64-masquerade.sh"
	setup
	nat64 -n $ROUTER dev set nat64 fast ingress fast-dev rc,rs fast-refresh 3600
}
