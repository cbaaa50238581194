/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NAT64_H
#define _NAT64_NAT64_H

#include "addr.h"
#include "stats.h"

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct mem_cgroup;
struct nat64_flows;
struct nat64_pool_set;
struct nat64_table;

/**
 * struct nat64_config - what the user has set; replaced as a whole, read under RCU
 * @rcu: for the deferred free
 * @table: the static mappings; these may change in place
 * @prefix_mapped: whether a static mapping may have IPv6 addresses of
 *		   @prefixes; if not, such addresses are not looked up. Set
 *		   with the first such mapping, and never cleared.
 * @wkp_strict: whether 64:ff9b::/96 is barred for non-global IPv4 addresses
 *		(RFC 6052)
 * @udp_zero_csum: enum nat64_udp_zero_csum
 * @tos: enum nat64_tos
 * @lowest_ipv6_mtu: IPv4 packets without DF are fragmented to fit it, bytes
 *		     (RFC 7915)
 * @idle_timeout: life of an unused dynamic mapping, seconds
 * @quota: dynamic mappings per source /64, 0 for no limit
 * @icmp_source: IPv4 source for ICMP errors whose source has none (RFC 6791),
 *		 or 0
 * @hash_key: key of the hash that chooses addresses from the pools
 * @fast: enum nat64_fast_mode
 * @fast_refresh: life of a flow of the fast path, seconds
 * @fast_flows: how many flows there may be
 * @n_fast_devices: length of @fast_devices
 * @fast_devices: names of the devices at whose ingress it takes packets
 * @hook_any: whether the hook takes packets from all devices of its VRF (hook.c)
 * @n_hook_devices: length of @hook_devices
 * @n_prefixes: length of @prefixes
 * @n_pools: length of @pools
 * @n_translatable: length of @translatable
 * @prefixes: RFC 6052 prefixes; a peer is embedded in the one that the host
 *	      has used, or the first
 * @pools: IPv4 addresses for dynamic mappings
 * @translatable: IPv4 addresses of hosts that own IPv4-translatable IPv6 ones
 * @hook_devices: names of the devices that the hook takes packets from
 */
struct nat64_config {
	struct rcu_head rcu;
	struct nat64_table *table;
	bool prefix_mapped;
	bool wkp_strict;
	u8 udp_zero_csum;
	u8 tos;
	u32 lowest_ipv6_mtu;
	u32 idle_timeout;
	u32 quota;
	__be32 icmp_source;
	siphash_key_t hash_key;
	u32 fast;
	u32 fast_refresh;
	u32 fast_flows;
	u8 n_fast_devices;
	bool hook_any;
	u8 n_hook_devices;
	u8 n_prefixes;
	u8 n_pools;
	u8 n_translatable;
	struct nat64_prefix6 prefixes[NAT64_PREFIXES_MAX];
	struct nat64_prefix4 pools[NAT64_PREFIXES_MAX];
	struct nat64_prefix4 translatable[NAT64_PREFIXES_MAX];
	char hook_devices[NAT64_HOOK_DEVICES_MAX][IFNAMSIZ];
	char fast_devices[NAT64_HOOK_DEVICES_MAX][IFNAMSIZ];
};

/**
 * struct nat64_dynamic - the dynamic mappings of an instance
 * @lock: held, with softirqs off, by whoever changes mappings, static ones too
 * @table: the mappings, as packets find them
 * @pools: the addresses to hand out
 * @maps: the mappings, in the order in which they are due for a check
 * @quotas: how many mappings each source /64 has
 * @count: length of @maps
 * @full: the jiffy in which the pools were last found full
 * @expiry: checks @maps
 * @events: mappings whose birth or death is still to be told
 * @teller: tells @events
 * @memcg: memory cgroup of whoever made the device; it is charged
 */
struct nat64_dynamic {
	spinlock_t lock;
	struct nat64_table *table;
	struct nat64_pool_set *pools;
	struct list_head maps;
	struct rhashtable quotas;
	u32 count;
	unsigned long full;
	struct delayed_work expiry;
	struct list_head events;
	struct work_struct teller;
	struct mem_cgroup *memcg;
};

/**
 * struct nat64_hook_pair - a hook in both families
 * @on: whether it is registered
 * @ops: one for each family
 */
struct nat64_hook_pair {
	bool on;
	struct nf_hook_ops ops[2];
};

/**
 * struct nat64_hook - the hooks of an instance
 * @lock: protects the rest
 * @net: the namespace that the device is in, or NULL
 * @door: in PREROUTING, in place of a rule
 * @learn: in POSTROUTING, where the fast path learns
 * @ingress: at the ingress of devices, for the fast path; those that are
 *	     registered have their device. The old ones stay until the new
 *	     ones are there
 */
struct nat64_hook {
	struct mutex lock;
	struct net *net;
	struct nat64_hook_pair door;
	struct nat64_hook_pair learn;
	struct nf_hook_ops ingress[2 * NAT64_HOOK_DEVICES_MAX];
};

/* Bits of an index into nat64.own4. */
#define NAT64_OWN4_BITS 8

/* Bits of an index into nat64.ended. */
#define NAT64_SLOT_BITS 8

/**
 * struct nat64 - an instance: what is behind a device of kind "nat64"
 * @dev: the device
 * @config: what the user has set
 * @dynamic: the dynamic mappings
 * @stats: counters
 * @stats_base: what they were when the user last reset them; protected by @lock
 * @lock: held by whoever changes @config or static mappings
 * @own6: whether the router itself may have addresses in the prefixes (own.c);
 *	  0 if not
 * @own4: a bit for the hash of each IPv4 address that it has, or has had; never cleared
 * @hook: its hook
 * @flows: the known flows of the fast path, or NULL if that is off
 * @generation: grows whenever addresses may translate to others than before
 *		(generation.h); changed under nat64_dynamic.lock
 * @ended: how many dynamic mappings have ended, by a hash of each of their addresses; changed
 *	   likewise
 */
struct nat64 {
	struct net_device *dev;
	struct nat64_config __rcu *config;
	struct nat64_dynamic dynamic;
	struct nat64_stats __percpu *stats;
	u64 stats_base[__NAT64_STAT_MAX];
	struct mutex lock;
	int own6;
	DECLARE_BITMAP(own4, 1 << NAT64_OWN4_BITS);
	struct nat64_hook hook;
	struct nat64_flows __rcu *flows;
	u32 generation;
	u32 ended[1 << NAT64_SLOT_BITS];
};

/* The configuration. Needs nat->lock or an RCU read side. */
static inline struct nat64_config *nat64_config(const struct nat64 *nat)
{
	return rcu_dereference_check(nat->config, lockdep_is_held(&nat->lock));
}

/**
 * nat64_config_find_prefix() - the RFC 6052 prefix that an IPv6 address lies in
 * @config: the configuration
 * @addr6: the address
 *
 * Return: the prefix or NULL
 */
static inline const struct nat64_prefix6 *
nat64_config_find_prefix(const struct nat64_config *config,
			 const struct in6_addr *addr6)
{
	unsigned int i;

	for (i = 0; i < config->n_prefixes; i++)
		if (nat64_prefix6_contains(&config->prefixes[i], addr6))
			return &config->prefixes[i];
	return NULL;
}

/* Whether a device is in a list of names, such as @fast_devices. */
static inline bool nat64_has_name(const char names[][IFNAMSIZ], unsigned int n,
				  const char *name)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static inline const struct nat64_prefix4 *
nat64_find_block(const struct nat64_prefix4 *blocks, unsigned int n,
		 __be32 addr4)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (nat64_prefix4_contains(&blocks[i], addr4))
			return &blocks[i];
	return NULL;
}

/**
 * nat64_config_find_pool() - the pool that an IPv4 address lies in
 * @config: the configuration
 * @addr4: the address, network byte order
 *
 * Return: the pool's prefix or NULL
 */
static inline const struct nat64_prefix4 *
nat64_config_find_pool(const struct nat64_config *config, __be32 addr4)
{
	return nat64_find_block(config->pools, config->n_pools, addr4);
}

/**
 * nat64_config_find_translatable() - the same for a translatable block
 * @config: the configuration
 * @addr4: the address, network byte order
 *
 * Return: the block or NULL
 */
static inline const struct nat64_prefix4 *
nat64_config_find_translatable(const struct nat64_config *config, __be32 addr4)
{
	return nat64_find_block(config->translatable, config->n_translatable,
				addr4);
}

/**
 * nat64_config_reclaim() - for how long a mapping may be idle before it gives way in a full pool
 * @config: the configuration
 *
 * Return: seconds
 */
static inline u32 nat64_config_reclaim(const struct nat64_config *config)
{
	return max(config->idle_timeout / 4, 1U);
}

#endif /* _NAT64_NAT64_H */
