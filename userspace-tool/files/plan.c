// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "files/plan.h"
#include "files/rules.h"
#include "netlink/bulk.h"
#include "netlink/config.h"
#include "netlink/genl.h"
#include "netlink/link.h"

/* The plan that is being read. */
static struct plan *current;

static struct planned_device *find(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (!strcmp(plan->devices[i].name, name))
			return &plan->devices[i];
	}
	return NULL;
}

static struct planned_device *append(struct plan *plan, const char *name)
{
	struct planned_device *devices, *device;

	devices = reallocarray(plan->devices, plan->count + 1, sizeof(*devices));
	if (!devices) {
		fail(REFUSED, "out of memory");
		return NULL;
	}
	plan->devices = devices;
	device = &devices[plan->count++];
	memset(device, 0, sizeof(*device));
	memcpy(device->name, name, strlen(name) + 1);
	device->line = place.line;
	return device;
}

/* Mappings can be staged only for a device that exists. Nothing leads to it yet. */
static enum status create_if_missing(struct planned_device *device)
{
	struct link link;

	if (link_exists(device->name)) {
		if (link_find(device->name, &link))
			return REFUSED;
		return link.is_nat64 ? DONE :
		       fail(REFUSED, "dev %s: not a NAT64 device", device->name);
	}
	if (link_create(device->name))
		return REFUSED;
	device->created = true;
	return DONE;
}

/* If so, we cannot tell which side belongs to this device: the prefix, or the rest of IPv4. */
static bool is_all_translatable(const struct config *config)
{
	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		const struct setting *setting = &config->settings[i];

		if (config_table[i].attr == NAT64_A_TRANSLATABLE)
			return setting->count && !setting->prefixes[0].len;
	}
	return false;
}

/*
 * Routes prefixes, pools and translatable blocks into the device. But if all of IPv4 is
 * translatable, it routes only the pools: with routes for both, one would take back what the other
 * has translated.
 */
static enum status plan_own_routes(struct planned_device *device)
{
	bool either = is_all_translatable(&device->config);
	enum status status = DONE;

	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		const struct setting *setting = &device->config.settings[i];

		if (!is_list(&config_table[i]) || (either && config_table[i].attr != NAT64_A_POOLS))
			continue;
		for (unsigned int j = 0; !status && j < setting->count; j++)
			status = ip_list_add(&device->routes, &(struct ip_entry){
					.prefix = setting->prefixes[j], .line = place.line });
	}
	return status;
}

static enum status plan_device(struct words *words)
{
	char name[IFNAMSIZ] = DEFAULT_DEVICE;
	struct planned_device *device;

	if (config_take_name(words, name))
		return WRONG;
	if (find(current, name))
		return fail(WRONG, "dev %s: was given before", name);
	/* With a mistake in an option, the lines that follow are still about this device. */
	device = append(current, name);
	if (!device)
		return REFUSED;
	if (config_parse(words, &device->config))
		return WRONG;
	if (plan_own_routes(device))
		return REFUSED;
	return current->scope == PLAN_CHECK ? rules_check_config(name, &device->config) :
					      create_if_missing(device);
}

static enum status plan_mapping(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct mapping mapping;

	if (mapping_parse_whole(words, device, &mapping))
		return WRONG;
	if (mapping.type)
		return fail(WRONG, "dynamic mappings are for \"nat64 restore dynamic\"");
	if (!find(current, device))
		return fail(WRONG, "dev %s: no \"dev add\" before its mapping", device);
	return current->scope == PLAN_CHECK ? rules_check_mapping(device, &mapping) :
					      bulk_add(NAT64_CMD_MAP_STAGE, device, &mapping);
}

/* Takes [dev NAME], the end of a line. @what: the kind of line. */
static struct planned_device *take_planned(struct words *words, const char *what)
{
	char name[IFNAMSIZ] = DEFAULT_DEVICE;
	struct planned_device *device;

	if (take_last_device(words, name))
		return NULL;
	device = find(current, name);
	if (!device)
		fail(WRONG, "dev %s: no \"dev add\" before its %s", name, what);
	return device;
}

/* ADDRESS/LENGTH [dev NAME] */
static enum status plan_address(struct words *words)
{
	struct ip_entry entry = { .line = place.line };
	const char *word = next_word(words);
	struct planned_device *device;

	if (!word)
		return missing("the address");
	if (parse_address_length(word, &entry.prefix))
		return WRONG;
	device = take_planned(words, "address");
	return device ? ip_list_add(&device->addresses, &entry) : WRONG;
}

static enum status take_prefix(struct words *words, struct prefix *prefix)
{
	const char *word = next_word(words);

	return word ? parse_prefix(word, AF_UNSPEC, prefix) : missing("the prefix");
}

static struct ip_entry *find_route(struct ip_list *routes, const struct prefix *prefix)
{
	for (size_t i = 0; i < routes->count; i++) {
		struct ip_entry *entry = &routes->entries[i];

		if (entry->prefix.len == prefix->len && prefixes_overlap(&entry->prefix, prefix))
			return entry;
	}
	return NULL;
}

/* PREFIX [metric NUMBER] [dev NAME]; takes the place of the device's own route for the prefix. */
static enum status plan_route(struct words *words)
{
	struct ip_entry entry = { .line = place.line }, *own;
	struct planned_device *device;
	const char *word;

	if (take_prefix(words, &entry.prefix))
		return WRONG;
	word = peek_word(words);
	if (word && !strcmp(word, "metric")) {
		next_word(words);
		word = next_word(words);
		if (!word)
			return missing_value("metric");
		if (parse_number("metric", word, 1, UINT32_MAX, &entry.metric))
			return WRONG;
	}
	device = take_planned(words, "route");
	if (!device)
		return WRONG;
	own = find_route(&device->routes, &entry.prefix);
	if (!own)
		return ip_list_add(&device->routes, &entry);
	*own = entry;
	return DONE;
}

/* PREFIX [dev NAME] */
static enum status plan_noroute(struct words *words)
{
	struct planned_device *device;
	char text[PREFIX_STRLEN];
	struct prefix prefix;
	struct ip_entry *own;

	if (take_prefix(words, &prefix))
		return WRONG;
	device = take_planned(words, "noroute");
	if (!device)
		return WRONG;
	own = find_route(&device->routes, &prefix);
	if (!own)
		return fail(WRONG, "dev %s: \"up\" would add no route for %s", device->name,
			    prefix_text(&prefix, text));
	*own = device->routes.entries[--device->routes.count];
	return DONE;
}

/* DEVICE [dev NAME] */
static enum status plan_masquerade(struct words *words)
{
	const char *word = next_word(words);
	struct planned_device *device;

	if (!word)
		return missing("the device by which packets leave");
	device = take_planned(words, "masquerade");
	if (!device)
		return WRONG;
	if (!config_setting(&device->config, NAT64_A_POOLS)->count)
		return fail(WRONG, "dev %s: has no pool to masquerade", device->name);
	return masquerade_add(&device->masquerade, word);
}

static enum status plan_forwarding(struct words *words)
{
	if (peek_word(words))
		return unknown_word(peek_word(words));
	current->forwarding = place.line;
	return DONE;
}

/* The lines that are no commands. */
static const struct {
	const char *name;
	enum status (*plan)(struct words *words);
} network_lines[] = {
	{ "address",	plan_address },
	{ "route",	plan_route },
	{ "noroute",	plan_noroute },
	{ "masquerade",	plan_masquerade },
	{ "forwarding",	plan_forwarding },
};

static enum status plan_line(char **next)
{
	struct words words = { next };
	const char *object = first_word(&words), *command;

	progress_step(current->path, place.line);
	topic = "up";
	for (size_t i = 0; i < sizeof(network_lines) / sizeof(*network_lines); i++) {
		if (current->scope != PLAN_TABLE && !strcmp(object, network_lines[i].name))
			return network_lines[i].plan(&words);
	}
	topic = strcmp(object, "map") ? "dev" : "map";
	command = next_word(&words);
	if (command && !strcmp(object, "dev") && (!strcmp(command, "add") || !strcmp(command, "set")))
		return plan_device(&words);
	if (command && !strcmp(object, "map") && !strcmp(command, "add"))
		return plan_mapping(&words);
	return fail(WRONG, "\"%s%s%s\": neither \"dev add\" nor \"map add\"%s", object,
		    command ? " " : "", command ? command : "",
		    current->scope == PLAN_TABLE ? "" :
		    ", address, route, noroute, masquerade or forwarding");
}

static void begin(struct plan *plan, const char *path, enum plan_scope scope)
{
	current = plan;
	memset(plan, 0, sizeof(*plan));
	plan->path = path;
	plan->scope = scope;
}

enum status plan_read(struct plan *plan, const char *path, enum plan_scope scope)
{
	enum status status;

	/* Do all or nothing, and do not begin unless the module is there. */
	options.force = false;
	begin(plan, path, scope);
	if (!genl_begin(NAT64_CMD_DEV_GET, ""))
		return REFUSED;
	status = read_lines(path, plan_line);
	if (!status)
		status = bulk_send();
	progress_end();
	return status;
}

enum status plan_check(const char *path)
{
	const bool force = options.force;
	enum status status;
	struct plan plan;

	options.force = true;
	begin(&plan, path, PLAN_CHECK);
	status = read_lines(path, plan_line);
	progress_end();
	options.force = force;
	rules_clear();
	return plan_end(&plan, status);
}

static enum status put_in_force(const struct planned_device *device, bool check)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_DEV_RESTORE, device->name);
	char culprit[CULPRIT_STRLEN];

	config_put(&device->config, nlh);
	if (check)
		mnl_attr_put(nlh, NAT64_A_CHECK, 0, NULL);
	if (!genl_talk(nlh, NULL, NULL))
		return DONE;
	place.line = device->line;
	return genl_refused("dev %s%s", device->name,
			    config_culprit(&device->config, nlh, culprit));
}

enum status plan_commit(struct plan *plan,
			enum status (*bring_up)(const struct planned_device *device))
{
	enum status status = DONE;

	for (size_t i = 0; !status && i < plan->count; i++)
		status = put_in_force(&plan->devices[i], true);
	for (size_t i = 0; !status && i < plan->count; i++)
		status = put_in_force(&plan->devices[i], false);
	for (size_t i = 0; !status && i < plan->count; i++)
		status = bring_up(&plan->devices[i]);
	return status;
}

enum status plan_end(struct plan *plan, enum status status)
{
	for (size_t i = 0; status && i < plan->count; i++) {
		if (plan->devices[i].created)
			link_delete(plan->devices[i].name);
	}
	for (size_t i = 0; i < plan->count; i++) {
		ip_list_clear(&plan->devices[i].addresses);
		ip_list_clear(&plan->devices[i].routes);
	}
	free(plan->devices);
	return status;
}
