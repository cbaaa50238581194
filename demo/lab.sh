# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo's lab: a small Internet of network namespaces, complete except for the NAT64. The script
# that sources this file must set $demo (this directory) and $work (a scratch directory).

: "${demo:?}" "${work:?}"

LAB="client router isp server server6"
CLIENT6=2001:db8:1::2
RESOLVER6=2001:db8:1::1
PUBLIC4=198.51.100.2
ISP4=198.51.100.1
WEB4=203.0.113.80
DNS4=203.0.113.53
WEB6=2001:db8:6::80
# Traceroute sends 16 probes at once, and each needs an answer.
UNLIMITED="net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0"
export CLIENT6 RESOLVER6 PUBLIC4 ISP4 WEB4 DNS4 WEB6

lab_picture()
{
	cat <<-END
	client ---------------- router ------------------ isp -------- server
	$CLIENT6     lan   NAT64   wan                |           web $WEB4
	IPv6 only               DNS64   $PUBLIC4       |           DNS $DNS4
	                                                   |           IPv4 only
	                                                   |
	                                                   +---------- server6
	                                                               $WEB6
	                                                               IPv6 only, to compare
	END
}

# settings NS NAME=VALUE...: set sysctls there, and save the time of duplicate address detection.
settings()
{
	local ns=$1

	shift
	ip netns exec "$ns" sysctl -q -w net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.all.accept_dad=0 "$@"
}

# lab_wires: everything but the router's addresses and routes. The namespace "router" may exist before.
lab_wires()
{
	local ns

	for ns in $LAB; do
		[ -e "/run/netns/$ns" ] || ip netns add "$ns"
	done
	settings client
	# shellcheck disable=SC2086 # a list
	settings isp net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 $UNLIMITED
	# shellcheck disable=SC2086 # a list
	settings server $UNLIMITED
	settings server6

	ip -n router -batch - <<-END
		link add lan type veth peer lan netns client
		link add wan type veth peer wan netns isp
	END
	ip -n client -batch - <<-END
		link set lo up
		link set lan up
		addr add $CLIENT6/64 dev lan nodad
		route add default via $RESOLVER6
	END
	ip -n isp -batch - <<-END
		link add lan4 type veth peer wan netns server
		link add lan6 type veth peer wan netns server6
		link set lo up
		link set wan up
		link set lan4 up
		link set lan6 up
		addr add $ISP4/24 dev wan
		addr add 2001:db8:2::1/64 dev wan nodad
		addr add 203.0.113.1/24 dev lan4
		addr add 2001:db8:6::1/64 dev lan6 nodad
		route add 2001:db8:1::/64 via 2001:db8:2::2
	END
	ip -n server -batch - <<-END
		link set lo up
		link set wan up
		addr add $WEB4/24 dev wan
		addr add $DNS4/24 dev wan
		route add default via 203.0.113.1
	END
	ip -n server6 -batch - <<-END
		link set lo up
		link set wan up
		addr add $WEB6/64 dev wan nodad
		route add default via 2001:db8:6::1
	END

	mkdir -p /etc/netns/client
	echo "nameserver $RESOLVER6" >/etc/netns/client/resolv.conf
}

lab_router()
{
	# shellcheck disable=SC2086 # a list
	settings router $UNLIMITED
	ip -n router -batch - <<-END
		link set lo up
		link set lan up
		link set wan up
		addr add $RESOLVER6/64 dev lan nodad
		addr add $PUBLIC4/24 dev wan
		addr add 2001:db8:2::2/64 dev wan nodad
		route add default via $ISP4
		route add default via 2001:db8:2::1
	END
}

lab_up()
{
	lab_wires
	lab_router
}

# service NS COMMAND...: run it in the background, with its output in $work/NS-COMMAND.log.
service()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@" >"$work/$ns-${1##*/}.log" 2>&1 </dev/null &
}

# ready TEXT COMMAND...: try until it works, for two minutes.
ready()
{
	local text=$1 limit=$((SECONDS + 120))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $limit ]; then
			echo "$text does not start:"
			cat "$work"/*.log
			return 1
		fi
		sleep 0.2
	done
}

# lab_config: the router's configuration, in its own /etc.
lab_config()
{
	mkdir -p /etc/nat64 /etc/netns/router/nat64
	cat >/etc/netns/router/nat64/nat64.conf <<-END
		dev add nat64 prefix 64:ff9b::/96 pool 198.19.0.0/18 wkp-strict off
		address 198.19.0.1/32
		forwarding
		masquerade wan
	END
}

# lab_resolver: start the router's resolver, which also reads $work/dns64.conf.
lab_resolver()
{
	{
		cat "$demo/resolver.conf"
		echo "include: \"$work/dns64.conf\""
	} >"$work/resolver.conf"
	service router unbound -d -p -c "$work/resolver.conf"
	ready "the resolver" ip netns exec client \
		dig +short +time=5 +tries=1 www.v4only.example A
}

lab_services()
{
	service server unbound -d -p -c "$demo/authoritative.conf"
	service server busybox httpd -f -vv -p $WEB4:80 -h "$demo/www"
	ready "the name server" ip netns exec server \
		dig +short +time=5 +tries=1 "@$DNS4" www.v4only.example A
	ready "the web server" ip netns exec isp curl -s -m 10 "http://$WEB4/"
	# Clear the log: these requests did not come from the client.
	: >"$work/server-busybox.log"
}

lab_down()
{
	local ns pids

	for ns in $LAB; do
		pids=$(ip netns pids "$ns" 2>/dev/null) || continue
		# shellcheck disable=SC2086 # a list
		[ -z "$pids" ] || kill $pids
		ip netns del "$ns"
	done
	rm -rf /etc/netns/client /etc/netns/router
}
