#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command as root in a User Mode Linux: the counterpart of selftests/vm/run.sh for a kernel
# built by scripts/uml/build.sh. It needs no emulation, but has only one processor.
#
#   DIR/guests/NAME/kernel.log  the guest's kernel log, complete to the end
#   DIR/guests/NAME/share/      a directory that the host and the guest (as /run/uml) both write

set -eu

usage()
{
	cat <<-END
	usage: run.sh [-c CPU] [-m MEM] [-t SECONDS] [-k DIR] [-n NAME] [-p OPTIONS]
	       -- COMMAND [ARGUMENT]...

	Runs COMMAND in the project's directory within the guest, its output on standard output. The
	guest's root is that of this machine, with build/root on top; changes are lost with the guest.
	The modules built for its kernel are in DIR/modules/kmod, and where modprobe finds them.

	  -c CPU      processor to run on: 0 is the first of those it may use, and so on (any)
	  -m MEM      memory of the guest (512M)
	  -t SECONDS  end a guest that takes longer, 0 for never (600)
	  -k DIR      what build.sh -d DIR has built (build/uml)
	  -n NAME     of the guest; there is one of a name at a time, others wait (guest)
	  -p OPTIONS  of the kernel's command line

	Exit status: that of COMMAND, or
	  123  the guest's kernel complained: a warning, an oops, a stall, a leaked reference ...
	  124  the guest was ended after SECONDS
	  125  the guest did not get as far as to report a status
	END
}

die()
{
	echo "run.sh: $*" >&2
	exit 125
}

# processor NUMBER: one of those that may be used; if there are too few, several numbers share one.
processor()
{
	python3 -c 'import os, sys
cpus = sorted(os.sched_getaffinity(0))
print(cpus[int(sys.argv[1]) % len(cpus)])' "$1"
}

here=$(cd "$(dirname "$0")" && pwd -P)
project=${here%/scripts/uml}

pin=()
mem=512M
seconds=600
dir=$project/build/uml
name=guest
options=()
while getopts c:m:t:k:n:p:h option; do
	case $option in
	c) pin=(taskset -c "$(processor "$OPTARG")") ;;
	m) mem=$OPTARG ;;
	t) seconds=$OPTARG ;;
	k) dir=$OPTARG ;;
	n) name=$OPTARG ;;
	p) read -ra options <<<"$OPTARG" ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 125; }
[ -x "$dir/kernel/linux" ] || die "no $dir/kernel/linux: scripts/uml/build.sh -d $dir"
dir=$(cd "$dir" && pwd -P)
guest=$dir/guests/$name
share=$guest/share

mkdir -p "$guest"
exec 9>"$guest/lock"
flock 9

rm -rf "$share"
mkdir -p "$share"
printf '%q ' "$@" >"$share/command"

# The kernel does not save what AVX adds to the registers (xstate.patch): the C library and
# OpenSSL, which choose for themselves, must not use it.
no_avx=-AVX,-AVX2,-AVX_Fast_Unaligned_Load,-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD
# shellcheck disable=SC2054 # the commas belong there
machine=(
	"mem=$mem" rootfstype=hostfs rootflags=/ ro "init=$here/init"
	"project=$project" "dir=$dir" "share=$share" "GLIBC_TUNABLES=glibc.cpu.hwcaps=$no_avx"
	"OPENSSL_ia32cap=~0x1000000000000000:~0xd0230020"
	"con0=null,fd:1" con=null "ssl0=null,fd:2" ssl=null console=ttyS0 ignore_loglevel
	"${options[@]}"
)

# The guest's memory is a file, which has to be in a tmpfs to be quick.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm

# The output goes through a pipe, since the kernel cannot wait for a file.
set +e
timeout --foreground -k 5 "$seconds" "${pin[@]}" "$dir/kernel/linux" "${machine[@]}" \
	</dev/null 2>"$guest/kernel.log" 9>&- | cat
status=${PIPESTATUS[0]}
set -e

if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
	echo "run.sh: TIME-OUT: the guest was ended after $seconds seconds" >&2
	status=124
elif [ -s "$share/status" ]; then
	status=$(cat "$share/status")
else
	echo "run.sh: DIED: the guest ended without reporting a status" >&2
	status=125
fi

# Ignore anything after the halt: a timer may still go off then, and find nothing to run on.
sed -i '/reboot: System halted/q' "$guest/kernel.log"

if ! "$project/selftests/vm/complaints.sh" "$guest/kernel.log" >&2; then
	[ "$status" -eq 124 ] || status=123
fi
exit "$status"
