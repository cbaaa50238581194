/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line: words, commands, and what is said when one of them is wrong.
 */
#ifndef NAT64_CLI_H
#define NAT64_CLI_H

#include <stdbool.h>
#include <net/if.h>

#define DEFAULT_DEVICE "nat64"
#define NETNS_DIR "/var/run/netns"

/* How a command ends; also the exit status. */
enum status {
	DONE,
	REFUSED,	/* by the kernel: not found, not allowed, in the way of something */
	WRONG,		/* the words make no sense */
};

struct options {
	bool json;
	bool pretty;
	bool all;	/* show what is left out otherwise */
	bool force;	/* a batch goes on after a command that failed */
};

extern struct options options;

/* Where the command being run was read; no file for the command line itself. */
struct place {
	const char *file;
	unsigned int line;
};

extern struct place place;

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

/* The first of a command, which is there. */
static inline char *first_word(struct words *words)
{
	return *words->next++;
}

struct command {
	const char *name;
	enum status (*run)(struct words *words);
	bool gathers;	/* may wait with others of its kind for one message (bulk.h) */
	bool whole;	/* its name is never shortened, since it takes away what is there */
};

/* What commands are about. The first command is the one meant where none is named. */
struct object {
	const char *name;
	const char *about;
	const char *usage;
	const struct command *commands;
	enum status (*run)(struct words *words);	/* of an object that is a command itself */
	bool whole;					/* as that of a command */
};

extern const struct object *const objects[];	/* NULL behind the last */
extern const struct object dev_object, map_object, stats_object, monitor_object, save_object,
			   restore_object, route_object, up_object, down_object;
extern const struct object doctor_object, dns64_object, pref64_object, import_object, top_object;

/* By its name, or a beginning of it that no other has; NULL if there is none. */
const struct object *find_object(const char *word);

/* Prints what may take the place of the last of @words, which may be empty or have begun. */
enum status complete(char **words);

enum status run_words(char **words);
enum status run_batch(const char *path);

/* Behind the byte order mark that some editors put in front of a file. */
char *skip_bom(char *text);

/*
 * Calls @each with the words of every line of a file that has some, "-" for standard input, until
 * one fails, or, with --force, to the end.
 */
enum status read_lines(const char *path, enum status (*each)(char **words));
enum status print_usage(const char *object);

static inline enum status worse(enum status a, enum status b)
{
	return a > b ? a : b;
}

/*
 * One line on standard error, with the place if there is one. Returns @status. What is wrong with a
 * line of a file is told once what waits from the lines before it has been done, by settle_line().
 */
enum status fail(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* @status: of the line that was read. Returns that of the first line that failed. */
enum status settle_line(enum status status);

/* They say where to read on: "nat64 TOPIC help". */
enum status unknown_word(const char *word);
enum status missing(const char *what);
enum status missing_value(const char *option);

/* What is being read is about: the name of an object, NULL before there is one. */
extern const char *topic;

/* Takes the name behind "dev", which has been taken already. */
enum status take_device(struct words *words, char device[IFNAMSIZ]);

/* Takes [dev NAME], behind which nothing may follow. */
enum status take_last_device(struct words *words, char device[IFNAMSIZ]);

#endif /* NAT64_CLI_H */
