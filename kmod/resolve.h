/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_RESOLVE_H
#define _NAT64_RESOLVE_H

#include <linux/in6.h>
#include <linux/types.h>

struct nat64;
struct nat64_config;

/* The instance has nothing to do with the address; other results are 0 or a NAT64_STAT_DROP_*. */
#define NAT64_NOT_COVERED (-1)

/* No RFC 6052 prefix, in struct nat64_addrs. */
#define NAT64_NO_PREFIX U8_MAX

/**
 * struct nat64_addrs - the addresses of a packet in both families, network byte order
 * @saddr6: IPv6 source
 * @daddr6: IPv6 destination
 * @saddr4: IPv4 source
 * @daddr4: IPv4 destination
 * @prefix: number of the RFC 6052 prefix by which the IPv6 host speaks with its peer
 */
struct nat64_addrs {
	struct in6_addr saddr6;
	struct in6_addr daddr6;
	__be32 saddr4;
	__be32 daddr4;
	u8 prefix;
};

int nat64_resolve_dst_6to4(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs);
int nat64_resolve_src_6to4(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs);
int nat64_resolve_inner_6to4(struct nat64 *nat, const struct nat64_config *config,
			     struct nat64_addrs *addrs);
int nat64_resolve_error_src_6to4(struct nat64 *nat, const struct nat64_config *config,
				 struct nat64_addrs *addrs);

int nat64_resolve_dst_4to6(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs);
int nat64_resolve_src_4to6(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs, bool hairpin);
int nat64_resolve_inner_4to6(struct nat64 *nat, const struct nat64_config *config,
			     struct nat64_addrs *addrs, bool hairpin);
int nat64_resolve_error_src_4to6(struct nat64 *nat, const struct nat64_config *config,
				 struct nat64_addrs *addrs, bool hairpin);

#endif /* _NAT64_RESOLVE_H */
