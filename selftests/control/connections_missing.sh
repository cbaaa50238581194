#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 map show connections, where the kernel's module for them is missing.

. "$(dirname "$0")"/../lib/lib.sh

setup_net
nat64_up route
within 60 modprobe -r nf_conntrack_netlink || die "nf_conntrack_netlink is built into the kernel, or in use"
# The kernel must not load it again.
machine_wide kernel.modprobe /nonexistent
run_case "without nf_conntrack_netlink, it is named" expect 1 \
	"nat64: the kernel module nf_conntrack_netlink is not loaded (modprobe nf_conntrack_netlink)" \
	nat64 -n "$ROUTER" map show connections
run_case "... and mappings are shown without the word" nat64 -n "$ROUTER" map show

finish
