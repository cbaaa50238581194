// SPDX-License-Identifier: GPL-2.0
/*
 * From words to commands.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bulk.h"
#include "cli.h"
#include "parse.h"

struct options options;
struct place place;

const struct object *const objects[] = {
	&dev_object,
	&map_object,
	&stats_object,
	&monitor_object,
	&save_object,
	&restore_object,
	&route_object,
	&up_object,
	&down_object,
	&dns64_object,
	&pref64_object,
	&doctor_object,
	&import_object,
	&top_object,
	NULL
};

static const char usage[] =
	"Usage: nat64 [OPTIONS] OBJECT [COMMAND [WORDS]]\n"
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
	"  -V, --version       print the version\n";

enum status fail(enum status status, const char *format, ...)
{
	va_list args;

	fputs("nat64: ", stderr);
	if (place.file)
		fprintf(stderr, "%s:%u: ", place.file, place.line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

enum status unknown_word(const char *word)
{
	return fail(WRONG, "unknown word \"%s\"", word);
}

enum status missing(const char *what)
{
	return fail(WRONG, "%s is missing", what);
}

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

/* Whether @word is @name or its beginning, as with ip(8). */
static bool means(const char *word, const char *name)
{
	return *word && !strncmp(word, name, strlen(word));
}

const struct object *find_object(const char *word)
{
	for (const struct object *const *object = objects; *object; object++) {
		if (means(word, (*object)->name))
			return *object;
	}
	return NULL;
}

static const struct command *find_command(const struct object *object, const char *word)
{
	for (const struct command *command = object->commands; command->name; command++) {
		if (means(word, command->name))
			return command;
	}
	return NULL;
}

static void print_objects(void)
{
	puts("\nOBJECT, of which the beginning will do; \"nat64 OBJECT help\" tells more:");
	for (const struct object *const *object = objects; *object; object++)
		printf("  %-10s %s\n", (*object)->name, (*object)->about);
}

enum status print_usage(const char *word)
{
	const struct object *object;

	if (!word) {
		fputs(usage, stdout);
		print_objects();
		return DONE;
	}
	object = find_object(word);
	if (!object)
		return unknown_word(word);
	fputs(object->usage, stdout);
	return DONE;
}

/* What waits in a bulk message was typed first, so it goes first. */
static enum status run_command(const struct command *command, struct words *words)
{
	enum status before = command->gathers ? DONE : bulk_send();

	if (before && !options.force)
		return before;
	return worse(before, command->run(words));
}

enum status run_words(char **next)
{
	struct words words = { next };
	const struct command *command;
	const struct object *object;
	const char *word;

	word = first_word(&words);
	if (!strcmp(word, "__complete"))
		return complete(words.next);
	if (!strcmp(word, "help"))
		return print_usage(next_word(&words));
	object = find_object(word);
	if (!object)
		return fail(WRONG, "unknown word \"%s\", see \"nat64 help\"", word);

	word = peek_word(&words);
	if (object->run && !(word && !strcmp(word, "help")))
		return run_command(&(struct command){ .run = object->run }, &words);
	if (!word || !strcmp(word, "dev"))
		return run_command(object->commands, &words);
	next_word(&words);
	if (!strcmp(word, "help"))
		return print_usage(object->name);
	command = find_command(object, word);
	if (!command)
		return fail(WRONG, "unknown word \"%s\", see \"nat64 %s help\"", word,
			    object->name);
	return run_command(command, &words);
}
