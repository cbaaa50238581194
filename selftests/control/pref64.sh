#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real daemons run with the output of "nat64 pref64", and a host listens to their router
# advertisements. This needs at least radvd 2.20, systemd 255 and BIRD 2.14, so Debian 13.

. "$(dirname "$0")"/../lib/lib.sh

need radvd bird unshare /usr/lib/systemd/systemd-networkd
setup_links
ip -n "$CLIENT" link set c0 up
load_modules
nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX || die "no device"

print()	# DAEMON OPTION...
{
	nat64 -n "$ROUTER" pref64 "$1" interface r6 "${@:2}"
}

radvd_up()
{
	print radvd "$@" >"$work/radvd.conf" && radvd --configtest -C "$work/radvd.conf" || return
	ip netns exec "$ROUTER" radvd -n -C "$work/radvd.conf" -p "$work/radvd.pid" -m stderr &
}

bird_up()
{
	{
		echo "router id 192.0.2.1; protocol device { }"
		print bird "$@"
	} >"$work/bird.conf" && bird -p -c "$work/bird.conf" || return
	ip netns exec "$ROUTER" bird -f -c "$work/bird.conf" -s "$work/bird.ctl" &
}

# If /sys is writable, networkd waits for udev.
networkd_up()
{
	print networkd "$@" >"$work/r6.network" || return
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$ROUTER" unshare --mount sh -c '
		mount -o remount,ro /sys && mount -t tmpfs run /run &&
		mkdir -p /run/systemd/network && cp "$0" /run/systemd/network/ &&
		chmod 644 /run/systemd/network/* && exec /usr/lib/systemd/systemd-networkd' \
		"$work/r6.network" &
}

# listen: scaled lifetime in seconds, prefix length code and prefix of the first advertisement that
# has the option, as scapy reads it.
listen()
{
	on "$CLIENT" timeout 600 python3 -c 'if True:
		from scapy.config import conf
		conf.ipv6_enabled = True
		from scapy.all import sniff
		from scapy.layers.inet6 import ICMPv6NDOptPREF64 as Option, ICMPv6ND_RA
		def show(packet):
			option = packet[Option]
			print(option.scaledlifetime * 8, option.plc, option.prefix, flush=True)
		sniff(iface="c0", count=1, prn=show, started_callback=lambda: print("ready", flush=True),
		      lfilter=lambda packet: ICMPv6ND_RA in packet and Option in packet)'
}

# heard DAEMON "LIFETIME CODE PREFIX" OPTION...
heard()
{
	local daemon=$1 want=$2 listener server status=0

	shift 2
	rm -f "$work/heard"
	listen >"$work/heard" &
	listener=$!
	within 300 grep -q -s ready "$work/heard" || return
	"${daemon}_up" "$@" || { kill $listener; return 1; }
	server=$!
	wait $listener && same "$want" tail -n 1 "$work/heard" || status=1
	kill $server
	wait $server
	return $status
}

for daemon in radvd networkd bird; do
	run_case "a host hears the device's prefix from $daemon" \
		heard $daemon "1800 0 2001:db8:64::"
	run_case "... and a shorter one, with another lifetime" \
		heard $daemon "600 3 64:ff9b:1::" prefix 64:ff9b:1::/48 lifetime 600
done

finish
