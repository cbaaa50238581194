// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/color.h"

static enum { AUTO, ALWAYS, NEVER } when;

/* The numbers that colours have in terminals (ECMA-48, and curses); -1 for their default. */
const short color_numbers[] = {
	[COLOR_PLAIN] = -1,
	[COLOR_DEVICE] = 6,	/* cyan */
	[COLOR_INET6] = 4,	/* blue */
	[COLOR_INET] = 5,	/* magenta */
	[COLOR_GOOD] = 2,	/* green */
	[COLOR_BAD] = 1,	/* red */
	[COLOR_DOUBT] = 3,	/* yellow */
};

enum status color_option(const char *word)
{
	if (!word || !strcmp(word, "always"))
		when = ALWAYS;
	else if (!strcmp(word, "auto"))
		when = AUTO;
	else if (!strcmp(word, "never"))
		when = NEVER;
	else
		return fail(WRONG, "color \"%s\": must be always | auto | never", word);
	return DONE;
}

/* NO_COLOR (no-color.org) is the user's general wish, which an option overrides. */
bool color_is_wanted(void)
{
	const char *no_color = getenv("NO_COLOR");

	if (when == AUTO)
		return isatty(STDOUT_FILENO) && !(no_color && *no_color);
	return when == ALWAYS;
}

/* Like ip(8), tells a dark background by COLORFGBG. Plain blue cannot be read on it. */
static bool is_dark(void)
{
	const char *ground = getenv("COLORFGBG"), *last = ground ? strrchr(ground, ';') : NULL;

	return last && ((last[1] >= '0' && last[1] <= '6') || last[1] == '8') && !last[2];
}

/* A user who asks for colours in a pipe may have no terminal. */
static bool is_colored(void)
{
	const char *term = getenv("TERM");

	return when == ALWAYS || (color_is_wanted() && term && *term && strcmp(term, "dumb"));
}

void print_color(enum color color, const char *format, ...)
{
	bool colored = color != COLOR_PLAIN && is_colored();
	va_list args;

	if (colored)
		printf("%s\033[%dm", is_dark() ? "\033[1m" : "", 30 + color_numbers[color]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (colored)
		fputs("\033[0m", stdout);
}

void print_masked(enum color color, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (!copy)
		return;
	print_color(color, "%s", mask(copy));
	free(copy);
}
