#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# complaints.sh FILE: prints the complaints in a kernel's log, and fails if it finds any. A stack
# trace alone is a complaint, except while faults.sh makes allocations fail on purpose.

set -eu

pattern='WARNING: |BUG: |\bOops\b|Kernel panic|general protection fault|invalid opcode:'
pattern="$pattern|Unable to handle kernel|Call Trace:|KASAN|UBSAN|KCSAN|kmemleak: [0-9]+ new"
pattern="$pattern|rcu: INFO:|detected stalls? on|INFO: (task|rcu|possible|suspicious)|suspicious RCU"
pattern="$pattern|blocked for more than|hung task|refcount|possible circular locking|inconsistent lock"
pattern="$pattern|hw csum failure|unregister_netdevice: waiting|leaked reference|list_(add|del) corruption"

[ -r "$1" ]
! awk '/nat64 selftests: faults (begin|end)/ { faults = /begin/ }
       !faults || !/Call Trace:/ { print NR ":" $0 }' "$1" |
	grep -a -E "$pattern" | sed "s|^|KERNEL COMPLAINT: ${1##*/}:|" | grep -a .
