// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/progress.h"

#define STEP_CHECK 4096		/* look at the clock once in so many steps */
#define STEP_SECONDS 1

static bool shown;

void progress_step(const char *what, unsigned long done)
{
	static time_t last;
	struct timespec now;

	if (done % STEP_CHECK || !isatty(STDERR_FILENO))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!last)
		last = now.tv_sec;
	if (now.tv_sec - last < STEP_SECONDS)
		return;
	last = now.tv_sec;
	fprintf(stderr, "\r%s: %lu", what, done);
	shown = true;
}

void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
