# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: small packets
# One flow of small UDP packets from pktgen: the packets per second that get through.
# contestants: all

run()
{
	open_flow
	sinks
	to_server
	pktgen_flow
	figure 6to4 "$(packet_rate)" packets/s
	to_client
	pktgen_flow
	figure 4to6 "$(packet_rate)" packets/s
}
