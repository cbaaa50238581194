#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: fragments, with and without conntrack's defragmentation (conform_frag.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
nat64_up both icmp-source 198.51.100.1
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
run_wire packets/conform_frag.py both hook_both route fast_rule fast_ingress
finish
