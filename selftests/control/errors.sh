#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Error messages when several things are wrong, or when only the kernel can tell: one line about the
# first of them. (userspace-tool/tests/test-cli.sh covers errors that need no kernel.)

. "$(dirname "$0")"/../lib/lib.sh

need jq
setup_net
nat64_up route

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# says STATUS LINES COMMAND...: that status, and no output but these lines, each after "nat64: ".
says()
{
	local status=$1 want=$2 said got

	shift 2
	said=$("$@" 2>&1)
	got=$?
	want=${want//@/nat64: $work/file:}
	if [ "$got" -ne "$status" ] || [ "$said" != "$want" ]; then
		printf 'status %s:\n%s\ninstead of %s:\n%s\n' "$got" "$said" "$status" "$want"
		return 1
	fi
}

# file LINE...
file()
{
	printf '%s\n' "$@" >"$work/file"
}

# --- a batch: mappings wait for others of their kind, but messages are as if they had not

batch()
{
	nat map flush
	nat "$@" -b "$work/file"
}
file "map add $C6 $C4" "map add $C6 198.51.100.9" "frobnicate" "map add 2001:db8:1::5 198.51.100.5"
run_case "a batch ends with the line that the kernel refuses, not with a later one" says 1 \
	"@2: map $C6 198.51.100.9: IPv6 prefix is mapped already" batch
run_case "... what was before it is done, what is behind it is not" eval '
	same $C4 mapped4 $C6 && same "" mapped4 2001:db8:1::5'
run_case "... with --force, it goes on, in order" says 2 \
	"@2: map $C6 198.51.100.9: IPv6 prefix is mapped already
@3: unknown word \"frobnicate\", see \"nat64 help\"" batch --force
run_case "... to the end" same 198.51.100.5 mapped4 2001:db8:1::5

file "map add $C6 $C4" "map add $C6 198.51.100.9" "map get \"192.0.2.1"
run_case "a batch: the same before a line that is no line of words" says 1 \
	"@2: map $C6 198.51.100.9: IPv6 prefix is mapped already" batch
file "map add $C6 $C4" "frobnicate"
run_case "a batch: mappings that are right come before a line that is not" says 2 \
	'@2: unknown word "frobnicate", see "nat64 help"' batch
run_case "... and are there" same $C4 mapped4 $C6
nat map flush

# --- a configuration: if anything is wrong, nothing is done

for command in up restore; do
	file "dev add new prefix 2001:db8:65::/96" "map add $C6 $C4 dev new" "frobnicate now"
	run_case "$command: one line about what is wrong" eval '
		said=$(nat $command "$work/file" 2>&1) && exit 1
		same 1 grep -c . <<<"$said" && grep "file:3: \"frobnicate now\"" <<<"$said"'
	run_case "... and no device" expect 1 "no such device" nat dev show new
	file "dev add new prefix 2001:db8:65::/96" "map add $C6 $C4 dev new" \
		"map add $C6 198.51.100.9 dev new" "frobnicate now"
	run_case "$command: the first of two" says 1 \
		"@3: map $C6 198.51.100.9: IPv6 prefix is mapped already" nat $command "$work/file"
done

file "map add 2001:db8:1::7 192.0.2.7 dynamic dev other" "map add 2001:db8:1::8 192.0.2.8"
run_case "restore dynamic: in order" eval '
	said=$(nat restore dynamic "$work/file" 2>&1) && exit 1
	same "nat64: $work/file:1: map 2001:db8:1::7 192.0.2.7: no such device
nat64: $work/file:2: not a dynamic mapping" head -n 2 <<<"$said"'

# --- ranges: the kernel takes what the command takes, and refuses what is beyond (netlink.py)

run_case "the lowest numbers" nat dev set lowest-ipv6-mtu 1280 idle-timeout 1 quota 1
run_case "... and the highest" eval '
	nat dev set lowest-ipv6-mtu 65535 idle-timeout 31536000 quota 4294967295 &&
	nat -j dev show | jq -e ".[0] | .lowest_ipv6_mtu == 65535 and .idle_timeout == 31536000 and
		.quota == 4294967295"'
for option in "quota 0" "icmp-source 0.0.0.0"; do
	run_case "$option says what it means" says 0 \
		"nat64: warning: ${option% *} \"${option#* }\" is taken for none" nat dev set $option
done
run_case "... and it does" eval '
	nat dev show | grep "quota none" && nat dev show | grep "icmp-source none"'
run_case "dev add help makes no device" eval '
	nat dev add help | grep "^Usage: nat64 dev" && expect 1 "no such device" nat dev show dev help'
run_case "... which may have that name all the same" eval '
	nat dev add dev help && nat dev show dev help && nat dev del dev help'

finish
