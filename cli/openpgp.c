#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/openpgp.h"
#include "depot/sha256.h"

static const struct name {
	uint32_t	 number;
	const char	*text;
} key_algorithms[] = {
	{ 1, "RSA" }, { 2, "RSA" }, { 3, "RSA" }, { 16, "Elgamal" },
	{ 17, "DSA" }, { 18, "ECDH" }, { 19, "ECDSA" }, { 22, "EdDSA" },
	{ 25, "X25519" }, { 26, "X448" }, { 27, "Ed25519" }, { 28, "Ed448" },
}, hash_algorithms[] = {
	{ 1, "MD5" }, { 2, "SHA-1" }, { 3, "RIPEMD-160" }, { 8, "SHA-256" },
	{ 9, "SHA-384" }, { 10, "SHA-512" }, { 11, "SHA-224" },
	{ 12, "SHA3-256" }, { 14, "SHA3-512" },
};

static const char *
name_find(const struct name *names, size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].text;
	return "unknown algorithm";
}

const char *
openpgp_key_algorithm(uint32_t number)
{
	return name_find(key_algorithms, sizeof(key_algorithms) /
	    sizeof(key_algorithms[0]), number);
}

const char *
openpgp_hash_algorithm(uint32_t number)
{
	return name_find(hash_algorithms, sizeof(hash_algorithms) /
	    sizeof(hash_algorithms[0]), number);
}

void
fpr_text(char text[FPR_TEXT], const uint8_t *fpr, uint32_t size)
{
	sha256_hex(fpr, size, text);
	for (char *p = text; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
}

void
fpr_groups(char text[FPR_GROUPS], const uint8_t *fpr, uint32_t size)
{
	char plain[FPR_TEXT];
	size_t at = 0;

	fpr_text(plain, fpr, size);
	for (size_t i = 0; plain[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			text[at++] = ' ';
		text[at++] = plain[i];
	}
	text[at] = '\0';
}

int
fpr_parse(char text[FPR_TEXT], const char *given)
{
	char digits[FPR_TEXT];
	size_t at = 0;

	if (given[0] == '0' && (given[1] == 'x' || given[1] == 'X'))
		given += 2;
	for (const char *p = given; *p != '\0'; p++) {
		if (*p == ' ' || *p == ':')
			continue;
		if (!isxdigit((unsigned char)*p) || at == FPR_TEXT - 1)
			return -EINVAL;
		digits[at++] = (char)toupper((unsigned char)*p);
	}
	if (at != 40 && at != 64)
		return -EINVAL;
	digits[at] = '\0';
	strcpy(text, digits);
	return 0;
}
