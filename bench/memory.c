// SPDX-License-Identifier: GPL-2.0
/*
 * memory [MAPPINGS]: measures the memory reads of a lookup and nothing else: a random bucket of 8 bytes
 * (there are twice as many buckets as mappings), and the mapping of 64 bytes that the bucket points to.
 * Prints nanoseconds for the bucket and for both reads, each the least of several rounds.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define READS 1000000
#define ROUNDS 9

struct mapping {
	uint64_t words[8];
};

static uint64_t random_state = 88172645463325252;

/* Xorshift. Depends on what was read before, so that reads cannot overlap. */
static uint64_t next_random(uint64_t read)
{
	random_state += read;
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static double nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static double time_reads(struct mapping **buckets, size_t n_buckets, int both)
{
	double start = nanoseconds();
	uint64_t read = 0;
	size_t i;

	for (i = 0; i < READS; i++) {
		struct mapping *mapping = buckets[next_random(read) % n_buckets];

		read = both ? mapping->words[0] : (uint64_t)(uintptr_t)mapping & 1;
	}
	return (nanoseconds() - start) / READS;
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 0) : 1 << 20, n_buckets = 2 * n, i;
	struct mapping **buckets = calloc(n_buckets, sizeof(*buckets));
	struct mapping *mappings = calloc(n, sizeof(*mappings));
	double time, bucket = 1e9, both = 1e9;
	int round;

	if (!n || !buckets || !mappings)
		errx(1, "no memory for %zu mappings", n);
	for (i = 0; i < n_buckets; i++)
		buckets[i] = &mappings[next_random(0) % n];
	for (i = 0; i < n; i++)
		mappings[i].words[0] = i & 1;

	for (round = 0; round < ROUNDS; round++) {
		time = time_reads(buckets, n_buckets, 0);
		if (time < bucket)
			bucket = time;
		time = time_reads(buckets, n_buckets, 1);
		if (time < both)
			both = time;
	}
	printf("a bucket %.0f ns, a bucket and its mapping %.0f ns\n", bucket, both);
	return 0;
}
