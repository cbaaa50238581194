/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * NAT64 devices: the generic netlink family "nat64".
 *
 * A device is made and removed with rtnetlink (RTM_NEWLINK, kind "nat64"); it is configured and
 * asked through this family. Every request names its device by %NAT64_A_IFINDEX or
 * %NAT64_A_IFNAME, in the network namespace of the socket. Addresses are in network byte order,
 * everything else in host byte order.
 *
 * DEV_GET	request: a device; or a dump of every device of the namespace
 *		answer: the configuration (IFINDEX ... DYNAMIC_COUNT)
 * DEV_SET	request: a device and what is to change. A list (PREFIXES, POOLS,
 *		TRANSLATABLE, HOOK) replaces the old one; an empty list empties it. What is absent
 *		stays. A refused request changes nothing.
 * DEV_RESTORE	request: a device and its configuration, as for DEV_SET; and what is absent becomes
 *		what it is in a new device, but for the hash key. The mappings staged by this
 *		socket take the place of the static ones. To packets this is one step. With
 *		CHECK nothing is done but to say what would be refused.
 * MAP_GET	request: a device and one of ADDR6 or ADDR4, answered with the mapping that a
 *		packet with that address would use; or a dump of a device, of one MAP_TYPE or of
 *		both
 *		answer: MAPS. A dump shows every mapping that is there from its beginning to its
 *		end, some of them twice; one that came or went meanwhile may or may not show.
 * MAP_ADD	request: a device and MAPS. Stops at the first mapping refused, and takes back the
 *		static ones before it: all of them are added or none, and no dynamic one has ended
 *		for one that was not. A dynamic one, with MAP_A_TYPE
 *		and perhaps MAP_A_IDLE, is refused with EALREADY if it is there, with ETIMEDOUT if
 *		it would have expired.
 * MAP_REPLACE	request: as MAP_ADD, but whatever holds the IPv6 or IPv4 prefix of a mapping gives
 *		way to it. Stops at the first mapping refused; those before it are in force.
 * MAP_DEL	request: a device and MAPS, each with its IPv6 prefix, its IPv4 prefix or both;
 *		dynamic mappings may be named too. Stops at the first mapping not found.
 * MAP_FLUSH	request: a device and optionally a MAP_TYPE
 * MAP_STAGE	request: a device and MAPS, all static, which no packet sees until DEV_RESTORE.
 *		Stops at the first mapping refused; those before it are staged. They belong to
 *		the socket, and are forgotten when it is closed.
 * STATS_GET	request: a device; or a dump of every device of the namespace
 *		answer: STATS, one u64 for every counter of &enum nat64_stat
 * STATS_RESET	request: a device; sets its counters to zero
 * ROUTE_GET	request: a device; SRC, DST or both, each with its ADDR6 or each with its ADDR4, as
 *		in a packet; HAIRPIN if the device has just made that packet out of an IPv6 one
 *		answer: what such a packet would become at this moment, found as for packets, but
 *		without a trace. SRC and DST have both addresses, and VIA with the entry that says
 *		so. A packet that would be dropped has its REASON, and the ICMP error that tells
 *		its sender, if any; one that is not covered has NOT_COVERED. The destination is
 *		looked at first, and the source only if that is well. About an ICMP error
 *		the answer is another: its source need not have a mapping.
 * FLOW_GET	request: a dump, with a device
 *		answer: a FLOW for every flow of the fast path that has not ended
 * FLOW_FLUSH	request: a device, and optionally an ADDR6 or ADDR4: only flows with that address,
 *		before or behind the translation
 *
 * The multicast group "mappings" carries a MAP_ADD for every dynamic mapping that is made and a
 * MAP_DEL for every one that goes away.
 *
 * Rules for changes: enums are append-only, &enum nat64_stat among them, since the numbers of
 * the counters are types of attributes. New attributes are u32 where they are numbers, and nests
 * that occur once for each entry (multi-attr) where they are lists; the types of the entries of
 * the lists that there are do not matter. nat64.yaml is the same in the form that YNL reads, and
 * a test compares it with this file and with the kernel's policies.
 */
#ifndef _UAPI_LINUX_NAT64_H
#define _UAPI_LINUX_NAT64_H

#define NAT64_GENL_NAME		"nat64"
#define NAT64_GENL_VERSION	1
#define NAT64_GENL_MCGRP_MAPPINGS "mappings"

#define NAT64_HASH_KEY_LEN	16
#define NAT64_PREFIXES_MAX	64	/* of prefixes, pools or translatable blocks in a device */
#define NAT64_MIN_POOL_LEN	8	/* a pool is a /8 at most */
#define NAT64_HOOK_DEVICES_MAX	16

enum nat64_cmd {
	NAT64_CMD_UNSPEC,
	NAT64_CMD_DEV_GET,
	NAT64_CMD_DEV_SET,
	NAT64_CMD_MAP_GET,
	NAT64_CMD_MAP_ADD,
	NAT64_CMD_MAP_REPLACE,
	NAT64_CMD_MAP_DEL,
	NAT64_CMD_MAP_FLUSH,
	NAT64_CMD_STATS_GET,
	NAT64_CMD_STATS_RESET,
	NAT64_CMD_MAP_STAGE,
	NAT64_CMD_DEV_RESTORE,
	NAT64_CMD_ROUTE_GET,
	NAT64_CMD_FLOW_GET,
	NAT64_CMD_FLOW_FLUSH,
	__NAT64_CMD_MAX
};

#define NAT64_CMD_MAX (__NAT64_CMD_MAX - 1)

enum nat64_attr {
	NAT64_A_UNSPEC,
	NAT64_A_PAD,
	NAT64_A_IFINDEX,		/* u32 */
	NAT64_A_IFNAME,			/* string */

	/* Configuration. Lists are nested arrays of enum nat64_prefix_attr. */
	NAT64_A_PREFIXES,		/* list of RFC 6052 prefixes */
	NAT64_A_POOLS,			/* list of IPv4 prefixes for dynamic mappings */
	NAT64_A_TRANSLATABLE,		/* list of IPv4 prefixes that are embedded 4 -> 6 */
	NAT64_A_WKP_STRICT,		/* u8: 0 or 1 */
	NAT64_A_UDP_ZERO_CSUM,		/* u8: enum nat64_udp_zero_csum */
	NAT64_A_TOS,			/* u8: enum nat64_tos */
	NAT64_A_LOWEST_IPV6_MTU,	/* u32: bytes, 1280 to 65535 */
	NAT64_A_ICMP_SOURCE,		/* 4 bytes: RFC 6791 address, 0.0.0.0 for none */
	NAT64_A_IDLE_TIMEOUT,		/* u32: seconds */
	NAT64_A_QUOTA,			/* u32: dynamic mappings per source /64, 0 for no limit */
	NAT64_A_HASH_KEY,		/* NAT64_HASH_KEY_LEN bytes */
	NAT64_A_POOL_SIZE,		/* u32, answer only: addresses that can be handed out */
	NAT64_A_STATIC_COUNT,		/* u32, answer only: static mappings */
	NAT64_A_DYNAMIC_COUNT,		/* u32, answer only: dynamic mappings */

	/* Mappings */
	NAT64_A_MAPS,			/* nested array of enum nat64_map_attr */
	NAT64_A_MAP_TYPE,		/* u8: enum nat64_map_type */
	NAT64_A_ADDR6,			/* 16 bytes */
	NAT64_A_ADDR4,			/* 4 bytes */

	NAT64_A_STATS,			/* nested, answer only: enum nat64_stat, each a u64 */
	NAT64_A_CHECK,			/* flag */

	/* What becomes of a packet */
	NAT64_A_SRC,			/* nested: enum nat64_end_attr */
	NAT64_A_DST,			/* nested: enum nat64_end_attr */
	NAT64_A_HAIRPIN,		/* flag */
	NAT64_A_NOT_COVERED,		/* flag, answer only */
	NAT64_A_REASON,			/* u32, answer only: the counter, of enum nat64_stat */
	NAT64_A_ICMP_TYPE,		/* u8, answer only: of the family of the packet */
	NAT64_A_ICMP_CODE,		/* u8, answer only */

	NAT64_A_HOOK,			/* nested, configuration: enum nat64_hook_attr */
	NAT64_A_FAST,			/* u32: enum nat64_fast_mode, configuration */
	NAT64_A_FAST_REFRESH,		/* u32: seconds, configuration */
	NAT64_A_FAST_FLOWS,		/* u32: how many flows there may be, configuration */
	NAT64_A_FAST_DEVICES,		/* nested, configuration: enum nat64_hook_attr, no ANY */
	NAT64_A_FLOW_COUNT,		/* u32, answer only: flows of the fast path */
	NAT64_A_FLOW,			/* nested, multi-attr: enum nat64_flow_attr */
	__NAT64_A_MAX
};

#define NAT64_A_MAX (__NAT64_A_MAX - 1)

/* A prefix: one of the two addresses, and a length; without it the prefix is one host. */
enum nat64_prefix_attr {
	NAT64_PREFIX_A_UNSPEC,
	NAT64_PREFIX_A_ADDR6,		/* 16 bytes */
	NAT64_PREFIX_A_ADDR4,		/* 4 bytes */
	NAT64_PREFIX_A_LEN,		/* u8 */
	__NAT64_PREFIX_A_MAX
};

#define NAT64_PREFIX_A_MAX (__NAT64_PREFIX_A_MAX - 1)

/* From where the hook in PREROUTING takes packets: nothing in it means that there is no hook. */
enum nat64_hook_attr {
	NAT64_HOOK_A_UNSPEC,
	NAT64_HOOK_A_ANY,		/* flag: from all devices of the same VRF */
	NAT64_HOOK_A_DEVICE,		/* string, multi-attr: from the device of this name */
	__NAT64_HOOK_A_MAX
};

#define NAT64_HOOK_A_MAX (__NAT64_HOOK_A_MAX - 1)

/* A mapping: two prefixes. Without a length a prefix is one host. */
enum nat64_map_attr {
	NAT64_MAP_A_UNSPEC,
	NAT64_MAP_A_ADDR6,		/* 16 bytes */
	NAT64_MAP_A_LEN6,		/* u8 */
	NAT64_MAP_A_ADDR4,		/* 4 bytes */
	NAT64_MAP_A_LEN4,		/* u8 */
	NAT64_MAP_A_TYPE,		/* u8: enum nat64_map_type; static where absent */
	NAT64_MAP_A_IDLE,		/* u32: seconds since its host's last packet, if dynamic */
	NAT64_MAP_A_ELSEWHERE,		/* flag, answer only: a dynamic one, whose IPv4 address is
					 * by now the router's own, or routed elsewhere
					 */
	__NAT64_MAP_A_MAX
};

#define NAT64_MAP_A_MAX (__NAT64_MAP_A_MAX - 1)

/* One end of a packet, in both families; and, in an answer, how they are connected. */
enum nat64_end_attr {
	NAT64_END_A_UNSPEC,
	NAT64_END_A_ADDR6,		/* 16 bytes */
	NAT64_END_A_ADDR4,		/* 4 bytes */
	NAT64_END_A_VIA,		/* u8, answer only: enum nat64_via */
	NAT64_END_A_MAP,		/* nested, answer only: enum nat64_map_attr */
	NAT64_END_A_PREFIX,		/* nested, answer only: enum nat64_prefix_attr, of IPv6 */
	NAT64_END_A_BLOCK,		/* nested, answer only: enum nat64_prefix_attr, of IPv4 */
	__NAT64_END_A_MAX
};

#define NAT64_END_A_MAX (__NAT64_END_A_MAX - 1)

enum nat64_via {
	NAT64_VIA_MAP = 1,		/* MAP */
	NAT64_VIA_PREFIX,		/* embedded in PREFIX */
	NAT64_VIA_TRANSLATABLE,		/* in the translatable BLOCK, and embedded in PREFIX */
	NAT64_VIA_POOL,			/* to be mapped, from the pool BLOCK; MAP gives way */
};

enum nat64_map_type {
	NAT64_MAP_STATIC = 1,
	NAT64_MAP_DYNAMIC,
};

/* A UDP datagram without a checksum, on its way to IPv6 (RFC 7915, section 4.5). */
enum nat64_udp_zero_csum {
	NAT64_UDP_ZERO_CSUM_COMPUTE,	/* of whole packets; fragments are dropped */
	NAT64_UDP_ZERO_CSUM_DROP,
	NAT64_UDP_ZERO_CSUM_FORWARD,	/* leave it zero (RFC 6936) */
};

/* Which packets may take the fast path. */
enum nat64_fast_mode {
	NAT64_FAST_OFF,
	NAT64_FAST_RULE,		/* those that a rule or the hook takes */
	NAT64_FAST_INGRESS,		/* also whatever comes in by one of FAST_DEVICES */
};

/* A flow of the fast path: its packets as they come in, and as they go out. */
enum nat64_flow_attr {
	NAT64_FLOW_A_UNSPEC,
	NAT64_FLOW_A_PROTOCOL,		/* u32: IPPROTO_TCP or IPPROTO_UDP */
	NAT64_FLOW_A_SRC,		/* 4 or 16 bytes */
	NAT64_FLOW_A_DST,		/* likewise */
	NAT64_FLOW_A_SPORT,		/* u32 */
	NAT64_FLOW_A_DPORT,		/* u32 */
	NAT64_FLOW_A_IN,		/* u32: index of the device */
	NAT64_FLOW_A_NEW_SRC,		/* 16 or 4 bytes: of the other family */
	NAT64_FLOW_A_NEW_DST,		/* likewise */
	NAT64_FLOW_A_NEW_SPORT,		/* u32 */
	NAT64_FLOW_A_NEW_DPORT,		/* u32 */
	NAT64_FLOW_A_OUT,		/* u32: index of the device */
	NAT64_FLOW_A_MTU,		/* u32: of the way out, bytes */
	NAT64_FLOW_A_MARK,		/* u32; absent if 0 */
	NAT64_FLOW_A_PACKETS,		/* u32: that took it since it was made */
	NAT64_FLOW_A_EXPIRES,		/* u32: milliseconds until a packet has to make it anew */
	__NAT64_FLOW_A_MAX
};

#define NAT64_FLOW_A_MAX (__NAT64_FLOW_A_MAX - 1)

enum nat64_tos {
	NAT64_TOS_COPY,
	NAT64_TOS_ZERO,
};

/*
 * Every counter: FN(constant, name, what it counts). A packet that entered the instance ends in
 * exactly one of the xlat_ and drop_ counters, but for drop_queue: what is lost there has been
 * translated. New ones go to the end.
 */
#define NAT64_STATS(FN)										\
	FN(XLAT_6TO4, "xlat_6to4", "packets translated from IPv6 to IPv4")			\
	FN(XLAT_4TO6, "xlat_4to6", "packets translated from IPv4 to IPv6")			\
	FN(MAP_CREATED, "map_created", "dynamic mappings made")					\
	FN(MAP_EXPIRED, "map_expired", "dynamic mappings removed after idle-timeout")		\
	FN(MAP_RECLAIMED, "map_reclaimed", "idle dynamic mappings that gave way in a full pool") \
	FN(ICMP_SENT, "icmp_sent", "ICMP and ICMPv6 errors asked of the kernel")		\
	FN(FRAGMENTED, "fragmented", "IPv4 packets fragmented to fit the IPv6 side")		\
	FN(REASSEMBLED, "reassembled", "ICMP packets put together again from fragments")	\
	FN(GSO_SPLIT, "gso_split", "super-packets that had to be split before translation")	\
	FN(UDP_CSUM_COMPUTED, "udp_csum_computed", "UDP checksums computed where IPv4 had none") \
	FN(DROP_HEADER4, "drop_header4", "bad IPv4 header: version, length or checksum")	\
	FN(DROP_HEADER6, "drop_header6", "bad IPv6 header: version or length")			\
	FN(DROP_TRUNCATED, "drop_truncated", "packet ends within a header")			\
	FN(DROP_OPTIONS4, "drop_options4", "malformed IPv4 options")				\
	FN(DROP_SOURCE_ROUTE, "drop_source_route", "IPv4 source route not yet used up")		\
	FN(DROP_ROUTING6, "drop_routing6", "IPv6 routing header with segments left")		\
	FN(DROP_EXTHDR, "drop_exthdr",								\
	   "too many IPv6 extension headers, or one behind a fragment header")			\
	FN(DROP_JUMBOGRAM, "drop_jumbogram", "longer than an IPv4 packet can be")		\
	FN(DROP_PROTOCOL, "drop_protocol", "protocol that exists in one IP version only")	\
	FN(DROP_SRC6, "drop_src6", "IPv6 source that is never translated")			\
	FN(DROP_DST6, "drop_dst6", "IPv6 destination that is never translated")			\
	FN(DROP_SRC4, "drop_src4", "IPv4 source that is never translated")			\
	FN(DROP_DST4, "drop_dst4", "IPv4 destination that is never translated")			\
	FN(DROP_WKP_STRICT, "drop_wkp_strict", "non-global IPv4 address in the well-known prefix") \
	FN(DROP_NO_PREFIX, "drop_no_prefix",							\
	   "IPv4 address without mapping, and no prefix to embed it")				\
	FN(DROP_NO_MAPPING4, "drop_no_mapping4", "IPv4 destination without mapping")		\
	FN(DROP_NO_MAPPING6, "drop_no_mapping6",						\
	   "IPv6 address without mapping, and no pool to make one")				\
	FN(DROP_NOT_COVERED6, "drop_not_covered6",						\
	   "routed here, but IPv6 destination in no prefix or mapping")				\
	FN(DROP_POOL_FULL, "drop_pool_full", "no free address in any pool")			\
	FN(DROP_QUOTA, "drop_quota", "source /64 has its quota of dynamic mappings")		\
	FN(DROP_ICMP_TYPE, "drop_icmp_type", "ICMP type or code without counterpart")		\
	FN(DROP_ICMP_CSUM, "drop_icmp_csum", "ICMP error with a wrong checksum")		\
	FN(DROP_ICMP_FRAGMENT, "drop_icmp_fragment", "fragmented ICMP")				\
	FN(DROP_ICMP_INNER, "drop_icmp_inner",							\
	   "ICMP error about a packet that cannot be translated")				\
	FN(DROP_UDP_ZERO_CSUM, "drop_udp_zero_csum", "UDP over IPv4 without a checksum")	\
	FN(DROP_LOOP, "drop_loop", "packet that keeps coming back")				\
	FN(DROP_GSO, "drop_gso", "super-packet of a kind that cannot be split")			\
	FN(DROP_QUEUE, "drop_queue", "receive queue of the device is full")			\
	FN(DROP_NOMEM, "drop_nomem", "out of memory")						\
	FN(DROP_FORGED6, "drop_forged6",							\
	   "IPv6 source in the prefix that is not translatable, or the router's own IPv4 address") \
	FN(FAST_HIT, "fast_hit", "packets that took the fast path")				\
	FN(FAST_MADE, "fast_made", "flows made for the fast path")				\
	FN(FAST_STALE, "fast_stale", "packets of flows that had ended")				\
	FN(FAST_TOO_BIG, "fast_too_big", "packets of flows, but too big for the way out")	\
	FN(FAST_NEIGHBOUR, "fast_neighbour",							\
	   "packets of flows whose neighbour had to be asked for first")			\
	FN(FAST_FULL, "fast_full", "flows not made: there were fast-flows of them, or no memory") \
	FN(FAST_CONNTRACK, "fast_conntrack",							\
	   "flows not made: conntrack has to see the packets")					\
	FN(FAST_CHANGED, "fast_changed", "flows not made: the packet was changed on the way out") \
	FN(FAST_WAY, "fast_way", "flows not made: the way out is a VRF, IPsec, a tunnel or local") \
	FN(DROP_FORGED4, "drop_forged4",							\
	   "IPv4 source that is the router's own, or a host's behind it")			\
	FN(DROP_POLICY, "drop_policy", "refused by the IPsec policies for what is forwarded")

#define __NAT64_STAT_ENUM(constant, name, text) NAT64_STAT_##constant,

enum nat64_stat {
	NAT64_STAT_UNSPEC,
	NAT64_STATS(__NAT64_STAT_ENUM)
	__NAT64_STAT_MAX
};

#define NAT64_STAT_MAX (__NAT64_STAT_MAX - 1)

#endif /* _UAPI_LINUX_NAT64_H */
