/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes a file that nobody else can read. Whatever happens meanwhile, there is either the old file
 * or the new one.
 */
#ifndef NAT64_OUTPUT_H
#define NAT64_OUTPUT_H

#include <limits.h>
#include <stdio.h>

#include "cli/say.h"

struct output {
	FILE *file;
	const char *path;	/* NULL: standard output */
	char temporary[PATH_MAX];
};

enum status output_begin(struct output *output, const char *path);

/* The new file replaces the old one if @status is DONE; otherwise it is thrown away. */
enum status output_end(struct output *output, enum status status);

#endif /* NAT64_OUTPUT_H */
