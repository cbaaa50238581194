#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What first_boot.sh has set up is there again after a reboot. Nobody has typed anything since.

. "$(dirname "$0")"/../lib/boot_lib.sh

kept()
{
	[ -s $before ] && same "$(<$before)" mapped4 $C6
}

run_case "the machine has started without a failed unit" same "" systemctl --failed --no-legend
run_case "... from a file system that was cleanly unmounted" eval '
	dmesg | grep "EXT4-fs.* mounted" && fails eval "dmesg | grep EXT4-fs.*recover"'
told "nat64 has started by itself" router "systemctl is-active nat64"
tell router "nat64 map show"
run_case "... and the client has kept its address, before it sends anything" kept
browse
told "the client pings the server" client "ping -n -c 1 -W 30 64:ff9b::203.0.113.80"
run_case "... under the same address as before" kept
told "doctor finds nothing" router "nat64 doctor"

finish
