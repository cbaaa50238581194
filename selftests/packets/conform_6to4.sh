#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: IPv6 headers to IPv4 headers (conform_6to4.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
nat64_up both icmp-source 198.51.100.1
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
run_wire packets/conform_6to4.py both hook_both route device fast_rule fast_ingress
finish
