// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/ipv6_route.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink/adverts.h"
#include "netlink/link.h"
#include "netlink/nl.h"
#include "netlink/route_get.h"
#include "netlink/sysctl.h"

/* Linux 5.18 and newer tell who has given an address; older headers do not know. */
#define ADDRESS_PROTO 11	/* IFA_PROTO */
#define PROTO_KERNEL_RA 2	/* IFAPROT_KERNEL_RA */

static struct adverts *find_name(struct adverts_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->links[i].link, name))
			return &list->links[i];
	}
	return NULL;
}

static struct adverts *find(struct adverts_list *list, uint32_t index)
{
	char name[IFNAMSIZ];

	return if_indextoname(index, name) ? find_name(list, name) : NULL;
}

static const struct nlattr *find_attr(const struct nlmsghdr *nlh, size_t header, uint16_t type,
				      size_t size)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, header) {
		if (mnl_attr_get_type(attr) == type && mnl_attr_get_payload_len(attr) >= size)
			return attr;
	}
	return NULL;
}

static enum status read_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *proto = find_attr(nlh, sizeof(*ifa), ADDRESS_PROTO, 1);
	const struct nlattr *address = find_attr(nlh, sizeof(*ifa), IFA_ADDRESS, 16);
	const struct nlattr *info = find_attr(nlh, sizeof(*ifa), IFA_CACHEINFO,
					      sizeof(struct ifa_cacheinfo));
	struct adverts *adverts = find(data, ifa->ifa_index);

	if (!adverts || !proto || mnl_attr_get_u8(proto) != PROTO_KERNEL_RA || !address || !info)
		return DONE;
	adverts->has_address = true;
	adverts->address = (struct prefix){ .family = AF_INET6, .len = ifa->ifa_prefixlen };
	memcpy(&adverts->address.addr6, mnl_attr_get_payload(address), 16);
	adverts->address_expires = ((struct ifa_cacheinfo *)mnl_attr_get_payload(info))->ifa_valid;
	return DONE;
}

static enum status read_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *oif = find_attr(nlh, sizeof(*rtm), RTA_OIF, sizeof(uint32_t));
	const struct nlattr *info = find_attr(nlh, sizeof(*rtm), RTA_CACHEINFO,
					      sizeof(struct rta_cacheinfo));
	struct adverts *adverts;

	if (rtm->rtm_family != AF_INET6 || rtm->rtm_protocol != RTPROT_RA || rtm->rtm_dst_len ||
	    rtm->rtm_type != RTN_UNICAST || !oif)
		return DONE;
	adverts = find(data, mnl_attr_get_u32(oif));
	if (!adverts)
		return DONE;
	adverts->has_route = true;
	if (info)
		adverts->route_expires =
			((struct rta_cacheinfo *)mnl_attr_get_payload(info))->rta_expires /
			sysconf(_SC_CLK_TCK);
	return DONE;
}

static bool has_routes(const struct adverts_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->links[i].has_route)
			return true;
	}
	return false;
}

/*
 * networkd and NetworkManager heed advertisements themselves. Their routes have the same protocol, but
 * forwarding does not take them away. Only this file tells the kernel's own from them, by a flag.
 */
static void forget_routes_of_daemons(struct adverts_list *list)
{
	FILE *file = has_routes(list) ? fopen("/proc/net/ipv6_route", "re") : NULL;
	unsigned int len, flags;
	char name[IFNAMSIZ];

	if (!file)
		return;
	for (size_t i = 0; i < list->count; i++)
		list->links[i].has_route = false;
	while (fscanf(file, "%*s %x %*s %*s %*s %*s %*s %*s %x %15s", &len, &flags, name) == 3) {
		struct adverts *adverts;

		if (len || !(flags & RTF_ADDRCONF))
			continue;
		adverts = find_name(list, name);
		if (adverts)
			adverts->has_route = true;
	}
	fclose(file);
}

/* A dump that is asked for again only finds the same once more. */
static void restart(void *data)
{
	(void)data;
}

static enum status dump(uint16_t type, size_t header, nl_answer answer, struct adverts_list *list)
{
	_Alignas(struct nlmsghdr) char request[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	/* The family comes first in both headers. */
	*(uint8_t *)mnl_nlmsg_put_extra_header(nlh, header) = AF_INET6;
	if (!nl_route())
		return REFUSED;
	return nl_dump(nl_route(), nlh, answer, restart, list) ?
	       nl_refused(nl_route(), "router advertisements") : DONE;
}

/* A router that sends advertisements on a link is not the one that is to heed them there. */
static bool has_received(const char *link)
{
	unsigned long in = 0, out = 0, value;
	char path[64], name[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/net/dev_snmp6/%s", link);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fscanf(file, "%63s %lu", name, &value) == 2) {
		if (!strcmp(name, "Icmp6InRouterAdvertisements"))
			in = value;
		else if (!strcmp(name, "Icmp6OutRouterAdvertisements"))
			out = value;
	}
	fclose(file);
	return in && !out;
}

static enum status add_links(struct adverts_list *list)
{
	struct if_nameindex *names = if_nameindex(), *name;
	size_t count = 0;
	struct link link;

	for (name = names; name && name->if_name; name++)
		count++;
	list->links = calloc(count + 1, sizeof(*list->links));
	for (name = names; list->links && name && name->if_name; name++) {
		if (!strcmp(name->if_name, "lo") || link_find(name->if_name, &link) || !link.up ||
		    link.is_nat64)
			continue;
		snprintf(list->links[list->count].link, IFNAMSIZ, "%s", name->if_name);
		list->links[list->count++].received = has_received(name->if_name);
	}
	if (names)
		if_freenameindex(names);
	return list->links ? DONE : fail(REFUSED, "out of memory");
}

enum status adverts_read(struct adverts_list *list)
{
	enum status status;

	memset(list, 0, sizeof(*list));
	status = add_links(list);
	if (!status)
		status = dump(RTM_GETADDR, sizeof(struct ifaddrmsg), read_address, list);
	if (!status)
		status = dump(RTM_GETROUTE, sizeof(struct rtmsg), read_route, list);
	if (!status)
		forget_routes_of_daemons(list);
	return status;
}

void adverts_clear(struct adverts_list *list)
{
	free(list->links);
	memset(list, 0, sizeof(*list));
}

bool adverts_ignored(const char *link, bool forwarding)
{
	int accept = sysctl_number("net/ipv6/conf/%s/accept_ra", link);

	if (!forwarding)
		forwarding = sysctl_number("net/ipv6/conf/%s/forwarding", link) == 1;
	return forwarding && accept >= 0 && accept < 2;
}

/*
 * A default route, or the routes of an operator without one: the root servers are in the networks
 * that everybody has a route to.
 */
uint32_t ipv6_uplink(void)
{
	static const char *const servers[] = { "2001:503:ba3e::2:30", "2001:7fd::1" };
	struct in6_addr addr;
	uint32_t link = 0;

	for (size_t i = 0; !link && i < sizeof(servers) / sizeof(*servers); i++) {
		if (inet_pton(AF_INET6, servers[i], &addr) == 1)
			link = route_get(AF_INET6, &addr);
	}
	return link;
}
