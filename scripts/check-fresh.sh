#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-fresh.sh [TARGET...]: runs "make TARGET" (demo, check) on a fresh Debian, a root that has
# only the base system and make. It uses the committed state of this tree. If the project needs a
# package but does not install it, the target fails here.

set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- demo check

mirror=${MIRROR:-http://deb.debian.org/debian}
security=${SECURITY:-http://deb.debian.org/debian-security}
fresh=$PWD/build/fresh
root=$fresh/root
mkdir -p "$fresh"
rm -rf "$root"
mmdebstrap --quiet --variant=minbase --include=make bookworm "$root" "$mirror" \
	"deb $security bookworm-security main" "deb $mirror bookworm-updates main"
git clone -q --no-hardlinks . "$root/root/nat64"
# Mounts what an installed machine has: the standard directories, and shared memory.
# shellcheck disable=SC2016 # the inner shell's own
scripts/lab-root.sh -c "$root" sh -c '
	mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /run &&
	mount -t devpts -o ptmxmode=666 devpts /dev/pts && ln -sf pts/ptmx /dev/ptmx &&
	cd /root/nat64 && for target; do make "$target" || exit; done' sh "$@" 2>&1 </dev/null |
	tee "$fresh/log"
exit "${PIPESTATUS[0]}"
