/*
 * liar_template.h - verifiers, extractors, and the templates of both.
 */
#ifndef TESTS_LIAR_TEMPLATE_H
#define TESTS_LIAR_TEMPLATE_H

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "depot/gate.h"
#include "extractor/extractor.h"
#include "jail/jail.h"
#include "jail/template.h"
#include "liar_record.h"
#include "verifier/fingerprint.h"
#include "verifier/verifier.h"

#define PEER_PIDFD	77	/* SO_PEERPIDFD, Linux 6.5 */

/* ---- templates ---- */

static inline pid_t
process_new(unsigned long namespaces, int *pidfd)
{
	return (pid_t)syscall(SYS_clone, namespaces | CLONE_PIDFD | SIGCHLD,
	    NULL, pidfd, NULL, NULL);
}

/* Somebody who stays. */
static inline int
stranger_pidfd(void)
{
	int pidfd = -1;

	if (process_new(0, &pidfd) == 0)
		wait_for_ever();
	return pidfd;
}

static inline void
fork_answer(struct question *q, int32_t error, int fd)
{
	const struct template_fork_rep rep = { .error = error };

	QUESTION_SET(q, rep);
	q->fd = fd;
	question_answer(q);
}

static inline void
fork_no_pidfd(struct question *q)
{
	fork_answer(q, 0, -1);
}

static inline void
fork_no_pidfd_positive(struct question *q)
{
	fork_answer(q, 1, -1);
}

static inline void
fork_failed(struct question *q)
{
	fork_answer(q, -1, -1);
}

static inline void
fork_failed_with_pidfd(struct question *q)
{
	fork_answer(q, -1, stranger_pidfd());
}

static inline void
fork_file(struct question *q)
{
	fork_answer(q, 0, open("/lib", O_RDONLY | O_DIRECTORY));
}

static inline void
fork_pipe(struct question *q)
{
	int ends[2];

	fork_answer(q, 0, pipe2(ends, 0) == -1 ? -1 : ends[0]);
}

static inline void
fork_channel(struct question *q)
{
	fork_answer(q, 0, q->channel);
}

static inline void
fork_stranger(struct question *q)
{
	fork_answer(q, 0, stranger_pidfd());
}

/* Whom the manager is to kill when the job is over: itself.  A channel knows
 * who made it. */
static inline void
fork_manager(struct question *q)
{
	int pidfd = -1;
	socklen_t size = sizeof(pidfd);

	if (getsockopt(q->channel, SOL_SOCKET, PEER_PIDFD, &pidfd, &size) == -1)
		pidfd = -1;
	fork_answer(q, 0, pidfd);
}

/* ---- verifiers ---- */

/* Of the key that we name; 20 bytes. */
static uint8_t liar_fpr[VERIFIER_FPR] = {
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
};

/* The manager knows the key that we name: no other. */
static inline struct verifier_keys_rep
keys_reply(void)
{
	struct verifier_keys_rep rep = { .verdict = VERIFIER_GOOD, .count = 1 };

	memcpy(rep.keys[0].fpr, liar_fpr, 20);
	rep.keys[0].fpr_size = 20;
	rep.keys[0].usable = VERIFIER_CAN_SIGN;
	rep.keys[0].algorithm = 22;
	rep.keys[0].created = 1000000000;
	return rep;
}

static inline struct verifier_verify_rep
verify_reply(const struct question *q)
{
	struct verifier_verify_rep rep = { .verdict = VERIFIER_GOOD,
	    .signatures = 1, .fpr_size = 20 };
	struct gate_facts facts = { 0 };
	uint8_t sig[GATE_MAX];
	ssize_t n = pread(q->fds[1], sig, sizeof(sig), 0);

	(void)gate_check(sig, n < 0 ? 0 : (size_t)n, &facts);
	rep.created = facts.created;
	rep.hash = facts.hash;
	rep.algorithm = facts.algorithm;
	memcpy(rep.fpr, liar_fpr, 20);
	return rep;
}

#define VERIFIER_LIE(name, call, change)				\
	static inline void						\
	name(struct question *q)					\
	{								\
		struct verifier_##call##_rep rep = call##_reply(q);	\
									\
		change;							\
		QUESTION_SET(q, rep);					\
		question_answer(q);					\
	}
VERIFIER_LIE(verify_foreign, verify, rep.fpr[19] = 0x12)
VERIFIER_LIE(verify_fpr_none, verify, rep.fpr_size = 0)
VERIFIER_LIE(verify_fpr_short, verify, rep.fpr_size = 19)
VERIFIER_LIE(verify_fpr_huge, verify, rep.fpr_size = UINT32_MAX)
VERIFIER_LIE(verify_hash, verify, rep.hash = 10)
VERIFIER_LIE(verify_algorithm, verify, rep.algorithm = 1)
VERIFIER_LIE(verify_none, verify, rep.signatures = 0)
VERIFIER_LIE(verify_two, verify, rep.signatures = 2)
VERIFIER_LIE(verify_future, verify, rep.created = time(NULL) + 86400)
VERIFIER_LIE(verify_far_future, verify, rep.created = INT64_MAX)
VERIFIER_LIE(verify_far_past, verify, rep.created = INT64_MIN)
VERIFIER_LIE(verify_expired, verify, rep.expires = 1700000001)
VERIFIER_LIE(verify_verdict_none, verify, rep.verdict = 0)
VERIFIER_LIE(verify_verdict_huge, verify, rep.verdict = UINT32_MAX)
#define keys_reply(q)	keys_reply()
VERIFIER_LIE(keys_17, keys, rep.count = VERIFIER_KEYS + 1)
VERIFIER_LIE(keys_huge, keys, rep.count = UINT32_MAX)
VERIFIER_LIE(keys_none, keys, rep.count = 0)
VERIFIER_LIE(keys_primary, keys, rep.keys[0].primary = 1)
VERIFIER_LIE(keys_primary_huge, keys, rep.keys[0].primary = UINT32_MAX)
VERIFIER_LIE(keys_fpr, keys, rep.keys[0].fpr_size = VERIFIER_FPR + 1)
VERIFIER_LIE(keys_verdict, keys, rep.verdict = UINT32_MAX)
#undef keys_reply

/* Who is forked stays, and its parent is done. */
static inline void
leave_child(struct question *q)
{
	if (fork() == 0)
		wait_for_ever();
	question_answer(q);
	_exit(0);
}

/* ---- extractors ---- */

static int liar_top = -1;	/* a directory's descriptor */

/* As a child of the real one finds itself: in its staging directory, and about
 * to say that all is well. */
static inline void
extract_enter(struct question *q, uint64_t job)
{
	const struct extractor_extract_rep rep = { .outcome = EXTRACTOR_DONE };
	char path[64];

	snprintf(path, sizeof(path), "/staging/%llu", (unsigned long long)job);
	umask(0);
	if (chdir(path) == -1)
		_exit(1);
	/* The manager does not read it. */
	close(open(".manifest", O_WRONLY | O_CREAT | O_EXCL, 0600));
	QUESTION_SET(q, rep);
}

static inline const char *
top_asked(const struct question *q)
{
	return ((const struct extractor_extract_req *)(const void *)
	    q->asked.body)->top;
}

static inline void
top_make(const struct question *q)
{
	if (mkdirat(AT_FDCWD, top_asked(q), 0755) == -1)
		_exit(1);
	liar_top = open(top_asked(q), O_RDONLY | O_DIRECTORY);
}

static inline int
file_new(int dir, const char *name, mode_t mode)
{
	return openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, mode);
}

/* After the top directory is there: do this, and say that all is well. */
#define EXTRACT_LIE(name, act)						\
	static inline void						\
	name(struct question *q)					\
	{								\
		act;							\
		question_answer(q);					\
	}
EXTRACT_LIE(tree_empty_top, (void)0)
EXTRACT_LIE(tree_two_tops, (void)!mkdirat(AT_FDCWD, "other", 0755))
EXTRACT_LIE(tree_top_and_file, (void)file_new(AT_FDCWD, "other", 0644))
EXTRACT_LIE(tree_setuid, (void)file_new(liar_top, "su", 04755))
EXTRACT_LIE(tree_setgid, (void)file_new(liar_top, "sg", 02755))
EXTRACT_LIE(tree_sticky, (void)file_new(liar_top, "t", 01644))
EXTRACT_LIE(tree_writable, (void)file_new(liar_top, "w", 0666))
EXTRACT_LIE(tree_unreadable, (void)file_new(liar_top, "u", 0))
EXTRACT_LIE(tree_directory_none, (void)!mkdirat(liar_top, "d", 0))
EXTRACT_LIE(tree_directory_open, (void)!mkdirat(liar_top, "d", 0777))
EXTRACT_LIE(tree_link_up, (void)!symlinkat("../x", liar_top, "l"))
EXTRACT_LIE(tree_link_absolute, (void)!symlinkat("/etc", liar_top, "l"))
EXTRACT_LIE(tree_fifo, (void)!mknodat(liar_top, "fifo", S_IFIFO | 0644, 0))
EXTRACT_LIE(tree_chmod, (void)!fchmod(liar_top, 0777))

static inline void
tree_large(struct question *q)
{
	int fd = file_new(liar_top, "large", 0644);

	if (lseek(fd, 1 << 30, SEEK_SET) == -1 || write(fd, "", 1) == -1)
		_exit(1);
	question_answer(q);
}

static inline void
tree_many(struct question *q)
{
	char name[16];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		close(file_new(liar_top, name, 0644));
	}
	question_answer(q);
}

/* So deep that whoever follows with a descriptor for each level runs out. */
static inline void
tree_deep(struct question *q)
{
	int at = liar_top;

	for (int i = 0; i < 3000; i++) {
		if (mkdirat(at, "d", 0755) == -1)
			_exit(1);
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	question_answer(q);
}

/* ... and nobody may enter. */
static inline void
tree_deep_closed(struct question *q)
{
	if (mkdirat(liar_top, "d", 0700) == 0 &&
	    mkdirat(liar_top, "d/e", 0) == 0)
		question_answer(q);
}

static inline void
extract_outcome(struct question *q, uint32_t outcome)
{
	const struct extractor_extract_rep rep = { .outcome = outcome,
	    .error = INT32_MIN, .entry = UINT64_MAX, .bytes = UINT64_MAX };

	QUESTION_SET(q, rep);
	question_answer(q);
}

static inline void
extract_foreign(struct question *q)
{
	extract_outcome(q, WHY_NOT_FOUND);
}

static inline void
extract_refused(struct question *q)
{
	extract_outcome(q, EXTRACTOR_DOTDOT);
}

static inline void
progress_say(const struct question *q, uint64_t bytes)
{
	const struct extractor_progress_req req = { bytes };

	if (say(q->channel, EXTRACTOR_PROGRESS, 0, &req, sizeof(req), NULL, 0)
	    == -1)
		_exit(1);
}

static inline void
progress_endless(struct question *q)
{
	for (;; wait_ms(1))
		progress_say(q, 1);
}

/* Beyond what may be unpacked at all. */
static inline void
progress_huge(struct question *q)
{
	for (uint64_t bytes = UINT64_MAX;; wait_ms(1))
		progress_say(q, bytes--);
}

/* Without the top directory that it should be. */
EXTRACT_LIE(tree_nothing, (void)0)
EXTRACT_LIE(tree_top_link, (void)!symlinkat("..", AT_FDCWD, top_asked(q)))
EXTRACT_LIE(tree_top_file, (void)file_new(AT_FDCWD, top_asked(q), 0644))
EXTRACT_LIE(tree_top_closed, (void)!mkdirat(AT_FDCWD, top_asked(q), 0))

#endif /* TESTS_LIAR_TEMPLATE_H */
