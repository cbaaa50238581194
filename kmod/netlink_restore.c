// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: a whole configuration, gathered aside and put in force in one step.
 */

#include "netlink.h"
#include "device.h"

#include <linux/netlink.h>
#include <net/genetlink.h>

/**
 * struct nat64_stage - static mappings that wait for NAT64_CMD_DEV_RESTORE
 * @list: link in nat64_stages
 * @net: namespace of the socket that they belong to
 * @portid: port of the socket
 * @ifindex: the device that they are for
 * @table: the mappings
 */
struct nat64_stage {
	struct list_head list;
	struct net *net;
	u32 portid;
	int ifindex;
	struct nat64_table *table;
};

static LIST_HEAD(nat64_stages);
static DEFINE_MUTEX(nat64_stages_lock);

static struct nat64_stage *nat64_stage_find(struct genl_info *info, int ifindex)
{
	struct nat64_stage *stage;

	list_for_each_entry(stage, &nat64_stages, list)
		if (stage->portid == info->snd_portid && stage->ifindex == ifindex &&
		    net_eq(stage->net, genl_info_net(info)))
			return stage;
	return NULL;
}

static struct nat64_stage *nat64_stage_create(struct genl_info *info, int ifindex)
{
	struct nat64_stage *stage = kzalloc(sizeof(*stage), GFP_KERNEL_ACCOUNT);

	if (!stage)
		return NULL;
	stage->table = nat64_table_alloc();
	if (!stage->table) {
		kfree(stage);
		return NULL;
	}
	/* The socket holds its namespace, and takes the stage along when it goes. */
	stage->net = genl_info_net(info);
	stage->portid = info->snd_portid;
	stage->ifindex = ifindex;
	list_add(&stage->list, &nat64_stages);
	return stage;
}

static void nat64_stage_free(struct nat64_stage *stage)
{
	list_del(&stage->list);
	if (stage->table)
		nat64_table_put(stage->table);
	kfree(stage);
}

static int nat64_stage_map(struct nat64_table *table, const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	struct nat64_map_request request;
	int err;

	err = nat64_netlink_parse_map(attr, &request, extack);
	if (err)
		return err;
	if (request.type == NAT64_MAP_DYNAMIC)
		return nat64_netlink_refuse(extack, attr, "only static mappings can be staged");
	return nat64_mapping_stage(table, &request.prefix6, &request.prefix4, extack);
}

static int nat64_stage_maps(struct nat64_stage *stage, const struct nlattr *list,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, list, rem) {
		err = nat64_stage_map(stage->table, attr, extack);
		if (err) {
			NL_SET_BAD_ATTR(extack, attr);
			return err;
		}
	}
	return 0;
}

/**
 * nat64_netlink_map_stage() - NAT64_CMD_MAP_STAGE
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or the error of the first mapping that was refused
 */
int nat64_netlink_map_stage(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *list = info->attrs[NAT64_A_MAPS];
	struct nat64_stage *stage;
	struct nat64 *nat;
	int ifindex, err;

	if (!list) {
		NL_SET_ERR_MSG(info->extack, "no mappings named");
		return -EINVAL;
	}
	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);
	ifindex = nat->dev->ifindex;
	nat64_netlink_put_device(nat);

	mutex_lock(&nat64_stages_lock);
	stage = nat64_stage_find(info, ifindex) ?: nat64_stage_create(info, ifindex);
	err = stage ? nat64_stage_maps(stage, list, info->extack) : -ENOMEM;
	mutex_unlock(&nat64_stages_lock);
	return err;
}

/* The configuration of a request, with @table for its static mappings. */
static struct nat64_config *nat64_restored_config(struct nat64 *nat, struct genl_info *info,
						  struct nat64_table *table)
{
	struct nat64_config *config = nat64_default_config(table);
	int err;

	if (!config)
		return ERR_PTR(-ENOMEM);
	config->hash_key = nat64_config(nat)->hash_key;
	err = nat64_netlink_parse_config(info->attrs, config, info->extack);
	if (!err)
		return config;
	kfree(config);
	return ERR_PTR(err);
}

static int nat64_restore(struct nat64 *nat, struct genl_info *info, struct nat64_table *table)
{
	struct nat64_config *config;
	int err = 0;

	mutex_lock(&nat->lock);
	config = nat64_restored_config(nat, info, table);
	if (IS_ERR(config)) {
		err = PTR_ERR(config);
	} else if (nla_get_flag(info->attrs[NAT64_A_CHECK])) {
		kfree(config);
	} else {
		err = nat64_set_config(nat, config);
		if (err)
			kfree(config);
	}
	mutex_unlock(&nat->lock);
	return err;
}

/**
 * nat64_netlink_dev_restore() - NAT64_CMD_DEV_RESTORE
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error; then nothing has changed, and what was staged stays so
 */
int nat64_netlink_dev_restore(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_stage *stage;
	struct nat64 *nat;
	int err = -ENOMEM;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat64_stages_lock);
	stage = nat64_stage_find(info, nat->dev->ifindex) ?:
		nat64_stage_create(info, nat->dev->ifindex);
	if (stage)
		err = nat64_restore(nat, info, stage->table);
	if (!err && !nla_get_flag(info->attrs[NAT64_A_CHECK])) {
		stage->table = NULL;
		nat64_stage_free(stage);
	}
	mutex_unlock(&nat64_stages_lock);

	nat64_netlink_put_device(nat);
	return err;
}

/* A socket is closed: whatever it has staged will never be wanted. */
static int nat64_netlink_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct netlink_notify *notify = data;
	struct nat64_stage *stage, *next;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	mutex_lock(&nat64_stages_lock);
	list_for_each_entry_safe(stage, next, &nat64_stages, list)
		if (stage->portid == notify->portid && net_eq(stage->net, notify->net))
			nat64_stage_free(stage);
	mutex_unlock(&nat64_stages_lock);
	return NOTIFY_DONE;
}

static struct notifier_block nat64_netlink_notifier = {
	.notifier_call = nat64_netlink_event,
};

int __init nat64_netlink_restore_init(void)
{
	return netlink_register_notifier(&nat64_netlink_notifier);
}

void nat64_netlink_restore_uninit(void)
{
	struct nat64_stage *stage, *next;

	netlink_unregister_notifier(&nat64_netlink_notifier);
	list_for_each_entry_safe(stage, next, &nat64_stages, list)
		nat64_stage_free(stage);
}
