#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Exact packets: forged sources (forge.py).

. "$(dirname "$0")"/../lib/lib.sh

need ethtool
setup_wire
nat64_up target
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"

run_wire packets/forge.py target hook route device fast_rule fast_ingress
finish
