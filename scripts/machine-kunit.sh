#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# machine-kunit.sh QEMU VMLINUZ BUSYBOX MODULE: boots another machine's kernel with nothing but
# BUSYBOX, loads a module of unit tests, and prints the KTAP from the kernel's log. Adds the plan,
# which KUnit prints only for built-in tests. The log stays beside VMLINUZ.

set -eu

qemu=$1
vmlinuz=$2
busybox=$3
module=$4
log=$(dirname "$vmlinuz")/kernel.log
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir "$tree/proc"
cp "$busybox" "$tree/busybox"
cp "$module" "$tree/module.ko"
cat >"$tree/init" <<-'END'
	#!/busybox sh
	/busybox mount -t proc proc /proc
	# Without an address, the kernel takes every other one for broadcast.
	/busybox ifconfig lo 127.0.0.1
	echo 8 >/proc/sys/kernel/printk
	/busybox insmod /module.ko
	/busybox uname -rm
	/busybox reboot -f
END
chmod +x "$tree/init"
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) >"$(dirname "$vmlinuz")/initramfs"

machine=(-m 512M -nodefaults -no-user-config -display none -no-reboot -cpu max)
case $qemu in
s390x)	console=ttysclp0
	machine+=(-M s390-ccw-virtio -chardev "file,id=kernel,path=$log"
		  -device "sclpconsole,chardev=kernel") ;;
*)	console=ttyS0
	machine+=(-M q35 -serial "file:$log") ;;
esac
# The host may let this machine stand still for a while.
patience="watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
timeout 3600 "qemu-system-$qemu" "${machine[@]}" -kernel "$vmlinuz" \
	-initrd "$(dirname "$vmlinuz")/initramfs" \
	-append "console=$console ignore_loglevel panic=-1 oops=panic $patience" </dev/null
sed -i 's/\r$//' "$log"
echo "TAP version 13"
echo "1..$(grep -c '^    # Subtest: ' "$log")"
grep -E '^( {4,}|(not )?ok )' "$log"
"$(dirname "$0")/../selftests/vm/complaints.sh" "$log" >&2
