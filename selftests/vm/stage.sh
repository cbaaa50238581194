#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stage.sh KVER KDIR: installs the project in build/root, which run.sh lays over the guest's root.
# The modules of kernel KVER itself come from /lib/modules or, if it is not installed, from the
# directory where it was built.

set -eu

kver=$1
own=/lib/modules/$kver
[ -d "$own" ] || own=$2
cd "$(dirname "$0")/../.."
root=$PWD/build/root

rm -rf "$root"
mkdir -p "$root"

# A directory would hide the machine's symbolic link of the same name.
for dir in bin sbin lib lib64; do
	[ ! -L "/$dir" ] || cp -P "/$dir" "$root/$dir"
	[ ! -L "$root/$dir" ] || mkdir -p "$root/$(readlink "$root/$dir")"
done

"${MAKE:-make}" -s install DESTDIR="$root"

# modules.dep and its like have to name the kernel's own modules as well.
modules=$root/lib/modules/$kver
for name in kernel modules.order modules.builtin modules.builtin.modinfo; do
	ln -s "$own/$name" "$modules/$name"
done
depmod -b "$root" "$kver"
find "$modules" -maxdepth 1 -type l -delete
