#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# measure.sh CONTESTANT WORKLOAD...: makes a new lab, sets up the contestant on its router, and runs
# each workload. Prints a line "workload NAME" for each, followed by lines "figure NAME VALUE UNIT".

here=$(cd "$(dirname "$0")" && pwd -P)
BUILD=${here%/bench}/build/bench
WORK=$(mktemp -d)
export BUILD WORK

# The length of a run; the driver may set these in the environment.
export SECONDS_PER_RUN=${SECONDS_PER_RUN:-1} IPERF_OMIT=${IPERF_OMIT:-0}
FLOWS=${FLOWS:-50000}
MAPPINGS=${MAPPINGS:-1 1024 131072 1048576}
export FLOWS MAPPINGS

# shellcheck source=bench/lab.sh
. "$here/lab.sh"
trap 'lab_down; rm -rf "$WORK"' EXIT

# shellcheck source=/dev/null
. "$here/contestants/$1.sh" || die "no such contestant: $1"
shift
lab_up
setup
for workload; do
	echo "workload $workload"
	# shellcheck source=/dev/null
	. "$here/workloads/$workload.sh" || die "no such workload: $workload"
	run
done
