#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor and nat64 show ask a name server for ipv4only.arpa. Whatever it answers, they say so
# and go on.

. "$(dirname "$0")"/../lib/doctor_lib.sh

setup_net
nat64_up both pool $POOL
router "$IPTABLES" -t nat -A POSTROUTING -s 198.19.0.0/18 -o r4 -j MASQUERADE
mkdir -p "$etc"
echo "nameserver 127.0.0.1" >"$etc/resolv.conf"

# after KIND COMMAND...: while a name server gives answers of that kind.
after()
{
	stop_server
	router "$(dirname "$0")/doctor_answers.py" "$1" &
	server_pid=$!
	within 60 router socat -u OPEN:/dev/null TCP4:127.0.0.1:53 || return
	shift
	"$@"
}

stop_server()
{
	[ -z "${server_pid-}" ] || kill "$server_pid"
	[ -z "${server_pid-}" ] || wait "$server_pid" 2>/dev/null
	server_pid=
}

# shows: the router's state, with what doctor finds.
shows()
{
	router nat64 show >"$work/shown" && grep "doctor" "$work/shown"
}

for kind in long counts noise; do
	run_case "doctor survives an answer that is $kind" after $kind found no_dns64
done
run_case "... so does nat64 show" after long shows
stop_server

finish
