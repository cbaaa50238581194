// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: a whole configuration, gathered aside and put in force in one step.
 */

#include "netlink_restore.h"
#include "config.h"
#include "event.h"
#include "hook.h"
#include "mapping.h"
#include "netlink_change.h"
#include "netlink_common.h"
#include "netlink_dev.h"

#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>

/**
 * struct nat64_stages - what the sockets of a namespace have staged
 * @lock: protects @list
 * @list: the stages that no request is working on
 */
struct nat64_stages {
	struct mutex lock;
	struct list_head list;
};

/**
 * struct nat64_stage - static mappings that wait for NAT64_CMD_DEV_RESTORE
 * @list: link in nat64_stages.list
 * @portid: port of the socket that they belong to
 * @ifindex: the device that they are for
 * @table: the mappings
 */
struct nat64_stage {
	struct list_head list;
	u32 portid;
	int ifindex;
	struct nat64_table *table;
};

static unsigned int nat64_stages_id;

static struct nat64_stages *nat64_stages(struct net *net)
{
	return net_generic(net, nat64_stages_id);
}

static struct nat64_stage *nat64_stage_alloc(u32 portid, int ifindex)
{
	struct nat64_stage *stage = kzalloc(sizeof(*stage), GFP_KERNEL_ACCOUNT);

	if (!stage)
		return NULL;
	stage->table = nat64_table_alloc();
	if (!stage->table) {
		kfree(stage);
		return NULL;
	}
	stage->portid = portid;
	stage->ifindex = ifindex;
	return stage;
}

static void nat64_stage_free(struct nat64_stage *stage)
{
	if (stage->table)
		nat64_table_put(stage->table);
	kfree(stage);
}

/*
 * Get what a socket has staged for a device, or an empty stage; or NULL. It
 * belongs to the caller alone until nat64_stage_put(): a socket is not closed
 * while it sends a request.
 */
static struct nat64_stage *nat64_stage_get(struct genl_info *info, int ifindex)
{
	struct nat64_stages *stages = nat64_stages(genl_info_net(info));
	struct nat64_stage *stage, *found = NULL;

	mutex_lock(&stages->lock);
	list_for_each_entry(stage, &stages->list, list) {
		if (stage->portid == info->snd_portid && stage->ifindex == ifindex) {
			list_del(&stage->list);
			found = stage;
			break;
		}
	}
	mutex_unlock(&stages->lock);
	return found ?: nat64_stage_alloc(info->snd_portid, ifindex);
}

static void nat64_stage_put(struct genl_info *info, struct nat64_stage *stage)
{
	struct nat64_stages *stages = nat64_stages(genl_info_net(info));

	mutex_lock(&stages->lock);
	list_add(&stage->list, &stages->list);
	mutex_unlock(&stages->lock);
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

static int nat64_stage_maps(struct nat64_stage *stage,
			    const struct nlattr *list,
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
		cond_resched();
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

	stage = nat64_stage_get(info, ifindex);
	if (!stage)
		return -ENOMEM;
	err = nat64_stage_maps(stage, list, info->extack);
	nat64_stage_put(info, stage);
	return err;
}

/* The configuration of a request, with @table for its static mappings. */
static struct nat64_config *nat64_restored_config(struct nat64 *nat,
						  struct genl_info *info,
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

static int nat64_restore(struct nat64 *nat, struct genl_info *info,
			 struct nat64_table *table)
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
		err = nat64_hook_set_config(nat, config);
		if (err)
			kfree(config);
	}
	mutex_unlock(&nat->lock);
	nat64_event_flush(nat);
	return err;
}

/**
 * nat64_netlink_dev_restore() - NAT64_CMD_DEV_RESTORE
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error; then nothing has changed, and the staged mappings
 * remain
 */
int nat64_netlink_dev_restore(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_stage *stage;
	struct nat64 *nat;
	int err = -ENOMEM;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	stage = nat64_stage_get(info, nat->dev->ifindex);
	if (stage)
		err = nat64_restore(nat, info, stage->table);
	nat64_netlink_put_device(nat);
	if (!stage)
		return err;

	if (err || nla_get_flag(info->attrs[NAT64_A_CHECK])) {
		nat64_stage_put(info, stage);
	} else {
		stage->table = NULL;
		nat64_stage_free(stage);
	}
	return err;
}

/* A socket is closed: forget what it has staged. */
static int nat64_netlink_event(struct notifier_block *block,
			       unsigned long event, void *data)
{
	struct netlink_notify *notify = data;
	struct nat64_stage *stage, *next;
	struct nat64_stages *stages;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	stages = nat64_stages(notify->net);
	mutex_lock(&stages->lock);
	list_for_each_entry_safe(stage, next, &stages->list, list) {
		if (stage->portid == notify->portid) {
			list_del(&stage->list);
			nat64_stage_free(stage);
		}
	}
	mutex_unlock(&stages->lock);
	return NOTIFY_DONE;
}

static struct notifier_block nat64_netlink_notifier = {
	.notifier_call = nat64_netlink_event,
};

static int __net_init nat64_stages_init(struct net *net)
{
	struct nat64_stages *stages = nat64_stages(net);

	mutex_init(&stages->lock);
	INIT_LIST_HEAD(&stages->list);
	return 0;
}

/* Free what sockets have staged that are still open when the module goes. */
static void __net_exit nat64_stages_exit(struct net *net)
{
	struct nat64_stage *stage, *next;

	list_for_each_entry_safe(stage, next, &nat64_stages(net)->list, list)
		nat64_stage_free(stage);
}

static struct pernet_operations nat64_stages_ops = {
	.init	= nat64_stages_init,
	.exit	= nat64_stages_exit,
	.id	= &nat64_stages_id,
	.size	= sizeof(struct nat64_stages),
};

int __init nat64_netlink_restore_init(void)
{
	int err = register_pernet_subsys(&nat64_stages_ops);

	if (err)
		return err;
	err = netlink_register_notifier(&nat64_netlink_notifier);
	if (err)
		unregister_pernet_subsys(&nat64_stages_ops);
	return err;
}

void nat64_netlink_restore_uninit(void)
{
	netlink_unregister_notifier(&nat64_netlink_notifier);
	unregister_pernet_subsys(&nat64_stages_ops);
}
