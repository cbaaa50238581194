# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: Jool NAT64

# A static mapping gives the returning flow a known port; otherwise Jool would pick one from its pool.
setup()
{
	local protocol

	jool_module jool
	router jool instance add --netfilter --pool6 $PREFIX || die "no instance"
	for protocol in tcp udp icmp; do
		router jool pool4 add --$protocol $R4 10000-65535 || die "no pool"
	done
	router jool pool4 add --udp $R4 $CLIENT_PORT || die "no pool"
	router jool bib add --udp "$C6#$CLIENT_PORT" "$R4#$CLIENT_PORT" || die "no mapping"
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$R4
}

dynamic()
{
	:
}
