// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import: from the configuration of another translator to a nat64.conf(5).
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/print.h"
#include "import/import.h"

static const char usage[] =
	"Usage: nat64 import { tayga | jool } FILE [dev NAME]\n"
	"\n"
	"Converts tayga.conf, or a JSON file of jool or jool_siit, to a nat64.conf(5). What cannot be\n"
	"converted becomes a comment that names the line or the entry, and the commands to use instead.\n";

static void end_line(const struct import *import)
{
	if (strcmp(import->device, DEFAULT_DEVICE)) {
		fputs(" dev ", import->lines);
		shell_quote(import->lines, import->device);
	}
	fputc('\n', import->lines);
}

void import_option(struct import *import, const char *format, ...)
{
	va_list args;

	fputc(' ', import->options);
	va_start(args, format);
	vfprintf(import->options, format, args);
	va_end(args);
}

void import_line(struct import *import, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(import->lines, format, args);
	va_end(args);
	end_line(import);
}

void import_note(struct import *import, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fputs("# ", import->notes);
	print_place(import->notes);
	/* A JSON string may contain a newline, which would end the comment. */
	fprintf(import->notes, "%s\n", text ? mask(text) : "");
	free(text);
}

void import_advice(struct import *import, struct command_line command)
{
	fprintf(import->notes, "#\t%s\n", shell_text(&command) ?: "");
	shell_clear(&command);
}

enum status import_prefix6(struct import *import, const char *word)
{
	struct prefix prefix;

	if (parse_prefix(word, AF_INET6, &prefix))
		return WRONG;
	if (!is_rfc6052_len(prefix.len))
		return fail(WRONG, "\"%s\": prefix length is not 32, 40, 48, 56, 64 or 96", word);
	import_option(import, "prefix %s", prefix_text(&prefix, import->prefix));
	return DONE;
}

/* The file does not tell whether the prefix belongs to this router or to another one. */
void import_translatable(struct import *import)
{
	if (!*import->prefix)
		return;
	place.file = NULL;
	import_option(import, "translatable 0.0.0.0/0");
	import_note(import, "every IPv4 address without a mapping is within the prefix, in either "
		    "direction; name fewer by translatable");
	import_note(import, "packets find the device by a line \"route 0.0.0.0/0\" if the prefix is that "
		    "of another translator (a CLAT, an edge relay), or \"route %s\" if it is this one's",
		    import->prefix);
}

enum status import_mtu(struct import *import, const char *word)
{
	uint32_t mtu;

	if (parse_number("mtu", word, 1280, 65535, &mtu))
		return WRONG;
	import_option(import, "lowest-ipv6-mtu %u", mtu);
	return DONE;
}

enum status import_mapping(struct import *import, const char *word4, const char *word6)
{
	struct prefix prefix6, prefix4;

	if (parse_prefix(word4, AF_INET, &prefix4) || parse_prefix(word6, AF_INET6, &prefix6))
		return WRONG;
	if (32 - prefix4.len > 128 - prefix6.len)
		return fail(WRONG, "%s %s: IPv4 suffix is longer than the IPv6 suffix", word4, word6);
	import_line(import, "map add %s %s", word6, word4);
	import->maps++;
	return DONE;
}

/* Only the user knows which side of a mapping really exists. */
static void note_routes(struct import *import)
{
	if (!import->maps || import->routes)
		return;
	place.file = NULL;
	import_note(import, "packets for mapped addresses outside of prefix and pool need lines such as "
		    "\"route 192.0.2.0/24\"");
}

struct text {
	char *bytes;
	size_t size;
};

static void print(const struct import *import, const char *path, const struct text texts[3])
{
	printf("# Made from %s by nat64 import.\n", path);
	printf("dev add ");
	shell_quote(stdout, import->device);
	printf("%s\n", texts[0].bytes);
	fputs(texts[1].bytes, stdout);
	fputs(texts[2].bytes, stdout);
}

static enum status run_import(struct import *import, const char *path,
			      enum status (*read)(struct import *import, const char *path))
{
	struct text texts[3] = { };
	enum status status;

	import->options = open_memstream(&texts[0].bytes, &texts[0].size);
	import->lines = open_memstream(&texts[1].bytes, &texts[1].size);
	import->notes = open_memstream(&texts[2].bytes, &texts[2].size);
	if (!import->options || !import->lines || !import->notes)
		return fail(REFUSED, "out of memory");
	status = read(import, path);
	if (!status)
		note_routes(import);
	if (fclose(import->options) || fclose(import->lines) || fclose(import->notes))
		status = fail(REFUSED, "out of memory");
	if (!status)
		print(import, path, texts);
	for (int i = 0; i < 3; i++)
		free(texts[i].bytes);
	return status;
}

static enum status run(struct words *words,
		       enum status (*read)(struct import *import, const char *path))
{
	struct import import = { .device = DEFAULT_DEVICE };
	const char *path = next_word(words);

	if (!path)
		return missing("the file");
	import.device_given = peek_word(words);
	if (take_last_device(words, import.device))
		return WRONG;
	return run_import(&import, path, read);
}

static enum status run_tayga(struct words *words)
{
	return run(words, import_tayga);
}

static enum status run_jool(struct words *words)
{
	return run(words, import_jool);
}

static enum status run_none(struct words *words)
{
	(void)words;
	return missing("the kind of file, tayga or jool,");
}

static const struct command commands[] = {
	{ .name = "",		.run = run_none },
	{ .name = "tayga",	.run = run_tayga },
	{ .name = "jool",	.run = run_jool },
	{ }
};

const struct object import_object = {
	.name = "import",
	.about = "configuration of Tayga or Jool",
	.usage = usage,
	.commands = commands,
};
