// SPDX-License-Identifier: GPL-2.0
/*
 * flood DEVICE MAC SOURCE DESTINATION COUNT SOURCES: sends small UDP packets, bypassing this host's
 * IP stack, in turn from SOURCES addresses starting at SOURCE. Prints the microseconds it took.
 *
 * pktgen supports only one IPv6 source, and some kernels have no pktgen.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH	256
#define PAYLOAD	24

static uint8_t packets[BATCH][128];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static uint32_t sum(const void *data, size_t len)
{
	const uint16_t *words = data;
	uint32_t total = 0;

	for (size_t i = 0; i < len / 2; i++)
		total += words[i];
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

static void write_udp(struct udphdr *udp, uint32_t pseudo_header)
{
	udp->source = htons(1000);
	udp->dest = htons(2000);
	udp->len = htons(sizeof(*udp) + PAYLOAD);
	udp->check = 0;
	udp->check = fold(pseudo_header + htons(IPPROTO_UDP) + udp->len +
			  sum(udp, sizeof(*udp) + PAYLOAD));
	if (!udp->check)
		udp->check = 0xffff;
}

static size_t write_ipv6(uint8_t *packet, struct in6_addr source, uint32_t n,
			 const struct in6_addr *destination)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)packet;

	source.s6_addr32[3] = htonl(ntohl(source.s6_addr32[3]) + n);
	ip6->ip6_flow = htonl(6 << 28);
	ip6->ip6_plen = htons(sizeof(struct udphdr) + PAYLOAD);
	ip6->ip6_nxt = IPPROTO_UDP;
	ip6->ip6_hlim = 64;
	ip6->ip6_src = source;
	ip6->ip6_dst = *destination;
	write_udp((struct udphdr *)(ip6 + 1), sum(&ip6->ip6_src, 2 * sizeof(source)));
	return sizeof(*ip6) + sizeof(struct udphdr) + PAYLOAD;
}

static size_t write_ipv4(uint8_t *packet, struct in_addr source, uint32_t n,
			 const struct in_addr *destination)
{
	struct iphdr *ip = (struct iphdr *)packet;

	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + sizeof(struct udphdr) + PAYLOAD);
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = htonl(ntohl(source.s_addr) + n);
	ip->daddr = destination->s_addr;
	ip->check = fold(sum(ip, sizeof(*ip)));
	write_udp((struct udphdr *)(ip + 1), sum(&ip->saddr, 8));
	return sizeof(*ip) + sizeof(struct udphdr) + PAYLOAD;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	struct in6_addr source, destination;
	uint32_t count, sources;
	int family, sock, one = 1;
	double start;

	if (argc != 7)
		errx(2, "usage: flood DEVICE MAC SOURCE DESTINATION COUNT SOURCES");
	family = strchr(argv[3], ':') ? AF_INET6 : AF_INET;
	to.sll_protocol = htons(family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP);
	to.sll_ifindex = if_nametoindex(argv[1]);
	if (!to.sll_ifindex || !ether_aton_r(argv[2], (struct ether_addr *)to.sll_addr) ||
	    inet_pton(family, argv[3], &source) != 1 || inet_pton(family, argv[4], &destination) != 1)
		errx(2, "no such device or address");
	count = strtoul(argv[5], NULL, 0);
	sources = strtoul(argv[6], NULL, 0);

	sock = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (sock < 0)
		err(1, "socket");
	if (setsockopt(sock, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		err(1, "PACKET_QDISC_BYPASS");
	for (int i = 0; i < BATCH; i++) {
		vectors[i].iov_base = packets[i];
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &to, .msg_namelen = sizeof(to),
			.msg_iov = &vectors[i], .msg_iovlen = 1,
		};
	}

	start = now();
	for (uint32_t n = 0; n < count;) {
		uint32_t batch = count - n < BATCH ? count - n : BATCH;

		for (uint32_t i = 0; i < batch; i++) {
			uint32_t host = (n + i) % sources;

			vectors[i].iov_len = family == AF_INET6 ?
				write_ipv6(packets[i], source, host, &destination) :
				write_ipv4(packets[i], *(struct in_addr *)&source, host,
					   (struct in_addr *)&destination);
		}
		for (uint32_t sent = 0; sent < batch;) {
			int some = sendmmsg(sock, messages + sent, batch - sent, 0);

			/* Packets that the other end has no room for are lost, as its count shows. */
			sent += some > 0 ? some : 1;
		}
		n += batch;
	}
	printf("%.0f\n", now() - start);
	return 0;
}
