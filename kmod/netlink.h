/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_H
#define _NAT64_NETLINK_H

#include "addr.h"

#include <linux/init.h>
#include <linux/nat64.h>
#include <net/genetlink.h>

struct nat64;
struct nat64_config;
struct nat64_map;

/* netlink.c: the family, and what its commands have in common */
extern struct genl_family nat64_netlink_family;

struct nat64 *nat64_netlink_get_device(struct net *net, struct nlattr **attrs,
				       struct netlink_ext_ack *extack);
void nat64_netlink_put_device(struct nat64 *nat);
int nat64_netlink_fill_name(struct sk_buff *skb, const struct nat64 *nat);
int nat64_netlink_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
			 const char *why);

int __init nat64_netlink_init(void);
void nat64_netlink_uninit(void);

/* netlink_dev.c */
extern const struct nla_policy nat64_prefix_policy[NAT64_PREFIX_A_MAX + 1];

int nat64_netlink_fill_device(struct sk_buff *skb, struct nat64 *nat, bool with_key);
int nat64_netlink_parse_config(struct nlattr **attrs, struct nat64_config *config,
			       struct netlink_ext_ack *extack);
int nat64_netlink_fill_prefix6(struct sk_buff *skb, int type, const struct nat64_prefix6 *prefix);
int nat64_netlink_fill_prefix4(struct sk_buff *skb, int type, const struct nat64_prefix4 *prefix);
int nat64_netlink_dev_set(struct sk_buff *skb, struct genl_info *info);

/* netlink_map.c */
extern const struct nla_policy nat64_map_policy[NAT64_MAP_A_MAX + 1];

/**
 * struct nat64_map_request - a mapping of a request
 * @prefix6: IPv6 prefix
 * @prefix4: IPv4 prefix
 * @has6: whether there is an IPv6 prefix
 * @has4: whether there is an IPv4 prefix
 * @type: enum nat64_map_type
 * @idle: seconds, of a dynamic one
 */
struct nat64_map_request {
	struct nat64_prefix6 prefix6;
	struct nat64_prefix4 prefix4;
	bool has6;
	bool has4;
	u8 type;
	u32 idle;
};

int nat64_netlink_parse_map(const struct nlattr *attr, struct nat64_map_request *request,
			    struct netlink_ext_ack *extack);
int nat64_netlink_fill_map(struct sk_buff *skb, int type, const struct net_device *dev,
			   const struct nat64_map *map);
int nat64_netlink_fill_one_map(struct sk_buff *skb, struct nat64 *nat,
			       const struct nat64_map *map, u32 portid, u32 seq, u8 cmd);
int nat64_netlink_map_get(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_netlink_map_dump_done(struct netlink_callback *cb);
int nat64_netlink_map_add(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_replace(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_del(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_flush(struct sk_buff *skb, struct genl_info *info);

/* netlink_restore.c */
int nat64_netlink_map_stage(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_dev_restore(struct sk_buff *skb, struct genl_info *info);
int __init nat64_netlink_restore_init(void);
void nat64_netlink_restore_uninit(void);

/* netlink_route.c */
extern const struct nla_policy nat64_end_policy[NAT64_END_A_MAX + 1];

int nat64_netlink_route_get(struct sk_buff *skb, struct genl_info *info);

#endif /* _NAT64_NETLINK_H */
