/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_COMPAT_H
#define _NAT64_COMPAT_H

#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/dst.h>
#include <net/genetlink.h>

/*
 * Each of these can go when no supported kernel is older than the version it
 * names.
 */

/*
 * 6.5: skb_gso_segment() has a header of its own; until then netdevice.h has
 * it.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.9: dst_init() no longer takes the initial reference count. */
static inline void nat64_dst_init(struct dst_entry *dst, struct dst_ops *ops)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	dst_init(dst, ops, NULL, 1, DST_OBSOLETE_NONE, DST_NOCOUNT);
#else
	dst_init(dst, ops, NULL, DST_OBSOLETE_NONE, DST_NOCOUNT);
#endif
}

/* 6.12: a bit of the device replaces the feature NETIF_F_LLTX. */
static inline void nat64_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/*
 * 6.7: the attributes of a dump are in genl_info; until then in
 * genl_dumpit_info itself.
 */
static inline struct nlattr **nat64_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

/* 6.6: classifiers of both kinds, tc's and BPF's, have the same place. Until then, look at tc's. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0) && defined(CONFIG_NET_CLS_ACT)
#define CONFIG_NET_XGRESS 1
#define tcx_ingress miniq_ingress
#define tcx_egress miniq_egress
#endif

/*
 * 6.16: with PREEMPT_RT, tasks may take turns on a CPU with softirqs off, so a
 * counter of recursions has to belong to the task. We cannot add one of our
 * own. The one of nf_dup_netdev.c is of the same kind: it tells when a packet
 * has been in too many devices.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0) && defined(CONFIG_PREEMPT_RT) && \
	IS_ENABLED(CONFIG_NF_DUP_NETDEV)
#define nat64_depth_of_task() (&current->net_xmit.nf_dup_skb_recursion)
#endif

#endif /* _NAT64_COMPAT_H */
