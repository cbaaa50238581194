// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/ip.h"
#include "netlink/link.h"
#include "netlink/nl.h"

/* Addresses, or routes. */
struct kind {
	const char *name;
	uint16_t create;
	uint16_t delete;
	uint16_t get;
	/* Puts the rest of a request. One that asks for all needs only the family. */
	void (*put)(struct nlmsghdr *nlh, uint32_t device, const struct ip_entry *entry);
	nl_answer read;
};

/* The addresses or routes of a device. */
struct found {
	uint32_t device;
	struct ip_list list;
};

/* IPv6 routes have this one if none is given. */
#define DEFAULT_METRIC6 1024

static uint32_t metric_of(const struct ip_entry *entry)
{
	return entry->metric || entry->prefix.family == AF_INET ? entry->metric : DEFAULT_METRIC6;
}

static bool is_same(const struct ip_entry *a, const struct ip_entry *b)
{
	return a->prefix.family == b->prefix.family && a->prefix.len == b->prefix.len &&
	       metric_of(a) == metric_of(b) &&
	       !memcmp(&a->prefix.addr6, &b->prefix.addr6, host_len(a->prefix.family) / 8);
}

static bool has(const struct ip_list *list, const struct ip_entry *entry)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_same(&list->entries[i], entry))
			return true;
	}
	return false;
}

enum status ip_list_add(struct ip_list *list, const struct ip_entry *entry)
{
	struct ip_entry *entries;

	if (has(list, entry))
		return DONE;
	entries = reallocarray(list->entries, list->count + 1, sizeof(*entries));
	if (!entries)
		return fail(REFUSED, "out of memory");
	list->entries = entries;
	entries[list->count++] = *entry;
	return DONE;
}

void ip_list_clear(struct ip_list *list)
{
	free(list->entries);
	memset(list, 0, sizeof(*list));
}

static enum status add_found(struct found *found, int family, uint8_t len,
			     const struct nlattr *attr, uint32_t metric, bool others)
{
	struct ip_entry entry = { .prefix = { .family = family, .len = len }, .metric = metric,
				  .others = others };
	size_t size = host_len(family) / 8;

	/* Without the attribute, it is a default route. */
	if (attr && mnl_attr_get_payload_len(attr) == size)
		memcpy(&entry.prefix.addr6, mnl_attr_get_payload(attr), size);
	return ip_list_add(&found->list, &entry);
}

static void put_prefix(struct nlmsghdr *nlh, uint16_t type, const struct prefix *prefix)
{
	mnl_attr_put(nlh, type, host_len(prefix->family) / 8, &prefix->addr6);
}

static void put_address(struct nlmsghdr *nlh, uint32_t device, const struct ip_entry *entry)
{
	const struct prefix *prefix = &entry->prefix;
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = prefix->family;
	ifa->ifa_index = device;
	if (nlh->nlmsg_type == RTM_GETADDR)
		return;
	ifa->ifa_prefixlen = prefix->len;
	/* Nobody else on this link could have the same address. */
	ifa->ifa_flags = prefix->family == AF_INET6 ? IFA_F_NODAD : 0;
	put_prefix(nlh, IFA_LOCAL, prefix);
	put_prefix(nlh, IFA_ADDRESS, prefix);
}

static enum status read_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *address = NULL, *local = NULL;
	struct found *found = data;

	if (ifa->ifa_index != found->device)
		return DONE;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = attr;
		else if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = attr;
	}
	return add_found(found, ifa->ifa_family, ifa->ifa_prefixlen, local ?: address, 0,
			 ifa->ifa_scope == RT_SCOPE_LINK);
}

static const struct kind addresses = {
	.name = "address",
	.create = RTM_NEWADDR,
	.delete = RTM_DELADDR,
	.get = RTM_GETADDR,
	.put = put_address,
	.read = read_address,
};

static void put_route(struct nlmsghdr *nlh, uint32_t device, const struct ip_entry *entry)
{
	const struct prefix *prefix = &entry->prefix;
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));

	rtm->rtm_family = prefix->family;
	if (nlh->nlmsg_type != RTM_GETROUTE) {
		rtm->rtm_dst_len = prefix->len;
		rtm->rtm_table = RT_TABLE_MAIN;
		rtm->rtm_protocol = ROUTE_PROTOCOL;
		rtm->rtm_scope = RT_SCOPE_LINK;
		rtm->rtm_type = RTN_UNICAST;
		put_prefix(nlh, RTA_DST, prefix);
		if (entry->metric)
			mnl_attr_put_u32(nlh, RTA_PRIORITY, entry->metric);
	}
	mnl_attr_put_u32(nlh, RTA_OIF, device);
}

static enum status read_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *dst = NULL;
	struct found *found = data;
	uint32_t device = 0, metric = 0;

	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		if (mnl_attr_get_type(attr) == RTA_DST)
			dst = attr;
		else if (mnl_attr_get_type(attr) == RTA_OIF)
			device = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_PRIORITY)
			metric = mnl_attr_get_u32(attr);
	}
	if (device != found->device || rtm->rtm_table != RT_TABLE_MAIN ||
	    rtm->rtm_type != RTN_UNICAST)
		return DONE;
	return add_found(found, rtm->rtm_family, rtm->rtm_dst_len, dst, metric,
			 rtm->rtm_protocol != ROUTE_PROTOCOL);
}

static const struct kind routes = {
	.name = "route",
	.create = RTM_NEWROUTE,
	.delete = RTM_DELROUTE,
	.get = RTM_GETROUTE,
	.put = put_route,
	.read = read_route,
};

static struct nlmsghdr *begin(uint16_t type, uint16_t flags)
{
	static _Alignas(struct nlmsghdr) char request[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

static void restart(void *data)
{
	ip_list_clear(&((struct found *)data)->list);
}

static enum status find_family(const struct kind *kind, int family, struct ip_list *list,
			       uint32_t device)
{
	struct nlmsghdr *nlh = begin(kind->get, 0);
	struct found found = { .device = device };
	enum status status;

	kind->put(nlh, device, &(struct ip_entry){ .prefix.family = family });
	status = nl_dump(nl_route(), nlh, kind->read, restart, &found);
	if (status)
		nl_refused(nl_route(), "%s", kind->name);
	for (size_t i = 0; !status && i < found.list.count; i++)
		status = ip_list_add(list, &found.list.entries[i]);
	ip_list_clear(&found.list);
	return status;
}

static enum status find(const struct kind *kind, uint32_t device, struct ip_list *list)
{
	enum status status = find_family(kind, AF_INET6, list, device);

	return status ? status : find_family(kind, AF_INET, list, device);
}

static enum status say_refused(const struct kind *kind, const char *device,
			       const struct prefix *prefix)
{
	char text[PREFIX_STRLEN];

	format_prefix(prefix->family, &prefix->addr6, prefix->len, text);
	if (nl_route()->error == EEXIST)
		return fail(REFUSED, "dev %s %s %s: is there already, of another device", device,
			    kind->name, text);
	return nl_refused(nl_route(), "dev %s %s %s", device, kind->name, text);
}

/* It may have gone meanwhile, as a secondary address goes with the first; that is as good. */
static bool is_gone(void)
{
	return nl_route()->error == EADDRNOTAVAIL || nl_route()->error == ESRCH;
}

static enum status remove_others(const struct kind *kind, const char *device, uint32_t index,
				 const struct ip_list *want)
{
	struct ip_list have = { };
	enum status status = find(kind, index, &have);

	for (size_t i = 0; !status && i < have.count; i++) {
		const struct ip_entry *entry = &have.entries[i];
		struct nlmsghdr *nlh = begin(kind->delete, 0);

		if (entry->others || has(want, entry))
			continue;
		kind->put(nlh, index, entry);
		if (nl_talk(nl_route(), nlh, NULL, NULL) && !is_gone())
			status = say_refused(kind, device, &entry->prefix);
	}
	ip_list_clear(&have);
	return status;
}

/* @later: if one exists already, it may be gone later; do not complain yet. */
static enum status add_missing(const struct kind *kind, const char *device, uint32_t index,
			       const struct ip_list *want, bool later)
{
	struct ip_list have = { };
	enum status status = find(kind, index, &have);

	for (size_t i = 0; !status && i < want->count; i++) {
		const struct ip_entry *entry = &want->entries[i];
		struct nlmsghdr *nlh = begin(kind->create, NLM_F_CREATE | NLM_F_EXCL);

		if (has(&have, entry))
			continue;
		place.line = entry->line;
		kind->put(nlh, index, entry);
		if (nl_talk(nl_route(), nlh, NULL, NULL) &&
		    !(later && nl_route()->error == EEXIST))
			status = say_refused(kind, device, &entry->prefix);
	}
	ip_list_clear(&have);
	return status;
}

/*
 * Adds the new ones before it removes the old: with its last IPv4 address a device loses all its
 * IPv4 routes. Then adds them once more, since secondary addresses have gone with their first.
 */
static enum status set(const struct kind *kind, const char *device, const struct ip_list *want)
{
	enum status status;
	struct link link;

	if (link_find(device, &link))
		return REFUSED;
	status = add_missing(kind, device, link.index, want, true);
	if (!status)
		status = remove_others(kind, device, link.index, want);
	return status ? status : add_missing(kind, device, link.index, want, false);
}

enum status ip_set_addresses(const char *device, const struct ip_list *want)
{
	return set(&addresses, device, want);
}

enum status ip_set_routes(const char *device, const struct ip_list *want)
{
	return set(&routes, device, want);
}

enum status ip_find_routes(uint32_t device, struct ip_list *list)
{
	if (!nl_route())
		return REFUSED;
	return find(&routes, device, list);
}
