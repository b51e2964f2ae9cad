/*
 * airlock publish: archives of the local depot, packed and signed, where a web
 * server can serve them.
 *
 * Each file is made beneath public/.airlock, which nobody else can enter, put
 * onto the disk, and then renamed: first the signature, then the archive, so
 * that no archive is ever seen without its signature.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/closure.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/message.h"
#include "cli/pack.h"
#include "cli/sign.h"
#include "cli/text.h"
#include "cli/userfile.h"
#include "cli/vouch.h"
#include "depot/sha256.h"
#include "rpc/cap.h"

#define SIG		".sig"
#define SIG_NEW		"signature,new"		/* its name in quarantine */
#define FILE_MAX	(DEPOT_PATH_MAX + 16)	/* array size: with suffixes */
#define JOBS_MAX	16

/* What became of one archive. */
enum outcome {
	PUBLISH_MADE,		/* was not there */
	PUBLISH_REPLACED,	/* by --force */
	PUBLISH_SIGNED,		/* was there as it would be made, unsigned */
	PUBLISH_KEPT,		/* was there, with a signature */
	PUBLISH_DIFFERS,	/* was there, but otherwise: kept */
};

static const char *const outcome_words[] = {
	[PUBLISH_MADE] = "published",
	[PUBLISH_REPLACED] = "replaced",
	[PUBLISH_SIGNED] = "signed",
	[PUBLISH_KEPT] = "kept",
	[PUBLISH_DIFFERS] = "differs",
};

struct publish {
	struct making	 making;
	struct closure	 closure;
	struct vouch	 vouch;
	struct signing	 signing;
	struct packing	 jobs[JOBS_MAX];	/* a ring, by place in order */
	size_t		 njobs, started, done;
	int64_t		 mtime;
	char		 user[DEPOT_USER_MAX + 1];	/* whose all of it is */
	struct listing	 listing;
	bool		 signs;		/* the signer was started */
	bool		 renews;	/* the catalog was named */
	enum status	 worst;		/* of archives that were kept */
};

/* One archive on its way into public/. */
struct product {
	const struct closure_item *item;
	char		 file[FILE_MAX];	/* below public/ */
	char		 sig[FILE_MAX + sizeof(SIG)];
	const char	*name;		/* last element of file */
	int		 dir;		/* that has it; owned */
	uint64_t	 size;
	uint8_t		 digest[SHA256_SIZE];
	bool		 is_there, is_signed, is_same;
};

/* ---- looking ---- */

static int
product_open(const struct publish *p, struct product *product,
    const struct closure_item *item)
{
	const struct depot_path *path = &item->path;
	char parent[FILE_MAX];

	*product = (struct product){ .item = item, .dir = -1 };
	snprintf(product->file, FILE_MAX, "%s%s", path->text,
	    depot_path_suffix(path));
	snprintf(product->sig, sizeof(product->sig), "%s" SIG, product->file);
	size_t above = (size_t)(path->top - path->text);
	snprintf(parent, sizeof(parent), "%.*s", (int)above, path->text);
	product->name = product->file + above;
	int error = store_make_parents(p->making.store.public, product->file);
	if (error == 0)
		error = product->dir = store_open_below(
		    p->making.store.public, parent, O_RDONLY | O_DIRECTORY);
	return error < 0 ? error : 0;
}

/* Read size bytes at `at` of both files: are they the same?  old: -1, there is
 * none.  1, 0, or -errno. */
static int
piece_compare(int made, int old, uint64_t at, char *buffer, ssize_t *n)
{
	const size_t half = (size_t)1 << 16;

	*n = pread(made, buffer, half, (off_t)at);
	if (*n <= 0 || old < 0)
		return *n == -1 ? -errno : 0;
	ssize_t m = pread(old, buffer + half, (size_t)*n, (off_t)at);
	return m == *n && memcmp(buffer, buffer + half, (size_t)m) == 0;
}

/* Measure what was made, and compare it with what is there. */
static int
product_measure(struct product *product, int made)
{
	static char buffer[2 << 16];
	CLOSE int old = store_open_below(product->dir, product->name,
	    O_RDONLY | O_NONBLOCK);
	SHA2_CTX hash;
	struct stat st;
	ssize_t n;

	product->is_there = product->is_same = old >= 0;
	if (old < 0 && old != -ENOENT)
		return old;
	SHA256Init(&hash);
	for (;; product->size += (uint64_t)n) {
		int same = piece_compare(made, old, product->size, buffer, &n);
		if (same < 0)
			return same;
		if (n == 0)
			break;
		product->is_same &= same;
		SHA256Update(&hash, (const uint8_t *)buffer, (size_t)n);
	}
	SHA256Final(product->digest, &hash);
	if (old >= 0 && (fstat(old, &st) == -1 ||
	    (uint64_t)st.st_size != product->size))
		product->is_same = false;
	return 0;
}

static bool
sig_is_there(const struct product *product)
{
	struct stat st;

	return fstatat(product->dir, product->sig + (product->name -
	    product->file), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- writing ---- */

/* A small file, onto the disk, in quarantine. */
static int
small_write(const struct store *store, const char *name, const void *data,
    size_t size)
{
	if (unlinkat(store->quarantine, name, 0) == -1 && errno != ENOENT)
		return -errno;
	CLOSE int fd = openat(store->quarantine, name, O_WRONLY | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return -errno;
	ssize_t n = write(fd, data, size);
	if (n != (ssize_t)size)
		return n == -1 ? -errno : -ENOSPC;
	return fsync(fd) == -1 ? -errno : 0;
}

static int
place(const struct store *store, const char *from, int dir, const char *name)
{
	return renameat(store->quarantine, from, dir, name) == -1 ||
	    fsync(dir) == -1 ? -errno : 0;
}

/*
 * The signature first.  Of a pair that is replaced the old archive goes before
 * it: for an instant there is none, rather than one whose signature is wrong.
 * Not so a catalog: whoever has seen one takes it that there is none for an
 * attack, and tries again if its signature is wrong.
 */
static int
product_place(const struct publish *p, const struct product *product,
    const struct packing *packing)
{
	const struct store *store = &p->making.store;
	const char *sig = product->sig + (product->name - product->file);
	int error = 0;

	if (!product->is_same && fsync(packing->out) == -1)
		return -errno;
	if (product->is_there && !product->is_same &&
	    product->item->path.type != DEPOT_CATALOG &&
	    unlinkat(product->dir, product->name, 0) == -1)
		return -errno;
	error = place(store, SIG_NEW, product->dir, sig);
	if (error == 0 && !product->is_same)
		error = place(store, packing->name, product->dir,
		    product->name);
	return error;
}

/* The signer is started when there is something to sign. */
static enum status
signer_begin(struct publish *p, const char *user)
{
	const char *id = p->making.arguments->key;
	char fpr[FPR_TEXT];

	if (p->signs)
		return STATUS_DONE;
	p->signs = true;
	if (id == NULL) {
		enum status status = vouch_primary(&p->vouch, fpr);
		if (status != STATUS_DONE)
			return status;
	}
	enum status status = signing_begin(&p->signing, id != NULL ? id : fpr);
	/* Without any key in the depot it is this one that goes there. */
	if (status != STATUS_DONE || !vouch_has_key(&p->making.root, user))
		return status;
	return vouch_knows(&p->vouch, p->signing.opened.fpr,
	    p->signing.opened.fpr_size);
}

/* Nothing is published that its users would refuse. */
static enum status
signature_check(struct publish *p, const struct product *product, int file)
{
	CLOSE int sig = openat(p->making.store.quarantine, SIG_NEW,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return sig == -1 ? making_failed(product->sig, errno) :
	    vouch_check(&p->vouch, product->file, file, sig);
}

static enum status
product_sign(struct publish *p, const struct product *product,
    const struct packing *packing)
{
	const struct depot_path *path = &product->item->path;
	const struct signer_sign_rep *made = &p->signing.signature;
	/* Two readers, two descriptions. */
	CLOSE int file = packing_read(packing), again = packing_read(packing);

	if (file < 0 || again < 0)
		return making_failed(path->text, file < 0 ? -file : -again);
	enum status status = signer_begin(p, path->user);
	if (status == STATUS_DONE)
		status = signing_sign(&p->signing, file, path);
	if (status != STATUS_DONE)
		return status;
	int error = small_write(&p->making.store, SIG_NEW, made->signature,
	    made->size);
	if (error == 0 && (status = signature_check(p, product, again)) ==
	    STATUS_DONE)
		error = product_place(p, product, packing);
	(void)unlinkat(p->making.store.quarantine, SIG_NEW, 0);
	return error < 0 ? making_failed(product->file, -error) : status;
}

/* A signature that was there stays, but is it good? */
static enum status
product_check(struct publish *p, const struct product *product)
{
	CLOSE int file = store_open_below(product->dir, product->name,
	    O_RDONLY);
	CLOSE int sig = store_open_below(product->dir, product->sig +
	    (product->name - product->file), O_RDONLY);

	if (file < 0 || sig < 0)
		return making_failed(product->file, file < 0 ? -file : -sig);
	enum status status = vouch_check(&p->vouch, product->file, file, sig);
	if (status == STATUS_UNTRUSTED)
		advise("--force signs it again");
	return status;
}

/* ---- saying ---- */

static void
report_json(const struct product *product, enum outcome outcome,
    const char *digest)
{
	json_begin("publish");
	json_text("path", product->item->path.text);
	json_text("result", outcome_words[outcome]);
	json_bool("named", product->item->named);
	json_text("file", product->file);
	json_number("size", (int64_t)product->size);
	json_text("sha256", digest);
	json_end();
}

static void
report(const struct publish *p, const struct product *product,
    enum outcome outcome)
{
	char digest[2 * SHA256_SIZE + 1], size[TEXT_SHORT];

	sha256_hex(product->digest, SHA256_SIZE, digest);
	text_size(size, product->size);
	if (p->making.arguments->json)
		report_json(product, outcome, digest);
	else if (!p->making.arguments->quiet)
		say("%-9s  %s  %9s  %s", outcome_words[outcome], digest, size,
		    product->file);
	if (outcome != PUBLISH_DIFFERS)
		return;
	complain("%s: what is there is not what would be made: it was kept",
	    product->file);
	advise("an archive never changes: give the new content a new version; "
	    "or --force");
}

static enum outcome
outcome_of(const struct publish *p, const struct product *product)
{
	if (!product->is_there)
		return PUBLISH_MADE;
	if (p->making.arguments->force ||
	    product->item->path.type == DEPOT_CATALOG)
		return PUBLISH_REPLACED;
	if (!product->is_same)
		return PUBLISH_DIFFERS;
	return product->is_signed ? PUBLISH_KEPT : PUBLISH_SIGNED;
}

/* ---- one after the other ---- */

static enum status
product_publish(struct publish *p, const struct packing *packing,
    const struct closure_item *item)
{
	struct product product;
	enum status status = STATUS_DONE;
	int error = product_open(p, &product, item);

	if (error == 0)
		error = product_measure(&product, packing->out);
	if (error < 0) {
		status = making_failed(product.file, -error);
		goto out;
	}
	product.is_signed = sig_is_there(&product);
	enum outcome outcome = outcome_of(p, &product);
	status = outcome == PUBLISH_DIFFERS ? STATUS_DONE :
	    outcome == PUBLISH_KEPT ? product_check(p, &product) :
	    product_sign(p, &product, packing);
	if (status == STATUS_DONE)
		report(p, &product, outcome);
	/* What was published long ago may have been packed by another version
	 * of liblzma: of what was named it is a failure. */
	if (outcome == PUBLISH_DIFFERS && item->named)
		p->worst = status_worse(p->worst, STATUS_FAILED);
out:
	cap_close_fd(&product.dir);
	return status;
}

static const struct closure_item *
item_at(const struct publish *p, size_t place)
{
	return &p->closure.items[p->closure.order[place]];
}

/* Keep as many packers at work as there are processors. */
static enum status
packers_start(struct publish *p)
{
	enum status status = STATUS_DONE;

	while (status == STATUS_DONE && p->started < p->closure.norder &&
	    p->started - p->done < p->njobs) {
		size_t next = p->started++;
		status = packing_start(&p->jobs[next % p->njobs], &p->making,
		    &item_at(p, next)->path, p->mtime);
	}
	return status;
}

/* In their order, so that what depends on another comes after it. */
static enum status
publish_all(struct publish *p)
{
	enum status status = packers_start(p);

	while (p->done < p->started) {
		struct packing *packing = &p->jobs[p->done % p->njobs];
		if (status == STATUS_DONE)
			status = packing_finish(packing);
		if (status == STATUS_DONE)
			status = product_publish(p, packing,
			    item_at(p, p->done));
		packing_drop(packing);
		p->done++;
		if (status == STATUS_DONE)
			status = packers_start(p);
	}
	return status;
}

static void
report_others(const struct publish *p)
{
	for (size_t i = 0; i < p->closure.nothers; i++) {
		const char *path = p->closure.others[i].text;
		if (p->making.arguments->json) {
			json_begin("publish");
			json_text("path", path);
			json_text("result", "other-user");
			json_end();
		} else if (!p->making.arguments->quiet) {
			say("not here   %s, another user's", path);
		}
	}
}

/* As Genode's tools do: key and origin lie beside the archives, for people to
 * look at.  airlock itself never fetches them. */
static enum status
userfile_publish(const struct publish *p, const char *user, const char *name)
{
	const struct store *store = &p->making.store;
	struct content content = { 0 };
	struct stat st;
	CLOSE int from = userdir_open(&p->making.root, user);
	CLOSE int to = store_open_below(store->public, user,
	    O_RDONLY | O_DIRECTORY);

	if (from < 0 || to < 0 ||
	    fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return STATUS_DONE;
	int error = content_read(&content, from, name);
	if (error == -ENOENT)
		return STATUS_DONE;
	if (error == 0)
		error = small_write(store, name, content.text, content.size);
	if (error == 0)
		error = place(store, name, to, name);
	content_free(&content);
	return error < 0 ? making_failed(name, -error) : STATUS_DONE;
}

/* The key, before there is much work for nothing. */
static enum status
key_begin(struct publish *p, const char *user)
{
	const struct root *root = &p->making.root;
	enum status status = STATUS_DONE;

	if (!vouch_has_key(root, user) && p->making.arguments->key == NULL) {
		complain("%s: no key is known, %s/depot/%s/" USER_KEY, user,
		    root->path, user);
		advise("--key ID names the one to sign with; its public half "
		    "is then put there");
		return STATUS_UNTRUSTED;
	}
	if (!vouch_has_key(root, user)) {
		status = signer_begin(p, user);
		if (status == STATUS_DONE)
			status = signing_export(&p->signing, root, user);
	}
	return status != STATUS_DONE ? status :
	    vouch_begin(&p->vouch, p->making.arguments, root, user);
}

/* ---- the catalog ---- */

static enum status
catalog_pack(struct publish *p, const struct closure_item *item)
{
	struct packing *packing = &p->jobs[0];
	enum status status = packing_start_from(packing, &p->making,
	    &item->path, p->mtime, listing_file(&p->listing));

	if (status == STATUS_DONE)
		status = packing_finish(packing);
	if (status == STATUS_DONE)
		status = product_publish(p, packing, item);
	packing_drop(packing);
	return status;
}

/* Of all that lies in the public directory now, whoever put it there. */
static enum status
catalog_publish(struct publish *p)
{
	struct closure_item item = { .named = p->renews };
	enum status status = listing_make(&p->listing, &p->making, &p->vouch,
	    p->user);

	depot_path_copy(&item.path, &p->listing.path);
	if (status == STATUS_DONE && (p->renews ||
	    p->making.arguments->serial != 0 || !listing_is_kept(&p->listing)))
		status = catalog_pack(p, &item);
	status = status_worse(status, p->listing.worst);
	listing_end(&p->listing);
	return status;
}

static enum status
publish_closure(struct publish *p)
{
	enum status status = closure_follow(&p->closure);

	if (status == STATUS_DONE)
		status = key_begin(p, p->user);
	if (status == STATUS_DONE)
		status = publish_all(p);
	if (status == STATUS_DONE && !p->making.arguments->no_catalog)
		status = catalog_publish(p);
	if (status == STATUS_DONE)
		status = userfile_publish(p, p->user, USER_KEY);
	if (status == STATUS_DONE)
		status = userfile_publish(p, p->user, USER_ORIGIN);
	if (status == STATUS_DONE)
		report_others(p);
	return status_worse(status, p->worst);
}

/* A word of the command line. */
static enum status
publish_name(struct publish *p, const char *word)
{
	struct depot_path path;
	enum status status = making_parse(&path, word);

	if (status != STATUS_DONE)
		return status;
	if (p->user[0] == '\0')
		memcpy(p->user, path.user, sizeof(p->user));
	if (strcmp(p->user, path.user) != 0) {
		complain("%s: all archives of one run are of one user, and "
		    "others are %s's", path.text, p->user);
		return STATUS_USAGE;
	}
	p->renews |= path.type == DEPOT_CATALOG;
	return path.type == DEPOT_CATALOG ? STATUS_DONE :
	    closure_name(&p->closure, &path);
}

enum status
publish_run(const struct arguments *a)
{
	static struct publish p;
	enum status status = packing_mtime(&p.mtime);

	p.njobs = packing_threads();
	closure_init(&p.closure, -1);
	for (size_t i = 0; status == STATUS_DONE && i < a->nwords; i++)
		status = publish_name(&p, a->words[i]);
	if (status == STATUS_DONE)
		status = making_begin(&p.making, a);
	p.closure.depot = p.making.store.depot;
	if (status == STATUS_DONE)
		status = publish_closure(&p);
	if (p.signs)
		signing_end(&p.signing);
	vouch_end(&p.vouch);
	closure_fini(&p.closure);
	return status;
}
