/*
 * liar.c - one program that poses as any worker and breaks its word.
 *
 * A copy of it stands in for dialer, fetcher, verifier, sequoia or extractor, beside
 * the real launcher, manager and cli.  Nothing tells a worker what to do but the
 * manager, so the lie stands in the program itself: liar_run.py overwrites
 * `script` in each copy with PLACE/LIE, or PLACE/LIE@FINGERPRINT for a verifier
 * that knows which key it should name.  A place is a call that is asked of a
 * worker; to all others it answers as an honest one would.  It enters no inner
 * jail: it is a worker that was taken over before that.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dialer/dialer.h"
#include "liar_fetcher.h"
#include "liar_record.h"
#include "liar_template.h"

#define ALL_LAYERS	0xfffu

static volatile char script[64] = "@LIAR@..........................."
    "..............................";

typedef void lie(struct question *);

/* ---- lies that fit every call ---- */

static void
honest(struct question *q)
{
	question_answer(q);
}

static void
mute(struct question *q)
{
	(void)q;
	wait_for_ever();
}

static void
hang_up(struct question *q)
{
	close(q->channel);
	wait_for_ever();
}

static void
quit(struct question *q)
{
	(void)q;
	_exit(0);
}

/* pid 1 of a pid namespace does not hear abort(), but a fault ends it. */
static void
crash(struct question *q)
{
	(void)q;
	__builtin_trap();
}

static void
forbidden(struct question *q)
{
	struct rpc_death death = { RPC_DEATH_VIOLATION, SYS_ptrace };

	/* The outer filter traps; the inner stage's handler would say this, and
	 * to the manager, whoever else is spoken to. */
	say(q->channel == liar_line ? JAIL_FD_CHANNEL : q->channel, RPC_DEATH, 0, &death, sizeof(death), NULL, 0);
	syscall(SYS_personality, 0);
	wait_for_ever();
}

/* Its jail was never closed: main() leaves that word out. */
static void
unready(struct question *q)
{
	question_answer(q);
}

/* All is said, but it does not end. */
static void
linger(struct question *q)
{
	question_answer(q);
	wait_for_ever();
}

static void
garbage(struct question *q)
{
	memset(q->body, 0xa5, sizeof(q->body));
	say(q->channel, 0xa5a5a5a5, 0xa5a5a5a5, q->body, 777, NULL, 0);
	wait_for_ever();
}

static void
resize(struct question *q, size_t size)
{
	say(q->channel, q->number, q->serial, q->body, size, NULL, 0);
	wait_for_ever();
}

static void
shorter(struct question *q)
{
	resize(q, q->size - 1);
}

static void
longer(struct question *q)
{
	resize(q, q->size + 8);
}

static void
largest(struct question *q)
{
	resize(q, RPC_MAX_BODY + 1);
}

static void
header_only(struct question *q)
{
	resize(q, 0);
}

static void
half_header(struct question *q)
{
	(void)!write(q->channel, &q->number, sizeof(q->number));
	wait_for_ever();
}

static void
empty_record(struct question *q)
{
	struct msghdr msg = { 0 };

	sendmsg(q->channel, &msg, 0);
	wait_for_ever();
}

static void
unknown(struct question *q)
{
	say(q->channel, 77, 1, q->body, q->size, NULL, 0);
	wait_for_ever();
}

static void
unknown_answer(struct question *q)
{
	say(q->channel, 77 | ANSWER, q->serial, q->body, q->size, NULL, 0);
	wait_for_ever();
}

/* Asks the manager what only the manager asks. */
static void
turned(struct question *q)
{
	say(q->channel, q->number & ~ANSWER, q->serial, q->asked.body, q->size,
	    NULL, 0);
	wait_for_ever();
}

static void
to_nothing(struct question *q)
{
	q->serial += 4711;
	question_answer(q);
	wait_for_ever();
}

static void
to_serial_0(struct question *q)
{
	q->serial = 0;
	question_answer(q);
	wait_for_ever();
}

static void
twice(struct question *q)
{
	question_answer(q);
	question_answer(q);
	wait_for_ever();
}

/* An answer with descriptors that nobody has asked for: pipes, which the
 * manager has none of. */
static void
with_fds(struct question *q, size_t count)
{
	int fds[MANY_FDS];

	for (size_t i = 0; i < count; i += 2)
		if (pipe2(fds + i, 0) == -1)
			_exit(1);
	wait_ms(700);		/* liar_run.py stops the cli meanwhile */
	say(q->channel, q->number, q->serial, q->body, q->size, fds, count);
	wait_for_ever();
}

static void
two_fds(struct question *q)
{
	with_fds(q, 2);
}

static void
four_fds(struct question *q)
{
	with_fds(q, 4);
}

static void
many_fds(struct question *q)
{
	with_fds(q, MANY_FDS);
}

/* What any peer may say at any time, all the time. */
static void
flood(struct question *q)
{
	const struct rpc_death death = { RPC_DEATH_NONE, -1 };

	while (say(q->channel, RPC_DEATH, 0, &death, sizeof(death), NULL, 0)
	    == 0)
		flood_pace();
}

/* What may be said once. */
static void
ready_twice(struct question *q)
{
	rpc_say_ready(q->channel, ALL_LAYERS);
	question_answer(q);
	wait_for_ever();
}

/* The last words of somebody who goes on. */
static void
last_words(struct question *q)
{
	rpc_last_words(q->channel, RPC_DEATH_VIOLATION, SYS_ptrace);
	question_answer(q);
}

/* Each answer begins with an outcome or verdict, but a fetcher's. */
static void
outcome(struct question *q, uint32_t value)
{
	memcpy(q->body + (q->number == (FETCHER_GET | ANSWER) &&
	    q->size == sizeof(struct fetcher_get_rep) ? 4 : 0), &value, 4);
	question_answer(q);
	wait_for_ever();
}

static void
outcome_0(struct question *q)
{
	outcome(q, 0);
}

static void
outcome_9999(struct question *q)
{
	outcome(q, 9999);
}

static void
outcome_last(struct question *q)
{
	outcome(q, UINT32_MAX);
}

/* Another service's. */
static void
outcome_foreign(struct question *q)
{
	outcome(q, WHY_BAD_SIGNATURE);
}

/* ---- a dialer's ---- */

static struct dialer_open_req dial_asked;

static void
dial_answer(struct question *q, uint32_t claim, int fd)
{
	const struct line_connect_rep rep = { .outcome = claim };

	QUESTION_SET(q, rep);
	q->fd = fd;
	question_answer(q);
}

/* Where it was not told to. */
static int
dialed(int type)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)dial_asked.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type, 0);

	return connect(fd, (const struct sockaddr *)&to, sizeof(to)) == -1 ?
	    -1 : fd;
}

#define DIAL_LIE(name, claim, fd)					\
	static void							\
	name(struct question *q)					\
	{								\
		dial_answer(q, (claim), (fd));				\
	}
DIAL_LIE(dial_no_socket, WHY_INSTALLED, -1)
DIAL_LIE(dial_refused_with_socket, WHY_REFUSED, dialed(SOCK_STREAM))
DIAL_LIE(dial_datagrams, WHY_INSTALLED, dialed(SOCK_DGRAM))
DIAL_LIE(dial_unconnected, WHY_INSTALLED, socket(AF_INET, SOCK_STREAM, 0))
DIAL_LIE(dial_channel, WHY_INSTALLED, q->channel)
DIAL_LIE(dial_file, WHY_INSTALLED, JAIL_FD_INPUT)

static void
dial_elsewhere(struct question *q)
{
	do {
		dial_answer(q, WHY_INSTALLED, dialed(SOCK_STREAM));
		close(q->fd);
		question_hear(q, q->channel);
	} while (true);
}

static void
dial_pair(struct question *q)
{
	int ends[2] = { -1, -1 };

	(void)socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	dial_answer(q, WHY_INSTALLED, ends[0]);
}

static void
dial_listening(struct question *q)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)listen(fd, 1);
	dial_answer(q, WHY_INSTALLED, fd);
}

/* ---- which lie, where ---- */

#define LIE(name)	{ #name, name, false }
#define BARE(name)	{ #name, name, true }
static const struct {
	const char	*name;
	lie		*tell;
	bool		 bare;	/* without a child, without a top directory */
} lies[] = {
	LIE(honest),
	LIE(mute), LIE(hang_up), LIE(quit), LIE(crash), LIE(forbidden),
	LIE(linger), LIE(garbage), LIE(shorter), LIE(longer), LIE(largest),
	LIE(header_only), LIE(half_header), LIE(empty_record), LIE(unknown),
	LIE(unknown_answer), LIE(turned), LIE(to_nothing), LIE(to_serial_0),
	LIE(twice), LIE(two_fds), LIE(four_fds), LIE(many_fds), LIE(flood),
	LIE(ready_twice), LIE(last_words), LIE(unready),
	LIE(outcome_0), LIE(outcome_9999), LIE(outcome_last),
	LIE(outcome_foreign),
	LIE(dial_no_socket), LIE(dial_refused_with_socket),
	LIE(dial_elsewhere), LIE(dial_datagrams), LIE(dial_unconnected), LIE(dial_channel), LIE(dial_file),
	LIE(dial_pair), LIE(dial_listening),
	LIE(honest_file), LIE(swapped), LIE(scribbled), LIE(slot_after_last),
	LIE(slot_huge), LIE(length_none), LIE(length_over), LIE(length_huge),
	LIE(no_transfer), LIE(endless_data), LIE(endless_archive),
	LIE(endless_strangers), LIE(endless_restarts), LIE(endless_heads),
	LIE(endless_deliveries), LIE(endless_connects),
	LIE(endless_reconnects), LIE(endless_line), LIE(line_garbage),
	LIE(line_descriptors), LIE(line_names), LIE(line_closed), LIE(done_empty), LIE(done_other),
	LIE(total_huge), LIE(total_huge_archive), LIE(validator_unterminated),
	LIE(validator_odd), LIE(status_huge), LIE(redirect_control),
	LIE(redirect_blank), LIE(redirect_at), LIE(redirect_old),
	LIE(redirect_file), LIE(redirect_scheme),
	LIE(redirect_none), LIE(redirect_port_none), LIE(redirect_port_over),
	LIE(redirect_loop), LIE(redirect_plain), LIE(redirect_unterminated),
	LIE(redirect_target_unterminated), LIE(redirect_localhost),
	LIE(redirect_loopback), LIE(redirect_mapped),
	BARE(fork_no_pidfd), BARE(fork_no_pidfd_positive), BARE(fork_failed),
	BARE(fork_failed_with_pidfd), BARE(fork_file), BARE(fork_pipe),
	BARE(fork_channel), LIE(fork_stranger), LIE(fork_manager),
	LIE(keys_17), LIE(keys_huge), LIE(keys_none), LIE(keys_primary),
	LIE(keys_primary_huge), LIE(keys_fpr), LIE(keys_verdict),
	LIE(verify_foreign), LIE(verify_fpr_none), LIE(verify_fpr_short),
	LIE(verify_fpr_huge), LIE(verify_hash), LIE(verify_algorithm),
	LIE(verify_none), LIE(verify_two), LIE(verify_future),
	LIE(verify_far_future), LIE(verify_far_past), LIE(verify_expired),
	LIE(verify_verdict_none), LIE(verify_verdict_huge), LIE(leave_child),
	LIE(tree_empty_top), LIE(tree_two_tops), LIE(tree_top_and_file),
	LIE(tree_setuid), LIE(tree_setgid), LIE(tree_sticky),
	LIE(tree_writable), LIE(tree_unreadable), LIE(tree_directory_none),
	LIE(tree_directory_open), LIE(tree_link_up), LIE(tree_link_absolute),
	LIE(tree_fifo), LIE(tree_chmod), LIE(tree_large), LIE(tree_many),
	LIE(tree_deep), LIE(tree_deep_closed),
	BARE(tree_nothing), BARE(tree_top_link), BARE(tree_top_file),
	BARE(tree_top_closed), BARE(extract_foreign), BARE(extract_refused),
	BARE(progress_endless), BARE(progress_huge),
};

static size_t chosen;
static char lie_place[sizeof(script)];

static void
lie_choose(void)
{
	for (size_t i = 0; i < sizeof(script) - 1; i++)
		lie_place[i] = script[i];
	char *name = strchr(lie_place, '/');
	if (name == NULL)
		_exit(1);
	*name++ = '\0';
	char *fpr = strchr(name, '@');
	if (fpr != NULL) {
		*fpr++ = '\0';
		if (fingerprint_parse(fpr, strlen(fpr), liar_fpr) == 0)
			_exit(1);
	}
	while (chosen < sizeof(lies) / sizeof(lies[0]) &&
	    strcmp(lies[chosen].name, name) != 0)
		chosen++;
	if (chosen == sizeof(lies) / sizeof(lies[0]))
		_exit(1);
}

/* Answer the question, or tell the lie if this is the place for it. */
static void
tell(struct question *q, const char *place)
{
	if (strcmp(lie_place, place) == 0)
		lies[chosen].tell(q);
	else
		question_answer(q);
}

/* The word that a jail is closed, on a channel on which this is asked. */
static void
ready(int channel, const char *place)
{
	if (lies[chosen].tell != unready || strcmp(lie_place, place) != 0)
		rpc_say_ready(channel, ALL_LAYERS);
}

/* ---- the services ---- */

static void
dialer(void)
{
	const struct dialer_open_rep opened = { .outcome = DIALER_CONNECTED };
	const struct line_connect_rep refused = { .outcome = WHY_REFUSED };
	struct question q;

	ready(JAIL_FD_CHANNEL, "open");
	question_hear(&q, JAIL_FD_CHANNEL);
	memcpy(&dial_asked, q.asked.body, sizeof(dial_asked));
	liar_line = q.fds[0];
	QUESTION_SET(&q, opened);
	tell(&q, "open");
	for (;;) {
		question_hear(&q, liar_line);
		QUESTION_SET(&q, refused);
		tell(&q, "connect");
	}
}

static void
fetcher(void)
{
	const struct fetcher_open_rep opened = { .outcome = FETCHER_DONE };
	struct question q;

	ready(JAIL_FD_CHANNEL, "open");
	question_hear(&q, JAIL_FD_CHANNEL);
	memcpy(&liar_origin, q.asked.body, sizeof(liar_origin));
	liar_line = q.fds[1];
	if (slots_map(&liar_slots, q.fds[0]) < 0)
		_exit(1);
	QUESTION_SET(&q, opened);
	tell(&q, "open");
	for (;;) {
		question_hear(&q, JAIL_FD_CHANNEL);
		const struct fetcher_get_rep absent =
		    get_reply(&q, FETCHER_NOT_FOUND);
		QUESTION_SET(&q, absent);
		tell(&q, is_catalog(&q) ? "catalog" : "get");
	}
}

static _Noreturn void
verifier_child(int channel)
{
	struct question q;

	question_hear(&q, channel);
	if (q.asked.number == VERIFIER_LIST_KEYS) {
		const struct verifier_keys_rep rep = keys_reply();
		ready(channel, "keys");
		QUESTION_SET(&q, rep);
		tell(&q, "keys");
	} else {
		const struct verifier_verify_rep rep = verify_reply(&q);
		ready(channel, "verify");
		QUESTION_SET(&q, rep);
		tell(&q, "verify");
	}
	_exit(0);
}

static _Noreturn void
extractor_child(int channel, uint64_t job)
{
	struct question q;

	ready(channel, "extract");
	question_hear(&q, channel);
	extract_enter(&q, job);
	if (!lies[chosen].bare)
		top_make(&q);
	tell(&q, "extract");
	_exit(0);
}

static void
template(bool verifies)
{
	const unsigned long own = CLONE_NEWUSER | CLONE_NEWPID;
	struct question q;

	ready(JAIL_FD_CHANNEL, "fork");
	for (;;) {
		const struct template_fork_rep rep = { .layers = ALL_LAYERS };
		uint64_t job;
		question_hear(&q, JAIL_FD_CHANNEL);
		memcpy(&job, q.asked.body, sizeof(job));
		QUESTION_SET(&q, rep);
		pid_t pid = lies[chosen].bare && strcmp(lie_place, "fork") == 0
		    ? 1 : process_new(own, &q.fd);
		if (pid == -1)
			pid = process_new(0, &q.fd);
		if (pid == 0) {
			close(JAIL_FD_CHANNEL);
			if (verifies)
				verifier_child(q.fds[0]);
			extractor_child(q.fds[0], job);
		}
		close(q.fds[0]);
		tell(&q, "fork");
		if (q.fd != -1)
			close(q.fd);
	}
}

int
main(int argc, char *argv[])
{
	const char *service = argc > 0 ? argv[0] : "";

	lie_choose();
	if (strcmp(service, "dialer") == 0)
		dialer();
	else if (strcmp(service, "fetcher") == 0)
		fetcher();
	else
		template(strcmp(service, "extractor") != 0);
	return 0;
}
