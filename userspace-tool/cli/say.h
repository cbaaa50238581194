/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How commands end, and what is said when something is wrong: below everything else.
 */
#ifndef NAT64_SAY_H
#define NAT64_SAY_H

#include <stdbool.h>
#include <stdio.h>

/* How a command ends; also the exit status. */
enum status {
	DONE,
	REFUSED,	/* by the kernel: not found, not allowed, in the way of something */
	WRONG,		/* the words make no sense */
};

static inline enum status worse(enum status a, enum status b)
{
	return a > b ? a : b;
}

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
	const char *part;	/* instead of the line, where a file has none; "" for all of it; else NULL */
};

extern struct place place;

/* "FILE:LINE: ", "FILE: PART: " or "FILE: ", if there is a place. */
void print_place(FILE *file);

/* What is being read is about: the name of an object, NULL before there is one. */
extern const char *topic;

/* Requests that are held back, to be sent together. Who holds some sets this; NULL before. */
struct pending {
	bool (*waits)(void);
	enum status (*send)(void);
};

extern const struct pending *pending;

/* Sends what is held back. Returns the status of the first that failed. */
enum status send_pending(void);

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

/* What a terminal, or a file of lines, would take for more than text becomes "?". Returns @text. */
char *mask(char *text);

#endif /* NAT64_SAY_H */
