/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_STATS_H
#define _NAT64_STATS_H

#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/nat64.h>

/**
 * struct nat64_stats - the counters of an instance on one CPU
 * @count: by enum nat64_stat
 * @syncp: lets 32-bit readers see whole values
 */
struct nat64_stats {
	u64_stats_t count[__NAT64_STAT_MAX];
	struct u64_stats_sync syncp;
};

/* Softirqs must be off. */
static inline void nat64_stats_inc(struct nat64_stats __percpu *stats,
				   enum nat64_stat stat)
{
	struct nat64_stats *mine = this_cpu_ptr(stats);

	u64_stats_update_begin(&mine->syncp);
	u64_stats_inc(&mine->count[stat]);
	u64_stats_update_end(&mine->syncp);
}

struct nat64_stats __percpu *nat64_stats_alloc(void);
u64 nat64_stats_sum(const struct nat64_stats __percpu *stats,
		    enum nat64_stat stat);

#endif /* _NAT64_STATS_H */
