/*
 * serve.h - an attacker's side of attack/wire.h.
 */
#ifndef ATTACK_SERVE_H
#define ATTACK_SERVE_H

/* How its input begins: ATTACK_AS_CHILD or ATTACK_AS_TEMPLATE. */
char	attack_place(void);
/* What the cli starts has its standard descriptors: say nothing there. */
void	attack_silence(void);
/* Hear one question on this channel, try that act, answer.  Returns the exit
 * status. */
int	attack_serve(int channel);

#endif /* ATTACK_SERVE_H */
