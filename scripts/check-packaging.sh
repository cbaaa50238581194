#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check-packaging.sh: builds the packages in packaging/ for other distributions, from the last
# commit, with those distributions' tools as Debian packages them, in build/packaging. Dependencies
# are not checked, because Debian names them differently.

set -eu

cd "$(dirname "$0")/.."
out=$PWD/build/packaging
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

rm -rf "$out"
mkdir -p "$out/rpm" "$out/arch"
git ls-files Kbuild dkms.conf kmod include/uapi | sort >"$out/sources"
git archive --prefix="nat64-$version/" -o "$out/nat64-$version.tar.gz" HEAD

# check_files MODULES_PACKAGE TOOLS_PACKAGE...: lists of files. They must have all that DKMS and the
# command need, and no other sources for DKMS.
check_files()
{
	sed -n "s|^/*usr/src/nat64-$version/\(.*[^/]\)$|\1|p" "$1" | grep -E '(\.[ch]|Kbuild|dkms\.conf)$' |
		sort | diff "$out/sources" - >&2
	if grep -E '\.(o|ko|mod|cmd|order|symvers)$|\.mod\.c$' "$1" >&2; then
		return 1
	fi
	for file in nat64 libxt_NAT64.so nat64.service nat64.8 nat64.conf.5 _nat64; do
		grep -q "/$file\(.gz\)*$" "$2"
	done
}

# Macros of Fedora, which this rpm does not know.
rpmlint packaging/nat64.spec
rpmbuild --quiet --nodeps -bb --define "_topdir $out/rpm" --define "_sourcedir $out" \
	--define "_libdir $(dirname "$(pkg-config --variable=xtlibdir xtables)")" \
	--define "_unitdir /usr/lib/systemd/system" --define "_pkgdocdir /usr/share/doc/nat64" \
	--define "systemd_post echo" --define "systemd_preun echo" --define "systemd_postun echo" \
	packaging/nat64.spec >"$out/rpm.log" 2>&1 || { cat "$out/rpm.log" >&2; exit 1; }
for package in nat64 nat64-dkms; do
	rpm -qpl "$out"/rpm/RPMS/*/"$package-$version"-*.rpm >"$out/rpm/$package"
done
check_files "$out/rpm/nat64-dkms" "$out/rpm/nat64"
echo "RPM: built"

# makepkg refuses to run as root, and other users may have no access to this place.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp packaging/PKGBUILD "$out/nat64-$version.tar.gz" "$work/"
chown -R nobody: "$work"
(cd "$work" && setpriv --reuid nobody --regid nogroup --clear-groups \
	env HOME="$work" makepkg --nodeps) >"$out/arch.log" 2>&1 ||
	{ cat "$out/arch.log" >&2; exit 1; }
for package in nat64 nat64-dkms; do
	mv "$work/$package-$version"-*.pkg.tar* "$out/arch/"
	tar -tf "$(echo "$out/arch/$package-$version"-*)" >"$out/arch/$package"
done
check_files "$out/arch/nat64-dkms" "$out/arch/nat64"
echo "Arch Linux: built"
