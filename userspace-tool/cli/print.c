// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli/say.h"
#include "cli/print.h"

static unsigned int count;

static void print_object(json_object *object, int flags)
{
	fputs(json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE),
	      stdout);
	json_object_put(object);
}

void json_list_begin(void)
{
	count = 0;
	putchar('[');
}

void json_list_add(json_object *object)
{
	int pretty = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;

	if (count++)
		putchar(',');
	if (options.pretty)
		putchar('\n');
	print_object(object, options.pretty ? pretty : JSON_C_TO_STRING_PLAIN);
}

void json_list_end(void)
{
	puts(options.pretty && count ? "\n]" : "]");
}

void json_line(json_object *object)
{
	print_object(object, JSON_C_TO_STRING_PLAIN);
	putchar('\n');
}

void json_add_string(json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

void json_add_number(json_object *object, const char *name, uint32_t number)
{
	json_object_object_add(object, name, json_object_new_int64(number));
}
