/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON that is printed as it comes: a list of a million objects is never held as a whole.
 */
#ifndef NAT64_PRINT_H
#define NAT64_PRINT_H

#include <json-c/json.h>
#include <stdint.h>

void json_list_begin(void);
void json_list_add(json_object *object);	/* and releases it */
void json_list_end(void);

/* One object on a line of its own. Releases it. */
void json_line(json_object *object);

/* Members of an object. No text is null. */
void json_add_string(json_object *object, const char *name, const char *text);
void json_add_number(json_object *object, const char *name, uint32_t number);

#endif /* NAT64_PRINT_H */
