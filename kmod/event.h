/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_EVENT_H
#define _NAT64_EVENT_H

#include "map.h"
#include "nat64.h"

/**
 * struct nat64_event_ops - how to tell of dynamic mappings
 * @wanted: whether anybody listens; does not sleep
 * @tell: tell that a mapping was made (NAT64_CMD_MAP_ADD) or is gone
 *	  (NAT64_CMD_MAP_DEL); in process context, without a lock. The mapping
 *	  stays until this returns.
 */
struct nat64_event_ops {
	bool (*wanted)(const struct nat64 *nat);
	void (*tell)(struct nat64 *nat, const struct nat64_map *map,
		     enum nat64_cmd cmd);
};

void nat64_event_set_ops(const struct nat64_event_ops *ops);
void nat64_event_init(struct nat64 *nat);
void nat64_event_born(struct nat64 *nat, struct nat64_map *map);
void nat64_event_gone(struct nat64 *nat, struct nat64_map *map);
void nat64_event_flush(struct nat64 *nat);

#endif /* _NAT64_EVENT_H */
