# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by all measurements: two hosts and a router between them, each in a network namespace, with
# both families on both links, and functions that send and count packets.
#
#   client c0 ------------------ rc router rs ------------------ s0 server
#   2001:db8:1::2  198.18.1.2                     2001:db8:2::2  203.0.113.2
#
# A contestant (contestants/*.sh) defines setup(), which configures the router. It may set
# SERVER_ADDR, the address under which the client reaches the server, and CLIENT_ADDR, the address
# under which the server reaches the client.

set -u

CLIENT=bench-client ROUTER=bench-router SERVER=bench-server
C6=2001:db8:1::2 S6=2001:db8:2::2
C4=198.18.1.2 S4=203.0.113.2
R4=203.0.113.1			# the router, as the server sees it
PREFIX=2001:db8:64::/96
EMBEDDED_S4=2001:db8:64::cb00:7102
MAPPED_C4=198.51.100.2
export R4 PREFIX EMBEDDED_S4 MAPPED_C4

# Hosts by the thousand, behind the server or the client: number I is HOSTS6 + I and HOSTS4 + I.
HOSTS6=2001:db8:c:: HOSTS4=10.0.0.0
export HOSTS6 HOSTS4

# A link-layer address that nobody has: whoever gets such a packet drops it first thing.
SINK_MAC=02:00:00:00:00:99

# The flow of packets.
CLIENT_PORT=1000 SERVER_PORT=2000
PAYLOAD=${PAYLOAD:-24}		# bytes of UDP; pktgen needs 16
SECONDS_PER_RUN=${SECONDS_PER_RUN:-1}
PACKETS=${PACKETS:-shared}	# "given": pktgen keeps no reference to them (Linux 6.7, or UML)

die()
{
	echo "bench: $*" >&2
	exit 1
}

on()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@"
}

client() { on "$CLIENT" "$@"; }
router() { on "$ROUTER" "$@"; }
server() { on "$SERVER" "$@"; }

lab_down()
{
	local ns pids

	for ns in $CLIENT $ROUTER $SERVER; do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086 # a list
		[ -z "$pids" ] || kill -9 $pids 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
}

# link NS DEV NS DEV: link-layer addresses end in the names of the devices.
link()
{
	ip -n "$1" link add "$2" address "$(mac "$2")" type veth \
		peer name "$4" address "$(mac "$4")" netns "$3" || die "no veth"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# mac DEV
mac()
{
	printf '02:00:00:00:%02x:%02x' "'${1:0:1}" "'${1:1:1}"
}

# host NS DEV ADDR6 ADDR4 ROUTER-DEV ROUTER6 ROUTER4: give a link addresses and permanent neighbours.
host()
{
	ip -n "$1" addr add "$3/64" dev "$2" nodad
	ip -n "$1" addr add "$4/24" dev "$2"
	ip -n "$ROUTER" addr add "$6/64" dev "$5" nodad
	ip -n "$ROUTER" addr add "$7/24" dev "$5"
	neighbours "$1" "$2" "$6" "$7" "$(mac "$5")"
	neighbours "$ROUTER" "$5" "$3" "$4" "$(mac "$2")"
}

# neighbours NS DEV ADDR6 ADDR4 MAC
neighbours()
{
	ip -n "$1" neigh replace "$3" lladdr "$5" dev "$2" nud permanent
	ip -n "$1" neigh replace "$4" lladdr "$5" dev "$2" nud permanent
}

lab_up()
{
	local ns

	lab_down
	for ns in $CLIENT $ROUTER $SERVER; do
		ip netns add "$ns" || die "no network namespaces"
		ip -n "$ns" link set lo up
		on "$ns" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
			net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0
	done
	router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	link $CLIENT c0 $ROUTER rc
	link $SERVER s0 $ROUTER rs
	host $CLIENT c0 $C6 $C4 rc 2001:db8:1::1 198.18.1.1
	host $SERVER s0 $S6 $S4 rs 2001:db8:2::1 $R4
	ip -n $CLIENT route add default via 2001:db8:1::1
	ip -n $CLIENT route add default via 198.18.1.1
	ip -n $SERVER route add default via 2001:db8:2::1
	ip -n $SERVER route add default via $R4
	SERVER_ADDR=$S6 CLIENT_ADDR=$C6
}

# second_path: one more link on either side, for a flow that shares no device with the first.
second_path()
{
	link $CLIENT c1 $ROUTER rd
	link $SERVER s1 $ROUTER rt
	host $CLIENT c1 2001:db8:11::2 198.18.2.2 rd 2001:db8:11::1 198.18.2.1
	host $SERVER s1 2001:db8:12::2 203.0.114.2 rt 2001:db8:12::1 203.0.114.1
	sink rd 2001:db8:11::2 198.18.2.2
	sink rt 2001:db8:12::2 203.0.114.2
}

# sink ROUTER-DEV ADDR6 ADDR4: the host behind it takes no packets any more.
sink()
{
	neighbours $ROUTER "$1" "$2" "$3" $SINK_MAC
}

sinks()
{
	sink rc $C6 $C4
	sink rs $S6 $S4
}

# offloads on|off, of all links
offloads()
{
	local ns dev

	for dev in "$CLIENT c0" "$ROUTER rc" "$ROUTER rs" "$SERVER s0"; do
		read -r ns dev <<<"$dev"
		on "$ns" ethtool -K "$dev" tx "$1" tso "$1" gso "$1" gro "$1" >/dev/null 2>&1
	done
}

# --- what contestants need

# It may be built into the kernel, which then does not know it as a module.
load_module()
{
	modprobe -q "$1" || [ -d "/sys/module/$1" ] || [ -e "/proc/net/$1" ]
}

nat64_up()
{
	load_module nat64 || die "no module nat64"
	nat64 -n $ROUTER dev add nat64 prefix $PREFIX "$@" || die "no device"
}

# nat64_dynamic: every host gets a mapping of its own.
nat64_dynamic()
{
	nat64 -n $ROUTER dev set nat64 pool 10.0.0.0/8 quota none || die "no pool"
	ip -n $ROUTER route add 10.0.0.0/8 dev nat64
}

# nat64_rules TABLE ADDR4 [-legacy]: translate what is for the prefix and for that IPv4 address, by
# the variant of iptables that Debian prefers (nft) or the other one.
nat64_rules()
{
	load_module xt_NAT64 || die "no module xt_NAT64"
	router "ip6tables${3:-}" -t "$1" -A PREROUTING -d $PREFIX -j NAT64 || die "no rule"
	router "iptables${3:-}" -t "$1" -A PREROUTING -d "$2" -j NAT64 || die "no rule"
}

# accept_rules VARIANT: a rule in raw that matches the flow and does nothing. It shows what a rule table
# alone costs; a translated packet meets two tables, one in either family.
accept_rules()
{
	local addr

	for addr in $S6 $C6; do
		router "ip6tables-$1" -t raw -A PREROUTING -d "$addr" -j ACCEPT || die "no rule"
	done
}

# contestant_module NAME: its file, which modules.sh has built for this kernel.
contestant_module()
{
	echo "$BUILD/modules/$(uname -r)/$1.ko"
}

# jool_module NAME
jool_module()
{
	local module

	for module in nf_defrag_ipv4 nf_defrag_ipv6 x_tables; do
		load_module $module	# or it is built in, and insmod will say if it is not
	done
	for module in jool_common "$1"; do
		[ -d "/sys/module/$module" ] || insmod "$(contestant_module "$module")" || die "no module $module"
	done
}

# listening NS PORT: waits until somebody listens there by TCP.
listening()
{
	local limit=$((SECONDS + 60))

	until on "$1" ss -Hltn "sport = :$2" | grep -q .; do
		[ $SECONDS -lt $limit ] || die "nobody listens on port $2"
		sleep 0.1
	done
}

# --- packets by pktgen

# pktgen NS DEV SETTING...: give the device to the first CPU's thread; each setting is a line.
pktgen()
{
	local ns=$1 dev=$2 setting

	shift 2
	load_module pktgen || die "no pktgen"
	printf '%s\n' rem_device_all "add_device $dev" |
		pktgen_write "$ns" "kpktgend_${PKTGEN_CPU:-0}"
	for setting; do
		echo "$setting"
	done | pktgen_write "$ns" "$dev"
}

# Every line is a write of its own. A write with a flag that pktgen does not know succeeds; only its
# result says so.
pktgen_write()
{
	# shellcheck disable=SC2016 # for the inner shell
	on "$1" sh -c 'while read -r line; do
			echo "$line" >"/proc/net/pktgen/$0" && ! grep "^Result: [^O]" "/proc/net/pktgen/$0" >&2 || exit
		done' "$2" || die "pktgen: $2"
}

# received NS DEV: prints how many packets the device has received.
received()
{
	# shellcheck disable=SC2016 # for awk
	on "$1" awk -v dev="$2:" '$1 == dev { print $3 }' /proc/net/dev
}

# to_server and to_client choose the flow: where it comes from, where it goes, and where it is counted.
to_server()
{
	from_ns=$CLIENT from_dev=c0 to_ns=$SERVER to_dev=s0 peer_dev=rc
	from6=$C6 from4=$C4 target=$SERVER_ADDR ports="$CLIENT_PORT $SERVER_PORT"
}

to_client()
{
	from_ns=$SERVER from_dev=s0 to_ns=$CLIENT to_dev=c0 peer_dev=rs
	from6=$S6 from4=$S4 target=$CLIENT_ADDR ports="$SERVER_PORT $CLIENT_PORT"
}

# shellcheck disable=SC2119,SC2120 # from workloads it has an argument
# pktgen_flow [LAST-ADDRESS]: set pktgen up for the flow of to_*; to random addresses up to LAST-ADDRESS.
pktgen_flow()
{
	local source dest last=${1:-}
	local -a lines

	read -r source dest <<<"$ports"
	lines=("dst_mac $(mac "$peer_dev")" "flag UDPCSUM" "delay 0" "clone_skb 0"
	       "udp_src_min $source" "udp_src_max $source" "udp_dst_min $dest" "udp_dst_max $dest")
	[ "$PACKETS" = shared ] || lines+=("flag !SHARED")
	if [[ $target == *:* ]]; then
		lines+=("pkt_size $((14 + 40 + 8 + PAYLOAD))" "src6 $from6" "dst6 $target")
		[ -z "$last" ] || lines+=("dst6_min $target" "dst6_max $last")
	else
		lines+=("pkt_size $((14 + 20 + 8 + PAYLOAD))" "src_min $from4" "src_max $from4"
			"dst_min $target" "dst_max ${last:-$target}")
		[ -z "$last" ] || lines+=("flag IPDST_RND")
	fi
	pktgen "$from_ns" "$from_dev" "${lines[@]}"
}

# pktgen_send COUNT: prints how many arrived, and the microseconds that it took.
pktgen_send()
{
	local before after usec

	echo "count $1" | pktgen_write "$from_ns" "$from_dev"
	before=$(received "$to_ns" "$to_dev")
	echo start | pktgen_write "$from_ns" pgctrl
	after=$(received "$to_ns" "$to_dev")
	usec=$(on "$from_ns" sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' "/proc/net/pktgen/$from_dev")
	echo $((after - before)) "${usec:-0}"
}

# packet_rate: prints how many packets of this flow arrive per second.
packet_rate()
{
	local count=200 got usec

	# Send as many as fill the time, so that the start does not dominate the figure.
	while :; do
		read -r got usec < <(pktgen_send $count)
		[ "${got:-0}" -gt 0 ] || die "no packets arrive at $to_dev"
		[ "$usec" -lt 20000 ] || break
		count=$((count * 4))
	done
	count=$(awk -v n=$count -v usec="$usec" -v s="$SECONDS_PER_RUN" \
		'BEGIN { printf "%d", n / usec * 1e6 * s + 1 }')
	read -r got usec < <(pktgen_send "$count")
	[ "$got" -ge $((count * 9 / 10)) ] || echo "bench: only $got of $count packets arrive" >&2
	awk -v n="$got" -v usec="$usec" 'BEGIN { printf "%.0f\n", n / usec * 1e6 }'
}

# open_flow: the first packet of a flow makes the state that the way back needs.
open_flow()
{
	to_server
	pktgen_flow ""
	pktgen_send 10 >/dev/null
}

# --- results

# figure NAME VALUE UNIT: prints a figure. Ends the run if there is no value, as measuring it has failed.
figure()
{
	[ -n "$2" ] || die "no figure for $1"
	echo "figure $1 $2 $3"
}

# --- many mappings

# mapping_list COUNT: lines of "IPv6 address, IPv4 address"
mapping_list()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "2001:db8:c::%x:%x 10.%d.%d.%d\n", int(i / 65536), i % 65536,
			       int(i / 65536), int(i / 256) % 256, i % 256
	}'
}

# timed COMMAND...: writes the seconds that the command takes to $WORK/seconds.
timed()
{
	local start=$EPOCHREALTIME status

	"$@"
	status=$?
	awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { print end - start }' >"$WORK/seconds"
	return $status
}

# kernel_memory: prints the bytes in use, except cached pages of files.
kernel_memory()
{
	awk '{ kb[$1] = $2 }
	     END { printf "%.0f\n", 1024 * (kb["MemTotal:"] - kb["MemFree:"] - kb["Buffers:"] - \
					    kb["Cached:"] - kb["SReclaimable:"]) }' /proc/meminfo
}
