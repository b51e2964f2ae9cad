#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/userfile.h"
#include "depot/path.h"
#include "rpc/cap.h"

#define CONTENT_MAX	((size_t)32 << 20)	/* bytes; a lockfile of 65536
					 * archives has as many */

enum status
user_root(struct root *root, const struct arguments *a, const char *user)
{
	if (!depot_user_valid(user)) {
		complain("%s: this is no user's name", user);
		advise("letters, digits and _ + . : ~ - make a name, and it "
		    "begins with neither . nor -");
		return STATUS_USAGE;
	}
	return root_choose(root, a) < 0 ? STATUS_FAILED : STATUS_DONE;
}

static int
complain_dir(const struct root *root, const char *user, int error)
{
	complain("%s/depot/%s: %s", root->path, user, strerror(-error));
	return error;
}

int
userdir_open(const struct root *root, const char *user)
{
	CLOSE int depot = root_open(root, "depot");

	if (depot < 0)
		return depot;
	int fd = openat(depot, user, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		return complain_dir(root, user, -errno);
	return fd == -1 ? -ENOENT : fd;
}

int
userdir_make(const struct root *root, const char *user)
{
	CLOSE int depot = root_open(root, "depot");

	if (depot < 0)
		return depot == -ENOENT ? complain_dir(root, user, depot) :
		    depot;
	if (mkdirat(depot, user, 0755) == -1 && errno != EEXIST)
		return complain_dir(root, user, -errno);
	int fd = userdir_open(root, user);
	return fd == -ENOENT ? complain_dir(root, user, fd) : fd;
}

int
content_read(struct content *content, int dir, const char *name)
{
	CLOSE int file = name == NULL ? fcntl(dir, F_DUPFD_CLOEXEC, 0) :
	    openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (file == -1 || fstat(file, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > (off_t)CONTENT_MAX)
		return -EFBIG;
	char *text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return -ENOMEM;
	ssize_t n = pread(file, text, (size_t)st.st_size, 0);
	if (n == -1) {
		int error = -errno;
		free(text);
		return error;
	}
	text[n] = '\0';
	*content = (struct content){ text, (size_t)n };
	return 0;
}

void
content_free(struct content *content)
{
	free(content->text);
	*content = (struct content){ 0 };
}

static int
write_all(int fd, const struct content *content)
{
	for (size_t at = 0; at < content->size;) {
		ssize_t n = write(fd, content->text + at, content->size - at);
		if (n == -1 && errno != EINTR)
			return -errno;
		at += n == -1 ? 0 : (size_t)n;
	}
	return fsync(fd) == -1 ? -errno : 0;
}

int
content_write(const struct content *content, int dir, const char *name)
{
	char temporary[64];

	snprintf(temporary, sizeof(temporary), ".%s.new", name);
	/* Left by a run that was cut off. */
	if (unlinkat(dir, temporary, 0) == -1 && errno != ENOENT)
		return -errno;
	CLOSE int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return -errno;
	int error = write_all(fd, content);
	if (error == 0 && renameat(dir, temporary, dir, name) == -1)
		error = -errno;
	if (error < 0)
		unlinkat(dir, temporary, 0);
	else if (fsync(dir) == -1)
		error = -errno;
	return error;
}

int
content_copy(int from, int to, const char *name)
{
	struct content content = { 0 };
	int error = content_read(&content, from, name);

	if (error == 0)
		error = content_write(&content, to, name);
	content_free(&content);
	return error;
}

int
origin_line(struct url *url, int depot, const char *user, unsigned int n)
{
	char name[DEPOT_USER_MAX + sizeof("/" USER_ORIGIN)];
	struct content origin = { 0 };

	snprintf(name, sizeof(name), "%s/" USER_ORIGIN, user);
	if (content_read(&origin, depot, name) < 0)
		return 0;
	int found = url_line(url, origin.text, origin.size, n);
	content_free(&origin);
	return found;
}

void
origin_text(char text[ORIGIN_TEXT], const struct url *url)
{
	/* Only an address of IPv6 has colons, and it has brackets around it. */
	bool six = strchr(url->host, ':') != NULL;
	bool tls = url->scheme == URL_HTTPS;
	char port[8] = "";

	if (url->scheme == URL_FILE) {
		snprintf(text, ORIGIN_TEXT, "file://%s", url->path);
		return;
	}
	if (url->port != (tls ? 443 : 80))
		snprintf(port, sizeof(port), ":%u", url->port);
	snprintf(text, ORIGIN_TEXT, "http%s://%s%s%s%s%s", tls ? "s" : "",
	    six ? "[" : "", url->host, six ? "]" : "", port, url->path);
}
