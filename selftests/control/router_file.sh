#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A machine that has nothing but addresses becomes a router by "nat64 up" and a file of a few lines, and
# "nat64 down" takes away what that has made.

. "$(dirname "$0")"/../lib/lib.sh

need ping nft iptables-save iptables-restore
setup_net
ip -n "$ROUTER" route add default via $S4
load_modules
start_peers "$SERVER"
router sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
# Nothing on this side knows a way to the pool.
ip -n "$SERVER" route del default
ip -n "$SERVER" route add 192.0.2.0/24 via $R4

export STATE_DIRECTORY=$work/state
conf=$work/nat64.conf
six="# A router
dev add nat64 prefix $PREFIX pool 198.19.0.0/18 hook r6 hash-key $KEY
address 198.19.0.1/32
# with one public address
forwarding
masquerade r4"

up()
{
	printf '%s\n' "$@" >"$conf"
	router nat64 up "$conf"
}

down()
{
	router nat64 down "$conf"
}

# All that an up could change.
everything()
{
	router nat64 save
	router nft -s list ruleset
	ip -n "$ROUTER" -6 route show table all
	ip -n "$ROUTER" -4 route show table all
	ip -n "$ROUTER" addr
	router sysctl -a --pattern 'forward|accept_ra$' 2>/dev/null
}

run_case "before, no packet crosses" fails ping_once "$CLIENT" -W 1 $S6
run_case "six lines, and nothing to say" same "" up "$six"
run_case "... a client pings" ping_once "$CLIENT" $S6
run_case "... and opens TCP, from the router's address" same $R4 who_tcp "$CLIENT" $S6
run_case "... by rules in a table of the device" eval '
	router nft list table ip nat64-nat64 | grep -F "ip saddr 198.19.0.0/18 oifname \"r4\" masquerade"'
run_case "show tells of it" eval '
	same "  masquerade: r4" eval "router nat64 show | grep masquerade" &&
	same "[\"r4\"]" eval "router nat64 -j show | jq -c .[0].masquerade"'
run_case "doctor has nothing to add but a DNS64" same no_dns64 eval '
	router nat64 -j doctor | jq -r "[.[].finding] | join(\" \")"'

again()
{
	local before

	before=$(everything)
	same "" router nat64 up "$conf" && same "$before" everything
}
run_case "up once more changes nothing" again

# New flows meanwhile: not one packet may leave with an address of the pool.
by_nft()
{
	router nat64 "$@"
}
# gapless COMMAND: with whatever that finds.
gapless()
{
	local pid status=0

	server iptables -I INPUT -s 198.19.0.0/18
	client python3 - $S6 <<-'END' &
		import socket, sys, time
		for i in range(400):
		    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
		        sock.sendto(b"x", (sys.argv[1], 9))
		    time.sleep(0.005)
	END
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		"$1" up "$conf" || status=1
	done
	wait $pid
	same 0 eval "server iptables -L INPUT 1 -v -x -n | awk '{ print \$1 }'" && [ $status -eq 0 ]
	status=$?
	server iptables -D INPUT 1
	return $status
}
run_case "... and no packet gets past MASQUERADE meanwhile" gapless by_nft

changed()
{
	up "dev add nat64 prefix $PREFIX pool 198.19.0.0/18 192.168.64.0/24 hook r6 hash-key $KEY" \
		"masquerade r4" "masquerade lte0" "forwarding" 2>"$work/said" || return
	same "nat64: $conf:3: warning: masquerade lte0: there is no such device yet" cat "$work/said" &&
		same 4 eval 'router nft list ruleset | grep -c masquerade' &&
		same "  masquerade: r4,lte0" eval "router nat64 show | grep masquerade" || return
	up "dev add nat64 prefix $PREFIX pool 198.19.0.0/18 hook r6 hash-key $KEY" forwarding &&
		same "" router nft list ruleset
}
run_case "a changed file: other pools and devices, then none" changed

# --- down

gone()
{
	down && fails ip -n "$ROUTER" link show nat64 && same "" router nft list ruleset &&
		same "" ip -n "$ROUTER" -4 route show table all proto 64 &&
		same "" ip -n "$ROUTER" -6 route show table all proto 64
}
run_case "down leaves neither rules nor routes" eval 'up "$six" && router nft list table ip nat64-nat64 && gone'
run_case "... but forwarding stays on" same "1
1" router sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding
run_case "... and another device keeps its rules" eval '
	up "dev add other pool 192.168.64.0/24" "masquerade r4 dev other" && cp "$conf" "$work/other.conf" && up "$six" &&
	down && router nft list table ip nat64-other && router nat64 down "$work/other.conf" &&
	same "" router nft list ruleset'
run_case "down takes the rules of a device that somebody else has removed" eval '
	up "$six" && router nat64 dev del nat64 && gone'

# --- what goes wrong

fake()
{
	mkdir -p "$work/$1"
	printf '#!/bin/sh\n%s\n' "$2" >"$work/$1/nft"
	chmod +x "$work/$1/nft"
}
fake bad 'echo "
/dev/stdin:3:1-9: Error: Could not process rule: Operation not supported" >&2; exit 1'
complaint()
{
	(PATH=$work/bad:$PATH; expect 1 "nat64: $conf:6: masquerade: nft: /dev/stdin:3:1-9: Error: Could not" up "$six") &&
		fails ip -n "$ROUTER" link show nat64
}
run_case "what nft complains of, with the line" complaint
export dev="dev add nat64 prefix $PREFIX pool 198.19.0.0/18"
unwritable()
{
	router sysctl -qw net.ipv4.ip_forward=0
	printf '%s\n' "$six" >"$conf"
	router unshare -m sh -c 'mount -o bind,ro /proc/sys /proc/sys && nat64 up "$0"' "$conf" >"$work/said" 2>&1
	local status=$?
	cat "$work/said"
	[ $status -eq 1 ] && grep -F "nat64: $conf:5: /proc/sys/net/ipv4/ip_forward: " "$work/said" &&
		fails ip -n "$ROUTER" link show nat64 && same "" router nft list ruleset
}
run_case "a setting that cannot be written, with the line" unwritable

# A crontab's PATH has no sbin, where nft is.
by_cron()
{
	printf '%s\n' "$six" >"$conf"
	router env PATH=/usr/bin:/bin "$(command -v nat64)" "$@" "$conf"
}
run_case "up and down find nft where PATH does not" eval '
	same "" by_cron up && same $R4 who_tcp "$CLIENT" $S6 && same "" by_cron down && same "" router nft list ruleset'

# --- where nft is not installed

# Another PATH, with these programs only.
only()
{
	local program

	mkdir "$work/$1"
	for program in nat64 ip sh "${@:2}"; do
		ln -s "$(command -v "${program#*=}")" "$work/$1/${program%=*}"
	done
}
poor()
{
	PATH=$work/poor command ip netns exec "$ROUTER" nat64 "$@"
}
only poor iptables iptables-save iptables-restore
by_iptables()
{
	printf '%s\n' "$six" >"$conf"
	same "" poor up "$conf" && same $R4 who_tcp "$CLIENT" $S6 && fails router nft list table ip nat64-nat64
}
rules()
{
	router iptables-save -t nat | grep '^-A'
}
chain="-A POSTROUTING -j nat64-nat64
-A nat64-nat64 -s 198.19.0.0/18 -o r4 -j MASQUERADE"
run_case "without nft, iptables masquerades" by_iptables
run_case "... in a chain of the device" same "$chain" rules
run_case "... which show finds" same "  masquerade: r4" eval 'poor show | grep masquerade'
run_case "... once, whenever up is run" eval 'same "" poor up "$conf" && same "$chain" rules'
run_case "... without a gap" gapless poor
run_case "... and down removes it" eval 'poor down "$conf" && fails rules && fails ip -n "$ROUTER" link show nat64'
by_legacy()
{
	PATH=$work/legacy command ip netns exec "$ROUTER" nat64 up "$conf" && same $R4 who_tcp "$CLIENT" $S6 &&
		same "$chain" eval "router iptables-legacy-save -t nat | grep '^-A'" &&
		PATH=$work/legacy command ip netns exec "$ROUTER" nat64 down "$conf" &&
		fails eval "router iptables-legacy-save -t nat | grep '^-A'"
}
if router iptables-legacy -t nat -S >/dev/null 2>&1; then
	only legacy iptables=iptables-legacy iptables-save=iptables-legacy-save iptables-restore=iptables-legacy-restore
	run_case "the same with the legacy variant" by_legacy
else
	skip_case "the same with the legacy variant" "this kernel has none"
fi
only none
run_case "with neither, up says so, and makes nothing" eval '
	expect 1 "nat64: $conf:6: masquerade: neither nft nor iptables is installed" env PATH="$work/none" \
		ip netns exec "$ROUTER" nat64 up "$conf" && fails command ip -n "$ROUTER" link show nat64'

# --- names that mean something to nft

export odd="a';{b"
run_case "an odd name of the device" eval '
	up "dev add \"$odd\" pool 198.19.0.0/18" "masquerade r4 dev \"$odd\"" &&
	router nft list table ip "nat64-a/27/3b/7bb" && same "  masquerade: r4" eval "router nat64 show | grep masq" &&
	down && fails router nft list table ip "nat64-a/27/3b/7bb"'
run_case "... and of the link" eval '
	up "$dev" "masquerade \"$odd\"" 2>/dev/null && router nft list ruleset | grep -F "oifname \"$odd\" masq" && down'

# --- routes

routes()
{
	ip -n "$ROUTER" -$1 route show proto 64 | sed 's/ *$//; s/dev nat64 //; s/scope link//; s/ pref medium//; s/  */ /g; s/ *$//'
}
run_case "a route line for a prefix or pool gives its route a metric" eval '
	up "$dev" "route $PREFIX metric 2000" "route 198.19.0.0/18 metric 7" "route 10.9.0.0/16 metric 8 dev nat64" &&
	same "$PREFIX metric 2000" routes 6 && same "10.9.0.0/16 metric 8
198.19.0.0/18 metric 7" routes 4 && again'
run_case "... and another one when it changes" eval '
	up "$dev" "route $PREFIX" "route 198.19.0.0/18 metric 9" && same "$PREFIX metric 1024" routes 6 &&
	same "198.19.0.0/18 metric 9" routes 4 && up "$dev" && same "198.19.0.0/18" routes 4'
run_case "two devices, the same route, by metrics" eval '
	up "$dev" "dev add other" "route 198.19.0.0/18 metric 9 dev other" &&
	ip -n "$ROUTER" -4 route show dev other proto 64 | grep "198.19.0.0/18.*metric 9" && down'
run_case "noroute leaves one out, for a part of it" eval '
	up "$dev" "noroute $PREFIX" "route 2001:db8:64::cb00:0/112" && same "2001:db8:64::cb00:0/112 metric 1024" routes 6 &&
	same "198.19.0.0/18" routes 4'

finish
