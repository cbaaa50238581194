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

/* ADDRESS/LENGTH [dev NAME], or PREFIX [dev NAME] */
static enum status plan_entry(struct words *words, bool address)
{
	struct ip_entry entry = { .line = place.line };
	char name[IFNAMSIZ] = DEFAULT_DEVICE;
	const char *word = next_word(words);
	struct planned_device *device;

	if (!word)
		return missing(address ? "the address" : "the prefix");
	if (address ? parse_address_length(word, &entry.prefix) :
		      parse_prefix(word, AF_UNSPEC, &entry.prefix))
		return WRONG;
	if (take_last_device(words, name))
		return WRONG;
	device = find(current, name);
	if (!device)
		return fail(WRONG, "dev %s: no \"dev add\" before its %s", name,
			    address ? "address" : "route");
	return ip_list_add(address ? &device->addresses : &device->routes, &entry);
}

static enum status plan_line(char **next)
{
	struct words words = { next };
	const char *object = first_word(&words), *command = next_word(&words);

	topic = strcmp(object, "map") ? "dev" : "map";
	progress_step(current->path, place.line);
	if (current->scope != PLAN_TABLE && !strcmp(object, "address"))
		return plan_entry(&(struct words){ next + 1 }, true);
	if (current->scope != PLAN_TABLE && !strcmp(object, "route"))
		return plan_entry(&(struct words){ next + 1 }, false);
	if (command && !strcmp(object, "dev") && (!strcmp(command, "add") || !strcmp(command, "set")))
		return plan_device(&words);
	if (command && !strcmp(object, "map") && !strcmp(command, "add"))
		return plan_mapping(&words);
	return fail(WRONG, "\"%s%s%s\": neither \"dev add\" nor \"map add\"%s", object,
		    command ? " " : "", command ? command : "",
		    current->scope != PLAN_TABLE ? " nor \"address\" nor \"route\"" : "");
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
