#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 check finds without the kernel what the kernel refuses, in the same words and at the same line.

. "$(dirname "$0")"/../lib/lib.sh

[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
need nat64 ip setpriv
new_ns "$ROUTER"
export PATH=$PATH:/usr/sbin:/sbin
chmod 755 "$work"

check()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups nat64 check "$@"
}

# --- neither the module nor root

unloaded()
{
	modprobe -r xt_NAT64 nat64 2>/dev/null
	[ ! -e /sys/module/nat64 ]
}

good="dev add nat64 prefix 2001:db8:64::/96 2001:db8:122::/48 pool 198.51.100.64/29 translatable 10.7.0.0/24 hook a,b \
wkp-strict off udp-zero-csum forward tos zero lowest-ipv6-mtu 1400 icmp-source 192.0.0.8 idle-timeout 300 \
quota 7 hash-key 000102030405060708090a0b0c0d0e0f
map add 2001:db8:1::2 198.51.100.2
map add 2001:db8:5::/64 203.0.113.128/25
address 198.51.100.65/32
route 10.8.0.0/24 metric 7
noroute 10.7.0.0/24
masquerade wan
masquerade lte0 dev nat64
forwarding
dev add clat
map add 64:ff9b::/96 0.0.0.0/0 dev clat
map add 2001:db8:1::2 198.51.100.2 dev clat
address 192.0.0.1/32 dev clat
route 0.0.0.0/0 dev clat"
echo "$good" >"$work/good"

alone()
{
	within 60 unloaded && same "" check "$work/good" && [ ! -e /sys/module/nat64 ] &&
		fails check - <<<"map add" && [ ! -e /sys/module/nat64 ]
}
run_case "check needs neither root nor the module, and does not load it" alone
load_modules
changes_nothing()
{
	check "$work/good" && same "" nat64 -n "$ROUTER" dev show
}
run_case "check makes no device" changes_nothing
run_case "the kernel takes the same file" expect 0 "" nat64 -n "$ROUTER" up "$work/good"
export STATE_DIRECTORY=$work
nat64 -n "$ROUTER" down "$work/good"
run_case "check takes what save prints" eval '
	nat64 -n "$ROUTER" up "$work/good" 2>/dev/null; nat64 -n "$ROUTER" save all >"$work/saved" &&
	check "$work/saved"'
nat64 -n "$ROUTER" down "$work/good"
run_case "check takes the file of the examples" check ../userspace-tool/examples/nat64.conf

# --- what the kernel refuses

# agree LINE TEXT FILE: check and up refuse the file with the same words, and with the same exit status.
agree()
{
	local want="nat64: $work/bad:$1: $2" by_check by_up status

	printf '%b\n' "$3" >"$work/bad"
	by_check=$(check "$work/bad" 2>&1)
	status=$?
	by_up=$(nat64 -n "$ROUTER" up "$work/bad" 2>&1)
	[ $? -eq $status ] && [ $status -ne 0 ] && [ "$by_check" = "$want" ] && [ "$by_up" = "$want" ] && return
	printf '%s\n' "exit status $status" "wanted: $want" "check:  $by_check" "up:     $by_up"
	return 1
}
refused()
{
	run_case "check and the kernel refuse: $2" agree "$@"
}

D='dev add nat64'
refused 1 "dev nat64 prefix 2001:db8::/95: prefix length is not 32, 40, 48, 56, 64 or 96" "$D prefix 2001:db8::/95"
refused 2 "dev nat64 prefix 2001:db8:0:0:ff00::/96: bits 64 to 71 of the prefix are not zero" \
	"\n$D prefix 2001:db8:0:0:ff00::/96"
refused 1 "dev nat64 prefix ff00::/32: prefix is not unicast" "$D prefix ff00::/32"
refused 1 "dev nat64 prefix fe80::/64: prefix is not unicast" "$D prefix fe80::/64"
refused 1 "dev nat64 prefix 2001:db8:1::/96: prefix overlaps another one of the device" \
	"$D prefix 2001:db8::/32 2001:db8:1::/96"
refused 1 "dev nat64 pool 10.0.0.0/7: pool is larger than a /8" "$D pool 10.0.0.0/7"
for bad in 0.1.0.0/16 127.0.0.0/8 169.254.3.0/24 224.0.0.0/24 255.255.255.255; do
	refused 1 "dev nat64 pool $bad: prefix holds addresses that hosts cannot have" "$D pool $bad"
	refused 1 "dev nat64 translatable $bad: prefix holds addresses that hosts cannot have" "$D translatable $bad"
done
refused 1 "dev nat64 pool 192.0.2.4/30: prefix overlaps another one of the list" "$D pool 192.0.2.0/24 192.0.2.4/30"
refused 1 "dev nat64 translatable: a pool and a translatable prefix overlap" "$D pool 192.0.2.0/24 translatable 192.0.2.4/30"
refused 1 "dev nat64 hook a: device is named twice" "$D hook a,b,a"
refused 1 "dev nat64 icmp-source: not an address that a host can have" "$D icmp-source 127.0.0.1"
refused 2 "map 2001:db8::/124 192.0.2.0/24: IPv4 suffix is longer than the IPv6 suffix" "$D\nmap add 2001:db8::/124 192.0.2.0/24"
for bad in ::1 ff02::1 fe80::1 ::ffff:192.0.2.1 ::; do
	refused 2 "map $bad 192.0.2.1: IPv6 address is never translated" "$D\nmap add $bad 192.0.2.1"
done
for bad in 0.0.0.1 127.0.0.1 169.254.0.1 224.0.0.1 255.255.255.255; do
	refused 2 "map 2001:db8::1 $bad: IPv4 address is never translated" "$D\nmap add 2001:db8::1 $bad"
done
M='map add 2001:db8::1 192.0.2.1'
refused 3 "map 2001:db8::1 192.0.2.1: mapping exists already" "$D\n$M\n$M"
refused 3 "map 2001:db8::1 192.0.2.2: IPv6 prefix is mapped already" "$D\n$M\nmap add 2001:db8::1 192.0.2.2"
refused 3 "map 2001:db8::2 192.0.2.1: IPv4 prefix is mapped already" "$D\n$M\nmap add 2001:db8::2 192.0.2.1"
# These do not even get to the kernel.
refused 2 "\"192.0.2.1/33\" is not an IPv4 address with its length" "$D\naddress 192.0.2.1/33"
refused 2 "dev other: no \"dev add\" before its route" "$D\nroute 10.0.0.0/8 dev other"
refused 2 "dev nat64: was given before" "$D\n$D"
refused 2 "dev other: no \"dev add\" before its masquerade" "$D\nmasquerade wan dev other"
refused 2 "dev nat64: has no pool to masquerade" "$D\nmasquerade wan"
refused 2 "the device by which packets leave is missing, see \"nat64 up help\"" "$D pool 10.0.0.0/8\nmasquerade"
for bad in 'wan*' 'wan+'; do
	refused 2 "masquerade \"$bad\": nft and iptables take that for a pattern" "$D pool 10.0.0.0/8\nmasquerade $bad"
done
refused 2 "\"wan/1\" is not a device name" "$D pool 10.0.0.0/8\nmasquerade wan/1"
refused 1 "unknown word \"on\", see \"nat64 up help\"" "forwarding on"
refused 2 "metric: its value is missing, see \"nat64 up help\"" "$D\nroute 10.0.0.0/8 metric"
refused 2 "dev nat64: \"up\" would add no route for 10.0.0.0/8" "$D\nnoroute 10.0.0.0/8"

# check_both FILE: both take the file.
both()
{
	local status

	printf '%b\n' "$1" >"$work/fine"
	check "$work/fine" && nat64 -n "$ROUTER" up "$work/fine" 2>/dev/null
	status=$?
	nat64 -n "$ROUTER" dev del nat64
	return $status
}
run_case "check and the kernel take all of IPv4 as translatable" both "$D translatable 0.0.0.0/0"
run_case "... and mappings within one another" both \
	"$D\nmap add 2001:db8::/96 0.0.0.0/0\nmap add 2001:db8:1::/120 192.0.2.0/24\nmap add 2001:db8:2::1 192.0.2.1"
run_case "... and a prefix for everybody's own use" both "$D prefix 64:ff9b::/96 64:ff9b:1::/48"

# --- every mistake

cat >"$work/bad" <<-END
	dev add nat64 prefix 2001:db8::/95 pool 10.0.0.0/7
	map add 2001:db8::1 192.0.2.1
	dev add other prefx 2001:db8::/96
	map add 2001:db8::1 192.0.2.1 dev other
	map add 2001:db8::1 192.0.2.2
	map add 2001:db8::2 192.0.2.2
	frobnicate
END
run_case "check names every mistake, once, and goes on to the end" expect 2 \
	"nat64: $work/bad:1: dev nat64 prefix 2001:db8::/95: prefix length is not 32, 40, 48, 56, 64 or 96
nat64: $work/bad:1: dev nat64 pool 10.0.0.0/7: pool is larger than a /8
nat64: $work/bad:3: unknown word \"prefx\", see \"nat64 dev help\"
nat64: $work/bad:5: map 2001:db8::1 192.0.2.2: IPv6 prefix is mapped already
nat64: $work/bad:7: \"frobnicate\": neither \"dev add\" nor \"map add\", address, route, noroute, masquerade or forwarding" \
	check "$work/bad"
run_case "... and from standard input, too" expect 1 "<stdin>:1: dev nat64 pool 10.0.0.0/7: pool" \
	check - <<<"dev add pool 10.0.0.0/7"

finish
