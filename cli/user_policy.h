/*
 * user_policy.h - a publisher's terms, as they are shown.
 */
#ifndef CLI_USER_POLICY_H
#define CLI_USER_POLICY_H

#include "cli/terms.h"

/* For people; and as a member "terms" of a JSON object. */
void	terms_say(const struct terms *);
void	terms_json(const struct terms *);

#endif /* CLI_USER_POLICY_H */
