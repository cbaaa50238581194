// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/say.h"

struct options options;
struct place place;
const char *topic;
const struct pending *pending;

enum status send_pending(void)
{
	return pending ? pending->send() : DONE;
}

char *mask(char *text)
{
	for (char *byte = text; *byte; byte++) {
		if (iscntrl((unsigned char)*byte))
			*byte = '?';
	}
	return text;
}

/* Errors of a line, while requests of the lines before it are still waiting. */
static struct {
	FILE *file;
	char *text;
	size_t size;
} held;

static FILE *error_stream(enum status status)
{
	if (!status || !pending || !pending->waits())
		return stderr;
	if (!held.file)
		held.file = open_memstream(&held.text, &held.size);
	return held.file ?: stderr;
}

void print_place(FILE *file)
{
	if (place.file && place.part)
		fprintf(file, "%s: %s%s", place.file, place.part, *place.part ? ": " : "");
	else if (place.file && place.line)
		fprintf(file, "%s:%u: ", place.file, place.line);
	else if (place.file)
		fprintf(file, "%s: ", place.file);
}

enum status fail(enum status status, const char *format, ...)
{
	FILE *file = error_stream(status);
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fputs("nat64: ", file);
	print_place(file);
	/* Words of a file or of the kernel may contain control characters. */
	fprintf(file, "%s\n", text ? mask(text) : format);
	free(text);
	return status;
}

enum status settle_line(enum status status)
{
	enum status before = status ? send_pending() : DONE;
	bool moot = before && !options.force;

	if (held.file) {
		if (!fclose(held.file) && !moot)
			fputs(held.text, stderr);
		free(held.text);
		held.file = NULL;
	}
	return moot ? before : worse(before, status);
}

/* The command that shows the help to read. */
static const char *help_text(void)
{
	static char text[32];

	snprintf(text, sizeof(text), topic ? "nat64 %s help" : "nat64 help", topic);
	return text;
}

enum status unknown_word(const char *word)
{
	return fail(WRONG, "unknown word \"%s\", see \"%s\"", word, help_text());
}

enum status missing(const char *what)
{
	return fail(WRONG, "%s is missing, see \"%s\"", what, help_text());
}

enum status missing_value(const char *option)
{
	return fail(WRONG, "%s: its value is missing, see \"%s\"", option, help_text());
}
