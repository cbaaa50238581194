// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "netlink/answers.h"
#include "netlink/genl.h"
#include "top/top.h"

static int by_use(const void *a, const void *b)
{
	const struct mapping *left = a, *right = b;

	if (left->idle != right->idle)
		return left->idle < right->idle ? -1 : 1;
	return memcmp(&left->addr6, &right->addr6, sizeof(left->addr6));
}

static enum status read_mappings(struct top_device *device)
{
	struct mapping_list *list = &device->mappings;

	device->too_many = device->dynamic > TOP_MAPPINGS_MAX;
	if (device->too_many || !device->dynamic)
		return DONE;
	if (mapping_list_fetch(device->stats.name, NAT64_MAP_DYNAMIC, list))
		return REFUSED;
	if (list->count)
		qsort(list->mappings, list->count, sizeof(*list->mappings), by_use);
	return DONE;
}

static enum status read_config(struct top_device *device)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct answers answers = { };

	if (answers_fetch(NAT64_CMD_DEV_GET, device->stats.name, &answers))
		return REFUSED;
	if (answers.count) {
		genl_parse(answers.messages[0], attrs, NAT64_A_MAX);
		device->pool_size = attr_u32(attrs[NAT64_A_POOL_SIZE]);
		device->dynamic = attr_u32(attrs[NAT64_A_DYNAMIC_COUNT]);
	}
	answers_clear(&answers);
	return DONE;
}

static enum status read_device(struct top_device *device)
{
	if (read_config(device) || link_find(device->stats.name, &device->link))
		return REFUSED;
	return read_mappings(device);
}

enum status top_sample_take(const char *device, struct top_sample *sample)
{
	enum status status;
	struct stats_list list = { };

	memset(sample, 0, sizeof(*sample));
	clock_gettime(CLOCK_MONOTONIC, &sample->time);
	status = stats_fetch(device, &list);
	sample->devices = calloc(list.count + 1, sizeof(*sample->devices));
	if (!sample->devices)
		status = fail(REFUSED, "out of memory");
	for (size_t i = 0; !status && i < list.count; i++) {
		sample->devices[i].stats = list.devices[i];
		sample->count++;
		status = read_device(&sample->devices[i]);
	}
	free(list.devices);
	return status;
}

void top_sample_clear(struct top_sample *sample)
{
	for (size_t i = 0; i < sample->count; i++)
		free(sample->devices[i].mappings.mappings);
	free(sample->devices);
	memset(sample, 0, sizeof(*sample));
}

static const struct top_device *find(const struct top_sample *sample, uint32_t index)
{
	for (size_t i = 0; i < sample->count; i++) {
		if (sample->devices[i].link.index == index)
			return &sample->devices[i];
	}
	return NULL;
}

/* A counter that was reset begins at zero. */
static double rate(uint64_t before, uint64_t now, double seconds)
{
	return (now < before ? now : now - before) / seconds;
}

void top_rates(const struct top_sample *before, const struct top_sample *sample,
	       const struct top_device *device, struct top_rates *rates)
{
	const struct top_device *old = find(before, device->link.index);
	double seconds = sample->time.tv_sec - before->time.tv_sec +
			 (sample->time.tv_nsec - before->time.tv_nsec) / 1e9;

	memset(rates, 0, sizeof(*rates));
	if (!old || seconds <= 0)
		return;
	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		rates->counters[i] = rate(old->stats.values[i], device->stats.values[i], seconds);
		if (stat_is_drop(i))
			rates->drops += rates->counters[i];
	}
	rates->bits = rate(old->link.rx_bytes, device->link.rx_bytes, seconds) * 8;
}
