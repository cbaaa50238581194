# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: request and response
# Sends one byte by TCP and waits for one byte back, again and again: the median round trip.
# contestants: all

run()
{
	server "$BUILD/pingpong" -s 5001 &
	disown
	listening "$SERVER" 5001
	figure round-trip "$(client "$BUILD/pingpong" "$SERVER_ADDR" 5001 "$SECONDS_PER_RUN")" us
}
