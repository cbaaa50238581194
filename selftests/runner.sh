#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs test scripts one after another and prints their results as nested TAP, like the kernel's
# tools/testing/selftests/kselftest/runner.sh. TIMEOUT overrides the limit per script in the file
# settings. A script is found by its bare name, whichever folder it is in.

cd "$(dirname "$0")" || exit 1

timeout=45
while IFS='=' read -r key value; do
	[ "$key" = timeout ] && timeout=$value
done <settings
timeout=${TIMEOUT:-$timeout}

echo "TAP version 13"
echo "1..$#"
number=0
failed=0
for test; do
	number=$((number + 1))
	test=${test##*/}
	name=selftests:\ $test
	path=$(echo */"$test")
	echo "# $name"
	start=$SECONDS
	# Not in the foreground: at the end of its time the script goes with all its children.
	timeout -k 10 "$timeout" "./$path" 2>&1 </dev/null | sed -u 's/^/# /'
	status=${PIPESTATUS[0]}
	echo "# $name: $((SECONDS - start)) s"
	case $status in
	0) echo "ok $number $name" ;;
	4) echo "ok $number $name # SKIP" ;;
	124 | 137) echo "not ok $number $name # TIMEOUT $timeout seconds" ;;
	*) echo "not ok $number $name # exit=$status" ;;
	esac
	case $status in 0 | 4) ;; *) failed=$((failed + 1)) ;; esac
done
[ "$failed" -eq 0 ]
