// SPDX-License-Identifier: GPL-2.0
/*
 * For libFuzzer: runs the command on files of words, with a fake kernel (kernel.c).
 *
 * An input is the way the file is read, the file, and what the kernel says to each request:
 *
 *	b	nat64 -b FILE, --force, of the commands that neither open nor run anything
 *	j	the same, with JSON for answers
 *	p	nat64 restore FILE, with the addresses and routes of nat64 up
 *	c	nat64 check FILE
 *	d	nat64 restore dynamic FILE
 *	\0	ends the file; then, for each request, 0 or an errno (kernel.h)
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "commands/restore.h"
#include "files/plan.h"
#include "kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status run_harmless(char **words)
{
	static const char *const harmless[] = { "dev", "map", "flow", "stats", "dns64", "pref64", "help" };

	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		if (!strcmp(words[0], harmless[i]))
			return run_words(words);
	}
	return unknown_word(words[0]);
}

static enum status bring_up(const struct planned_device *device)
{
	enum status status = ip_set_addresses(device->name, &device->addresses);

	return status ? status : ip_set_routes(device->name, &device->routes);
}

static enum status restore_all(void)
{
	enum status status;
	struct plan plan;

	status = plan_read(&plan, "-", PLAN_NETWORK);
	if (!status)
		status = plan_commit(&plan, bring_up);
	return plan_end(&plan, status);
}

static void run(char way)
{
	options.json = way == 'j';
	options.force = way == 'b' || way == 'j';
	switch (way) {
	case 'b':
	case 'j':
		read_lines("-", run_harmless);
		send_pending();
		break;
	case 'p':
		restore_all();
		break;
	case 'c':
		plan_check("-");
		break;
	case 'd':
		restore_dynamic("-");
		break;
	}
	fflush(stdout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, 0, size) : NULL;
	size_t length = end ? (size_t)(end - data) : size;

	if (length < 2)
		return 0;
	/* fmemopen() takes no size of 0, and glibc lets stdin be assigned. */
	stdin = fmemopen((char *)data + 1, length - 1, "r");
	if (!stdin)
		return 0;
	kernel_says(data + length, size - length);
	run(data[0]);
	fclose(stdin);
	return 0;
}
