# SPDX-License-Identifier: GPL-2.0
"""Known flows with conntrack and NAT of IPv4 behind the translation: what conntrack has to see, it sees, and no flow
outlives the connection that it is of. FAST says how the fast path is entered, as in fast.py."""

import re
import time

from fastwire import ACK, FIN, RST, SYN, Broken, FastTester, unreachable4
from packet import ip, render
from wire import Check

t = FastTester()
case = t.case
R4, S4 = "203.0.113.1", "203.0.113.2"
HOST2, HOST2_4 = "2001:db8:1::3", "198.51.100.3"
# An answer to the router's own address is covered by no rule: it goes fast at the ingress or by the hook.
ANSWERS = "hook ingress"

t.nat64("map add %s %s" % (HOST2, HOST2_4))
# What the way in before this one has left holds ports.
t.run("conntrack", "-F")


def nat(flow, host4=R4, port4=None):
    """Its packets come from this address. Answers are forwarded to the device, and then once more."""
    flow.host4 = ip(host4)
    flow.port4 = port4 or flow.port
    flow.hops4 = 2
    return flow


def masquerade(match="", ports=""):
    t.iptables("iptables -t nat -A POSTROUTING -o r4 %s -j MASQUERADE %s" % (match, ports))


def connections(protocol, port):
    """What conntrack knows of the connections from this port: lines."""
    said = t.run("conntrack", "-L", "-p", protocol, "--orig-port-src", str(port)).stdout
    return [line for line in said.split("\n") if line.startswith(protocol)]


def state(port, want):
    got = connections("tcp", port)
    if len(got) != 1 or want not in got[0].split():
        raise Broken("not %s:" % want, *got)


def invalid_drops():
    t.iptables("iptables -I FORWARD -m conntrack --ctstate INVALID -j DROP")


def shown(words):
    """A line of flow show with all of these."""
    said = t.nat64("flow show").stdout
    flat = re.sub(r"\n\s+", " ", said)
    if not any(all(word in line for word in words) for line in flat.split("\n")):
        raise Broken("no flow with %s:" % words, *said.split("\n"))


@case("MASQUERADE: both directions go fast", ANSWERS + " route")
def _():
    masquerade()
    f = nat(t.flow())
    f.goes6(False)
    f.goes4(False)
    f.warm()
    shown([R4, str(f.port), S4])


@case("MASQUERADE: answers are not covered by the rule, and go slow", "target")
def _():
    masquerade()
    f = nat(t.flow()).warm6()
    f.never4()


def second_of(first):
    """A second host with the same port: the router gives it another one."""
    f = nat(t.flow(port=first.port, host6=HOST2))
    sent, _ = f.six()
    t.ports["client"].send(render(sent))
    came = t.arrived()["server"]
    if len(came) != 1:
        raise Broken("%d came" % len(came))
    f.port4 = int.from_bytes(came[0][1][20:22], "big")
    if f.port4 == first.port:
        raise Broken("two hosts have the same port")
    return f


@case("MASQUERADE: two hosts with the same port", ANSWERS)
def _():
    masquerade()
    first = nat(t.flow()).warm()
    second = second_of(first).warm()
    first.goes6(True)
    first.goes4(True)
    second.goes6(True)
    second.goes4(True)


@case("SNAT to another address and port", ANSWERS)
def _():
    f = t.flow()
    t.iptables("iptables -t nat -A POSTROUTING -o r4 -p udp --sport %d -j SNAT --to-source 203.0.113.50:7777" % f.port)
    nat(f, "203.0.113.50", 7777).warm()


@case("DNAT from IPv4 to a host", ANSWERS + " route")
def _():
    t.iptables("iptables -t nat -A PREROUTING -d %s -p udp --dport 8080 -j DNAT --to 198.51.100.2:80" % R4)
    f = nat(t.flow(port=80), R4, 8080)
    f.warm4()
    f.warm6()


@case("the address of MASQUERADE changes", ANSWERS)
def _():
    masquerade()
    # The last address must not go: routes and neighbours would go with it.
    t.sysctl("net.ipv4.conf.r4.promote_secondaries", 1)
    t.undo("ip addr del 203.0.113.9/24 dev r4")
    t.undo("ip addr add 203.0.113.1/24 dev r4")
    f = nat(t.flow()).warm6()
    t.ip("addr add 203.0.113.9/24 dev r4")
    t.ip("addr del 203.0.113.1/24 dev r4")
    f.host4 = ip("203.0.113.9")
    t.until(f.goes6)
    f.warm6()


# --- TCP

def tcp_masqueraded(**how):
    return nat(t.connection(**how))


@case("SYN, FIN and RST go slow: conntrack sees them", ANSWERS + " route")
def _():
    masquerade()
    invalid_drops()
    c = tcp_masqueraded().opens()
    state(c.port, "ESTABLISHED")
    c.heat()
    c.goes6(False, flags=FIN | ACK)
    state(c.port, "FIN_WAIT")
    c.goes4(size=0)
    c.goes4(False, flags=FIN | ACK)
    c.goes6(size=0)
    state(c.port, "TIME_WAIT")
    c = tcp_masqueraded().opens().heat()
    c.goes4(False, flags=RST | ACK)
    # It knows no window to believe it in, but hurries to forget the connection.
    left = [int(one.split()[2]) for one in connections("tcp", c.port)]
    if left and left[0] > 10:
        raise Broken("conntrack keeps it for %d s" % left[0])


@case("closed from the other end", ANSWERS)
def _():
    masquerade()
    invalid_drops()
    c = tcp_masqueraded().opens().heat()
    c.goes4(False, flags=FIN | ACK)
    c.goes6(size=0)
    state(c.port, "CLOSE_WAIT")
    c.goes6(False, flags=FIN | ACK)
    c.goes4(size=0)
    state(c.port, "TIME_WAIT")


@case("data goes on after one end has closed", ANSWERS)
def _():
    masquerade()
    invalid_drops()
    c = tcp_masqueraded().opens().heat()
    c.goes6(False, flags=FIN | ACK)
    for _ in range(4):
        c.goes4()
        c.goes6(size=0)


@case("a connection lives on after a flush, far beyond the windows that conntrack saw, and closes properly", ANSWERS)
def _():
    masquerade()
    invalid_drops()
    c = tcp_masqueraded(size=1300).opens().heat()
    before = t.count()["fast_hit"]
    for _ in range(120):
        c.goes6()
        c.goes4()
    hits = t.count()["fast_hit"] - before
    if hits != 240:
        raise Broken("only %d of 240 went fast" % hits)
    t.nat64("flow flush")
    c.goes6(False)
    c.goes4(False)
    t.nat64("flow flush")
    c.goes4(False, flags=FIN | ACK)
    c.goes6(False, flags=FIN | ACK)
    c.goes4(size=0)
    state(c.port, "TIME_WAIT")


@case("a connection opened from IPv4, through DNAT", ANSWERS)
def _():
    invalid_drops()
    t.iptables("iptables -t nat -A PREROUTING -d %s -p tcp --dport 8081 -j DNAT --to 198.51.100.2:81" % R4)
    c = nat(t.connection(port=81), R4, 8081).opens4().heat()
    c.goes6(False, flags=FIN | ACK)
    c.goes4(False, flags=FIN | ACK)
    c.goes6(size=0)
    state(2000, "TIME_WAIT")


@case("a connection with the ports of one that conntrack did not know", ANSWERS)
def _():
    masquerade()
    t.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    c = t.connection()		# invalid, and so not behind MASQUERADE
    for _ in range(4):
        c.goes6()
    nat(c).opens().heat()


def gone(port):
    def is_gone():
        if connections("tcp", port):
            raise Broken("conntrack still has it")
    t.until(is_gone)


@case("A11 a port that has gone to another host: answers go there, not to the one that had it", ANSWERS + " route")
def _():
    masquerade("-p tcp", "--to-ports 6000-6000")
    t.sysctl("net.netfilter.nf_conntrack_tcp_timeout_close", 1)
    first = nat(t.connection(), R4, 6000).opens().heat()
    first.goes6(False, flags=RST | ACK)
    gone(first.port)
    second = nat(t.connection(port=first.port + 100, host6=HOST2), R4, 6000).opens()
    second.goes4()
    second.goes6(size=0)
    second.goes4()


# Hashes of the host's addresses differ from those of the others (kmod/generation.h).
@case("A11 the dynamic mapping of a host behind MASQUERADE ends: no answers go to it any more", ANSWERS + " route")
def _():
    t.undo("nat64 dev set nat64 pool none")
    t.nat64("dev set nat64 pool 198.51.100.0/24")
    t.nat64("map add 2001:db8:1::7 198.51.100.7 dynamic")
    masquerade()
    f = nat(t.flow(host6="2001:db8:1::7")).warm()
    t.nat64("map del 198.51.100.7")
    f.lost4(answer=unreachable4)


# --- conntrack's entry

@case("the entry of conntrack deleted: the connection lives on, UDP", ANSWERS)
def _():
    masquerade()
    f = nat(t.flow()).warm()
    t.run("conntrack", "-D", "-p", "udp", "--orig-port-src", str(f.port))
    f.goes6()
    f.goes4()
    t.nat64("flow flush")
    f.warm()


@case("the entry of conntrack deleted: the connection lives on, TCP", ANSWERS)
def _():
    masquerade()
    invalid_drops()
    c = tcp_masqueraded().opens().heat()
    t.run("conntrack", "-D", "-p", "tcp", "--orig-port-src", str(c.port))
    c.goes6()
    c.goes4()
    t.nat64("flow flush")
    c.heat()


@case("a connection with a helper makes no flow")
def _():
    c = nat(t.connection(peer_port=21))
    if t.mode == "target":
        c.hops4 = 2
    masquerade("-p tcp")
    rule = "iptables -t raw -A PREROUTING -i nat64 -p tcp --dport 21 -j CT --helper ftp"
    t.iptables(rule)
    c.opens()
    with t.moves("fast_conntrack"):
        for _ in range(3):
            c.goes6(fast=False, size=4)
            c.goes4(fast=False, size=4)


@case("NOTRACK: flows all the same", "hook ingress")
def _():
    f = t.flow()
    t.iptables("iptables -I FORWARD -m conntrack --ctstate INVALID -j DROP")
    t.iptables("iptables -t raw -A PREROUTING -p udp --sport %d -j CT --notrack" % f.port)
    f.warm6()


@case("A11 packets that conntrack refuses leave without NAT, and make no flow for the others", ANSWERS + " route")
def _():
    masquerade()
    f = nat(t.flow()).warm6()
    t.nat64("flow flush")
    sent = f.six()[0]
    data = render(sent)
    without_nat = Check(lambda got: got[12:16] != t.C4 and "with NAT")
    bad = data[:46] + bytes([data[46] ^ 0xff]) + data[47:]	# its checksum
    with t.moves("fast_conntrack"):
        for _ in range(3):
            t.sends("client", [bad], {"server": without_nat}, False)
    f.goes6(False)
    f.goes6()
    f.goes6(True)


@case("TCP without NAT goes fast, though conntrack sees one direction only, and NAT changes others", "hook")
def _():
    t.nat64("dev set nat64 fast off")		# forget what NAT has changed
    t.nat64("dev set nat64 fast rule")
    masquerade("-s " + HOST2_4)
    nat(t.flow(host6=HOST2)).warm6()
    t.flow().warm6()
    t.connection().opens().heat()


@case("an RST behind more than 2 GiB that conntrack has not seen", ANSWERS)
def _():
    masquerade()
    invalid_drops()
    c = nat(t.connection()).opens().heat()
    for _ in range(3):
        c.seq[False] = (c.seq[False] + (1 << 30)) % (1 << 32)
        c.goes4(True)
    c.goes6(True)
    c.goes4(False, flags=RST)


@case("NOTRACK before a route: no flow, since stateless NAT may have changed the source", "route")
def _():
    f = t.flow()
    t.iptables("ip6tables -t raw -A PREROUTING -p udp --sport %d -j CT --notrack" % f.port)
    with t.moves("fast_conntrack"):
        for _ in range(3):
            f.goes6(fast=False)


# --- what is in use stays

def udp_timeout(seconds):
    t.sysctl("net.netfilter.nf_conntrack_udp_timeout", seconds)
    t.sysctl("net.netfilter.nf_conntrack_udp_timeout_stream", seconds)


def streams(flow, begins=lambda: None):
    """How the counters move while the flow sends for 28 s, at least every 2 s. Its last packet goes slow. If this
    machine stands still meanwhile, it begins anew."""
    limit = time.monotonic() + 300
    while time.monotonic() < limit:
        flow.goes6()
        start = last = now = time.monotonic()
        begins()
        before = t.count()
        while now - last <= 2 and last - start <= 28:
            last = now
            flow.goes6()
            time.sleep(0.05)
            now = time.monotonic()
        t.nat64("flow flush")
        flow.goes6(False)
        if time.monotonic() - last <= 2:
            after = t.count()
            return {key: after[key] - before[key] for key in after}
    raise Broken("this machine is too slow")


@case("a long stream keeps conntrack's entry, with a short time-out", "hook")
def _():
    masquerade()
    udp_timeout(10)
    f = nat(t.flow())
    # Only the first packet of a connection passes the table nat.
    moved = streams(f, lambda: t.iptables("iptables -t nat -I POSTROUTING -p udp --sport %d" % f.port))
    said = t.run("iptables", "-t", "nat", "-L", "POSTROUTING", "-v", "-x", "-n").stdout
    line = [one.split() for one in said.split("\n") if "spt:%d" % f.port in one][0]
    if moved["fast_hit"] < 3 or line[0] != "0":
        raise Broken("%d went fast, %s passed the table nat" % (moved["fast_hit"], line[0]))


@case("a long stream keeps the dynamic mapping, with a short idle-timeout", "hook")
def _():
    t.undo("nat64 dev set nat64 pool none")
    t.undo("nat64 dev set nat64 idle-timeout 7440")
    t.nat64("dev set nat64 pool 198.51.100.128/25 idle-timeout 20")
    masquerade("-s 198.51.100.128/25")
    udp_timeout(600)
    moved = streams(nat(t.flow(host6="2001:db8:1::7")))
    ended = [key for key in ("map_created", "map_expired") if moved[key]]
    if moved["fast_hit"] < 3 or ended:
        raise Broken("%d went fast, the mapping: %s" % (moved["fast_hit"], ended))


t.done()
