#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# analyze.sh [-q]: runs static analyzers on the sources, and the command under sanitizers; each is a
# KTAP case. -q leaves out those that take minutes. The fuzzer always tries the same
# inputs; with FUZZ_SECONDS, others at random for so long.

# shellcheck disable=SC2046,SC2086,SC2207,SC2317 # lists; what run_case runs

. "$(dirname "$0")/checker.sh"

quick=
[ "${1-}" != -q ] || quick=1

sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
user_flags=(-Iinclude/uapi -Iuserspace-tool -D_GNU_SOURCE '-DNAT64_VERSION="0"'
	$(pkg-config --cflags libmnl libnetfilter_conntrack json-c xtables))

# libmnl's header is included for its macros that loop, but is not checked itself.
run_cppcheck()
{
	silent cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,performance,portability "${user_flags[@]}" \
		--include=/usr/include/libmnl/libmnl.h --suppress='*:/usr/include/*' \
		$(user_c_files)
}

# each_file COMMAND...: run it on each C file of the user space. It must have nothing to say.
each_file()
{
	user_c_files | xargs -P "$(nproc)" -n 1 "$@" "${user_flags[@]}" >build/lint/said 2>&1
	set -- $?
	cat build/lint/said
	[ "$1" -eq 0 ] && [ ! -s build/lint/said ]
}

sanitized()
{
	local tree

	tree=$(user_tree sanitized)
	silent make -s -C "$tree/userspace-tool" CC=gcc CFLAGS="-O1 -g $sanitize" LDFLAGS="$sanitize" &&
		make -s -C "$tree/userspace-tool" check
}

fuzz()
{
	make -s -C userspace-tool/tests/fuzz run SECONDS="${FUZZ_SECONDS-}"
}

# The kernel's own semantic patches, except two whose scripts need an OCaml compiler: one for a
# driver, and one for comparisons of pointers with 0, which sparse finds.
coccinelle()
{
	local tree patch options said=0

	tree=$(module_tree coccinelle)
	while IFS= read -r patch; do
		! grep -q 'script:ocaml' "$patch" || continue
		options=$(sed -n 's,^// Options: *,,p' "$patch" | head -n 1)
		silent spatch -D report --no-show-diff --very-quiet --cocci-file "$patch" $options \
			--dir "$tree" -I "$linux/include" || said=1
	done < <(find "$linux/scripts/coccinelle" -name '*.cocci' | sort)
	return $said
}

begin
run_case "cppcheck: the command and the plugin" run_cppcheck
run_case "gcc -fanalyzer: the command and the plugin" \
	each_file gcc -fanalyzer -O1 -Wall -Wextra -Wno-unused-parameter -c -o /dev/null
run_case "ASan, UBSan: the command's words" sanitized
run_case "libFuzzer: the command's parsers" fuzz
if [ ! "$quick" ]; then
	run_case "clang --analyze: the command and the plugin" \
		each_file clang --analyze --analyzer-output text -o /dev/null
	run_case "coccinelle: the modules" coccinelle
fi
finish analyze
