// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/output.h"

/* The output contains hash keys, and standard output may be a file that the shell has made. */
static void warn_of_readers(void)
{
	struct stat stat;

	if (!fstat(STDOUT_FILENO, &stat) && S_ISREG(stat.st_mode) && stat.st_mode & 077)
		fail(DONE, "standard output: others can read the hash key in this file");
}

enum status output_begin(struct output *output, const char *path)
{
	int fd, len;

	output->path = path;
	output->file = stdout;
	if (!path) {
		warn_of_readers();
		return DONE;
	}
	len = snprintf(output->temporary, sizeof(output->temporary), "%s.new", path);
	if (len >= (int)sizeof(output->temporary))
		return fail(REFUSED, "%s: %s", path, strerror(ENAMETOOLONG));
	unlink(output->temporary);
	fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(REFUSED, "%s: %s", output->temporary, strerror(errno));
	output->file = fdopen(fd, "w");
	return output->file ? DONE : fail(REFUSED, "out of memory");
}

static bool written(FILE *file)
{
	bool good = !fflush(file) && !ferror(file) && !fsync(fileno(file));

	return !fclose(file) && good;
}

enum status output_end(struct output *output, enum status status)
{
	if (!output->path)
		return status;
	if (!written(output->file) || (!status && rename(output->temporary, output->path)))
		status = worse(status, fail(REFUSED, "%s: %s", output->path, strerror(errno)));
	if (status)
		unlink(output->temporary);
	return status;
}
