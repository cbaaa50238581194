# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by check-deb.sh and check-kernels.sh: a root of Debian, in $root, with our packages in it.

in_root()
{
	scripts/lab-root.sh -c "${root:?}" "$@"
}

# built_clean KVER: DKMS has built the modules for that kernel, and the compiler had nothing to say.
built_clean()
{
	local log

	log=$(find "$root/var/lib/dkms/nat64" -path "*/$1/*/make.log")
	if [ ! -s "$log" ] || grep -E 'warning:|error:' "$log"; then
		echo "${0##*/}: $1: the compiler complains, or has not run" >&2
		return 1
	fi
}
