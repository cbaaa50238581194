/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A JSON file, and where in it things are.
 */
#ifndef NAT64_JSON_FILE_H
#define NAT64_JSON_FILE_H

#include <json-c/json.h>

#include "cli/say.h"

struct json_file {
	char *text;
	json_object *root;	/* an object */
};

/* "-" is standard input. Says what is wrong, with the line. */
enum status json_file_read(struct json_file *file, const char *path);
void json_file_clear(struct json_file *file);

#endif /* NAT64_JSON_FILE_H */
