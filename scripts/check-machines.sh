#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-machines.sh [MACHINE...]: tests i386 (32 bits) and s390x (big-endian). It builds a kernel
# with KUnit, boots it in QEMU with nothing but busybox and runs the unit tests; then it runs the
# selftests that check single packets on Debian's kernel (machine-selftests.sh). The results are in
# build/machines/MACHINE.log and MACHINE-selftests.log.

set -eu -o pipefail

cd "$(dirname "$0")/.."

# check_machine MACHINE ARCH CROSS_COMPILE IMAGE: as Debian, the kernel and its compiler call it.
check_machine()
{
	local machine=$1 arch=$2 image=$4 out=build/machines/$1

	mkdir -p "$out"
	[ -x "$out/root/bin/busybox" ] ||
		mmdebstrap --quiet --variant=extract --architectures="$machine" \
			--include=busybox-static bookworm "$out/root" \
			"${MIRROR:-http://deb.debian.org/debian}"
	CROSS_COMPILE=$3 scripts/uml/build.sh -a "$arch" -d "$out" -c scripts/uml/config-kunit \
		-f "scripts/uml/config-$arch" -t
	cp "$out/kernel/$image" "$out/vmlinuz"
	scripts/ktap.py "kunit-$machine" | tee "$out.log" || failed=1
	scripts/machine-selftests.sh "$machine" | tee "$out-selftests.log" || failed=1
}

[ $# -gt 0 ] || set -- i386 s390x
failed=0
for name; do
	case $name in
	i386)	check_machine i386 i386 "" arch/x86/boot/bzImage ;;
	s390x)	check_machine s390x s390 s390x-linux-gnu- arch/s390/boot/bzImage ;;
	*)	echo "usage: check-machines.sh [i386 | s390x]..." >&2; exit 2 ;;
	esac
done
exit $failed
