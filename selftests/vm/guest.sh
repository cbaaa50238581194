#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh PROJECT: the first process in the guest's own root. It sets up the machine, runs the
# command that run.sh left in /run/vm, leaves the exit status there, and turns the machine off.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8
project=$1
share=/run/vm

mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
hostname nat64-vm
ip link set lo up

cd "$project" || exit
command=$(cat $share/command)

if [ -e $share/terminal ]; then
	{ read -r rows columns; read -r TERM; } <$share/terminal
	export TERM
	exec 3<>/dev/hvc0
	stty rows "$rows" cols "$columns" <&3
	setsid --ctty --wait bash -c "$command" <&3 >&3 2>&3
	echo $? >$share/status
else
	# The port can be opened only once, a pipe as often as the command likes (/dev/stderr).
	mkfifo /run/output
	cat /run/output >/dev/vport?p1 &
	relay=$!
	setsid --wait bash -c "$command" </dev/null >/run/output 2>&1
	echo $? >$share/status
	# Processes left running would keep the pipe open. This spares our own session.
	killall5 -9
	wait $relay
fi

# A module that cannot be unloaded, because somebody kept a reference, is a bug to be seen. The
# kernel names the culprit after ten seconds.
ip -all netns del
timeout 15 rmmod xt_NAT64 nat64 2>/dev/null

# A debug kernel knows memory that nobody refers to any more. It takes two looks, some seconds apart.
kmemleak=/sys/kernel/debug/kmemleak
if [ -e $kmemleak ]; then
	echo scan >$kmemleak
	sleep 6
	echo scan >$kmemleak
	sed -u '' $kmemleak >/dev/kmsg
fi
busybox poweroff -f
