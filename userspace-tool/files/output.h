/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that nobody else can read, and that is either the old or the new one, whatever happens
 * while it is written.
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

/* The new file takes the place of the old one if @status is DONE, else it is forgotten. */
enum status output_end(struct output *output, enum status status);

#endif /* NAT64_OUTPUT_H */
