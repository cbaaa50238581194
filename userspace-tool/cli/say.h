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
	bool all;	/* also show what is normally left out */
	bool force;	/* a batch goes on after a command that failed */
};

extern struct options options;

/* Where the current command was read; @file is NULL for the command line itself. */
struct place {
	const char *file;
	unsigned int line;
	const char *part;	/* of a file without lines, "" for all of it; else NULL */
};

extern struct place place;

/* "FILE:LINE: ", "FILE: PART: " or "FILE: ", if there is a place. */
void print_place(FILE *file);

/* The name of the object that the current words are about; NULL before it is known. */
extern const char *topic;

/* Requests held back, to be sent together. Whoever holds some sets this; NULL before. */
struct pending {
	bool (*waits)(void);
	enum status (*send)(void);
};

extern const struct pending *pending;

/* Sends the requests held back. Returns the status of the first that failed. */
enum status send_pending(void);

/*
 * Prints one line on standard error, with the place if there is one. Returns @status. If requests
 * from earlier lines of a file are waiting, settle_line() prints it after these are done.
 */
enum status fail(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* @status: of the line that was read. Returns that of the first line that failed. */
enum status settle_line(enum status status);

/* These point to "nat64 TOPIC help". */
enum status unknown_word(const char *word);
enum status missing(const char *what);
enum status missing_value(const char *option);

/* Replaces control characters by "?", for a terminal or a file of lines. Returns @text. */
char *mask(char *text);

#endif /* NAT64_SAY_H */
