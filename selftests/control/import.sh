#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64 import: turns the files of a Tayga or Jool user into a working router.

. "$(dirname "$0")"/../lib/lib.sh

need jq
load_modules
setup_net
start_peers

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# imports KIND: puts in force what "import" makes of standard input.
imports()
{
	cat >"$work/theirs"
	nat64 import "$1" "$work/theirs" >"$work/nat64.conf" && cat "$work/nat64.conf" &&
		STATE_DIRECTORY=$work nat up "$work/nat64.conf"
}

# Runs the shell commands among the comments.
obey()
{
	local advice

	while IFS= read -r advice; do
		router sh -ec "$advice" || { echo "fails: $advice"; return 1; }
	done < <(sed -n 's/^#\t//p' "$work/nat64.conf")
}

tayga()
{
	imports tayga <<-END
		tun-device clat
		ipv4-addr 198.51.100.1
		ipv6-addr 2001:db8:64:1::1
		prefix $PREFIX
		dynamic-pool 198.51.100.0/24
		map 198.51.100.80 2001:db8:1::80
		map 192.0.2.0/28 2001:db8:5::/124
		tun-route 192.0.2.0/28
		udp-cksum-mode fwd
		wkpf-strict no
		offlink-mtu 1400
		data-dir /var/spool/tayga
	END
}
run_case "tayga.conf: nat64 up takes what import makes of it" tayga
run_case "... with its options" eval 'nat -j dev show clat | jq -e ".[0] | .prefix == [\"$PREFIX\"] and
	.pool == [\"198.51.100.0/24\"] and .udp_zero_csum == \"forward\" and .wkp_strict == false and
	.lowest_ipv6_mtu == 1400 and .static == 2"'
run_case "... its addresses" eval '
	ip -n "$ROUTER" addr show clat | grep "inet 198.51.100.1/32" &&
	ip -n "$ROUTER" addr show clat | grep "inet6 2001:db8:64:1::1/128"'
run_case "... its mappings" eval '
	nat map show static dev clat | grep -x "2001:db8:5::/124 192.0.2.0/28 static" &&
	nat map show static dev clat | grep -x "2001:db8:1::80 198.51.100.80 static"'
run_case "... and its routes" eval 'ip -n "$ROUTER" route show dev clat | grep "^192.0.2.0/28"'
run_case "... and a host that gets through" eval 'who_udp "$CLIENT" $S6 | grep "^198\.51\.100\."'
STATE_DIRECTORY=$work nat down "$work/nat64.conf"

siit()
{
	imports jool <<-END
		{ "instance": "siit", "framework": "netfilter",
		  "global": { "pool6": "$PREFIX", "lowest-ipv6-mtu": 1300, "rfc6791v4-prefix": "198.51.100.1/32" },
		  "eamt": [ { "ipv6 prefix": "$C6", "ipv4 prefix": "$C4" },
			    { "ipv6 prefix": "2001:db8:5::/124", "ipv4 prefix": "192.0.2.0/28" } ],
		  "denylist4": [ "198.51.100.32/27" ] }
	END
}
run_case "jool_siit: nat64 up takes what import makes of it" siit
# The file does not tell whose prefix it is.
ip -n "$ROUTER" route add "$PREFIX" dev nat64
run_case "... with its options and mappings" eval '
	nat -j dev show nat64 | jq -e ".[0] | .lowest_ipv6_mtu == 1300 and .icmp_source == \"198.51.100.1\" and
		.static == 2" && nat map show | grep -x "$C6 $C4 static"'
run_case "... and its advice is taken" obey
router "$IPTABLES" -t raw -A PREROUTING -d $POOL -j NAT64
run_case "... a host gets through, both ways" eval '
	same $C4 who_udp "$CLIENT" $S6 && same $S6 who_udp "$SERVER" $C4'
nat map add 2001:db8:1::33 198.51.100.33
run_case "... and what was denied is not translated" stat_moves xlat_4to6 0 eval '
	fails ping_once "$SERVER" -W 1 198.51.100.33'
run_case "... restored, it is the same" eval '
	nat map del 198.51.100.33 && grep -v ^address "$work/nat64.conf" | nat restore - &&
	nat -j dev show nat64 | jq -e ".[0].static == 2"'
STATE_DIRECTORY=$work nat down "$work/nat64.conf"
router "$IPTABLES" -t raw -F PREROUTING

nat64_rules()
{
	imports jool <<-END
		{ "instance": "default", "framework": "iptables", "global": { "pool6": "$PREFIX" },
		  "pool4": [ { "protocol": "TCP", "prefix": "$R4", "port range": "61001-62000" },
			     { "protocol": "UDP", "prefix": "$R4", "port range": "61001-62000" },
			     { "protocol": "ICMP", "prefix": "$R4" } ],
		  "bib": [ { "protocol": "UDP", "ipv6 address": "$C6#13", "ipv4 address": "$R4#62013" } ] }
	END
}
run_case "jool: nat64 up takes what import makes of it" nat64_rules
run_case "... and its advice is taken" obey
run_case "... hosts share the public address" eval '
	same $R4 who_udp "$CLIENT" $S6 && same $R4 who_tcp "$CLIENT" $S6 && ping_once "$CLIENT" $S6'
run_case "... and its ports" eval '
	capture "$SERVER" s0 "udp dst port 13 and src $R4 and (src portrange 61001-62000)" \
		who_udp "$CLIENT" $S6 | grep -x 1'
bib()
{
	on "$SERVER" python3 -c 'if True:
		import socket, sys
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.settimeout(30)
		sock.sendto(b"who", (sys.argv[1], 62013))
		print(sock.recv(100).decode().strip())' $R4
}
run_case "... and the binding leads in" same $S6 bib

finish
