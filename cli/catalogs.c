#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/catalogs.h"
#include "cli/message.h"
#include "cli/status.h"
#include "cli/userfile.h"
#include "depot/store.h"
#include "rpc/cap.h"

#define NAME_SIZE	(sizeof(CATALOGS "/") + DEPOT_USER_MAX)

void
catalogs_init(struct catalogs *all, const struct arguments *a)
{
	*all = (struct catalogs){ .arguments = a, .state = -1 };
}

void
catalogs_open(struct catalogs *all, const struct root *root)
{
	all->state = root_open(root, "state");
}

void
catalogs_fini(struct catalogs *all)
{
	for (size_t i = 0; i < all->count; i++) {
		catalog_close(&all->vouchers[i]->catalog);
		free(all->vouchers[i]);
	}
	cap_close_fd(&all->state);
}

/* The largest serial that was accepted; 0: none ever was. */
static uint64_t
serial_read(const struct catalogs *all, const char *user)
{
	struct content content = { 0 };
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), SERIALS "/%s", user);
	if (all->state < 0 || content_read(&content, all->state, name) < 0)
		return 0;
	uint64_t serial = strtoumax(content.text, NULL, 10);
	content_free(&content);
	/* A file that says nothing says that there was one. */
	return serial == 0 ? 1 : serial;
}

void
catalogs_forget(const struct root *root, const char *user)
{
	CLOSE int state = root_open(root, "state");
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), CATALOGS "/%s", user);
	(void)unlinkat(state, name, 0);
	snprintf(name, sizeof(name), SERIALS "/%s", user);
	(void)unlinkat(state, name, 0);
}

struct voucher *
catalogs_of(struct catalogs *all, const char *user)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->vouchers[i]->user, user) == 0)
			return all->vouchers[i];
	struct voucher *voucher = all->count == CLI_USERS ? NULL :
	    calloc(1, sizeof(*voucher));
	if (voucher == NULL)
		return NULL;
	snprintf(voucher->user, sizeof(voucher->user), "%s", user);
	voucher->serial = serial_read(all, user);
	voucher->waiting_end = &voucher->waiting;
	return all->vouchers[all->count++] = voucher;
}

void
voucher_recall(const struct catalogs *all, struct voucher *voucher)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), CATALOGS "/%s", voucher->user);
	voucher->stage = all->state >= 0 &&
	    catalog_open(&voucher->catalog, all->state, name) == 0 ?
	    CATALOG_LISTS : CATALOG_NONE;
}

/* ---- one that was accepted ---- */

static bool
is_same(const struct catalog *a, const struct catalog *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* One that was checked before need not be checked again. */
static enum cli_why
text_check(const struct catalogs *all, const struct voucher *voucher)
{
	struct catalog old;
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), CATALOGS "/%s", voucher->user);
	bool known = catalog_open(&old, all->state, name) == 0 &&
	    is_same(&old, &voucher->catalog);
	catalog_close(&old);
	size_t line = known ? 0 : catalog_check(&voucher->catalog);
	if (line == 0)
		return WHY_INSTALLED;
	complain("%s/catalog: line %zu is not valid, or not in its place",
	    voucher->user, line);
	return WHY_CATALOG;
}

static int
directory_open(const struct catalogs *all, const char *name)
{
	if (mkdirat(all->state, name, 0755) == -1 && errno != EEXIST)
		return -errno;
	return store_open_below(all->state, name, O_RDONLY | O_DIRECTORY);
}

static int
serial_write(const struct catalogs *all, const struct voucher *voucher)
{
	char text[32];
	struct content content = { text, 0 };
	CLOSE int dir = directory_open(all, SERIALS);

	content.size = (size_t)snprintf(text, sizeof(text), "%" PRIu64 "\n",
	    voucher->catalog.head.serial);
	return dir < 0 ? dir : content_write(&content, dir, voucher->user);
}

/* The serial last: what it forbids from then on must be there. */
static int
voucher_keep(const struct catalogs *all, struct voucher *voucher, int staging,
    const char *from)
{
	CLOSE int dir = directory_open(all, CATALOGS);

	if (dir < 0)
		return dir;
	if (renameat(staging, from, dir, voucher->user) == -1)
		return -errno;
	return voucher->catalog.head.serial > voucher->serial ?
	    serial_write(all, voucher) : 0;
}

static void
except(struct voucher *voucher, const char *word)
{
	char *text = voucher->exceptions;
	size_t at = strlen(text);

	snprintf(text + at, sizeof(voucher->exceptions) - at, "%s%s",
	    at == 0 ? "" : " ", word);
}

/* Its head: WHY_INSTALLED, with what it is excused from; or why it is refused. */
static enum cli_why
head_check(const struct catalogs *all, struct voucher *voucher)
{
	const struct catalog_head *head = &voucher->catalog.head;
	bool older = head->serial < voucher->serial;
	bool expired = head->expires <= (int64_t)time(NULL);

	if (strcmp(head->user, voucher->user) != 0 || head->serial == 0)
		return WHY_CATALOG;
	if (older && !all->arguments->allow_rollback)
		return WHY_ROLLBACK;
	if (expired && !all->arguments->allow_expired)
		return WHY_FROZEN;
	if (older)
		except(voucher, "rollback");
	if (expired)
		except(voucher, "expired");
	return WHY_INSTALLED;
}

enum cli_why
voucher_accept(const struct catalogs *all, struct voucher *voucher,
    int staging, uint32_t archive)
{
	char from[32];

	snprintf(from, sizeof(from), "%u/catalog", CLI_STAGING(archive));
	catalog_close(&voucher->catalog);
	int error = catalog_open(&voucher->catalog, staging, from);
	if (error < 0)
		return error == -EINVAL ? WHY_CATALOG : WHY_SYSTEM;
	enum cli_why why = head_check(all, voucher);
	if (why == WHY_INSTALLED)
		why = text_check(all, voucher);
	if (why != WHY_INSTALLED)
		return why;
	error = voucher_keep(all, voucher, staging, from);
	if (error < 0) {
		complain("%s: its catalog cannot be kept: %s", voucher->user,
		    strerror(-error));
		return WHY_SYSTEM;
	}
	voucher->stage = CATALOG_LISTS;
	return WHY_INSTALLED;
}

/* ---- one that is not there ---- */

bool
voucher_denied(enum cli_why why)
{
	return why == WHY_NO_SIGNATURE || why == WHY_NOT_FOUND ||
	    why == WHY_FORBIDDEN;
}

enum cli_why
voucher_miss(const struct catalogs *all, struct voucher *voucher,
    enum cli_why why)
{
	bool missing = voucher_denied(why) ||
	    why_state(why) == CLI_UNAVAILABLE;
	bool had = voucher->serial != 0;

	if (!missing || (had && !all->arguments->allow_rollback)) {
		voucher->stage = CATALOG_REFUSED;
		return voucher->why = voucher_denied(why) ? WHY_WITHHELD : why;
	}
	voucher->stage = CATALOG_NONE;
	if (had)
		except(voucher, "no-catalog");
	return WHY_NONE;
}
