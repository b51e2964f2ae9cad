/*
 * signer.h - what the cli may ask of the signer.
 *
 * It works for its user, with the user's own gpg, keyring and gpg-agent: the
 * private key never leaves the agent.  One process signs all archives of a run.
 *
 * A signature names what it is about: a notation in its hashed area carries the
 * archive's path, so that one archive of a publisher cannot be passed off as
 * another.  The notation's name is under .alt (RFC 9476), where nobody can
 * register a domain, now or later; it is not critical, so that whoever does not
 * know it ignores it.
 */
#ifndef SIGNER_SIGNER_H
#define SIGNER_SIGNER_H

#include "rpc/rpc.h"

#define SIGNER_FD_CHANNEL	3

#define SIGNER_ID	256	/* array sizes, with the end */
#define SIGNER_PATH	256
#define SIGNER_FPR	32	/* bytes of a fingerprint's array */
#define SIGNER_SIG	2048	/* largest signature, bytes */
#define SIGNER_KEY	((size_t)1 << 20)	/* largest public key, bytes */
#define SIGNER_TEXT	128

enum signer_phase { SIGNER_NEW = 1 << 0, SIGNER_OPENED = 1 << 1 };

enum signer_why {
	SIGNER_NONE = 0,
	SIGNER_DONE,
	SIGNER_NO_ENGINE,	/* gpg or its agent cannot be used */
	SIGNER_NO_KEY,		/* no such key with which one could sign */
	SIGNER_AMBIGUOUS,	/* more than one key */
	SIGNER_NO_PASSPHRASE,	/* not given, or wrong */
	SIGNER_FAILED,		/* text says why */
	SIGNER_LARGE,		/* signature or key exceed the sizes above */
};

/* Choose the key: a fingerprint, a user ID, what gpg's --local-user takes. */
struct signer_open_req {
	char	 id[SIGNER_ID];
};
struct signer_open_rep {
	uint32_t why;		/* enum signer_why */
	uint32_t fpr_size;	/* of the primary key */
	uint8_t	 fpr[SIGNER_FPR];
	char	 text[SIGNER_TEXT];	/* libgpgme's words, with FAILED */
};

/* The public half, ASCII-armored, into a buffer of SIGNER_KEY bytes. */
struct signer_export_req {
	uint64_t reserved;
};
struct signer_export_rep {
	uint32_t why;
	uint32_t size;		/* bytes */
	char	 text[SIGNER_TEXT];
};

/* Capability: the archive. */
struct signer_sign_req {
	char	 path[SIGNER_PATH];	/* the notation's value */
};
struct signer_sign_rep {
	uint32_t why;
	uint32_t size;		/* of the signature, bytes */
	uint32_t fpr_size;	/* of the key or subkey that signed */
	uint32_t reserved;
	uint8_t	 fpr[SIGNER_FPR];
	uint8_t	 signature[SIGNER_SIG];	/* binary, detached */
	char	 text[SIGNER_TEXT];
};

/*  number	 function	 request caps	 answer caps	 phases */
#define SIGNER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(SIGNER_OPEN, signer_open, CAPS0, CAPS0, SIGNER_NEW)	\
	CALL(SIGNER_EXPORT, signer_export, CAPS1(CAP_BUFFER), CAPS0,	\
	    SIGNER_OPENED)						\
	CALL(SIGNER_SIGN, signer_sign, CAPS1(CAP_FILE), CAPS0,		\
	    SIGNER_OPENED)

enum signer_rpc { SIGNER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
SIGNER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* SIGNER_SIGNER_H */
