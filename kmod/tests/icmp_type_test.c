// SPDX-License-Identifier: GPL-2.0
/*
 * What each ICMP error becomes. The expectations are written from the text of RFC 7915 in numbers;
 * everything that they do not name has no counterpart.
 */

#include "../icmp_type.c"
#include "tests.h"

#define NONE { 0, 0, 0 }

struct error {
	int type;
	int code;
	u32 pointer;
};

static struct error want_4to6(int type, int code, unsigned int pointer)
{
	static const int pointers[20] = { 0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1,
					  8, 8, 8, 8, 24, 24, 24, 24 };

	if (type == 3) {
		switch (code) {
		case 0: case 1: case 5: case 6: case 7: case 8: case 11: case 12:
			return (struct error){ 1, 0 };
		case 2:
			return (struct error){ 4, 1, 6 };
		case 3:
			return (struct error){ 1, 4 };
		case 4:
			return (struct error){ 2, 0 };
		case 9: case 10: case 13: case 15:
			return (struct error){ 1, 1 };
		}
	} else if (type == 11) {
		return (struct error){ 3, code };
	} else if (type == 12 && (code == 0 || code == 2) &&
		   pointer < 20 && pointers[pointer] >= 0) {
		return (struct error){ 4, 0, pointers[pointer] };
	}
	return (struct error)NONE;
}

static struct error want_6to4(int type, int code, u32 pointer)
{
	if (type == 1) {
		switch (code) {
		case 0: case 2: case 3:
			return (struct error){ 3, 1 };
		case 1:
			return (struct error){ 3, 10 };
		case 4:
			return (struct error){ 3, 3 };
		}
	} else if (type == 2) {
		return (struct error){ 3, 4 };
	} else if (type == 3) {
		return (struct error){ 11, code };
	} else if (type == 4 && code == 1) {
		return (struct error){ 3, 2 };
	} else if (type == 4 && code == 0) {
		if (pointer <= 1)
			return (struct error){ 12, 0, pointer };
		if (pointer == 4 || pointer == 5)
			return (struct error){ 12, 0, 2 };
		if (pointer == 6)
			return (struct error){ 12, 0, 9 };
		if (pointer == 7)
			return (struct error){ 12, 0, 8 };
		if (pointer >= 8 && pointer <= 23)
			return (struct error){ 12, 0, 12 };
		if (pointer >= 24 && pointer <= 39)
			return (struct error){ 12, 0, 16 };
	}
	return (struct error)NONE;
}

static void check_4to6(struct kunit *test, int type, int code, unsigned int pointer)
{
	struct error want = want_4to6(type, code, pointer);
	struct icmphdr icmph = { .type = type, .code = code };
	struct icmp6hdr got;

	icmph.un.gateway = htonl(pointer << 24);
	KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_type_4to6(&icmph, &got), !!want.type,
			    "%d/%d pointer %u", type, code, pointer);
	if (!want.type)
		return;
	KUNIT_EXPECT_EQ_MSG(test, got.icmp6_type, want.type, "%d/%d", type, code);
	KUNIT_EXPECT_EQ_MSG(test, got.icmp6_code, want.code, "%d/%d", type, code);
	KUNIT_EXPECT_EQ_MSG(test, ntohl(got.icmp6_pointer), want.pointer, "%d/%d pointer %u", type,
			    code, pointer);
}

static void check_6to4(struct kunit *test, int type, int code, u32 pointer)
{
	struct error want = want_6to4(type, code, pointer);
	struct icmp6hdr icmp6h = { .icmp6_type = type, .icmp6_code = code };
	struct icmphdr got;

	icmp6h.icmp6_pointer = htonl(pointer);
	KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_type_6to4(&icmp6h, &got), !!want.type,
			    "%d/%d pointer %u", type, code, pointer);
	if (!want.type)
		return;
	KUNIT_EXPECT_EQ_MSG(test, got.type, want.type, "%d/%d", type, code);
	KUNIT_EXPECT_EQ_MSG(test, got.code, want.code, "%d/%d", type, code);
	KUNIT_EXPECT_EQ_MSG(test, ntohl(got.un.gateway), want.pointer << 24, "%d/%d pointer %u",
			    type, code, pointer);
}

/* Every code of a type, or every pointer of parameter problem. */
static const struct message {
	const char *desc;
	u8 type;
	bool pointers;
} messages4[] = {
	{ "D3 destination unreachable 4to6", 3 },
	{ "D5 time exceeded 4to6", 11 },
	{ "D6 parameter problem 4to6, codes", 12 },
	{ "D6 parameter problem 4to6, pointers", 12, true },
}, messages6[] = {
	{ "G3 destination unreachable 6to4", 1 },
	{ "G4 packet too big 6to4", 2 },
	{ "G5 time exceeded 6to4", 3 },
	{ "G6 parameter problem 6to4, codes", 4 },
	{ "G6 parameter problem 6to4, pointers", 4, true },
};

static void message_desc(const struct message *m, char *desc)
{
	strscpy(desc, m->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(message4, messages4, message_desc);
KUNIT_ARRAY_PARAM(message6, messages6, message_desc);

static void error_4to6(struct kunit *test)
{
	const struct message *m = test->param_value;
	unsigned int i;

	for (i = 0; i <= U8_MAX; i++) {
		check_4to6(test, m->type, m->pointers ? 0 : i, m->pointers ? i : 0);
		if (m->pointers)
			check_4to6(test, m->type, 2, i);
	}
}

static void error_6to4(struct kunit *test)
{
	const struct message *m = test->param_value;
	unsigned int i;

	for (i = 0; i <= U8_MAX; i++)
		check_6to4(test, m->type, m->pointers ? 0 : i, m->pointers ? i : 0);
	if (m->pointers)
		check_6to4(test, m->type, 0, 0x01000000);
}

static void echo(struct kunit *test)
{
	unsigned int type;

	for (type = 0; type <= U8_MAX; type++) {
		KUNIT_EXPECT_EQ(test, nat64_echo_4to6(type), type == 8 ? 128 : type ? 0 : 129);
		KUNIT_EXPECT_EQ(test, nat64_is_echo6(type), type == 128 || type == 129);
	}
	KUNIT_EXPECT_EQ(test, nat64_echo_6to4(128), 8);
	KUNIT_EXPECT_EQ(test, nat64_echo_6to4(129), 0);
}

static struct kunit_case icmp_cases[] = {
	KUNIT_CASE_PARAM(error_4to6, message4_gen_params),
	KUNIT_CASE_PARAM(error_6to4, message6_gen_params),
	KUNIT_CASE(echo),
	{}
};

struct kunit_suite nat64_icmp_suite = { .name = "nat64-icmp", .test_cases = icmp_cases };
