/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that the user may paste into a shell. Whoever may make devices, tables and chains can
 * give them any name. So a name gets into a command only through these functions, which quote it.
 */
#ifndef NAT64_SHELL_H
#define NAT64_SHELL_H

#include <stdio.h>

/*
 * A type of its own, so that the compiler refuses text from elsewhere where a command is wanted.
 * Only shell.c looks inside; check-advice.py sees to that.
 */
struct command_line {
	char *quoted;	/* NULL if memory ran out */
};

/* printf() for commands: each %s becomes one word, or a part of one; %u and %% work, too. */
struct command_line shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Adds to @command, in the same way. */
void shell_append(struct command_line *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One word, quoted if need be; a batch and nat64.conf(5) read it as a shell does. */
void shell_quote(FILE *file, const char *word);

/* NULL if memory ran out. */
const char *shell_text(const struct command_line *command);
void shell_clear(struct command_line *command);

#endif /* NAT64_SHELL_H */
