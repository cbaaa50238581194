// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 stats explain: what each counter means, and what to do about it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/print.h"
#include "commands/stats.h"
#include "netlink/config.h"

static const struct {
	const char *meaning;
	const char *advice;
} explanations[NAT64_STAT_MAX + 1] = {
	[NAT64_STAT_XLAT_6TO4] = {
		.meaning = "Packets of IPv6 hosts that left as IPv4.",
		.advice  = "Nothing: this is the translator at work. If it stays at zero, no rule and no "
			   "route leads packets here: see \"nat64 doctor\".",
	},
	[NAT64_STAT_XLAT_4TO6] = {
		.meaning = "Packets of IPv4 hosts that left as IPv6.",
		.advice  = "Nothing: this is the translator at work. If xlat_6to4 grows and this does not, "
			   "no replies come back: look at the route of the pool and at MASQUERADE, see "
			   "\"nat64 doctor\".",
	},
	[NAT64_STAT_MAP_CREATED] = {
		.meaning = "An IPv6 host without a mapping sent a packet and was given an address of a pool.",
		.advice  = "Nothing: this is the translator at work.",
	},
	[NAT64_STAT_MAP_EXPIRED] = {
		.meaning = "A dynamic mapping saw no packet from its host for idle-timeout seconds, "
			   "and its address is free again.",
		.advice  = "Nothing; if hosts lose connections that are merely quiet, raise idle-timeout.",
	},
	[NAT64_STAT_MAP_RECLAIMED] = {
		.meaning = "The pool was full, and the mapping that was idle longest gave its address to "
			   "another host.",
		.advice  = "Enlarge the pool or add another; hosts have begun to take addresses from each "
			   "other.",
	},
	[NAT64_STAT_ICMP_SENT] = {
		.meaning = "A sender was told by an ICMP or ICMPv6 error why its packet did not get through. "
			   "The kernel's rate limit may still have held it back.",
		.advice  = "See which drop counter grows along with it.",
	},
	[NAT64_STAT_FRAGMENTED] = {
		.meaning = "An IPv4 packet that allowed it was cut before translation, to fit "
			   "lowest-ipv6-mtu or the way out.",
		.advice  = "If all IPv6 links carry more, raise lowest-ipv6-mtu to the smallest MTU among "
			   "them.",
	},
	[NAT64_STAT_REASSEMBLED] = {
		.meaning = "A fragmented ICMP message was put together, since its checksum covers all of it.",
		.advice  = "Nothing; many of them may be somebody sending large pings.",
	},
	[NAT64_STAT_GSO_SPLIT] = {
		.meaning = "The kernel handed over many packets as one, of a kind that had to be taken apart "
			   "first.",
		.advice  = "Nothing; it costs time, not packets. Tunnels, SCTP and BIG TCP (gso_max_size, "
			   "gro_max_size) are the usual origin.",
	},
	[NAT64_STAT_UDP_CSUM_COMPUTED] = {
		.meaning = "A UDP datagram without a checksum was given one, as IPv6 demands.",
		.advice  = "Nothing; udp-zero-csum chooses what to do with them.",
	},
	[NAT64_STAT_DROP_HEADER4] = {
		.meaning = "The IPv4 header was broken: version, length or checksum.",
		.advice  = "Look for a faulty link, driver or tunnel in front of the router, with "
			   "\"tcpdump -vv\".",
	},
	[NAT64_STAT_DROP_HEADER6] = {
		.meaning = "The IPv6 header was broken: version or length.",
		.advice  = "Look for a faulty link, driver or tunnel in front of the router, with "
			   "\"tcpdump -vv\".",
	},
	[NAT64_STAT_DROP_TRUNCATED] = {
		.meaning = "The packet ended before its headers did.",
		.advice  = "Look for a faulty sender or tunnel, or somebody probing, with \"tcpdump -vv\".",
	},
	[NAT64_STAT_DROP_OPTIONS4] = {
		.meaning = "The options of the IPv4 header could not be parsed.",
		.advice  = "Nothing on this router; the sender is broken or probing.",
	},
	[NAT64_STAT_DROP_SOURCE_ROUTE] = {
		.meaning = "The sender prescribed a path that the packet had not yet gone to its end; RFC "
			   "7915 forbids to translate it, and the sender was told.",
		.advice  = "Nothing; the sender must not use source routing.",
	},
	[NAT64_STAT_DROP_ROUTING6] = {
		.meaning = "The packet still had hops to visit by its IPv6 routing header; RFC 7915 forbids "
			   "to translate it, and the sender was told.",
		.advice  = "Nothing; the sender must not put a routing header on packets for IPv4 hosts.",
	},
	[NAT64_STAT_DROP_EXTHDR] = {
		.meaning = "There were more than eight IPv6 extension headers, or one behind the fragment "
			   "header; the sender was told.",
		.advice  = "Nothing; IPv4 has no counterpart, and ordinary hosts do not send this.",
	},
	[NAT64_STAT_DROP_JUMBOGRAM] = {
		.meaning = "The packet, or what its fragment is a part of, was longer than 65,535 bytes, "
			   "which IPv4 cannot express; the sender was told.",
		.advice  = "Nothing on this router; the sender must send less at once.",
	},
	[NAT64_STAT_DROP_PROTOCOL] = {
		.meaning = "The protocol exists in one IP version only, such as IGMP or ICMPv6 in IPv4; the "
			   "sender was told.",
		.advice  = "Nothing; keep such packets out with the rule that selects what is translated, if "
			   "they are many.",
	},
	[NAT64_STAT_DROP_SRC6] = {
		.meaning = "The IPv6 source was link-local, multicast, loopback or unspecified; a link-local "
			   "sender was told.",
		.advice  = "Give the host a global or unique local address, and see that it uses it.",
	},
	[NAT64_STAT_DROP_DST6] = {
		.meaning = "The IPv6 destination was link-local, multicast, loopback or unspecified.",
		.advice  = "Narrow the rule or the route that leads such packets here.",
	},
	[NAT64_STAT_DROP_SRC4] = {
		.meaning = "The IPv4 source was multicast, broadcast, loopback or zero; or a mapping or "
			   "prefix would have made it so.",
		.advice  = "Nothing, if few; otherwise find the sender with \"tcpdump -vv\".",
	},
	[NAT64_STAT_DROP_DST4] = {
		.meaning = "The IPv4 address within the IPv6 destination was multicast, broadcast, loopback "
			   "or link-local; the sender was told.",
		.advice  = "Find the host that asks for it; often a DNS record with such an address, which a "
			   "DNS64 should exclude.",
	},
	[NAT64_STAT_DROP_WKP_STRICT] = {
		.meaning = "A private or otherwise non-global IPv4 address within 64:ff9b::/96, which RFC "
			   "6052 forbids; the sender was told.",
		.advice  = "To reach private IPv4 networks, use a prefix of your own, or "
			   "\"nat64 dev set wkp-strict off\".",
	},
	[NAT64_STAT_DROP_NO_PREFIX] = {
		.meaning = "An IPv4 host without a mapping has no IPv6 address, for the device has no "
			   "prefix; it was told.",
		.advice  = "\"nat64 dev set prefix 64:ff9b::/96\", or map the host with \"nat64 map add "
			   "ADDRESS6 ADDRESS4\".",
	},
	[NAT64_STAT_DROP_NO_MAPPING4] = {
		.meaning = "A packet for an address of the pool that no host has at present; the sender was "
			   "told host unreachable.",
		.advice  = "Nothing, if it is late replies and scans. A host that must be reached from "
			   "outside needs \"nat64 map add ADDRESS6 ADDRESS4\".",
	},
	[NAT64_STAT_DROP_NO_MAPPING6] = {
		.meaning = "An IPv6 host has no mapping and there is no pool to give it an address.",
		.advice  = "\"nat64 dev set pool " RECOMMENDED_POOL "\", or map the host with \"nat64 map add "
			   "ADDRESS6 ADDRESS4\".",
	},
	[NAT64_STAT_DROP_NOT_COVERED6] = {
		.meaning = "A route led the packet here, but its destination is in no prefix and no static "
			   "mapping.",
		.advice  = "Make the routes to the device agree with its prefixes: "
			   "\"ip -6 route show dev nat64\", \"nat64 dev show\".",
	},
	[NAT64_STAT_DROP_POOL_FULL] = {
		.meaning = "All addresses of all pools were taken, and a host was refused.",
		.advice  = "Enlarge the pool or add another with \"nat64 dev set pool PREFIX4 PREFIX4\", or "
			   "lower idle-timeout.",
	},
	[NAT64_STAT_DROP_QUOTA] = {
		.meaning = "A /64 had as many dynamic mappings as quota allows, and one more was refused.",
		.advice  = "Look at \"nat64 map show dynamic\" for the /64: a host that changes its address all "
			   "the time, or a large network, which needs a higher quota.",
	},
	[NAT64_STAT_DROP_ICMP_TYPE] = {
		.meaning = "An ICMP message of a type that the other IP version does not have, such as a "
			   "timestamp request or neighbour discovery.",
		.advice  = "Nothing; RFC 7915 demands it.",
	},
	[NAT64_STAT_DROP_ICMP_CSUM] = {
		.meaning = "An ICMP error had a wrong checksum.",
		.advice  = "Look for a router on the path that breaks it, with \"tcpdump -vv\".",
	},
	[NAT64_STAT_DROP_ICMP_FRAGMENT] = {
		.meaning = "A fragmented ICMP message could not be put together.",
		.advice  = "Nothing, if few; send smaller pings.",
	},
	[NAT64_STAT_DROP_ICMP_INNER] = {
		.meaning = "An ICMP error was about a packet that this device cannot have translated.",
		.advice  = "Nothing, if few; many are somebody forging errors, or a mapping that has expired "
			   "meanwhile.",
	},
	[NAT64_STAT_DROP_UDP_ZERO_CSUM] = {
		.meaning = "A UDP datagram without a checksum, in fragments or with udp-zero-csum drop; the "
			   "sender was told.",
		.advice  = "\"nat64 dev set udp-zero-csum forward\", if the IPv6 hosts accept it (RFC 6936); "
			   "better let the sender compute checksums.",
	},
	[NAT64_STAT_DROP_LOOP] = {
		.meaning = "The packet came through here too often.",
		.advice  = "Look for a route or a rule that leads translated packets back in, and for two "
			   "devices with overlapping prefixes: \"nat64 doctor\".",
	},
	[NAT64_STAT_DROP_GSO] = {
		.meaning = "The kernel handed over many packets as one, of a kind that it could not take "
			   "apart either.",
		.advice  = "Switch the offload off on the interface that it came from: "
			   "\"ethtool -K DEVICE gro off lro off\". Please report it.",
	},
	[NAT64_STAT_DROP_QUEUE] = {
		.meaning = "Packets came faster than this CPU could take them.",
		.advice  = "Raise net.core.netdev_max_backlog, or spread the load over more CPUs (RSS, RPS).",
	},
	[NAT64_STAT_DROP_NOMEM] = {
		.meaning = "The kernel had no memory for the packet or for a mapping.",
		.advice  = "Look at \"free\" and \"dmesg\"; give the machine more memory, or lower the number of "
			   "mappings with quota. Mappings count against the limit of the control group "
			   "(memory.max) that the device was made in.",
	},
	[NAT64_STAT_DROP_FORGED6] = {
		.meaning = "The IPv6 source was in the prefix, where IPv4 hosts have their addresses, "
			   "and was not translatable; or it would have left with the router's own IPv4 "
			   "address. Somebody forges addresses.",
		.advice  = "Find the sender with tcpdump. If it is a host that owns an "
			   "IPv4-translatable address, or if the device is a CLAT or an edge relay "
			   "without a mapping, name the IPv4 block: "
			   "\"nat64 dev set translatable 203.0.113.0/24\".",
	},
	[NAT64_STAT_FAST_HIT] = {
		.meaning = "Packets of known flows, which were rewritten and sent at once, past routing, "
			   "FORWARD and POSTROUTING. They are counted as xlat_6to4 or xlat_4to6, too.",
		.advice  = "Nothing: this is the fast path at work. If it stays at zero although fast is on, "
			   "see \"nat64 doctor\".",
	},
	[NAT64_STAT_FAST_MADE] = {
		.meaning = "The router, with its routes, FORWARD and NAT, had let the second packet of a flow "
			   "through, so the flow was remembered; or a flow that had ended was renewed.",
		.advice  = "Nothing; a busy flow is counted once every fast-refresh seconds.",
	},
	[NAT64_STAT_FAST_STALE] = {
		.meaning = "The flow of the packet had ended: its fast-refresh seconds were over, or a route, "
			   "a mapping, a device or an option had changed. The packet took the ordinary way.",
		.advice  = "Nothing: this is how FORWARD gets to decide anew. If it is a large part of "
			   "fast_hit, raise fast-refresh, or find out which routes, mappings or devices "
			   "keep changing.",
	},
	[NAT64_STAT_FAST_TOO_BIG] = {
		.meaning = "The packet of a known flow was longer than the MTU of its way out. It took the "
			   "ordinary way, where it is fragmented or its sender is told.",
		.advice  = "Nothing, if few; otherwise see \"nat64 flow show\" for the MTU, and look for a "
			   "link whose MTU is too small.",
	},
	[NAT64_STAT_FAST_NEIGHBOUR] = {
		.meaning = "The link-layer address of the next hop was not known or no longer certain. The "
			   "packet took the ordinary way, which asks for it.",
		.advice  = "Nothing, if few; otherwise the next hop does not answer: see \"ip neigh\".",
	},
	[NAT64_STAT_FAST_FULL] = {
		.meaning = "There were as many flows as fast-flows allows, or there was no memory for one "
			   "more. The packets of such a flow take the ordinary way.",
		.advice  = "Raise the limit, as with \"nat64 dev set fast-flows 262144\", if the machine has "
			   "the memory; \"nat64 flow count\" tells how many there are.",
	},
	[NAT64_STAT_FAST_CONNTRACK] = {
		.meaning = "Connection tracking has to see every packet of the flow: the connection has a "
			   "helper, such as that of FTP, or is not established. Or it has refused a packet "
			   "(INVALID), or a rule with notrack keeps from it what comes by a route.",
		.advice  = "Nothing: these packets take the ordinary way.",
	},
	[NAT64_STAT_FAST_CHANGED] = {
		.meaning = "Something on the ordinary way had changed the packet in a way that the fast path "
			   "would not repeat, such as a rule that sets DSCP or the hop limit.",
		.advice  = "Nothing, if the rule is wanted: these packets take the ordinary way. Otherwise "
			   "look for it with \"iptables -t mangle -S\", \"ip6tables -t mangle -S\" and "
			   "\"nft list ruleset\".",
	},
	[NAT64_STAT_FAST_WAY] = {
		.meaning = "The way out is of a kind that the fast path leaves to the kernel: a VRF, IPsec, a "
			   "tunnel that belongs to a route, or the router itself.",
		.advice  = "Nothing: these packets take the ordinary way.",
	},
	[NAT64_STAT_DROP_FORGED4] = {
		.meaning = "A packet came from the IPv4 side with the source of the router itself, or of "
			   "a host behind the router that has a dynamic mapping. Somebody forges "
			   "addresses.",
		.advice  = "Find the sender with tcpdump. If the router's own packets come back to it on "
			   "purpose, set accept_local on the interface.",
	},
	[NAT64_STAT_DROP_POLICY] = {
		.meaning = "An IPsec policy for what is forwarded (dir fwd) forbids the packet or wants it "
			   "to come encrypted; or the packet came by IPsec, and no such policy allows it.",
		.advice  = "Look at \"ip xfrm policy\", direction fwd. To exempt an interface, set "
			   "disable_policy on it.",
	},
};

/* How much of @text fits in a line. Words, and commands in quotes, are not broken. */
static size_t line_length(const char *text)
{
	const size_t width = 66;
	bool quoted = false;
	size_t len = 0, at;

	for (at = 0; (at <= width || !len) && text[at]; at++) {
		quoted ^= text[at] == '"';
		if (text[at] == ' ' && !quoted)
			len = at;
	}
	return !text[at] && (at <= width || !len) ? at : len;
}

/* @what: the ten columns in front. Lines are for a terminal of 80 columns. */
static void print_paragraph(const char *what, const char *text)
{
	while (*text) {
		size_t len = line_length(text);

		printf("    %-8s %.*s\n", what, (int)len, text);
		text += len + strspn(text + len, " ");
		what = "";
	}
}

static void print_text(enum nat64_stat stat)
{
	printf("%s: %s\n", stat_words[stat].name, stat_words[stat].text);
	print_paragraph("meaning", explanations[stat].meaning);
	print_paragraph("to do", explanations[stat].advice);
}

static void print_json(enum nat64_stat stat)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "name", json_object_new_string(stat_words[stat].name));
	json_object_object_add(object, "text", json_object_new_string(stat_words[stat].text));
	json_object_object_add(object, "meaning",
			       json_object_new_string(explanations[stat].meaning));
	json_object_object_add(object, "advice", json_object_new_string(explanations[stat].advice));
	json_list_add(object);
}

static void explain(enum nat64_stat stat)
{
	(options.json ? print_json : print_text)(stat);
}

static enum nat64_stat find(const char *name)
{
	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		if (!strcmp(name, stat_words[i].name))
			return i;
	}
	return NAT64_STAT_UNSPEC;
}

static enum status check_names(const struct words *words)
{
	for (char **name = words->next; *name; name++) {
		if (!find(*name))
			return fail(WRONG, "\"%s\" is not a counter", *name);
	}
	return DONE;
}

enum status stats_explain(struct words *words)
{
	const char *name = peek_word(words);

	if (check_names(words))
		return WRONG;
	if (options.json)
		json_list_begin();
	for (int i = 1; !name && i <= NAT64_STAT_MAX; i++)
		explain(i);
	while ((name = next_word(words)))
		explain(find(name));
	if (options.json)
		json_list_end();
	return DONE;
}
