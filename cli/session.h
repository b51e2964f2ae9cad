/*
 * session.h - the conversation with the manager.
 *
 * A call that waits for its answer goes on receiving states, drawing and seeing
 * signals meanwhile.  What goes wrong with the conversation itself is
 * said here; an answer that says "no" is the caller's to say.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "cli/cli.h"
#include "cli/start.h"
#include "cli/status.h"
#include "cli/usage.h"

struct view;
struct plan;

struct session {
	struct rpc	 rpc;
	struct started	 started;
	struct view	*view;		/* of an install, or NULL; not owned */
	struct plan	*plan;		/* the same */
	bool		 stopping;	/* cli_stop was sent */
	uint32_t	 key_detail;	/* of struct cli_key_rep's `why` */
	struct usage	 usage;		/* freed by session_end() */
	const struct arguments *arguments;	/* or NULL; not owned */
};

/*
 * Start the manager, with limits and --stats from the arguments (NULL: the usual
 * ones, and none), of ROOT, whose lock (lock.h) is the caller's (NULL, -1: of
 * none, and no view and plan).  Like the calls below: STATUS_DONE, or another
 * after which only session_end() is legal.
 */
enum status session_start(struct session *, const struct arguments *,
    const char *root, int lock, struct view *, struct plan *);

enum status session_open(struct session *, const struct cli_open_req *,
    int certificates);
/* The key first, and once: it is the one that then verifies. */
enum status session_key(struct session *, const struct cli_key_req *, int key,
    struct cli_key_rep *);
/* A publisher, before its archives; what its key is worth is said by how they
 * end: 0 or -errno. */
int	session_publisher(struct session *, const struct cli_key_req *,
	    int key);
enum status session_verify(struct session *, const struct cli_verify_req *,
    int data, int signature, struct cli_verify_rep *);

/* Ask for an archive, and do not wait: plan_answered() gets the answer. */
enum status session_install(struct session *, const struct cli_install_req *);
/* Wait for a record, a signal or the time to draw, and deal with it; with busy
 * do not wait. */
enum status session_step(struct session *, bool busy);

/* Hang up and wait for both processes, and show what was used if that is wanted:
 * STATUS_DONE if they ended as they should. */
enum status session_end(struct session *);

#endif /* CLI_SESSION_H */
