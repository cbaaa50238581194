// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 check: whether "nat64 up" and "nat64 restore" would take a file.
 */
#include "cli/cli.h"
#include "files/plan.h"

static const char usage[] =
	"Usage: nat64 check FILE\n"
	"\n"
	"Reads FILE (\"-\" for standard input) as \"nat64 up\" does, and prints every mistake with its\n"
	"line. Nothing changes, and neither the kernel module nor root is needed. What depends on the\n"
	"machine is not checked, such as the names of other devices and their routes. Exit status: 0 if\n"
	"there is no mistake, 1 if the kernel would refuse something, 2 if a line makes no sense.\n";

static enum status check(struct words *words)
{
	const char *path = next_word(words);

	if (!path)
		return missing("the file");
	return peek_word(words) ? unknown_word(peek_word(words)) : plan_check(path);
}

const struct object check_object = {
	.name = "check",
	.about = "find the mistakes in a configuration",
	.usage = usage,
	.run = check,
};
