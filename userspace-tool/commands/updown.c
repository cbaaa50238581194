// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 up, nat64 down: all that a configuration file says, for the start and stop of a system.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "commands/restore.h"
#include "commands/save.h"
#include "files/plan.h"
#include "netlink/adverts.h"
#include "netlink/forwarding.h"
#include "netlink/link.h"
#include "netlink/onlink.h"
#include "netlink/sysctl.h"

#define DEFAULT_FILE "/etc/nat64/nat64.conf"
#define DEFAULT_STATE "/var/lib/nat64"

static const char up_usage[] =
	"Usage: nat64 up [FILE]\n"
	"\n"
	"Makes devices, mappings, addresses, routes and MASQUERADE match FILE, turns forwarding on if\n"
	"FILE says so, and gives new devices the dynamic mappings that \"nat64 down\" has saved. FILE\n"
	"defaults to " DEFAULT_FILE "; see nat64.conf(5). Running it again with the same\n"
	"file changes nothing.\n";

static const char down_usage[] =
	"Usage: nat64 down [FILE]\n"
	"\n"
	"Saves the dynamic mappings of the devices in FILE and removes the devices, with their\n"
	"addresses, the routes into them and MASQUERADE. Forwarding stays on. FILE defaults to\n"
	DEFAULT_FILE ".\n";

/* Where dynamic mappings are kept; systemd tells its services the directory. */
static const char *state_directory(void)
{
	return getenv("STATE_DIRECTORY") ?: DEFAULT_STATE;
}

/* [FILE] */
static enum status take_file(struct words *words, const char **path)
{
	*path = next_word(words) ?: DEFAULT_FILE;
	return peek_word(words) ? unknown_word(peek_word(words)) : DONE;
}

/* Reports what cannot be restored, but that is no reason to leave a router without its NAT64. */
static void restore_state(const char *device)
{
	const struct place before = place;
	char path[PATH_MAX];

	if (!save_path(state_directory(), device, path) && !access(path, F_OK))
		restore_dynamic(path);
	place = before;
}

static enum status masquerade(const struct planned_device *device)
{
	if (!device->masquerade.count)
		return masquerade_clear(device->name);
	return masquerade_set(device->name, config_setting(&device->config, NAT64_A_POOLS),
			      &device->masquerade);
}

/*
 * Restores mappings before any packets come, which would make other mappings; and after setting the
 * device's own addresses, which no host may get. Masquerades before any packets leave: connections
 * that have left with an address of the pool would keep it.
 */
static enum status bring_up(const struct planned_device *device)
{
	enum status status = ip_set_addresses(device->name, &device->addresses);

	place.line = device->line;
	if (!status && device->created)
		restore_state(device->name);
	if (!status)
		status = masquerade(device);
	place.line = device->line;
	if (!status)
		status = link_bring_up(device->name);
	return status ? status : ip_set_routes(device->name, &device->routes);
}

static void warn_if_off(const char *family, const char *sysctl)
{
	if (sysctl_number("%s", sysctl) == 0)
		fail(DONE, "warning: %s forwarding is off (a line \"forwarding\" in the file turns it "
		     "on)", family);
}

/* Whoever turns it on by other means would lose the default route. */
static void warn_of_adverts(void)
{
	struct adverts_list list;

	if (sysctl_number(FORWARDING6) == 0 && !adverts_read(&list)) {
		for (size_t i = 0; i < list.count; i++) {
			if (list.links[i].has_route && adverts_ignored(list.links[i].link, true))
				fail(DONE, "warning: with forwarding, the IPv6 default route on %s "
				     "is lost, unless its accept_ra is 2 before; a line "
				     "\"forwarding\" sees to that", list.links[i].link);
		}
		adverts_clear(&list);
	}
}

static void warn_of_forwarding(void)
{
	warn_of_adverts();
	warn_if_off("IPv4", FORWARDING4);
	warn_if_off("IPv6", FORWARDING6);
}

/* Such a prefix cuts the router off from its neighbours, or somebody has to answer for it. */
static void warn_of_onlink(const struct ip_list *routes)
{
	char text[PREFIX_STRLEN], network[PREFIX_STRLEN];
	struct onlink onlink;

	for (size_t i = 0; i < routes->count; i++) {
		const struct prefix *prefix = &routes->entries[i].prefix;

		if (!onlink_find(prefix, &onlink) || (!onlink.own && onlink_is_proxy(&onlink)))
			continue;
		place.line = routes->entries[i].line;
		fail(DONE, "warning: %s %s the network %s on %s, %s", prefix_text(prefix, text),
		     onlink.own ? "lies over" : "is in",
		     prefix_text(&onlink.network, network), onlink.link,
		     onlink.own ? "whose hosts are lost to the router" :
				  "whose hosts look for it on the link (see nat64 doctor)");
	}
}

static void warn_of_links(const struct masquerade *masquerade)
{
	for (unsigned int i = 0; i < masquerade->count; i++) {
		place.line = masquerade->links[i].line;
		if (!link_exists(masquerade->links[i].link))
			fail(DONE, "warning: masquerade %s: there is no such device yet",
			     masquerade->links[i].link);
	}
}

/* The links by which packets leave for the Internet heed advertisements as before. */
static enum status forward(const struct plan *plan)
{
	enum status status = DONE;

	if (!plan->forwarding)
		return DONE;
	place.line = plan->forwarding;
	for (size_t i = 0; i < plan->count; i++) {
		const struct masquerade *masquerade = &plan->devices[i].masquerade;

		for (unsigned int j = 0; !status && j < masquerade->count; j++)
			status = forwarding_keep_adverts(masquerade->links[j].link);
	}
	return status ? status : forwarding_on();
}

/* Before plan_end() removes the devices that were not there before. */
static void undo(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->devices[i].created && plan->devices[i].masquerade.count)
			masquerade_clear(plan->devices[i].name);
	}
}

static void warn(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		warn_of_onlink(&plan->devices[i].routes);
		warn_of_links(&plan->devices[i].masquerade);
	}
	place.file = NULL;
	warn_of_forwarding();
}

static enum status up(struct words *words)
{
	enum status status;
	const char *path;
	struct plan plan;

	if (take_file(words, &path))
		return WRONG;
	status = plan_read(&plan, path, PLAN_NETWORK);
	if (!status)
		status = plan_commit(&plan, bring_up);
	if (!status)
		status = forward(&plan);
	if (status)
		undo(&plan);
	else
		warn(&plan);
	status = plan_end(&plan, status);
	place.file = NULL;
	return status;
}

/* Looks only at what is needed to stop: a mistake in an option must not keep the device alive. */
static enum status remove_device(char **next)
{
	struct words words = { next };
	const char *object = first_word(&words), *command = next_word(&words);
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	enum status status;
	struct link link;

	if (!command || strcmp(object, "dev") || (strcmp(command, "add") && strcmp(command, "set")))
		return DONE;
	if (config_take_name(&words, device))
		return WRONG;
	if (!link_exists(device))
		return masquerade_clear(device);
	if (link_find(device, &link))
		return REFUSED;
	if (!link.is_nat64)
		return fail(REFUSED, "dev %s: not a NAT64 device", device);
	status = save_dynamic(device, state_directory());
	status = worse(status, link_delete(device));
	return worse(status, masquerade_clear(device));
}

static enum status down(struct words *words)
{
	const char *path, *directory = state_directory();

	if (take_file(words, &path))
		return WRONG;
	if (mkdir(directory, 0700) && errno != EEXIST)
		fail(DONE, "%s: %s", directory, strerror(errno));
	/* What is wrong with one line must not keep the devices of others alive. */
	options.force = true;
	return read_lines(path, remove_device);
}

const struct object up_object = {
	.name = "up",
	.whole = true,
	.about = "apply /etc/nat64/nat64.conf",
	.usage = up_usage,
	.run = up,
};
const struct object down_object = {
	.name = "down",
	.whole = true,
	.about = "remove what up has made",
	.usage = down_usage,
	.run = down,
};
