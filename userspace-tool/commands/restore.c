// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 restore: what "nat64 save" has written.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "commands/restore.h"
#include "files/plan.h"
#include "netlink/bulk.h"
#include "netlink/link.h"

static const char usage[] =
	"Usage: nat64 restore [dynamic] FILE\n"
	"\n"
	"Makes devices, their options and their static mappings match the commands in FILE (\"-\" for\n"
	"standard input). Each device changes in one step; if anything is wrong with the file, nothing\n"
	"changes. Other devices are left alone. With the word dynamic, adds the dynamic mappings in\n"
	"FILE that have not expired and do not conflict with others.\n";

static enum status bring_up(const struct planned_device *device)
{
	return link_bring_up(device->name);
}

static enum status restore_config(const char *path)
{
	enum status status;
	struct plan plan;

	status = plan_read(&plan, path, PLAN_TABLE);
	if (!status)
		status = plan_commit(&plan, bring_up);
	return plan_end(&plan, status);
}

static enum status add_line(char **next)
{
	struct words words = { next };
	const char *object = first_word(&words), *command = next_word(&words);
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct mapping mapping;

	topic = "map";
	progress_step(place.file, place.line);
	if (!command || strcmp(object, "map") || strcmp(command, "add"))
		return fail(WRONG, "not a \"map add\"");
	if (mapping_parse_whole(&words, device, &mapping))
		return WRONG;
	if (mapping.type != NAT64_MAP_DYNAMIC)
		return fail(WRONG, "not a dynamic mapping");
	return bulk_add(NAT64_CMD_MAP_ADD, device, &mapping);
}

enum status restore_dynamic(const char *path)
{
	struct bulk_tally tally = { };
	enum status status;

	bulk_count(&tally);
	status = read_lines(path, add_line);
	status = worse(status, bulk_send());
	bulk_count(NULL);
	progress_end();
	fprintf(stderr, "%u dynamic mappings restored, %u there already, %u expired, %u refused\n",
		tally.added, tally.present, tally.expired, tally.refused);
	return status;
}

static enum status restore(struct words *words)
{
	enum status (*what)(const char *path) = restore_config;
	const char *path = next_word(words);

	if (path && !strcmp(path, "dynamic")) {
		what = restore_dynamic;
		path = next_word(words);
	}
	if (!path)
		return missing("the file");
	return peek_word(words) ? unknown_word(peek_word(words)) : what(path);
}

const struct object restore_object = {
	.name = "restore",
	.whole = true,
	.about = "apply a saved configuration",
	.usage = usage,
	.run = restore,
};
