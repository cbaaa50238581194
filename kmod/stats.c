// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of an instance. Every CPU has its own.
 */

#include "stats.h"

/**
 * nat64_stats_sum() - a counter's value over all CPUs
 * @stats: the counters
 * @stat: which
 */
u64 nat64_stats_sum(const struct nat64_stats __percpu *stats,
		    enum nat64_stat stat)
{
	unsigned int start;
	u64 sum = 0, count;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nat64_stats *one = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&one->syncp);
			count = u64_stats_read(&one->count[stat]);
		} while (u64_stats_fetch_retry(&one->syncp, start));
		sum += count;
	}
	return sum;
}

/**
 * nat64_stats_alloc() - make the counters of an instance
 *
 * Context: process context, may sleep.
 * Return: the counters, all zero, for free_percpu(); or NULL
 */
struct nat64_stats __percpu *nat64_stats_alloc(void)
{
	struct nat64_stats __percpu *stats = alloc_percpu(struct nat64_stats);
	int cpu;

	if (stats)
		for_each_possible_cpu(cpu)
			u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}
