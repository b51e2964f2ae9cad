/*
 * serve.h - a child's conversation with the manager.
 */
#ifndef VERIFIER_SERVE_H
#define VERIFIER_SERVE_H

/* Answer exactly one call of verifier.h on channel, which is owned from here
 * on.  The child's exit status: 0 if it was answered. */
int	verifier_serve(int channel);

#endif /* VERIFIER_SERVE_H */
