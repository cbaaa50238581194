#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: ICMP both ways (conform_icmp.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
nat64_up both icmp-source 198.51.100.1
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
run_wire packets/conform_icmp.py both hook_both route device fast_rule fast_ingress
finish
