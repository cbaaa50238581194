#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The target in the legacy and nft variants of iptables and ip6tables: in raw and mangle, saved and
# restored, refused where it makes no sense, and with devices that come, go and are renamed.

. "$(dirname "$0")"/../lib/lib.sh

need ping iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft \
	iptables-legacy-save ip6tables-legacy-save iptables-nft-save ip6tables-nft-save \
	iptables-legacy-restore ip6tables-legacy-restore iptables-nft-restore ip6tables-nft-restore
setup_net
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4
door_closed

both_ways()
{
	ping_once "$CLIENT" -W 30 $S6 && ping_once "$SERVER" -W 30 $C4
}

no_way()
{
	fails ping_once "$CLIENT" -W 1 $S6 && fails ping_once "$SERVER" -W 1 $C4
}

# rules TABLE CHAIN [OPTION...]: both families.
rules()
{
	router "ip6tables-$variant" -t "$1" -A "$2" -d $PREFIX -j NAT64 "${@:3}" &&
		router "iptables-$variant" -t "$1" -A "$2" -d $POOL -j NAT64 "${@:3}"
}

flush()
{
	router "ip6tables-$variant" -t "$1" -F
	router "ip6tables-$variant" -t "$1" -X
	router "iptables-$variant" -t "$1" -F
	router "iptables-$variant" -t "$1" -X
}

works_in()
{
	rules "$1" PREROUTING && both_ways
}

# The save commands print what was typed, and restoring that makes rules that work.
saved()
{
	local family

	flush raw
	rules raw PREROUTING || return
	for family in ip6tables iptables; do
		router $family-"$variant"-save -t raw | grep -- "-A PREROUTING -d .* -j NAT64$" || return
		router $family-"$variant"-save -t raw >"$work/$family.rules"
	done
	flush raw
	no_way || return
	for family in ip6tables iptables; do
		router $family-"$variant"-restore <"$work/$family.rules" || return
	done
	both_ways
}

named()
{
	flush raw
	rules raw PREROUTING --device nat64 &&
		router "iptables-$variant" -t raw -A PREROUTING -j NAT64 --device later &&
		router "iptables-$variant-save" -t raw | grep -- "-j NAT64 --device later$" &&
		router "iptables-$variant" -t raw -vnL PREROUTING | grep "NAT64 .*device nat64$" &&
		router "iptables-$variant" -t raw -D PREROUTING -j NAT64 --device later &&
		fails router "iptables-$variant" -t raw -D PREROUTING -j NAT64 --device later &&
		both_ways
}

# A chain of one's own, jumped to from PREROUTING.
own_chain()
{
	flush raw
	router "ip6tables-$variant" -t raw -N translate
	router "iptables-$variant" -t raw -N translate
	rules raw translate || return
	no_way || return
	router "ip6tables-$variant" -t raw -A PREROUTING -j translate
	router "iptables-$variant" -t raw -A PREROUTING -j translate
	both_ways
}

# A rule whose device is not there (yet).
later()
{
	flush raw
	rules raw PREROUTING --device later && no_way || return
	nat64 -n "$ROUTER" dev add later prefix $PREFIX || return
	nat64 -n "$ROUTER" map add $C6 $C4 dev later
	both_ways
}

gone()
{
	nat64 -n "$ROUTER" dev del later && no_way
}

again()
{
	nat64 -n "$ROUTER" dev add later prefix $PREFIX || return
	nat64 -n "$ROUTER" map add $C6 $C4 dev later
	both_ways
}

renamed()
{
	ip -n "$ROUTER" link set later down
	ip -n "$ROUTER" link set later name other || return
	ip -n "$ROUTER" link set other up
	no_way || return
	flush raw
	rules raw PREROUTING --device other
	both_ways
}

takes_name()
{
	flush raw
	rules raw PREROUTING --device later
	no_way || return
	ip -n "$ROUTER" link set other down
	ip -n "$ROUTER" link set other name later
	ip -n "$ROUTER" link set later up
	both_ways
	local status=$?
	nat64 -n "$ROUTER" dev del later
	return $status
}

other_kind()
{
	ip -n "$ROUTER" link add later type dummy
	no_way
	local status=$?
	ip -n "$ROUTER" link del later
	return $status
}

device_down()
{
	flush raw
	rules raw PREROUTING
	ip -n "$ROUTER" link set nat64 down
	no_way || return
	ip -n "$ROUTER" link set nat64 up
	both_ways
}

# refused FAMILY TABLE CHAIN TEXT: the rule is refused, and the kernel's log says why. x_tables logs no
# more than ten such lines in five seconds, so the rule may be tried again after that.
refused()
{
	local family=$1 table=$2 chain=$3 text=$4 pause

	for pause in 6 0; do
		mark_log
		fails router "$family-$variant" -t "$table" -A "$chain" -j NAT64 || return
		[ "$(logged "$text")" -eq 0 ] || return 0
		sleep $pause
	done
	dmesg | tail -3
	echo "the log does not say: $text"
	return 1
}

says()
{
	expect 2 "$1" router "iptables-$variant" -t raw -A PREROUTING -j NAT64 "${@:2}"
}

for variant in legacy nft; do
	for table in raw mangle; do
		run_case "H5 $table, $variant" works_in $table
		flush $table
		run_case "H5 ... and without the rule no more" no_way
	done
	run_case "H5 saved and restored, $variant" saved
	run_case "H5 --device, listed, saved and deleted again, $variant" named
	run_case "H5 in a chain of one's own, $variant" own_chain
	run_case "H5 a rule for a device that is not there does nothing, until it is, $variant" later
	run_case "H6 ... nor when the device is deleted under the rule, $variant" gone
	run_case "H6 ... and works with the next device of that name, $variant" again
	run_case "H6 a rule goes by name: a device that is renamed leaves it, $variant" renamed
	run_case "H6 ... and a device that takes the name takes the rule, $variant" takes_name
	run_case "a device of another kind does not match the rule, $variant" other_kind
	run_case "a device that is down translates nothing, $variant" device_down
	flush raw
	for family in iptables ip6tables; do
		for place in "raw OUTPUT" "mangle INPUT" "mangle FORWARD" "mangle OUTPUT" \
			"mangle POSTROUTING"; do
			run_case "refused in $place, $family-$variant" refused $family $place \
				"NAT64 target: used from hooks ${place#* }, but only usable from PREROUTING"
		done
		run_case "refused in the nat table, $family-$variant" \
			refused $family nat PREROUTING "only valid in tables raw and mangle, not nat"
		run_case "refused in the filter table, $family-$variant" \
			refused $family filter FORWARD "NAT64"
	done
	run_case "--device without a name, $variant" says 'option "--device" requires an argument' --device
	run_case "--device with an empty name, $variant" \
		says 'a device name has 1 to 15 characters' --device ""
	run_case "--device with a name too long, $variant" \
		says '"sixteen-letters-": a device name has 1 to 15 characters' --device sixteen-letters-
	run_case "--device with a slash, $variant" says '"a/b": not a device name' --device a/b
	run_case "--device twice, $variant" says 'device' --device a --device b
	run_case "an unknown option, $variant" says 'unknown option "--foo"' --foo
	run_case "help, $variant" eval \
		'router "iptables-$variant" -j NAT64 --help | grep -A1 "NAT64 target options:" | grep -- "--device NAME"'
done

finish
