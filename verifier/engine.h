/*
 * engine.h - the gpg processes that libgpgme starts: to wait with them, and to
 * see how they end.
 *
 * libgpgme leaves both to be desired.  When gpg ends with data still unread,
 * version 1.18 waits for ever at full load, for it does not see that the pipe
 * has no reader any more.  And it never looks at gpg's exit status.
 */
#ifndef VERIFIER_ENGINE_H
#define VERIFIER_ENGINE_H

#include <gpgme.h>

#define ENGINE_PIPES	8	/* status, signature, data, and some to spare */

struct engine_pipe {
	int		 fd;	/* libgpgme's; -1: free */
	int		 reads;	/* 1: we read from it, 0: we write to it */
	gpgme_io_cb_t	 ready;	/* libgpgme's handler */
	void		*ready_data;
};

/* One operation under way. */
struct engine {
	struct engine_pipe pipes[ENGINE_PIPES];
	int		   done;
	gpgme_error_t	   error;	/* once it is done */
};

/* Be the parent of the engine, whose own parent libgpgme lets go: 0 or -errno.
 * A child's first act. */
int	engine_adopt(void);
/* Have the operations of this context run by engine_run(); engine must outlive
 * the context. */
void	engine_attach(struct engine *, gpgme_ctx_t);
/* Run the operation that was just started to its end: how it ended. */
gpgme_error_t engine_run(struct engine *);
/*
 * Wait until no engine process is left.  0 if there was one and all ended with
 * status 0; 1 if one did not; -ECHILD if there was none.  If the jail ended one
 * of them, this process says so on channel and ends, too.
 */
int	engine_wait(int channel);

#endif /* VERIFIER_ENGINE_H */
