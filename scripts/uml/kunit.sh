#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kunit.sh MODULE: loads a module of unit tests, in the guest, and prints the KTAP that it has left
# in the kernel's log, with the plan that KUnit gives only to tests that are built in.

set -eu

dmesg -C
insmod "$1"
dmesg -t >/run/kunit
echo "1..$(grep -c '^    # Subtest: ' /run/kunit)"
cat /run/kunit
