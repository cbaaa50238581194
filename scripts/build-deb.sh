#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build-deb.sh: builds the Debian source and binary packages of the work tree, with uncommitted
# changes, in build/deb. debian/changelog has the version, and the other places must agree with it.

set -eu

cd "$(dirname "$0")/.."
out=$PWD/build/deb
version=$(dpkg-parsechangelog -S Version)

# Where the version is written once more, because it is read without a Debian at hand.
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
# A tree of its own: what a build leaves behind, of whatever kernel, is not for the packages.
git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
	[ ! -e "$file" ] || printf '%s\0' "$file"
done | xargs -0 cp --parents -d -p -t "$out/nat64-$version"

cd "$out/nat64-$version"
dpkg-buildpackage -us -uc
