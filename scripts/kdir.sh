#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kdir.sh: prints the directory of the kernel headers to build against: those of the running kernel
# or, if it has none (in a container), the newest that are installed.

running=/lib/modules/$(uname -r)/build
if [ -e "$running" ]; then
	echo "$running"
else
	printf '%s\n' /lib/modules/*/build | grep -v -F '*' | sort -V | tail -n 1
fi
