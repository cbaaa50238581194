#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does what the README says under "The first NAT64", on a machine on which nat64 has just been installed.

. "$(dirname "$0")"/../lib/boot_lib.sh

# example NUMBER
example()
{
	../scripts/readme.sh "The first NAT64" "$1" || die "the README has no such example"
}

# example_commands NUMBER: line by line, in the transcript.
example_commands()
{
	local line

	while IFS= read -r line; do
		tell router "$line" || return
	done < <(example "$1" | sed 's|NETWORK|2001:db8:1::/64|')
}

run_case "the machine has started without a failed unit" same "" systemctl --failed --no-legend
run_case "... with modules that DKMS has signed" same 2 eval 'modinfo -F sig_id nat64 xt_NAT64 | grep -c PKCS'

# The lab's addresses are for documentation, which RFC 6052 bars from the well-known prefix; hence wkp-strict off.
example 1 | sed 's/\bLAN$/lan/; s/\bWAN$/wan/; 1s/$/ wkp-strict off/' >/etc/nat64/nat64.conf
tell router "cat /etc/nat64/nat64.conf"
example_commands 2
result "the command starts nat64" $?
told "the client pings a server that has only IPv4" client "ping -n -c 1 -W 30 64:ff9b::203.0.113.80"
example_commands 3
result "Unbound becomes a DNS64" $?
browse
told "nat64 shows what there is" router nat64
told "doctor finds nothing" router "nat64 doctor"
told "the client has an address from the pool" router "nat64 map show | grep $C6"
mapped4 $C6 >$before

finish
