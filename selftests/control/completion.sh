#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Completion in each of the shells.

. "$(dirname "$0")"/../lib/lib.sh

need bash zsh fish
setup_net
nat64_up route
ip -n "$ROUTER" link add other type dummy
touch "$work/tayga.conf"

# What is typed, and what its last word becomes.
lines=(
	"nat64 rou" route
	"nat64 sh" show
	"nat64 show n" nat64
	"nat64 dev set nat64 lowest" lowest-ipv6-mtu
	"nat64 dev set nat64 tos z" zero
	"nat64 dev set nat64 hook a" any
	"nat64 dev set nat64 hook ot" other
	"nat64 map show dev n" nat64
	"nat64 map show id" idle
	"nat64 map show con" connections
	"nat64 dev set n" nat64
	"nat64 stats explain drop_lo" drop_loop
	"nat64 stats prom" prometheus
	"nat64 stats prometheus t" to
	"nat64 pref64 radvd interface o" other
	"nat64 -n $ROUTER -j sta" stats
	"nat64 -n ${ROUTER%?}" "$ROUTER"
	"nat64 import tayga $work/tay" "$work/tayga.conf"
	"nat64 --col" --color
)

typed()
{
	local i

	for ((i = 0; i < ${#lines[@]}; i += 2)); do
		printf '%s\0' "${lines[i]}"
	done
}

# check SHELL: standard input has a line for each line typed.
check()
{
	local i line want got

	for ((i = 0; i < ${#lines[@]}; i += 2)); do
		line=${lines[i]}
		want=${lines[i + 1]}
		read -r got
		run_case "$1: $line" same "$want" echo "${got#"${line%"${line##* }"}"}"
	done
}

for shell in bash zsh; do
	typed | router xargs -0 python3 control/completion.py $shell >"$work/$shell" || cat "$work/$shell"
	check $shell <"$work/$shell"
done

# fish itself prints what it would offer, and that must be a single word.
# shellcheck disable=SC2016 # for fish
typed | router xargs -0 fish -c 'for line in $argv; complete -C $line | cut -f 1 | string join " "; end' \
	>"$work/fish"
check fish <"$work/fish"

finish
