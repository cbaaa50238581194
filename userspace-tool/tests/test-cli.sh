#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the command says about wrong words, and with which exit status. Needs no kernel module, since
# wrong words are found before the kernel is asked. NAT64 names the command to test.

NAT64=${NAT64:-$(dirname "$0")/../nat64}

cases=0
failures=0

report()	# OK NAME
{
	cases=$((cases + 1))
	if [ "$1" = 0 ]; then
		echo "ok $cases - $2"
	else
		failures=$((failures + 1))
		echo "not ok $cases - $2"
	fi
}

# expect STATUS LINE [WORD...]: that exit status, and LINE as the only output.
expect()
{
	local status=$1 line=$2 said got
	shift 2

	said=$("$NAT64" "$@" 2>&1 </dev/null)
	got=$?
	[ "$got" = "$status" ] && [ "$said" = "nat64: $line" ]
	report $? "nat64 $*"
	[ "$got" = "$status" ] || echo "# status $got, not $status"
	[ "$said" = "nat64: $line" ] || printf '# said: %s\n# not:  nat64: %s\n' "$said" "$line"
}

# expect_batch LINE INPUT: the batch INPUT, of words that make no sense, ends with LINE.
expect_batch()
{
	local said got

	said=$(printf '%b' "$2" | "$NAT64" -b - 2>&1)
	got=$?
	[ "$got" = 2 ] && [ "$said" = "nat64: <stdin>:$1" ]
	report $? "batch: $2"
	[ "$said" = "nat64: <stdin>:$1" ] || echo "# said: $said"
}

# expect_text PATTERN [WORD...]: status 0, and PATTERN in the output.
expect_text()
{
	local pattern=$1 said
	shift

	# Not in a pipe: grep ends as soon as it has found something, and may take the command along.
	said=$("$NAT64" "$@" 2>/dev/null) && grep -q -- "$pattern" <<<"$said"
	report $? "nat64 $*"
}

# expect_file COMMAND LINE INPUT: the command with the file INPUT ends with LINE, status 2.
expect_file()
{
	local said got

	said=$(printf '%b' "$3" | "$NAT64" "$1" - 2>&1)
	got=$?
	[ "$got" = 2 ] && [ "$said" = "nat64: <stdin>:$2" ]
	report $? "$1: $3"
	[ "$said" = "nat64: <stdin>:$2" ] || echo "# said: $said"
}

# expect_import KIND WANTED INPUT [DEVICE]: standard input becomes these lines, perhaps with others
# between them. If WANTED begins with a place, it is refused with "nat64: " and WANTED.
expect_import()
{
	local kind=$1 wanted=${2//\\$'\n'/} said got line wrong=0

	said=$(printf '%b' "$3" | "$NAT64" import "$kind" - ${4+dev "$4"} 2>&1)
	got=$?
	if [[ $wanted = "<stdin>":* ]]; then
		[ "$got" = 2 ] && [ "$said" = "nat64: $wanted" ] || wrong=1
	else
		[ "$got" = 0 ] || wrong=1
		while IFS= read -r line; do
			grep -q -x -F -- "$line" <<<"$said" || { echo "# not there: $line"; wrong=1; }
		done <<<"$wanted"
	fi
	report $wrong "import $kind: ${wanted%%$'\n'*}"
	[ $wrong = 0 ] || printf '# status %s, said:\n# %s\n' "$got" "${said//$'\n'/$'\n'# }"
}

# expect_completion CHOICES WORD...: the words that may replace the last one.
expect_completion()
{
	local got

	got=$(
		COMP_WORDS=("$NAT64" "${@:2}") COMP_CWORD=$(($# - 1))
		compopt() { :; }
		# shellcheck source=userspace-tool/completion/nat64.bash
		. "$(dirname "$0")/../completion/nat64.bash"
		_nat64
		echo "${COMPREPLY[*]}"
	)
	[ "$got" = "$1" ]
	report $? "completion: ${*:2}"
	[ "$got" = "$1" ] || echo "# got: $got"
}

echo TAP version 13

expect_text "^Usage: nat64 " help
expect_text "^Usage: nat64 " --help
expect_text "^Usage: nat64 dev " dev help
expect_text "^Usage: nat64 map " -h map
for words in "dev add" "dev set" "dev del" "map add" "map flush" "stats reset" "import tayga" "dns64 bind"; do
	# shellcheck disable=SC2086 # words
	expect_text "^Usage: nat64 .*${words% *}" $words help
done
expect_text "^Usage: nat64 .*stats" help stats
expect_text "^Usage: nat64 monitor" mon help
expect_text "^Usage: nat64 up " up help
expect_text "^Usage: nat64 down " help down
expect_text "^nat64 [0-9]" -V

expect 2 'unknown word "foo", see "nat64 help"' foo
expect 2 'unknown word "", see "nat64 help"' ""
expect 2 'unknown word "foo", see "nat64 map help"' map foo
expect 2 'unknown word "foo", see "nat64 help"' help foo

# The beginning of a name is enough if it is clear, and if the command removes nothing.
expect_text "^drop_loop: " st e drop_loop
expect_text "^nat64pre\|^interface" pr ra prefix 64:ff9b::/96
expect_text "^// BIND" dns bi prefix 64:ff9b::/96
expect 1 'dnsdist has no DNS64: let it ask a server that has (newServer("[::1]:5353")), see "nat64 dns64 help"' \
	dns64 dnsdist
expect_text "^options {" dns64 bind prefix 64:ff9b::/96 clients 2001:db8::/32
expect_text "^// BIND 9, within options" dns64 bind prefix 64:ff9b::/96
expect_text "^-- Knot" dns64 k prefix 64:ff9b::/96
expect 2 '"do" may be down | doctor' "do"
expect 2 '"d" may be dev | down | dns64 | doctor' d
expect 2 '"r" may be restore | route' r /etc/nat64/nat64.conf
expect 2 '"m" may be map | monitor' m s
expect 2 '"s" may be show | set' dev s
expect 2 '"s" may be show | stats | save' s
expect 2 'unknown word "foo", see "nat64 show help"' show nat64 foo
expect 2 'the name after "dev" is missing, see "nat64 show help"' show dev
expect 2 '"do" may be down | doctor' help "do"
expect 2 '"pow" may be powerdns | powerdns4' dns64 pow prefix 64:ff9b::/96
expect_text "^# PowerDNS Recursor 5" dns64 powerdns prefix 64:ff9b::/96
expect 2 '"dow": down cannot be shortened' dow
expect 2 '"u": up cannot be shortened' u
expect 2 '"resto": restore cannot be shortened' resto /etc/nat64/nat64.conf
expect 2 '"f": flush cannot be shortened' map f
expect 2 '"d": del | delete cannot be shortened' map d 192.0.2.1
expect 2 '"dele": delete cannot be shortened' dev dele nat64
expect 2 '"r": replace cannot be shortened' map r 2001:db8::1 192.0.2.1
expect 2 '"res": reset cannot be shortened' stats res
expect 2 'unknown word "b", see "nat64 dev help"' dev delete a b
expect 2 'unknown word "b", see "nat64 dev help"' dev del a b

expect 2 'unknown option "--foo"' --foo
expect 2 'unknown option "-x"' -x
expect 2 'unknown option "-x"' -jx dev
expect 2 'option "-b": argument is missing' -b
expect 2 '"dev": no command next to a batch' -b - dev
expect 1 '/nonexistent: No such file or directory' -b /nonexistent
expect 1 'network namespace "no/such": No such file or directory' -n no/such dev show

expect 2 'unknown word "b", see "nat64 dev help"' dev show a b
expect 2 '"a/b" is not a device name' dev show a/b
expect 2 '"sixteen-letters-" is not a device name' dev add sixteen-letters-
expect 2 '"" is not a device name' dev del ""
expect 2 'the name after "dev" is missing, see "nat64 dev help"' dev del dev
expect 2 'unknown word "prefx", see "nat64 dev help"' dev add nat64 prefx 64:ff9b::/96
expect 2 'prefix: its value is missing, see "nat64 dev help"' dev add prefix
expect 2 '"192.0.2.0/24" is not an IPv6 prefix' dev add prefix 192.0.2.0/24
expect 2 '"64:ff9b::/129" is not an IPv6 prefix' dev add prefix 64:ff9b::/129
expect 2 '"64:ff9b:0000:0000:0000:0000:192.168.255.255000000/96" is not an IPv6 prefix' \
	dev add prefix 64:ff9b:0000:0000:0000:0000:192.168.255.255000000/96
expect 2 '"64:ff9b::/" is not an IPv6 prefix' dev add prefix 64:ff9b::/
expect 2 '"64:ff9b::1/96" has bits set behind its length: 64:ff9b::/96 is meant?' \
	dev add prefix 64:ff9b::1/96
expect 2 '"1.2.3.0/+24" is not an IPv4 prefix' dev add pool 192.0.2.0/24 1.2.3.0/+24
expect 2 '"1.2.3.0/024" is not an IPv4 prefix' dev add pool 1.2.3.0/024
expect 2 '"1.2.3" is not an IPv4 prefix' dev set translatable 1.2.3
expect 2 'pool "none": was given before' dev set pool 192.0.2.0/24 pool none
expect 2 'pool "192.0.2.0/24": was given before' dev set pool none pool 192.0.2.0/24
expect 2 'tos "zero": was given before' dev set tos copy tos zero
expect 2 'tos "none": must be copy | zero' dev set tos none
expect 2 'wkp-strict "1": must be off | on' dev set wkp-strict 1
expect 2 'udp-zero-csum "x": must be compute | drop | forward' dev set udp-zero-csum x
expect 2 'quota "many": not a number from 1 to 4294967295' dev set quota many
expect 2 'idle-timeout "4294967296": not a number from 1 to 31536000' \
	dev set idle-timeout 4294967296
expect 2 'idle-timeout "none": not a number from 1 to 31536000' dev set idle-timeout none
expect 2 'lowest-ipv6-mtu "01280": not a number from 1280 to 65535' dev set lowest-ipv6-mtu 01280
expect 2 'lowest-ipv6-mtu "1279": not a number from 1280 to 65535' dev set lowest-ipv6-mtu 1279
expect 2 'lowest-ipv6-mtu "65536": not a number from 1280 to 65535' dev set lowest-ipv6-mtu 65536
expect 2 'idle-timeout "0": not a number from 1 to 31536000' dev set idle-timeout 0
expect 2 'lifetime "0": not a number from 8 to 65528' pref64 radvd lifetime 0
expect 2 'lifetime "65536": not a number from 8 to 65528' pref64 radvd lifetime 65536
expect 2 'lifetime "12": not a multiple of 8' pref64 radvd lifetime 12
expect_text "^uci set dhcp.lan.ra_pref64='64:ff9b:1::/48'$" pref64 odhcpd prefix 64:ff9b:1::/48
expect_text "^uci set dhcp.guests.ra_pref64='64:ff9b::/96'$" pref64 openwrt prefix 64:ff9b::/96 interface guests
expect_text "^ ipv6 nd nat64 64:ff9b::/96 lifetime 800$" pref64 frr prefix 64:ff9b::/96 lifetime 800
expect_text "^interface lan0$" pref64 frr prefix 64:ff9b::/96 interface lan0
for daemon in radvd networkd bird frr; do
	expect_text "Debian 12 has" pref64 $daemon prefix 64:ff9b::/96
	expect_text "already" pref64 $daemon prefix 64:ff9b::/96
done
expect 1 'dnsmasq cannot put PREF64 in its router advertisements: let radvd send them, see "nat64 pref64 help"' \
	pref64 dnsmasq
expect 2 'odhcpd computes the lifetime by itself, from ra_maxinterval' pref64 odhcpd prefix 64:ff9b::/96 lifetime 800
expect 2 "interface \"br-lan\": OpenWrt's own name is wanted, such as lan" \
	pref64 odhcpd prefix 64:ff9b::/96 interface br-lan
expect 2 '"::1" is not an IPv4 address' dev set icmp-source ::1
expect 2 '"192.0.2.1/32" is not an IPv4 address' dev set icmp-source 192.0.2.1/32
expect 2 'hash-key "00": not 32 hexadecimal digits' dev set hash-key 00
expect 2 'hash-key "0001020304050607 8090a0b0c0d0e0f": not 32 hexadecimal digits' \
	dev set hash-key "0001020304050607 8090a0b0c0d0e0f"
expect 2 'fast "on": must be off | rule | ingress' dev set fast on
expect 2 'fast-refresh "0": not a number from 1 to 3600' dev set fast-refresh 0
expect 2 'fast-refresh "3601": not a number from 1 to 3600' dev set fast-refresh 3601
expect 2 'fast-flows "4194305": not a number from 1 to 4194304' dev set fast-flows 4194305
expect 2 'fast-flows "none": not a number from 1 to 4194304' dev set fast-flows none
expect 2 'fast-dev "any": must be names of devices or none' dev set fast ingress fast-dev any
expect 2 'fast-dev "none": must be names of devices or none' dev set fast-dev lan,none
expect 2 'fast-dev "lan": was given before' dev set fast-dev wan fast-dev lan
expect 2 'fast-dev "q": more than 16' dev set fast-dev a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q
expect 2 '"" is not a device name' dev set fast-dev lan,
expect 2 'hook "any": must be names of devices, any or off' dev set hook any,lan
expect 2 'hook "off": must be names of devices, any or off' dev set hook lan,off
expect 2 'an option to set is missing, see "nat64 dev help"' dev set

expect 2 'the IPv6 address or prefix is missing, see "nat64 map help"' map add
expect 2 'the IPv6 address or prefix is missing, see "nat64 map help"' map add 192.0.2.1
expect 2 'the IPv4 address or prefix is missing, see "nat64 map help"' map replace 2001:db8::1
expect 2 'the address or prefix is missing, see "nat64 map help"' map del dev nat64
expect 2 '"2001:db8::2" is a second IPv6 prefix' map add 2001:db8::1 2001:db8::2
expect 2 '"192.0.2.2" is a second IPv4 prefix' map add 192.0.2.1 192.0.2.2
expect 2 '"2001:db8::1/64" has bits set behind its length: 2001:db8::/64 is meant?' \
	map add 2001:db8::1/64 192.0.2.0/24
expect 2 '"192.0.2.01" is not an IPv4 prefix' map add 2001:db8::1 192.0.2.01
expect 2 '"fe80::1%lo" is not an IPv6 prefix' map add fe80::1%lo 192.0.2.1
expect 2 'unknown word "nat64", see "nat64 map help"' map add 2001:db8::1 192.0.2.1 nat64
expect 2 'unknown word "all", see "nat64 map help"' map show all
expect 2 'unknown word "2001:db8::/64", see "nat64 map help"' map show 192.0.2.1 2001:db8::/64
expect 2 '"2001:db8::1/64" has bits set behind its length: 2001:db8::/64 is meant?' map show 2001:db8::1/64
expect 2 'idle: its value is missing, see "nat64 map help"' map show idle
expect 2 'idle "ten": not a number from 0 to 4294967295' map show idle ten
expect 2 'unknown word "idle", see "nat64 map help"' map show idle 5 idle 6
expect 2 'idle: only dynamic mappings have an idle time' map show idle 5 static
expect 2 'unknown word "connections", see "nat64 map help"' map show connections dynamic connections
expect 2 'unknown word "connection", see "nat64 map help"' map show connection
expect 2 'unknown word "connections", see "nat64 map help"' map get 192.0.2.1 connections
expect 2 'unknown word "connections", see "nat64 map help"' map flush connections
expect 2 'unknown word "192.0.2.1", see "nat64 map help"' map flush 192.0.2.1
expect 2 'unknown word "static", see "nat64 map help"' map flush dynamic static
expect 2 'the address is missing, see "nat64 map help"' map get
expect 2 '"192.0.2.0/24" is not an IPv4 address' map get 192.0.2.0/24
expect 2 'unknown word "192.0.2.2", see "nat64 map help"' map get 192.0.2.1 192.0.2.2

expect 2 'unknown word "all", see "nat64 flow help"' flow all
expect 2 '"all" is not an IPv4 address' flow show all
expect 2 '"192.0.2.0/24" is not an IPv4 address' flow flush 192.0.2.0/24
expect 2 'unknown word "192.0.2.2", see "nat64 flow help"' flow count 192.0.2.1 192.0.2.2
expect 2 'the name after "dev" is missing, see "nat64 flow help"' flow show 2001:db8::1 dev
expect 2 '"f": flush cannot be shortened' flow f
expect_text "^Usage: nat64 flow " flow flush help

# Every counter of the header is explained, in two sentences at least.
counters=$(sed -n 's/^\tFN(\([A-Z0-9_]*\), .*/\L\1/p' "$(dirname "$0")"/../../include/uapi/linux/nat64.h)
[ -n "$counters" ]
report $? "the header names counters"
for counter in $counters; do
	said=$("$NAT64" stats explain "$counter" 2>&1)
	[[ $said =~ ^"$counter: ".+'    meaning  '.+\..*'    to do    '.+\. ]]
	report $? "nat64 stats explain $counter"
done
expect_text "^drop_nomem: " stats explain
expect_text '"name":"drop_loop".*"meaning":".*"advice":"' -j stats explain drop_loop
expect 2 '"drop_lop" is not a counter' stats explain drop_loop drop_lop
expect 2 'unknown word "all", see "nat64 stats help"' stats openmetrics all
expect 2 'unknown word "all", see "nat64 stats help"' stats prometheus dev nat64 all
expect 2 'the file after "to" is missing, see "nat64 stats help"' stats prometheus to
expect 2 'unknown word "all", see "nat64 stats help"' stats reset all
expect 2 'unknown word "foo", see "nat64 stats help"' stats show dev nat64 foo
expect 2 'unknown word "foo", see "nat64 monitor help"' monitor foo

expect 2 "unknown word \"dynamic\", see \"nat64 map help\"" map del 192.0.2.1 dynamic
expect 2 'unknown word "idle", see "nat64 map help"' map add 2001:db8::1 192.0.2.1 idle 5
expect 2 'idle: its value is missing, see "nat64 map help"' map add 2001:db8::1 192.0.2.1 dynamic idle
expect 2 'idle "5s": not a number from 0 to 4294967295' map add 2001:db8::1 192.0.2.1 dynamic idle 5s
expect 2 'unknown word "foo", see "nat64 save help"' save foo
expect 2 'the file after "to" is missing, see "nat64 save help"' save dynamic to
expect 2 'the file is missing, see "nat64 restore help"' restore
expect 2 'the file is missing, see "nat64 restore help"' restore dynamic
expect 2 'unknown word "b", see "nat64 restore help"' restore a b
expect_text "^Usage: nat64 save " save help
expect_text "^Usage: nat64 restore " restore help
expect 2 'unknown word "b", see "nat64 up help"' up a b
expect 2 'the file is missing, see "nat64 check help"' check
expect 2 'unknown word "b", see "nat64 check help"' check a b
expect 1 '/nowhere/nat64.conf: No such file or directory' check /nowhere/nat64.conf
expect_text "^Usage: nat64 check " check help
expect_file check '2: "a/b" is not a device name' 'dev add\ndev add a/b\n'
expect 2 'unknown word "b", see "nat64 down help"' down a b
expect 1 '/nonexistent: No such file or directory' down /nonexistent
expect_file down '2: "a/b" is not a device name' 'map foo\ndev add a/b\n'

expect_text "^Usage: .* doctor" doctor help
expect 2 'unknown word "foo", see "nat64 doctor help"' doctor foo

expect 2 'color "sometimes": must be always | auto | never' --color=sometimes dev
expect 2 'the address is missing, see "nat64 route help"' route
expect 2 'the address after "to" is missing, see "nat64 route help"' route 2001:db8::1 to
expect 2 '"192.0.2.0/24" is not an IPv4 address' route 2001:db8::1 192.0.2.0/24
expect 2 'unknown word "192.0.2.3", see "nat64 route help"' route 192.0.2.1 192.0.2.2 192.0.2.3
expect 2 'unknown word "from", see "nat64 route help"' route 192.0.2.1 192.0.2.2 from 192.0.2.3
expect 2 'unknown word "from", see "nat64 route help"' route from 192.0.2.1 from 192.0.2.2
expect_text "^Usage: nat64 route " route help
expect 2 'count "0": not a number from 1 to 4294967295' top count 0
expect 2 'interval: its value is missing, see "nat64 top help"' top interval
expect 2 'unknown word "often", see "nat64 top help"' top often
expect_text "^Usage: nat64 .*top" top help

expect_text "^Usage: nat64 import " import help
expect 2 'the kind of file, tayga or jool, is missing, see "nat64 import help"' import
expect 2 'unknown word "foo", see "nat64 import help"' import foo
expect 2 'the file is missing, see "nat64 import help"' import tayga
expect 2 'unknown word "b", see "nat64 import help"' import jool a b
expect 1 '/nonexistent: No such file or directory' import jool /nonexistent

expect_import tayga 'dev add clat prefix 2001:db8:64::/96 wkp-strict off pool 192.168.255.0/24 \
udp-zero-csum forward lowest-ipv6-mtu 1400
address 192.168.255.1/32 dev clat
address 2001:db8::1/128 dev clat
map add 2001:db8:1::/120 203.0.113.0/24 dev clat
address 192.0.2.1/24 dev clat
route 203.0.113.0/24 dev clat
# <stdin>:12: tun-up no: nat64 up always brings the device up
# <stdin>:13: strict-frag-hdr: a fragment header is put on fragments only (RFC 7915)
# <stdin>:14: data-dir: dynamic mappings are kept in /var/lib/nat64; those in /var/spool/tayga are \
not taken over
# <stdin>:16: frobnicate: not known to this command, and left out' \
	'# a comment\ntun-device clat\nipv4-addr 192.168.255.1\nIPv6-addr 2001:db8::1\n'\
'prefix 2001:db8:64::/96 # ours\nwkpf-strict no\ndynamic-pool 192.168.255.0/24\n'\
'map 203.0.113.0/24 2001:db8:1::/120\nudp-cksum-mode fwd\nofflink-mtu 1400\n'\
'tun-ip 192.0.2.1/24\ntun-up no\nstrict-frag-hdr on\ndata-dir /var/spool/tayga\n'\
'tun-route 203.0.113.0/24\nfrobnicate 3\nlog drop self\n'
expect_import tayga '<stdin>:2: "2001:db8::/97": prefix length is not 32, 40, 48, 56, 64 or 96' \
	'\nprefix 2001:db8::/97\n'
expect_import tayga '<stdin>:2: prefix was given before' 'prefix 64:ff9b::/96\nprefix 64:ff9b::/96\n'
expect_import tayga '<stdin>:1: map: takes 2 words, not 1' 'map 192.0.2.1\n'
expect_import tayga '<stdin>:1: "2001:db8::1" is not an IPv4 prefix' 'map 2001:db8::1 192.0.2.1\n'
expect_import tayga '<stdin>:1: 192.0.2.0/24 2001:db8::1: IPv4 suffix is longer than the IPv6 suffix' \
	'map 192.0.2.0/24 2001:db8::1\n'
expect_import tayga '<stdin>:1: wkpf-strict "maybe": must be yes | no' 'wkpf-strict maybe\n'
expect_import tayga '<stdin>:1: udp-cksum-mode "x": must be drop | calc | fwd' 'udp-cksum-mode x\n'
expect_import tayga '<stdin>:1: mtu "1279": not a number from 1280 to 65535' 'offlink-mtu 1279\n'
expect_import tayga '<stdin>:1: dynamic-pool "192.0.2.1": longer than 31 bits' 'dynamic-pool 192.0.2.1\n'

expect_import jool 'dev add nat64 prefix 2001:db8:64::/96 udp-zero-csum compute tos zero \
icmp-source 198.51.100.1 lowest-ipv6-mtu 1300 translatable 0.0.0.0/0
address 2001:db8::64/128
map add 2001:db8:1::/128 192.0.2.0
map add 2001:db8:3::/124 192.0.2.16/28
# <stdin>: instance "siit": the device is called nat64, or as dev NAME says behind the file
# <stdin>: global: rfc6791v4-prefix: one address of 198.51.100.0/24 is used
# <stdin>: global: logging-debug: see nat64 stats, and nat64 route for a single packet
# <stdin>: global: eam-hairpin-mode: always intrinsic (RFC 7757, section 4)
# <stdin>: denylist4[1]: no route may lead 198.51.100.32/27 into the device; before a rule with \
-j NAT64:
#	iptables -t raw -I PREROUTING -d 198.51.100.32/27 -j RETURN' \
	'{\n"instance": "siit", "framework": "netfilter",\n"comment": {"eamt": [1, "}"]},\n"global": {\n'\
'"pool6": "2001:db8:64::/96", "comment": "a \\"quote\\"",\n"amend-udp-checksum-zero": true,\n'\
'"zeroize-traffic-class": true,\n"mtu-plateaus": null,\n"rfc6791v4-prefix": "198.51.100.0/24",\n'\
'"rfc6791v6-prefix": "2001:db8::64", "lowest-ipv6-mtu": 1300,\n"logging-debug": true,\n'\
'"eam-hairpin-mode": "off", "manually-enabled": true\n},\n"eamt": [\n'\
'{"ipv6 prefix": "2001:db8:1::/128", "ipv4 prefix": "192.0.2.0"},\n{\n'\
'"ipv6 prefix": "2001:db8:3::/124", "ipv4 prefix": "192.0.2.16/28"}\n],\n'\
'"denylist4": [ "198.51.100.0",\n"198.51.100.32/27" ]\n}\n'
expect_import jool 'dev add nat64 pool 198.19.0.0/18 prefix 64:ff9b::/96 wkp-strict off
map add 2001:db8::1 198.19.63.254
map add 2001:db8::2 198.19.63.253
#	iptables -t nat -A POSTROUTING -s 198.19.0.0/18 -p udp -m mark --mark 1 -j SNAT \
--to-source 192.0.2.1:61001-62000
#	iptables -t nat -A POSTROUTING -s 198.19.0.0/18 -p tcp -j SNAT --to-source 192.0.2.2-192.0.2.3 \
--persistent
#	iptables -t nat -A PREROUTING -d 192.0.2.2 -p tcp --dport 80 -j DNAT \
--to-destination 198.19.63.254:8080
#	iptables -t nat -A PREROUTING -d 192.0.2.1 -p udp --dport 61500 -j DNAT \
--to-destination 198.19.63.253:53
#	iptables -t nat -A PREROUTING -d 192.0.2.2 -p tcp --dport 443 -j DNAT \
--to-destination 198.19.63.254:443
# <stdin>: rules with -j JOOL or -j JOOL_SIIT become -j NAT64 --device nat64, in the table raw or \
mangle' '{"instance": "default",\n"global": {"pool6": "64:ff9b::/96"},\n"framework": "iptables",\n'\
'"pool4": [{"mark": 1, "protocol": "UDP", "prefix": "192.0.2.1", "port range": "61001-62000"},\n'\
'{"protocol": "TCP", "prefix": "192.0.2.2/31"}],\n"bib": [\n'\
'{"protocol": "TCP", "ipv6 address": "2001:db8::1#8080", "ipv4 address": "192.0.2.2#80"},\n'\
'{"protocol": "UDP", "ipv6 address": "2001:db8::2#53", "ipv4 address": "192.0.2.1#61500"},\n'\
'{"protocol": "TCP", "ipv6 address": "2001:db8::1#443", "ipv4 address": "192.0.2.2#443"}\n]}\n'
expect_import jool '<stdin>:4: not JSON: object property name separator '"':' expected" \
	'{\n"global": {},\n"eamt"\n}\n'
expect_import jool '<stdin>:1: not a JSON object' '[]'
expect_import jool 'dev add nat64 prefix 2001:db8:64::/96 translatable 0.0.0.0/0' \
	'{"framework": "netfilter", "global": {"pool6": "2001:db8:64::/96", "lowest-ipv6-mtu": null,\n'\
'"amend-udp-checksum-zero": null, "rfc6791v4-prefix": null, "rfc6791v6-prefix": null,\n'\
'"eam-hairpin-mode": null, "manually-enabled": null}, "eamt": []}\n'
expect_import jool '<stdin>: eamt[1]: "192.0.2.1/24" has bits set behind its length: 192.0.2.0/24 is meant?' \
	'{"framework": "netfilter",\n"eamt": [{"ipv6 prefix": "2001:db8::1", "ipv4 prefix": "192.0.2.9"},\n\n'\
'{"ipv4 prefix": "192.0.2.1/24", "ipv6 prefix": "2001:db8::"}]}'
expect_import jool '<stdin>: eamt[0]: ipv6 prefix is missing' '{"eamt": [\n{"ipv4 prefix": "192.0.2.1"}]}'
expect_import jool '<stdin>: eamt: a list is wanted, not object' '{\n"eamt": {}}'
expect_import jool '<stdin>: global: pool6: a string is wanted, not int' '{"global": {\n"pool6": 5}}'
expect_import jool '<stdin>: pool4[0]: port range "9-1": must be FIRST-LAST' \
	'{"pool4":\n[\n{"protocol": "TCP", "prefix": "192.0.2.1", "port range": "9-1"}]}'
expect_import jool '<stdin>: bib[0]: ipv4 address "192.0.2.1": must be ADDRESS#PORT' \
	'{"bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::1#1", "ipv4 address": "192.0.2.1"}]}'
expect_import jool '<stdin>: pool4[0]: protocol "SCTP": must be TCP | UDP | ICMP' \
	'{"pool4": [{"protocol": "SCTP", "prefix": "192.0.2.1"}]}'

# expect_lines KIND COUNT PATTERN INPUT: that many lines of the result match.
expect_lines()
{
	local got

	got=$(printf '%b' "$4" | "$NAT64" import "$1" - 2>&1 | grep -c -- "$3")
	[ "$got" = "$2" ]
	report $? "import $1: $2 lines $3"
	[ "$got" = "$2" ] || echo "# $got"
}

# pool4 is a set. Entries that SNAT can take together become one rule; the hosts are shared out among
# the others, by their size.
pool4()	# RANGE...: ADDRESS PORTS PROTOCOL MARK
{
	local entries=

	while [ $# -gt 0 ]; do
		entries+="${entries:+, }{\"prefix\": \"$1\", \"port range\": \"$2\", \"protocol\": \"$3\", \"mark\": $4}"
		shift 4
	done
	echo "{\"pool4\": [ $entries ]}"
}
snat='#	iptables -t nat -A POSTROUTING'
expect_import jool "$snat -s 198.19.0.0/18 -p tcp -j SNAT --to-source 192.0.2.1-192.0.2.5:100-299 --persistent" \
	"$(pool4 192.0.2.4/31 100-299 TCP 0 192.0.2.1 100-299 TCP 0 192.0.2.2/31 100-299 TCP 0)"
expect_import jool "$snat -s 198.19.0.0/18 -p udp -j SNAT --to-source 192.0.2.1:100-399" \
	"$(pool4 192.0.2.1 200-399 UDP 0 192.0.2.1 100-199 UDP 0)"
expect_import jool "$snat -s 198.19.0.0/20 -p tcp -j SNAT --to-source \
192.0.2.1:101-200
$snat -s 198.19.16.0/20,198.19.32.0/19 -p tcp -j SNAT --to-source 192.0.2.9:1001-1300
$snat -s 198.19.0.0/18 -p udp -j SNAT --to-source 192.0.2.1:7" \
	"$(pool4 192.0.2.9 1001-1300 TCP 0 192.0.2.1 7-7 UDP 0 192.0.2.1 101-200 TCP 0)"
expect_lines jool 3 SNAT "$(pool4 192.0.2.9 1001-1300 TCP 0 192.0.2.1 7-7 UDP 0 192.0.2.1 101-200 TCP 0)"
unordered=$(pool4 192.0.2.1 1-9 TCP 0 192.0.2.2 1-9 TCP 7 192.0.2.3 1-9 TCP 0 192.0.2.4 1-9 TCP 3)
order=$(printf '%s' "$unordered" | "$NAT64" import jool - | sed -n 's/.*POSTROUTING \(.*\) -j.*/\1/p')
[ "$order" = "-s 198.19.0.0/18 -p tcp -m mark --mark 3
-s 198.19.0.0/18 -p tcp -m mark --mark 7
-s 198.19.0.0/19 -p tcp
-s 198.19.32.0/19 -p tcp" ]
report $? "import jool: marks before none"

# Without pool4, Jool shares the router's addresses; jool_siit has no pool.
for file in '{"global": {"pool6": "2001:db8:64::/96"}}' '{"instance": "d", "pool4": []}' \
	    '{"global": {"pool6": "2001:db8:64::/96", "udp-timeout": "0:05:00"}}'; do
	expect_import jool "$snat -s 198.19.0.0/18 ! -o nat64 -p tcp -j MASQUERADE --to-ports 61001-65535
$snat -s 198.19.0.0/18 ! -o nat64 -p udp -j MASQUERADE --to-ports 61001-65535
$snat -s 198.19.0.0/18 ! -o nat64 -p icmp -j MASQUERADE" "$file"
	expect_lines jool 0 translatable "$file"
done
for file in '{"global": {"pool6": "2001:db8:64::/96"}, "eamt": []}' \
	    '{"global": {"pool6": "2001:db8:64::/96", "rfc6791v4-prefix": "192.0.2.0/24"}}'; do
	expect_lines jool 1 "^dev add nat64 .*prefix 2001:db8:64::/96.* translatable 0.0.0.0/0" "$file"
	expect_lines jool 0 "pool 192.168\\|POSTROUTING" "$file"
done
expect_import jool 'dev add nat64' '{"instance": "s", "eamt": []}'

# Tayga embeds addresses that are not mapped.
expect_import tayga 'dev add clat prefix 64:ff9b::/96 wkp-strict off translatable 0.0.0.0/0
address 192.0.0.2/32 dev clat
address fd00:c1a7::1/128 dev clat
map add fd00:c1a7::2 192.0.0.1 dev clat' \
	'tun-device clat\nipv4-addr 192.0.0.2\nipv6-addr fd00:c1a7::1\nmap 192.0.0.1 fd00:c1a7::2\n'\
'prefix 64:ff9b::/96\nwkpf-strict no\n'
expect_lines tayga 0 "translatable 0" 'prefix 64:ff9b::/96\ndynamic-pool 192.168.255.0/24\n'
expect_lines tayga 0 translatable 'map 192.0.0.1 fd00:c1a7::2\n'
expect_lines tayga 1 "wkp-strict off only" 'prefix 64:ff9b::/96\n'
expect_lines tayga 1 "wkp-strict off only" 'wkpf-strict yes\nprefix 64:ff9b::/96\n'
expect_lines tayga 0 "wkp-strict off only" 'prefix 64:ff9b::/96\nwkpf-strict no\n'
expect_lines tayga 0 "wkp-strict off only" 'wkpf-strict no\nprefix 64:ff9b::/96\n'
expect_lines jool 0 "wkp-strict off only" '{"global": {"pool6": "64:ff9b::/96"}}'

# Files of other kinds.
expect_import tayga '<stdin>:2: not a tayga.conf: "{"' '\n{ "instance": "d", "framework": "netfilter" }\n'
expect_import tayga '<stdin>:1: not a tayga.conf: "config"' "config interface 'nat64'\n\toption proto 'tayga'\n"
expect_import tayga '<stdin>:1: not a tayga.conf: "dev"' 'dev add nat64 prefix 64:ff9b::/96\n'
expect_import tayga '<stdin>:2: not a tayga.conf: there is nothing in it' '# nothing\n\n'
expect_import tayga '<stdin>: not a tayga.conf: there is nothing in it' ''
expect_import jool '<stdin>:1: not a Jool file: "foo"' '{"foo": 1}'
expect_import jool '<stdin>:1: not a Jool file: there is nothing in it' '{}'
# A byte order mark is not part of a word.
expect_import tayga 'dev add clat' '\xef\xbb\xbftun-device clat\n'
expect_import jool 'map add 2001:db8::1 192.0.2.1' \
	'\xef\xbb\xbf{"eamt": [{"ipv6 prefix": "2001:db8::1", "ipv4 prefix": "192.0.2.1"}]}'
expect_batch '1: unknown word "foo", see "nat64 help"' '\xef\xbb\xbffoo\n'

# Words of a file must not become a line of another file, nor a shell command.
expect_import jool '# <stdin>: instance "x?route 0.0.0.0/0": the device is called nat64, or as dev NAME \
says behind the file' '{"instance": "x\\nroute 0.0.0.0/0"}'
expect_import jool '<stdin>: pool4[0]: port range "1-?2": must be FIRST-LAST' '{"pool4": [{"protocol": "TCP", "prefix": "192.0.2.1", "port range": "1-\\n2"}]}'
expect_import jool "#	ip link set 'a'\"'\"';b' down" '{"global": {"manually-enabled": false}}' "a';b"
expect_import tayga "dev add 'a'\"'\"';b'
address 192.0.2.1/32 dev 'a'\"'\"';b'" "tun-device \"a';b\"\\nipv4-addr 192.0.2.1\\n"

expect_batch '3: unknown word "foo", see "nat64 help"' '# comment\n\n  foo bar # baz\nqux\n'
expect_batch '2: a zero byte, so this is not a text file' '# comment\n#\0\ndev\n'
expect 1 '/etc: Is a directory' -b /etc
expect_batch '1: a quote (") is left open' 'map get "192.0.2.1\n'
expect_batch '2: "a b" is not a device name' '\t\ndev show "a b"\n'
expect_batch '1: top: among the commands of a file it needs a count' 'top interval 5\ndev\n'
expect_batch '1: monitor: does not end, and is not for the commands of a file' 'monitor\ndev\n'

expect_completion "dev down dns64 doctor" d
expect_completion "up" u
expect_completion "help" up ""
expect_completion "" up /etc/ ""
expect_completion "import" im
expect_completion "tayga jool help" import ""
expect_completion "compute drop forward" dev add x udp-zero-csum ""
expect_completion "none" dev set x pool ""
expect_completion "fast-dev fast fast-refresh fast-flows" dev set x fast
expect_completion "off rule ingress" dev set x fast ""
expect_completion "any" dev set x hook an
expect_completion "" dev set x fast-dev an
expect_completion "none" dev set x fast-dev non
expect_completion "help from to dev" -j route ""
expect_completion "show count flush help" flow ""
expect_completion "dev" flow show 192.0.2.1 ""
expect_completion "static dynamic idle connections dev" map show ""
expect_completion "connections" map show dynamic con
expect_completion "static dynamic dev" map flush ""
expect_completion "drop_loop" stats explain drop_lo
expect_completion "--json" --js

echo "1..$cases"
[ "$failures" = 0 ]
