// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "files/json_file.h"

static unsigned int count_lines(const char *text, const char *end)
{
	unsigned int line = 1;

	for (; text < end; text++)
		line += *text == '\n';
	return line;
}

static enum status read_text(struct json_file *file, const char *path)
{
	bool input = !strcmp(path, "-");
	FILE *from = input ? stdin : fopen(path, "re");
	size_t size = 0;

	if (!from)
		return fail(REFUSED, "%s: %s", path, strerror(errno));
	place.file = input ? "<stdin>" : path;
	place.line = 1;
	errno = 0;
	if (getdelim(&file->text, &size, '\0', from) < 0 && errno)
		return fail(REFUSED, "%s", strerror(errno));
	if (!input)
		fclose(from);
	return file->text && *file->text ? DONE : fail(WRONG, "the file is empty");
}

enum status json_file_read(struct json_file *file, const char *path)
{
	struct json_tokener *tokener = json_tokener_new();
	enum json_tokener_error error;
	enum status status;
	char *text;

	*file = (struct json_file){ };
	status = read_text(file, path);
	if (!status) {
		text = skip_bom(file->text);
		file->root = json_tokener_parse_ex(tokener, text, strlen(text) + 1);
		error = json_tokener_get_error(tokener);
		place.line = count_lines(text, text + json_tokener_get_parse_end(tokener));
		if (error != json_tokener_success)
			status = fail(WRONG, "not JSON: %s", json_tokener_error_desc(error));
		else if (!json_object_is_type(file->root, json_type_object))
			status = fail(WRONG, "the end of something that is not a JSON object");
	}
	json_tokener_free(tokener);
	return status;
}

void json_file_clear(struct json_file *file)
{
	json_object_put(file->root);
	free(file->text);
}

/* Behind the string that begins at @text. */
static const char *skip_string(const char *text)
{
	char quote = *text++;

	while (*text && *text != quote)
		text += *text == '\\' && text[1] ? 2 : 1;
	return *text ? text + 1 : text;
}

static bool is_key(const char *text, const char *name)
{
	const char *end = skip_string(text);

	return name && strlen(name) == (size_t)(end - text) - 2 &&
	       !strncmp(text + 1, name, strlen(name)) && end[strspn(end, " \t\r\n")] == ':';
}

/*
 * The text has been parsed, so that brackets match, and what is wanted is there. Depth 1 is within
 * the root, depth 2 within one of its members.
 */
unsigned int json_file_line(const struct json_file *file, const char *section, const char *name,
			    size_t index)
{
	const char *text = file->text, *found = text;
	bool inside = false, begins = false;
	unsigned int depth = 0;
	size_t element = 0;

	while (*text) {
		if (strchr(" \t\r\n", *text)) {
			text++;
			continue;
		}
		if (inside && begins && depth == 2 && !name && element == index && *text != ']')
			return count_lines(file->text, text);
		begins = false;
		if (*text == '"' || *text == '\'') {
			if (depth == 1 && is_key(text, section)) {
				inside = true;
				found = text;
			}
			if (inside && depth == 2 && is_key(text, name))
				return count_lines(file->text, text);
			text = skip_string(text);
			continue;
		}
		if (*text == '{' || *text == '[') {
			depth++;
			begins = true;
		} else if (*text == '}' || *text == ']') {
			depth--;
		} else if (*text == ',') {
			inside = inside && depth > 1;
			element += inside && depth == 2;
			begins = true;
		}
		text++;
	}
	return count_lines(file->text, found);
}
