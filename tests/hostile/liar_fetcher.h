/*
 * liar_fetcher.h - what a fetcher may say that is not so.
 */
#ifndef TESTS_LIAR_FETCHER_H
#define TESTS_LIAR_FETCHER_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/param.h>
#include <sys/stat.h>

#include "depot/url.h"
#include "fetcher/fetcher.h"
#include "jail/jail.h"
#include "liar_record.h"
#include "rpc/buffer.h"

static struct slots liar_slots;
static struct fetcher_open_req liar_origin;
static int liar_line = -1;	/* a fetcher's, or a dialer's */

static inline const struct fetcher_get_req *
get_asked(const struct question *q)
{
	return (const struct fetcher_get_req *)(const void *)q->asked.body;
}

static inline struct fetcher_get_rep
get_reply(const struct question *q, uint32_t outcome)
{
	return (struct fetcher_get_rep){ .transfer = get_asked(q)->transfer,
	    .outcome = outcome, .status = 200 };
}

static inline void
get_answer(struct question *q, struct fetcher_get_rep rep)
{
	QUESTION_SET(q, rep);
	question_answer(q);
}

static inline bool
is_signature(const struct question *q)
{
	const char *target = get_asked(q)->target;

	return strcmp(target + strlen(target) - 4, ".sig") == 0;
}

/* The publisher's catalog is asked for before anything else of its. */
static inline bool
is_catalog(const struct question *q)
{
	const char *name = strrchr(get_asked(q)->target, '/');

	return strcmp(name, "/catalog.xz") == 0 ||
	    strcmp(name, "/catalog.xz.sig") == 0;
}

/* ---- deliveries ---- */

static inline void
head(const struct question *q, struct fetcher_head_req req)
{
	req.transfer = get_asked(q)->transfer;
	say(q->channel, FETCHER_HEAD, 0, &req, sizeof(req), NULL, 0);
}

static inline int
deliver(const struct question *q, uint32_t transfer, uint32_t slot,
    uint32_t length)
{
	static uint32_t serial;
	const struct fetcher_deliver_req req = { transfer, slot, length, 0 };

	return say(q->channel, FETCHER_DELIVER, ++serial, &req, sizeof(req),
	    NULL, 0);
}

/* Wait for one answer of the manager's, whatever it says. */
static inline struct fetcher_deliver_rep
delivered(const struct question *q)
{
	struct fetcher_deliver_rep rep;
	struct record record;
	int fds[CAP_MAX];

	hear(q->channel, &record, fds);
	memcpy(&rep, record.body, sizeof(rep));
	return rep;
}

enum tamper { HONEST, SWAPPED, SCRIBBLED };

/* What is held in the certificates' place: eight digits, the size of the
 * signature; the signature; the archive. */
static inline void
held(const struct question *q, off_t *at, off_t *end)
{
	char digits[9] = "";
	struct stat st;

	if (pread(JAIL_FD_INPUT, digits, 8, 0) != 8 ||
	    fstat(JAIL_FD_INPUT, &st) == -1)
		_exit(1);
	off_t middle = 8 + (off_t)strtoul(digits, NULL, 10);
	*at = is_signature(q) ? 8 : middle;
	*end = is_signature(q) ? middle : st.st_size;
}

/* The true file; an archive's last byte may be another one, or what was
 * submitted may change afterwards. */
static inline void
deliver_file(struct question *q, enum tamper tamper)
{
	off_t at, end;
	ssize_t n;

	held(q, &at, &end);
	head(q, (struct fetcher_head_req){ .claimed_total =
	    (uint64_t)(end - at) });
	while ((n = pread(JAIL_FD_INPUT, liar_slots.base,
	    (size_t)MIN(end - at, SLOT_SIZE), at)) > 0) {
		at += n;
		if (tamper == SWAPPED && at == end && !is_signature(q))
			liar_slots.base[n - 1] ^= 1;
		deliver(q, get_asked(q)->transfer, 0, (uint32_t)n);
		/* Whether it was copied already or not: all or nothing. */
		if (tamper == SCRIBBLED)
			memset(liar_slots.base, 'x', (size_t)n);
		if (delivered(q).stop)
			return;
	}
	get_answer(q, get_reply(q, FETCHER_DONE));
}

static inline void
honest_file(struct question *q)
{
	deliver_file(q, HONEST);
}

static inline void
swapped(struct question *q)
{
	deliver_file(q, SWAPPED);
}

static inline void
scribbled(struct question *q)
{
	deliver_file(q, SCRIBBLED);
}

#define DELIVER_LIE(name, transfer, slot, length)			\
	static inline void						\
	name(struct question *q)					\
	{								\
		deliver(q, (transfer), (slot), (length));		\
		delivered(q);						\
		get_answer(q, get_reply(q, FETCHER_NOT_FOUND));		\
	}
DELIVER_LIE(slot_after_last, get_asked(q)->transfer, SLOT_COUNT, 1)
DELIVER_LIE(slot_huge, get_asked(q)->transfer, UINT32_MAX, 1)
DELIVER_LIE(length_none, get_asked(q)->transfer, 0, 0)
DELIVER_LIE(length_over, get_asked(q)->transfer, 0, SLOT_SIZE + 1)
DELIVER_LIE(length_huge, get_asked(q)->transfer, SLOT_COUNT - 1, UINT32_MAX)
DELIVER_LIE(no_transfer, get_asked(q)->transfer + 4242, 0, 1)

/* Whatever the manager says to it. */
static inline void
endless(struct question *q)
{
	do
		delivered(q);
	while (deliver(q, get_asked(q)->transfer, 0, SLOT_SIZE) == 0);
}

static inline void
endless_data(struct question *q)
{
	for (int i = 0; i < 8; i++)
		deliver(q, get_asked(q)->transfer, 0, SLOT_SIZE);
	endless(q);
}

static inline void
endless_archive(struct question *q)
{
	if (is_signature(q))
		honest_file(q);
	else
		endless_data(q);
}

/* For transfers that nobody has asked for. */
static inline void
endless_strangers(struct question *q)
{
	for (; deliver(q, 4242, 0, 1) == 0; flood_pace())
		delivered(q);
}

static inline void
endless_restarts(struct question *q)
{
	for (;; flood_pace()) {
		head(q, (struct fetcher_head_req){ .restart = 1 });
		if (deliver(q, get_asked(q)->transfer, 0, 1) == -1)
			_exit(0);
		delivered(q);
	}
}

static inline void
endless_heads(struct question *q)
{
	for (;; wait_ms(100))
		head(q, (struct fetcher_head_req){ 0 });
}

/* Without hearing any answer. */
static inline void
endless_deliveries(struct question *q)
{
	while (deliver(q, get_asked(q)->transfer, 0, 1) == 0)
		continue;
}

static inline void
done_empty(struct question *q)
{
	get_answer(q, get_reply(q, FETCHER_DONE));
}

static inline void
done_other(struct question *q)
{
	struct fetcher_get_rep rep = get_reply(q, FETCHER_DONE);

	rep.transfer++;
	get_answer(q, rep);
}

static inline void
total_huge(struct question *q)
{
	head(q, (struct fetcher_head_req){ .claimed_total = UINT64_MAX });
	get_answer(q, get_reply(q, FETCHER_DONE));
}

static inline void
total_huge_archive(struct question *q)
{
	if (is_signature(q))
		honest_file(q);
	else
		total_huge(q);
}

static inline void
validator_unterminated(struct question *q)
{
	struct fetcher_head_req req = { 0 };

	memset(req.validator, 'v', sizeof(req.validator));
	head(q, req);
	get_answer(q, get_reply(q, FETCHER_NOT_FOUND));
}

/* Whatever the validator is, nobody reads it. */
static inline void
validator_odd(struct question *q)
{
	struct fetcher_head_req req = { .claimed_total = 65536,
	    .validator = "\x1b[2J\nhost elsewhere\r\n\xff" };

	if (is_signature(q)) {
		honest_file(q);
		return;
	}
	head(q, req);
	get_answer(q, get_reply(q, FETCHER_NETWORK));
}

static inline void
status_huge(struct question *q)
{
	struct fetcher_get_rep rep = get_reply(q, FETCHER_SERVER);

	rep.status = rep.library = UINT32_MAX;
	get_answer(q, rep);
}

/* ---- redirects ---- */

static inline void
redirect_to(struct question *q, uint32_t scheme, uint32_t port,
    const char *host, const char *target)
{
	struct fetcher_get_rep rep = get_reply(q, FETCHER_REDIRECT);

	rep.to.scheme = scheme;
	rep.to.port = port;
	strcpy(rep.to.host, host);
	strcpy(rep.to.target, target);
	get_answer(q, rep);
}

#define REDIRECT_LIE(name, scheme, port, host, target)			\
	static inline void						\
	name(struct question *q)					\
	{								\
		redirect_to(q, (scheme), (port), (host), (target));	\
	}
REDIRECT_LIE(redirect_file, URL_FILE, 80, "example.org", "/etc/passwd")
REDIRECT_LIE(redirect_scheme, 99, 80, "example.org", "/x")
REDIRECT_LIE(redirect_none, 0, 80, "example.org", "/x")
REDIRECT_LIE(redirect_port_none, URL_HTTP, 0, "example.org", "/x")
REDIRECT_LIE(redirect_port_over, URL_HTTP, 65616, "example.org", "/x")
REDIRECT_LIE(redirect_loop, liar_origin.scheme, liar_origin.port,
    liar_origin.host, "/x")
REDIRECT_LIE(redirect_plain, URL_HTTP, liar_origin.port, liar_origin.host,
    "/x")

static inline void
redirect_unterminated(struct question *q)
{
	struct fetcher_get_rep rep = get_reply(q, FETCHER_REDIRECT);

	rep.to.scheme = URL_HTTP;
	rep.to.port = 80;
	memset(rep.to.host, 'a', sizeof(rep.to.host));
	memset(rep.to.target, '/', sizeof(rep.to.target));
	get_answer(q, rep);
}

static inline void
redirect_target_unterminated(struct question *q)
{
	struct fetcher_get_rep rep = get_reply(q, FETCHER_REDIRECT);

	rep.to.scheme = URL_HTTP;
	rep.to.port = 80;
	strcpy(rep.to.host, "example.org");
	memset(rep.to.target, '/', sizeof(rep.to.target));
	get_answer(q, rep);
}

/* Ask the dialer, and take its word. */
static inline uint32_t
connect_ask(void)
{
	const struct line_connect_req req = { 0 };
	struct line_connect_rep rep;
	struct record record;
	int fds[CAP_MAX];

	say(liar_line, LINE_CONNECT, 1, &req, sizeof(req), NULL, 0);
	hear(liar_line, &record, fds);
	memcpy(&rep, record.body, sizeof(rep));
	if (fds[0] != -1)
		close(fds[0]);
	return rep.outcome;
}

/* To a host that is this one, or none; once there, ask to be connected.  A crash
 * says that we were. */
static inline void
redirect_here(struct question *q, const char *host)
{
	if (strcmp(liar_origin.host, host) != 0) {
		redirect_to(q, URL_HTTP, liar_origin.port, host, "/x");
		return;
	}
	uint32_t outcome = connect_ask();
	if (outcome == WHY_INSTALLED)
		raise(SIGSEGV);
	get_answer(q, get_reply(q, outcome));
}

#define HERE_LIE(name, host)						\
	static inline void						\
	name(struct question *q)					\
	{								\
		redirect_here(q, (host));				\
	}
HERE_LIE(redirect_localhost, "localhost")
HERE_LIE(redirect_loopback, "127.0.0.2")
HERE_LIE(redirect_mapped, "::ffff:127.0.0.1")
HERE_LIE(redirect_old, "127.1")
HERE_LIE(redirect_control, "a\x1b[2Jb\n.example")
HERE_LIE(redirect_blank, "")
HERE_LIE(redirect_at, "user@localhost")

/* ---- what it says to its dialer ---- */

/* More at a time than it was told. */
static inline void
endless_connects(struct question *q)
{
	const struct line_connect_req req = { 0 };

	(void)q;
	for (uint32_t serial = 1; say(liar_line, LINE_CONNECT, serial, &req,
	    sizeof(req), NULL, 0) == 0; serial++)
		continue;
	wait_for_ever();
}

/* The dialer has to do with it what it does for an honest one, call after call;
 * the manager sees that it comes to nothing. */
static inline void
endless_reconnects(struct question *q)
{
	(void)q;
	for (;; flood_pace())
		connect_ask();
}

/* What may be said at any time. */
static inline void
endless_line(struct question *q)
{
	const struct rpc_death death = { RPC_DEATH_NONE, -1 };

	(void)q;
	while (say(liar_line, RPC_DEATH, 0, &death, sizeof(death), NULL, 0)
	    == 0)
		flood_pace();
	wait_for_ever();
}

static inline void
line_garbage(struct question *q)
{
	memset(q->body, 0xa5, sizeof(q->body));
	say(liar_line, 0xa5a5a5a5, 0xa5a5a5a5, q->body, 777, NULL, 0);
	wait_for_ever();
}

static inline void
line_descriptors(struct question *q)
{
	const struct line_connect_req req = { 0 };

	say(liar_line, LINE_CONNECT, 1, &req, sizeof(req), &q->channel, 1);
	wait_for_ever();
}

/* A place, where there is no field for one. */
static inline void
line_names(struct question *q)
{
	say(liar_line, LINE_CONNECT, 1, "127.0.0.1:22\0...", 16, NULL, 0);
	say(liar_line, 0, 2, &liar_origin, sizeof(liar_origin), NULL, 0);
	(void)q;
	wait_for_ever();
}

/* That alone is no crime, and brings nothing. */
static inline void
line_closed(struct question *q)
{
	(void)q;
	close(liar_line);
	wait_for_ever();
}

#endif /* TESTS_LIAR_FETCHER_H */
