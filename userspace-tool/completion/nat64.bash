# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# bash completion for nat64(8), which itself tells what may follow.

_nat64()
{
	local word

	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		if [ "$word" = : ]; then
			compopt -o default
		else
			COMPREPLY+=("$word")
		fi
	done < <("${COMP_WORDS[0]}" -- __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _nat64 nat64
