# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# title: plain IPv6, a rule in raw (nft)

setup()
{
	accept_rules nft
}
