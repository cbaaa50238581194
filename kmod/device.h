/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DEVICE_H
#define _NAT64_DEVICE_H

#include "dynamic.h"
#include "mapping.h"
#include "stats.h"

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/siphash.h>

/**
 * struct nat64_config - what the user has set; replaced as a whole, read under RCU
 * @rcu: for the deferred free
 * @table: the static mappings; these may change in place
 * @prefix_mapped: whether a static mapping may have IPv6 addresses of @prefixes; without one, these
 *		   are not looked up. Set as soon as there is one, and never cleared.
 * @probe: whether this is a copy for a question, by which nothing is made or kept alive
 * @wkp_strict: whether 64:ff9b::/96 is barred for non-global IPv4 addresses (RFC 6052)
 * @udp_zero_csum: enum nat64_udp_zero_csum
 * @tos: enum nat64_tos
 * @lowest_ipv6_mtu: IPv4 packets without DF are fragmented to fit it, bytes (RFC 7915)
 * @idle_timeout: life of an unused dynamic mapping, seconds
 * @quota: dynamic mappings per source /64, 0 for no limit
 * @icmp_source: IPv4 source for ICMP errors whose source has none (RFC 6791), or 0
 * @hash_key: key of the hash that chooses addresses from the pools
 * @n_prefixes: length of @prefixes
 * @n_pools: length of @pools
 * @n_translatable: length of @translatable
 * @prefixes: RFC 6052 prefixes; a peer is embedded in the one that the host has used, or the first
 * @pools: IPv4 addresses for dynamic mappings
 * @translatable: IPv4 addresses of hosts that own IPv4-translatable IPv6 ones
 */
struct nat64_config {
	struct rcu_head rcu;
	struct nat64_table *table;
	bool prefix_mapped;
	bool probe;
	bool wkp_strict;
	u8 udp_zero_csum;
	u8 tos;
	u32 lowest_ipv6_mtu;
	u32 idle_timeout;
	u32 quota;
	__be32 icmp_source;
	siphash_key_t hash_key;
	u8 n_prefixes;
	u8 n_pools;
	u8 n_translatable;
	struct nat64_prefix6 prefixes[NAT64_PREFIXES_MAX];
	struct nat64_prefix4 pools[NAT64_PREFIXES_MAX];
	struct nat64_prefix4 translatable[NAT64_PREFIXES_MAX];
};

/**
 * struct nat64 - an instance: what is behind a device of kind "nat64"
 * @dev: the device
 * @config: what the user has set
 * @dynamic: what makes and expires the dynamic ones
 * @stats: counters
 * @stats_base: what they were when the user last reset them; protected by @lock
 * @lock: held by whoever changes @config or static mappings
 * @own6: whether the router itself may have addresses in the prefixes (own.c); 0 if not
 */
struct nat64 {
	struct net_device *dev;
	struct nat64_config __rcu *config;
	struct nat64_dynamic dynamic;
	struct nat64_stats __percpu *stats;
	u64 stats_base[__NAT64_STAT_MAX];
	struct mutex lock;
	int own6;
};

/**
 * nat64_config_find_prefix() - the RFC 6052 prefix that an IPv6 address lies in
 * @config: the configuration
 * @addr6: the address
 *
 * Return: the prefix or NULL
 */
static inline const struct nat64_prefix6 *
nat64_config_find_prefix(const struct nat64_config *config, const struct in6_addr *addr6)
{
	unsigned int i;

	for (i = 0; i < config->n_prefixes; i++)
		if (nat64_prefix6_contains(&config->prefixes[i], addr6))
			return &config->prefixes[i];
	return NULL;
}

/* The configuration, for who holds nat->lock or is in an RCU read side. */
static inline struct nat64_config *nat64_config(const struct nat64 *nat)
{
	return rcu_dereference_check(nat->config, lockdep_is_held(&nat->lock));
}

struct nat64 *nat64_from_netdev(const struct net_device *dev);
struct nat64_config *nat64_default_config(struct nat64_table *table);
struct nat64_config *nat64_copy_config(const struct nat64 *nat);
int nat64_set_config(struct nat64 *nat, struct nat64_config *config);
int nat64_flush_static(struct nat64 *nat);

int __init nat64_device_init(void);
void nat64_device_uninit(void);

#endif /* _NAT64_DEVICE_H */
