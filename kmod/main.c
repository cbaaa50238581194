// SPDX-License-Identifier: GPL-2.0

#include "device.h"
#include "map.h"
#include "netlink.h"

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

static int __init nat64_init(void)
{
	int err;

	err = nat64_tables_init();
	if (err)
		return err;

	/*
	 * Devices tell of their mappings up to the last one, so they go
	 * between.
	 */
	err = nat64_netlink_init();
	if (err)
		goto err_tables;

	err = nat64_device_init();
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	nat64_netlink_uninit();
err_tables:
	nat64_tables_uninit();
	return err;
}

static void __exit nat64_exit(void)
{
	nat64_device_uninit();
	nat64_netlink_uninit();
	nat64_tables_uninit();
}

module_init(nat64_init);
module_exit(nat64_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NAT64: IP/ICMP translation between IPv6 and IPv4 (RFC 7915)");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_RTNL_LINK("nat64");
MODULE_ALIAS_GENL_FAMILY(NAT64_GENL_NAME);
