#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# needs.sh FILE...: checks that "make check" installs each program that these tests need (the function of
# selftests/lib/lib.sh): in one of its packages, in one that these depend on, or in one that every Debian has.
# It skips programs that are not installed; the test itself fails without them.

set -eu

listed=$("$(dirname "$0")"/install-deps.sh -l build check)
# shellcheck disable=SC2086 # a list
listed="$listed $(dpkg-query -W -f '${Pre-Depends} ${Depends} ' $listed | tr ',|' '  ')"
status=0

for program in $(sed -n 's/^[[:space:]]*need //p' "$@" | tr ' ' '\n' | sort -u); do
	path=$(command -v "$program") || continue
	package=$(dpkg-query -S "$path" 2>/dev/null || dpkg-query -S "$(readlink -f "$path")" 2>/dev/null) ||
		continue
	package=${package%%:*}
	case " $listed $(dpkg-query -W -f '${Essential}' "$package") " in
	*" $package "* | *" yes "*) ;;
	*)
		echo "$program is in $package, which install-deps.sh does not install"
		status=1 ;;
	esac
done
exit $status
