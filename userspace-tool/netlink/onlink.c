// SPDX-License-Identifier: GPL-2.0
/*
 * The networks on the router's own links, where a prefix of NAT64 does not belong.
 */
#include <glob.h>
#include <ifaddrs.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "netlink/link.h"
#include "netlink/nl.h"
#include "netlink/onlink.h"
#include "netlink/sysctl.h"

static uint8_t mask_len(const struct in6_addr *mask)
{
	uint8_t len = 0;

	while (len < 128 && mask->s6_addr[len / 8] & (0x80 >> len % 8))
		len++;
	return len;
}

static bool is_nat64(const char *name)
{
	struct link link;

	return !link_find(name, &link) && link.is_nat64;
}

/* The network of an IPv6 address of a link; false for a host's or a link-local one, or a NAT64 device. */
static bool read_network(const struct ifaddrs *entry, struct prefix *network)
{
	const struct sockaddr_in6 *addr = (const struct sockaddr_in6 *)entry->ifa_addr;
	const struct sockaddr_in6 *mask = (const struct sockaddr_in6 *)entry->ifa_netmask;

	if (!addr || addr->sin6_family != AF_INET6 || !mask || IN6_IS_ADDR_LINKLOCAL(&addr->sin6_addr))
		return false;
	*network = (struct prefix){ .family = AF_INET6, .addr6 = addr->sin6_addr,
				    .len = mask_len(&mask->sin6_addr) };
	for (int i = network->len; i < 128; i++)
		network->addr6.s6_addr[i / 8] &= ~(0x80 >> i % 8);
	return network->len != 128 && !is_nat64(entry->ifa_name);
}

static bool is_among(const struct prefix *network, const struct prefix *networks, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (networks[i].len == network->len && prefixes_overlap(&networks[i], network))
			return true;
	}
	return false;
}

unsigned int onlink_networks(uint32_t except, struct prefix *networks, unsigned int max)
{
	struct ifaddrs *list, *entry;
	unsigned int count = 0;

	if (getifaddrs(&list))
		return 0;
	for (entry = list; entry && count < max; entry = entry->ifa_next) {
		if (!(entry->ifa_flags & IFF_LOOPBACK) && if_nametoindex(entry->ifa_name) != except &&
		    read_network(entry, &networks[count]) &&
		    !is_among(&networks[count], networks, count))
			count++;
	}
	freeifaddrs(list);
	return count;
}

bool onlink_find(const struct prefix *prefix, struct onlink *found)
{
	struct ifaddrs *list, *entry;
	bool any = false;

	if (prefix->family != AF_INET6 || getifaddrs(&list))
		return false;
	for (entry = list; entry && !(any && found->own); entry = entry->ifa_next) {
		struct prefix host = { .family = AF_INET6, .len = 128 }, network;

		if (!read_network(entry, &network) || !prefixes_overlap(prefix, &network))
			continue;
		host.addr6 = ((const struct sockaddr_in6 *)entry->ifa_addr)->sin6_addr;
		/* Keep the first one found, unless the router's own address is in the prefix. */
		if (any && !prefixes_overlap(prefix, &host))
			continue;
		snprintf(found->link, sizeof(found->link), "%s", entry->ifa_name);
		found->network = network;
		found->own = prefixes_overlap(prefix, &host);
		any = true;
	}
	freeifaddrs(list);
	return any;
}

bool onlink_is_proxy(const struct onlink *onlink)
{
	return sysctl_number("net/ipv6/conf/all/proxy_ndp") == 1 ||
	       sysctl_number("net/ipv6/conf/%s/proxy_ndp", onlink->link) == 1;
}

/* Looks for an address of a prefix that the kernel answers for. */
struct proxy_search {
	const struct prefix *prefix;
	int link;
	bool found;
};

static enum status read_proxy(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct prefix host = { .family = AF_INET6, .len = 128 };
	struct proxy_search *search = data;
	const struct nlattr *attr;

	if (!(ndm->ndm_flags & NTF_PROXY) || ndm->ndm_ifindex != search->link)
		return DONE;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) != NDA_DST ||
		    mnl_attr_get_payload_len(attr) != sizeof(host.addr6))
			continue;
		memcpy(&host.addr6, mnl_attr_get_payload(attr), sizeof(host.addr6));
		search->found |= prefixes_overlap(search->prefix, &host);
	}
	return DONE;
}

static void forget_proxy(void *data)
{
	((struct proxy_search *)data)->found = false;
}

static bool kernel_answers(const struct onlink *onlink, const struct prefix *prefix)
{
	struct proxy_search search = { .prefix = prefix, .link = if_nametoindex(onlink->link) };
	_Alignas(struct nlmsghdr) char request[64];
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	if (!onlink_is_proxy(onlink) || !nl_route())
		return false;
	nlh = mnl_nlmsg_put_header(request);
	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = AF_INET6;
	ndm->ndm_flags = NTF_PROXY;
	return !nl_dump(nl_route(), nlh, read_proxy, forget_proxy, &search) && search.found;
}

static bool ndppd_runs(void)
{
	bool runs = false;
	glob_t list;

	if (glob("/proc/[0-9]*/comm", 0, NULL, &list))
		return false;
	for (size_t i = 0; i < list.gl_pathc && !runs; i++) {
		FILE *file = fopen(list.gl_pathv[i], "re");
		char name[16] = "";

		if (!file)
			continue;
		runs = fgets(name, sizeof(name), file) && !strcmp(name, "ndppd\n");
		fclose(file);
	}
	globfree(&list);
	return runs;
}

bool onlink_is_answered(const struct onlink *onlink, const struct prefix *prefix)
{
	return kernel_answers(onlink, prefix) || ndppd_runs();
}
