#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A file of "nat64 dns64 ... clients", and nothing else, makes a DNS64 of a name server as Debian installs it: a
# client on the LAN finds and reaches an IPv4 server by name. The server's host plays the Internet's DNS from the
# root on, signed with a key of its own, which is the only change to the name servers' files.

. "$(dirname "$0")"/../lib/lib.sh

# Which of bind, unbound, knot and powerdns are asked.
servers=${DNS64_SERVERS:-bind unbound}

need named ss dig dnssec-keygen dnssec-signzone dnssec-dsfromkey dpkg
[ -e /usr/share/dns/root.hints ] || skip_all "no root hints of Debian's dns-root-data"

PREFIX=64:ff9b::/96
GLOBAL4=192.31.196.1	# neither private nor for documentation, nor in a zone that servers have built in
GLOBAL6=64:ff9b::c01f:c401
STRANGER=2001:db8:bad::2
LAN=2001:db8:1::/64
export GLOBAL6 PREFIX

etc=/etc/netns/$ROUTER
trap 'rm -rf "$etc"; cleanup' EXIT

setup_net
POOL=198.19.0.0/24
nat64_up route pool $POOL
router "$IPTABLES" -t nat -A POSTROUTING -s $POOL -o r4 -j MASQUERADE
ip -n "$ROUTER" route add default via $S4
ip -n "$ROUTER" route add $STRANGER via $C6
ip -n "$CLIENT" addr add $STRANGER/128 dev c0 preferred_lft 0
ip -n "$SERVER" addr add $GLOBAL4/32 dev lo

# --- the Internet's DNS: the root's addresses are the server's

chmod 755 "$work"
mkdir "$work/dns"
awk '$3 == "A" { print $4 }' /usr/share/dns/root.hints | while read -r address; do
	ip -n "$SERVER" addr add "$address/32" dev lo
done
roots()
{
	awk '$3 == "NS" || $3 == "A" { print $1, 60, $3, $4 }' /usr/share/dns/root.hints
}

zone()	# NAME FILE, records on standard input
{
	{
		printf '$TTL 60\n@ SOA ns.example. root.example. 1 60 60 60 60\n'
		cat
	} >"$work/dns/$2"
	echo "zone \"$1\" { type primary; file \"$work/dns/$2\"; };" >>"$work/dns/named.conf"
}

world_up()
{
	cat >"$work/dns/named.conf" <<-END
		options {
			directory "$work/dns"; pid-file none; session-keyfile none;
			listen-on { any; }; listen-on-v6 { none; };
			recursion no; dnssec-validation no; empty-zones-enable no;
		};
		controls { };
	END
	zone . root.signed <<-END
		$(roots)
		example. NS ns.example.
		arpa. NS ns.example.
		ns.example. A $GLOBAL4
	END
	zone example example <<-END
		@ NS ns
		ns A $GLOBAL4
		v4only A $GLOBAL4
		dual A $GLOBAL4
		dual AAAA 2001:db8:5::5
	END
	zone arpa arpa <<-END
		@ NS ns.example.
		ipv4only A 192.0.0.170
		ipv4only A 192.0.0.171
		1.196.31.192.in-addr PTR v4only.example.
	END
	(
		cd "$work/dns" && mv root.signed root && dnssec-keygen -q -a ECDSAP256SHA256 -f KSK . &&
			dnssec-signzone -q -S -z -o . -f root.signed root
	) >"$work/sign.log" 2>&1 || die "no signed root: $(cat "$work/sign.log")"
	ip netns exec "$SERVER" named -g -c "$work/dns/named.conf" 2>"$work/world.log" &
	disown
	within 300 on "$SERVER" dig +time=1 +tries=1 @$S4 . SOA >/dev/null || die "no root: $(tail -n 3 "$work/world.log")"
}

# --- a server as installed

# stock PACKAGE DIRECTORY: the configuration in /etc, as it came with the package.
stock()
{
	! dpkg -V "$1" 2>/dev/null | grep -q " c /etc/$2/" || die "/etc/$2 is not as installed"
	rm -rf "$etc"
	mkdir -p "$etc"
	cp -a "/etc/$2" "$etc/$2"
}

settled()
{
	[ -n "$(router ss -Hlun 'sport = :53')" ] || ! kill -0 "$resolver"
}

# private DIRECTORY... -- COMMAND...: in the router, with empty directories in place of these. As when a machine
# starts, the address on the LAN comes only after the server.
private()
{
	ip -n "$ROUTER" addr del $R6/64 dev r6
	# shellcheck disable=SC2016 # for the inner shell
	ip netns exec "$ROUTER" sh -c 'while [ "$1" != -- ]; do mount -t tmpfs -o mode=777 none "$1" || exit; shift; done
		shift; exec "$@"' sh "$@" >"$work/resolver.log" 2>&1 &
	resolver=$!
	disown
	within 300 settled 2>/dev/null || die "the resolver neither listens nor ends"
	ip -n "$ROUTER" addr add $R6/64 dev r6
}

dnskey()
{
	grep -h DNSKEY "$work"/dns/K.*.key
}

unbound_up()
{
	stock unbound unbound
	dnskey >"$work/root.key"
	nat64 -n "$ROUTER" dns64 unbound clients $LAN >"$etc/unbound/unbound.conf.d/nat64.conf"
	private /var/lib/unbound /run -- sh -c 'cp "$0" /var/lib/unbound/root.key; chmod 666 /var/lib/unbound/root.key
		exec unbound -d -p' "$work/root.key"
}

bind_up()
{
	stock bind9 bind
	dnskey | awk '{ print "trust-anchors { . initial-key", $4, $5, $6; $1 = $2 = $3 = $4 = $5 = $6 = "";
		gsub(" ", ""); print "\"" $0 "\"; };" }' >"$etc/bind/bind.keys"
	nat64 -n "$ROUTER" dns64 bind clients $LAN >"$etc/bind/named.conf.options"
	private /var/cache/bind /run -- sh -c 'mkdir -m 777 /run/named; exec named -g -u bind'
}

knot_up()
{
	stock knot-resolver knot-resolver
	dnskey >"$work/root.key"
	nat64 -n "$ROUTER" dns64 knot clients $LAN >"$etc/knot-resolver/kresd.conf"
	private /var/cache/knot-resolver /run -- sh -c 'mount --bind "$0" /usr/share/dns/root.key
		mkdir -m 777 /run/knot-resolver; cd /var/cache/knot-resolver &&
		SYSTEMD_INSTANCE=1 exec kresd -n -c /usr/lib/*/knot-resolver/distro-preconfig.lua -c /etc/knot-resolver/kresd.conf' "$work/root.key"
}

powerdns_up()
{
	stock pdns-recursor powerdns
	if [[ $(pdns_recursor --version 2>&1) == *" 4."* ]]; then
		nat64 -n "$ROUTER" dns64 powerdns4 clients $LAN >"$etc/powerdns/recursor.d/nat64.conf"
	else
		nat64 -n "$ROUTER" dns64 powerdns clients $LAN >"$etc/powerdns/recursor.d/nat64.yml"
	fi
	# It has the key of the real root built in.
	cat >"$work/root.lua" <<-END
		clearTA(); addTA(".", "$(cd "$work/dns" && dnssec-dsfromkey -2 K.*.key | cut -d' ' -f 4-)")
	END
	sed -i "\$a dofile('$work/root.lua')" "$etc/powerdns/recursor.lua"
	private /run -- sh -c 'mkdir -m 777 /run/pdns-recursor; exec pdns_recursor --daemon=no --write-pid=no'
}

resolver_down()
{
	kill "$resolver" 2>/dev/null
	within 300 fails kill -0 "$resolver" 2>/dev/null >&2 || die "the resolver does not end"
}

# --- the client

ask()
{
	client dig +short +time=30 +tries=2 @$R6 "$@"
}

resolves()
{
	[ "$(client dig +short +time=3 +tries=1 @$R6 ns.example A)" = $GLOBAL4 ]
}

# The machine's name service takes its servers from /etc/resolv.conf.
mkdir -p "/etc/netns/$CLIENT"
trap 'rm -rf "$etc" "/etc/netns/$CLIENT"; cleanup' EXIT
echo "nameserver $R6" >"/etc/netns/$CLIENT/resolv.conf"

refused()
{
	case $1 in
	powerdns) expect 9 "timed out" client dig +time=2 +tries=1 -b $STRANGER @$R6 v4only.example AAAA ;;
	*) expect 0 "status: REFUSED" client dig +time=30 -b $STRANGER @$R6 v4only.example AAAA ;;
	esac
}

validates()
{
	client dig +time=30 +dnssec @$R6 . SOA | grep -E "flags:.* ad[ ;]"
}

world_up
for server in $servers; do
	"${server}_up"
	run_case "the file makes the stock $server answer the LAN" within 300 resolves || cat "$work/resolver.log"
	run_case "... a name that has A records only gets an address in the prefix ($server)" \
		same $GLOBAL6 ask v4only.example AAAA
	run_case "... and one with both keeps its own ($server)" same 2001:db8:5::5 ask dual.example AAAA
	run_case "... ipv4only.arpa tells the prefix ($server)" eval '
		same $'"'64:ff9b::c000:aa\n64:ff9b::c000:ab'"' eval "ask ipv4only.arpa AAAA | sort"'
	run_case "... reverse lookup of such an address ($server)" eval '
		ask -x $GLOBAL6 | grep -x v4only.example.'
	run_case "... answers are still validated ($server)" validates
	run_case "... a stranger is refused ($server)" refused "$server"
	run_case "... the client pings by name, across the translator ($server)" \
		ping_once "$CLIENT" -6 v4only.example
	resolver_down
done

finish
