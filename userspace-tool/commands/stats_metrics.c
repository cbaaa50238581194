// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 stats prometheus, nat64 stats openmetrics: counters and gauges for monitoring.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/stats.h"
#include "files/output.h"
#include "netlink/answers.h"
#include "netlink/genl.h"

struct format {
	const char *family;	/* what the name of a counter's family has behind it */
	const char *end;
};

/* Prometheus 0.0.4 knows a counter by the name of its sample only. */
static const struct format prometheus = { .family = "_total", .end = "" };
static const struct format openmetrics = { .family = "", .end = "# EOF\n" };

static const struct gauge {
	const char *name;
	const char *text;
	uint16_t attr;		/* of enum nat64_attr, a u32 */
} gauges[] = {
	{ "pool_addresses", "IPv4 addresses that the pools can hand out", NAT64_A_POOL_SIZE },
	{ "pool_addresses_used", "IPv4 addresses that are handed out: dynamic mappings",
	  NAT64_A_DYNAMIC_COUNT },
	{ "static_mappings", "static mappings", NAT64_A_STATIC_COUNT },
	{ "quota", "dynamic mappings that a source /64 may have, 0 for no limit", NAT64_A_QUOTA },
	{ "flows", "flows of the fast path that are remembered", NAT64_A_FLOW_COUNT },
	{ "flows_max", "flows of the fast path that may be remembered", NAT64_A_FAST_FLOWS },
};

/* The name of a device may hold anything but "/", ":" and spaces. */
static void print_sample(FILE *file, const char *name, const char *behind, const char *device,
			 uint64_t value)
{
	fprintf(file, "nat64_%s%s{device=\"", name, behind);
	for (; *device; device++) {
		if (*device == '"' || *device == '\\')
			fputc('\\', file);
		fputc(*device, file);
	}
	fprintf(file, "\"} %" PRIu64 "\n", value);
}

static void print_head(FILE *file, const char *name, const char *behind, const char *text,
		       const char *type)
{
	fprintf(file, "# HELP nat64_%s%s %s\n", name, behind, text);
	fprintf(file, "# TYPE nat64_%s%s %s\n", name, behind, type);
}

static void print_counters(FILE *file, const struct format *format, const struct stats_list *list)
{
	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		print_head(file, stat_words[i].name, format->family, stat_words[i].text, "counter");
		for (size_t d = 0; d < list->count; d++)
			print_sample(file, stat_words[i].name, "_total", list->devices[d].name,
				     list->devices[d].values[i]);
	}
}

static void print_gauges(FILE *file, const struct answers *answers)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];

	for (size_t i = 0; i < sizeof(gauges) / sizeof(*gauges); i++) {
		print_head(file, gauges[i].name, "", gauges[i].text, "gauge");
		for (size_t d = 0; d < answers->count; d++) {
			genl_parse(answers->messages[d], attrs, NAT64_A_MAX);
			if (attrs[NAT64_A_IFNAME] && attrs[gauges[i].attr])
				print_sample(file, gauges[i].name, "",
					     mnl_attr_get_str(attrs[NAT64_A_IFNAME]),
					     attr_u32(attrs[gauges[i].attr]));
		}
	}
}

/* Another program reads the file, and nothing in it is secret. */
static enum status begin(struct output *output, const char *path)
{
	enum status status;

	*output = (struct output){ .file = stdout };
	if (!path)
		return DONE;
	status = output_begin(output, path);
	if (!status && fchmod(fileno(output->file), 0644))
		status = output_end(output, fail(REFUSED, "%s: %s", path, strerror(errno)));
	return status;
}

static enum status print(const struct format *format, const char *device, const char *path)
{
	struct answers answers = { };
	struct stats_list list = { };
	struct output output;
	enum status status;

	status = stats_fetch(device, &list);
	if (!status)
		status = answers_fetch(NAT64_CMD_DEV_GET, device, &answers);
	if (!status)
		status = begin(&output, path);
	if (!status) {
		print_counters(output.file, format, &list);
		print_gauges(output.file, &answers);
		fputs(format->end, output.file);
		status = output_end(&output, DONE);
	}
	answers_clear(&answers);
	free(list.devices);
	return status;
}

static enum status metrics(struct words *words, const struct format *format)
{
	char device[IFNAMSIZ] = "";
	enum status status = DONE;
	const char *word, *path = NULL;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev")) {
			status = take_device(words, device);
		} else if (!strcmp(word, "to") && !path) {
			path = next_word(words);
			status = path ? DONE : missing("the file after \"to\"");
		} else {
			status = unknown_word(word);
		}
	}
	return status ? status : print(format, device, path);
}

enum status stats_prometheus(struct words *words)
{
	return metrics(words, &prometheus);
}

enum status stats_openmetrics(struct words *words)
{
	return metrics(words, &openmetrics);
}
