#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the sections of docs/managers.md exactly as printed, with the network managers that MANAGERS lists.

. "$(dirname "$0")"/../lib/recipe_lib.sh

managers=${MANAGERS:-networkd ifupdown}
etc=/etc/netns/$ROUTER
trap 'rm -rf "$etc"; cleanup' EXIT

need unshare nsenter dbus-daemon
setup_net
load_modules
start_peers "$SERVER"
mkdir -p "$etc/nat64" /etc/nat64
cat >"$etc/nat64/nat64.conf" <<-END
	dev add nat64 prefix $PREFIX pool $POOL hook r6
	address 198.51.100.1/32
	forwarding
END

# nat64_state: what the manager has to leave alone.
nat64_state()
{
	ip -n "$ROUTER" addr show dev nat64 | grep -o -E "inet6? .*|<.*UP.*" &&
		ip -n "$ROUTER" route show dev nat64 && ip -n "$ROUTER" -6 route show dev nat64 proto 64
}

works()
{
	ping_once "$CLIENT" $S6
}

# files SECTION: those of the section, in the router's /etc.
files()
{
	local file where

	blocks managers.md "$1"
	for file in "$work"/blocks/*; do
		read -r _ where <"$file"
		[[ $where == /etc/* ]] || continue
		mkdir -p "$etc/$(dirname "${where#/etc/}")"
		cp "$file" "$etc/${where#/etc/}"
		chmod -R a+rX "$etc"
	done
}

# commands SECTION WHERE: those of the section, on the router or inside the daemon's mounts.
commands()
{
	local file where

	blocks managers.md "$1"
	for file in "$work"/blocks/*; do
		read -r _ where <"$file"
		[ "$where" != "on the router" ] || "$2" sh -ec "$(<"$file")" || return
	done
}

inside()
{
	nsenter -t "$(<"$work/pid")" --net --mount "$@"
}

# start COMMAND...: a daemon on the router. With a read-only /sys, it does not wait for udev.
start()
{
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$ROUTER" unshare --mount sh -c '
		mount -o remount,ro /sys && mount -t tmpfs run /run &&
		mkdir -p /run/dbus /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp &&
		chown -R systemd-network: /run/systemd/netif && dbus-daemon --system --fork && exec "$@"' sh "$@" \
		>"$work/daemon" 2>&1 &
	echo $! >"$work/pid"
}

# gone PID
gone()
{
	! kill -0 "$1" 2>/dev/null
}

stop()
{
	kill "$(<"$work/pid")"
	within 300 gone "$(<"$work/pid")" || die "it does not end"
}

# --- networkd

link_state()
{
	local index

	index=$(router cat /sys/class/net/nat64/ifindex)
	grep -s "^ADMIN_STATE=$1$" "/proc/$(<"$work/pid")/root/run/systemd/netif/links/$index"
}

networkd=/lib/systemd/systemd-networkd

# manages STATE COMMAND...: the daemon considers the device to be in this state.
manages()
{
	local state=$1

	shift
	start "$@"
	within 300 link_state "$state" && return
	cat "$work/daemon"
	return 1
}

# For all interfaces but those of the lab, which would lose their addresses, too.
networkd_for_all()
{
	mkdir -p "$etc/systemd/network"
	printf '[Match]\nName=!r4 r6 lo\n\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nKeepConfiguration=no\n' \
		>"$etc/systemd/network/90-all.network"
	chmod -R a+rX "$etc"
}

taken()
{
	[ -z "$(ip -n "$ROUTER" addr show dev nat64 to 198.51.100.1/32)" ]
}

with_networkd()
{
	local before

	mkdir -p "$etc/systemd"
	cp -a /etc/systemd/. "$etc/systemd/"
	networkd_for_all
	router nat64 up || die "no device"
	before=$(nat64_state)
	files "systemd-networkd"
	run_case "networkd: its files leave the device unmanaged" manages unmanaged $networkd
	run_case "... as nat64 up has made it" same "$before" nat64_state
	run_case "... and the command as printed works" commands "systemd-networkd" inside
	run_case "... packets cross" works
	stop
	rm "$etc/systemd/network/05-nat64.network"
	run_case "networkd without the file takes the device" eval '
		manages configured $networkd && inside networkctl reconfigure nat64 && within 300 taken'
	stop
	run_case "... and nat64 up repairs it" eval 'router nat64 up && same "$before" nat64_state'
}

# --- netplan, which writes files for networkd

with_netplan()
{
	local before generate

	# Not one of those that "make check" installs. This is what "netplan generate" runs.
	generate=$(find /lib/netplan /usr/libexec/netplan -name generate -print -quit 2>/dev/null)
	[ "$generate" ] || die "netplan is not installed"
	mkdir -p "$etc/netplan" /etc/netplan "$etc/systemd"
	cp -a /etc/systemd/. "$etc/systemd/"
	rm -f "$etc"/systemd/network/*
	cat >"$etc/netplan/all.yaml" <<-END
		network:
		  version: 2
		  ethernets:
		    all:
		      match: { name: "nat*" }
		      link-local: [ ]
		      accept-ra: false
	END
	router nat64 up || die "no device"
	before=$(nat64_state)
	run_case "netplan: a file that matches the device makes networkd take it" \
		manages configured sh -c "$generate && exec $networkd"
	stop
	router nat64 up
	files "systemd-networkd"
	run_case "... but not beside the file for networkd" manages unmanaged sh -c "$generate && exec $networkd"
	run_case "... as nat64 up has made it" same "$before" nat64_state
	run_case "... packets cross" works
	stop
}

# --- ifupdown

with_ifupdown()
{
	local before

	need ifup
	mkdir -p "$etc/network/interfaces.d"
	cp -a /etc/network/if-*.d "$etc/network/"
	echo "source /etc/network/interfaces.d/*" >"$etc/network/interfaces"
	router nat64 up || die "no device"
	before=$(nat64_state)
	router nat64 down
	files ifupdown
	run_case "ifupdown: ifup makes the device, as nat64 up does" eval '
		commands ifupdown router && same "$before" nat64_state'
	run_case "... packets cross" works
	run_case "... ifdown takes it away" eval 'router ifdown nat64 && fails ip -n "$ROUTER" link show nat64'
}

# --- NetworkManager

# nm_says DEVICE STATE
nm_says()
{
	inside nmcli -g GENERAL.STATE device show "$1" 2>/dev/null | grep -F -e "$2"
}

with_NetworkManager()
{
	local before

	# Not one of those that "make check" installs.
	command -v NetworkManager >/dev/null || die "NetworkManager is not installed"
	router nat64 up || die "no device"
	before=$(nat64_state)
	start NetworkManager --no-daemon
	run_case "NetworkManager leaves the device unmanaged" eval '
		within 300 nm_says r4 connected && within 300 nm_says nat64 unmanaged'
	run_case "... as nat64 up has made it" same "$before" nat64_state
	run_case "... packets cross" works
	stop
}

for manager in $managers; do
	with_$manager
	router nat64 down 2>/dev/null
done
finish
