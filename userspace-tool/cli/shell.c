// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell.h"

/* These characters have no special meaning in any shell. */
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:/";

void shell_quote(FILE *file, const char *word)
{
	if (*word && !word[strspn(word, plain)]) {
		fputs(word, file);
		return;
	}
	fputc('\'', file);
	for (; *word; word++) {
		/* A batch does not understand backslashes. */
		if (*word == '\'')
			fputs("'\"'\"'", file);
		else
			fputc(*word, file);
	}
	fputc('\'', file);
}

static void print(FILE *file, const char *format, va_list args)
{
	for (; *format; format++) {
		if (*format != '%') {
			fputc(*format, file);
			continue;
		}
		switch (*++format) {
		case 's':
			shell_quote(file, va_arg(args, const char *));
			break;
		case 'u':
			fprintf(file, "%u", va_arg(args, unsigned int));
			break;
		case '%':
			fputc('%', file);
			break;
		default:
			abort();	/* not one of ours */
		}
	}
}

static void append(struct command_line *command, const char *format, va_list args)
{
	char *text = NULL;
	size_t size;
	FILE *file;

	file = open_memstream(&text, &size);
	if (file) {
		if (command->quoted)
			fputs(command->quoted, file);
		print(file, format, args);
		if (fclose(file)) {
			free(text);
			text = NULL;
		}
	}
	free(command->quoted);
	command->quoted = text;
}

struct command_line shell(const char *format, ...)
{
	struct command_line command = { };
	va_list args;

	va_start(args, format);
	append(&command, format, args);
	va_end(args);
	return command;
}

void shell_append(struct command_line *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(command, format, args);
	va_end(args);
}

const char *shell_text(const struct command_line *command)
{
	return command->quoted;
}

void shell_clear(struct command_line *command)
{
	free(command->quoted);
	command->quoted = NULL;
}
