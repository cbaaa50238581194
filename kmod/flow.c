// SPDX-License-Identifier: GPL-2.0
/*
 * Known flows: what the slow path has decided about their packets, for a while.
 */

#include "flow.h"

#include <linux/jhash.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/dst.h>

/* Between two collections; a flow stays no longer than this after its end. */
#define NAT64_COLLECT_INTERVAL HZ

/* After so many flows, other tasks and softirqs get their turn. */
#define NAT64_COLLECT_BATCH 256

/* A sender can choose both of an address's first two words only with more than a /32. */
static __always_inline u32 nat64_flow_hash6(const struct in6_addr *addr, u32 seed)
{
	const u32 *word = (__force const u32 *)addr->s6_addr32;

	return jhash_3words(word[0] ^ word[1], word[2], word[3], seed);
}

/*
 * jhash adds the seed to each word. If the ports were part of it, senders could
 * subtract from their addresses what they add to the ports.
 */
static __always_inline u32 nat64_flow_hash(const struct nat64_tuple *tuple, bool ipv6, u32 iif,
					   u32 seed)
{
	u32 ports = (__force u32)tuple->ports ^ iif;

	if (!ipv6)
		return jhash_3words((__force u32)tuple->saddr4, (__force u32)tuple->daddr4, ports,
				    seed);
	seed = nat64_flow_hash6(&tuple->saddr6, seed);
	seed = nat64_flow_hash6(&tuple->daddr6, seed);
	return jhash_1word(ports, seed);
}

/* A shorter one, for where collisions do little harm. */
static u32 nat64_flow_weak_hash(const struct nat64_tuple *tuple, bool ipv6, u32 iif, u32 seed)
{
	u32 saddr = ipv6 ? ipv6_addr_hash(&tuple->saddr6) : (__force u32)tuple->saddr4;
	u32 daddr = ipv6 ? ipv6_addr_hash(&tuple->daddr6) : (__force u32)tuple->daddr4;

	return jhash_3words(saddr, daddr, (__force u32)tuple->ports ^ iif, seed);
}

static __always_inline u32 nat64_flow_hash_key(const void *data, u32 len, u32 seed)
{
	const struct nat64_flow_key *key = data;

	return nat64_flow_hash(key->tuple, key->ipv6, key->iif, seed);
}

static u32 nat64_flow_hash_obj(const void *data, u32 len, u32 seed)
{
	const struct nat64_flow *flow = data;

	return nat64_flow_hash(&flow->tuple, flow->ipv6, flow->iif, seed);
}

static inline int nat64_flow_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_flow_key *key = arg->key;
	const struct nat64_flow *flow = obj;

	return flow->iif != key->iif || flow->ipv6 != key->ipv6 ||
	       !nat64_flow_equals(&flow->tuple, key->tuple, key->ipv6);
}

static const struct rhashtable_params nat64_flow_params = {
	.head_offset		= offsetof(struct nat64_flow, node),
	.key_len		= sizeof(struct nat64_flow_key),
	.hashfn			= nat64_flow_hash_key,
	.obj_hashfn		= nat64_flow_hash_obj,
	.obj_cmpfn		= nat64_flow_cmp,
	.automatic_shrinking	= true,
};

/**
 * nat64_flow_free() - free a flow that is not in a table, or no longer
 * @flow: the flow
 *
 * Context: any.
 */
void nat64_flow_free(struct nat64_flow *flow)
{
	dst_release(flow->dst);
	kfree_rcu(flow, rcu);
}

static void nat64_flow_destroy(void *flow, void *unused)
{
	nat64_flow_free(flow);
}

static bool nat64_flow_has(const struct nat64_flow *flow,
			   const struct in6_addr *addr6, const __be32 *addr4)
{
	const struct nat64_tuple *tuple = &flow->tuple;

	if (addr6)
		return ipv6_addr_equal(&tuple->saddr6, addr6) ||
		       ipv6_addr_equal(&tuple->daddr6, addr6);
	return !addr4 || tuple->saddr4 == *addr4 || tuple->daddr4 == *addr4;
}

/* What is to be removed from a table. */
struct nat64_flow_filter {
	bool ended;
	const struct in6_addr *addr6;
	const __be32 *addr4;
};

static bool nat64_flow_matches(const struct nat64_flows *flows,
			       const struct nat64_flow *flow,
			       const struct nat64_flow_filter *filter)
{
	if (filter->ended)
		return !nat64_flow_is_current(flows->nat, flow);
	return nat64_flow_has(flow, filter->addr6, filter->addr4);
}

/**
 * nat64_flows_walk_on() - begin a walk over flows, or go on after a pause
 * @iter: the walk; rhashtable_walk_peek() has the next flow now
 *
 * The walk finds its place by the flow that is next. If others have removed that
 * or resized the table, it begins with the bucket anew. Older kernels do not
 * notice, and would read a flow that may be freed.
 *
 * Context: any; an RCU read side begins, until rhashtable_walk_stop().
 */
void nat64_flows_walk_on(struct rhashtable_iter *iter) __acquires(RCU)
{
	if (rhashtable_walk_start_check(iter))
		iter->p = NULL;
	if (!iter->p)
		iter->skip = 0;
}

static void nat64_flows_remove(struct nat64_flows *flows,
			       const struct nat64_flow_filter *filter)
{
	struct rhashtable_iter iter;
	struct nat64_flow *flow;
	unsigned int n = 0;

	rhashtable_walk_enter(&flows->table, &iter);
	rhashtable_walk_start(&iter);
	while ((flow = rhashtable_walk_next(&iter))) {
		/* Pause in front of a flow, not behind one that has just been removed. */
		if (++n % NAT64_COLLECT_BATCH == 0) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			nat64_flows_walk_on(&iter);
			flow = rhashtable_walk_peek(&iter);
			if (!flow)
				break;
		}
		/* The table grows or shrinks: the walk begins anew. */
		if (IS_ERR(flow))
			continue;
		if (nat64_flow_matches(flows, flow, filter) &&
		    !rhashtable_remove_fast(&flows->table, &flow->node, nat64_flow_params))
			nat64_flow_free(flow);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static void nat64_flows_collect(struct work_struct *work)
{
	struct nat64_flows *flows =
		container_of(to_delayed_work(work), struct nat64_flows, collect);
	const struct nat64_flow_filter ended = { .ended = true };

	if (atomic_read(&flows->table.nelems))
		nat64_flows_remove(flows, &ended);
	queue_delayed_work(system_power_efficient_wq, &flows->collect, NAT64_COLLECT_INTERVAL);
}

/**
 * nat64_flows_alloc() - make a table of flows, and collect those that end
 * @nat: the instance
 * @config: its configuration, which says how many flows there may be
 *
 * Context: process context.
 * Return: the table, until nat64_flows_end(), or NULL
 */
struct nat64_flows *nat64_flows_alloc(const struct nat64 *nat,
				      const struct nat64_config *config)
{
	struct nat64_flows *flows = kzalloc(sizeof(*flows), GFP_KERNEL_ACCOUNT);

	if (!flows)
		return NULL;
	kref_init(&flows->ref);
	flows->nat = nat;
	flows->max = config->fast_flows;
	flows->seed = siphash_1u32(flows->max, &config->hash_key);
	flows->seen_mask = roundup_pow_of_two(flows->max) - 1;
	flows->seen = kvcalloc(flows->seen_mask + 1, sizeof(*flows->seen), GFP_KERNEL_ACCOUNT);
	if (!flows->seen)
		goto err_flows;
	if (rhashtable_init(&flows->table, &nat64_flow_params))
		goto err_seen;
	INIT_DEFERRABLE_WORK(&flows->collect, nat64_flows_collect);
	queue_delayed_work(system_power_efficient_wq, &flows->collect, NAT64_COLLECT_INTERVAL);
	return flows;

err_seen:
	kvfree(flows->seen);
err_flows:
	kfree(flows);
	return NULL;
}

/**
 * nat64_flows_count() - how many flows an instance has
 * @nat: the instance
 *
 * Context: @nat->lock held.
 */
u32 nat64_flows_count(const struct nat64 *nat)
{
	struct nat64_flows *flows = rcu_dereference_protected(nat->flows,
							      lockdep_is_held(&nat->lock));

	return flows ? atomic_read(&flows->table.nelems) : 0;
}

/**
 * nat64_flows_get() - hold the flows of an instance
 * @nat: the instance
 *
 * Context: @nat->lock held.
 * Return: the table, until nat64_flows_put(), or NULL if the fast path is off
 */
struct nat64_flows *nat64_flows_get(struct nat64 *nat)
{
	struct nat64_flows *flows = rcu_dereference_protected(nat->flows,
							      lockdep_is_held(&nat->lock));

	if (flows)
		kref_get(&flows->ref);
	return flows;
}

static void nat64_flows_release(struct kref *ref)
{
	struct nat64_flows *flows = container_of(ref, struct nat64_flows, ref);
	unsigned int i;

	rhashtable_free_and_destroy(&flows->table, nat64_flow_destroy, NULL);
	for (i = 0; i < ARRAY_SIZE(flows->making); i++)
		kfree(rcu_access_pointer(flows->making[i]));
	kvfree(flows->seen);
	kfree(flows);
}

/**
 * nat64_flows_put() - let go of a table of flows
 * @flows: the table
 *
 * Context: process context.
 */
void nat64_flows_put(struct nat64_flows *flows)
{
	kref_put(&flows->ref, nat64_flows_release);
}

/**
 * nat64_flows_end() - free a table of flows, as soon as no dump uses it
 * @flows: the table, which packets no longer find, or NULL
 *
 * Context: process context; waits for an RCU grace period.
 */
void nat64_flows_end(struct nat64_flows *flows)
{
	if (!flows)
		return;
	cancel_delayed_work_sync(&flows->collect);
	/* Packets that have found the table may still add to it. */
	synchronize_rcu();
	nat64_flows_empty(flows);
	nat64_flows_put(flows);
}

/* Of packets that are under way, no flow is made. */
static void nat64_flows_stop_making(struct nat64_flows *flows)
{
	struct nat64_flow *flow;
	unsigned int i;

	/* Those that have been routed to the device are in their places then. */
	synchronize_net();
	for (i = 0; i < ARRAY_SIZE(flows->making); i++) {
		flow = unrcu_pointer(xchg(&flows->making[i], NULL));
		if (flow)
			kfree_rcu(flow, rcu);
	}
	/* And those that were just being finished are in the table. */
	synchronize_net();
}

/**
 * nat64_flows_flush() - remove flows
 * @flows: the table
 * @addr6: only those with this address, in either place, or NULL
 * @addr4: the same with an IPv4 address, network byte order, or NULL
 *
 * Packets that have met the firewall before make no flow any more.
 *
 * Context: process context; waits for an RCU grace period.
 */
void nat64_flows_flush(struct nat64_flows *flows, const struct in6_addr *addr6,
		       const __be32 *addr4)
{
	const struct nat64_flow_filter filter = { .addr6 = addr6, .addr4 = addr4 };

	nat64_flows_stop_making(flows);
	nat64_flows_remove(flows, &filter);
}

/**
 * nat64_flows_empty() - remove all flows, when packets make none any more
 * @flows: the table
 *
 * Context: process context; waits for an RCU grace period.
 */
void nat64_flows_empty(struct nat64_flows *flows)
{
	/* If others remove flows at the same time, a walk may pass some over. */
	do {
		nat64_flows_flush(flows, NULL, NULL);
	} while (atomic_read(&flows->table.nelems) > 0);
}

/**
 * nat64_flow_find() - find the flow of a packet
 * @flows: the table
 * @key: the packet
 *
 * Context: RCU read side.
 * Return: the flow, which may have ended, or NULL
 */
struct nat64_flow *nat64_flow_find(struct nat64_flows *flows,
				   const struct nat64_flow_key *key)
{
	return rhashtable_lookup(&flows->table, key, nat64_flow_params);
}

/* The flow that comes in where another one leaves, or NULL. */
static struct nat64_flow *nat64_flow_opposite(struct nat64_flows *flows,
					      const struct nat64_flow *flow)
{
	const struct nat64_tuple tuple = {
		.saddr6 = flow->tuple.daddr6,
		.daddr6 = flow->tuple.saddr6,
		.saddr4 = flow->tuple.daddr4,
		.daddr4 = flow->tuple.saddr4,
		.sport = ((const __be16 *)&flow->ports)[1],
		.dport = ((const __be16 *)&flow->ports)[0],
		.protocol = flow->tuple.protocol,
	};
	const struct nat64_flow_key key = {
		.tuple = &tuple,
		.iif = flow->dst->dev->ifindex,
		.ipv6 = !flow->ipv6,
	};

	return nat64_flow_find(flows, &key);
}

/**
 * nat64_flow_end_both() - end a flow and that of the answers
 * @flows: the table
 * @flow: a flow of it
 *
 * The answers' flow stays, until it expires, if they do not come in where this
 * one leaves.
 *
 * Context: RCU read side.
 */
void nat64_flow_end_both(struct nat64_flows *flows, struct nat64_flow *flow)
{
	struct nat64_flow *opposite = nat64_flow_opposite(flows, flow);

	WRITE_ONCE(flow->expires, (u32)jiffies);
	if (opposite)
		WRITE_ONCE(opposite->expires, (u32)jiffies);
}

/**
 * nat64_flow_is_new() - whether this is the first packet of a flow
 * @flows: the table
 * @key: the packet
 *
 * One packet is not worth a flow: scans and most lookups of names have no more.
 * Flows with the same hash, which a sender can make, may take each other's
 * place. It costs each of them another packet on the slow path, or a flow is made
 * of a first packet.
 *
 * Context: any.
 */
bool nat64_flow_is_new(struct nat64_flows *flows,
		       const struct nat64_flow_key *key)
{
	u32 hash = nat64_flow_weak_hash(key->tuple, key->ipv6, key->iif, flows->seed);
	u16 *seen = &flows->seen[hash & flows->seen_mask];
	u16 mark = hash >> 16;

	if (READ_ONCE(*seen) == mark)
		return false;
	WRITE_ONCE(*seen, mark);
	return true;
}

/**
 * nat64_flow_place_late() - the place of a flow whose packet is received later
 * @flows: the table
 * @tuple: the packet, as the translator has left it
 * @ipv6: whether that is an IPv6 packet
 *
 * Nobody tells when the packet has come to its end. So each translated packet
 * that looks like it, whether a flow is made of it or not, has to clear this
 * place. What is not translated, but may look like it at its address, must find
 * no flow: copies, and fragments that were put together.
 *
 * Return: the place, which others may have, too
 */
struct nat64_flow __rcu **nat64_flow_place_late(struct nat64_flows *flows,
						const struct nat64_tuple *tuple, bool ipv6)
{
	return &flows->making[nat64_flow_weak_hash(tuple, ipv6, 0, flows->seed) %
			      ARRAY_SIZE(flows->making)];
}

/**
 * nat64_flow_alloc() - a flow to make in a place
 * @flows: the table
 * @place: the place. If there is a flow in it, the caller gets that, and no flow
 *	   is made of that one's packet. So packets of which none can be made do
 *	   not allocate one each.
 *
 * The memory is charged to whoever made the device. GFP_ATOMIC could exceed
 * their limit.
 *
 * Context: RCU read side.
 * Return: the flow, with anything in it, or NULL
 */
struct nat64_flow *nat64_flow_alloc(const struct nat64_flows *flows,
				    struct nat64_flow __rcu **place)
{
	struct nat64_flow *flow = NULL;
	struct mem_cgroup *old;

	if (rcu_access_pointer(*place))
		flow = unrcu_pointer(xchg(place, NULL));
	if (flow)
		return flow;
	old = set_active_memcg(flows->nat->dynamic.memcg);
	flow = kmalloc(sizeof(*flow), GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	set_active_memcg(old);
	return flow;
}

/**
 * nat64_flow_start() - a translated packet is on its way to POSTROUTING
 * @place: the place of its flow
 * @flow: what is known so far: all but the way out. @flow.tuple has the
 *	  translator's addresses, and the ports, which it does not change.
 * @skb: the packet
 *
 * Context: RCU read side.
 */
void nat64_flow_start(struct nat64_flow __rcu **place, struct nat64_flow *flow,
		      const struct sk_buff *skb)
{
	struct nat64_flow *old;

	WRITE_ONCE(flow->skb, skb);
	old = unrcu_pointer(xchg(place, RCU_INITIALIZER(flow)));
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * nat64_flow_take() - take the flow that is being made of a packet
 * @place: the place of its flow
 * @skb: the packet
 *
 * Context: RCU read side.
 * Return: the flow, which is the caller's now, or NULL
 */
struct nat64_flow *nat64_flow_take(struct nat64_flow __rcu **place, const struct sk_buff *skb)
{
	struct nat64_flow *flow = rcu_dereference(*place);

	if (!flow || READ_ONCE(flow->skb) != skb)
		return NULL;
	if (unrcu_pointer(cmpxchg(place, RCU_INITIALIZER(flow), NULL)) != flow)
		return NULL;
	if (likely(flow->skb == skb))
		return flow;
	/* Meanwhile, another CPU has made it that of another packet. */
	kfree_rcu(flow, rcu);
	return NULL;
}

/**
 * nat64_flow_give_up() - leave a flow to whoever needs one in this place
 * @place: the place
 * @flow: the flow, taken
 *
 * Context: RCU read side.
 */
void nat64_flow_give_up(struct nat64_flow __rcu **place, struct nat64_flow *flow)
{
	WRITE_ONCE(flow->skb, NULL);
	if (cmpxchg(place, NULL, RCU_INITIALIZER(flow)))
		kfree_rcu(flow, rcu);
}

/**
 * nat64_flow_add() - add a finished flow, in the place of one with the same key
 * @flows: the table
 * @flow: the flow
 *
 * Context: softirqs off, RCU read side.
 * Return: 0, -ENOSPC if there are too many, or the error of rhashtable; then
 * the flow is not in the table
 */
int nat64_flow_add(struct nat64_flows *flows, struct nat64_flow *flow)
{
	const struct nat64_flow_key key = {
		.tuple = &flow->tuple,
		.iif = flow->iif,
		.ipv6 = flow->ipv6,
	};
	struct nat64_flow *old;
	int err;

	old = nat64_flow_find(flows, &key);
	if (!old) {
		if (atomic_read(&flows->table.nelems) >= flows->max)
			return -ENOSPC;
		return rhashtable_lookup_insert_key(&flows->table, &key, &flow->node,
						    nat64_flow_params);
	}
	err = rhashtable_replace_fast(&flows->table, &old->node, &flow->node,
				      nat64_flow_params);
	if (!err)
		nat64_flow_free(old);
	return err;
}
