// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 top: on a terminal.
 */
#include <curses.h>
#include <stdarg.h>
#include <string.h>

#include "top/top.h"

/* Larger than the visible part, so that long lines are cut rather than wrapped. */
#define PAD_LINES 1000
#define PAD_COLUMNS 256

static WINDOW *pad;

static void use_colors(void)
{
	if (!color_is_wanted() || !has_colors() || start_color() == ERR ||
	    use_default_colors() == ERR)
		return;
	for (short i = COLOR_DEVICE; i <= COLOR_DOUBT; i++)
		init_pair(i, color_numbers[i], -1);
}

static void screen_print(enum color color, const char *format, ...)
{
	va_list args;

	if (color != COLOR_PLAIN)
		wattron(pad, COLOR_PAIR(color));
	va_start(args, format);
	vw_printw(pad, format, args);
	va_end(args);
	if (color != COLOR_PLAIN)
		wattroff(pad, COLOR_PAIR(color));
}

static void show(const struct top_sample *before, const struct top_sample *sample,
		 unsigned int interval)
{
	char clock[16];
	time_t now = time(NULL);

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	werase(pad);
	wattron(pad, A_BOLD);
	mvwprintw(pad, 0, 0, "nat64 top, %s, every %u s; q quits\n\n", clock, interval);
	wattroff(pad, A_BOLD);
	if (LINES > 3)
		top_draw(before, sample, LINES < PAD_LINES ? LINES - 3 : PAD_LINES - 3, screen_print);
	prefresh(pad, 0, 0, 0, 0, LINES - 1, COLS - 1);
}

static bool begin_screen(void)
{
	if (!newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	curs_set(0);
	use_colors();
	refresh();
	pad = newpad(PAD_LINES, PAD_COLUMNS);
	if (!pad)
		endwin();
	return pad;
}

enum status top_on_screen(const char *device, unsigned int interval)
{
	struct top_sample before, sample;
	enum status status;
	int key = ERR;

	/* Do this before taking over the screen, so that errors can be shown. */
	status = top_sample_take(device, &before);
	if (status) {
		top_sample_clear(&before);
		return status;
	}
	if (!begin_screen()) {
		top_sample_clear(&before);
		return fail(REFUSED, "top: the terminal is not known; \"nat64 top batch\" needs none");
	}
	show(&before, &before, interval);
	while (!status && key != 'q') {
		wtimeout(pad, interval * 1000);
		key = wgetch(pad);
		status = top_sample_take(device, &sample);
		if (!status)
			show(&before, &sample, interval);
		top_sample_clear(&before);
		before = sample;
	}
	endwin();
	top_sample_clear(&before);
	if (status) {
		/* The error was shown on a screen that is gone; show it again. */
		status = top_sample_take(device, &sample);
		top_sample_clear(&sample);
	}
	return status;
}
