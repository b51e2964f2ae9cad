/*
 * url_fuzz.c - any bytes as a URL, a `download` file, a target, an address.
 * What is accepted can be put together again and is then the same URL.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "depot/url.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_url(const struct url *url)
{
	static const char *const names[] = { "", "https", "http", "file" };
	char text[URL_HOST + URL_PATH + 32], port[8] = "";
	bool bracket = strchr(url->host, ':') != NULL;
	struct url again;

	assert(url->scheme > URL_NONE && url->scheme <= URL_FILE);
	assert((url->scheme == URL_FILE) == (url->host[0] == '\0'));
	assert((url->scheme == URL_FILE) == (url->port == 0));
	if (url->scheme != URL_FILE) {
		assert(url_host_valid(url->host));
		snprintf(port, sizeof(port), ":%u", url->port);
	}
	snprintf(text, sizeof(text), "%s://%s%s%s%s%s/", names[url->scheme],
	    bracket ? "[" : "", url->host, bracket ? "]" : "", port, url->path);
	assert(url_parse(&again, text, strlen(text)) == 0);
	assert(url->scheme == again.scheme && url->port == again.port);
	assert(strcmp(url->host, again.host) == 0);
	assert(strcmp(url->path, again.path) == 0);
}

static void
check_path(const char *path)
{
	assert(path[0] == '\0' || url_target_valid(path, URL_PATH));
	assert(strpbrk(path, "%?#\\ \"<>") == NULL);
	assert(strstr(path, "//") == NULL);
	assert(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
	assert(path[0] == '\0' || path[strlen(path) - 1] != '/');
}

static void
check_strings(const char *text, size_t size)
{
	char *copy = malloc(size + 1);

	assert(copy != NULL);
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (url_host_valid(copy))
		assert(strlen(copy) > 0 && strlen(copy) <= 253 &&
		    strpbrk(copy, "/@%[]\\ ?#_") == NULL);
	if (url_target_valid(copy, size + 1))
		assert(copy[0] == '/');
	assert(!url_target_valid(copy, strlen(copy)));
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	struct url url;
	int found = 1;

	if (url_parse(&url, text, size) == 0) {
		check_url(&url);
		check_path(url.path);
	}
	for (unsigned int n = 0; n < 8 && found != 0; n++) {
		found = url_line(&url, text, size, n);
		assert(found == 0 || found == 1 || found == -EINVAL);
	}
	check_strings(text, size);
	memcpy(&peer, data, size < sizeof(peer) ? size : sizeof(peer));
	assert(url_reach(&peer) <= URL_REACH_PUBLIC);
	peer.ss_family = AF_INET;
	assert(url_reach(&peer) <= URL_REACH_PUBLIC);
	peer.ss_family = AF_INET6;
	assert(url_reach(&peer) <= URL_REACH_PUBLIC);
	return 0;
}
