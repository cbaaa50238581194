/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_LOOKUP_H
#define _NAT64_LOOKUP_H

#include "map.h"
#include "nat64.h"

struct nat64_map *nat64_lookup6(const struct nat64 *nat,
				const struct nat64_config *config,
				const struct in6_addr *addr6);
struct nat64_map *nat64_lookup4(const struct nat64 *nat,
				const struct nat64_config *config,
				__be32 addr4);

#endif /* _NAT64_LOOKUP_H */
