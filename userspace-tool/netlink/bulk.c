// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "netlink/bulk.h"
#include "netlink/genl.h"

/* An attribute is 64 KiB long at most, and so is the list of mappings. */
#define BULK_MAX 1000

_Static_assert(BULK_MAX * MAPPING_SIZE < NL_BUFFER_SIZE - 1024, "a bulk must fit a message");

static struct {
	enum nat64_cmd command;
	char device[IFNAMSIZ];
	unsigned int count;
	struct mapping mappings[BULK_MAX];
	unsigned int lines[BULK_MAX];
	struct bulk_tally *tally;
	bool sending;
} bulk;

/* The mapping of the request that the kernel complained about; the first if it did not tell. */
static unsigned int find_culprit(const struct nlmsghdr *nlh, const struct nlattr *maps)
{
	const struct nlattr *culprit = genl_culprit_within(nlh, maps);
	const struct nlattr *attr;
	unsigned int i = 0;

	if (!culprit)
		return 0;
	mnl_attr_for_each_nested(attr, maps) {
		if (attr == culprit)
			break;
		i++;
	}
	return i;
}

/*
 * Sends @count mappings from @first on in one message. @culprit is set if one is refused. The
 * family is known by now, so that the request can be begun.
 */
static enum status send_some(unsigned int first, unsigned int count, unsigned int *culprit)
{
	struct nlmsghdr *nlh = genl_begin(bulk.command, bulk.device);
	struct nlattr *maps = mnl_attr_nest_start(nlh, NAT64_A_MAPS);

	for (unsigned int i = first; i < first + count; i++)
		mapping_put(nlh, &bulk.mappings[i]);
	mnl_attr_nest_end(nlh, maps);
	if (!genl_talk(nlh, NULL, NULL))
		return DONE;
	*culprit = first + find_culprit(nlh, maps);
	return REFUSED;
}

static void say_refused(unsigned int i)
{
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];
	const struct mapping *mapping = &bulk.mappings[i];
	unsigned int line = place.line;

	place.line = bulk.lines[i];
	genl_refused("map %s%s%s", mapping_text6(mapping, text6),
		     mapping->has6 && mapping->has4 ? " " : "", mapping_text4(mapping, text4));
	place.line = line;
}

/* Counts or reports a refused mapping. Fails if the refusal matters. */
static enum status take_refusal(unsigned int i)
{
	if (bulk.tally && nl_generic()->error == EALREADY) {
		bulk.tally->present++;
		return DONE;
	}
	if (bulk.tally && nl_generic()->error == ETIMEDOUT) {
		bulk.tally->expired++;
		return DONE;
	}
	say_refused(i);
	if (!bulk.tally)
		return REFUSED;
	bulk.tally->refused++;
	return DONE;
}

static void count_added(unsigned int count)
{
	if (bulk.tally)
		bulk.tally->added += count;
}

/*
 * A batch promises to run its commands one after the other. If one added static mapping is refused,
 * the whole message is. So the mappings before it are sent again, alone, and those after it one by
 * one, to find each that is refused. Other commands, and additions of dynamic mappings, have
 * already done what came before the refused one.
 */
static bool takes_all_or_none(void)
{
	return bulk.command == NAT64_CMD_MAP_ADD && bulk.mappings[0].type != NAT64_MAP_DYNAMIC;
}

static enum status send_all(void)
{
	unsigned int next = 0, size = bulk.count, culprit;
	enum status status = DONE;

	while (next < bulk.count) {
		if (!send_some(next, size, &culprit)) {
			count_added(size);
			next += size;
			size = 1;
			continue;
		}
		if (takes_all_or_none() && culprit > next) {
			size = culprit - next;
			continue;
		}
		count_added(culprit - next);
		status = worse(status, take_refusal(culprit));
		if (status && !options.force)
			break;
		next = culprit + 1;
		size = takes_all_or_none() ? 1 : bulk.count - next;
	}
	return status;
}

enum status bulk_send(void)
{
	enum status status = DONE;

	bulk.sending = true;
	if (bulk.count)
		status = genl_begin(bulk.command, bulk.device) ? send_all() : REFUSED;
	bulk.sending = false;
	bulk.count = 0;
	return status;
}

/* Changes that are being sent do not wait any more. */
static bool bulk_waits(void)
{
	return bulk.count && !bulk.sending;
}

static const struct pending bulk_pending = { .waits = bulk_waits, .send = bulk_send };

void bulk_count(struct bulk_tally *tally)
{
	bulk.tally = tally;
}

static bool belongs(enum nat64_cmd command, const char *device, const struct mapping *mapping)
{
	return bulk.count < BULK_MAX && bulk.command == command && !strcmp(bulk.device, device) &&
	       (!bulk.count || bulk.mappings[0].type == mapping->type);
}

enum status bulk_add(enum nat64_cmd command, const char *device, const struct mapping *mapping)
{
	enum status before = belongs(command, device, mapping) ? DONE : bulk_send();

	if (before && !options.force)
		return before;
	bulk.command = command;
	memcpy(bulk.device, device, IFNAMSIZ);
	pending = &bulk_pending;
	bulk.mappings[bulk.count] = *mapping;
	bulk.lines[bulk.count] = place.line;
	bulk.count++;
	return before;
}
