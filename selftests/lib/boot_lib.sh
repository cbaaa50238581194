# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the tests of a machine that boots (scripts/boot-disk.sh): the machine itself is the router, and the other
# hosts of demo/lab.sh are around it.

. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh

CLIENT=client
ROUTER=router
NAME=www.v4only.example
WEB64=64:ff9b::cb00:7150
before=/root/mapped4	# the client's IPv4 address at the first boot

# told NAME WHO COMMAND: a case that is in the transcript.
told()
{
	tell "$2" "$3"
	result "$1" $?
}

browse()
{
	told "the client looks up a server that has only IPv4" client \
		"dig +short +time=20 $NAME AAAA | grep -x $WEB64"
	told "... and sees its page" client "curl -sS -m 60 http://$NAME/ | grep IPv6"
}
