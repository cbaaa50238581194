// SPDX-License-Identifier: GPL-2.0
/*
 * The mapping of an address, static or dynamic.
 */

#include "lookup.h"

/**
 * nat64_lookup6() - find the mapping of an IPv6 address
 * @nat: the instance
 * @config: its configuration
 * @addr6: the address
 *
 * A dynamic mapping never lies within a static one, so a match in the static
 * table is the longest one.
 *
 * Context: RCU read side, or @nat->lock and @nat->dynamic.lock held.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_lookup6(const struct nat64 *nat,
				const struct nat64_config *config,
				const struct in6_addr *addr6)
{
	return nat64_table_find6(config->table, addr6) ?:
	       nat64_table_find6(nat->dynamic.table, addr6);
}

/**
 * nat64_lookup4() - find the mapping of an IPv4 address
 * @nat: the instance
 * @config: its configuration
 * @addr4: the address, network byte order
 *
 * Context: RCU read side, or @nat->lock and @nat->dynamic.lock held.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_lookup4(const struct nat64 *nat,
				const struct nat64_config *config, __be32 addr4)
{
	return nat64_table_find4(config->table, addr4) ?:
	       nat64_table_find4(nat->dynamic.table, addr4);
}
