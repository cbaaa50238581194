#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 doctor: how full pools are, including small pools and pools that contain the router's own
# addresses.

. "$(dirname "$0")"/../lib/doctor_lib.sh

doctor_up

# pool PREFIX...: all that a device needs for these pools.
pool()
{
	local prefix

	nat map flush
	nat dev set pool "$@" || return
	for prefix; do
		ip -n "$ROUTER" route replace "$prefix" dev nat64 || return
	done
}

own()
{
	ip -n "$ROUTER" addr add "$1/32" dev nat64
}

run_case "an unused pool of one address is not full" eval 'pool 198.19.0.7/32 && found'
sick pool_full "1 of the 1 addresses" '
	pool 198.19.0.7/32 && nat map add 2001:db8:1::a 198.19.0.7 dynamic'
run_case "a pool of eleven is not full with nine" eval '
	pool 198.19.0.16/29 198.19.0.32/30 198.19.0.40/31 198.19.0.44/32 &&
	same 11 eval "nat -j dev show | jq .[0].pool_size" &&
	for address in 17 18 19 20 21 22 33 34 40; do
		nat map add 2001:db8:1::$address 198.19.0.$address dynamic || exit
	done && found'
sick pool_full "10 of the 11 addresses" 'nat map add 2001:db8:1::41 198.19.0.41 dynamic' 'nat map flush'

# full: a pool of two, both taken.
full()
{
	pool 198.19.0.0/30 && nat map add 2001:db8:1::a 198.19.0.1 dynamic && nat map add 2001:db8:1::b 198.19.0.2 dynamic
}
beside_network()
{
	full && ip -n "$ROUTER" addr add 198.19.0.5/30 dev r4 && found pool_full &&
		jq -r '.[].advice' "$work/found" | grep idle-timeout
}
run_case "doctor does not double a pool over a network of the router" beside_network
ip -n "$ROUTER" addr del 198.19.0.5/30 dev r4
of_file()
{
	full && router nft "add table ip nat64-nat64
		add chain ip nat64-nat64 postrouting { type nat hook postrouting priority 100; }
		add rule ip nat64-nat64 postrouting ip saddr 198.19.0.0/30 oifname r4 masquerade" && found pool_full &&
		same "sed -i s,198.19.0.0/30,198.19.0.0/29, /etc/nat64/nat64.conf && nat64 up" jq -r '.[].advice' "$work/found"
}
run_case "doctor doubles a pool in nat64.conf if that masquerades it" of_file
router nft delete table ip nat64-nat64
nat map flush

own 198.19.0.128
run_case "the router's own address in the middle of a pool has a way of its own" eval '
	pool 198.19.0.0/24 && found'
own 198.19.0.1
sick pool_full "1 of the 1 addresses" '
	pool 198.19.0.0/30 && nat map add 2001:db8:1::a 198.19.0.2 dynamic'
sick own_pool "no host is given an address of the pool 198.19.0.1, which is the router's own" '
	pool 198.19.0.1/32 198.19.0.64/26' 'run_case "... the other pool stays" expect 0 "pool 198.19.0.64/26" nat dev show'
sick own_pool "no host is given an address of the pool 198.19.0.1," 'pool 198.19.0.1/32'

finish
