// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import jool: the JSON of "jool file handle" and "jool_siit file handle".
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "import/import_jool.h"

static const char *type_name(json_object *value)
{
	return json_type_to_name(json_object_get_type(value));
}

enum status jool_string(json_object *value, const char *name, const char **word)
{
	if (!json_object_is_type(value, json_type_string))
		return fail(WRONG, "%s: a string is wanted, not %s", name, type_name(value));
	*word = json_object_get_string(value);
	return DONE;
}

enum status jool_member(json_object *object, const char *name, const char **word)
{
	json_object *value;

	if (!json_object_object_get_ex(object, name, &value))
		return fail(WRONG, "%s is missing", name);
	return jool_string(value, name, word);
}

static enum status read_eam(struct jool *jool, json_object *entry)
{
	const char *word6, *word4;

	if (jool_member(entry, "ipv6 prefix", &word6) || jool_member(entry, "ipv4 prefix", &word4))
		return WRONG;
	return import_mapping(jool->import, word4, word6);
}

/* Denied addresses need a rule of their own, before the one that translates. */
static enum status read_denied(struct jool *jool, json_object *entry)
{
	struct prefix prefix;
	const char *word;

	if (jool_string(entry, jool->section, &word) || parse_prefix(word, AF_INET, &prefix))
		return WRONG;
	import_note(jool->import, "no route may lead %s into the device; before a rule with -j NAT64:",
		    word);
	import_advice(jool->import, shell("iptables -t raw -I PREROUTING -d %s -j RETURN", word));
	return DONE;
}

static const struct {
	const char *name;
	bool nat64;		/* belongs to a stateful translator */
	enum status (*read)(struct jool *jool, json_object *entry);
} sections[] = {
	{ "eamt",	false,	read_eam },
	{ "denylist4",	false,	read_denied },
	{ "blacklist4",	false,	read_denied },
	{ "pool4",	true,	jool_read_pool4 },
	{ "bib",	true,	jool_read_bib },
	{ }
};

static enum status read_list(struct jool *jool, json_object *list,
			     enum status (*read)(struct jool *jool, json_object *entry))
{
	enum status status = DONE;

	if (!json_object_is_type(list, json_type_array))
		return fail(WRONG, "%s: a list is wanted, not %s", jool->section, type_name(list));
	for (size_t i = 0; !status && i < json_object_array_length(list); i++) {
		json_object *entry = json_object_array_get_idx(list, i);

		snprintf(jool->part, sizeof(jool->part), "%s[%zu]", jool->section, i);
		place.part = jool->part;
		if (read != read_denied && !json_object_is_type(entry, json_type_object))
			return fail(WRONG, "an object is wanted, not %s", type_name(entry));
		status = read(jool, entry);
	}
	return status;
}

static enum status read_globals(struct jool *jool, json_object *globals)
{
	enum status status = DONE;

	if (!json_object_is_type(globals, json_type_object))
		return fail(WRONG, "global: an object is wanted, not %s", type_name(globals));
	place.part = "global";
	json_object_object_foreach(globals, name, value) {
		if (!status && strcmp(name, "comment"))
			status = jool_read_global(jool, name, value);
	}
	return status;
}

static enum status read_framework(struct jool *jool, json_object *value)
{
	struct command_line target;
	const char *word;

	if (jool_string(value, "framework", &word))
		return WRONG;
	if (strcmp(word, "netfilter") && strcmp(word, "iptables"))
		return fail(WRONG, "framework \"%s\": must be netfilter | iptables", word);
	if (!strcmp(word, "iptables")) {
		target = shell("-j NAT64 --device %s", jool->import->device);
		import_note(jool->import, "rules with -j JOOL or -j JOOL_SIIT become %s, in the table "
			    "raw or mangle", shell_text(&target) ?: "");
		shell_clear(&target);
	}
	return DONE;
}

static enum status read_instance(struct jool *jool, json_object *value)
{
	const char *word;

	if (jool_string(value, "instance", &word))
		return WRONG;
	if (!jool->import->device_given)
		import_note(jool->import, "instance \"%s\": the device is called %s, or as dev NAME "
			    "says behind the file", word, jool->import->device);
	return DONE;
}

static enum status read_section(struct jool *jool, const char *name, json_object *value)
{
	jool->section = name;
	place.part = "";
	if (!strcmp(name, "global"))
		return read_globals(jool, value);
	if (!strcmp(name, "framework"))
		return read_framework(jool, value);
	if (!strcmp(name, "instance"))
		return read_instance(jool, value);
	for (int i = 0; sections[i].name; i++) {
		if (!strcmp(name, sections[i].name))
			return read_list(jool, value, sections[i].read);
	}
	import_note(jool->import, "%s: not known to this command, and left out", name);
	return DONE;
}

/* Whether the file has a section of this kind, or a member of "global" for which @is_of is true. */
static bool has_member(json_object *root, bool nat64, bool (*is_of)(const char *name))
{
	json_object *value, *globals;

	for (int i = 0; sections[i].name; i++) {
		if (sections[i].nat64 == nat64 &&
		    json_object_object_get_ex(root, sections[i].name, &value))
			return true;
	}
	if (!json_object_object_get_ex(root, "global", &globals) ||
	    !json_object_is_type(globals, json_type_object))
		return false;
	json_object_object_foreach(globals, name, option) {
		if (option && is_of(name))
			return true;
	}
	return false;
}

/* The files of jool and of jool_siit do not say which they are. */
static bool is_stateful(struct jool *jool)
{
	if (has_member(jool->file.root, true, jool_is_of_nat64))
		return true;
	if (has_member(jool->file.root, false, jool_is_of_siit))
		return false;
	place.part = NULL;
	place.line = 1;
	import_note(jool->import, "taken for a file of jool; with an empty list \"eamt\", for one of "
		    "jool_siit");
	return true;
}

static bool is_jool(json_object *root)
{
	static const char *const names[] = { "instance", "framework", "global" };
	json_object *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (json_object_object_get_ex(root, names[i], &value))
			return true;
	}
	for (int i = 0; sections[i].name; i++) {
		if (json_object_object_get_ex(root, sections[i].name, &value))
			return true;
	}
	return false;
}

static enum status not_jool(json_object *root)
{
	place.line = 1;
	json_object_object_foreach(root, name, value) {
		(void)value;
		return fail(WRONG, "not a Jool file: \"%s\"", name);
	}
	return fail(WRONG, "not a Jool file: there is nothing in it");
}

static enum status read_root(struct jool *jool)
{
	enum status status = DONE;
	bool stateful;

	if (!is_jool(jool->file.root))
		return not_jool(jool->file.root);
	stateful = is_stateful(jool);
	if (stateful)
		import_option(jool->import, "pool %s", IMPORT_POOL);
	json_object_object_foreach(jool->file.root, name, value) {
		if (!status && strcmp(name, "comment"))
			status = read_section(jool, name, value);
	}
	if (!status && stateful)
		jool_print_pool4(jool);
	else if (!status)
		import_translatable(jool->import);
	return status;
}

enum status import_jool(struct import *import, const char *path)
{
	struct jool jool = { .import = import };
	enum status status;

	status = json_file_read(&jool.file, path);
	if (!status)
		status = read_root(&jool);
	place.part = NULL;
	json_file_clear(&jool.file);
	free(jool.pool4);
	free(jool.hosts);
	return status;
}
