# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: request and response
# One byte there and one back by TCP, the next one then: the median time of a round.
# contestants: all

run()
{
	server "$BUILD/pingpong" -s 5001 &
	disown
	sleep 0.3
	figure round-trip "$(client "$BUILD/pingpong" "$SERVER_ADDR" 5001 "$SECONDS_PER_RUN")" us
}
