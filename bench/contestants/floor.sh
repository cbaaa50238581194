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

# floor CLIENT-MAC SERVER-MAC: a hook does the least that a router has to do with a packet (floor/floor.c).
floor()
{
	[ ! -d /sys/module/floor ] || rmmod floor
	router insmod "$(contestant_module floor)" "links=rc,rs,$2,rs,rc,$1" || die "no floor, which modules.sh builds"
}
