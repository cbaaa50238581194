// SPDX-License-Identifier: GPL-2.0
/*
 * From words to commands.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/parse.h"

static const char usage[] =
	"Usage: nat64 [OPTIONS] [OBJECT [COMMAND [WORDS]]]\n"
	"       nat64 [OPTIONS] -b FILE\n"
	"\n"
	"OPTIONS:\n"
	"  -j, --json          print JSON\n"
	"  -p, --pretty        indent JSON\n"
	"  -c, --color[=WHEN]  use colours: always, never, or auto, which is on a terminal\n"
	"  -a, --all           print counters that are zero, and hash keys\n"
	"  -n, --netns NAME    work in the network namespace NAME\n"
	"  -b, --batch FILE    run the commands in FILE, \"-\" for standard input\n"
	"      --force         go on with a batch after a command that failed\n"
	"  -h, --help          print this, or the usage of OBJECT\n"
	"  -V, --version       print the version\n"
	"\n"
	"Without OBJECT, shows all devices at a glance.\n";

enum status take_device(struct words *words, char device[IFNAMSIZ])
{
	const char *name = next_word(words);

	return name ? parse_device(name, device) : missing("the name after \"dev\"");
}

enum status take_last_device(struct words *words, char device[IFNAMSIZ])
{
	const char *word = next_word(words);

	if (word && strcmp(word, "dev"))
		return unknown_word(word);
	if (word && take_device(words, device))
		return WRONG;
	word = next_word(words);
	return word ? unknown_word(word) : DONE;
}

/* Compares a word with one name after the other, and keeps what it may stand for. */
struct match {
	const char *word;
	const void *found;	/* the last one that fits; the only one unless @ambiguous */
	const void *meaning;	/* names of the same meaning do not compete */
	bool exact;
	bool whole;		/* only a part of the name was typed, but all of it is needed */
	bool ambiguous;
	char names[128];	/* all that fit */
};

static void compare(struct match *match, const char *name, bool whole, const void *found,
		    const void *meaning)
{
	size_t len = strlen(match->names);

	if (match->exact || !*match->word || strncmp(match->word, name, strlen(match->word)))
		return;
	match->exact = !strcmp(match->word, name);
	match->whole |= whole;
	match->ambiguous |= match->found && match->meaning != meaning;
	match->found = found;
	match->meaning = meaning;
	snprintf(match->names + len, sizeof(match->names) - len, "%s%s", len ? " | " : "", name);
}

static bool is_clear(const struct match *match)
{
	return match->exact || (match->found && !match->ambiguous && !match->whole);
}

static enum status not_clear(const struct match *match)
{
	if (!match->found)
		return unknown_word(match->word);
	if (match->ambiguous)
		return fail(WRONG, "\"%s\" may be %s", match->word, match->names);
	return fail(WRONG, "\"%s\": %s cannot be shortened", match->word, match->names);
}

static void match_object(struct match *match, const char *word)
{
	*match = (struct match){ .word = word };
	for (const struct object *const *object = objects; *object; object++)
		compare(match, (*object)->name, (*object)->whole, *object, *object);
}

const struct object *find_object(const char *word)
{
	struct match match;

	match_object(&match, word);
	return is_clear(&match) ? match.found : NULL;
}

static void match_command(struct match *match, const struct object *object, const char *word)
{
	*match = (struct match){ .word = word };
	for (const struct command *command = object->commands; command->name; command++)
		compare(match, command->name, command->whole, command, command->run);
}

static void print_objects(void)
{
	puts("\nOBJECT can be abbreviated as long as it is unambiguous, except for restore, up and\n"
	     "down. \"nat64 OBJECT help\" tells more:");
	for (const struct object *const *object = objects; *object; object++)
		printf("  %-10s %s\n", (*object)->name, (*object)->about);
}

enum status print_usage(const char *word)
{
	const struct object *object;
	struct match match;

	if (!word) {
		fputs(usage, stdout);
		print_objects();
		return DONE;
	}
	match_object(&match, word);
	if (!is_clear(&match))
		return not_clear(&match);
	object = match.found;
	fputs(object->usage, stdout);
	return DONE;
}

/* Sends the requests held back first, since they were typed first. */
static enum status run_command(const struct command *command, struct words *words)
{
	enum status before = command->gathers ? DONE : send_pending();

	if (before && !options.force)
		return before;
	return worse(before, command->run(words));
}

/* To name a device that is called "help", type "dev help". */
static bool is_help(const struct words *words)
{
	return words->next[0] && !strcmp(words->next[0], "help") && !words->next[1];
}

enum status run_words(char **next)
{
	struct words words = { next };
	const struct object *object;
	struct match match;
	const char *word;

	topic = NULL;
	word = first_word(&words);
	if (!strcmp(word, "help"))
		return print_usage(next_word(&words));
	match_object(&match, word);
	if (!is_clear(&match))
		return not_clear(&match);
	object = match.found;
	topic = object->name;

	word = peek_word(&words);
	if (object->run && !(word && !strcmp(word, "help")))
		return run_command(&(struct command){ .run = object->run }, &words);
	if (!word || !strcmp(word, "dev"))
		return run_command(object->commands, &words);
	next_word(&words);
	if (!strcmp(word, "help"))
		return print_usage(object->name);
	match_command(&match, object, word);
	if (!is_clear(&match))
		return not_clear(&match);
	if (is_help(&words))
		return print_usage(object->name);
	return run_command(match.found, &words);
}
