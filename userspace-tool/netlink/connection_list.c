// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/connection_list.h"

struct fetch {
	const struct mapping_list *mappings;
	mapping_filter is_wanted;
	const void *data;
	struct connection_list *list;
};

static struct in_addr get_addr(const struct nf_conntrack *entry, enum nf_conntrack_attr attr)
{
	return (struct in_addr){ nfct_get_attr_u32(entry, attr) };
}

static struct connection_order order_of(const struct mapping *mapping,
					const struct nf_conntrack *entry)
{
	return (struct connection_order){
		.mapping4 = mapping->addr4,
		.mapping_len4 = htons(mapping->len4),
		.protocol = htons(nfct_get_attr_u8(entry, ATTR_L4PROTO)),
		.src = get_addr(entry, ATTR_ORIG_IPV4_SRC),
		.dst = get_addr(entry, ATTR_ORIG_IPV4_DST),
		.sport = nfct_get_attr_u16(entry, ATTR_ORIG_PORT_SRC),
		.dport = nfct_get_attr_u16(entry, ATTR_ORIG_PORT_DST),
	};
}

static enum status connection_list_add(struct connection_list *list,
				       const struct connection *connection)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		struct connection *connections;

		connections = reallocarray(list->connections, room, sizeof(*connections));
		if (!connections)
			return fail(REFUSED, "out of memory after %zu connections", list->count);
		list->connections = connections;
		list->room = room;
	}
	list->connections[list->count++] = *connection;
	return DONE;
}

/* Adds a copy of @entry. */
static enum status add_copy(const struct fetch *fetch, const struct mapping *mapping,
			    const struct nf_conntrack *entry)
{
	struct connection connection = {
		.order = order_of(mapping, entry),
		.entry = nfct_clone(entry),
	};
	struct connection_list *list = fetch->list;
	enum status status;

	if (!connection.entry)
		return fail(REFUSED, "out of memory after %zu connections", list->count);
	status = connection_list_add(list, &connection);
	if (status)
		nfct_destroy(connection.entry);
	return status;
}

/* Where the address of a mapped host may be: NAT changes them. */
static const enum nf_conntrack_attr addrs[] = {
	ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV4_DST, ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV4_DST,
};

#define ADDRS (sizeof(addrs) / sizeof(*addrs))

/* The mappings that have an address of @entry, each once. Returns how many. */
static size_t find_mappings(const struct fetch *fetch, const struct nf_conntrack *entry,
			    const struct mapping *found[ADDRS])
{
	size_t count = 0;

	for (size_t i = 0; i < ADDRS; i++) {
		const struct mapping *mapping;
		size_t seen = 0;

		mapping = mapping_list_find4(fetch->mappings, get_addr(entry, addrs[i]));
		while (seen < count && found[seen] != mapping)
			seen++;
		if (mapping && seen == count && fetch->is_wanted(mapping, fetch->data))
			found[count++] = mapping;
	}
	return count;
}

static enum status add_entry(const struct fetch *fetch, const struct nf_conntrack *entry)
{
	const struct mapping *mappings[ADDRS] = { };
	size_t count = find_mappings(fetch, entry, mappings);
	enum status status = DONE;

	for (size_t i = 0; i < count && !status; i++)
		status = add_copy(fetch, mappings[i], entry);
	return status;
}

static enum status read_entry(const struct nlmsghdr *nlh, void *data)
{
	struct nf_conntrack *entry = nfct_new();
	enum status status = DONE;

	if (!entry)
		return fail(REFUSED, "out of memory");
	if (!nfct_nlmsg_parse(nlh, entry) && nfct_attr_is_set_array(entry, addrs, ADDRS) > 0)
		status = add_entry(data, entry);
	nfct_destroy(entry);
	return status;
}

static void connection_list_clear(struct connection_list *list)
{
	while (list->count)
		nfct_destroy(list->connections[--list->count].entry);
}

static void restart(void *data)
{
	const struct fetch *fetch = data;

	connection_list_clear(fetch->list);
}

static int by_order(const void *a, const void *b)
{
	const struct connection *left = a, *right = b;

	return memcmp(&left->order, &right->order, sizeof(left->order));
}

static struct nlmsghdr *put_request(void *buffer)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nfg->nfgen_family = AF_INET;
	nfg->version = NFNETLINK_V0;
	return nlh;
}

/* The request makes the kernel load the module; without it, the request has an unknown type. */
static enum status refused(const struct nl *nl)
{
	if (nl->error == EINVAL)
		return fail(REFUSED, "the kernel module nf_conntrack_netlink is not loaded "
				     "(modprobe nf_conntrack_netlink)");
	return nl_refused(nl, "connections");
}

enum status connection_list_fetch(const struct mapping_list *mappings, mapping_filter is_wanted,
				  const void *data, struct connection_list *list)
{
	_Alignas(struct nlmsghdr) char request[MNL_NLMSG_HDRLEN + sizeof(struct nfgenmsg)];
	struct fetch fetch = {
		.mappings = mappings,
		.is_wanted = is_wanted,
		.data = data,
		.list = list,
	};
	struct nl *nl = nl_netfilter();

	if (!nl)
		return REFUSED;
	if (nl_dump(nl, put_request(request), read_entry, restart, &fetch))
		return refused(nl);
	if (list->count)
		qsort(list->connections, list->count, sizeof(*list->connections), by_order);
	return DONE;
}

/* By the mapping alone, @key being one. */
static int of_mapping(const void *key, const void *element)
{
	const struct connection_order *order = &((const struct connection *)element)->order;
	const struct mapping *mapping = key;

	return memcmp(&mapping->addr4, &order->mapping4, sizeof(mapping->addr4)) ?:
	       mapping->len4 - ntohs(order->mapping_len4);
}

const struct connection *connection_list_find(const struct connection_list *list,
					      const struct mapping *mapping, size_t *count)
{
	const struct connection *first = NULL;

	*count = 0;
	if (list->count)
		first = bsearch(mapping, list->connections, list->count, sizeof(*first),
				of_mapping);
	if (!first)
		return NULL;
	while (first > list->connections && !of_mapping(mapping, first - 1))
		first--;
	while (first + *count < list->connections + list->count &&
	       !of_mapping(mapping, first + *count))
		++*count;
	return first;
}

void connection_list_free(struct connection_list *list)
{
	connection_list_clear(list);
	free(list->connections);
	list->connections = NULL;
	list->room = 0;
}
