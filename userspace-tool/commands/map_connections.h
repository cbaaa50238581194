/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections of a mapped host, printed with its mapping.
 */
#ifndef NAT64_MAP_CONNECTIONS_H
#define NAT64_MAP_CONNECTIONS_H

#include <json-c/json.h>

#include "netlink/connection_list.h"

/* A line for each connection, as conntrack -L prints it, indented. */
void map_connections_print(const struct connection_list *list, const struct mapping *mapping);

/* Adds the member "connections" to the mapping's object. */
void map_connections_add(json_object *object, const struct connection_list *list,
			 const struct mapping *mapping);

#endif /* NAT64_MAP_CONNECTIONS_H */
