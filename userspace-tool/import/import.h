/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration of other translators, as lines of nat64.conf(5).
 */
#ifndef NAT64_IMPORT_H
#define NAT64_IMPORT_H

#include <stdio.h>

#include "cli/parse.h"
#include "cli/shell.h"
#include "netlink/config.h"

/* Private addresses that stand for IPv6 hosts behind MASQUERADE or SNAT. */
#define IMPORT_POOL RECOMMENDED_POOL
#define IMPORT_POOL_LAST "198.19.63.254"

/* The result so far. */
struct import {
	char device[IFNAMSIZ];
	bool device_given;	/* on the command line, which overrides the file */
	FILE *options;		/* words of "dev add" */
	FILE *lines;		/* what follows it */
	FILE *notes;		/* what cannot be carried over, and what to do instead */
	char prefix[PREFIX_STRLEN];	/* "" if there is none */
	unsigned int maps;
	unsigned int routes;
};

/* Each reads a file of its kind. Reports words that make no sense, with their place. */
enum status import_tayga(struct import *import, const char *path);
enum status import_jool(struct import *import, const char *path);

/* Add an option, a line, or a note, which begins with its place in the file. */
void import_option(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void import_line(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void import_note(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds a command, from shell(), to the last note, and frees it. */
void import_advice(struct import *import, struct command_line command);

/* What both kinds of files have in common. */
enum status import_prefix6(struct import *import, const char *word);

/* Embeds all IPv4 addresses that are not mapped in the prefix. Call this at the end. */
void import_translatable(struct import *import);
enum status import_mtu(struct import *import, const char *word);
enum status import_mapping(struct import *import, const char *word4, const char *word6);

#endif /* NAT64_IMPORT_H */
