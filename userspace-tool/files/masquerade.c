// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program.h"
#include "files/masquerade.h"

/* The longest name: each byte of a device's may take three. */
#define NAME_STRLEN (sizeof("nat64-") + 3 * IFNAMSIZ)

/* Names of programs, which PATH finds. */
#define NFT "nft"
#define IPTABLES "iptables"
#define IPTABLES_SAVE "iptables-save"
#define IPTABLES_RESTORE "iptables-restore"

/*
 * The name of the table or chain. No device has a slash in its name, so that one can stand before
 * what neither program takes in a name.
 */
static void make_name(const char *device, char name[NAME_STRLEN])
{
	char *to = name + sprintf(name, "nat64-");

	for (; *device; device++) {
		unsigned char byte = *device;

		to += sprintf(to, isalnum(byte) || strchr("._-", byte) ? "%c" : "/%02x", byte);
	}
}

static bool has_link(const struct masquerade *masquerade, const char *link)
{
	for (unsigned int i = 0; i < masquerade->count; i++) {
		if (!strcmp(masquerade->links[i].link, link))
			return true;
	}
	return false;
}

/* What a program would take for more than a name: quotes, and wildcards. */
static bool is_plain(const char *link)
{
	for (const char *byte = link; *byte; byte++) {
		if (iscntrl((unsigned char)*byte))
			return false;
	}
	return !strpbrk(link, "\"\\*+");
}

enum status masquerade_add(struct masquerade *masquerade, const char *word)
{
	char link[IFNAMSIZ];

	if (parse_device(word, link))
		return WRONG;
	if (!is_plain(link))
		return fail(WRONG, "masquerade \"%s\": nft and iptables take that for a pattern",
			    word);
	if (has_link(masquerade, link))
		return DONE;
	if (masquerade->count == MASQUERADE_MAX)
		return fail(WRONG, "masquerade %s: more than %u devices", link, MASQUERADE_MAX);
	strcpy(masquerade->links[masquerade->count].link, link);
	masquerade->links[masquerade->count++].line = place.line;
	return DONE;
}

/* Runs a program that has to succeed. */
static enum status run(const char *const *words, const char *input)
{
	struct program program;
	enum status status = program_run(words, input, &program);

	if (!status && program.code)
		status = fail(REFUSED, "masquerade: %s: %s", words[0], program_complaint(&program));
	program_clear(&program);
	return status;
}

/* One for each pair of a pool and a link: for a chain of iptables, or for nft if @chain is NULL. */
static void print_rules(FILE *file, const char *chain, const struct setting *pools,
			const struct masquerade *masquerade)
{
	char pool[PREFIX_STRLEN];

	for (unsigned int i = 0; i < pools->count * masquerade->count; i++) {
		const char *link = masquerade->links[i % masquerade->count].link;

		prefix_text(&pools->prefixes[i / masquerade->count], pool);
		if (chain)
			fprintf(file, "-A %s -s %s -o %s -j MASQUERADE\n", chain, pool, link);
		else
			fprintf(file, "\t\tip saddr %s oifname \"%s\" masquerade\n", pool, link);
	}
}

/* Closes the stream of a script and runs the program with it. */
static enum status run_script(const char *const *words, FILE *file, char **script)
{
	enum status status;

	if (fclose(file) || !*script)
		return fail(REFUSED, "out of memory");
	status = run(words, *script);
	free(*script);
	return status;
}

/* All in one transaction, so that no packet gets past. */
static enum status set_nft(const char *name, const struct setting *pools,
			   const struct masquerade *masquerade)
{
	static const char *const words[] = { NFT, "-f", "-", NULL };
	char *script = NULL;
	size_t size;
	FILE *file = open_memstream(&script, &size);

	if (!file)
		return fail(REFUSED, "out of memory");
	fprintf(file, "table ip %s\ndelete table ip %s\ntable ip %s {\n", name, name, name);
	fputs("\tchain postrouting {\n\t\ttype nat hook postrouting priority 100;\n", file);
	print_rules(file, NULL, pools, masquerade);
	fputs("\t}\n}\n", file);
	return run_script(words, file, &script);
}

/* A chain that is declared again is emptied, in the same transaction. */
static enum status set_iptables(const char *name, const struct setting *pools,
				const struct masquerade *masquerade)
{
	static const char *const words[] = { IPTABLES_RESTORE, "--wait", "--noflush", NULL };
	const char *const jump[] = { IPTABLES, "--wait", "-t", "nat", "-C", "POSTROUTING",
				     "-j", name, NULL };
	struct program program;
	char *script = NULL;
	size_t size;
	FILE *file;
	bool first;

	if (program_run(jump, NULL, &program))
		return REFUSED;
	first = program.code;
	program_clear(&program);
	file = open_memstream(&script, &size);
	if (!file)
		return fail(REFUSED, "out of memory");
	fprintf(file, "*nat\n:%s - [0:0]\n", name);
	print_rules(file, name, pools, masquerade);
	if (first)
		fprintf(file, "-A POSTROUTING -j %s\n", name);
	fputs("COMMIT\n", file);
	return run_script(words, file, &script);
}

enum status masquerade_set(const char *device, const struct setting *pools,
			   const struct masquerade *masquerade)
{
	char name[NAME_STRLEN];

	make_name(device, name);
	place.line = masquerade->links[0].line;
	if (program_exists(NFT))
		return set_nft(name, pools, masquerade);
	if (program_exists(IPTABLES) && program_exists(IPTABLES_RESTORE))
		return set_iptables(name, pools, masquerade);
	return fail(REFUSED, "masquerade: neither nft nor iptables is installed");
}

static char *ask_nft(const char *name)
{
	return program_output((const char *const []){ NFT, "list", "table", "ip", name, NULL });
}

/* Unlike "iptables -t nat", it does not load a table that nobody uses. */
static char *ask_iptables(const char *name)
{
	char *output = program_output((const char *const []){ IPTABLES_SAVE, NULL });
	char chain[NAME_STRLEN + 4];

	snprintf(chain, sizeof(chain), "\n:%s ", name);
	if (output && strstr(output, chain))
		return output;
	free(output);
	return NULL;
}

static enum status clear_iptables(const char *name)
{
	const char *const commands[][9] = {
		{ IPTABLES, "--wait", "-t", "nat", "-D", "POSTROUTING", "-j", name, NULL },
		{ IPTABLES, "--wait", "-t", "nat", "-F", name, NULL },
		{ IPTABLES, "--wait", "-t", "nat", "-X", name, NULL },
	};
	enum status status = DONE;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		status = worse(status, run(commands[i], NULL));
	return status;
}

enum status masquerade_clear(const char *device)
{
	enum status status = DONE;
	char name[NAME_STRLEN];
	char *nft, *iptables;

	make_name(device, name);
	nft = ask_nft(name);
	if (nft)
		status = run((const char *const []){ NFT, "delete", "table", "ip", name, NULL },
			     NULL);
	iptables = ask_iptables(name);
	if (iptables)
		status = worse(status, clear_iptables(name));
	free(nft);
	free(iptables);
	return status;
}

/* The word behind @option on a line, without quotes around it. */
static bool find_word(const char *line, const char *option, char word[IFNAMSIZ])
{
	const char *at = strstr(line, option);
	size_t len;

	if (!at || at > line + strcspn(line, "\n"))
		return false;
	at += strlen(option);
	at += strspn(at, " \"");
	len = strcspn(at, " \"\n");
	snprintf(word, IFNAMSIZ, "%.*s", (int)len, at);
	return true;
}

/* Takes the word behind @option on the lines that begin with @start. */
static enum status find_links(const char *output, const char *start, const char *option,
			      struct masquerade *found)
{
	enum status status = DONE;
	char word[IFNAMSIZ];

	for (const char *line = output; !status && line && *line; line = strchr(line, '\n')) {
		line += strspn(line, "\n\t ");
		if (!strncmp(line, start, strlen(start)) && find_word(line, option, word))
			status = masquerade_add(found, word);
	}
	return status;
}

enum status masquerade_find(const char *device, struct masquerade *found)
{
	char name[NAME_STRLEN], start[NAME_STRLEN + 4];
	char *nft, *iptables;
	enum status status;

	memset(found, 0, sizeof(*found));
	make_name(device, name);
	snprintf(start, sizeof(start), "-A %s ", name);
	nft = ask_nft(name);
	iptables = ask_iptables(name);
	status = find_links(nft, "ip saddr ", " oifname", found);
	status = worse(status, find_links(iptables, start, " -o", found));
	free(nft);
	free(iptables);
	return status;
}
