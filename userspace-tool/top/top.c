// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 top: rates, drops, pools and mappings in use, as they change.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/parse.h"
#include "top/top.h"

static const char usage[] =
	"Usage: nat64 [-j] top [batch] [count NUMBER] [interval SECONDS] [dev NAME]\n"
	"\n"
	"Shows packets and drops per second, how full the pools are, and the dynamic mappings used\n"
	"most recently, for NAME or for all devices. On a terminal, q ends it. With the word batch or\n"
	"-j, or if the output is no terminal, it prints text or one JSON object per device and line,\n"
	"NUMBER times or until interrupted. The interval defaults to 1 second.\n";

#define BATCH_LINES 1000	/* of a picture that need not fit on a screen */

static enum status batch(const char *device, uint32_t count, uint32_t interval)
{
	struct top_sample before, sample;
	enum status status = top_sample_take(device, &before);

	for (uint32_t i = 0; !status && (!count || i < count); i++) {
		sleep(interval);
		status = top_sample_take(device, &sample);
		if (!status && options.json)
			top_print_json(&before, &sample);
		else if (!status)
			top_draw(&before, &sample, BATCH_LINES, print_color);
		if (!status && !options.json)
			putchar('\n');
		top_sample_clear(&before);
		before = sample;
		if (fflush(stdout))
			break;
	}
	top_sample_clear(&before);
	return status;
}

static enum status take_number(struct words *words, const char *what, uint32_t *number)
{
	const char *word = next_word(words);

	return word ? parse_number(what, word, 1, UINT32_MAX, number) : missing_value(what);
}

static enum status run(struct words *words)
{
	bool in_batch = options.json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO);
	uint32_t count = 0, interval = 1;
	char device[IFNAMSIZ] = "";
	enum status status = DONE;
	const char *word;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "batch"))
			in_batch = true;
		else if (!strcmp(word, "count"))
			status = take_number(words, word, &count);
		else if (!strcmp(word, "interval"))
			status = take_number(words, word, &interval);
		else if (!strcmp(word, "dev"))
			status = take_device(words, device);
		else
			status = unknown_word(word);
	}
	if (!status && place.file && !count)
		status = fail(WRONG, "top: among the commands of a file it needs a count");
	if (status)
		return status;
	return in_batch || count ? batch(device, count, interval) : top_on_screen(device, interval);
}

const struct object top_object = {
	.name = "top",
	.about = "rates, drops and pools as they change",
	.usage = usage,
	.run = run,
};
