/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of "nat64 import jool" share.
 */
#ifndef NAT64_IMPORT_JOOL_H
#define NAT64_IMPORT_JOOL_H

#include "files/json_file.h"
#include "import/import.h"

/* IPv4 addresses and ports that hosts share, for packets of a protocol and with a mark. */
struct jool_pool4 {
	const char *protocol;
	uint32_t mark;			/* 0 for none */
	uint32_t first;			/* addresses, host byte order */
	uint32_t last;
	unsigned int first_port;
	unsigned int last_port;
};

struct jool {
	struct import *import;
	struct json_file file;
	const char *section;		/* the member of the root that is being read */
	char part[64];			/* the part of it, such as "eamt[3]" */
	struct jool_pool4 *pool4;	/* its entries, once they have been read */
	size_t pool4_count;
	struct in6_addr *hosts;		/* those in bib, which get addresses from the end of the pool */
	size_t host_count;
};

/* The words of values that must be strings. */
enum status jool_string(json_object *value, const char *name, const char **word);
enum status jool_member(json_object *object, const char *name, const char **word);

/* Whether only one of the two kinds of Jool has such a member of "global". */
bool jool_is_of_siit(const char *name);
bool jool_is_of_nat64(const char *name);

/* One member of "global". */
enum status jool_read_global(struct jool *jool, const char *name, json_object *value);

/* Reads one entry of "pool4". Prints what becomes of all of them, or of none. */
enum status jool_read_pool4(struct jool *jool, json_object *entry);
void jool_print_pool4(struct jool *jool);

/* One entry of "bib". */
enum status jool_read_bib(struct jool *jool, json_object *entry);

#endif /* NAT64_IMPORT_JOOL_H */
