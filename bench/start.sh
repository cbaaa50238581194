#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# start.sh WHERE [OPTION...]: runs bench.py with the OPTIONs. WHERE is
#
#   uml      User Mode Linux: kernel code at native speed, one CPU
#   qemu     the virtual machine of the selftests: two CPUs
#   native   this machine: contestants that need no module, because none is loaded into its kernel
#
# All values go to build/bench/WHERE.json.

set -eu

where=$1
shift
cd "$(dirname "$0")/.."
json=build/bench/$where.json

make -s -C bench
case $where in
uml)
	scripts/uml/build.sh
	for contestant in floor jool; do
		bench/modules.sh $contestant build/uml/kernel ARCH=um
	done
	shared=/run/uml host=build/uml/guests/guest/share
	# A daemon that has to share the one CPU with the sender would get nothing done.
	scripts/uml/run.sh -c 1 -m 3G -t 0 -- bench/bench.py --without tayga \
		--json $shared/bench.json "$@"
	;;
qemu)
	kver=$(ls build/root/lib/modules)
	for contestant in floor jool; do
		bench/modules.sh $contestant "/lib/modules/$kver/build"
	done
	shared=/run/vm host=build/vm/guest/share
	selftests/vm/run.sh -m 3G -t 0 -- bench/bench.py --json $shared/bench.json "$@"
	;;
native)
	exec bench/bench.py --json "$json" --contestants ipv6,ipv4,tayga \
		--workloads flood,bulk,latency "$@"
	;;
*)
	echo "usage: start.sh uml|qemu|native [OPTION OF bench.py]..." >&2
	exit 2
	;;
esac
cp "$host/bench.json" "$json"
