/*
 * depot_url_test.c - origins, hosts, targets, and how far addresses reach.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "depot/url.h"

#define L63	"a2345678901234567890123456789012" \
		"3456789012345678901234567890123"
#define HOST253	L63 "." L63 "." L63 "." \
		"a234567890123456789012345678901234567890123456789012345678901"

static const struct {
	const char	*text;
	enum url_scheme	 scheme;
	uint16_t	 port;
	const char	*host, *path;
} good[] = {
	{ "https://depot.genode.org", URL_HTTPS, 443, "depot.genode.org", "" },
	{ "https://depot.genode.org/", URL_HTTPS, 443, "depot.genode.org", "" },
	{ "http://h/a/b", URL_HTTP, 80, "h", "/a/b" },
	{ "http://h/a/b///", URL_HTTP, 80, "h", "/a/b" },
	{ "https://h:8443/x", URL_HTTPS, 8443, "h", "/x" },
	{ "https://h:443", URL_HTTPS, 443, "h", "" },
	{ "http://h:1/", URL_HTTP, 1, "h", "" },
	{ "http://h:65535", URL_HTTP, 65535, "h", "" },
	{ "http://127.0.0.1:8000", URL_HTTP, 8000, "127.0.0.1", "" },
	{ "http://[::1]:8000/d", URL_HTTP, 8000, "::1", "/d" },
	{ "http://[2001:db8::1]", URL_HTTP, 80, "2001:db8::1", "" },
	{ "http://[::ffff:1.2.3.4]", URL_HTTP, 80, "::ffff:1.2.3.4", "" },
	{ "http://localhost", URL_HTTP, 80, "localhost", "" },
	{ "http://xn--bcher-kva.example", URL_HTTP, 80,
	    "xn--bcher-kva.example", "" },
	{ "http://3com.4a", URL_HTTP, 80, "3com.4a", "" },
	{ "http://" HOST253, URL_HTTP, 80, HOST253, "" },
	{ "http://h/~u/a.b-c_d+e:f@g!$&'()*,;=", URL_HTTP, 80, "h",
	    "/~u/a.b-c_d+e:f@g!$&'()*,;=" },
	{ "http://h/..a/b../...", URL_HTTP, 80, "h", "/..a/b../..." },
	{ "file:///srv/depot", URL_FILE, 0, "", "/srv/depot" },
	{ "file:///srv/depot/", URL_FILE, 0, "", "/srv/depot" },
	{ "file:///", URL_FILE, 0, "", "" },
};

#define BYTES(literal)	{ literal, sizeof(literal) - 1 }

static const struct {
	const char	*text;
	size_t		 size;
} bad[] = {
	BYTES(""),
	BYTES("h"),
	BYTES("https"),
	BYTES("https:"),
	BYTES("https:/h"),
	BYTES("https:///"),
	BYTES("https://"),
	BYTES("HTTPS://h"),
	BYTES("ftp://h"),
	BYTES("httpss://h"),
	BYTES("//h"),
	BYTES("https://H"),
	BYTES("https://h "),
	BYTES(" https://h"),
	BYTES("https://h\n"),
	BYTES("https://h\0"),
	BYTES("https://h\0.evil"),
	BYTES("https://h/\0"),
	BYTES("https://h\r\nHost: x"),
	BYTES("https://user@h"),
	BYTES("https://user:pass@h"),
	BYTES("https://h:80@evil"),
	BYTES("https://h\\@evil"),
	BYTES("https://h#f"),
	BYTES("https://h/#f"),
	BYTES("https://h?q"),
	BYTES("https://h/?q"),
	BYTES("https://h/a?q"),
	BYTES("https://h/a b"),
	BYTES("https://h/%2e%2e/x"),
	BYTES("https://h/a%20b"),
	BYTES("https://h/\xc3\xa4"),
	BYTES("https://h//"  "a"),
	BYTES("https://h/a//b"),
	BYTES("https://h/."),
	BYTES("https://h/.."),
	BYTES("https://h/a/../b"),
	BYTES("https://h/a/./b"),
	BYTES("https://h/a/../"),
	BYTES("https://h/a\\b"),
	BYTES("https://h:"),
	BYTES("https://h:/"),
	BYTES("https://h:0"),
	BYTES("https://h:080"),
	BYTES("https://h:65536"),
	BYTES("https://h:4294967376"),
	BYTES("https://h:-1"),
	BYTES("https://h:+1"),
	BYTES("https://h:80x"),
	BYTES("https://h:80:80"),
	BYTES("https://a..b"),
	BYTES("https://.a"),
	BYTES("https://a."),
	BYTES("https://-a"),
	BYTES("https://a-"),
	BYTES("https://a.-b"),
	BYTES("https://a_b"),
	BYTES("https://a%41"),
	BYTES("https://*"),
	BYTES("https://127.1"),
	BYTES("https://2130706433"),
	BYTES("https://0x7f000001"),
	BYTES("https://0x7f.1"),
	BYTES("https://127.0.0.0x1"),
	BYTES("https://0177.0.0.1"),
	BYTES("https://256.0.0.1"),
	BYTES("https://1.2.3.4.5"),
	BYTES("https://1.2.3.4."),
	BYTES("https://a.1"),
	BYTES("https://::1"),
	BYTES("https://[::1"),
	BYTES("https://[::1]x"),
	BYTES("https://[::1]]"),
	BYTES("https://[]"),
	BYTES("https://[127.0.0.1]"),
	BYTES("https://[h]"),
	BYTES("https://[fe80::1%25eth0]"),
	BYTES("https://[fe80::1%eth0]"),
	BYTES("https://[2001:DB8::1]"),
	BYTES("https://[1:2:3:4:5:6:7:8:9]"),
	BYTES("https://[:]"),
	BYTES("https://" L63 "4"),
	BYTES("https://" HOST253 "2"),
	BYTES("file://"),
	BYTES("file:/srv"),
	BYTES("file://h/srv"),
	BYTES("file://localhost/srv"),
	BYTES("file:///srv/../etc"),
	BYTES("file:///srv%20depot"),
	BYTES("file:///srv depot"),
};

static void
good_urls(void **state)
{
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (url_parse(&url, good[i].text, strlen(good[i].text)) != 0)
			fail_msg("refused: %s", good[i].text);
		assert_int_equal(url.scheme, good[i].scheme);
		assert_int_equal(url.port, good[i].port);
		assert_string_equal(url.host, good[i].host);
		assert_string_equal(url.path, good[i].path);
	}
}

static void
bad_urls(void **state)
{
	struct url url, before;

	(void)state;
	memset(&before, 'x', sizeof(before));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		url = before;
		if (url_parse(&url, bad[i].text, bad[i].size) != -EINVAL)
			fail_msg("accepted: %s", bad[i].text);
		assert_memory_equal(&url, &before, sizeof(url));
	}
}

static void
host_beyond_its_array(void **state)
{
	char text[1090];
	struct url url;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://", 7);
	assert_int_equal(url_parse(&url, text, 7 + 253), -EINVAL);
	assert_int_equal(url_parse(&url, text, 7 + URL_HOST), -EINVAL);
	assert_int_equal(url_parse(&url, text, sizeof(text)), -EINVAL);
	memcpy(text, "http://[", 8);
	assert_int_equal(url_parse(&url, text, sizeof(text)), -EINVAL);
}

static void
longest_path(void **state)
{
	char text[2048] = "http://h/";
	struct url url;

	(void)state;
	memset(text + 9, 'x', sizeof(text) - 9);
	assert_int_equal(url_parse(&url, text, 8 + URL_PATH - 1), 0);
	assert_int_equal(strlen(url.path), URL_PATH - 1);
	assert_int_equal(url_parse(&url, text, 8 + URL_PATH), -EINVAL);
	assert_int_equal(url_parse(&url, text, sizeof(text)), -EINVAL);
}

static void
lines_of_a_download_file(void **state)
{
	static const char text[] =
	    "\n https://first.example \n\n"
	    "nonsense\n"
	    "http://third.example/mirror";
	struct url url;

	(void)state;
	assert_int_equal(url_line(&url, text, strlen(text), 0), 1);
	assert_string_equal(url.host, "first.example");
	assert_int_equal(url_line(&url, text, strlen(text), 1), -EINVAL);
	assert_string_equal(url.host, "first.example");
	assert_int_equal(url_line(&url, text, strlen(text), 2), 1);
	assert_string_equal(url.path, "/mirror");
	assert_int_equal(url_line(&url, text, strlen(text), 3), 0);
	assert_int_equal(url_line(&url, text, strlen(text), 4000000000u), 0);
	assert_int_equal(url_line(&url, "", 0, 0), 0);
}

static void
hosts(void **state)
{
	char unended[URL_HOST];

	(void)state;
	memset(unended, 'a', sizeof(unended));
	assert_false(url_host_valid(unended));
	assert_false(url_host_valid(""));
	assert_false(url_host_valid("A"));
	assert_false(url_host_valid("[::1]"));
	assert_false(url_host_valid("::FFFF"));
	assert_false(url_host_valid("h:80"));
	assert_true(url_host_valid("::1"));
	assert_true(url_host_valid("1.2.3.4"));
	assert_true(url_host_valid(HOST253));
	assert_true(url_host_local_name("localhost"));
	assert_true(url_host_local_name("127.0.0.1"));
	assert_true(url_host_local_name("8.8.8.8"));
	assert_true(url_host_local_name("fe80::1"));
	assert_false(url_host_local_name("localhost.example"));
	assert_false(url_host_local_name("depot.genode.org"));
}

static void
targets(void **state)
{
	char target[2] = "/?";

	(void)state;
	assert_true(url_target_valid("/", 2));
	assert_true(url_target_valid("/a/b?c=d&e=%20", 64));
	assert_false(url_target_valid("", 64));
	assert_false(url_target_valid("a", 64));
	assert_false(url_target_valid("/a", 2));	/* no end within */
	assert_false(url_target_valid(target, sizeof(target)));
	assert_false(url_target_valid(target, 0));
	for (int c = 1; c < 256; c++) {
		const char text[] = { '/', (char)c, '\0' };
		bool valid = c > ' ' && c <= '~' &&
		    strchr("\"<>\\^`{|}#", c) == NULL;

		assert_int_equal(url_target_valid(text, sizeof(text)), valid);
	}
}

/* First and last address of each range, and its neighbours. */
static const struct {
	const char	*address;
	enum url_reach	 reach;
} addresses[] = {
	{ "0.0.0.0",		URL_REACH_NONE },
	{ "0.255.255.255",	URL_REACH_NONE },
	{ "1.0.0.0",		URL_REACH_PUBLIC },
	{ "8.8.8.8",		URL_REACH_PUBLIC },
	{ "9.255.255.255",	URL_REACH_PUBLIC },
	{ "10.0.0.0",		URL_REACH_PRIVATE },
	{ "10.255.255.255",	URL_REACH_PRIVATE },
	{ "11.0.0.0",		URL_REACH_PUBLIC },
	{ "100.63.255.255",	URL_REACH_PUBLIC },
	{ "100.64.0.0",		URL_REACH_PRIVATE },
	{ "100.127.255.255",	URL_REACH_PRIVATE },
	{ "100.128.0.0",	URL_REACH_PUBLIC },
	{ "126.255.255.255",	URL_REACH_PUBLIC },
	{ "127.0.0.0",		URL_REACH_LOOPBACK },
	{ "127.255.255.255",	URL_REACH_LOOPBACK },
	{ "128.0.0.0",		URL_REACH_PUBLIC },
	{ "169.253.255.255",	URL_REACH_PUBLIC },
	{ "169.254.169.254",	URL_REACH_LINK },
	{ "169.255.0.0",	URL_REACH_PUBLIC },
	{ "172.15.255.255",	URL_REACH_PUBLIC },
	{ "172.16.0.0",		URL_REACH_PRIVATE },
	{ "172.31.255.255",	URL_REACH_PRIVATE },
	{ "172.32.0.0",		URL_REACH_PUBLIC },
	{ "192.0.0.8",		URL_REACH_NONE },
	{ "192.0.1.0",		URL_REACH_PUBLIC },
	{ "192.0.2.1",		URL_REACH_NONE },
	{ "192.88.99.1",	URL_REACH_NONE },
	{ "192.167.255.255",	URL_REACH_PUBLIC },
	{ "192.168.0.0",	URL_REACH_PRIVATE },
	{ "192.168.255.255",	URL_REACH_PRIVATE },
	{ "192.169.0.0",	URL_REACH_PUBLIC },
	{ "198.17.255.255",	URL_REACH_PUBLIC },
	{ "198.18.0.0",		URL_REACH_NONE },
	{ "198.19.255.255",	URL_REACH_NONE },
	{ "198.20.0.0",		URL_REACH_PUBLIC },
	{ "198.51.100.1",	URL_REACH_NONE },
	{ "203.0.113.1",	URL_REACH_NONE },
	{ "223.255.255.255",	URL_REACH_PUBLIC },
	{ "224.0.0.1",		URL_REACH_NONE },
	{ "240.0.0.1",		URL_REACH_NONE },
	{ "255.255.255.255",	URL_REACH_NONE },
	{ "::",			URL_REACH_NONE },
	{ "::1",		URL_REACH_LOOPBACK },
	{ "::2",		URL_REACH_NONE },
	{ "::127.0.0.1",	URL_REACH_NONE },
	{ "::ffff:127.0.0.1",	URL_REACH_LOOPBACK },
	{ "::ffff:10.1.2.3",	URL_REACH_PRIVATE },
	{ "::ffff:8.8.8.8",	URL_REACH_PUBLIC },
	{ "::fffe:8.8.8.8",	URL_REACH_NONE },
	{ "64:ff9b::127.0.0.1",	URL_REACH_LOOPBACK },
	{ "64:ff9b::169.254.169.254", URL_REACH_LINK },
	{ "64:ff9b::8.8.8.8",	URL_REACH_PUBLIC },
	{ "64:ff9b:1::1",	URL_REACH_PRIVATE },
	{ "64:ff9b:2::1",	URL_REACH_NONE },
	{ "100::1",		URL_REACH_NONE },
	{ "1fff:ffff::1",	URL_REACH_NONE },
	{ "2001::1",		URL_REACH_NONE },
	{ "2001:1ff:ffff::1",	URL_REACH_NONE },
	{ "2001:200::1",	URL_REACH_PUBLIC },
	{ "2001:db8::1",	URL_REACH_NONE },
	{ "2001:db9::1",	URL_REACH_PUBLIC },
	{ "2002:7f00:1::1",	URL_REACH_LOOPBACK },
	{ "2002:c0a8:1::1",	URL_REACH_PRIVATE },
	{ "2002:808:808::1",	URL_REACH_PUBLIC },
	{ "2a00:1450::1",	URL_REACH_PUBLIC },
	{ "3fff:fff::1",	URL_REACH_NONE },
	{ "3fff:1000::1",	URL_REACH_PUBLIC },
	{ "4000::1",		URL_REACH_NONE },
	{ "fbff::1",		URL_REACH_NONE },
	{ "fc00::1",		URL_REACH_PRIVATE },
	{ "fdff::1",		URL_REACH_PRIVATE },
	{ "fe7f::1",		URL_REACH_NONE },
	{ "fe80::1",		URL_REACH_LINK },
	{ "febf::1",		URL_REACH_LINK },
	{ "fec0::1",		URL_REACH_PRIVATE },
	{ "ff02::1",		URL_REACH_NONE },
};

static void
reaches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char *text = addresses[i].address;
		struct sockaddr_storage peer = { .ss_family = AF_INET };
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

		if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
			memcpy(&peer, &in, sizeof(in));
		else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
			memcpy(&peer, &in6, sizeof(in6));
		else
			fail_msg("not an address: %s", text);
		if (url_reach(&peer) != addresses[i].reach)
			fail_msg("wrong: %s", text);
	}
}

static void
reach_of_other_families(void **state)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNIX };

	(void)state;
	assert_int_equal(url_reach(&peer), URL_REACH_NONE);
	peer.ss_family = AF_UNSPEC;
	assert_int_equal(url_reach(&peer), URL_REACH_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_urls),
		cmocka_unit_test(bad_urls),
		cmocka_unit_test(host_beyond_its_array),
		cmocka_unit_test(longest_path),
		cmocka_unit_test(lines_of_a_download_file),
		cmocka_unit_test(hosts),
		cmocka_unit_test(targets),
		cmocka_unit_test(reaches),
		cmocka_unit_test(reach_of_other_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
