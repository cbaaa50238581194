#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs every command that the manual pages and "nat64 stats explain" show. (doctor.sh,
# doctor_device.sh and advice.sh run the commands that doctor prints.)

. "$(dirname "$0")"/../lib/lib.sh

need jq less openssl ethtool tcpdump unbound
setup_net
load_modules
new_ns "lab-$$"
nat64 -n "lab-$$" dev add nat64
pages=(../userspace-tool/nat64.8 ../userspace-tool/nat64.conf.5 ../xtables-plugin/nat64-iptables.8)

# The files of a machine on which all examples make sense. Nothing is written to the real files.
cat >"$work/machine" <<'END'
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/etc /mnt/etc.work /mnt/var /mnt/var.work /mnt/bin /mnt/here
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/etc.work overlay /etc
mount -t overlay -o lowerdir=/var,upperdir=/mnt/var,workdir=/mnt/var.work overlay /var
mkdir -p /etc/nat64 /etc/jool /etc/unbound/unbound.conf.d /var/lib/nat64 /var/lib/prometheus/node-exporter
echo "127.0.0.1 localhost loghost.example" >/etc/hosts
echo "dev add lab prefix 2001:db8:65::/96" >/etc/nat64/lab.conf
printf 'ipv4-addr 192.168.255.1\nprefix 2001:db8:64::/96\n' >/etc/tayga.conf
echo '{ "instance": "siit", "framework": "netfilter" }' >/etc/jool/jool.conf
mount --bind "/run/netns/lab-$2" "$(: >/run/netns/lab && echo /run/netns/lab)"
cat >/mnt/bin/systemctl <<-'UNITS'
	#!/bin/bash
	[ "$1 $2" = "enable --now" ] || exit 1
	for unit in "${@:3}"; do
		[ -e "$systemd/${unit/@*/@}.service.in" ] || exit 1
	done
UNITS
chmod +x /mnt/bin/systemctl
PATH=/mnt/bin:$PATH
export systemd=$PWD/../userspace-tool/systemd
cd /mnt/here
echo "map add 2001:db8:9::1 192.0.2.201" >mappings
echo "2001:db8:9::2 192.0.2.202" >hosts

device()
{
	nat64 dev show nat64 >/dev/null 2>&1 ||
		nat64 dev add nat64 prefix 64:ff9b::/96 pool 198.19.0.0/18
}

# line LINE: runs a line of an example. If it does not end by itself, it must still run after a second. It
# is no failure if it finds fault with a router or a packet.
line()
{
	local status

	case $1 in
	"" | "#"*)
		return ;;
	"nat64 monitor"* | "nat64 -j monitor"* | "nat64 top interval"* | "nat64 -j top"* | tcpdump*)
		timeout 1 bash -o pipefail -c "$1"
		status=$?
		[ $status -eq 124 ] && return ;;
	*)
		eval "$1"
		status=$? ;;
	esac
	case $1 in
	*"nat64 "*doctor* | "nat64 route"* | "nat64 -j route"*)
		[ $status -ne 1 ] || return 0 ;;
	esac
	[ $status -eq 0 ] || echo "exit status $status: $1"
	return $status
}

# example: runs the example on standard input.
example()
{
	local text line

	text=$(cat)
	case $text in
	"# /etc/rsyslog.d"*)
		return ;;
	"nat64 dev add"*)
		nat64 dev del nat64 2>/dev/null ;;
	"dev add"*)
		nat64 dev del nat64 2>/dev/null
		nat64 up - <<<"$text"
		return ;;
	"map add"* | "route"* | "noroute"* | "address"* | "forwarding"* | "masquerade"*)
		nat64 up - <<<"dev add nat64 prefix 64:ff9b::/96 pool 198.19.0.0/18
$text"
		return ;;
	*"-b "*)
		device
		nat64 map flush ;;
	*)
		device ;;
	esac
	while IFS= read -r line <&3; do
		line "$line" || return
	done 3<<<"$text"
}

set -o pipefail
nat64 dev add nat64-two 2>/dev/null
device
while IFS= read -r where && IFS= read -r -d '' text; do
	# An example of the counters must not be in the way of the next one.
	[ "$1" != explain ] || nat64 dev del nat64
	said=$(example <<<"$text" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok - $where: ${text%%$'\n'*}"
	else
		echo "not ok - $where: ${text%%$'\n'*}"
		echo "${said//$'\n'/$'\n'# }" | sed 's/^/# /'
	fi
done <"$3"
echo "# done: $1"
END

# given NAME EXAMPLES: the results of those examples, in order, on that machine.
given()
{
	run_cases "$1" "$1: " router bash "$work/machine" "$1" $$ "$2"
}

for page in "${pages[@]}"; do
	python3 control/printed.py man "$page" >"$work/examples"
	run_case "${page##*/} has examples" [ -s "$work/examples" ]
	given "${page##*/}" "$work/examples"
done
python3 control/printed.py explain >"$work/examples"
run_case "every command of stats explain is in quotes" [ $? -eq 0 ]
given explain "$work/examples"

finish
