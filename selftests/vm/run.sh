#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command as root in a virtual machine with the distribution's kernel and this machine's
# files. This machine's root is mounted read-only under a tmpfs, and the project's files in
# build/root go on top. All changes vanish with the virtual machine.
#
#   build/vm/NAME/kernel.log  the guest's kernel log, complete to the end
#   build/vm/NAME/share/      a directory that the host and the guest (as /run/vm) both write

set -eu

usage()
{
	cat <<-END
	usage: run.sh [OPTION...] -- COMMAND [ARGUMENT]...
	       run.sh [OPTION...] -i [-- COMMAND [ARGUMENT]...]

	Runs COMMAND in the project's directory within the guest, its output on standard output.

	  -r ROOT     directory that takes the place of this machine's root and of what is
	              installed in build/root; the project is mounted there as well
	  -d DISK     image of ROOT's file system, in which the guest keeps its changes. It boots
	              with its own systemd and without the project; COMMAND runs in /root as soon
	              as everything else has started, and systemd turns the machine off after it
	  -k VMLINUZ  kernel to boot, its modules in ROOT/lib/modules (that of build/root, or the
	              newest in ROOT/boot)
	  -t SECONDS  end a guest that takes longer, 0 for never (600; with -i 0)
	  -m MEM      memory of the guest (1G)
	  -a ARCH     the guest's machine: x86_64, which runs an i386 as well, or s390x (x86_64)
	  -p OPTIONS  of the kernel's command line
	  -n NAME     of the guest; there is one of a name at a time, others wait (guest)
	  -c PLUGIN   a plugin of QEMU, with its options, that counts (x86_64); there is one processor
	              then, and each instruction takes a nanosecond, whatever the machine is busy with
	  -i          give COMMAND, a shell by default, this terminal

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

# The version string of an x86 bzImage (Documentation/arch/x86/boot.rst, kernel_version); others have
# it in their name only.
kernel_version()
{
	local offset

	[ "$arch" = x86_64 ] || { echo "${1##*/vmlinuz-}"; return; }
	offset=$(od -A n -t u2 -j 526 -N 2 "$1")
	tail -c +$((offset + 513)) "$1" | head -c 64 | tr '\0' ' ' | cut -d ' ' -f 1
}

# The kernel for which stage.sh has installed modules, else the newest.
default_kernel()
{
	local kver vmlinuz

	[ "$root" ] || for kver in "$project"/build/root/lib/modules/*; do
		vmlinuz=/boot/vmlinuz-${kver##*/}
		[ ! -r "$vmlinuz" ] || { echo "$vmlinuz"; return; }
	done
	find "$root/boot" -name 'vmlinuz-*' | sort -V | tail -n 1
}

here=$(cd "$(dirname "$0")" && pwd -P)
project=${here%/selftests/vm}
root=
disk=
vmlinuz=
seconds=
mem=1G
arch=x86_64
name=guest
parameters=
plugin=
interactive=
while getopts r:d:k:t:m:a:n:p:c:ih option; do
	case $option in
	r) root=$(cd "$OPTARG" && pwd -P) || exit 125 ;;
	d) disk=$OPTARG ;;
	k) vmlinuz=$OPTARG ;;
	t) seconds=$OPTARG ;;
	m) mem=$OPTARG ;;
	a) arch=$OPTARG ;;
	n) name=$OPTARG ;;
	p) parameters=$OPTARG ;;
	c) plugin=$OPTARG ;;
	i) interactive=1 ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))

if [ "$interactive" ]; then
	{ [ -t 0 ] && [ -t 1 ]; } || die "-i needs a terminal"
	[ $# -gt 0 ] || set -- bash
fi
[ $# -gt 0 ] || { usage >&2; exit 125; }
seconds=${seconds:-$((interactive ? 0 : 600))}
vmlinuz=${vmlinuz:-$(default_kernel)}
[ -r "$vmlinuz" ] || die "no kernel to boot: ${vmlinuz:-/boot/vmlinuz-*}"
kver=$(kernel_version "$vmlinuz")

# Two guests of one name in one tree would share kernel.log and share/.
build=$project/build/vm/$name
share=$build/share
mkdir -p "$build"
exec 9>"$build/lock"
flock 9

rm -rf "$share"
mkdir "$share"
printf '%s\n' "$project" >"$share/project"
printf '%q ' "$@" >"$share/command"
: >"$build/kernel.log"
"$here/initramfs.sh" "$kver" "$build/initramfs" "${root:-/}" ${disk:+virtio_blk ext4} ||
	die "cannot make the initramfs for $kver"

machine=(-m "$mem" -nodefaults -no-user-config -display none -no-reboot)
[ "$plugin" ] || machine+=(-smp 2)
if [ "$plugin" ]; then
	# Leave out features by which string instructions move one byte each, as on no real processor.
	machine+=(-icount "shift=0,sleep=off" -plugin "$plugin" -cpu "max,la57=off,erms=off,fsrm=off")
elif [ "$arch" != x86_64 ]; then
	machine+=(-accel "tcg,thread=single" -cpu max)
elif [ -w /dev/kvm ] && grep -q -w -E 'vmx|svm' /proc/cpuinfo; then
	machine+=(-accel kvm -cpu host)
else
	# A fifth level of page tables only costs time when every level is walked in software. The
	# processors take turns: emulated at the same time, one may stay for ever at an instruction that
	# the other has just patched (jump labels, ftrace).
	machine+=(-accel "tcg,thread=single" -cpu "max,la57=off")
fi

# The kernel has a console to itself, the quickest way out at a panic; a panic ends the guest.
case $arch in
x86_64)
	console=ttyS0
	machine+=(-M q35 -serial "file:$build/kernel.log")
	;;
s390x)
	console=ttysclp0
	machine+=(-M s390-ccw-virtio -chardev "file,id=kernel,path=$build/kernel.log"
		  -device "sclpconsole,chardev=kernel")
	;;
*)	die "no machine $arch" ;;
esac

# The host may let the guest stand still for a while, which is no lockup of the guest's own.
parameters="watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120 $parameters"
machine+=(
	-kernel "$vmlinuz" -initrd "$build/initramfs"
	-append "console=$console ignore_loglevel panic=-1 oops=panic mitigations=off random.trust_cpu=on $parameters"
	-device virtio-serial
)

# directory TAG PATH [OPTIONS]: a directory of this machine that the guest may mount.
directory()
{
	machine+=(-fsdev "local,id=$1,path=$2,security_model=none${3:+,$3}"
		  -device "virtio-9p,fsdev=$1,mount_tag=$1")
}

directory share "$share"
if [ "$disk" ]; then
	machine+=(-drive "file=$disk,format=raw,if=virtio,cache=unsafe")
else
	directory root "${root:-/}" readonly=on,multidevs=remap
	if [ "$root" ]; then
		directory project "$project" readonly=on
	elif [ -d "$project/build/root" ]; then
		directory installed "$project/build/root" readonly=on
	fi
fi

# The command's output is a stream of bytes that no terminal driver has touched, unless the user
# wants a terminal.
relay=
if [ "$interactive" ]; then
	stty size >"$share/terminal"
	echo "${TERM:-linux}" >>"$share/terminal"
	machine+=(-chardev "stdio,id=terminal,signal=off" -device "virtconsole,chardev=terminal")
else
	mkfifo "$share/output"
	cat "$share/output" &
	relay=$!
	machine+=(-chardev "file,id=output,path=$share/output"
		  -device "virtserialport,chardev=output,name=output,nr=1")
	exec </dev/null
fi

status=0
timeout --foreground -k 10 "$seconds" "qemu-system-$arch" "${machine[@]}" || status=$?
[ -z "$relay" ] || wait "$relay"

if [ "$status" -eq 124 ]; then
	echo "run.sh: TIME-OUT: the guest was ended after $seconds seconds" >&2
elif [ -s "$share/status" ]; then
	status=$(cat "$share/status")
else
	echo "run.sh: DIED: the guest ended without reporting a status" >&2
	status=125
fi

if ! "$here/complaints.sh" "$build/kernel.log" >&2; then
	[ "$status" -eq 124 ] || status=123
fi
exit "$status"
