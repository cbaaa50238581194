// SPDX-License-Identifier: GPL-2.0
/*
 * Files of commands, one a line.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define WORDS_MAX 512

/* Cuts the next word off @text, in place. Quotes hold spaces together, and are removed. */
static enum status cut_word(char **text, char **word)
{
	char *from = *text, *to = from;
	char quote = 0;

	for (*word = from; *from && (quote || !isspace((unsigned char)*from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? 0 : *from;
		else
			*to++ = *from;
	}
	if (quote)
		return fail(WRONG, "a quote (%c) is left open", quote);
	*text = *from ? from + 1 : from;
	*to = '\0';
	return DONE;
}

static enum status split_line(char *text, char *words[WORDS_MAX])
{
	unsigned int count = 0;

	for (;;) {
		while (isspace((unsigned char)*text))
			text++;
		if (!*text || *text == '#')
			break;
		if (count == WORDS_MAX - 1)
			return fail(WRONG, "more than %u words", WORDS_MAX - 1);
		if (cut_word(&text, &words[count++]))
			return WRONG;
	}
	words[count] = NULL;
	return DONE;
}

static enum status read_line(char *line, size_t length, enum status (*each)(char **words))
{
	char *words[WORDS_MAX];

	if (strlen(line) != length)
		return fail(WRONG, "a zero byte, so this is not a text file");
	if (place.line == 1)
		line = skip_bom(line);
	if (split_line(line, words))
		return WRONG;
	return words[0] ? each(words) : DONE;
}

char *skip_bom(char *text)
{
	return strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3;
}

static enum status read_file(FILE *file, enum status (*each)(char **words))
{
	enum status status = DONE;
	char *line = NULL;
	ssize_t length;
	size_t size = 0;

	while ((!status || options.force) && (length = getline(&line, &size, file)) >= 0) {
		place.line++;
		status = worse(status, settle_line(read_line(line, length, each)));
	}
	if (ferror(file))
		status = fail(REFUSED, "%s", strerror(errno));
	free(line);
	return status;
}

enum status read_lines(const char *path, enum status (*each)(char **words))
{
	bool input = !strcmp(path, "-");
	FILE *file = input ? stdin : fopen(path, "re");
	enum status status;

	if (!file)
		return fail(REFUSED, "%s: %s", path, strerror(errno));
	place.file = input ? "<stdin>" : path;
	place.line = 0;
	status = read_file(file, each);
	if (!input)
		fclose(file);
	return status;
}

enum status run_batch(const char *path)
{
	return read_lines(path, run_words);
}
