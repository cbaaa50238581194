# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: Tayga

setup()
{
	cat >"$WORK/tayga.conf" <<-END
		tun-device tayga
		ipv4-addr 192.168.255.1
		prefix $PREFIX
		map $MAPPED_C4 $C6
		data-dir $WORK
	END
	load_module tun
	[ -e /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200; }
	router tayga -c "$WORK/tayga.conf" --mktun >/dev/null || die "no TUN device"
	ip -n $ROUTER link set tayga up
	ip -n $ROUTER route add $PREFIX dev tayga
	ip -n $ROUTER route add $MAPPED_C4 dev tayga
	router tayga -c "$WORK/tayga.conf" --pidfile "$WORK/tayga.pid" >/dev/null 2>&1
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$MAPPED_C4
}
