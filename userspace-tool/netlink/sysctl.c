// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "netlink/sysctl.h"

#define DIRECTORY "/proc/sys/"

static void make_path(char path[PATH_MAX], const char *format, va_list args)
{
	size_t len = sizeof(DIRECTORY) - 1;

	memcpy(path, DIRECTORY, len);
	vsnprintf(path + len, PATH_MAX - len, format, args);
}

int sysctl_number(const char *format, ...)
{
	char path[PATH_MAX];
	int number = -1;
	va_list args;
	FILE *file;

	va_start(args, format);
	make_path(path, format, args);
	va_end(args);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

enum status sysctl_set(int number, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	FILE *file;
	bool good;

	va_start(args, format);
	make_path(path, format, args);
	va_end(args);
	file = fopen(path, "we");
	if (!file)
		return fail(REFUSED, "%s: %s", path, strerror(errno));
	good = fprintf(file, "%d\n", number) > 0;
	/* The kernel answers when the buffer is written. */
	return !fclose(file) && good ? DONE : fail(REFUSED, "%s: %s", path, strerror(errno));
}
