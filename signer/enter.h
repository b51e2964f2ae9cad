/*
 * enter.h - how the signer enters its jail.
 */
#ifndef SIGNER_ENTER_H
#define SIGNER_ENTER_H

/* Limits, and the policy for gpg's home; ends the process if that cannot be
 * done.  What it has started before, the agent, has neither. */
void	signer_enter(const char *home);

/* Say on the channel that the jail cannot be built, -errno; and end. */
_Noreturn void signer_unjailed(int error);

#endif /* SIGNER_ENTER_H */
