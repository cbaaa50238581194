// SPDX-License-Identifier: GPL-2.0
/*
 * What the fast path asks of conntrack, which will not see its packets.
 */

#include "conntrack.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK)

#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_extend.h>

/**
 * nat64_ct_undo_nat() - tell how a packet was when conntrack first saw it
 * @skb: the packet
 * @ipv6: whether it is an IPv6 packet
 * @tuple: its addresses and ports; gets those before NAT
 *
 * Context: any.
 */
void nat64_ct_undo_nat(const struct sk_buff *skb, bool ipv6,
		       struct nat64_tuple *tuple)
{
	const struct nf_conntrack_tuple *was;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return;
	was = nf_ct_tuple(ct, CTINFO2DIR(ctinfo));
	if (ipv6) {
		tuple->saddr6 = was->src.u3.in6;
		tuple->daddr6 = was->dst.u3.in6;
	} else {
		tuple->saddr4 = was->src.u3.ip;
		tuple->daddr4 = was->dst.u3.ip;
	}
	tuple->sport = was->src.u.all;
	tuple->dport = was->dst.u.all;
}

/**
 * nat64_ct_is_untracked() - whether a rule keeps conntrack from seeing a packet
 * @skb: the packet
 *
 * If stateless NAT has changed it since, nobody knows what it was before.
 *
 * Context: any.
 */
bool nat64_ct_is_untracked(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;

	nf_ct_get(skb, &ctinfo);
	return ctinfo == IP_CT_UNTRACKED;
}

/**
 * nat64_ct_agrees() - whether conntrack need not see the next packets of a flow
 * @skb: a packet of the flow
 *
 * The connection has to be established, and nobody may read along or change
 * sequence numbers.
 *
 * Context: any.
 */
bool nat64_ct_agrees(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return true;
	if (!nf_ct_is_confirmed(ct) || nf_ct_is_dying(ct) || nf_ct_is_template(ct) ||
	    ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY)
		return false;
	if (test_bit(IPS_SEQ_ADJUST_BIT, &ct->status) || nf_ct_ext_exist(ct, NF_CT_EXT_HELPER))
		return false;
	return nf_ct_protonum(ct) != IPPROTO_TCP ||
	       READ_ONCE(ct->proto.tcp.state) == TCP_CONNTRACK_ESTABLISHED;
}

/**
 * nat64_ct_misses_nat() - whether NAT may have left a packet alone because conntrack refused it
 * @skb: the packet
 * @natted: when NAT has last changed a packet at this place, jiffies, or 0; kept here
 * @memory: for how long to remember that, jiffies
 *
 * What conntrack refuses (INVALID) looks like what it is not asked about. It
 * matters only where there is NAT.
 *
 * Context: any.
 */
bool nat64_ct_misses_nat(const struct sk_buff *skb, u32 *natted, u32 memory)
{
	u32 last = READ_ONCE(*natted), now = (u32)jiffies | 1;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return last && ctinfo != IP_CT_UNTRACKED && now - last < memory;
	/* An answer that is not changed back is for the router itself. */
	if (ct->status & (CTINFO2DIR(ctinfo) == IP_CT_DIR_ORIGINAL ? IPS_NAT_MASK : IPS_DST_NAT) &&
	    last != now)
		WRITE_ONCE(*natted, now);
	return false;
}

/**
 * nat64_ct_set_liberal() - do not hold windows against packets that come later
 * @skb: a packet of a flow, for which nat64_ct_agrees()
 *
 * conntrack will have missed what the windows and the highest acknowledgment
 * were by then. It begins anew with the next packet that it sees.
 *
 * Context: any.
 */
void nat64_ct_set_liberal(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct ip_ct_tcp_state *seen;
	struct nf_conn *ct;
	unsigned int i;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || nf_ct_protonum(ct) != IPPROTO_TCP)
		return;
	seen = ct->proto.tcp.seen;
	spin_lock_bh(&ct->lock);
	for (i = 0; i < ARRAY_SIZE(ct->proto.tcp.seen); i++) {
		seen[i].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
		seen[i].flags &= ~IP_CT_TCP_FLAG_MAXACK_SET;
		seen[i].td_maxwin = 0;
	}
	spin_unlock_bh(&ct->lock);
}

/**
 * nat64_ct_life() - for how long conntrack can do without a packet
 * @skb: a packet of a flow
 *
 * Half of the time that the connection has left, so that the next packet on the
 * slow path comes in time to keep it.
 *
 * Context: any.
 * Return: jiffies
 */
u32 nat64_ct_life(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	return ct ? nf_ct_expires(ct) / 2 : INT_MAX;
}

#else

void nat64_ct_undo_nat(const struct sk_buff *skb, bool ipv6,
		       struct nat64_tuple *tuple)
{
}

bool nat64_ct_is_untracked(const struct sk_buff *skb)
{
	return false;
}

bool nat64_ct_agrees(const struct sk_buff *skb)
{
	return true;
}

bool nat64_ct_misses_nat(const struct sk_buff *skb, u32 *natted, u32 memory)
{
	return false;
}

void nat64_ct_set_liberal(const struct sk_buff *skb)
{
}

u32 nat64_ct_life(const struct sk_buff *skb)
{
	return INT_MAX;
}

#endif
