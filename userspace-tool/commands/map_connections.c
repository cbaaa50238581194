// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "commands/map_connections.h"

/* Room for one entry; conntrack(8) takes as much. */
#define TEXT_SIZE 1024

static const char *entry_text(const struct nf_conntrack *entry, char text[TEXT_SIZE])
{
	nfct_snprintf(text, TEXT_SIZE, entry, NFCT_T_UNKNOWN, NFCT_O_DEFAULT, 0);
	return mask(text);
}

void map_connections_print(const struct connection_list *list, const struct mapping *mapping)
{
	const struct connection *connection;
	char text[TEXT_SIZE];
	size_t count;

	connection = connection_list_find(list, mapping, &count);
	for (; count; count--, connection++)
		printf("    %s\n", entry_text(connection->entry, text));
}

/* The attributes of one direction. */
struct direction {
	enum nf_conntrack_attr src;
	enum nf_conntrack_attr dst;
	enum nf_conntrack_attr sport;
	enum nf_conntrack_attr dport;
	enum nf_conntrack_attr packets;
	enum nf_conntrack_attr bytes;
};

static const struct direction original = {
	.src = ATTR_ORIG_IPV4_SRC,
	.dst = ATTR_ORIG_IPV4_DST,
	.sport = ATTR_ORIG_PORT_SRC,
	.dport = ATTR_ORIG_PORT_DST,
	.packets = ATTR_ORIG_COUNTER_PACKETS,
	.bytes = ATTR_ORIG_COUNTER_BYTES,
};

static const struct direction reply = {
	.src = ATTR_REPL_IPV4_SRC,
	.dst = ATTR_REPL_IPV4_DST,
	.sport = ATTR_REPL_PORT_SRC,
	.dport = ATTR_REPL_PORT_DST,
	.packets = ATTR_REPL_COUNTER_PACKETS,
	.bytes = ATTR_REPL_COUNTER_BYTES,
};

static void add_addr(json_object *object, const char *name, const struct nf_conntrack *entry,
		     enum nf_conntrack_attr attr)
{
	char text[INET_ADDRSTRLEN];

	json_add_string(object, name,
			inet_ntop(AF_INET, nfct_get_attr(entry, attr), text, sizeof(text)));
}

/* What this protocol has not, or the kernel does not count, is left out. */
static void add_16(json_object *object, const char *name, const struct nf_conntrack *entry,
		   enum nf_conntrack_attr attr)
{
	if (nfct_attr_is_set(entry, attr) > 0)
		json_add_number(object, name, ntohs(nfct_get_attr_u16(entry, attr)));
}

static void add_64(json_object *object, const char *name, const struct nf_conntrack *entry,
		   enum nf_conntrack_attr attr)
{
	if (nfct_attr_is_set(entry, attr) > 0)
		json_object_object_add(object, name,
				       json_object_new_uint64(nfct_get_attr_u64(entry, attr)));
}

static json_object *direction_to_json(const struct nf_conntrack *entry,
				      const struct direction *direction)
{
	json_object *object = json_object_new_object();

	add_addr(object, "src", entry, direction->src);
	add_addr(object, "dst", entry, direction->dst);
	add_16(object, "sport", entry, direction->sport);
	add_16(object, "dport", entry, direction->dport);
	add_64(object, "packets", entry, direction->packets);
	add_64(object, "bytes", entry, direction->bytes);
	return object;
}

/*
 * The library keeps its names of protocols and states to itself, but begins its text with them:
 * "tcp      6 431999 ESTABLISHED src=". Not every protocol has states.
 */
static void add_names(json_object *object, const struct nf_conntrack *entry)
{
	char text[TEXT_SIZE], protocol[16] = "", state[16] = "";

	sscanf(entry_text(entry, text), "%15s %*u %*u %15[A-Z0-9_]", protocol, state);
	if (!strcmp(protocol, "unknown"))
		snprintf(protocol, sizeof(protocol), "%u", nfct_get_attr_u8(entry, ATTR_L4PROTO));
	json_add_string(object, "protocol", protocol);
	if (*state)
		json_add_string(object, "state", state);
}

static json_object *connection_to_json(const struct nf_conntrack *entry)
{
	json_object *object = json_object_new_object();
	json_object *there = direction_to_json(entry, &original);
	uint32_t flags = nfct_get_attr_u32(entry, ATTR_STATUS);

	add_names(object, entry);
	json_object_object_add(object, "replied", json_object_new_boolean(flags & IPS_SEEN_REPLY));
	json_object_object_add(object, "assured", json_object_new_boolean(flags & IPS_ASSURED));
	/* An offloaded connection has no timeout. */
	if (nfct_attr_is_set(entry, ATTR_TIMEOUT) > 0)
		json_add_number(object, "expires", nfct_get_attr_u32(entry, ATTR_TIMEOUT));
	/* NAT may change the identifier of a ping, but the library tells only that before it. */
	add_16(there, "id", entry, ATTR_ICMP_ID);
	json_object_object_add(object, "original", there);
	json_object_object_add(object, "reply", direction_to_json(entry, &reply));
	json_add_number(object, "mark", nfct_get_attr_u32(entry, ATTR_MARK));
	return object;
}

void map_connections_add(json_object *object, const struct connection_list *list,
			 const struct mapping *mapping)
{
	json_object *array = json_object_new_array();
	const struct connection *connection;
	size_t count;

	connection = connection_list_find(list, mapping, &count);
	for (; count; count--, connection++)
		json_object_array_add(array, connection_to_json(connection->entry));
	json_object_object_add(object, "connections", array);
}
