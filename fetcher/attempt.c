#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>

#include "fetcher/attempt.h"
#include "fetcher/redirect.h"
#include "fetcher/tls.h"

/* Of all header lines of an attempt together, interim responses and trailers
 * included (CVE-2023-38039: headers without end). */
#define HEADER_BYTES	65536
#define HEADER_LINES	200
/* A short body that nobody wants is read, so that the connection can be used
 * again. */
#define DISCARD_BYTES	65536
/* libcurl hands over at most so much at a time. */
#define PIECE		CURL_MAX_WRITE_SIZE

/* ---- connections ---- */

static curl_socket_t
socket_wanted(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct attempt *a = context;
	int fd = -1;

	(void)purpose, (void)to;
	enum connection_outcome outcome =
	    connection_take(a->with->connections, &fd);
	a->socketless = outcome == CONNECTION_NONE;
	return outcome == CONNECTION_TAKEN ? fd : CURL_SOCKET_BAD;
}

static int
socket_is_connected(void *context, curl_socket_t fd, curlsocktype purpose)
{
	(void)context, (void)fd, (void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int
socket_unwanted(void *connections, curl_socket_t fd)
{
	connection_close(connections, fd);
	return 0;
}

/* The connection stands and the request is about to go out. */
static int
connection_ready(void *context, char *peer, char *local, int port, int here)
{
	struct attempt *a = context;
	struct connections *c = a->with->connections;
	struct curl_tlssessioninfo *tls = NULL;
	const unsigned char *name = NULL;
	unsigned int size = 0;

	(void)peer, (void)local, (void)port, (void)here;
	if (a->with->session->origin.scheme == FETCHER_HTTPS &&
	    curl_easy_getinfo(a->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK
	    && tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals != NULL)
		SSL_get0_alpn_selected(tls->internals, &name, &size);
	enum connection_protocol protocol = size == 2 &&
	    memcmp(name, "h2", 2) == 0 ? CONNECTION_MANY : CONNECTION_ONE;
	if (protocol != c->protocol)
		c->changed = true;
	c->protocol = protocol;
	return CURL_PREREQFUNC_OK;
}

/* ---- the response ---- */

static void
progress_note(struct attempt *a)
{
	a->last = rpc_now();
	a->with->connections->heard = a->last;
}

static const char *
field(const struct attempt *a, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(a->easy, name, 0, CURLH_HEADER, -1, &header) ==
	    CURLHE_OK ? header->value : NULL;
}

static void
redirect_judge(struct attempt *a, const char *location)
{
	a->judgement.verdict = RESPONSE_END;
	a->judgement.outcome = FETCHER_REDIRECT;
	/* Else it stays what it is, to nowhere. */
	(void)redirect_parse(a->url, location, &a->transfer->rep);
}

/* What the server says of the bytes that follow: to the manager, and kept for
 * an attempt that would have to ask for the rest. */
static void
head_tell(struct attempt *a, const struct response *r)
{
	struct transfer *t = a->transfer;
	bool again = a->judgement.verdict == RESPONSE_RESTART;
	uint64_t total = a->judgement.total;
	char validator[FETCHER_VALIDATOR];

	response_validator(r, validator);
	/* A part need not repeat what it was asked for by. */
	if (again || validator[0] != '\0')
		memcpy(t->req.validator, validator, sizeof(validator));
	session_head(a->with->session, t, again && t->offset > 0,
	    total == RESPONSE_UNKNOWN ? 0 : total, t->req.validator);
	a->began = t->offset;
}

static void
header_complete(struct attempt *a)
{
	long status = 0;

	curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200 || a->judgement.verdict != RESPONSE_NONE)
		return;		/* interim, or the trailer of a body */
	const struct response r = {
		.status = (unsigned int)status,
		.length = field(a, "Content-Length"),
		.range = field(a, "Content-Range"),
		.coding = field(a, "Transfer-Encoding"),
		.etag = field(a, "ETag"),
		.modified = field(a, "Last-Modified"),
		.location = field(a, "Location"),
	};
	progress_note(a);
	a->transfer->rep.status = r.status;
	a->judgement = response_judge(&r, &a->request);
	if (a->judgement.verdict == RESPONSE_MOVED)
		redirect_judge(a, r.location);
	if (a->judgement.verdict == RESPONSE_CONTINUE ||
	    a->judgement.verdict == RESPONSE_RESTART)
		head_tell(a, &r);
}

static size_t
header_received(char *line, size_t size, size_t count, void *context)
{
	struct attempt *a = context;
	size_t n = size * count;

	a->header_bytes += n;
	a->header_lines++;
	if (a->header_bytes > HEADER_BYTES || a->header_lines > HEADER_LINES) {
		a->judgement = (struct judgement){ RESPONSE_END,
		    FETCHER_SERVER, RESPONSE_UNKNOWN, true };
		return 0;
	}
	if (line[0] == '\r' || line[0] == '\n')
		header_complete(a);
	return a->judgement.cut ? 0 : n;
}

static size_t
body_discard(struct attempt *a, size_t n)
{
	a->discarded += n;
	return a->discarded > DISCARD_BYTES ? 0 : n;
}

static size_t
body_received(char *bytes, size_t size, size_t count, void *context)
{
	struct attempt *a = context;
	struct transfer *t = a->transfer;
	size_t n = size * count;

	progress_note(a);
	if (a->judgement.verdict != RESPONSE_CONTINUE &&
	    a->judgement.verdict != RESPONSE_RESTART)
		return body_discard(a, n);
	if (n > session_room(a->with->session, t)) {
		a->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	session_deliver(a->with->session, t, bytes, n);
	if (t->offset <= t->req.max)
		return n;
	/* Delivered all the same: the manager believes its own count only. */
	a->judgement.verdict = RESPONSE_END;
	a->judgement.outcome = FETCHER_STOPPED;
	return 0;
}

/* ---- the request ---- */

static void
url_set(struct attempt *a)
{
	const struct fetcher_open_req *o = &a->with->session->origin;
	bool literal = strchr(o->host, ':') != NULL;

	snprintf(a->url, sizeof(a->url), "%s://%s%s%s:%u%s",
	    o->scheme == FETCHER_HTTPS ? "https" : "http", literal ? "[" : "",
	    o->host, literal ? "]" : "", o->port, a->transfer->req.target);
	curl_easy_setopt(a->easy, CURLOPT_URL, a->url);
	curl_easy_setopt(a->easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(a->easy, CURLOPT_PROTOCOLS_STR,
	    o->scheme == FETCHER_HTTPS ? "https" : "http");
}

/* The rest, but only if it is the rest of what is there already. */
static int
range_set(struct attempt *a)
{
	char range[32];
	char line[sizeof("If-Range: ") + FETCHER_VALIDATOR];

	if (!a->request.ranged)
		return 0;
	snprintf(range, sizeof(range), "%llu-",
	    (unsigned long long)a->request.offset);
	snprintf(line, sizeof(line), "If-Range: %s",
	    a->transfer->req.validator);
	a->headers = curl_slist_append(NULL, line);
	curl_easy_setopt(a->easy, CURLOPT_RANGE, range);
	curl_easy_setopt(a->easy, CURLOPT_HTTPHEADER, a->headers);
	return a->headers == NULL ? -ENOMEM : 0;
}

static void
connections_set(struct attempt *a)
{
	CURL *easy = a->easy;

	curl_easy_setopt(easy, CURLOPT_RESOLVE, a->with->resolve);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_wanted);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, a);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, socket_is_connected);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_unwanted);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, a->with->connections);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connection_ready);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, a);
	curl_easy_setopt(easy, CURLOPT_SHARE, a->with->share);
	/* Where streams are to be had, wait for one. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
	    (long)(a->with->connections->protocol == CONNECTION_MANY));
	tls_apply(easy);
}

static void
callbacks_set(struct attempt *a, void *context)
{
	curl_easy_setopt(a->easy, CURLOPT_PRIVATE, context);
	curl_easy_setopt(a->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(a->easy, CURLOPT_USERAGENT, "airlock");
	curl_easy_setopt(a->easy, CURLOPT_HEADERFUNCTION, header_received);
	curl_easy_setopt(a->easy, CURLOPT_HEADERDATA, a);
	curl_easy_setopt(a->easy, CURLOPT_WRITEFUNCTION, body_received);
	curl_easy_setopt(a->easy, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(a->easy, CURLOPT_BUFFERSIZE, 65536L);
}

int
attempt_start(struct attempt *a, void *context)
{
	a->judgement = (struct judgement){ 0 };
	a->paused = a->socketless = false;
	a->discarded = 0;
	a->header_bytes = a->header_lines = 0;
	a->began = a->transfer->offset;
	a->last = rpc_now();
	if (a->easy == NULL)
		a->easy = curl_easy_init();
	else
		curl_easy_reset(a->easy);
	if (a->easy == NULL)
		return -ENOMEM;
	url_set(a);
	connections_set(a);
	callbacks_set(a, context);
	if (range_set(a) < 0 ||
	    curl_multi_add_handle(a->with->multi, a->easy) != CURLM_OK)
		return -ENOMEM;
	return 0;
}

void
attempt_stop(struct attempt *a)
{
	if (a->easy != NULL)
		curl_multi_remove_handle(a->with->multi, a->easy);
	curl_slist_free_all(a->headers);
	a->headers = NULL;
}

void
attempt_resume(struct attempt *a)
{
	a->paused = false;
	a->last = rpc_now();
	curl_easy_pause(a->easy, CURLPAUSE_CONT);
}

uint64_t
attempt_retry_after(const struct attempt *a)
{
	curl_off_t seconds = 0;

	curl_easy_getinfo(a->easy, CURLINFO_RETRY_AFTER, &seconds);
	return seconds > 0 && seconds < 86400 ? (uint64_t)seconds * 1000 : 0;
}

enum fetcher_outcome
attempt_failure(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return FETCHER_CERTIFICATE;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_USE_SSL_FAILED:
		return FETCHER_TLS;
	default:
		return FETCHER_NETWORK;
	}
}
