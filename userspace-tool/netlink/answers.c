// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "netlink/answers.h"
#include "netlink/genl.h"

static enum status add(const struct nlmsghdr *nlh, void *data)
{
	struct answers *answers = data;
	struct nlmsghdr **messages, *copy;

	copy = malloc(nlh->nlmsg_len);
	messages = reallocarray(answers->messages, answers->count + 1, sizeof(*messages));
	if (messages)
		answers->messages = messages;
	if (!messages || !copy) {
		free(copy);
		return fail(REFUSED, "out of memory");
	}
	memcpy(copy, nlh, nlh->nlmsg_len);
	messages[answers->count++] = copy;
	return DONE;
}

static void restart(void *data)
{
	answers_clear(data);
}

enum status answers_fetch(enum nat64_cmd command, const char *device, struct answers *answers)
{
	struct nlmsghdr *nlh = genl_begin(command, device);
	enum status status;

	if (!nlh)
		return REFUSED;
	if (*device)
		status = genl_talk(nlh, add, answers);
	else
		status = genl_dump(nlh, add, restart, answers);
	return status ? genl_refused("dev %s", *device ? device : "show") : DONE;
}

void answers_clear(struct answers *answers)
{
	while (answers->count)
		free(answers->messages[--answers->count]);
	free(answers->messages);
	answers->messages = NULL;
}
