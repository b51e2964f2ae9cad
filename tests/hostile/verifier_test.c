/*
 * A false manager speaks to the real verifier, in its real jail.
 *
 * The cases of tests/integration/sigcases.sh are given to it, and so is what no
 * manager would ever send.  As for the manager, a signature is good only if the
 * gate, the key list and the verifier's claim agree.
 */
#include "tests/hostile/verifier_drive.h"
#include "depot/armor.h"
#include "verifier/keyring.h"

static struct verifier_keys_rep
list_keys(struct template *t)
{
	struct verifier_keys_req req = { 0 };
	struct child child;

	child_fork(t, &child);
	assert_int_equal(ask_verifier_keys(&child.rpc, &req, no_caps, 0,
	    &child), 0);
	child_answer(&child);
	return child.reply.keys;
}

/* ---- a manager's judgement ---- */

static const struct verifier_key *
key_find(const struct verifier_keys_rep *list, const uint8_t *fpr,
    uint32_t fpr_size)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->keys[i].fpr_size == fpr_size &&
		    memcmp(list->keys[i].fpr, fpr, fpr_size) == 0)
			return &list->keys[i];
	return NULL;
}

static int
key_expired(const struct verifier_key *key, int64_t when)
{
	return key->expires != 0 && key->expires <= when;
}

static int
judge(const struct verifier_keys_rep *list,
    const struct verifier_verify_rep *rep)
{
	const struct verifier_key *key;

	if (list->verdict != VERIFIER_GOOD || (rep->verdict != VERIFIER_GOOD &&
	    rep->verdict != VERIFIER_KEY_EXPIRED) ||
	    rep->created > time(NULL) + 60 || rep->hash < 8 ||
	    rep->algorithm == 17 ||
	    (key = key_find(list, rep->fpr, rep->fpr_size)) == NULL)
		return 0;
	return key->usable == VERIFIER_CAN_SIGN &&
	    (key->algorithm > 3 || key->bits >= 2048) &&
	    !key_expired(key, rep->created) &&
	    !key_expired(&list->keys[key->primary], rep->created);
}

/* The signature of a case, sealed, in binary if it was armored; -1 if it was,
 * and could not be decoded. */
static int
signature_seal(const char *name)
{
	static char text[4 * VERIFIER_SIG];
	uint8_t sig[VERIFIER_SIG];
	struct gate_facts facts;
	int sealed = case_seal(name, "sig");
	ssize_t n = pread(sealed, text, sizeof(text), 0);
	struct armor_text armored = { text, text + n };
	size_t size = 0;

	if (gate_check((const uint8_t *)text, (size_t)n, &facts) !=
	    GATE_ARMORED)
		return sealed;
	close(sealed);
	return armor_decode_only(armored, ARMOR_SIGNATURE, sig, sizeof(sig),
	    &size) == 0 ? buffer_seal(sig, size) : -1;
}

static int
gate_passes(int sealed)
{
	uint8_t sig[VERIFIER_SIG + 1];
	struct gate_facts facts;
	ssize_t n = pread(sealed, sig, sizeof(sig), 0);

	return n >= 0 && gate_check(sig, (size_t)n, &facts) == GATE_PASS;
}

/* ---- tests: what it says ---- */

/* Exactly these, whatever the gate says, so that no layer hides behind it. */
static const struct {
	const char		*name;
	enum verifier_verdict	 verdict;
} verdicts[] = {
	{ "rsa", VERIFIER_GOOD },
	{ "ed25519", VERIFIER_GOOD },
	{ "ecdsa", VERIFIER_GOOD },
	{ "subkey", VERIFIER_GOOD },
	{ "key-binary", VERIFIER_GOOD },
	{ "data-changed", VERIFIER_BAD },
	{ "data-empty", VERIFIER_BAD },
	{ "sig-flipped", VERIFIER_BAD },
	{ "other-key", VERIFIER_NO_KEY },
	{ "key-empty", VERIFIER_NO_KEY },
	{ "key-lapsed-since", VERIFIER_KEY_EXPIRED },
	{ "key-lapsed-before", VERIFIER_KEY_EXPIRED },
	{ "key-revoked", VERIFIER_KEY_REVOKED },
	{ "subkey-revoked", VERIFIER_KEY_REVOKED },
	{ "sig-expired", VERIFIER_SIG_EXPIRED },
	{ "two-signers", VERIFIER_NOT_ONE },
	{ "sig-empty", VERIFIER_NOT_ONE },
	{ "key-trust-revoked", VERIFIER_KEY_REVOKED },
};

static void
test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const char *name = verdicts[i].name;
		struct template t = template_for(name);
		int data = case_open(name, "data");
		int sig = case_seal(name, "sig");
		struct verifier_verify_rep rep = verify(&t, data, sig);

		if (rep.verdict != verdicts[i].verdict)
			fail_msg("%s: verdict %u, not %d (%u signatures, "
			    "library %u)", name, rep.verdict,
			    verdicts[i].verdict, rep.signatures, rep.library);
		close(data);
		close(sig);
		template_end(&t, 0);
	}
}

static void
case_check(const char *name)
{
	struct template t = template_for(name);
	struct verifier_keys_rep list = list_keys(&t);
	struct verifier_verify_rep rep = { 0 };
	int data = case_open(name, "data");
	int sig = signature_seal(name);
	int passes = sig != -1 && gate_passes(sig);

	if (sig != -1) {
		rep = verify(&t, data, sig);
		close(sig);
	}
	int good = passes && judge(&list, &rep);
	if (getenv("VERBOSE") != NULL)
		print_message("# %s: keys %u/%u gate %d verdict %u sigs %u "
		    "library %u hash %u alg %u good %d\n", name, list.verdict,
		    list.count, passes, rep.verdict, rep.signatures,
		    rep.library, rep.hash, rep.algorithm, good);
	if (!case_expects(name, "refused") &&
	    good != case_expects(name, "good"))
		fail_msg("%s: gate %d, keys %u, verdict %u, signatures %u, "
		    "library %u", name, passes, list.verdict, rep.verdict,
		    rep.signatures, rep.library);
	close(data);
	template_end(&t, 0);
}

static void
test_cases(void **state)
{
	DIR *dir = opendir(cases);
	int count = 0;

	(void)state;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (strncmp(e->d_name, "case-", 5) == 0) {
			case_check(e->d_name + 5);
			count++;
		}
	closedir(dir);
	assert_true(count > 100);
}

static void
test_facts(void **state)
{
	struct template t = template_for("future");
	struct verifier_keys_rep list = list_keys(&t);
	int data = case_open("future", "data");
	int sig = case_seal("future", "sig");
	struct verifier_verify_rep rep = verify(&t, data, sig);

	(void)state;
	/* 2095-06-15 12:00 */
	assert_int_equal(rep.verdict, VERIFIER_GOOD);
	assert_int_equal(rep.created, 3958977600);
	assert_int_equal(rep.expires, 0);
	assert_int_equal(rep.hash, 8);
	assert_int_equal(rep.algorithm, 22);
	assert_int_equal(rep.fpr_size, 20);
	assert_int_equal(rep.signatures, 1);
	assert_ptr_equal(key_find(&list, rep.fpr, 20), &list.keys[0]);
	close(data);
	close(sig);
	template_end(&t, 0);
}

static void
test_keys(void **state)
{
	struct template t = template_for("subkey-revoked");
	struct verifier_keys_rep list = list_keys(&t);

	(void)state;
	assert_int_equal(list.verdict, VERIFIER_GOOD);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.keys[0].usable, 0);	/* certifies only */
	assert_int_equal(list.keys[1].usable,
	    VERIFIER_CAN_SIGN | VERIFIER_REVOKED);
	assert_int_equal(list.keys[1].primary, 0);
	/* 2020-06-01 12:00 and 2020-06-15 12:00 */
	assert_int_equal(list.keys[0].created, 1591012800);
	assert_int_equal(list.keys[1].created, 1592222400);
	template_end(&t, 0);

	t = template_for("two-blocks");
	list = list_keys(&t);
	assert_int_equal(list.verdict, VERIFIER_GOOD);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.keys[1].primary, 1);
	assert_int_equal(list.keys[1].algorithm, 1);
	assert_int_equal(list.keys[1].bits, 2048);
	template_end(&t, 0);
}

/* Key files that stand for no list of keys. */
static void
test_keys_refused(void **state)
{
	static const struct {
		const char		*name;
		enum verifier_verdict	 verdict;
	} files[] = {
		{ "key-empty", VERIFIER_NO_KEY },
		{ "key-text", VERIFIER_NO_KEY },
		{ "key-secret", VERIFIER_NO_KEY },
		{ "key-damaged", VERIFIER_NO_KEY },
		{ "key-one-damaged", VERIFIER_NO_KEY },
		{ "key-is-signature", VERIFIER_NO_KEY },
		{ "key-truncated", VERIFIER_NO_KEY },
		{ "key-literal", VERIFIER_NO_KEY },
		{ "key-twice", VERIFIER_NOT_ONE },
		{ "key-many", VERIFIER_NOT_ONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct template t = template_for(files[i].name);
		struct verifier_keys_rep list = list_keys(&t);

		if (list.verdict != files[i].verdict)
			fail_msg("%s: verdict %u", files[i].name, list.verdict);
		template_end(&t, 0);
	}
}

/* Two defences stand against a forged trust packet; this is the first. */
static void
test_trust_dropped(void **state)
{
	static uint8_t file[2][8192], ring[2][8192];
	size_t size[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		size_t n = case_read(i ? "key-trust-stolen" : "key-stolen",
		    "key", file[i], sizeof(file[i]));
		assert_int_equal(keyring_make(file[i], n, ring[i], &size[i]),
		    0);
	}
	assert_int_equal(size[0], size[1]);
	assert_memory_equal(ring[0], ring[1], size[0]);
}

/* ---- tests: many, large, killed ---- */

static void
test_many(void **state)
{
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig");
	double start = seconds();

	(void)state;
	for (int i = 0; i < 100; i++) {
		int data = case_open("rsa", "data");
		assert_int_equal(verify(&t, data, sig).verdict, VERIFIER_GOOD);
		close(data);
	}
	print_message("# %.1f ms each\n", (seconds() - start) * 10);
	close(sig);
	template_end(&t, 0);
}

static void
test_parallel(void **state)
{
	struct template t = template_for("rsa");
	struct child children[2];
	int sig = case_seal("rsa", "sig");
	double start = seconds();

	(void)state;
	for (int round = 0; round < 25; round++) {
		for (int i = 0; i < 2; i++) {
			int data = case_open(i ? "rsa" : "data-other", "data");
			child_fork(&t, &children[i]);
			ask_verify(&children[i], data, sig);
			close(data);
		}
		for (int i = 0; i < 2; i++) {
			child_answer(&children[i]);
			assert_int_equal(children[i].reply.verify.verdict,
			    i ? VERIFIER_GOOD : VERIFIER_BAD);
		}
	}
	print_message("# %.1f ms each\n", (seconds() - start) * 20);
	close(sig);
	template_end(&t, 0);
}

static void
test_large(void **state)
{
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig"), data = zeros_open(64 << 20);
	double start = seconds();

	(void)state;
	assert_int_equal(verify(&t, data, sig).verdict, VERIFIER_BAD);
	print_message("# 64 MiB in %.0f ms\n", (seconds() - start) * 1e3);
	close(data);
	close(sig);
	template_end(&t, 0);
}

/* An engine that is killed, with most of the data still to come. */
static void
engine_kill(int sig_number, uint32_t cause)
{
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig"), data = zeros_open((off_t)4 << 30);
	struct child child;

	child_fork(&t, &child);
	ask_verify(&child, data, sig);
	pid_t engine = engine_find(&child, "gpg");
	usleep(50000);		/* until it hashes */
	double start = seconds();
	assert_int_equal(kill(engine, sig_number), 0);
	child_hear(&child);
	/* libgpgme alone would wait for ever. */
	assert_true(seconds() - start < 5);
	assert_int_equal(child.rpc.death.cause, cause);
	if (cause == RPC_DEATH_NONE) {
		assert_true(child.answered);
		assert_int_equal(child.reply.verify.verdict, VERIFIER_BROKEN);
	} else
		assert_false(child.answered);
	close(sig);
	close(data);
	template_end(&t, 0);
}

static void
test_engine_killed(void **state)
{
	(void)state;
	engine_kill(SIGSEGV, RPC_DEATH_NONE);
	engine_kill(SIGABRT, RPC_DEATH_NONE);
	engine_kill(SIGKILL, RPC_DEATH_CPU);
	engine_kill(SIGXCPU, RPC_DEATH_CPU);
	/* How a filter ends what asks for a call that is not listed. */
	engine_kill(SIGSYS, RPC_DEATH_VIOLATION);
}

/* A size of zero grants the least time; the file is endless for that. */
static void
test_cpu_limit(void **state)
{
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig"), data = zeros_open((off_t)1 << 42);
	struct verifier_verify_req req = { 0 };
	const struct cap caps[] = { { data }, { sig } };
	struct child child;
	double start = seconds();

	(void)state;
	child_fork(&t, &child);
	assert_int_equal(ask_verifier_verify(&child.rpc, &req, caps, 0, &child),
	    0);
	child_hear(&child);
	assert_false(child.answered);
	assert_int_equal(child.rpc.death.cause, RPC_DEATH_CPU);
	print_message("# after %.1f s\n", seconds() - start);
	close(sig);
	close(data);
	template_end(&t, 0);
}

/* ---- tests: what no manager would send ---- */

static void
test_misuse(void **state)
{
	struct template t = template_for("rsa");
	int data = case_open("rsa", "data"), sig = case_seal("rsa", "sig");
	int writable = memfd_create("writable", MFD_CLOEXEC), ends[2];
	struct request r = { VERIFIER_VERIFY, 1, { .size = 1000 }, "" };
	const size_t size = sizeof(r) - sizeof(r.more);

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const int right[] = { data, sig }, swapped[] = { sig, ends[0] },
	    unsealed[] = { data, data }, unsafe[] = { writable, sig },
	    many[] = { data, sig, data, sig, data };

	refuses(&t, &r, size - 1, right, 2);		/* short */
	refuses(&t, &r, size + 1, right, 2);		/* long */
	refuses(&t, &r, 4, right, 2);			/* half a header */
	refuses(&t, &r, size, NULL, 0);
	refuses(&t, &r, size, right, 1);
	refuses(&t, &r, size, many, 3);
	refuses(&t, &r, size, many, 5);
	refuses(&t, &r, size, swapped, 2);		/* a pipe */
	refuses(&t, &r, size, unsealed, 2);
	refuses(&t, &r, size, unsafe, 2);		/* for the data */
	r.serial = 0;					/* wants no answer */
	refuses(&t, &r, size, right, 2);
	r.serial = 1;
	for (uint32_t number = VERIFIER_LIST_KEYS + 1; number != 0;
	    number = number * 2 & 0xffffffff) {
		r.number = number;
		refuses(&t, &r, size, right, 2);
	}
	r.number = VERIFIER_LIST_KEYS;			/* with descriptors */
	refuses(&t, &r, size, right, 2);
	/* After all that: as ever. */
	assert_int_equal(verify(&t, data, sig).verdict, VERIFIER_GOOD);
	close(data);
	close(sig);
	close(writable);
	close(ends[0]);
	close(ends[1]);
	template_end(&t, 0);
}

/* A second call finds nobody. */
static void
test_once(void **state)
{
	struct template t = template_for("rsa");
	struct verifier_keys_req req = { 0 };
	struct child child;

	(void)state;
	child_fork(&t, &child);
	assert_int_equal(ask_verifier_keys(&child.rpc, &req, no_caps, 0,
	    &child), 0);
	while (!child.answered)
		assert_int_equal(receive(&child.rpc), 1);
	child.answered = 0;
	(void)ask_verifier_keys(&child.rpc, &req, no_caps, 0, &child);
	child_hear(&child);
	assert_false(child.answered);
	template_end(&t, 0);
}

/* Without a private home, the machine's own /home stays as it is. */
static void
test_no_home(void **state)
{
	char *argv[] = { (char *)(uintptr_t)"verifier", NULL };
	int ends[2], status;
	struct rpc rpc;

	(void)state;
	/* Nor one below the working directory: a "home" may lie there. */
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(chdir("/proc"), 0);
	assert_int_equal(rpc_pair(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int exe = fcntl(program, F_DUPFD_CLOEXEC, 16);
		int channel = fcntl(ends[1], F_DUPFD_CLOEXEC, 16);
		dup2(channel, JAIL_FD_CHANNEL);
		fexecve(exe, argv, argv + 1);
		_exit(1);
	}
	close(ends[1]);
	rpc_init(&rpc, ends[0], RPC_ROWS(verifier_rows), NULL);
	assert_int_equal(receive(&rpc), 1);
	assert_int_equal(rpc.death.cause, RPC_DEATH_SETUP);
	rpc_close(&rpc);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), JAIL_EXIT_SETUP);
	assert_int_equal(access("/home/gpg.conf", F_OK), -1);
	assert_int_equal(fchdir(here), 0);
	close(here);
}

/* Hanging up on a child that works leaves nothing behind. */
static void
test_hang_up(void **state)
{
	struct template t = template_for("rsa");
	struct child child;

	(void)state;
	child_fork(&t, &child);		/* one that was never asked */
	rpc_close(&child.rpc);
	child_end(&child);
	template_end(&t, 0);
}

/* ---- */

static int
group_setup(void **state)
{
	(void)state;
	return drive_setup(LAUNCHER_A_VERIFIER, "verifier");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_keys_refused),
		cmocka_unit_test(test_trust_dropped),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_parallel),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_engine_killed),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_no_home),
		cmocka_unit_test(test_cpu_limit),
	};

	return cmocka_run_group_tests_name("verifier", tests, group_setup,
	    drive_teardown);
}
