#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor beside Docker: the rules are those that the daemon itself writes when it starts. "make check" has it
# unpacked in build/docker, because installing it could drive out another Docker.

. "$(dirname "$0")"/../lib/doctor_lib.sh

PATH=$PWD/../build/docker/usr/bin:$PWD/../build/docker/usr/sbin:$PATH
need dockerd docker containerd runc
doctor_up
start_peers "$SERVER"

# With forwarding off, Docker turns it on, and lets the policy drop what is not its own.
docker_up()
{
	router sysctl -qw net.ipv4.ip_forward=0
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$ROUTER" unshare --mount --cgroup sh -c 'mount -t tmpfs run /run && mount -t cgroup2 cgroup /sys/fs/cgroup &&
		exec dockerd --storage-driver vfs --data-root "$0/data" --exec-root "$0/exec" --pidfile "$0/pid" \
			--host "unix://$0/socket"' "$work/docker" >"$work/dockerd" 2>&1 &
	within 300 docker --host "unix://$work/docker/socket" info >/dev/null 2>&1 && return
	cat "$work/dockerd"
	return 1
}

run_case "the router works, and doctor finds nothing" eval 'works && found'
mkdir "$work/docker"
run_case "Docker starts, and its rules are there" eval '
	docker_up && router "$IPTABLES" -S FORWARD | tee /dev/stderr | grep -x -e "-A FORWARD -j DOCKER-USER"'
router "$IPTABLES-save" >"$work/rules"
for door in both route hook; do
	"door_$door"
	[ $door != hook ] || ip -n "$ROUTER" route add $POOL dev nat64
	router "$IPTABLES-restore" "$work/rules"
	run_case "doctor finds what Docker drops ($door)" eval 'dead && found forward_drop4'
	run_case "... and its advice mends ($door)" eval 'recovers && works'
done

finish
