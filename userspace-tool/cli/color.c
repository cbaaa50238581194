// SPDX-License-Identifier: GPL-2.0
#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "cli/color.h"

static enum { AUTO, ALWAYS, NEVER } when;

/* What the terminal wants to be sent; NULL for no colours. */
static char *set_color, *set_bold, *reset;

const short color_numbers[] = {
	[COLOR_PLAIN] = -1,
	[COLOR_DEVICE] = COLOR_CYAN,
	[COLOR_INET6] = COLOR_BLUE,
	[COLOR_INET] = COLOR_MAGENTA,
	[COLOR_GOOD] = COLOR_GREEN,
	[COLOR_BAD] = COLOR_RED,
	[COLOR_DOUBT] = COLOR_YELLOW,
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

static char *capability(const char *name)
{
	char *text = tigetstr((char *)name);

	return text && text != (char *)-1 ? text : NULL;
}

/* As with ip(8), COLORFGBG tells a dark background, on which plain blue cannot be read. */
static bool is_dark(void)
{
	const char *ground = getenv("COLORFGBG"), *last = ground ? strrchr(ground, ';') : NULL;

	return last && ((last[1] >= '0' && last[1] <= '6') || last[1] == '8') && !last[2];
}

static void prepare(void)
{
	static bool prepared;
	int error;

	if (prepared)
		return;
	prepared = true;
	/* Who asks for colours in a pipe may have no terminal to tell how they are made. */
	if (!color_is_wanted() || (setupterm(NULL, STDOUT_FILENO, &error) != OK &&
			      (when != ALWAYS || setupterm("ansi", STDOUT_FILENO, &error) != OK)))
		return;
	set_color = capability("setaf");
	set_bold = is_dark() ? capability("bold") : NULL;
	reset = capability("sgr0");
}

void print_color(enum color color, const char *format, ...)
{
	va_list args;

	bool colored;

	prepare();
	colored = color != COLOR_PLAIN && set_color && reset;
	if (colored) {
		if (set_bold)
			putp(set_bold);
		putp(tparm(set_color, (long)color_numbers[color]));
	}
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (colored)
		putp(reset);
}
