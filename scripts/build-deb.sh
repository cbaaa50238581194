#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build-deb.sh: builds the Debian source and binary packages of the work tree, with uncommitted
# changes, in build/deb. debian/changelog has the version, and the other places must agree with it.

set -eu

cd "$(dirname "$0")/.."
out=$PWD/build/deb
version=$(dpkg-parsechangelog -S Version)

# More places that have the version, because they are used where there is no Debian.
while read -r file line; do
	grep -q -x "$line" "$file" || {
		echo "build-deb.sh: $file is not at version $version" >&2
		exit 1
	}
done <<END
dkms.conf			PACKAGE_VERSION="$version"
userspace-tool/Makefile		VERSION ?= $version
packaging/nat64.spec		Version:	$version
packaging/PKGBUILD		pkgver=$version
packaging/openwrt/Makefile	PKG_VERSION := $version
END

rm -rf "$out"
mkdir -p "$out/nat64-$version"
# Use a separate tree, so that leftovers of builds do not get into the packages.
git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
	[ ! -e "$file" ] || printf '%s\0' "$file"
done | xargs -0 cp --parents -d -p -t "$out/nat64-$version"

cd "$out/nat64-$version"
dpkg-buildpackage -us -uc
