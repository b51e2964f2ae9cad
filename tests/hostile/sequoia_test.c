/*
 * A false manager speaks to the real sequoia, in its real jail: what verifier_test
 * does to the verifier.  Skipped where sqv is not installed, but for what has to
 * hold then.
 */
#include "tests/hostile/verifier_drive.h"
#include "depot/armor.h"

#define SQV	"/usr/bin/sqv"

static void
needs_sqv(void)
{
	if (access(SQV, X_OK) == -1) {
		print_message("# SKIP sqv is not installed\n");
		skip();
	}
}

/* ---- what it says ---- */

/* Exactly these, whatever the gate says. */
static const struct {
	const char		*name;
	enum verifier_verdict	 verdict;
} verdicts[] = {
	{ "rsa", VERIFIER_GOOD },
	{ "ed25519", VERIFIER_GOOD },
	{ "ecdsa", VERIFIER_GOOD },
	{ "subkey", VERIFIER_GOOD },
	{ "two-keys", VERIFIER_GOOD },
	{ "two-blocks", VERIFIER_GOOD },
	{ "empty-data", VERIFIER_GOOD },
	{ "key-lapsed-since", VERIFIER_GOOD },
	{ "data-changed", VERIFIER_BAD },
	{ "data-empty", VERIFIER_BAD },
	{ "data-longer", VERIFIER_BAD },
	{ "data-shorter", VERIFIER_BAD },
	{ "data-other", VERIFIER_BAD },
	{ "sig-flipped", VERIFIER_BAD },
	{ "sig-zero", VERIFIER_BAD },
	{ "future", VERIFIER_BAD },
	{ "other-key", VERIFIER_NO_KEY },
	{ "key-empty", VERIFIER_NO_KEY },
	{ "key-literal", VERIFIER_NO_KEY },
	{ "key-lapsed-before", VERIFIER_SIG_EXPIRED },
	{ "sig-expired", VERIFIER_SIG_EXPIRED },
	{ "key-revoked", VERIFIER_KEY_REVOKED },
	{ "subkey-revoked", VERIFIER_KEY_REVOKED },
	{ "sha1", VERIFIER_REFUSED },
	{ "key-sha1", VERIFIER_REFUSED },
	{ "sig-empty", VERIFIER_NOT_ONE },
	/* A line for each: that is not one. */
	{ "two-signers", VERIFIER_BROKEN },
};

static void
verdict_check(const char *name, uint32_t wanted)
{
	struct template t = template_for(name);
	int data = case_open(name, "data"), sig = case_seal(name, "sig");
	struct verifier_verify_rep rep = verify(&t, data, sig);

	if (rep.verdict != wanted)
		fail_msg("%s: verdict %u, not %u", name, rep.verdict, wanted);
	assert_int_equal(rep.signatures, wanted == VERIFIER_GOOD);
	assert_int_equal(rep.fpr_size, wanted == VERIFIER_GOOD ? 20 : 0);
	close(data);
	close(sig);
	template_end(&t, 0);
}

static void
test_verdicts(void **state)
{
	(void)state;
	needs_sqv();
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		verdict_check(verdicts[i].name, verdicts[i].verdict);
}

/* The signature of a case in binary, sealed, if it passes the gate; else -1. */
static int
signature_pass(const char *name)
{
	static char text[4 * VERIFIER_SIG];
	uint8_t sig[VERIFIER_SIG];
	struct gate_facts facts;
	size_t size = case_read(name, "sig", (uint8_t *)text, sizeof(text));
	const struct armor_text armored = { text, text + size };
	enum gate gate = gate_check((const uint8_t *)text, size, &facts);

	if (gate == GATE_PASS)
		return buffer_seal(text, size);
	if (gate == GATE_ARMORED && armor_decode_only(armored, ARMOR_SIGNATURE,
	    sig, sizeof(sig), &size) == 0 &&
	    gate_check(sig, size, &facts) == GATE_PASS)
		return buffer_seal(sig, size);
	return -1;
}

/* Behind the gate it is right about all cases, as the verifier is; about key
 * files that airlock refuses as a whole nobody asks it. */
static void
case_check(const char *name)
{
	int sig = signature_pass(name);

	if (sig != -1 && !case_expects(name, "refused") &&
	    access(case_path(name, "quorum-2"), F_OK) == -1) {
		struct template t = template_for(name);
		int data = case_open(name, "data");
		uint32_t verdict = verify(&t, data, sig).verdict;

		if ((verdict == VERIFIER_GOOD) != case_expects(name, "good") &&
		    strcmp(name, "key-many") != 0)
			fail_msg("%s: verdict %u", name, verdict);
		close(data);
		template_end(&t, 0);
	}
	close(sig);
}

static void
test_cases(void **state)
{
	(void)state;
	needs_sqv();
	DIR *dir = opendir(cases);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (strncmp(e->d_name, "case-", 5) == 0)
			case_check(e->d_name + 5);
	closedir(dir);
}

/* The fingerprint is the primary key's, whichever key signed. */
static void
test_fingerprint(void **state)
{
	struct verifier_verify_rep rep;
	char hex[48] = "";

	(void)state;
	needs_sqv();
	struct template t = template_for("subkey");
	int data = case_open("subkey", "data"), sig = case_seal("subkey", "sig");
	rep = verify(&t, data, sig);
	for (uint32_t i = 0; i < rep.fpr_size; i++)
		snprintf(hex + 2 * i, 3, "%02X", rep.fpr[i]);
	uint8_t said[64] = "";
	size_t n = case_read("subkey", "primary", said, sizeof(said));
	assert_int_equal(n, 41);
	assert_memory_equal(hex, said, 40);
	close(data);
	close(sig);
	template_end(&t, 0);
}

static uint32_t
verdict_as_of(const char *name, int64_t as_of)
{
	struct verifier_verify_req req = { .size = 100000, .as_of = as_of };
	struct template t = template_for(name);
	int data = case_open(name, "data"), sig = case_seal(name, "sig");
	const struct cap caps[] = { { data }, { sig } };
	struct child child;

	child_fork(&t, &child);
	assert_int_equal(ask_verifier_verify(&child.rpc, &req, caps, 0, &child),
	    0);
	child_answer(&child);
	close(data);
	close(sig);
	template_end(&t, 0);
	return child.reply.verify.verdict;
}

/* What was signed later does not count.  key-lapsed-since is of 2020-07-01. */
static void
test_as_of(void **state)
{
	(void)state;
	needs_sqv();
	assert_int_equal(verdict_as_of("key-lapsed-since", 1893456000),
	    VERIFIER_GOOD);
	assert_int_equal(verdict_as_of("key-lapsed-since", 1598918400),
	    VERIFIER_GOOD);
	assert_int_equal(verdict_as_of("key-lapsed-since", 1590969600),
	    VERIFIER_BAD);
	assert_int_equal(verdict_as_of("ed25519", -1), VERIFIER_BAD);
	assert_int_equal(verdict_as_of("ed25519", INT64_MIN), VERIFIER_BROKEN);
	assert_int_equal(verdict_as_of("ed25519", INT64_MAX), VERIFIER_BROKEN);
}

/* It has no keys to list. */
static void
test_keys(void **state)
{
	struct template t = template_for("rsa");
	struct verifier_keys_req req = { 0 };
	struct child child;

	(void)state;
	child_fork(&t, &child);
	assert_int_equal(ask_verifier_keys(&child.rpc, &req, no_caps, 0,
	    &child), 0);
	child_answer(&child);
	assert_int_equal(child.reply.keys.verdict, VERIFIER_BROKEN);
	assert_int_equal(child.reply.keys.count, 0);
	template_end(&t, 0);
}

/* ---- many, large, killed ---- */

/* More than there are slots, one after the other: each is used again. */
static void
test_many(void **state)
{
	(void)state;
	needs_sqv();
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig");
	double start = seconds();

	for (int i = 0; i < 100; i++) {
		int data = case_open("rsa", "data");
		assert_int_equal(verify(&t, data, sig).verdict, VERIFIER_GOOD);
		close(data);
	}
	print_message("# %.1f ms each\n", (seconds() - start) * 10);
	close(sig);
	template_end(&t, 0);
}

/* Those that live at the same time mix nothing up: other data, another
 * signature, in other directions each round. */
static void
test_parallel(void **state)
{
	static const char *const names[] = { "rsa", "data-changed", "ed25519",
	    "sig-flipped-rsa", "sha384" };
	struct child children[5];

	(void)state;
	needs_sqv();
	struct template t = template_for("two-keys");
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 5; i++) {
			const char *name = names[(i + round) % 5];
			int data = case_open(name, "data");
			int sig = case_seal(name, "sig");
			child_fork(&t, &children[i]);
			ask_verify(&children[i], data, sig);
			close(data);
			close(sig);
		}
		for (int i = 0; i < 5; i++) {
			const char *name = names[(i + round) % 5];
			child_answer(&children[i]);
			assert_int_equal(children[i].reply.verify.verdict,
			    case_expects(name, "good") ? VERIFIER_GOOD :
			    VERIFIER_BAD);
		}
	}
	template_end(&t, 0);
}

/* Children that were never asked anything keep their slots; one more than there
 * are gets none, and is told so.  Once they are gone, their slots are free. */
static void
test_slots(void **state)
{
	const struct template_fork_req req = { 0 };
	struct child children[JAIL_SLOTS], more;
	int ends[2], error = 1;

	(void)state;
	struct template t = template_for("rsa");
	for (int i = 0; i < JAIL_SLOTS; i++)
		child_fork(&t, &children[i]);
	assert_int_equal(rpc_pair(ends), 0);
	struct cap cap = { .fd = ends[1] };
	more.pidfd = -1;
	assert_int_equal(ask_template_fork(&t.rpc, &req, &cap, 0, &more.pidfd),
	    0);
	cap_drop(&cap);
	close(ends[0]);
	while (error == 1)
		error = receive(&t.rpc);
	assert_int_equal(error, -EUSERS);
	for (int i = 0; i < JAIL_SLOTS; i++) {
		rpc_close(&children[i].rpc);
		child_end(&children[i]);
	}
	child_fork(&t, &more);
	rpc_close(&more.rpc);
	child_end(&more);
	template_end(&t, 0);
}

static void
test_large(void **state)
{
	(void)state;
	needs_sqv();
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig"), data = zeros_open(64 << 20);
	double start = seconds();

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
	pid_t engine = engine_find(&child, "sqv");
	usleep(50000);		/* until it hashes */
	double start = seconds();
	assert_int_equal(kill(engine, sig_number), 0);
	child_hear(&child);
	assert_true(seconds() - start < 5);
	assert_int_equal(child.rpc.death.cause, cause);
	assert_int_equal(child.answered, cause == RPC_DEATH_NONE);
	if (child.answered)
		assert_int_equal(child.reply.verify.verdict, VERIFIER_BROKEN);
	close(sig);
	close(data);
	template_end(&t, 0);
}

static void
test_engine_killed(void **state)
{
	(void)state;
	needs_sqv();
	engine_kill(SIGTERM, RPC_DEATH_NONE);
	engine_kill(SIGABRT, RPC_DEATH_NONE);
	engine_kill(SIGKILL, RPC_DEATH_CPU);
	engine_kill(SIGXCPU, RPC_DEATH_CPU);
	engine_kill(SIGSYS, RPC_DEATH_VIOLATION);
}

/* Killed itself, in the middle: no process of it stays, and its slot is used
 * again. */
static void
test_child_killed(void **state)
{
	(void)state;
	needs_sqv();
	struct template t = template_for("rsa");
	int sig = case_seal("rsa", "sig"), data = zeros_open((off_t)4 << 30);
	int small = case_open("rsa", "data");
	struct child child;

	for (int i = 0; i < 3; i++) {
		child_fork(&t, &child);
		ask_verify(&child, data, sig);
		pid_t engine = engine_find(&child, "sqv");
		assert_int_equal(syscall(SYS_pidfd_send_signal, child.pidfd,
		    SIGKILL, NULL, 0), 0);
		child_hear(&child);
		assert_false(child.answered);
		assert_int_equal(kill(engine, 0), -1);
		assert_int_equal(verify(&t, small, sig).verdict, VERIFIER_GOOD);
	}
	close(small);
	close(data);
	close(sig);
	template_end(&t, 0);
}

/* ---- what no manager would send ---- */

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
	    unsealed[] = { data, data }, unsafe[] = { writable, sig };

	refuses(&t, &r, size - 1, right, 2);
	refuses(&t, &r, size + 1, right, 2);
	refuses(&t, &r, size, NULL, 0);
	refuses(&t, &r, size, right, 1);
	refuses(&t, &r, size, swapped, 2);		/* a pipe */
	refuses(&t, &r, size, unsealed, 2);
	refuses(&t, &r, size, unsafe, 2);		/* for the data */
	close(data);
	close(sig);
	close(writable);
	close(ends[0]);
	close(ends[1]);
	template_end(&t, 0);
}

/* ---- */

static int
group_setup(void **state)
{
	(void)state;
	return drive_setup(LAUNCHER_A_SEQUOIA, "sequoia");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_as_of),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_parallel),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_engine_killed),
		cmocka_unit_test(test_child_killed),
		cmocka_unit_test(test_misuse),
	};

	return cmocka_run_group_tests_name("sequoia", tests, group_setup,
	    drive_teardown);
}
