/*
 * The fetcher's judgement of hostile header fields, without a server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fetcher/redirect.h"
#include "fetcher/response.h"
#include "fetcher/retry.h"

#define UNKNOWN RESPONSE_UNKNOWN

/* ---- Content-Range ---- */

static void
test_range(void **state)
{
	static const struct {
		const char	*text;
		int		 good;
		uint64_t	 first, total;
	} cases[] = {
		{ "bytes 0-0/1", 1, 0, 1 },
		{ "bytes 5-9/10", 1, 5, 10 },
		{ "Bytes 5-7/10", 1, 5, 10 },
		{ "bytes 5-9/*", 1, 5, UNKNOWN },
		{ "bytes */10", 1, UNKNOWN, 10 },
		{ "bytes 18446744073709551613-18446744073709551613/"
		    "18446744073709551614", 1, UNKNOWN - 2, UNKNOWN - 1 },
		{ NULL, 0, 0, 0 },
		{ "", 0, 0, 0 },
		{ "bytes", 0, 0, 0 },
		{ "bytes ", 0, 0, 0 },
		{ "bytes */*", 0, 0, 0 },
		{ "bytes 5-9", 0, 0, 0 },
		{ "bytes 5-9/", 0, 0, 0 },
		{ "bytes 9-5/10", 0, 0, 0 },
		{ "bytes 5-10/10", 0, 0, 0 },
		{ "bytes -5-9/10", 0, 0, 0 },
		{ "bytes +5-9/10", 0, 0, 0 },
		{ "bytes  5-9/10", 0, 0, 0 },
		{ "bytes 5-9/10 ", 0, 0, 0 },
		{ "bytes 5-9/10, 5-9/10", 0, 0, 0 },
		{ "bytes=5-9/10", 0, 0, 0 },
		{ "items 5-9/10", 0, 0, 0 },
		{ "bytes 0x5-9/10", 0, 0, 0 },
		{ "bytes 0-18446744073709551615/*", 0, 0, 0 },
		{ "bytes 18446744073709551621-18446744073709551625/*",
		    0, 0, 0 },
		{ "bytes 99999999999999999999999-9/10", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t first = 77, total = 77;
		int good = response_range(cases[i].text, &first, &total);
		if (good != cases[i].good || (good &&
		    (first != cases[i].first || total != cases[i].total)) ||
		    (!good && (first != 77 || total != 77)))
			fail_msg("%s", cases[i].text);
	}
}

/* ---- the whole header ---- */

#define R(s, l, r)	(struct response){ .status = (s), .length = (l), \
			    .range = (r) }
#define CHUNKED(l)	(struct response){ .status = 200, .length = (l), \
			    .coding = "Chunked" }
static const struct request whole = { .total = UNKNOWN };
static const struct request part = { .ranged = true, .offset = 100,
    .total = UNKNOWN };
static const struct request known = { .ranged = true, .offset = 100,
    .total = 500 };

static void
expect(struct response r, const struct request *req,
    enum response_verdict verdict, enum fetcher_outcome outcome,
    uint64_t total)
{
	struct judgement j = response_judge(&r, req);

	if (j.verdict != verdict || j.outcome != outcome || j.total != total)
		fail_msg("status %u: verdict %d instead of %d, outcome %d "
		    "instead of %d", r.status, (int)j.verdict, (int)verdict,
		    (int)j.outcome, (int)outcome);
	if (verdict == RESPONSE_LIE)
		assert_true(j.cut);
}

static void
test_bodies(void **state)
{
	(void)state;
	expect(R(200, "7", NULL), &whole, RESPONSE_RESTART, FETCHER_NONE, 7);
	expect(R(200, "7", NULL), &part, RESPONSE_RESTART, FETCHER_NONE, 7);
	expect(R(200, NULL, NULL), &whole, RESPONSE_RESTART, FETCHER_NONE,
	    UNKNOWN);
	expect(CHUNKED("7"), &whole, RESPONSE_RESTART,
	    FETCHER_NONE, UNKNOWN);
	expect(R(200, "-7", NULL), &whole, RESPONSE_RETRY, FETCHER_NETWORK,
	    UNKNOWN);
	expect(R(200, "7, 8", NULL), &whole, RESPONSE_RETRY, FETCHER_NETWORK,
	    UNKNOWN);
	expect(R(206, "400", "bytes 100-499/500"), &part, RESPONSE_CONTINUE,
	    FETCHER_NONE, 500);
	expect(R(206, "400", "bytes 100-499/500"), &known, RESPONSE_CONTINUE,
	    FETCHER_NONE, 500);
	expect(R(206, "400", "bytes 100-499/*"), &known, RESPONSE_CONTINUE,
	    FETCHER_NONE, 500);
}

static void
test_lies(void **state)
{
	(void)state;
	expect(R(206, "400", "bytes 100-499/500"), &whole, RESPONSE_LIE,
	    FETCHER_NETWORK, UNKNOWN);
	expect(R(206, "400", "bytes 99-499/500"), &part, RESPONSE_LIE,
	    FETCHER_NETWORK, UNKNOWN);
	expect(R(206, "400", "bytes 100-599/600"), &known, RESPONSE_LIE,
	    FETCHER_NETWORK, UNKNOWN);
	expect(R(206, "400", NULL), &part, RESPONSE_LIE, FETCHER_NETWORK,
	    UNKNOWN);
	expect(R(416, "0", "bytes */101"), &part, RESPONSE_LIE,
	    FETCHER_NETWORK, UNKNOWN);
	expect(R(416, "0", "bytes */100"), &whole, RESPONSE_LIE,
	    FETCHER_NETWORK, UNKNOWN);
	expect(R(416, NULL, NULL), &part, RESPONSE_LIE, FETCHER_NETWORK,
	    UNKNOWN);
	expect(R(416, "0", "bytes */100"), &part, RESPONSE_END, FETCHER_DONE,
	    100);
}

static void
test_statuses(void **state)
{
	static const struct {
		unsigned int		status;
		enum response_verdict	verdict;
		enum fetcher_outcome	outcome;
	} cases[] = {
		{ 0, RESPONSE_END, FETCHER_SERVER },
		{ 201, RESPONSE_END, FETCHER_SERVER },
		{ 204, RESPONSE_END, FETCHER_SERVER },
		{ 300, RESPONSE_END, FETCHER_SERVER },
		{ 304, RESPONSE_END, FETCHER_SERVER },
		{ 302, RESPONSE_END, FETCHER_SERVER },	/* no Location */
		{ 401, RESPONSE_END, FETCHER_FORBIDDEN },
		{ 404, RESPONSE_END, FETCHER_NOT_FOUND },
		{ 410, RESPONSE_END, FETCHER_NOT_FOUND },
		{ 418, RESPONSE_END, FETCHER_SERVER },
		{ 429, RESPONSE_RETRY, FETCHER_SERVER },
		{ 451, RESPONSE_END, FETCHER_FORBIDDEN },
		{ 503, RESPONSE_RETRY, FETCHER_SERVER },
		{ 600, RESPONSE_END, FETCHER_SERVER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(R(cases[i].status, "3", NULL), &whole, cases[i].verdict,
		    cases[i].outcome, UNKNOWN);
	expect((struct response){ .status = 307, .location = "/x" }, &whole,
	    RESPONSE_MOVED, FETCHER_SERVER, UNKNOWN);
}

/* Whatever the status says, nothing is decoded. */
static void
test_codings(void **state)
{
	static const char *const codings[] = { "gzip", "gzip, chunked",
	    "chunked, chunked", "identity", "", "chunked " };

	(void)state;
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {
		struct response r = { .status = 200, .coding = codings[i] };
		struct judgement j = response_judge(&r, &whole);
		assert_int_equal(j.verdict, RESPONSE_END);
		assert_int_equal(j.outcome, FETCHER_SERVER);
		assert_true(j.cut);
	}
}

/* ---- validators ---- */

static void
validator_expect(const char *etag, const char *modified, const char *want)
{
	const struct response r = { .etag = etag, .modified = modified };
	char got[FETCHER_VALIDATOR];

	memset(got, 'x', sizeof(got));
	response_validator(&r, got);
	assert_string_equal(got, want);
}

static void
test_validators(void **state)
{
	static const char date[] = "Sat, 21 Nov 2026 09:16:00 GMT";
	char longest[RESPONSE_VALIDATOR + 2];

	(void)state;
	validator_expect("\"a-1\"", date, "\"a-1\"");
	validator_expect("\"\"", date, "\"\"");
	validator_expect("W/\"a\"", date, date);
	validator_expect("W/\"a\"", NULL, "");
	validator_expect("a", date, date);
	validator_expect("\"", date, date);
	validator_expect("\"a\"b\"", date, date);
	validator_expect("\"a b\"", date, date);
	validator_expect("\"a\r\nX: y\"", "x\r\ny", "");
	validator_expect("\"\xc3\xa4\"", "\x7f", "");
	validator_expect("\"\x1b[2J\"", NULL, "");
	validator_expect(NULL, NULL, "");
	validator_expect("", "", "");
	memset(longest, 'a', sizeof(longest));
	longest[0] = longest[RESPONSE_VALIDATOR - 1] = '"';
	longest[RESPONSE_VALIDATOR] = '\0';
	validator_expect(longest, NULL, longest);
	longest[RESPONSE_VALIDATOR - 1] = 'a';
	longest[RESPONSE_VALIDATOR] = '"';
	longest[RESPONSE_VALIDATOR + 1] = '\0';
	validator_expect(longest, NULL, "");
}

/* ---- Location ---- */

static void
test_redirects(void **state)
{
	static const char base[] = "https://depot.example:444/a/b?c";
	static const struct {
		const char	*location;
		uint32_t	 scheme, port;
		const char	*host, *target;
	} cases[] = {
		{ "/x", FETCHER_HTTPS, 444, "depot.example", "/x" },
		{ "x", FETCHER_HTTPS, 444, "depot.example", "/a/x" },
		{ "?q=1", FETCHER_HTTPS, 444, "depot.example", "/a/b?q=1" },
		{ "../../../x", FETCHER_HTTPS, 444, "depot.example", "/x" },
		{ "//Other.Example/x", FETCHER_HTTPS, 443, "other.example",
		    "/x" },
		{ "http://other.example", FETCHER_HTTP, 80, "other.example",
		    "/" },
		{ "HTTPS://OTHER.example:8443/x?y#z", FETCHER_HTTPS, 8443,
		    "other.example", "/x?y" },
		{ "https://[2001:DB8::1]/x", FETCHER_HTTPS, 443, "2001:db8::1",
		    "/x" },
		{ "https://192.0.2.1/x", FETCHER_HTTPS, 443, "192.0.2.1",
		    "/x" },
		{ "/a b", FETCHER_HTTPS, 444, "depot.example", "/a%20b" },
	};
	static const char *const refused[] = {
		"file:///etc/passwd", "ftp://other.example/x", "gopher://x/",
		"javascript:x", "data:,x", "https://", "https:///",
		"https://me@other.example/", "https://me:pw@other.example/x",
		"https://:pw@other.example/", "https://other.example:0/",
		"https://other.example:65536/", "https://other.example:x/",
		"https://other_host.example/", "https://oth%65r%2f.example/",
		"https://other.example\\@evil.example/",
		"https://\xc3\xa4.example/", "https://a b/", "https://[::1/",
		"https://other.example/\x7f", "https://[fe80::1%25lo]/x;y@z",
	};
	static const char gone[] = "https://other.example/"
	    "\r\nSet-Cookie: x";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fetcher_get_rep rep = { 0 };
		if (!redirect_parse(base, cases[i].location, &rep) ||
		    rep.to.scheme != cases[i].scheme || rep.to.port != cases[i].port)
			fail_msg("%s", cases[i].location);
		assert_string_equal(rep.to.host, cases[i].host);
		assert_string_equal(rep.to.target, cases[i].target);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct fetcher_get_rep rep = { 0 }, zero = { 0 };
		if (redirect_parse(base, refused[i], &rep))
			fail_msg("%s went to %s %s", refused[i], rep.to.host,
			    rep.to.target);
		assert_memory_equal(&rep, &zero, sizeof(rep));
	}
	struct fetcher_get_rep rep = { 0 };
	if (redirect_parse(base, gone, &rep))
		assert_null(strpbrk(rep.to.target, "\r\n "));
}

static void
test_redirect_lengths(void **state)
{
	char location[3000] = "https://";
	struct fetcher_get_rep rep = { 0 };

	(void)state;
	memset(location + 8, 'h', 255);
	strcpy(location + 8 + 255, "/x");
	assert_true(redirect_parse("http://a/", location, &rep));
	memset(location + 8, 'h', 256);
	strcpy(location + 8 + 256, "/x");
	assert_false(redirect_parse("http://a/", location, &rep));
	memset(location, 'p', 1023);
	location[0] = '/';
	location[1023] = '\0';
	assert_true(redirect_parse("http://a/", location, &rep));
	assert_int_equal(strlen(rep.to.target), 1023);
	strcpy(location + 1023, "p");
	assert_false(redirect_parse("http://a/", location, &rep));
}

/* ---- how often ---- */

static void
test_retries(void **state)
{
	struct retry retry = { 0 };
	unsigned int n = 0;

	(void)state;
	while (retry_allowed(&retry, 3, 0))
		n++;
	assert_int_equal(n, 3);
	retry = (struct retry){ 0 };
	assert_false(retry_allowed(&retry, 0, 0));
	/* A little progress each time, for ever. */
	for (n = 0; n < 10000 && retry_allowed(&retry, 3, 1 << 20); n++)
		continue;
	assert_in_range(n, 16, 100);
	retry = (struct retry){ 0 };
	for (n = 0; n < 10000 && retry_allowed(&retry, 3, 1); n++)
		continue;
	assert_int_equal(n, 3);
}

static void
test_delays(void **state)
{
	struct retry retry = { 0 };

	(void)state;
	for (uint32_t n = 1; n < 100; n++) {
		uint64_t most = n < 6 ? UINT64_C(250) << (n - 1) : 8000;
		retry.failures = n;
		assert_in_range(retry_delay(&retry, 0, 0), most / 2, most / 2);
		assert_in_range(retry_delay(&retry, 0, UINT32_MAX), most / 2,
		    most);
	}
	assert_int_equal(retry_delay(&retry, 20000, 0), 20000);
	assert_int_equal(retry_delay(&retry, 3600000, 0), 30000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_validators),
		cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_redirect_lengths),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
