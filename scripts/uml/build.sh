#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds a User Mode Linux kernel, which runs as a process, and the project's modules for it. Can
# also build a kernel of another machine for the unit tests. The source is Debian's package
# linux-source-6.1 (scripts/install-deps.sh uml).
#
#   build/uml/src   the source, unpacked once
#   DIR/kernel      the kernel: linux, Module.symvers ("make -C DIR/kernel ARCH=um M=..." works)
#   DIR/modules     the modules, and their source as symbolic links
#   DIR/kunit       the same for the unit tests
#   DIR/fuzz        the same for the fuzzer

set -eu

usage()
{
	cat <<-END
	usage: build.sh [-a ARCH] [-d DIR] [-c CONFIG] [-f FRAGMENT]... [-m] [-t] [-z]

	  -a ARCH      the machine, as the kernel's Makefile calls it (um); CROSS_COMPILE applies
	  -d DIR       where to build (build/uml)
	  -c CONFIG    a file of CONFIG_* lines in place of selftests/config, config-router and config
	  -f FRAGMENT  a file of CONFIG_* lines that go before those of CONFIG
	  -m           build the modules, in DIR/modules: so it is without -t and -z
	  -t           build the unit tests, in DIR/kunit
	  -z           build the fuzzer, in DIR/fuzz
	END
}

die()
{
	echo "build.sh: $*" >&2
	exit 1
}

# Unpacks all of the source or, if interrupted, nothing. Does so again if the patches have changed.
unpack()
{
	if cat "$here"/*.patch | cmp -s - "$src/nat64.patch"; then
		return
	fi
	[ -r "$tarball" ] || die "no $tarball: scripts/install-deps.sh uml"
	rm -rf "$src.new"
	mkdir -p "$src.new"
	tar -x -f "$tarball" -C "$src.new" --strip-components=1
	cat "$here"/*.patch >"$src.new/nat64.patch"
	patch -s -p 1 -d "$src.new" <"$src.new/nat64.patch"
	rm -rf "$src"
	mv "$src.new" "$src"
}

# Later settings replace earlier ones. It is a mistake if the kernel does not know a setting, or
# refuses it because something else is missing.
configure()
{
	sed 's/=m$/=y/' "${config[@]}" |
		awk 'match($0, /CONFIG_[A-Z0-9_]+/) && /^(# )?CONFIG_/ {
			line[substr($0, RSTART, RLENGTH)] = $0
		     }
		     END { for (name in line) print line[name] }' | sort >"$kernel/wanted.new"
	if [ -e "$kernel/.config" ] && cmp -s "$kernel/wanted.new" "$kernel/wanted"; then
		return
	fi
	make -s -C "$src" O="$kernel" ARCH="$arch" KCONFIG_ALLCONFIG="$kernel/wanted.new" allnoconfig
	! { cat "$kernel/.config"; grep '^#' "$kernel/wanted.new"; } |
		grep -v -x -F -f - "$kernel/wanted.new" >&2 || die "not to be had: see above"
	mv "$kernel/wanted.new" "$kernel/wanted"
}

# build_modules TREE [VARIABLE=VALUE]...: builds in a tree of links. Objects lie beside their source, and
# that place is for the distribution's kernel.
build_modules()
{
	local modules=$1 file

	shift
	mkdir -p "$modules"
	(cd "$project" && find Kbuild kmod include -name 'Kbuild' -o -name '*.[ch]' ! -name '*.mod.c') |
	while read -r file; do
		[ ! -L "$modules/$file" ] || continue
		mkdir -p "$modules/$(dirname "$file")"
		ln -s "$project/$file" "$modules/$file"
	done
	find "$modules" -xtype l -delete
	make -s -j "$(nproc)" -C "$kernel" ARCH="$arch" M="$modules" "$@" modules
}

here=$(cd "$(dirname "$0")" && pwd -P)
project=${here%/scripts/uml}
arch=um
tarball=/usr/src/linux-source-6.1.tar.xz
src=$project/build/uml/src

dir=$project/build/uml
config=("$project/selftests/config" "$here/config-router" "$here/config")
fragments=()
trees=()
while getopts a:d:c:f:mtzh option; do
	case $option in
	a) arch=$OPTARG ;;
	d) dir=$OPTARG ;;
	m) trees+=(modules) ;;
	t) trees+=(kunit) ;;
	z) trees+=(fuzz) ;;
	c) config=("$OPTARG") ;;
	f) fragments+=("$OPTARG") ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 1 ;;
	esac
done

config+=("${fragments[@]}")

image=linux
[ "$arch" = um ] || image=bzImage

mkdir -p "$project/build/uml" "$dir/kernel"
kernel=$(cd "$dir/kernel" && pwd -P)

exec 9>"$project/build/uml/build.lock"
flock 9
unpack
configure
make -s -j "$(nproc)" -C "$kernel" ARCH="$arch" "$image" modules
for tree in "${trees[@]:-modules}"; do
	case $tree in
	modules) build_modules "${kernel%/kernel}/modules" ;;
	*) build_modules "${kernel%/kernel}/$tree" "CONFIG_NAT64_${tree^^}=m" ;;
	esac
done
