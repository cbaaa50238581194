#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor and nat64 show ask a name server for ipv4only.arpa. Whatever it answers, they say so
# and go on.

. "$(dirname "$0")"/../lib/doctor_lib.sh

setup_net
ip -n "$ROUTER" route add default via $S4
nat64_up both pool $POOL
router "$IPTABLES" -t nat -A POSTROUTING -s 198.19.0.0/18 -o r4 -j MASQUERADE
mkdir -p "$etc"

# asks KIND ADDRESS: the router's resolver is a name server that gives answers of that kind.
asks()
{
	server=$work/server-$1
	router "$(dirname "$0")/doctor_answers.py" "$1" "$2" >"$server" &
	within 300 grep -s ready "$server" || die "no name server"
	echo "nameserver $2" >"$etc/resolv.conf"
}

survives()
{
	found no_dns64 && within 300 grep answered "$server"
}

# shows: the router's state, with what doctor finds.
shows()
{
	router nat64 show >"$work/shown" && grep "doctor" "$work/shown"
}

asks counts 127.0.0.2
run_case "doctor survives an answer that counts more records than it has" survives
asks noise 127.0.0.3
run_case "... one that is noise" survives
asks long 127.0.0.4
run_case "... one that is longer than any buffer" survives
run_case "... so does nat64 show" shows

finish
