// SPDX-License-Identifier: GPL-2.0
#include "netlink/adverts.h"
#include "netlink/forwarding.h"
#include "netlink/sysctl.h"

enum status forwarding_keep_adverts(const char *link)
{
	if (sysctl_number("net/ipv6/conf/%s/accept_ra", link) != 1)
		return DONE;
	return sysctl_set(2, "net/ipv6/conf/%s/accept_ra", link);
}

static enum status keep_routes(void)
{
	struct adverts_list list;
	enum status status = adverts_read(&list);

	for (size_t i = 0; !status && i < list.count; i++) {
		if (list.links[i].has_route || list.links[i].has_address)
			status = forwarding_keep_adverts(list.links[i].link);
	}
	adverts_clear(&list);
	return status;
}

static enum status turn_on(const char *sysctl)
{
	return sysctl_number("%s", sysctl) > 0 ? DONE : sysctl_set(1, "%s", sysctl);
}

enum status forwarding_on(void)
{
	enum status status = keep_routes();

	if (!status)
		status = turn_on(FORWARDING6);
	return status ? status : turn_on(FORWARDING4);
}
