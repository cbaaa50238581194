// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 - configure and watch NAT64 devices
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/program.h"
#include "commands/complete.h"
#include "netlink/nl.h"

enum { OPTION_FORCE = 256 };

static const struct option long_options[] = {
	{ "all",	no_argument,		NULL, 'a' },
	{ "batch",	required_argument,	NULL, 'b' },
	{ "color",	optional_argument,	NULL, 'c' },
	{ "force",	no_argument,		NULL, OPTION_FORCE },
	{ "help",	no_argument,		NULL, 'h' },
	{ "json",	no_argument,		NULL, 'j' },
	{ "netns",	required_argument,	NULL, 'n' },
	{ "pretty",	no_argument,		NULL, 'p' },
	{ "version",	no_argument,		NULL, 'V' },
	{ }
};

/* A name of ip-netns(8), or a path such as /proc/PID/ns/net. */
static enum status enter_netns(const char *name)
{
	enum status status = DONE;
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS_DIR "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(REFUSED, "network namespace \"%s\": %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		status = fail(REFUSED, "network namespace \"%s\": %s", name, strerror(errno));
	close(fd);
	return status;
}

/* A full disk is an error. A reader that has seen enough needs no message. */
static enum status close_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return DONE;
	return errno == EPIPE ? REFUSED : fail(REFUSED, "standard output: %s", strerror(errno));
}

static enum status wrong_option(char **argv, int c)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		return fail(WRONG, "option \"%s\": argument is missing", word);
	if (optopt && optopt < OPTION_FORCE && !strchr("abchjnpV", optopt))
		return fail(WRONG, "unknown option \"-%c\"", optopt);
	return fail(WRONG, "unknown option \"%s\"", word);
}

/* The shells' completions ask with "__complete", which is not an object. */
static enum status run_arguments(char **words)
{
	char *overview[] = { "show", NULL };

	if (!*words)
		return run_words(overview);
	return strcmp(*words, "__complete") ? run_words(words) : complete(words + 1);
}

int main(int argc, char **argv)
{
	const char *batch = NULL, *netns = NULL;
	enum status status = DONE;
	bool help = false;
	int c;

	opterr = 0;
	while ((c = getopt_long_only(argc, argv, ":ab:chjn:pV", long_options, NULL)) != -1) {
		switch (c) {
		case 'a':
			options.all = true;
			break;
		case 'b':
			batch = optarg;
			break;
		case 'c':
			if (color_option(optarg))
				return WRONG;
			break;
		case 'h':
			help = true;
			break;
		case 'j':
			options.json = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'p':
			options.pretty = true;
			break;
		case 'V':
			puts("nat64 " NAT64_VERSION);
			return close_output();
		case OPTION_FORCE:
			options.force = true;
			break;
		default:
			return wrong_option(argv, c);
		}
	}
	argv += optind;

	if (help) {
		status = print_usage(argv[0]);
		return worse(status, close_output());
	}
	if (batch && argv[0])
		return fail(WRONG, "\"%s\": no command next to a batch", argv[0]);

	search_sbin();
	if (netns)
		status = enter_netns(netns);
	if (!status)
		status = batch ? run_batch(batch) : run_arguments(argv);
	status = worse(status, send_pending());
	nl_close_all();
	return worse(status, close_output());
}
