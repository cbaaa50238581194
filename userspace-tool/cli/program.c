// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.h"

extern char **environ;

/* Files in memory stand for the program's input and output: unlike pipes, they never fill up. */
struct streams {
	int fd[3];
};

static const char *search_path(void)
{
	return getenv("PATH") ?: "";
}

/* Calls @wanted for the directories of PATH until it returns true. Returns whether it has. */
static bool search(bool (*wanted)(const char *directory, int len, const char *name), const char *name)
{
	const char *path = search_path();
	size_t len;

	for (; *path; path += len + !!path[len]) {
		len = strcspn(path, ":");
		if (len && wanted(path, len, name))
			return true;
	}
	return false;
}

static bool is_called(const char *directory, int len, const char *name)
{
	return len == (int)strlen(name) && !memcmp(directory, name, len);
}

static bool has_program(const char *directory, int len, const char *name)
{
	char file[4096];

	return snprintf(file, sizeof(file), "%.*s/%s", len, directory, name) < (int)sizeof(file) &&
	       !access(file, X_OK);
}

void search_sbin(void)
{
	char *path;

	if (!search(is_called, "/usr/bin") || search(is_called, "/usr/sbin"))
		return;
	if (asprintf(&path, "%s:/usr/sbin:/sbin", search_path()) < 0)
		return;
	setenv("PATH", path, 1);
	free(path);
}

bool program_exists(const char *name)
{
	return search(has_program, name);
}

static enum status open_streams(struct streams *streams, const char *input)
{
	size_t size = input ? strlen(input) : 0;

	for (int i = 0; i < 3; i++)
		streams->fd[i] = memfd_create("nat64", MFD_CLOEXEC);
	if (streams->fd[0] < 0 || streams->fd[1] < 0 || streams->fd[2] < 0 ||
	    (size && write(streams->fd[0], input, size) != (ssize_t)size))
		return fail(REFUSED, "a file in memory: %s", strerror(errno));
	lseek(streams->fd[0], 0, SEEK_SET);
	return DONE;
}

static void close_streams(struct streams *streams)
{
	for (int i = 0; i < 3; i++) {
		if (streams->fd[i] >= 0)
			close(streams->fd[i]);
	}
}

static int spawn(const char *const *words, const struct streams *streams, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	for (int i = 0; !error && i < 3; i++)
		error = posix_spawn_file_actions_adddup2(&actions, streams->fd[i], i);
	if (!error)
		error = posix_spawnp(pid, words[0], &actions, NULL, (char *const *)words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static char *read_stream(int fd)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	lseek(fd, 0, SEEK_SET);
	file = fdopen(dup(fd), "r");
	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static enum status run(const char *const *words, const struct streams *streams,
		       struct program *program)
{
	int error, state;
	pid_t pid;

	error = spawn(words, streams, &pid);
	if (error)
		return fail(REFUSED, "%s: %s", words[0], strerror(error));
	while (waitpid(pid, &state, 0) < 0) {
		if (errno != EINTR)
			return fail(REFUSED, "%s: %s", words[0], strerror(errno));
	}
	program->code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
	program->output = read_stream(streams->fd[1]);
	program->errors = read_stream(streams->fd[2]);
	return DONE;
}

enum status program_run(const char *const *words, const char *input, struct program *program)
{
	struct streams streams;
	enum status status;

	memset(program, 0, sizeof(*program));
	status = open_streams(&streams, input);
	if (!status)
		status = run(words, &streams, program);
	close_streams(&streams);
	return status;
}

void program_clear(struct program *program)
{
	free(program->output);
	free(program->errors);
	memset(program, 0, sizeof(*program));
}

char *program_output(const char *const *words)
{
	struct program program;
	char *output = NULL;

	if (!program_exists(words[0]))
		return NULL;
	if (!program_run(words, NULL, &program)) {
		output = program.output;
		program.output = NULL;
	}
	program_clear(&program);
	return output;
}

const char *program_complaint(struct program *program)
{
	char *line = program->errors;

	if (!line)
		return "";
	line += strspn(line, "\n ");
	line[strcspn(line, "\n")] = '\0';
	return line;
}
