// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "netlink/link.h"
#include "netlink/nl.h"

#define LINK_KIND "nat64"

static struct nlmsghdr *link_begin(uint16_t type, uint16_t flags, const char *name)
{
	static _Alignas(struct nlmsghdr) char request[512];
	struct nlmsghdr *nlh;

	if (!nl_route())
		return NULL;
	nlh = mnl_nlmsg_put_header(request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

static enum status link_talk(struct nlmsghdr *nlh, const char *name)
{
	struct nl *nl = nl_route();

	return nl_talk(nl, nlh, NULL, NULL) ? nl_refused(nl, "dev %s", name) : DONE;
}

static bool kind_is_nat64(const struct nlattr *linkinfo)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, linkinfo) {
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			return !strncmp(mnl_attr_get_str(attr), LINK_KIND,
					mnl_attr_get_payload_len(attr));
	}
	return false;
}

/* Newer kernels append to the structure, and it is not aligned. */
static uint64_t read_rx_bytes(const struct nlattr *attr)
{
	struct rtnl_link_stats64 stats = { };
	size_t len = mnl_attr_get_payload_len(attr);

	memcpy(&stats, mnl_attr_get_payload(attr), len < sizeof(stats) ? len : sizeof(stats));
	return stats.rx_bytes;
}

static enum status read_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct link *link = data;

	link->index = ifi->ifi_index;
	link->up = ifi->ifi_flags & IFF_UP;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) == IFLA_MTU)
			link->mtu = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == IFLA_STATS64)
			link->rx_bytes = read_rx_bytes(attr);
		else if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			link->is_nat64 = kind_is_nat64(attr);
	}
	return DONE;
}

enum status link_find(const char *name, struct link *link)
{
	struct nlmsghdr *nlh = link_begin(RTM_GETLINK, 0, name);

	memset(link, 0, sizeof(*link));
	if (!nlh)
		return REFUSED;
	if (nl_talk(nl_route(), nlh, read_link, link))
		return nl_refused(nl_route(), "dev %s", name);
	return DONE;
}

bool link_exists(const char *name)
{
	struct nlmsghdr *nlh = link_begin(RTM_GETLINK, 0, name);

	return nlh && !nl_talk(nl_route(), nlh, NULL, NULL);
}

enum status link_create(const char *name)
{
	struct nlmsghdr *nlh = link_begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name);
	struct nlattr *linkinfo;

	if (!nlh)
		return REFUSED;
	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, LINK_KIND);
	mnl_attr_nest_end(nlh, linkinfo);
	if (!nl_talk(nl_route(), nlh, NULL, NULL))
		return DONE;
	if (nl_route()->error == EEXIST)
		return fail(REFUSED, "dev %s: a device of this name exists already", name);
	return nl_refused(nl_route(), "dev %s", name);
}

enum status link_delete(const char *name)
{
	struct nlmsghdr *nlh = link_begin(RTM_DELLINK, 0, name);

	return nlh ? link_talk(nlh, name) : REFUSED;
}

enum status link_bring_up(const char *name)
{
	struct nlmsghdr *nlh = link_begin(RTM_NEWLINK, 0, name);
	struct ifinfomsg *ifi;

	if (!nlh)
		return REFUSED;
	ifi = mnl_nlmsg_get_payload(nlh);
	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = IFF_UP;
	return link_talk(nlh, name);
}
