/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line: words and commands.
 */
#ifndef NAT64_CLI_H
#define NAT64_CLI_H

#include <net/if.h>
#include <stdbool.h>

#include "cli/say.h"

#define DEFAULT_DEVICE "nat64"
#define NETNS_DIR "/var/run/netns"

/* The words not yet looked at, NULL behind the last. */
struct words {
	char **next;
};

static inline char *peek_word(const struct words *words)
{
	return *words->next;
}

static inline char *next_word(struct words *words)
{
	return *words->next ? *words->next++ : NULL;
}

/* The first word of a command, which is always there. */
static inline char *first_word(struct words *words)
{
	return *words->next++;
}

struct command {
	const char *name;
	enum status (*run)(struct words *words);
	bool gathers;	/* may wait with others of its kind for one message */
	bool whole;	/* its name must not be shortened, since it removes something */
};

/* The thing that commands are about. If no command is named, the first one is meant. */
struct object {
	const char *name;
	const char *about;
	const char *usage;
	const struct command *commands;
	enum status (*run)(struct words *words);	/* of an object that is a command itself */
	bool whole;					/* as that of a command */
};

/* Each is defined beside its commands. */
extern const struct object dev_object, map_object, flow_object, stats_object, monitor_object,
			   save_object, restore_object, route_object, up_object, down_object, check_object,
			   dns64_object, pref64_object, doctor_object, import_object, top_object,
			   show_object;

/* All of them, as objects.c lists them; NULL behind the last. */
extern const struct object *const objects[];

/* Finds an object by its name, or by a beginning that no other name has; NULL if there is none. */
const struct object *find_object(const char *word);

enum status run_words(char **words);
enum status run_batch(const char *path);

/* Skips the byte order mark that some editors put at the beginning of a file. */
char *skip_bom(char *text);

/*
 * Calls @each with the words of every line of a file, except empty lines; "-" is standard input.
 * Stops when a call fails, but goes on to the end with --force.
 */
enum status read_lines(const char *path, enum status (*each)(char **words));
enum status print_usage(const char *object);

/* Takes the name behind "dev", which has been taken already. */
enum status take_device(struct words *words, char device[IFNAMSIZ]);

/* Takes [dev NAME]. Nothing may follow it. */
enum status take_last_device(struct words *words, char device[IFNAMSIZ]);

#endif /* NAT64_CLI_H */
