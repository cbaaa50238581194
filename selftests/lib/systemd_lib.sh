# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the tests of the units: a systemd that considers the router its machine. It knows only
# the units that it is given: the usual dependencies of a service do not matter here.

. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh

need systemctl unshare nsenter
mkdir "$work/units" "$work/etc" "$work/var"
trap 'rm -rf "/etc/netns/$ROUTER"; cleanup' EXIT

unit_dir()
{
	local dir

	dir=$(pkg-config --variable=systemdsystemunitdir systemd 2>/dev/null)
	echo "${dir:-/lib/systemd/system}"
}

# add_units FILE...: what they say on standard error is kept in $work/log.
add_units()
{
	local unit

	cp "$@" "$work/units/" || die "no units"
	for unit in "$work"/units/*.service; do
		mkdir -p "$unit.d"
		printf '[Service]\nStandardError=append:%s\n' "$work/log" >"$unit.d/log.conf"
	done
}

# $work/etc is its /etc/nat64, and its /var/lib/nat64 is in $work/var.
manager_up()
{
	local target

	for target in sysinit basic shutdown timers; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$work/units/$target.target"
	done
	# shellcheck disable=SC2016 # for the other shell
	router unshare --pid --fork --kill-child --mount --mount-proc --cgroup sh -c '
		mkdir -p "$0/var/nat64" /var/lib/nat64 &&
		mount -t tmpfs run /run && mount -t cgroup2 cgroup /sys/fs/cgroup &&
		mount --bind "$0/etc" /etc/nat64 && mount --bind "$0/var/nat64" /var/lib/nat64 &&
		exec env -i container=lab PATH="$PATH" SYSTEMD_UNIT_PATH="$0/units" \
			/lib/systemd/systemd --system --unit=basic.target' "$work" \
		>"$work/manager.log" 2>&1 &
	disown
	within 300 manager_ready || die "systemd does not start: $(tail -n 3 "$work/manager.log")"
}

manager_ready()
{
	manager=$(ip netns pids "$ROUTER" | xargs -r ps -o pid=,comm= -p |
		awk '$2 == "systemd" { print $1 }')
	[ "$manager" ] && [ "$(ctl is-system-running 2>/dev/null)" = running ]
}

# machine COMMAND...: on the machine that it manages.
machine()
{
	nsenter -t "$manager" --mount --pid --net --cgroup "$@"
}

ctl()
{
	machine systemctl "$@"
}
