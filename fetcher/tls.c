#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "fetcher/tls.h"

static struct {
	X509_STORE	*store;
	struct curl_blob pem;
	bool		 shared;	/* libcurl uses the store; else pem */
} authorities;

/* The buffer is sealed: it stays what it is for as long as it is mapped. */
static int
pem_map(int fd, struct curl_blob *pem)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (st.st_size > INT_MAX)
		return -EFBIG;
	*pem = (struct curl_blob){ .len = (size_t)st.st_size,
	    .flags = CURL_BLOB_NOCOPY };
	if (pem->len == 0)
		return 0;
	pem->data = mmap(NULL, pem->len, PROT_READ, MAP_PRIVATE, fd, 0);
	return pem->data == MAP_FAILED ? -errno : 0;
}

/* One that cannot be read is skipped: it vouches for nobody. */
static int
store_fill(X509_STORE *store, const struct curl_blob *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
	unsigned long error = 0;

	if (bio == NULL)
		return -ENOMEM;
	while (ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
		ERR_clear_error();
		X509 *one = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		error = one == NULL ? ERR_peek_last_error() : 0;
		if (one != NULL)
			X509_STORE_add_cert(store, one);
		X509_free(one);
	}
	ERR_clear_error();
	BIO_free(bio);
	return 0;
}

/* Ciphers, digests and texts are looked up at first use: now. */
static int
library_warm(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	SSL_CTX_free(ctx);
	return ctx == NULL ? -ENOMEM : 0;
}

/* The store that this program made is of use to libcurl only if both have the
 * same TLS library. */
static bool
library_shared(void)
{
	const char *theirs = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return theirs != NULL && strncmp(theirs, "OpenSSL/", 8) == 0;
}

int
tls_init(int fd)
{
	int error = pem_map(fd, &authorities.pem);

	if (error < 0)
		return error;
	authorities.shared = library_shared();
	/* There is no configuration file in the jail's view, and none is
	 * wanted: what counts is what is written here. */
	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    (authorities.store = X509_STORE_new()) == NULL)
		return -ENOMEM;
	/* An authority that the user names is one, whoever else signed it. */
	X509_STORE_set_flags(authorities.store,
	    X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	if (authorities.pem.len > 0)
		error = store_fill(authorities.store, &authorities.pem);
	return error == 0 ? library_warm() : error;
}

static CURLcode
store_give(CURL *easy, void *ctx, void *context)
{
	(void)easy, (void)context;
	SSL_CTX_set1_cert_store(ctx, authorities.store);
	return CURLE_OK;
}

void
tls_apply(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (authorities.shared)
		curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, store_give);
	else
		curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB,
		    &authorities.pem);
}
