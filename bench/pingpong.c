// SPDX-License-Identifier: GPL-2.0
/*
 * pingpong -s PORT: answers each byte with a byte, on TCP connections of both families, one at a time.
 * pingpong ADDRESS PORT SECONDS: sends a byte and waits for the answer, again and again. Prints the
 * median round trip in microseconds.
 *
 * Debian's sockperf 3.7 does not support IPv6, and netperf is not free software.
 */
#include <err.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX (1 << 22)

static void no_delay(int sock)
{
	int one = 1;

	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static int answer(int port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int sock = socket(AF_INET6, SOCK_STREAM, 0), one = 1, peer;
	char byte;

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(sock, (struct sockaddr *)&any, sizeof(any)) || listen(sock, 1))
		err(1, "port %d", port);
	while ((peer = accept(sock, NULL, NULL)) >= 0) {
		no_delay(peer);
		while (read(peer, &byte, 1) == 1 && write(peer, &byte, 1) == 1)
			;
		close(peer);
	}
	return 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static int ask(const char *address, const char *port, double seconds)
{
	static float rounds[ROUNDS_MAX];
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM }, *to;
	double start, last, end;
	char byte = 0;
	int sock, n;

	if (getaddrinfo(address, port, &hints, &to))
		errx(2, "no such address: %s", address);
	sock = socket(to->ai_family, SOCK_STREAM, 0);
	if (connect(sock, to->ai_addr, to->ai_addrlen))
		err(1, "%s", address);
	no_delay(sock);

	start = last = now();
	for (n = 0; n < ROUNDS_MAX && last - start < seconds * 1e6; n++) {
		if (write(sock, &byte, 1) != 1 || read(sock, &byte, 1) != 1)
			err(1, "%s", address);
		end = now();
		rounds[n] = end - last;
		last = end;
	}
	qsort(rounds, n, sizeof(rounds[0]), compare);
	printf("%.3f\n", rounds[n / 2]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "-s"))
		return answer(atoi(argv[2]));
	if (argc == 4)
		return ask(argv[1], argv[2], atof(argv[3]));
	fprintf(stderr, "usage: pingpong -s PORT | pingpong ADDRESS PORT SECONDS\n");
	return 2;
}
