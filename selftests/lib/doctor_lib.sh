# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the tests of nat64 doctor: a healthy router with a DNS64, and functions that break one
# thing, check that doctor finds it and nothing else, run the printed advice, and check that doctor
# is then satisfied.

. "$(dirname "${BASH_SOURCE[0]}")"/lib.sh

# A loaded machine takes longer to answer than doctor waits.
export RES_OPTIONS="timeout:30 attempts:2"

need jq unbound setpriv socat
POOL=198.19.0.0/24

# --- a DNS64 on the router: a resolver, and behind it what stands for the DNS of the world

# What ip netns exec shows to the router as /etc.
etc=/etc/netns/$ROUTER
trap 'rm -rf "$etc"; cleanup' EXIT

# The router's service manager knows one service.
export PATH=$work/bin:$PATH

dns_up()
{
	mkdir -p "$etc/unbound/unbound.conf.d" "$work/bin"
	echo "nameserver 127.0.0.1" >"$etc/resolv.conf"
	cat >"$work/unbound.conf" <<-END
		server:
			interface: 127.0.0.1
			username: ""
			chroot: ""
			use-syslog: no
			pidfile: "$work/unbound.pid"
			do-not-query-localhost: no
			module-config: "iterator"
		forward-zone:
			name: "."
			forward-addr: 127.0.0.1@5300
		include: "/etc/unbound/unbound.conf.d/*.conf"
	END
	cat >"$work/bin/systemctl" <<-END
		#!/bin/bash
		[ "\$*" = "restart unbound" ] || exit 1
		if [ -e $work/unbound.pid ]; then
			pid=\$(<$work/unbound.pid)
			kill \$pid
			while kill -0 \$pid; do sleep 0.1; done 2>/dev/null
			rm -f $work/unbound.pid
		fi
		# It goes into the background before it writes its number.
		unbound -c $work/unbound.conf || exit
		for try in {1..600}; do [ ! -s $work/unbound.pid ] || exit 0; sleep 0.1; done
		exit 1
	END
	chmod +x "$work/bin/systemctl"
	world_dns "$ROUTER" 127.0.0.1@5300
	dns64_of $PREFIX
}

dns64_of()
{
	printf 'server:\n\tmodule-config: "dns64 validator iterator"\n\tdns64-prefix: %s\n' "$1" \
		>"$etc/unbound/unbound.conf.d/dns64.conf"
	router systemctl restart unbound >/dev/null 2>&1 || die "unbound does not start"
}

# --- what doctor finds

doctor()
{
	router nat64 -j doctor >"$work/found"
}

# found [NAME...]: doctor finds these and nothing else, and says so by its exit status.
found()
{
	local status

	doctor
	status=$?
	if ! same "$*" jq -r '[.[].finding] | join(" ")' "$work/found" ||
	   [ $status -ne $(($# > 0)) ]; then
		echo "exit status $status"
		cat "$work/found"
		return 1
	fi
}

# Runs what doctor has advised.
obey()
{
	local advice

	while IFS= read -r -d '' advice; do
		router sh -ec "$advice" || { echo "fails: $advice"; return 1; }
	done < <(jq -j '.[].advice + "\u0000"' "$work/found")
}

# recovers: if the advice brings another fault to light, that is mended by its own advice.
recovers()
{
	local rounds=0

	until doctor; do
		rounds=$((rounds + 1))
		[ $rounds -le 5 ] || { cat "$work/found"; return 1; }
		obey || return
	done
}

# finds NAME TEXT BREAK: the router must be well otherwise, or doctor would find more.
finds()
{
	eval "$3" && found "$1" && jq -r '.[].text' "$work/found" | grep -F -- "$2" &&
		obey && found
}

# sick NAME TEXT BREAK [AFTER]: AFTER removes what mending does not.
sick()
{
	run_case "doctor finds $1, and its advice mends: $2" finds "$1" "$2" "$3"
	[ -z "${4-}" ] || eval "$4"
}

nat()
{
	nat64 -n "$ROUTER" "$@"
}

doctor_up()
{
	setup_net
	ip -n "$ROUTER" route add default via $S4
	nat64_up both pool $POOL
	masquerade=(-t nat -A POSTROUTING -s 198.19.0.0/18 -o r4 -j MASQUERADE)
	router "$IPTABLES" "${masquerade[@]}"
	dns_up
}

# --- whether packets get through

works()
{
	ping_once "$CLIENT" $S6 && who_tcp "$CLIENT" $S6
}

dead()
{
	fails client timeout 3 socat -u OPEN:/dev/null TCP6:[$S6]:13
}
