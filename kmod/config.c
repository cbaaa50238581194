// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of an instance: made, copied, put in force.
 */

#include "config.h"
#include "mapping.h"
#include "own.h"

#include <linux/random.h>
#include <linux/slab.h>

#define NAT64_LOWEST_IPV6_MTU	IPV6_MIN_MTU
#define NAT64_IDLE_TIMEOUT	7440	/* seconds; 2 h 4 min, RFC 5382 */
#define NAT64_FAST_REFRESH	5	/* seconds */
#define NAT64_FAST_FLOWS	65536
#define NAT64_QUOTA		4096	/* a quarter of a /18 */

/**
 * nat64_default_config() - make the configuration of a new device
 * @table: the static mappings
 *
 * Context: process context, may sleep.
 * Return: a configuration with a random hash key, or NULL
 */
struct nat64_config *nat64_default_config(struct nat64_table *table)
{
	struct nat64_config *config = kzalloc(sizeof(*config), GFP_KERNEL_ACCOUNT);

	if (!config)
		return NULL;
	config->table = table;
	config->wkp_strict = true;
	config->udp_zero_csum = NAT64_UDP_ZERO_CSUM_COMPUTE;
	config->tos = NAT64_TOS_COPY;
	config->lowest_ipv6_mtu = NAT64_LOWEST_IPV6_MTU;
	config->idle_timeout = NAT64_IDLE_TIMEOUT;
	config->quota = NAT64_QUOTA;
	config->fast_refresh = NAT64_FAST_REFRESH;
	config->fast_flows = NAT64_FAST_FLOWS;
	get_random_bytes(&config->hash_key, sizeof(config->hash_key));
	return config;
}

/**
 * nat64_copy_config() - copy the configuration, to change it
 * @nat: the instance
 *
 * Context: process context, @nat->lock held.
 * Return: the copy, which refers to the same table, or NULL
 */
struct nat64_config *nat64_copy_config(const struct nat64 *nat)
{
	return kmemdup(nat64_config(nat), sizeof(struct nat64_config), GFP_KERNEL_ACCOUNT);
}

/*
 * Whether a new configuration changes the mappings, or the addresses to hand
 * out.
 */
static bool nat64_config_moves_mappings(const struct nat64_config *old,
					const struct nat64_config *config)
{
	return old->table != config->table ||
	       old->n_prefixes != config->n_prefixes ||
	       memcmp(old->prefixes, config->prefixes, sizeof(old->prefixes)) ||
	       old->n_pools != config->n_pools ||
	       memcmp(old->pools, config->pools, sizeof(old->pools));
}

/**
 * nat64_set_config() - replace the configuration
 * @nat: the instance
 * @config: the new one, allocated with kmalloc(); on success the instance takes
 *	    it over, along with its table
 *
 * Context: process context, @nat->lock held.
 * Return: 0 or -ENOMEM; then nothing has changed
 */
int nat64_set_config(struct nat64 *nat, struct nat64_config *config)
{
	struct nat64_config *old = nat64_config(nat);
	struct nat64_pool_set *pools = NULL;

	if (nat64_config_moves_mappings(old, config)) {
		pools = nat64_pool_set_alloc(config->pools, config->n_pools);
		if (!pools)
			return -ENOMEM;
	}

	nat64_own_begin(nat);
	nat64_mapping_set_config(nat, config, pools);
	nat64_own_find(nat);
	if (old->table != config->table)
		nat64_table_put(old->table);
	kfree_rcu(old, rcu);
	return 0;
}

/**
 * nat64_flush_static() - remove all static mappings
 * @nat: the instance
 *
 * Context: process context, @nat->lock held.
 * Return: 0 or -ENOMEM; then nothing has changed
 */
int nat64_flush_static(struct nat64 *nat)
{
	struct nat64_config *config = nat64_copy_config(nat);
	int err;

	if (!config)
		return -ENOMEM;
	config->table = nat64_table_alloc();
	err = config->table ? nat64_set_config(nat, config) : -ENOMEM;
	if (!err)
		return 0;

	if (config->table)
		nat64_table_put(config->table);
	kfree(config);
	return err;
}
