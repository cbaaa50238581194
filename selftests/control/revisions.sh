#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Revisions of the target: an old plugin works with this kernel, and this plugin with an old kernel.

. "$(dirname "$0")"/../lib/lib.sh

need ping iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4
door_closed
# Load the legacy variants' part of the kernel.
router iptables-legacy -t raw -S >/dev/null
router ip6tables-legacy -t raw -S >/dev/null

no_rules()
{
	router ip6tables-nft -t raw -F
	router iptables-nft -t raw -F
}

# The rules of a plugin that knows this revision.
translates()
{
	no_rules
	fails ping_once "$CLIENT" -W 1 $S6 || return
	router control/revisions.py rules "$1" || return
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}

# The command lists, saves and restores such rules, whatever revision it prefers.
saved()
{
	local command

	for command in ip6tables iptables; do
		router $command-nft-save -t raw | grep -x -e '-A PREROUTING -j NAT64' || return
		router $command-nft-save -t raw >"$work/$command.rules"
	done
	no_rules
	for command in ip6tables iptables; do
		router $command-nft-restore <"$work/$command.rules" || return
	done
	ping_once "$CLIENT" $S6 && ping_once "$SERVER" $C4
}

# refused TEXT REVISION [AT HEX]: the kernel's log says why. x_tables logs no more than ten such lines in five
# seconds, so the rule may be tried again after that.
refused()
{
	local text=$1 pause

	shift
	no_rules
	for pause in 6 0; do
		mark_log
		expect 1 "Invalid argument" router control/revisions.py rules "$@" || return
		[ "$(logged "$text")" -eq 0 ] || return 0
		sleep $pause
	done
	dmesg | tail -3
	echo "the log does not say: $text"
	return 1
}

for family in ipv4 ipv6; do
	run_case "the kernel has revision 0, $family" router control/revisions.py offers $family 0
	run_case "... and revision 1, $family" router control/revisions.py offers $family 1
	run_case "... and no other, $family" expect 1 "" router control/revisions.py offers $family 2
done
run_case "H5 the rules of an old plugin, revision 0" translates 0
run_case "... listed, saved and restored" saved
run_case "H5 the rules of a new plugin, revision 1" translates 1
run_case "... listed, saved and restored" saved
run_case "a flag that is not known" refused "unknown flags 0x1010101" 1 16 01010101
run_case "spare bytes that are not zero: the first" refused "spare bytes are not zero" 1 20 01
run_case "spare bytes that are not zero: the last" refused "spare bytes are not zero" 1 31 01
run_case "a device without a name" refused "invalid device name" 1 0 00
run_case "the plugin, with a kernel that has revision 0 only" same "0 24 16" control/revisions.py chooses 0
run_case "the plugin, with a kernel that has both" same "1 40 32" control/revisions.py chooses 0 1
run_case "the plugin, with a kernel that has a later one, too" same "1 40 32" control/revisions.py chooses 0 1 2

finish
