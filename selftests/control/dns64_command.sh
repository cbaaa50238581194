#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs real name servers with the output of "nat64 dns64": the client asks the router, and the
# router asks the server's authoritative named over IPv4.

. "$(dirname "$0")"/../lib/lib.sh

# Which of bind, unbound, knot and powerdns are asked; check-deb.sh has them all.
servers=${DNS64_SERVERS:-bind unbound}

need named unbound dig dnssec-keygen dnssec-signzone
setup_net
nat64_up route

# Let named and unbound read their files as any user; here they keep root's rights.
chmod 755 "$work"

write_zone()	# NAME, records on standard input
{
	{
		printf '$TTL 60\n@ SOA ns.example. root.example. 1 60 60 60 60\n@ NS ns.example.\n'
		cat
	} >"$work/$1.zone"
	echo "zone \"$1\" { type primary; file \"$work/$1.zone\"; };" >>"$work/authoritative.conf"
}

# sign_zone NAME: with a key that nobody trusts. Clients that ask with DO see the signatures.
sign_zone()
{
	(
		cd "$work" && dnssec-keygen -q -a ECDSAP256SHA256 -f KSK "$1" &&
			dnssec-signzone -q -S -z -o "$1" -f "$1.signed" "$1.zone" && mv "$1.signed" "$1.zone"
	) >/dev/null 2>"$work/sign.log" || die "no signed zone: $(cat "$work/sign.log")"
}

authoritative_up()
{
	cat >"$work/authoritative.conf" <<-END
		options {
			directory "$work"; pid-file none; session-keyfile none;
			listen-on { $S4; }; listen-on-v6 { none; };
			recursion no; dnssec-validation no; empty-zones-enable no;
		};
		controls { };
	END
	write_zone example <<-END
		ns A $S4
		v4only A $S4
		private A 10.1.2.3
		dual A $S4
		dual AAAA 2001:db8:5::5
		useless A $S4
		useless AAAA ::ffff:192.0.2.1
	END
	write_zone signed <<<"v4only A $S4"
	sign_zone signed
	write_zone 113.0.203.in-addr.arpa <<<"2 PTR v4only.example."
	write_zone ipv4only.arpa <<<"@ A 192.0.0.170
@ A 192.0.0.171"
	ip netns exec "$SERVER" named -g -c "$work/authoritative.conf" 2>"$work/authoritative.log" &
	disown
	within 300 on "$SERVER" dig +time=1 +tries=1 @$S4 example SOA >/dev/null ||
		die "no authoritative name server: $(tail -n 3 "$work/authoritative.log")"
}

# The tests use networks for documentation, and servers have empty zones for these.
bind_up()	# SNIPPET-OPTION...
{
	nat64 -n "$ROUTER" dns64 bind "$@" | sed -e '/directory /d' -e '/dnssec-validation /d' -e "/^options {/a\\
		directory \"$work\"; pid-file none; session-keyfile none;\\
		dnssec-validation no; forward only; forwarders { $S4; };\\
		disable-empty-zone \"113.0.203.in-addr.arpa\";" >"$work/bind.conf"
	echo "controls { };" >>"$work/bind.conf"
	named-checkconf "$work/bind.conf" || die "named-checkconf"
	ip netns exec "$ROUTER" named -g -c "$work/bind.conf" 2>"$work/resolver.log" &
	resolver_ready
}

unbound_up()
{
	nat64 -n "$ROUTER" dns64 unbound "$@" >"$work/snippet.conf"
	cat >"$work/unbound.conf" <<-END
		server:
			username: ""
			chroot: ""
			directory: "$work"
			pidfile: ""
			use-syslog: no
			local-zone: "113.0.203.in-addr.arpa." nodefault
		include: "$work/snippet.conf"
		forward-zone:
			name: "."
			forward-addr: $S4
		remote-control:
			control-enable: no
	END
	unbound-checkconf "$work/unbound.conf" >/dev/null || die "unbound-checkconf"
	ip netns exec "$ROUTER" unbound -d -c "$work/unbound.conf" 2>"$work/resolver.log" &
	resolver_ready
}

# The configuration is a program in Lua.
knot_up()
{
	mkdir -p "$work/knot"
	cat >"$work/kresd.conf" <<-END
		trust_anchors.remove('.')
		$(nat64 -n "$ROUTER" dns64 knot "$@")
		policy.add(policy.all(policy.FORWARD('$S4')))
	END
	ip netns exec "$ROUTER" kresd -n -c "$work/kresd.conf" "$work/knot" \
		>"$work/resolver.log" 2>&1 &
	resolver_ready
}

# Prints the kind of settings that the version has.
powerdns_up()
{
	mkdir -p "$work/recursor.d"
	nat64 -n "$ROUTER" dns64 powerdns "$@" >"$work/recursor.d/nat64.yml"
	cat >"$work/recursor.yml" <<-END
		incoming:
		  allow_from: ['192.0.2.0/24']
		recursor:
		  include_dir: $work/recursor.d
		  socket_dir: $work
		  daemon: false
		  forward_zones_recurse:
		    - zone: .
		      forwarders: ['$S4']
		  serve_rfc1918: false
		  security_poll_suffix: ''
		dnssec:
		  validation: off
	END
	recursor_up
}

powerdns4_up()
{
	mkdir -p "$work/recursor.d"
	nat64 -n "$ROUTER" dns64 powerdns4 "$@" >"$work/recursor.d/nat64.conf"
	cat >"$work/recursor.conf" <<-END
		allow-from=192.0.2.0/24
		include-dir=$work/recursor.d
		socket-dir=$work
		daemon=no
		forward-zones-recurse=.=$S4
		serve-rfc1918=no
		security-poll-suffix=
		dnssec=off
	END
	recursor_up
}

recursor_up()
{
	ip netns exec "$ROUTER" pdns_recursor --config-dir="$work" --write-pid=no \
		>"$work/resolver.log" 2>&1 &
	resolver_ready
}

resolver_ready()
{
	resolver=$!
	disown
	within 300 resolves || die "no resolver: $(tail -n 3 "$work/resolver.log")"
}

resolver_down()
{
	kill "$resolver"
	within 300 fails kill -0 "$resolver" 2>/dev/null >&2 || die "the resolver does not end"
}

ask()
{
	on "$CLIENT" dig +time=30 +tries=2 @$R6 "$@"
}

answer()	# the data of all answers, in order
{
	ask +short "$@" | sort
}

resolves()
{
	[ "$(answer +time=3 ns.example A)" = $S4 ]
}

# A question from the router's own address on the link; PowerDNS does not even answer.
refused()
{
	case $1 in
	powerdns*) expect 9 "timed out" on "$ROUTER" dig +time=2 +tries=1 @$R6 v4only.example AAAA ;;
	*) expect 0 "status: REFUSED" on "$ROUTER" dig +time=30 @$R6 v4only.example AAAA ;;
	esac
}

reverse_answer()
{
	answer -x $S6 | grep -x -e v4only.example.
}

server_cases()
{
	local server=$1

	run_case "H8 an A-only name gets an address in the device's prefix ($server)" \
		same $S6 answer v4only.example AAAA
	run_case "H8 a name with an AAAA record keeps it, and has no other ($server)" \
		same 2001:db8:5::5 answer dual.example AAAA
	run_case "H8 ipv4only.arpa tells the prefix ($server)" \
		same $'2001:db8:64::c000:aa\n2001:db8:64::c000:ab' answer ipv4only.arpa AAAA
	run_case "H8 the reverse lookup of a synthesized address ($server)" \
		same v4only.example. reverse_answer
	run_case "H8 an A-only name of a signed zone, for who asks with DO ($server)" \
		same $S6 answer +dnssec v4only.signed AAAA
	run_case "who is not a client is refused ($server)" refused $server
	case $server in
	bind | knot)
		run_case "an IPv4-mapped AAAA record is as good as none ($server)" \
			same $S6 answer useless.example AAAA ;;
	esac
}

# The kind of settings that the version reads.
kind_of()
{
	if [ "$1" = powerdns ] && [[ $(pdns_recursor --version 2>&1) == *" 4."* ]]; then
		echo powerdns4
	else
		echo "$1"
	fi
}

authoritative_up
for server in $servers; do
	server=$(kind_of "$server")
	${server}_up clients $C6
	server_cases $server
	resolver_down
done

bind_up prefix 64:ff9b::/96 clients $C6
run_case "with the well-known prefix a private address is no answer (bind)" \
	same "" answer private.example AAAA
run_case "... and a global one, of ipv4only.arpa, is (bind)" \
	same $'64:ff9b::c000:aa\n64:ff9b::c000:ab' answer ipv4only.arpa AAAA
resolver_down

listens()
{
	nat64 -n "$ROUTER" dns64 unbound clients "$@" | sed -n 's/^\tinterface: //p' | sort
}
run_case "unbound listens where its clients are" \
	same $'127.0.0.1\n2001:db8:1::1\n::1' listens 2001:db8:1::/64 192.0.2.0/24
run_case "... in either family" same $'127.0.0.1\n203.0.113.1\n::1' listens 203.0.113.0/25
run_case "... on all addresses where none is among them" same $'0.0.0.0\n::' listens 203.0.113.128/25
run_case "... and is not told where without clients" eval '
	nat64 -n "$ROUTER" dns64 unbound >"$work/snippet" && grep dns64-prefix "$work/snippet" &&
	fails grep interface "$work/snippet"'
for server in coredns adguardhome dnsdist; do
	run_case "$server is refused with the reason" expect 1 "nat64: $server " nat64 dns64 $server
done

run_case "dnsmasq is refused with the reason" expect 1 "has no DNS64" nat64 dns64 dnsmasq
run_case "a prefix that Knot Resolver cannot take is refused" \
	expect 1 "96 bits only" nat64 dns64 knot prefix 64:ff9b:1::/48
run_case "... nor PowerDNS" expect 1 "96 bits only" nat64 dns64 powerdns prefix 64:ff9b:1::/48

finish
