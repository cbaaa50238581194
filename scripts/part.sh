#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# part.sh PART: runs a part of the tests, which prints KTAP (scripts/ktap.py counts it). The
# Makefile has already installed and built what the part needs. These variables come from the
# environment:
#
#   KDIR           the kernel headers that lint builds against (scripts/kdir.sh)
#   TESTS          the scripts for selftests and debug-selftests
#   FUZZ_SECONDS   how long analyze fuzzes the command's parsers at random (else with the same inputs each time)
#   CHECK_TIMEOUT  seconds after which the selftests' guest is stopped (21600)
#   GUEST          options of selftests/vm/run.sh, for another root, kernel or machine
#   FUZZ_PACKETS   number of packets for fuzz-long (10000000)
#   FUZZ           parameters of the fuzzer for fuzz-long (kmod/tests/fuzz/main.c)
#   TIMEOUT        seconds for each script
#   the sizes of the hard tests (selftests/Makefile)

set -u
cd "$(dirname "$0")/.." || exit 1

part=${1?a part}
debug=$PWD/build/debug/kernel

# uml CPU ...: in a User Mode Linux, at the speed of the machine. It stays on that processor, since moving about
# makes it a third slower, and gives way to virtual machines, which take longer.
uml()
{
	local cpu=$1

	shift
	nice -n 5 scripts/uml/run.sh -n "$part" -c "$cpu" "$@"
}

# lockdep CPU ...: the same, where the kernel watches its locks.
lockdep()
{
	uml "$1" -k build/uml-lockdep -m 2G -t 0 "${@:2}"
}

# In a virtual machine with two processors, by default with the distribution's own kernel.
vm()
{
	# shellcheck disable=SC2086 # a list
	selftests/vm/run.sh -n "$part" -t "${CHECK_TIMEOUT:-21600}" ${GUEST-} "$@"
}

debug_vm()
{
	TIMEOUT=${TIMEOUT:-10800} selftests/vm/run.sh -n "$part" -t 0 -m 4G -k "$debug/arch/x86/boot/bzImage" \
		-p slub_debug=A,kmalloc-cg-64,kmalloc-cg-96,kmalloc-cg-128,kmalloc-cg-192 "$@"
}

# selftests TARGET GUEST...: the scripts of that target, in a guest.
selftests()
{
	local target=$1 words=() name

	shift
	for name in TESTS TIMEOUT ABUSE_ADDRESSES ABUSE_MAPPINGS RACES_CHANGES RACES_SEED NETLINK_FUZZ_REQUESTS \
		    NETLINK_FUZZ_SEED; do
		[ -z "${!name-}" ] || words+=("$name=${!name}")
	done
	"$@" -- make -s -C selftests "$target" "${words[@]}"
}

case $part in
lint)		scripts/lint.sh ;;
analyze)	scripts/analyze.sh ;;
analyze-quick)	scripts/analyze.sh -q ;;
kunit)		uml 0 -t 3600 -- scripts/uml/kunit.sh build/uml/kunit/kmod/nat64_kunit.ko ;;
kunit-*)
	machine=${part#kunit-}
	dir=build/machines/$machine
	scripts/machine-kunit.sh "$machine" "$dir/vmlinuz" "$dir/root/bin/busybox" "$dir/kunit/kmod/nat64_kunit.ko"
	;;
fuzz)		uml 0 -t 3600 -- scripts/uml/fuzz.sh build/uml/fuzz/kmod/nat64_fuzz.ko packets=10000000 ;;
fuzz-long)
	# shellcheck disable=SC2086 # a list
	uml 0 -k build/uml-fuzz -m 1G -t 0 -- scripts/uml/fuzz.sh build/uml-fuzz/fuzz/kmod/nat64_fuzz.ko \
		"packets=${FUZZ_PACKETS:-10000000}" ${FUZZ:-seed=$(date +%s)}
	;;
bench)		uml 0 -m 1G -t 7200 -- bench/bench.py --quick ;;
instructions)	bench/instructions.py --quick ipv6 nat64-raw-legacy ;;
uml-packets)	selftests run_uml_packet_tests uml 0 -m 1G -t "${CHECK_TIMEOUT:-21600}" ;;
uml-control)	selftests run_uml_control_tests uml 1 -m 1G -t "${CHECK_TIMEOUT:-21600}" ;;
uml-router)	selftests run_uml_router_tests uml 1 -m 1G -t "${CHECK_TIMEOUT:-21600}" ;;
uml-no-ipv6)	uml 1 -t 3600 -p ipv6.disable=1 -- make -s -C selftests run_tests TESTS=no_ipv6.sh ;;
vm)		selftests run_vm_tests vm ;;
packets)	selftests run_packet_tests vm ;;
control)	selftests run_control_tests vm ;;
selftests)	selftests run_tests vm ;;
lockdep-packets) TIMEOUT=${TIMEOUT:-10800} selftests run_uml_packet_tests lockdep 0 ;;
lockdep-control) TIMEOUT=${TIMEOUT:-10800} selftests run_uml_control_tests lockdep 1 ;;
debug-packets)	selftests run_packet_tests debug_vm ;;
debug-control)	NETLINK_FUZZ_SEED=${NETLINK_FUZZ_SEED:-$RANDOM} selftests run_control_tests debug_vm ;;
debug-hard)	RACES_SEED=${RACES_SEED:-$RANDOM} selftests run_hard_tests debug_vm ;;
debug-selftests) selftests run_tests debug_vm ;;
first-boot | second-boot)
	selftests/vm/run.sh -n "$part" -t 3600 -r build/boot/root -d build/boot/disk -- \
		make -s -C nat64/selftests run_tests "TESTS=${part/-/_}.sh"
	;;
*)
	echo "part.sh: no part \"$part\"" >&2
	exit 2
	;;
esac
