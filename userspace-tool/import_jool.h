/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of "nat64 import jool" share.
 */
#ifndef NAT64_IMPORT_JOOL_H
#define NAT64_IMPORT_JOOL_H

#include "import.h"
#include "json_file.h"

struct jool {
	struct import *import;
	struct json_file file;
	const char *section;		/* the member of the root that is being read */
	struct in6_addr *hosts;		/* those in bib, which get addresses from the end of the pool */
	size_t host_count;
};

/* The words of values that must be strings. */
enum status jool_string(json_object *value, const char *name, const char **word);
enum status jool_member(json_object *object, const char *name, const char **word);

/* One member of "global". */
enum status jool_read_global(struct jool *jool, const char *name, json_object *value);

/* One entry of "pool4" and of "bib". */
enum status jool_read_pool4(struct jool *jool, json_object *entry);
enum status jool_read_bib(struct jool *jool, json_object *entry);

#endif /* NAT64_IMPORT_JOOL_H */
