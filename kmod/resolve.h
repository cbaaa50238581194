/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_RESOLVE_H
#define _NAT64_RESOLVE_H

#include "nat64.h"
#include "verdict.h"

#include <linux/in6.h>
#include <linux/types.h>

/* No RFC 6052 prefix, in struct nat64_tuple. */
#define NAT64_NO_PREFIX U8_MAX

/**
 * struct nat64_context - the instance, and what kind of packet it is asked about
 * @nat: the instance
 * @config: its configuration, under RCU
 * @from: the device that the packet came from, if no routing has looked at its source yet; else
 *	  NULL
 * @ipv6: whether the packet comes as IPv6, and is to be IPv4
 * @hairpin: whether the instance has just made the packet, out of one of the
 *	     other family
 * @probe: whether this is only a question, which makes no mapping and keeps
 *	   none alive; the caller holds nat64_dynamic.lock
 */
struct nat64_context {
	struct nat64 *nat;
	const struct nat64_config *config;
	const struct net_device *from;
	bool ipv6;
	bool hairpin;
	bool probe;
};

/**
 * enum nat64_role - which addresses are asked for
 * @NAT64_DST: the destination of a packet; sets nat64_tuple.prefix, too
 * @NAT64_SRC: its source, after the destination. From IPv6 this makes a dynamic
 *	       mapping if there is none, and keeps it alive.
 * @NAT64_ERROR_SRC: the same for an ICMP error, which may come from a router
 *		     that has no address in the other family
 * @NAT64_INNER: both addresses of the packet that an ICMP error is about. That
 *		 packet went the other way, to the side where the error's
 *		 sender is.
 */
enum nat64_role {
	NAT64_DST,
	NAT64_SRC,
	NAT64_ERROR_SRC,
	NAT64_INNER,
};

/**
 * struct nat64_tuple - addresses of both families, and ports, in network byte order
 * @saddr6: IPv6 source
 * @daddr6: IPv6 destination
 * @saddr4: IPv4 source
 * @daddr4: IPv4 destination
 * @sport: source port, or the identifier of an ICMP echo; zero if not known, as
 *	   in fragments
 * @dport: destination port, likewise
 * @ports: both, or the SPI of IPsec
 * @protocol: transport protocol, as the packet has it
 * @prefix: number of the RFC 6052 prefix by which the IPv6 host speaks with its
 *	    peer
 */
struct nat64_tuple {
	struct in6_addr saddr6;
	struct in6_addr daddr6;
	__be32 saddr4;
	__be32 daddr4;
	union {
		struct {
			__be16 sport;
			__be16 dport;
		};
		__be32 ports;
	};
	u8 protocol;
	u8 prefix;
};

enum nat64_verdict nat64_resolve(const struct nat64_context *ctx,
				 enum nat64_role role,
				 struct nat64_tuple *tuple);

#endif /* _NAT64_RESOLVE_H */
