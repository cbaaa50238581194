// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "cli/parse.h"
#include "netlink/nl.h"
#include "netlink/route_get.h"

static enum status read_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (rtm->rtm_type != RTN_UNICAST)
		return DONE;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		if (mnl_attr_get_type(attr) == RTA_OIF)
			memcpy(data, mnl_attr_get_payload(attr), sizeof(uint32_t));
	}
	return DONE;
}

uint32_t route_get(int family, const void *addr)
{
	_Alignas(struct nlmsghdr) char request[256];
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	uint32_t oif = 0;

	if (!nl_route())
		return 0;
	nlh = mnl_nlmsg_put_header(request);
	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_dst_len = host_len(family);
	mnl_attr_put(nlh, RTA_DST, host_len(family) / 8, addr);
	return nl_talk(nl_route(), nlh, read_route, &oif) ? 0 : oif;
}
