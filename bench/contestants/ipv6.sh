# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv6 forwarding

setup()
{
	:
}
