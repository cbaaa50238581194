#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh KVER FILE ROOT [MODULE...]: writes the initramfs that mounts the guest's root. It has
# busybox, the modules of kernel KVER that the mounts need and the MODULEs (from ROOT/lib/modules), and
# the script init.

set -eu

kver=$1
out=$2
root=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/bin" "$tree/modules" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/share" \
	 "$tree/host" "$tree/scratch" "$tree/root"
# For another root, take busybox from there, since it runs on that root's machine.
busybox=$(command -v busybox)
[ "$root" = / ] || busybox=$root$busybox
cp "$busybox" "$tree/bin/busybox"
cp "$here/init" "$here/command.service" "$tree/"

# In the order in which they have to be loaded; those built into the kernel have no file. A machine has
# only one of the ways to virtio.
for module in virtio_pci virtio_ccw virtio_console 9pnet_virtio 9p overlay "$@"; do
	modprobe -q -d "$root" -S "$kver" --show-depends "$module" || :
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$tree/list"

# Unpacked here, since not every busybox can.
while read -r file; do
	name=$(basename "$file" | sed 's/\.ko.*//').ko
	case $file in
	*.xz)	xz -dc "$file" ;;
	*.zst)	zstd -dc "$file" ;;
	*.gz)	gzip -dc "$file" ;;
	*)	cat "$file" ;;
	esac >"$tree/modules/$name"
	echo "$name" >>"$tree/modules/order"
done <"$tree/list"
rm "$tree/list"

(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) >"$out"
