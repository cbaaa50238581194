// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "bulk.h"
#include "dev.h"
#include "genl.h"
#include "link.h"
#include "plan.h"
#include "progress.h"

/* The one that is being read. */
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

/* The device has to be there for its mappings to be staged, but nothing leads to it yet. */
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

static enum status plan_device(struct words *words)
{
	char name[IFNAMSIZ] = DEFAULT_DEVICE;
	struct planned_device *device;
	struct config config;

	if (dev_parse(words, name, &config))
		return WRONG;
	if (find(current, name))
		return fail(WRONG, "dev %s: was given before", name);
	device = append(current, name);
	if (!device)
		return REFUSED;
	device->config = config;
	return create_if_missing(device);
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
	return bulk_add(NAT64_CMD_MAP_STAGE, device, &mapping);
}

static enum status plan_line(char **next)
{
	struct words words = { next };
	const char *object = next_word(&words), *command = next_word(&words);

	progress_step(current->path, place.line);
	if (command && !strcmp(object, "dev") && (!strcmp(command, "add") || !strcmp(command, "set")))
		return plan_device(&words);
	if (command && !strcmp(object, "map") && !strcmp(command, "add"))
		return plan_mapping(&words);
	return fail(WRONG, "\"%s%s%s\": neither \"dev add\" nor \"map add\"", object,
		    command ? " " : "", command ? command : "");
}

enum status plan_read(struct plan *plan, const char *path)
{
	enum status status;

	/* Nothing is to be done by halves, nor before a request of the command's own. */
	options.force = false;
	current = plan;
	memset(plan, 0, sizeof(*plan));
	plan->path = path;
	if (!genl_begin(NAT64_CMD_DEV_GET, ""))
		return REFUSED;
	status = read_lines(path, plan_line);
	if (!status)
		status = bulk_send();
	progress_end();
	return status;
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

enum status plan_commit(struct plan *plan)
{
	enum status status = DONE;

	for (size_t i = 0; !status && i < plan->count; i++)
		status = put_in_force(&plan->devices[i], true);
	for (size_t i = 0; !status && i < plan->count; i++)
		status = put_in_force(&plan->devices[i], false);
	for (size_t i = 0; !status && i < plan->count; i++)
		status = link_bring_up(plan->devices[i].name);
	return status;
}

enum status plan_end(struct plan *plan, enum status status)
{
	for (size_t i = 0; status && i < plan->count; i++) {
		if (plan->devices[i].created)
			link_delete(plan->devices[i].name);
	}
	free(plan->devices);
	return status;
}
