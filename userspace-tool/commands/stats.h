/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters: their values, and what there is to say about each.
 */
#ifndef NAT64_STATS_H
#define NAT64_STATS_H

#include <json-c/json.h>
#include <linux/nat64.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

struct device_stats {
	char name[IFNAMSIZ];
	uint64_t values[NAT64_STAT_MAX + 1];
};

struct stats_list {
	struct device_stats *devices;
	size_t count;
};

struct stat_words {
	const char *name;
	const char *text;
};

/* By enum nat64_stat; the first is not used. */
extern const struct stat_words stat_words[NAT64_STAT_MAX + 1];

bool stat_is_drop(int stat);

/*
 * Fetches the counters of a device, or of all if @device is empty. Says what went wrong. The caller
 * frees the list.
 */
enum status stats_fetch(const char *device, struct stats_list *list);

/* All counters by name. */
json_object *stats_to_json(const struct device_stats *device);

/* nat64 stats explain [COUNTER]...: needs no kernel module. */
enum status stats_explain(struct words *words);

/* nat64 stats prometheus|openmetrics [dev NAME] [to FILE] */
enum status stats_prometheus(struct words *words);
enum status stats_openmetrics(struct words *words);

#endif /* NAT64_STATS_H */
