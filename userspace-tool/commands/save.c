// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 save: the configuration, or the dynamic mappings, as a list of commands.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/shell.h"
#include "commands/save.h"
#include "files/output.h"
#include "netlink/answers.h"
#include "netlink/config.h"
#include "netlink/genl.h"
#include "netlink/mapping_list.h"

static const char usage[] =
	"Usage: nat64 save [dynamic] [dev NAME | all] [to FILE]\n"
	"\n"
	"Prints the commands that make the devices and their static mappings, or writes them to FILE,\n"
	"which only its owner can read, since it contains the hash keys. With the word dynamic, saves\n"
	"the dynamic mappings and when they were last used; if FILE is a directory, the mappings of\n"
	"each device go to NAME.dynamic in it. Without NAME, saves all devices.\n";

/* Writes the commands for a device. */
typedef enum status (*save_device)(const char *device, const struct nlattr **attrs, FILE *file);

static void print_mapping(const struct mapping *mapping, const char *device, FILE *file)
{
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];

	fprintf(file, "map add %s %s", mapping_text6(mapping, text6),
		mapping_text4(mapping, text4));
	if (mapping->type == NAT64_MAP_DYNAMIC)
		fprintf(file, " dynamic used %lld", (long long)time(NULL) - mapping->idle);
	if (strcmp(device, DEFAULT_DEVICE)) {
		fputs(" dev ", file);
		shell_quote(file, device);
	}
	fputc('\n', file);
}

static enum status print_mappings(const char *device, uint8_t type, FILE *file)
{
	struct mapping_list list = { };
	enum status status = mapping_list_fetch(device, type, &list);

	for (size_t i = 0; !status && i < list.count; i++)
		print_mapping(&list.mappings[i], device, file);
	free(list.mappings);
	return status;
}

static enum status save_static(const char *device, const struct nlattr **attrs, FILE *file)
{
	if (!attrs[NAT64_A_HASH_KEY])
		return fail(REFUSED, "dev %s: its hash key is not for you to see", device);
	fputs("dev add ", file);
	shell_quote(file, device);
	config_print_words(attrs, file);
	fputc('\n', file);
	return print_mappings(device, NAT64_MAP_STATIC, file);
}

static enum status save_mappings(const char *device, const struct nlattr **attrs, FILE *file)
{
	(void)attrs;
	return print_mappings(device, NAT64_MAP_DYNAMIC, file);
}

static enum status save_each(const struct answers *answers, save_device save, FILE *file)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	enum status status = DONE;

	for (size_t i = 0; !status && i < answers->count; i++) {
		genl_parse(answers->messages[i], attrs, NAT64_A_MAX);
		status = save(mnl_attr_get_str(attrs[NAT64_A_IFNAME]), attrs, file);
	}
	return status;
}

static enum status save_all(const char *device, const char *path, save_device save)
{
	struct answers answers = { };
	struct output output;
	enum status status;

	status = answers_fetch(NAT64_CMD_DEV_GET, device, &answers);
	if (!status)
		status = output_begin(&output, path);
	if (!status)
		status = output_end(&output, save_each(&answers, save, output.file));
	answers_clear(&answers);
	return status;
}

static bool is_directory(const char *path)
{
	struct stat about;

	return path && !stat(path, &about) && S_ISDIR(about.st_mode);
}

enum status save_path(const char *directory, const char *device, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s.dynamic", directory, device);

	return len < PATH_MAX ? DONE : fail(REFUSED, "%s: %s", directory, strerror(ENAMETOOLONG));
}

/* One file for each device. */
static enum status save_apart(const char *device, const char *directory)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct answers answers = { };
	char path[PATH_MAX];
	enum status status;

	status = answers_fetch(NAT64_CMD_DEV_GET, device, &answers);
	for (size_t i = 0; !status && i < answers.count; i++) {
		genl_parse(answers.messages[i], attrs, NAT64_A_MAX);
		device = mnl_attr_get_str(attrs[NAT64_A_IFNAME]);
		status = save_path(directory, device, path);
		if (!status)
			status = save_all(device, path, save_mappings);
	}
	answers_clear(&answers);
	return status;
}

enum status save_dynamic(const char *device, const char *path)
{
	if (is_directory(path))
		return save_apart(device, path);
	return save_all(device, path, save_mappings);
}

static enum status save(struct words *words)
{
	save_device what = save_static;
	char device[IFNAMSIZ] = "";
	const char *word, *path = NULL;
	enum status status = DONE;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dynamic")) {
			what = save_mappings;
		} else if (!strcmp(word, "dev")) {
			status = take_device(words, device);
		} else if (!strcmp(word, "to") && !path) {
			path = next_word(words);
			status = path ? DONE : missing("the file after \"to\"");
		} else if (strcmp(word, "all")) {
			status = unknown_word(word);
		}
	}
	if (status)
		return status;
	return what == save_mappings ? save_dynamic(device, path) : save_all(device, path, what);
}

const struct object save_object = {
	.name = "save",
	.about = "the configuration as commands",
	.usage = usage,
	.run = save,
};
