/*
 * session.h - the conversation with the manager.
 *
 * Each call waits for its answer, and goes on receiving states, drawing and
 * seeing signals meanwhile.  What goes wrong with the conversation itself is
 * said here; an answer that says "no" is the caller's to say.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "cli/cli.h"
#include "cli/start.h"
#include "cli/status.h"
#include "depot/path.h"

struct view;

struct session {
	struct rpc	 rpc;
	struct started	 started;
	struct view	*view;		/* of an install, else NULL; not owned */
	bool		 stopping;	/* cli_stop was sent */
};

/* What session_want() was told about one path. */
struct want {
	struct depot_path	path;
	struct cli_want_rep	reply;
	bool			answered;
};

/*
 * Start the manager of ROOT (NULL: of none).  Like the calls below:
 * STATUS_DONE, or another after which only session_end() is legal.
 */
enum status session_start(struct session *, const char *root, struct view *);

enum status session_open(struct session *, const struct cli_open_req *,
    int certificates, struct cli_open_rep *);
/* Fills each want's reply. */
enum status session_want(struct session *, struct want *, size_t count);
enum status session_run(struct session *, struct cli_run_rep *);
enum status session_verify(struct session *, const struct cli_verify_req *,
    int data, int signature, int key, struct cli_verify_rep *);
enum status session_key(struct session *, int key, struct cli_key_rep *);

/* Hang up and wait for both processes: STATUS_DONE if they ended as they
 * should. */
enum status session_end(struct session *);

#endif /* CLI_SESSION_H */
