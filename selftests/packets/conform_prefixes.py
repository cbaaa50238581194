# SPDX-License-Identifier: GPL-2.0
"""Row A12: if a device has several prefixes, a host gets answers from the one that it last used."""

from packet import ANY, IPv4, IPv6, embed, icmp4, icmp6, ip, ping, tcp, udp
from wire import Tester

t = Tester()
ONE, TWO = t.PREFIX, "2001:db8:65::/96"
S1, S2 = embed(ONE, t.S4), embed(TWO, t.S4)
D6, D4 = ip("2001:db8:1::3"), ip("198.51.100.3")
X4 = ip("203.0.113.3")		# a router on the IPv4 path
ASK, ANSWER = udp(1000, 2000, b"ask"), udp(2000, 1000, b"answer")
BOTH = ((1, S1), (2, S2))

t.nat64("map add 2001:db8:1::3 198.51.100.3")


def speaks(src6, src4, dst, l4=ASK):
    """What a host sends, as the server gets it."""
    return t.p6(l4, src=src6, dst=dst), t.x4(l4, src=src4, ident=ANY)


def ask(name, src6, src4, dst, l4=ASK):
    sent, got = speaks(src6, src4, dst, l4)
    t.case("A12 " + name, sent, server=got)


def answered(name, dst4, dst6, src, l4=ANSWER):
    t.case("A12 " + name, t.p4(l4, dst=dst4), client=t.x6(l4, src=src, dst=dst6))


# The client's markers speak by the first prefix; those of the server do not.
ask("a host speaks by the second prefix", D6, D4, S2)
answered("... and is answered by it", D4, D6, S2)
answered("... and called by it", D4, D6, S2, tcp(5, 6, b"x"))
ask("another speaks by the first", t.C6, t.C4, S1)
answered("... and is answered by that", t.C4, t.C6, S1)
answered("... the first host still by the second", D4, D6, S2)

for kind, l4, back in (("UDP", ASK, ANSWER), ("TCP", tcp(1, 2, b"x"), tcp(2, 1, b"y")),
                       ("ping", ping(), ping(reply=True))):
    for number, peer in BOTH:
        ask("%s by prefix %d" % (kind, number), D6, D4, peer, l4)
        answered("... the answer, %s" % kind, D4, D6, peer, back)


# --- errors: where they come from, and where the packet within was going to

def error4(about_src):
    return t.p4(icmp4(3, 1, bytes(4), IPv4(about_src, t.S4, ASK, ttl=50)), src=X4, dst=about_src)


def error6(about_src, prefix):
    about = IPv6(about_src, embed(prefix, t.S4), ASK, hl=50)
    return t.x6(icmp6(1, 0, bytes(4), about), src=embed(prefix, X4), dst=about_src)


for prefix, peer in ((TWO, S2), (ONE, S1)):
    ask("a packet by %s" % prefix, D6, D4, peer)
    t.case("A12 ... an error about it comes by it, and quotes it", error4(D4), client=error6(D6, prefix))

# An error that the host itself sends does not count: it goes where the other's packet came from.
ask("a host speaks by the second prefix once more", D6, D4, S2)
about = IPv6(S1, D6, ANSWER, hl=50)
t.case("A12 ... and sends an error by the first",
       IPv6(D6, S1, icmp6(1, 4, bytes(4), about)),
       server=IPv4(D4, t.S4, icmp4(3, 3, bytes(4), IPv4(t.S4, D4, ANSWER, ttl=50, ident=ANY)),
                   ttl=64 - t.hops, ident=ANY))
answered("... and is still answered by the second", D4, D6, S2)

# --- a dynamic mapping, which is made by the very packet that speaks by the second prefix

host, address = "2001:db8:1::77", ip("198.51.100.200")	# all there is in the pool
t.run("ip", "-6", "neigh", "replace", host, "lladdr", "02:00:00:00:00:06", "dev", "r6", "nud", "permanent")
ask("a new host speaks by the second prefix", ip(host), address, S2)
answered("... and is answered by it", address, ip(host), S2)

# --- a question is no packet

t.nat64("route from %s to 2001:db8:64::203.0.113.2" % host)
answered("a question does not count", address, ip(host), S2)

# --- hairpins: a host is called by the prefix that it has used itself

limit = 64 - (1 if t.door == "target" else 3)
C2, D2 = embed(TWO, t.C4), embed(TWO, D4)
t.case("A12 a hairpin by the second prefix", t.p6(ASK, dst=D2), client=t.x6(ASK, src=C2, dst=D6, hl=limit))
t.case("A12 ... its answer, to a host that speaks by the first", t.p6(ANSWER, src=D6, dst=C2),
       client=t.x6(ANSWER, src=embed(ONE, D4), dst=t.C6, hl=limit))

# --- a host that has last used the well-known prefix still hears from addresses that are barred there

t.nat64("dev set nat64 prefix %s 64:ff9b::/96" % ONE)
t.run("ip", "route", "replace", "8.8.8.8", "via", "203.0.113.254")
if t.door == "target":
    t.run("ip6tables", "-t", "raw", "-A", "PREROUTING", "-d", "64:ff9b::/96", "-j", "NAT64")
else:
    t.run("ip", "route", "replace", "64:ff9b::/96", "dev", "nat64")
t.case("A12 a host speaks by the well-known prefix", t.p6(ASK, src=D6, dst=embed("64:ff9b::/96", ip("8.8.8.8"))),
       server=t.x4(ASK, src=D4, dst=ip("8.8.8.8"), ident=ANY))
t.case("A12 ... and is answered by it", t.p4(ANSWER, src=ip("8.8.8.8"), dst=D4),
       client=t.x6(ANSWER, src=embed("64:ff9b::/96", ip("8.8.8.8")), dst=D6))
answered("... but by another prefix from where it is barred", D4, D6, S1)

# --- the second prefix goes

t.nat64("dev set nat64 prefix " + ONE)
answered("without the second prefix the first is used", D4, D6, S1)
t.done()
