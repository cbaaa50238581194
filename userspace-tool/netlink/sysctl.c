// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "netlink/sysctl.h"

int sysctl_number(const char *format, ...)
{
	char path[PATH_MAX] = "/proc/sys/";
	size_t len = sizeof("/proc/sys/") - 1;
	int number = -1;
	va_list args;
	FILE *file;

	va_start(args, format);
	vsnprintf(path + len, sizeof(path) - len, format, args);
	va_end(args);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}
