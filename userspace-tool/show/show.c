// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 show, and nat64 alone: each device at a glance, with what leads to it and how it fares.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "commands/dev.h"
#include "commands/stats.h"
#include "doctor/doctor.h"
#include "files/masquerade.h"
#include "netlink/ip.h"

static const char usage[] =
	"Usage: nat64 [-j] [show [NAME]]\n"
	"\n"
	"Shows each device, or one, on a few lines: its prefixes and pools, the mappings, what leads\n"
	"packets to it (hook, rules, routes), how many it has translated, and the most frequent\n"
	"reasons for which it has dropped any. At the end, tells how many problems \"nat64 doctor\"\n"
	"finds. Only root sees rules and problems. \"dev NAME\" is allowed for NAME.\n";

/* As many drop counters and rules are shown of a device. */
#define DROPS_MAX 3
#define RULES_MAX 5

/* A device and what else is to be shown of it. */
struct view {
	const struct instance *instance;
	struct device_stats stats;
	struct ip_list routes;
	struct masquerade masquerade;
};

static void print_label(const char *label)
{
	printf("  %s:", label);
}

static void print_prefixes(const struct prefix_list *list)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < list->count; i++)
		print_color(color_of_family(list->prefixes[i].family), " %s",
			    prefix_text(&list->prefixes[i], text));
}

static void print_pools(const struct instance *instance)
{
	if (!instance->pools.count)
		return;
	print_label("pool");
	print_prefixes(&instance->pools);
	printf(" (%u of %u addresses used)\n", attr_u32(instance->attrs[NAT64_A_DYNAMIC_COUNT]),
	       attr_u32(instance->attrs[NAT64_A_POOL_SIZE]));
}

static void print_list(const char *label, const struct prefix_list *list)
{
	if (!list->count)
		return;
	print_label(label);
	print_prefixes(list);
	putchar('\n');
}

static void print_links(const struct nlattr *list)
{
	const char *separator = " ";
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, list) {
		fputs(separator, stdout);
		print_masked(COLOR_DEVICE, mnl_attr_get_type(attr) == NAT64_HOOK_A_ANY ?
						   "any" : mnl_attr_get_str(attr));
		separator = ",";
	}
}

static bool has_any(const struct nlattr *list)
{
	return list && mnl_attr_get_payload_len(list);
}

static void print_hook(const struct instance *instance)
{
	const struct nlattr *hook = instance->attrs[NAT64_A_HOOK];

	if (!has_any(hook))
		return;
	print_label("hook");
	print_links(hook);
	putchar('\n');
}

static void print_fast(const struct instance *instance)
{
	const struct nlattr *links = instance->attrs[NAT64_A_FAST_DEVICES];
	uint32_t mode = attr_u32(instance->attrs[NAT64_A_FAST]);

	if (!mode)
		return;
	print_label("fast");
	fputs(mode == NAT64_FAST_INGRESS ? " ingress" : " rule", stdout);
	if (mode == NAT64_FAST_INGRESS && has_any(links)) {
		fputs(" on", stdout);
		print_links(links);
	}
	printf(" (%u of %u flows)\n", attr_u32(instance->attrs[NAT64_A_FLOW_COUNT]),
	       attr_u32(instance->attrs[NAT64_A_FAST_FLOWS]));
}

/* The next rule that leads to the device, NULL behind the last. */
static const struct rule *next_rule(const struct firewall *firewall, const char *device, size_t *i)
{
	while (*i < firewall->count) {
		const struct rule *rule = &firewall->rules[(*i)++];

		if (rule_translates(rule, device))
			return rule;
	}
	return NULL;
}

/* The command that would make the rule. */
static char *rule_words(const struct rule *rule)
{
	int len = (int)strlen(rule->text);

	while (len && rule->text[len - 1] == ' ')
		len--;
	return words("%s -t %s %.*s", rule->source->command, rule->table, len, rule->text);
}

static void print_rules(const struct firewall *firewall, const char *device)
{
	const struct rule *rule;
	unsigned int count = 0;
	size_t i = 0;

	while ((rule = next_rule(firewall, device, &i))) {
		char *text;

		if (++count > RULES_MAX)
			continue;
		text = rule_words(rule);
		print_label("rule");
		putchar(' ');
		print_masked(COLOR_PLAIN, text);
		putchar('\n');
		free(text);
	}
	if (count > RULES_MAX)
		printf("  rules: %u more\n", count - RULES_MAX);
}

static void print_routes(const struct ip_list *routes)
{
	char text[PREFIX_STRLEN];

	print_label("routes");
	for (size_t i = 0; i < routes->count; i++)
		print_color(color_of_family(routes->entries[i].prefix.family), " %s",
			    prefix_text(&routes->entries[i].prefix, text));
	puts(routes->count ? "" : " none");
}

static void print_masquerade(const struct masquerade *masquerade)
{
	if (!masquerade->count)
		return;
	print_label("masquerade");
	for (unsigned int i = 0; i < masquerade->count; i++) {
		fputs(i ? "," : " ", stdout);
		print_masked(COLOR_DEVICE, masquerade->links[i].link);
	}
	putchar('\n');
}

/* The counter of drops that comes next by its value, 0 if there is none. */
static int next_drop(const struct device_stats *stats, const bool shown[NAT64_STAT_MAX + 1])
{
	int found = 0;

	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		if (stat_is_drop(i) && !shown[i] && stats->values[i] &&
		    (!found || stats->values[i] > stats->values[found]))
			found = i;
	}
	return found;
}

static void print_drops(const struct device_stats *stats)
{
	bool shown[NAT64_STAT_MAX + 1] = { };
	const char *separator = " ";
	uint64_t rest = 0;
	int stat;

	if (!next_drop(stats, shown))
		return;
	print_label("dropped");
	for (int i = 0; (stat = next_drop(stats, shown)); i++) {
		shown[stat] = true;
		if (i >= DROPS_MAX) {
			rest += stats->values[stat];
			continue;
		}
		fputs(separator, stdout);
		print_color(COLOR_BAD, "%" PRIu64 " %s", stats->values[stat], stat_words[stat].name);
		separator = ", ";
	}
	if (rest)
		printf(", %" PRIu64 " for other reasons", rest);
	putchar('\n');
}

static void print_view(const struct doctor *doctor, const struct view *view)
{
	const struct instance *instance = view->instance;
	bool up = instance->link.up;

	fputs("device: ", stdout);
	print_masked(COLOR_DEVICE, instance->name);
	fputs(" (", stdout);
	print_color(up ? COLOR_GOOD : COLOR_BAD, "%s", up ? "up" : "down");
	puts(")");
	print_list("prefix", &instance->prefixes);
	print_pools(instance);
	print_list("translatable", &instance->translatable);
	printf("  mappings: %u static, %u dynamic\n",
	       attr_u32(instance->attrs[NAT64_A_STATIC_COUNT]),
	       attr_u32(instance->attrs[NAT64_A_DYNAMIC_COUNT]));
	print_hook(instance);
	print_rules(&doctor->firewall, instance->name);
	print_routes(&view->routes);
	print_masquerade(&view->masquerade);
	print_fast(instance);
	printf("  translated: %" PRIu64 " packets from IPv6, %" PRIu64 " from IPv4\n",
	       view->stats.values[NAT64_STAT_XLAT_6TO4], view->stats.values[NAT64_STAT_XLAT_4TO6]);
	print_drops(&view->stats);
	putchar('\n');
}

static void print_forwarding(void)
{
	bool ipv4 = sysctl_number(FORWARDING4) == 1, ipv6 = sysctl_number(FORWARDING6) == 1;

	print_label("forwarding");
	if (ipv4 == ipv6)
		print_color(ipv4 ? COLOR_GOOD : COLOR_BAD, " %s", ipv4 ? "IPv4, IPv6" : "off");
	else
		print_color(COLOR_BAD, " %s only", ipv4 ? "IPv4" : "IPv6");
	putchar('\n');
}

/* @checked: by somebody who sees all. */
static void print_router(const struct doctor *doctor, bool checked)
{
	puts("router");
	print_forwarding();
	print_label("problems");
	if (!checked)
		puts(" only root can look for them, with \"nat64 doctor\"");
	else if (!doctor->findings)
		puts(" none");
	else
		print_color(COLOR_BAD, " %u, see \"nat64 doctor\"\n", doctor->findings);
}

static json_object *problems_to_json(const struct doctor *doctor, const struct instance *instance)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < doctor->findings; i++) {
		const struct finding *finding = &doctor->list[i];

		if (!finding->instance || finding->instance == instance)
			json_object_array_add(array, json_object_new_string(finding->id));
	}
	return array;
}

static json_object *rules_to_json(const struct firewall *firewall, const char *device)
{
	json_object *array = json_object_new_array();
	const struct rule *rule;
	size_t i = 0;

	while ((rule = next_rule(firewall, device, &i))) {
		char *text = rule_words(rule);

		json_object_array_add(array, json_object_new_string(text ?: ""));
		free(text);
	}
	return array;
}

static json_object *routes_to_json(const struct ip_list *routes)
{
	json_object *array = json_object_new_array();
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < routes->count; i++) {
		prefix_text(&routes->entries[i].prefix, text);
		json_object_array_add(array, json_object_new_string(text));
	}
	return array;
}

static json_object *masquerade_to_json(const struct masquerade *masquerade)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < masquerade->count; i++)
		json_object_array_add(array, json_object_new_string(masquerade->links[i].link));
	return array;
}

static void view_to_json(const struct doctor *doctor, const struct view *view, bool checked)
{
	const struct instance *instance = view->instance;
	json_object *object = dev_to_json(instance->name, &instance->link, instance->attrs);

	json_object_object_add(object, "rules", !checked ? NULL :
			       rules_to_json(&doctor->firewall, instance->name));
	json_object_object_add(object, "routes", routes_to_json(&view->routes));
	json_object_object_add(object, "masquerade", !checked ? NULL :
			       masquerade_to_json(&view->masquerade));
	json_object_object_add(object, "stats", stats_to_json(&view->stats));
	json_object_object_add(object, "problems", !checked ? NULL :
			       problems_to_json(doctor, instance));
	json_list_add(object);
}

/* It may have gone meanwhile; then its counters are gone, too. */
static const struct device_stats *find_stats(const struct stats_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->devices[i].name, name))
			return &list->devices[i];
	}
	return NULL;
}

static enum status show_instance(const struct doctor *doctor, const struct instance *instance,
				 const struct device_stats *stats, bool checked)
{
	struct view view = { .instance = instance, .stats = *stats };
	enum status status = ip_find_routes(instance->link.index, &view.routes);

	if (!status && checked)
		status = masquerade_find(instance->name, &view.masquerade);
	if (!status && options.json)
		view_to_json(doctor, &view, checked);
	else if (!status)
		print_view(doctor, &view);
	ip_list_clear(&view.routes);
	return status;
}

static enum status show_all(const struct doctor *doctor, const struct stats_list *list,
			    bool checked, const char *only)
{
	enum status status = DONE;

	if (options.json)
		json_list_begin();
	for (size_t i = 0; i < doctor->count; i++) {
		const struct instance *instance = &doctor->instances[i];
		const struct device_stats *stats = find_stats(list, instance->name);

		if (stats && (!*only || !strcmp(only, instance->name)))
			status = worse(status, show_instance(doctor, instance, stats, checked));
	}
	if (options.json)
		json_list_end();
	else if (doctor->count)
		print_router(doctor, checked);
	else
		puts("There is no NAT64 device. \"nat64 dev add prefix " WELL_KNOWN_PREFIX
		     " pool " RECOMMENDED_POOL "\" makes one, \"nat64 up\" a whole router: see "
		     "nat64.conf(5).");
	return status;
}

static enum status show(struct words *words)
{
	struct doctor doctor = { .silent = true };
	char device[IFNAMSIZ] = "";
	struct stats_list list = { };
	bool root = !geteuid();
	enum status status;

	if (config_take_name(words, device))
		return WRONG;
	if (peek_word(words))
		return unknown_word(peek_word(words));
	/* This one says it if there is no such device. */
	status = stats_fetch(device, &list);
	if (!status && doctor_read(&doctor))
		status = REFUSED;
	if (!status && root && doctor.count)
		doctor_check(&doctor);
	if (!status)
		status = show_all(&doctor, &list, root, device);
	doctor_clear(&doctor);
	free(list.devices);
	return status;
}

const struct object show_object = {
	.name = "show",
	.about = "all devices at a glance",
	.usage = usage,
	.run = show,
};
