#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unpack.sh DIR PACKAGE...: unpacks packages of Debian in DIR, once, without installing them. This is for packages
# that would change the machine, or get into the way of what is installed.

set -eu

dir=$1
shift
[ ! -d "$dir" ] || exit 0
rm -rf "$dir.new"
mkdir -p "$dir.new/packages"
cd "$dir.new/packages"
apt-get -q download "$@" || { apt-get -q update && apt-get -q download "$@"; }
cd "$OLDPWD"
for package in "$dir.new"/packages/*.deb; do
	dpkg -x "$package" "$dir.new"
done
rm -r "$dir.new/packages"
mv "$dir.new" "$dir"
