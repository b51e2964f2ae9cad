#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "depot/gate.h"
#include "signer/gpg.h"

#define GPG	"/usr/bin/gpg"

/* One process, one key. */
static gpgme_key_t key;

int
gpg_home(char home[PATH_MAX])
{
	const char *named = getenv("GNUPGHOME"), *user = getenv("HOME");
	bool is_named = named != NULL && named[0] != '\0';
	char path[PATH_MAX];

	if (!is_named && user == NULL)
		return -ENOENT;
	int n = snprintf(path, sizeof(path), "%s%s", is_named ? named : user,
	    is_named ? "" : "/.gnupg");
	if (n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	/* Without one there are no keys, which gpg will say. */
	if (realpath(path, home) == NULL)
		memcpy(home, path, (size_t)n + 1);
	return 0;
}

void
gpg_agent_start(void)
{
	static const char *const words[] = { "gpg", "--batch", "--no-tty",
	    "--quiet", "--list-secret-keys", NULL };
	char *argv[sizeof(words) / sizeof(words[0])];
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int i = 0; i < 3; i++)
			dup2(null, i);
		close(SIGNER_FD_CHANNEL);
		memcpy(argv, words, sizeof(words));
		execv(GPG, argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

int
gpg_init(void)
{
	/* gpgconf would be one more program to be executed in the jail. */
	if (gpgme_set_global_flag("disable-gpgconf", "1") != 0 ||
	    gpgme_check_version(GPGME_VERSION) == NULL ||
	    gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, GPG, NULL) != 0 ||
	    gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP) != 0)
		return -ENOEXEC;
	return 0;
}

static enum signer_why
why_of(gpgme_error_t error, char text[SIGNER_TEXT])
{
	switch (gpgme_err_code(error)) {
	case GPG_ERR_NO_ERROR:
		return SIGNER_DONE;
	case GPG_ERR_AMBIGUOUS_NAME:
		return SIGNER_AMBIGUOUS;
	case GPG_ERR_EOF:
	case GPG_ERR_NO_SECKEY:
	case GPG_ERR_UNUSABLE_SECKEY:
	case GPG_ERR_INV_VALUE:
		return SIGNER_NO_KEY;
	case GPG_ERR_CANCELED:
	case GPG_ERR_BAD_PASSPHRASE:
	case GPG_ERR_NO_PIN_ENTRY:
		return SIGNER_NO_PASSPHRASE;
	case GPG_ERR_NO_AGENT:
	case GPG_ERR_INV_ENGINE:
		return SIGNER_NO_ENGINE;
	default:
		snprintf(text, SIGNER_TEXT, "%s", gpgme_strerror(error));
		return SIGNER_FAILED;
	}
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0;
}

/* gpg's word for its own key; 0 bytes if it is no full fingerprint. */
static uint32_t
fingerprint_put(uint8_t fpr[SIGNER_FPR], const char *hex)
{
	size_t digits = hex == NULL ? 0 : strlen(hex);

	if (digits != 40 && digits != 64)
		return 0;
	for (size_t i = 0; i < digits; i += 2)
		fpr[i / 2] = (uint8_t)(hex_value(hex[i]) << 4 |
		    hex_value(hex[i + 1]));
	return (uint32_t)digits / 2;
}

static gpgme_ctx_t
context_new(void)
{
	gpgme_ctx_t ctx;

	if (gpgme_new(&ctx) != 0)
		return NULL;
	gpgme_set_offline(ctx, 1);
	gpgme_set_armor(ctx, 0);
	return ctx;
}

void
gpg_open(const struct signer_open_req *req, struct signer_open_rep *rep)
{
	gpgme_ctx_t ctx = context_new();

	rep->why = ctx == NULL ? SIGNER_NO_ENGINE :
	    why_of(gpgme_get_key(ctx, req->id, &key, 1), rep->text);
	if (rep->why == SIGNER_DONE && !key->can_sign)
		rep->why = SIGNER_NO_KEY;
	if (rep->why == SIGNER_DONE)
		rep->fpr_size = fingerprint_put(rep->fpr, key->fpr);
	gpgme_release(ctx);
}

/* All of *data into buf, at most max bytes: how many, or -EFBIG. */
static ssize_t
data_take(gpgme_data_t data, void *buf, size_t max)
{
	char more;
	size_t size = 0;
	ssize_t n;

	if (gpgme_data_seek(data, 0, SEEK_SET) != 0)
		return -EIO;
	while (size < max && (n = gpgme_data_read(data, (char *)buf + size,
	    max - size)) > 0)
		size += (size_t)n;
	return gpgme_data_read(data, &more, 1) > 0 ? -EFBIG : (ssize_t)size;
}

void
gpg_export(int buffer, struct signer_export_rep *rep)
{
	static char armored[SIGNER_KEY];
	gpgme_ctx_t ctx = context_new();
	gpgme_data_t data = NULL;
	gpgme_key_t keys[] = { key, NULL };

	rep->why = SIGNER_NO_ENGINE;
	if (ctx == NULL || gpgme_data_new(&data) != 0)
		goto out;
	gpgme_set_armor(ctx, 1);
	rep->why = why_of(gpgme_op_export_keys(ctx, keys,
	    GPGME_EXPORT_MODE_MINIMAL, data), rep->text);
	if (rep->why != SIGNER_DONE)
		goto out;
	ssize_t size = data_take(data, armored, sizeof(armored));
	if (size <= 0 || write(buffer, armored, (size_t)size) != size)
		rep->why = SIGNER_LARGE;
	else
		rep->size = (uint32_t)size;
out:
	gpgme_data_release(data);
	gpgme_release(ctx);
}

static gpgme_error_t
sign(gpgme_ctx_t ctx, const char *path, gpgme_data_t in, gpgme_data_t out)
{
	gpgme_error_t error = gpgme_signers_add(ctx, key);

	if (error == 0)
		error = gpgme_sig_notation_add(ctx, GATE_NOTATION, path,
		    GPGME_SIG_NOTATION_HUMAN_READABLE);
	return error != 0 ? error : gpgme_op_sign(ctx, in, out,
	    GPGME_SIG_MODE_DETACH);
}

/* Exactly one signature must have been made: success alone says less. */
static void
result_take(gpgme_ctx_t ctx, gpgme_data_t out, struct signer_sign_rep *rep)
{
	gpgme_sign_result_t result = gpgme_op_sign_result(ctx);
	gpgme_new_signature_t made = result == NULL ? NULL :
	    result->signatures;

	if (made == NULL || made->next != NULL || result->invalid_signers) {
		rep->why = SIGNER_NO_KEY;
		return;
	}
	ssize_t size = data_take(out, rep->signature, sizeof(rep->signature));
	if (size <= 0) {
		rep->why = SIGNER_LARGE;
		return;
	}
	rep->size = (uint32_t)size;
	rep->fpr_size = fingerprint_put(rep->fpr, made->fpr);
}

void
gpg_sign(const struct signer_sign_req *req, int data,
    struct signer_sign_rep *rep)
{
	gpgme_ctx_t ctx = context_new();
	gpgme_data_t in = NULL, out = NULL;

	rep->why = SIGNER_NO_ENGINE;
	if (ctx != NULL && gpgme_data_new_from_fd(&in, data) == 0 &&
	    gpgme_data_new(&out) == 0) {
		rep->why = why_of(sign(ctx, req->path, in, out), rep->text);
		if (rep->why == SIGNER_DONE)
			result_take(ctx, out, rep);
	}
	gpgme_data_release(in);
	gpgme_data_release(out);
	gpgme_release(ctx);
}
