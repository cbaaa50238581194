// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 __complete: what may be typed next. The completions of the shells ask this, so that they
 * offer exactly what the command takes.
 */
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "commands/complete.h"
#include "commands/stats.h"
#include "netlink/config_table.h"
#include "netlink/link.h"

/* The line that tells a shell to offer files as well. */
#define FILES ":"

#define WORDS_MAX 64

/*
 * What may follow. @object and @command are lists of words, and one of them has to match; NULL
 * matches anything. @last is the word just before. The first rule that matches counts.
 */
static const struct {
	const char *object;
	const char *command;
	const char *last;
	const char *choices;
} rules[] = {
	{ NULL,			NULL,		"dev",		"%dev" },
	{ "show",		NULL,		"show",		"%dev" },
	{ "dev",		"show list delete del", NULL,	"%dev" },
	{ "dev",		"set",		"set",		"%dev %option" },
	{ "dev",		"add set",	NULL,		"%option" },
	{ "map",		"add",		"dynamic",	"idle used dev" },
	{ "map",		"add",		NULL,		"dynamic dev" },
	{ "map",		"show list",	"idle",		"" },
	{ "map",		"show list",	NULL,		"static dynamic idle connections dev" },
	{ "map",		"flush",	NULL,		"static dynamic dev" },
	{ "map",		NULL,		NULL,		"dev" },
	{ "flow",		NULL,		NULL,		"dev" },
	{ "route",		NULL,		NULL,		"from to dev" },
	{ "stats",		"explain",	NULL,		"%counter" },
	{ "stats",		NULL,		"to",		"%file" },
	{ "stats",		"prometheus openmetrics", NULL,	"dev to" },
	{ "stats",		NULL,		NULL,		"dev" },
	{ "monitor",		NULL,		NULL,		"dev" },
	{ "top",		NULL,		"count",	"" },
	{ "top",		NULL,		"interval",	"" },
	{ "top",		NULL,		NULL,		"batch count interval dev" },
	{ "save",		NULL,		"to",		"%file" },
	{ "save",		NULL,		NULL,		"dynamic dev all to" },
	{ "restore",		NULL,		"restore",	"dynamic %file" },
	{ "restore",		NULL,		"dynamic",	"%file" },
	{ "up down",		NULL,		"up",		"%file" },
	{ "up down",		NULL,		"down",		"%file" },
	{ "check",		NULL,		"check",	"%file" },
	{ "import",		NULL,		"tayga",	"%file" },
	{ "import",		NULL,		"jool",		"%file" },
	{ "import",		NULL,		NULL,		"dev" },
	{ "pref64",		NULL,		"interface",	"%link" },
	{ "pref64",		NULL,		"lifetime",	"" },
	{ "pref64",		NULL,		NULL,		"dev prefix interface lifetime" },
	{ "dns64",		NULL,		NULL,		"dev prefix clients" },
};

static const char *typed;	/* the beginning of the word, typed so far */

static void offer_about(const char *word, const char *about)
{
	if (strncmp(word, typed, strlen(typed)))
		return;
	printf(about ? "%s\t%s\n" : "%s\n", word, about);
}

static void offer(const char *word)
{
	offer_about(word, NULL);
}

static void offer_links(bool only_nat64)
{
	struct if_nameindex *names = if_nameindex();
	struct link link;

	for (struct if_nameindex *name = names; name && name->if_name; name++) {
		if (!only_nat64 || (!link_find(name->if_name, &link) && link.is_nat64))
			offer(name->if_name);
	}
	if (names)
		if_freenameindex(names);
}

static void offer_namespaces(void)
{
	DIR *directory = opendir(NETNS_DIR);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (*entry->d_name != '.')
			offer(entry->d_name);
	}
	if (directory)
		closedir(directory);
}

static void offer_options(void)
{
	const struct config_option *option;

	for_each_option(option)
		offer(option->name);
}

static void offer_counters(void)
{
	for (int i = 1; i <= NAT64_STAT_MAX; i++)
		offer_about(stat_words[i].name, stat_words[i].text);
}

static void offer_choice(const char *choice)
{
	if (!strcmp(choice, "%dev"))
		offer_links(true);
	else if (!strcmp(choice, "%link"))
		offer_links(false);
	else if (!strcmp(choice, "%option"))
		offer_options();
	else if (!strcmp(choice, "%counter"))
		offer_counters();
	else if (!strcmp(choice, "%file"))
		puts(FILES);
	else
		offer(choice);
}

static void offer_list(const char *list)
{
	char copy[256], *rest = copy, *choice;

	snprintf(copy, sizeof(copy), "%s", list);
	while ((choice = strsep(&rest, " ")) && *choice)
		offer_choice(choice);
}

/* Whether @word is one of @list. Without a list, any word is. */
static bool is_among(const char *word, const char *list)
{
	size_t len = word ? strlen(word) : 0;

	if (!list)
		return true;
	for (const char *at = list; len && (at = strstr(at, word)); at++) {
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	}
	return false;
}

/* Offers the values of a device's option; false if the last word is no option. */
static bool offer_value(const char *last)
{
	const struct config_option *option;

	for_each_option(option) {
		if (strcmp(last, option->name))
			continue;
		for (int i = 0; i < CHOICES && option->choices[i]; i++)
			offer(option->choices[i]);
		if (option->kind == DEVICES)
			offer_links(false);
		if (option->none)
			offer("none");
		return true;
	}
	return false;
}

static void offer_objects(void)
{
	for (const struct object *const *object = objects; *object; object++)
		offer_about((*object)->name, (*object)->about);
	offer("help");
}

static void offer_commands(const struct object *object)
{
	for (const struct command *command = object->commands; command && command->name; command++) {
		if (*command->name && strcmp(command->name, "list") && strcmp(command->name, "delete"))
			offer(command->name);
	}
	offer("help");
}

static void offer_next(const char *const *words, unsigned int count)
{
	const struct object *object = count ? find_object(words[0]) : NULL;
	const char *command = count > 1 ? words[1] : NULL, *last = count ? words[count - 1] : "";

	if (!count) {
		offer_objects();
		return;
	}
	if (!object || !strcmp(last, "help"))
		return;
	if (count == 1)
		offer_commands(object);
	if (count == 1 && !object->run)
		return;
	if (count > 2 && object == &dev_object && offer_value(last))
		return;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (is_among(object->name, rules[i].object) && is_among(command, rules[i].command) &&
		    is_among(last, rules[i].last)) {
			offer_list(rules[i].choices);
			return;
		}
	}
}

static bool takes_value(const char *option)
{
	return is_among(option, "-n --netns -b --batch");
}

enum status complete(char **next)
{
	const char *words[WORDS_MAX], *before = "";
	unsigned int count = 0;

	if (!*next)
		return DONE;
	for (; next[1]; next++) {
		if (takes_value(before))
			before = "";
		else
			before = *next;
		if (*before && *before != '-' && count < WORDS_MAX)
			words[count++] = before;
	}
	typed = *next;
	if (is_among(before, "-n --netns"))
		offer_namespaces();
	else if (takes_value(before))
		puts(FILES);
	else if (*typed == '-')
		offer_list("--json --pretty --all --color --netns --batch --force --help --version");
	else
		offer_next(words, count);
	return DONE;
}
