// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 stats openmetrics: the counters as Prometheus and its like read them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "commands/stats.h"

/* The name of a device may hold anything but "/", ":" and spaces. */
static void print_label(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

static void print_sample(const char *name, const struct device_stats *device, uint64_t value)
{
	printf("nat64_%s_total{device=\"", name);
	print_label(device->name);
	printf("\"} %" PRIu64 "\n", value);
}

void stats_print_openmetrics(const struct stats_list *list)
{
	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		const char *name = stat_words[i].name;

		printf("# TYPE nat64_%s counter\n", name);
		printf("# HELP nat64_%s %s\n", name, stat_words[i].text);
		for (size_t d = 0; d < list->count; d++)
			print_sample(name, &list->devices[d], list->devices[d].values[i]);
	}
	puts("# EOF");
}
