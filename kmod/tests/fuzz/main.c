// SPDX-License-Identifier: GPL-2.0
/*
 * nat64_fuzz.ko: random packets through the doors of a device, in one kernel thread. What comes out
 * of the device is caught and checked (check.c). Loading the module runs it; scripts/uml/fuzz.sh
 * does.
 *
 * A case is a number: the same seed and number make the same configuration and packet, and what
 * dynamic mappings there are follows from the cases before it in its epoch.
 */

#include "../../device.c"
#include "../../dynamic_end.h"
#include "../../fast.h"
#include "../../map.h"
#include "../../mapping.h"
#include "../../netlink.h"
#include "fuzz.h"

#include <linux/module.h>
#include <linux/moduleparam.h>

static unsigned long long seed = 64;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "what the cases are made from");

static unsigned long long first;
module_param(first, ullong, 0444);
MODULE_PARM_DESC(first, "number of the first case; the epoch that it is in is run from its beginning");

static unsigned long long packets = 100000;
module_param(packets, ullong, 0444);
MODULE_PARM_DESC(packets, "how many cases");

static unsigned int seconds;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "end after that time, if there are still cases then");

static bool faults;
module_param(faults, bool, 0444);
MODULE_PARM_DESC(faults, "allocations may fail: what is lost by that is no mistake");

static struct fuzz_table table;
static struct fuzz_packet packet, reply;
static struct fuzz_result results[2], back;
static struct sk_buff_head caught;
static unsigned long long totals[__NAT64_STAT_MAX], not_covered, runs, last;
static unsigned int wrongs, finds;

#define FUZZ_STAT_NAME(constant, name, text) name,

/* Names of the counters; the first is for NAT64_STAT_UNSPEC + 1. */
static const char *const stat_names[] = {
	NAT64_STATS(FUZZ_STAT_NAME)
};

/* The instance that is to make flows of what comes out of it, or NULL. */
static struct nat64 *learner;

static rx_handler_result_t fuzz_catch(struct sk_buff **pskb)
{
	if (learner)
		fuzz_fast_learn(learner, *pskb);
	__skb_queue_tail(&caught, *pskb);
	return RX_HANDLER_CONSUMED;
}

static struct nat64 *make_device(void)
{
	struct nlattr *tb[IFLA_MAX + 1] = {};
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = rtnl_create_link(&init_net, "nat64", NET_NAME_USER, &nat64_link_ops, tb, NULL);
	if (IS_ERR(dev)) {
		rtnl_unlock();
		return ERR_CAST(dev);
	}
	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
	} else {
		err = dev_open(dev, NULL) ?: netdev_rx_handler_register(dev, fuzz_catch, NULL);
		if (err)
			unregister_netdevice(dev);
	}
	rtnl_unlock();
	if (err)
		return ERR_PTR(err);
	nat64_own_find4(netdev_priv(dev));
	return netdev_priv(dev);
}

static void remove_device(struct nat64 *nat)
{
	rtnl_lock();
	netdev_rx_handler_unregister(nat->dev);
	unregister_netdevice(nat->dev);
	rtnl_unlock();
}

/* Put the configuration in force, without dynamic mappings. Mappings that conflict are left out. */
static int configure(struct nat64 *nat)
{
	struct nat64_config *config;
	unsigned int i, n;
	int err = -ENOMEM;

	mutex_lock(&nat->lock);
	nat64_dynamic_flush(nat);
	config = kmemdup(&table.config, sizeof(table.config), GFP_KERNEL);
	if (config)
		config->table = nat64_table_alloc();
	if (config && config->table)
		err = nat64_set_config(nat, config);
	if (!err) {
		n = table.n_maps;
		table.n_maps = 0;
		for (i = 0; i < n; i++)
			if (!nat64_mapping_add(nat, &table.maps[i].prefix6, &table.maps[i].prefix4,
					       NULL))
				table.maps[table.n_maps++] = table.maps[i];
	} else if (config) {
		if (config->table)
			nat64_table_put(config->table);
		kfree(config);
	}
	mutex_unlock(&nat->lock);
	return err;
}

/* User Mode Linux has only one processor. */
static void read_counts(const struct nat64 *nat, u64 *counts)
{
	BUILD_BUG_ON(IS_ENABLED(CONFIG_SMP) || sizeof(u64_stats_t) != sizeof(*counts));
	memcpy(counts, this_cpu_ptr(nat->stats)->count, sizeof(u64_stats_t) * __NAT64_STAT_MAX);
}

/* Wait until nothing of the packet is on its way any more. */
static void drain(void)
{
	while (local_softirq_pending() & BIT(NET_RX_SOFTIRQ)) {
		local_bh_disable();
		local_bh_enable();
		cond_resched();
	}
}

/* Put a packet through its door; consumes it. Returns false if it was changed but not taken. */
static bool run(struct nat64 *nat, const struct fuzz_packet *what, const struct fuzz_shape *shape,
		struct sk_buff *skb, struct fuzz_result *result)
{
	u64 before[__NAT64_STAT_MAX];
	bool untouched = true;
	unsigned int i;

	__skb_queue_head_init(&caught);
	read_counts(nat, before);
	rcu_read_lock();
	local_bh_disable();
	result->taken = true;
	if (shape->transmit)
		nat64_transmit(nat, skb);
	else if (shape->ingress)
		result->taken = nat64_fast_ingress(nat, skb, NULL) == NF_STOLEN;
	else
		result->taken = nat64_receive(nat, skb);
	local_bh_enable();
	rcu_read_unlock();
	drain();

	__skb_queue_head_init(&result->out);
	skb_queue_splice_init(&caught, &result->out);
	read_counts(nat, result->counts);
	for (i = 1; i < __NAT64_STAT_MAX; i++) {
		result->counts[i] -= before[i];
		totals[i] += result->counts[i];
	}
	if (!result->taken) {
		not_covered++;
		untouched = skb->len == what->len && skb->data == skb_network_header(skb) &&
			    skb->protocol == (what->ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP));
		kfree_skb(skb);
	}
	runs++;
	return untouched;
}

/* Whether @len bytes of a clone, from @at on, are still those of the packet. */
static bool clone_has(const struct sk_buff *clone, const struct fuzz_packet *what,
		      unsigned int at, unsigned int len)
{
	u8 chunk[256];
	unsigned int n;

	for (; len; at += n, len -= n) {
		n = min_t(unsigned int, len, sizeof(chunk));
		if (skb_copy_bits(clone, at, chunk, n) || memcmp(chunk, what->data + at, n))
			return false;
	}
	return true;
}

/*
 * The data of a clone must not change. But the kernel's own skb_gso_segment() writes into packets
 * that it splits, and writes the checksum of packets that it refuses. And ip_do_fragment() writes a
 * header in front of a cloned piece of frag_list.
 */
static bool clone_is_intact(const struct sk_buff *clone, const struct fuzz_packet *what,
			    const struct fuzz_shape *shape, const struct fuzz_result *result)
{
	unsigned int check = shape->csum_start + shape->csum_offset;

	if (result->counts[NAT64_STAT_GSO_SPLIT] || (shape->frag_max_size && shape->list))
		return true;
	if (result->counts[NAT64_STAT_DROP_GSO] && check + sizeof(__sum16) <= what->len)
		return clone_has(clone, what, 0, check) &&
		       clone_has(clone, what, check + sizeof(__sum16),
				 what->len - check - sizeof(__sum16));
	return clone_has(clone, what, 0, what->len);
}

static const char *run_shape(struct nat64 *nat, struct fuzz_rand *rand,
			     const struct fuzz_shape *shape, struct fuzz_result *result)
{
	struct sk_buff *skb = fuzz_skb_make(rand, nat, &packet, shape), *clone = NULL;
	const char *wrong = NULL;

	memset(result->counts, 0, sizeof(result->counts));
	__skb_queue_head_init(&result->out);
	result->taken = false;
	if (!skb)
		return NULL;
	if (shape->cloned)
		clone = skb_clone(skb, GFP_ATOMIC);
	if (!run(nat, &packet, shape, skb, result))
		wrong = "not covered, but changed";
	if (clone && !clone_is_intact(clone, &packet, shape, result))
		wrong = "the data of a clone changed";
	kfree_skb(clone);
	return wrong;
}

/* There and back again. The packet may be for the router itself, whose answer is local. */
static const char *run_back(struct nat64 *nat, struct fuzz_rand *rand,
			    const struct fuzz_shape *there_shape,
			    const struct fuzz_result *result)
{
	struct fuzz_shape shape = {
		.transmit = true, .local = true, .ip_summed = CHECKSUM_NONE, .headroom = 64,
	};
	struct sk_buff *there = skb_peek(&result->out), *skb;
	const char *wrong = NULL;

	if (skb_queue_len(&result->out) != 1 || !fuzz_reply_make(there, &reply))
		return NULL;
	/* Its reply would be a hairpin, too. */
	if (!reply.ipv6 && fuzz_is_behind(nat, ip_hdr(there)->daddr))
		return NULL;
	shape.linear = reply.len;
	skb = fuzz_skb_make(rand, nat, &reply, &shape);
	if (!skb)
		return NULL;
	run(nat, &reply, &shape, skb, &back);
	/* If it is cut into fragments, fuzz_check() has already checked enough. */
	if (skb_queue_len(&back.out) < 2)
		wrong = fuzz_check_back(nat, &table, &packet, there_shape, skb_peek(&back.out));
	__skb_queue_purge(&back.out);
	return wrong;
}

/* Put it through the hook at ingress, which has to know a bad packet from a good one. */
static const char *run_mutant(struct nat64 *nat, struct fuzz_rand *rand,
			      const struct fuzz_shape *shape)
{
	struct fuzz_shape again = *shape;
	const char *wrong;

	fuzz_packet_mutate(rand, &packet);
	again.ingress = true;
	again.ip_summed = CHECKSUM_NONE;
	again.linear = min(shape->linear, packet.len);
	again.list = 0;
	again.frags = again.linear < packet.len;
	wrong = run_shape(nat, rand, &again, &results[1]);
	__skb_queue_purge(&results[1].out);
	return wrong;
}

/* The second packet makes a flow, and the third takes the fast path. */
static const char *run_fast(struct nat64 *nat, struct fuzz_rand *rand,
			    const struct fuzz_shape *shape, const struct fuzz_result *slow)
{
	struct fuzz_shape again = *shape;
	const char *wrong;

	if (shape->transmit || shape->hairpin || skb_queue_len(&slow->out) != 1)
		return NULL;
	learner = nat;
	wrong = run_shape(nat, rand, shape, &results[1]);
	learner = NULL;
	fuzz_fast_purge();
	__skb_queue_purge(&results[1].out);
	if (!shape->gso_type)
		fuzz_shape_again(rand, &packet, &again);
	again.ingress = fuzz_one_in(rand, 2);
	wrong = wrong ?: run_shape(nat, rand, &again, &results[1]);
	wrong = wrong ?: fuzz_fast_check(skb_peek(&slow->out), &results[1]);
	__skb_queue_purge(&results[1].out);
	if (!wrong && !shape->gso_type)
		wrong = run_mutant(nat, rand, &again);
	fuzz_fast_forget(nat);
	return wrong;
}

static void say(u64 number, const struct fuzz_shape *shape, const char *wrong)
{
	unsigned int i;

	pr_info("# case %llu of seed %llu: %s\n", number, seed, wrong);
	pr_info("# %s, %u bytes, IPv%u, l4 at %u%s%s%s\n", shape->transmit ? "transmit" : "receive",
		packet.len, packet.ipv6 ? 6 : 4, packet.l4, packet.sound ? ", sound" : "",
		shape->hairpin ? ", hairpin" : "", shape->cloned ? ", cloned" : "");
	pr_info("# headroom %u, linear %u, frags %u, list %u, ip_summed %u (%u + %u)\n",
		shape->headroom, shape->linear, shape->frags, shape->list, shape->ip_summed,
		shape->csum_start, shape->csum_offset);
	pr_info("# gso %x size %u segs %u, frag_max_size %u\n", shape->gso_type, shape->gso_size,
		shape->gso_segs, shape->frag_max_size);
	for (i = 1; i < __NAT64_STAT_MAX; i++)
		if (results[0].counts[i] || back.counts[i])
			pr_info("# %s: %llu, on the way back %llu\n", stat_names[i - 1],
				results[0].counts[i], back.counts[i]);
	print_hex_dump(KERN_INFO, "# in ", DUMP_PREFIX_OFFSET, 16, 1, packet.data,
		       min(packet.len, 400U), false);
	if (skb_peek(&results[0].out))
		print_hex_dump(KERN_INFO, "# out ", DUMP_PREFIX_OFFSET, 16, 1,
			       skb_peek(&results[0].out)->data,
			       min(skb_headlen(skb_peek(&results[0].out)), 300U), false);
	wrongs++;
}

static void run_case(struct nat64 *nat, u64 number)
{
	struct fuzz_rand rand = { .state = seed + (number << 20) };
	struct fuzz_shape shape, again;
	const char *wrong;

	memset(back.counts, 0, sizeof(back.counts));
	fuzz_packet_make(&rand, &table, &packet);
	fuzz_shape_make(&rand, &packet, &shape);
	wrong = run_shape(nat, &rand, &shape, &results[0]);
	if (!wrong && !faults)
		wrong = fuzz_check(nat, &table, &packet, &shape, &results[0]);
	if (!wrong && !faults && fuzz_one_in(&rand, 4)) {
		again = shape;
		fuzz_shape_again(&rand, &packet, &again);
		wrong = run_shape(nat, &rand, &again, &results[1]);
		if (!wrong)
			wrong = fuzz_check(nat, &table, &packet, &again, &results[1]);
		if (!wrong)
			wrong = fuzz_check_same(&results[0], &results[1]);
		__skb_queue_purge(&results[1].out);
	}
	if (!wrong && !faults && !shape.hairpin && !table.overlaps && !shape.gso_type &&
	    fuzz_one_in(&rand, 3))
		wrong = run_back(nat, &rand, &shape, &results[0]);
	if (!wrong && !faults && fuzz_one_in(&rand, 3))
		wrong = run_fast(nat, &rand, &shape, &results[0]);
	if (wrong)
		say(number, &shape, wrong);
	__skb_queue_purge(&results[0].out);
}

/* Run the packets that went wrong once. */
static int run_finds(struct nat64 *nat)
{
	struct fuzz_rand rand = { .state = seed };
	struct fuzz_shape shape;
	enum nat64_stat stat;
	const char *what, *wrong;
	unsigned int i;
	int err;

	fuzz_find_table(&table);
	err = configure(nat);
	for (i = 0; !err && (what = fuzz_find(i, &packet, &shape, &stat)); i++) {
		wrong = run_shape(nat, &rand, &shape, &results[0]);
		if (!wrong)
			wrong = fuzz_check(nat, &table, &packet, &shape, &results[0]);
		if (!wrong && !results[0].counts[stat])
			wrong = "counted as something else";
		if (wrong)
			say(i, &shape, wrong);
		pr_info("%sok %u - find: %s\n", wrong ? "not " : "", i + 1, what);
		__skb_queue_purge(&results[0].out);
	}
	finds = i;
	return err;
}

static int run_all(struct nat64 *nat)
{
	u64 number, begin = round_down(first, FUZZ_EPOCH);
	unsigned long end = jiffies + seconds * HZ;
	int err;

	for (number = begin; number < first + packets && wrongs < 10; number++) {
		if (number % FUZZ_EPOCH == 0) {
			struct fuzz_rand rand = { .state = seed ^ (number / FUZZ_EPOCH << 32) };

			fuzz_table_make(&rand, &table);
			err = configure(nat);
			if (err && !faults)
				return err;
		}
		run_case(nat, number);
		last = number;
		if (number % 64 == 0)
			cond_resched();
		if (signal_pending(current))
			return -EINTR;
		if (seconds && time_after(jiffies, end))
			break;
	}
	return 0;
}

static void report(ktime_t begin)
{
	u64 ms = ktime_ms_delta(ktime_get(), begin);
	unsigned int i;

	/* A run of a million has many of them. */
	if (!faults && runs > 1000000 && !totals[NAT64_STAT_FAST_HIT]) {
		pr_info("# no packet took the fast path\n");
		wrongs++;
	}
	for (i = 1; i < __NAT64_STAT_MAX; i++)
		pr_info("# %-20s %llu\n", stat_names[i - 1], totals[i]);
	pr_info("# %-20s %llu\n", "not covered", not_covered);
	pr_info("# seed %llu, cases %llu to %llu: %llu packets in %llu s, %llu a second\n", seed,
		first, last, runs, ms / 1000, div64_u64(runs * 1000, ms ?: 1));
	pr_info("%sok %u - fuzz: %llu packets, %u of them wrong\n", wrongs ? "not " : "",
		finds + 1, runs, wrongs);
}

static int __init fuzz_init(void)
{
	ktime_t begin = ktime_get();
	struct nat64 *nat;
	int err = -ENOMEM;

	packet.data = kvzalloc(FUZZ_BUFFER, GFP_KERNEL);
	reply.data = kvzalloc(FUZZ_BUFFER, GFP_KERNEL);
	if (!packet.data || !reply.data || fuzz_check_init())
		goto out_data;
	err = nat64_tables_init();
	if (err)
		goto out_check;
	err = nat64_netlink_init();
	if (err)
		goto out_tables;
	err = nat64_device_init();
	if (err)
		goto out_netlink;
	nat = make_device();
	err = PTR_ERR_OR_ZERO(nat);
	if (err)
		goto out_device;
	err = fuzz_fast_init(nat);
	if (!err)
		err = (faults ? 0 : run_finds(nat)) ?: run_all(nat);
	report(begin);
	fuzz_fast_exit();
	remove_device(nat);
	if (!err && wrongs)
		err = -EBADMSG;
out_device:
	nat64_device_uninit();
out_netlink:
	nat64_netlink_uninit();
out_tables:
	nat64_tables_uninit();
out_check:
	fuzz_check_exit();
out_data:
	kvfree(packet.data);
	kvfree(reply.data);
	/* Fail, so that there is no module to remove again. */
	return err ?: -ECANCELED;
}

module_init(fuzz_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Fuzzing of nat64");
