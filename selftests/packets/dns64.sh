#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# DNS64 (RFC 6147) by BIND and by Unbound on the router, and how clients use it: names, discovery of
# the prefix (RFC 7050), reverse lookups. A name server next to the IPv4-only server plays the
# Internet's DNS.

. "$(dirname "$0")"/../lib/lib.sh

# glibc gives up after ten seconds.
export RES_OPTIONS="timeout:30 attempts:2"
need named unbound dig ping
setup_net
nat64_up both
nat64 -n "$ROUTER" map add $C6 $C4 || die "no mapping"
start_peers "$SERVER"

DUAL6=2001:db8:d::5
declare -A RESOLVER=([bind]=2001:db8:1::b9 [unbound]=2001:db8:1::b0)
for address in "${RESOLVER[@]}"; do
	ip -n "$ROUTER" addr add "$address/64" dev r6
done

# What "ip netns exec" shows the client as its /etc/resolv.conf.
resolv_conf=/etc/netns/$CLIENT/resolv.conf
mkdir -p "${resolv_conf%/*}"
trap 'rm -rf "${resolv_conf%/*}"; cleanup' EXIT

# zone FILE RECORDS
zone()
{
	printf '%s\n' "\$TTL 60" "@ SOA ns.site.example. root.site.example. 1 3600 900 86400 60" \
		"@ NS ns.site.example." >"$work/$1"
	cat >>"$work/$1"
}

zone site.example <<END
ns A $S4
v4only A $S4
dual A $S4
dual AAAA $DUAL6
END
zone ipv4only.arpa <<END
@ A 192.0.0.170
@ A 192.0.0.171
END
zone 113.0.203.in-addr.arpa <<END
2 PTR v4only.site.example.
END

# All our addresses are for documentation, and resolvers answer questions about these with "no such
# name" by themselves.
named_options="directory \"$work\"; pid-file none; session-keyfile none;
	dnssec-validation no; empty-zones-enable no; allow-query { any; };"

# Two of them run here; since 9.20 they need no lock file, and know no such option.
! named -C | grep -q lock-file || named_options+=" lock-file none;"

cat >"$work/authoritative.conf" <<END
options {
	$named_options
	listen-on { $S4; };
	listen-on-v6 { none; };
	recursion no;
};
controls { };
zone "site.example" { type primary; file "site.example"; };
zone "ipv4only.arpa" { type primary; file "ipv4only.arpa"; };
zone "113.0.203.in-addr.arpa" { type primary; file "113.0.203.in-addr.arpa"; };
END

# BIND has zones of its own for ipv4only.arpa as soon as it does DNS64.
cat >"$work/bind.conf" <<END
options {
	$named_options
	listen-on { none; };
	listen-on-v6 { ${RESOLVER[bind]}; };
	recursion yes;
	allow-recursion { any; };
	dns64 $PREFIX { clients { any; }; };
};
controls { };
zone "site.example" { type static-stub; server-addresses { $S4; }; };
zone "113.0.203.in-addr.arpa" { type static-stub; server-addresses { $S4; }; };
END

cat >"$work/unbound.conf" <<END
server:
	interface: ${RESOLVER[unbound]}
	access-control: ::/0 allow
	module-config: "dns64 iterator"
	dns64-prefix: $PREFIX
	username: ""
	chroot: ""
	directory: "$work"
	pidfile: ""
	use-syslog: no
	local-zone: "113.0.203.in-addr.arpa." nodefault
	local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
stub-zone:
	name: "site.example"
	stub-addr: $S4
stub-zone:
	name: "ipv4only.arpa"
	stub-addr: $S4
stub-zone:
	name: "113.0.203.in-addr.arpa"
	stub-addr: $S4
remote-control:
	control-enable: no
END

# serve NS LOG COMMAND...: in the background.
serve()
{
	on "$1" "${@:3}" >"$work/$2.log" 2>&1 </dev/null &
	disown
}

# ask NAME [TYPE]: the client's question to its resolver; the records, one a line.
ask()
{
	client dig +short +time=30 +tries=1 "$@" | sort
}

answers()
{
	client dig +time=1 +tries=1 "@$1" v4only.site.example A | grep -q "status: NOERROR"
}

serve "$SERVER" authoritative named -g -n 1 -c "$work/authoritative.conf"
serve "$ROUTER" bind named -g -n 1 -c "$work/bind.conf"
serve "$ROUTER" unbound unbound -d -p -c "$work/unbound.conf"

# discover: the prefixes that are in front of, or around, the well-known addresses in the AAAA
# records of ipv4only.arpa, and their lengths (RFC 7050, section 3).
discover()
{
	local records

	records=$(ask ipv4only.arpa AAAA)
	python3 - $records <<-'END'
		import ipaddress, sys

		WELL_KNOWN = [bytes([192, 0, 0, 170]), bytes([192, 0, 0, 171])]
		prefixes = set()
		for text in sys.argv[1:]:
		    packed = ipaddress.IPv6Address(text).packed
		    for length in 32, 40, 48, 56, 64, 96:
		        # Bits 64 to 71 are no part of the IPv4 address (RFC 6052, section 2.2).
		        octets = packed if length == 96 else packed[:8] + packed[9:]
		        if octets[length // 8:][:4] in WELL_KNOWN:
		            prefixes.add(ipaddress.ip_network((packed, length), strict=False))
		for prefix in sorted(prefixes):
		    print(prefix)
	END
}

no_such_name()
{
	client dig +time=30 +tries=1 nowhere.site.example AAAA | grep "status: NXDOMAIN"
}

# The last line of the chain: a resolver may have CNAMEs in front.
reverse()
{
	client dig +short +time=30 +tries=1 -x "$1" | tail -n 1
}

reaches()
{
	ping_once "$CLIENT" v4only.site.example &&
		same $C4 who_tcp "$CLIENT" v4only.site.example
}

for resolver in bind unbound; do
	if ! within 60 answers "${RESOLVER[$resolver]}" >"$work/wait" 2>&1; then
		sed 's/^/# /' "$work/$resolver.log" "$work/authoritative.log"
		die "$resolver does not answer"
	fi
	echo "nameserver ${RESOLVER[$resolver]}" >"$resolv_conf"

	run_case "H8 a name with A records only gets a AAAA record ($resolver)" \
		same $S6 ask v4only.site.example AAAA
	run_case "H8 ... and keeps its A record ($resolver)" same $S4 ask v4only.site.example A
	run_case "H8 a name with both has its own AAAA record only ($resolver)" \
		same $DUAL6 ask dual.site.example AAAA
	run_case "H8 a name that is not there stays so ($resolver)" no_such_name
	run_case "H8 ipv4only.arpa tells the prefix and its length ($resolver)" \
		same $PREFIX discover
	run_case "H8 reverse lookup of a synthesized address ($resolver)" \
		same v4only.site.example. reverse $S6
	run_case "H8 a ping and a connection by name, across the translator ($resolver)" reaches
done

finish
