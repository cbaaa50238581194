/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other programs, run without a shell: no word is taken for anything else than it is.
 */
#ifndef NAT64_PROGRAM_H
#define NAT64_PROGRAM_H

#include <stdbool.h>

#include "cli/say.h"

/* What became of a program. */
struct program {
	int code;	/* its exit status; negative if a signal has ended it */
	char *output;	/* what it has printed, up to the first NUL */
	char *errors;	/* the same of its standard error */
};

/*
 * Adds root's directories to PATH if it has only those of users, as in a crontab or after su(1)
 * without a login.
 */
void search_sbin(void);

/* Whether there is a program of this name in the directories of PATH. */
bool program_exists(const char *name);

/*
 * Runs @words[0] with these arguments, up to a NULL; @input, if not NULL, is what it reads. Says if
 * it cannot be run, but not if it fails. Clear @program in any case.
 */
enum status program_run(const char *const *words, const char *input, struct program *program);
void program_clear(struct program *program);

/*
 * What a program prints on standard output, to be freed; NULL if that is nothing. Whether the program
 * fails does not count: it may have printed what matters before.
 */
char *program_output(const char *const *words);

/* The first line of a program's errors that says something; "" if there is none. Changes them. */
const char *program_complaint(struct program *program);

#endif /* NAT64_PROGRAM_H */
