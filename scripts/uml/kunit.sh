#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kunit.sh MODULE: loads a module of unit tests in the guest, and prints its KTAP from the kernel's
# log. Adds the plan, which KUnit prints only for built-in tests.

set -eu

dmesg -C
insmod "$1"
dmesg -t >/run/kunit
echo "1..$(grep -c '^    # Subtest: ' /run/kunit)"
cat /run/kunit
