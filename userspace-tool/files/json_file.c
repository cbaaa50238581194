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
			status = fail(WRONG, "not a JSON object");
	}
	json_tokener_free(tokener);
	return status;
}

void json_file_clear(struct json_file *file)
{
	json_object_put(file->root);
	free(file->text);
}
