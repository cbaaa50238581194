/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nat64 top: what is measured, and how it is shown.
 */
#ifndef NAT64_TOP_H
#define NAT64_TOP_H

#include <time.h>

#include "cli/color.h"
#include "commands/stats.h"
#include "netlink/link.h"
#include "netlink/mapping_list.h"

/* With more dynamic mappings than this, reading them all for each picture would cost too much. */
#define TOP_MAPPINGS_MAX 100000

struct top_device {
	struct device_stats stats;
	struct link link;
	uint32_t pool_size;
	uint32_t dynamic;
	struct mapping_list mappings;	/* dynamic ones, most recently used first */
	bool too_many;
};

/* What the kernel says at one moment. */
struct top_sample {
	struct timespec time;
	struct top_device *devices;
	size_t count;
};

enum status top_sample_take(const char *device, struct top_sample *sample);
void top_sample_clear(struct top_sample *sample);

/* How @sample differs from @before, per second. Zero for a device that was not there before. */
struct top_rates {
	double counters[NAT64_STAT_MAX + 1];
	double drops;	/* the sum of those that are drops */
	double bits;
};

void top_rates(const struct top_sample *before, const struct top_sample *sample,
	       const struct top_device *device, struct top_rates *rates);

/* Prints the picture as text of so many lines, with the given printf(). */
void top_draw(const struct top_sample *before, const struct top_sample *sample, unsigned int lines,
	      void (*print)(enum color color, const char *format, ...));
void top_print_json(const struct top_sample *before, const struct top_sample *sample);

/* Shows pictures on a terminal until the user quits. */
enum status top_on_screen(const char *device, unsigned int interval);

#endif /* NAT64_TOP_H */
