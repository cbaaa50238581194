// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 top: a sample as text and as JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print.h"
#include "top/top.h"

#define BAR_WIDTH 10
#define DROPS_MAX 8

/* What the functions that draw a picture share. */
struct canvas {
	unsigned int lines;	/* lines that are left */
	void (*print)(enum color color, const char *format, ...);
};

static bool next_line(struct canvas *canvas)
{
	if (!canvas->lines)
		return false;
	canvas->lines--;
	return true;
}

static void draw_bar(struct canvas *canvas, const struct top_device *device)
{
	double share = device->pool_size ? (double)device->dynamic / device->pool_size : 0;
	enum color color = share < 0.75 ? COLOR_GOOD : share < 0.9 ? COLOR_DOUBT : COLOR_BAD;
	int width = share * BAR_WIDTH + 0.999;

	if (!device->pool_size) {
		canvas->print(COLOR_PLAIN, "  no pool\n");
		return;
	}
	canvas->print(COLOR_PLAIN, "  [");
	canvas->print(color, "%.*s", width, "##########");
	canvas->print(COLOR_PLAIN, "%*s] %u of %u\n", BAR_WIDTH - width, "", device->dynamic,
		      device->pool_size);
}

static void draw_devices(struct canvas *canvas, const struct top_sample *before,
			 const struct top_sample *sample)
{
	struct top_rates rates;

	if (next_line(canvas))
		canvas->print(COLOR_PLAIN, "%-15s %9s %9s %8s %8s  %s\n", "DEVICE", "6TO4/s", "4TO6/s",
			      "MBIT/s", "DROPS/s", "POOL");
	for (size_t i = 0; i < sample->count && next_line(canvas); i++) {
		const struct top_device *device = &sample->devices[i];

		char name[IFNAMSIZ];

		top_rates(before, sample, device, &rates);
		memcpy(name, device->stats.name, sizeof(name));
		canvas->print(COLOR_DEVICE, "%-15s", mask(name));
		canvas->print(COLOR_PLAIN, " %9.0f %9.0f %8.1f", rates.counters[NAT64_STAT_XLAT_6TO4],
			      rates.counters[NAT64_STAT_XLAT_4TO6], rates.bits / 1e6);
		canvas->print(rates.drops > 0 ? COLOR_BAD : COLOR_PLAIN, " %8.1f", rates.drops);
		draw_bar(canvas, device);
	}
}

struct drop {
	int stat;
	double rate;
	uint64_t total;
};

static int by_rate(const void *a, const void *b)
{
	const struct drop *left = a, *right = b;

	if (left->rate != right->rate)
		return left->rate > right->rate ? -1 : 1;
	return left->total > right->total ? -1 : left->total < right->total;
}

static size_t list_drops(const struct top_device *device, const struct top_rates *rates,
			 struct drop drops[NAT64_STAT_MAX])
{
	size_t count = 0;

	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		if (stat_is_drop(i) && device->stats.values[i])
			drops[count++] = (struct drop){ i, rates->counters[i], device->stats.values[i] };
	}
	qsort(drops, count, sizeof(*drops), by_rate);
	return count < DROPS_MAX ? count : DROPS_MAX;
}

static void draw_drops(struct canvas *canvas, const struct top_sample *before,
		       const struct top_sample *sample, const struct top_device *device)
{
	struct drop drops[NAT64_STAT_MAX];
	struct top_rates rates;
	size_t count;

	top_rates(before, sample, device, &rates);
	count = list_drops(device, &rates, drops);
	if (!count || canvas->lines < 3)
		return;
	next_line(canvas);
	next_line(canvas);
	canvas->print(COLOR_PLAIN, "\nDROPPED by %s%*s %9s %12s\n", device->stats.name,
		      (int)(22 - snprintf(NULL, 0, "DROPPED by %s", device->stats.name)), "", "/s",
		      "TOTAL");
	for (size_t i = 0; i < count && next_line(canvas); i++) {
		canvas->print(COLOR_PLAIN, "%-22s ", stat_words[drops[i].stat].name);
		canvas->print(drops[i].rate > 0 ? COLOR_BAD : COLOR_PLAIN, "%9.1f", drops[i].rate);
		canvas->print(COLOR_PLAIN, " %12" PRIu64 "\n", drops[i].total);
	}
}

/* Mappings have no counters of their own, since these would cost every packet some time. */
static void draw_mappings(struct canvas *canvas, const struct top_device *device, unsigned int share)
{
	const struct mapping_list *list = &device->mappings;
	char text[PREFIX_STRLEN];

	if (!device->dynamic || share < 3)
		return;
	next_line(canvas);
	next_line(canvas);
	if (device->too_many) {
		canvas->print(COLOR_PLAIN, "\n%s has too many mappings to list\n", device->stats.name);
		return;
	}
	canvas->print(COLOR_PLAIN, "\n%6s  %-39s %s\n", "IDLE", "MOST RECENTLY USED",
		      device->stats.name);
	for (size_t i = 0; i < list->count && i + 2 < share && next_line(canvas); i++) {
		canvas->print(COLOR_PLAIN, "%5us  ", list->mappings[i].idle);
		canvas->print(COLOR_INET6, "%-39s", mapping_text6(&list->mappings[i], text));
		canvas->print(COLOR_INET, " %s\n", mapping_text4(&list->mappings[i], text));
	}
}

void top_draw(const struct top_sample *before, const struct top_sample *sample, unsigned int lines,
	      void (*print)(enum color color, const char *format, ...))
{
	struct canvas canvas = { .lines = lines, .print = print };

	draw_devices(&canvas, before, sample);
	for (size_t i = 0; i < sample->count; i++)
		draw_drops(&canvas, before, sample, &sample->devices[i]);
	for (size_t i = 0; i < sample->count; i++)
		draw_mappings(&canvas, &sample->devices[i], canvas.lines / (sample->count - i));
}

static void add_rate(json_object *object, const char *name, double rate)
{
	char text[32];

	snprintf(text, sizeof(text), "%.1f", rate);
	json_object_object_add(object, name, json_object_new_double_s(rate, text));
}

static json_object *mappings_to_json(const struct mapping_list *list)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->count && i < 10; i++) {
		json_object *object = json_object_new_object();

		mapping_to_json(&list->mappings[i], object);
		json_object_array_add(array, object);
	}
	return array;
}

static json_object *device_to_json(const struct top_sample *before, const struct top_sample *sample,
				   const struct top_device *device)
{
	json_object *object = json_object_new_object(), *drops = json_object_new_object();
	struct drop list[NAT64_STAT_MAX];
	struct top_rates rates;
	size_t count;

	top_rates(before, sample, device, &rates);
	count = list_drops(device, &rates, list);
	json_object_object_add(object, "ifname", json_object_new_string(device->stats.name));
	add_rate(object, "xlat_6to4", rates.counters[NAT64_STAT_XLAT_6TO4]);
	add_rate(object, "xlat_4to6", rates.counters[NAT64_STAT_XLAT_4TO6]);
	add_rate(object, "bits", rates.bits);
	for (size_t i = 0; i < count; i++)
		add_rate(drops, stat_words[list[i].stat].name, list[i].rate);
	json_object_object_add(object, "drops", drops);
	json_object_object_add(object, "dynamic", json_object_new_int64(device->dynamic));
	json_object_object_add(object, "pool_size", json_object_new_int64(device->pool_size));
	json_object_object_add(object, "recent", mappings_to_json(&device->mappings));
	return object;
}

void top_print_json(const struct top_sample *before, const struct top_sample *sample)
{
	for (size_t i = 0; i < sample->count; i++)
		json_line(device_to_json(before, sample, &sample->devices[i]));
}
