# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv4 forwarding

setup()
{
	SERVER_ADDR=$S4 CLIENT_ADDR=$C4
}
