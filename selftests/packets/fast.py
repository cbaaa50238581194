# SPDX-License-Identifier: GPL-2.0
"""What must stop a known flow, or change its way, does so for the very next packet. Each case first shows that
packets go fast, then breaks exactly one thing under them. FAST says how the fast path is entered: hook, target
(both "fast rule"), ingress, or route: ingress, with nothing but routes to the device."""

import ctypes
import fcntl
import os
import select
import socket
import struct

from fastwire import ACK, Broken, FastTester, unreachable4
from genl import Namespace
from packet import ANY, IPv4, IPv6, dstopts, embed, fragment, hopopts, ip, ping, pseudo, render, udp
from wire import GSO_TCPV4, GSO_TCPV6, NEEDS_CSUM, Check, Error, Super

t = FastTester()
case = t.case
ALL = "hook target ingress route"
C6, S4 = "2001:db8:1::2", "203.0.113.2"
OTHER4, OTHER6 = "203.0.113.3", "2001:db8:1::3"
MAC4, MAC6 = "020000000033", "020000000036"	# of those


def colons(mac):
    return ":".join(mac[i:i + 2] for i in range(0, 12, 2))


def unreachable6(_):
    """An error of the router's own to the IPv6 end, of whatever code."""
    def check(got):
        if got[0] >> 4 != 6 or got[6] != 58 or got[40] != 1:
            return "not an ICMPv6 error about an unreachable destination"
        return None
    return Check(check)


def routes():
    """They went with the device."""
    t.ip("-6 route replace %s dev nat64 proto static" % t.PREFIX)
    t.ip("route replace 198.51.100.0/24 dev nat64 proto static")


def mapped(host6, host4):
    t.undo("nat64 map del " + host4)
    t.nat64("map add %s %s" % (host6, host4))


def too_big6(mtu):
    return lambda sent: t.error6(2, 0, struct.pack(">I", mtu), sent)


def too_big4(mtu):
    return lambda sent: t.error4(3, 4, struct.pack(">HH", 0, mtu), sent)


# --- it works at all

@case("packets of a flow go fast from the third on, UDP", ALL)
def _():
    f = t.flow()
    for fast in (False, False, True, True):
        f.goes6(fast)
        f.goes4(fast)


@case("packets of a flow go fast from the third on, TCP", ALL)
def _():
    c = t.connection().opens().heat()
    c.goes6(True, size=0)
    c.goes4(True, size=1)
    c.goes4(True, size=1300)


@case("each direction is a flow of its own", "hook")
def _():
    f = t.flow().warm6()
    f.goes4(False)


@case("packets go slow while the fast path is off, and fast when it is on again")
def _():
    f = t.flow().warm()
    mode = "ingress" if t.mode in ("ingress", "route") else "rule"
    t.undo("nat64 dev set nat64 fast " + mode)
    t.nat64("dev set nat64 fast off")
    f.never6()
    f.never4()
    t.nat64("dev set nat64 fast " + mode)
    f.warm()


# --- routes

@case("route moved to another next hop, IPv4", ALL)
def _():
    f = t.flow().warm6()
    t.undo("ip route del 203.0.113.2/32")
    t.ip("route add 203.0.113.2/32 via " + OTHER4)
    f.goes6(to=MAC4)
    f.warm6(to=MAC4)
    t.ip("route replace 203.0.113.2/32 dev r5")
    f.goes6(far="server2")
    t.ip("route del 203.0.113.2/32")
    f.goes6(to="020000000004")


@case("route moved to another next hop, IPv6", ALL)
def _():
    f = t.flow().warm4()
    t.undo("ip route del %s/128" % C6)
    t.ip("route add %s/128 via %s" % (C6, OTHER6))
    f.goes4(to=MAC6)
    f.warm4(to=MAC6)
    t.ip("route replace %s/128 dev r7" % C6)
    f.goes4(near="client2")
    t.ip("route del %s/128" % C6)
    f.goes4(to="020000000006")


# The conversation of these is with a host behind a route of its own.
def far_flow():
    f = t.flow(peer="192.0.2.9")
    t.undo("ip route del 192.0.2.0/24")
    t.ip("route replace 192.0.2.0/24 via " + OTHER4)
    return f


@case("route removed, IPv4: the sender is told", ALL)
def _():
    f = far_flow().warm6(to=MAC4)
    t.undo("ip route add default via 203.0.113.254")
    t.ip("route del default")
    f.goes6()
    t.ip("route del 192.0.2.0/24")
    f.lost6(answer=unreachable6)
    t.ip("route replace blackhole 192.0.2.0/24")
    f.lost6()


@case("route removed, IPv6: the sender is told", ALL)
def _():
    t.undo("ip route del 2001:db8:d::/64")
    t.ip("route add 2001:db8:d::/64 via " + OTHER6)
    t.undo("nat64 map del 198.51.100.10")
    t.nat64("map add 2001:db8:d::2 198.51.100.10")
    f = t.flow(host6="2001:db8:d::2", host4="198.51.100.10").warm4(to=MAC6)
    t.undo("ip -6 route add default via 2001:db8:1::fe")
    t.ip("-6 route del default")
    f.goes4()

    def told(sent):
        return Error([t.R4, t.ICMP_SOURCE], t.S4, 3, 1, bytes(4), t.seen4(sent), compare=6)
    t.ip("route del 2001:db8:d::/64")
    f.lost4(answer=told)
    t.ip("-6 route add blackhole 2001:db8:d::/64")
    f.lost4()
    t.ip("-6 route del blackhole 2001:db8:d::/64")


@case("policy routing: a rule added and removed, both ways")
def _():
    f = t.flow().warm()
    for words in ("rule add iif nat64 table 60", "-6 rule add iif nat64 table 60"):
        t.undo("ip " + words.replace("add", "del"))
    for words in ("route flush table 60", "-6 route flush table 60"):
        t.undo("ip " + words)
    t.ip("route add 203.0.113.2/32 dev r5 table 60")
    t.ip("-6 route add %s/128 dev r7 table 60" % C6)
    f.goes6()
    f.goes4()
    t.ip("rule add iif nat64 table 60")
    t.ip("-6 rule add iif nat64 table 60")
    f.warm6(far="server2")
    sent, comes = f.four()
    for fast in (None, None, True):
        t.sends("server", sent, {"client2": comes}, fast)
    t.ip("rule del iif nat64 table 60")
    t.ip("-6 rule del iif nat64 table 60")
    f.goes6()
    f.goes4()


@case("a route of another table comes in between, IPv4", "hook")
def _():
    t.undo("ip rule del iif nat64 table 61")
    t.ip("rule add iif nat64 table 61")
    f = t.flow().warm6()
    t.undo("ip route flush table 61")
    t.ip("route add 203.0.113.2/32 dev r5 table 61")
    f.goes6(far="server2")


@case("a route of another table comes in between, IPv6: within fast-refresh", "hook")
def _():
    t.undo("nat64 dev set nat64 fast-refresh 3600")
    t.nat64("dev set nat64 fast-refresh 1")
    t.undo("ip -6 rule del iif nat64 table 61")
    t.ip("-6 rule add iif nat64 table 61")
    f = t.until(lambda: t.flow().warm4())
    t.undo("ip -6 route flush table 61")
    t.ip("-6 route add %s/128 dev r7 table 61" % C6)
    t.until(lambda: f.goes4(near="client2"))


# --- forwarding off

@case("net.ipv4.ip_forward=0, and on again", ALL)
def _():
    f = t.flow().warm()
    t.sysctl("net.ipv4.ip_forward", 0)
    f.lost6()
    if t.mode != "route":
        f.goes4()
    t.sysctl("net.ipv4.ip_forward", 1)
    f.warm()


@case("net.ipv4.conf.nat64.forwarding=0", "hook")
def _():
    f = t.flow().warm6()
    t.sysctl("net.ipv4.conf.nat64.forwarding", 0)
    f.lost6()


@case("net.ipv6.conf.all.forwarding=0, and on again", ALL)
def _():
    f = t.flow().warm()
    t.sysctl("net.ipv6.conf.all.forwarding", 0)
    f.lost4()
    if t.mode != "route":
        f.goes6()
    t.sysctl("net.ipv6.conf.all.forwarding", 1)
    f.warm()


# --- neighbours

def neighbours(mac4="020000000004", mac6="020000000006"):
    t.ip("neigh replace %s lladdr %s dev r4 nud permanent" % (S4, colons(mac4)))
    t.ip("neigh replace %s lladdr %s dev r6 nud permanent" % (C6, colons(mac6)))


@case("the neighbour's MAC address changes, both ways", ALL)
def _():
    f = t.flow().warm()
    neighbours(MAC4, MAC6)
    t.undone.append(neighbours)
    f.goes6(True, to=MAC4)
    f.goes4(True, to=MAC6)
    t.ip("neigh change %s lladdr 02:00:00:00:00:44 dev r4 nud reachable" % S4)
    t.ip("neigh change %s lladdr 02:00:00:00:00:46 dev r6 nud stale" % C6)
    f.goes6(to="020000000044")
    f.goes4(to="020000000046")


@case("the neighbour is deleted, IPv4: it is asked for, and gets the packet", ALL)
def _():
    f = t.flow().warm6()
    t.undone.append(neighbours)
    t.sysctl("net.ipv4.neigh.r4.mcast_solicit", 60)
    t.ip("neigh del %s dev r4" % S4)
    sent, comes = f.six()
    t.forget()
    with t.moves("fast_neighbour"):
        t.sends("client", sent, {}, False)
    if not t.ports["server"].asks("arp"):
        raise Broken("no ARP request")
    t.ip("neigh replace %s lladdr 02:00:00:00:00:04 dev r4 nud permanent" % S4)
    wrong = t.compare("server", [comes], t.arrived()["server"])
    if wrong:
        raise Broken(*wrong)
    f.warm6()


@case("the neighbour is deleted, IPv6: it is asked for, and gets the packet")
def _():
    f = t.flow().warm4()
    t.undone.append(neighbours)
    t.sysctl("net.ipv6.neigh.r6.mcast_solicit", 60)
    t.ip("neigh del %s dev r6" % C6)
    sent, comes = f.four()
    t.forget()
    with t.moves("fast_neighbour"):
        t.sends("server", sent, {}, False)
    if not t.ports["client"].asks("ndisc"):
        raise Broken("no neighbour solicitation")
    t.ip("neigh replace %s lladdr 02:00:00:00:00:06 dev r6 nud permanent" % C6)
    wrong = t.compare("client", [comes], t.arrived()["client"])
    if wrong:
        raise Broken(*wrong)


@case("a neighbour that has failed", "hook")
def _():
    f = t.flow().warm()
    t.undone.append(neighbours)
    t.sysctl("net.ipv4.neigh.r4.mcast_solicit", 60)
    t.sysctl("net.ipv6.neigh.r6.mcast_solicit", 60)
    t.ip("neigh change %s dev r4 nud failed" % S4)
    t.ip("neigh change %s dev r6 nud failed" % C6)
    t.sends("client", f.six()[0], {}, False)
    t.sends("server", f.four()[0], {}, False)


# --- MTU

@case("the MTU of the way out falls and rises, IPv4: the sender is told", "hook target ingress")
def _():
    f = t.flow().warm6()
    f.goes6(True, size=1400)
    t.undo("ip link set r4 mtu 1500")
    t.ip("link set r4 mtu 1400")
    f.lost6(size=1400, answer=too_big6(1420))
    f.goes6(size=1400 - 28)
    f.warm6()
    with t.moves("fast_too_big"):
        f.lost6(size=1400, answer=too_big6(1420))
    f.goes6(True, size=1400 - 28)
    t.ip("link set r4 mtu 1500")
    f.goes6(size=1400)
    f.warm6()
    f.goes6(True, size=1400)


@case("the MTU of the way out falls and rises, IPv6: the sender is told", "hook target ingress")
def _():
    f = t.flow().warm4()
    f.goes4(True, size=1400)
    t.undo("ip link set r6 mtu 1500")
    t.ip("link set r6 mtu 1400")
    f.lost4(size=1400 - 28, answer=too_big4(1380))
    f.goes4(size=1400 - 48)
    f.warm4()
    with t.moves("fast_too_big"):
        f.lost4(size=1400 - 28, answer=too_big4(1380))
    f.goes4(True, size=1400 - 48)
    t.ip("link set r6 mtu 1500")
    f.goes4(size=1400)
    f.warm4()
    f.goes4(True, size=1400)


@case("the MTU of a route falls and rises, both ways", "hook target ingress")
def _():
    f = t.flow(peer="192.0.2.9", size=1390)
    t.undo("ip route del 192.0.2.0/24")
    t.ip("route replace 192.0.2.0/24 via " + OTHER4)
    t.undo("ip route del %s/128" % C6)
    t.ip("route add %s/128 via %s" % (C6, OTHER6))
    f.warm()
    t.ip("route replace 192.0.2.0/24 via %s mtu 1300" % OTHER4)
    t.ip("route replace %s/128 via %s mtu 1340" % (C6, OTHER6))
    f.lost6(answer=too_big6(1320))
    error = Check(lambda got: got[20:22] != b"\x03\x04" and "no PMTU error")
    t.sends("server", f.four()[0], {"server": error}, False)
    f.warm4(size=100)
    with t.moves("fast_too_big"):
        t.sends("server", f.four()[0], {"server": error}, False)
    t.ip("route replace 192.0.2.0/24 via " + OTHER4)
    t.ip("route replace %s/128 via %s" % (C6, OTHER6))
    f.warm()


# --- the firewall

@case("DROP added to FORWARD, effective within fast-refresh")
def _():
    t.undo("nat64 dev set nat64 fast-refresh 3600")
    t.nat64("dev set nat64 fast-refresh 1")
    f = t.until(lambda: t.flow().warm())
    t.iptables("iptables -I FORWARD -o r4 -p udp --sport %d -j DROP" % f.port)
    t.iptables("ip6tables -I FORWARD -o r6 -p udp --dport %d -j DROP" % f.port)
    t.until(f.lost6)
    t.until(f.lost4)
    # No flow is made of what is dropped.
    for _ in range(3):
        f.lost6()
        f.lost4()


@case("DROP added to FORWARD, effective at once after a flush", ALL)
def _():
    f, other = t.flow().warm(), t.flow(peer="203.0.113.3").warm6()
    t.iptables("iptables -I FORWARD -o r4 -p udp --sport %d -j DROP" % f.port)
    t.iptables("ip6tables -I FORWARD -o r6 -p udp --dport %d -j DROP" % f.port)
    t.nat64("flow flush 203.0.113.2")
    f.lost6()
    f.lost4()
    # That was not of the address.
    other.goes6(True)
    t.nat64("flow flush")
    other.goes6(False)


@case("DROP removed: a flow that never went fast does so now", "hook")
def _():
    f = t.flow()
    t.iptables("iptables -I FORWARD -o r4 -p udp --sport %d -j DROP" % f.port)
    for _ in range(3):
        f.lost6()
    t.back()
    f.goes6(False)
    f.goes6(True)


@case("an xfrm policy that blocks, both ways", "hook")
def _():
    f = t.flow().warm()
    for way in ("src 198.51.100.2 dst 203.0.113.2", "src 2001:db8:64::cb00:7102 dst " + C6):
        t.undo("ip xfrm policy del dir fwd " + way)
        t.ip("xfrm policy add dir fwd %s action block" % way)
    f.lost6()
    f.lost4()


@case("tc at the ingress of the device that packets come in by", "ingress route")
def _():
    f = t.flow().warm6()
    t.undo("tc qdisc del dev r6 clsact")
    t.sh("tc qdisc add dev r6 clsact")
    t.sh("tc filter add dev r6 ingress protocol ipv6 u32 match ip6 sport %d 0xffff action drop" % f.port)
    f.lost6()


# --- mappings and configuration

@case("mapping deleted, both ways")
def _():
    mapped("2001:db8:1::5", "198.51.100.5")
    f = t.flow(host6="2001:db8:1::5", host4="198.51.100.5")
    f.warm()
    t.nat64("map del 198.51.100.5")
    f.lost6(answer=unreachable6)
    f.lost4(answer=unreachable4)


@case("mapping replaced: another address at once", ALL)
def _():
    mapped("2001:db8:1::5", "198.51.100.5")
    f = t.flow(host6="2001:db8:1::5", host4="198.51.100.5").warm()
    t.undo("nat64 map del 198.51.100.6")
    t.nat64("map replace 2001:db8:1::5 198.51.100.6")
    f.lost4(answer=unreachable4)
    f.host4 = ip("198.51.100.6")
    f.warm()


@case("A11 the mapping's address has gone to another host: the flow cannot be used to send from it", ALL)
def _():
    mapped("2001:db8:1::5", "198.51.100.5")
    f = t.flow(host6="2001:db8:1::5", host4="198.51.100.5").warm()
    t.nat64("map replace 2001:db8:1::6 198.51.100.5")
    f.lost6(answer=unreachable6)
    f.host6 = ip("2001:db8:1::6")
    f.warm()


@case("A11 the dynamic mapping of a long silent host ends: nothing goes to that host any more", ALL)
def _():
    t.undo("nat64 dev set nat64 pool none")
    t.nat64("dev set nat64 pool 198.51.100.0/24")
    t.nat64("map add 2001:db8:1::5 198.51.100.5 dynamic idle 7000")
    f = t.flow(host6="2001:db8:1::5", host4="198.51.100.5").warm4()
    t.nat64("map del 198.51.100.5")
    f.lost4(answer=unreachable4)


@case("prefix changed", ALL)
def _():
    f = t.flow().warm()
    # What is not covered goes nowhere.
    t.undone.append(routes)
    t.ip("-6 route del %s dev nat64" % t.PREFIX)
    t.undo("nat64 dev set nat64 prefix " + t.PREFIX)
    t.nat64("dev set nat64 prefix 2001:db8:65::/96")
    f.lost6()
    f.prefix = "2001:db8:65::/96"
    f.goes4(False)


@case("tos zero: the very next packet has it", "hook")
def _():
    f = t.flow()
    f.fields6, f.fields4 = {"tc": 0x28}, {"tos": 0x28}
    f.warm()
    t.undo("nat64 dev set nat64 tos copy")
    t.nat64("dev set nat64 tos zero")
    f.more4, f.more6 = {"tos": 0}, {"tc": 0}
    f.warm()


@case("a dynamic mapping ends", "hook")
def _():
    t.undo("nat64 dev set nat64 pool none")
    t.nat64("dev set nat64 pool 198.51.100.128/25")
    f = t.flow(host6="2001:db8:1::7")
    t.ports["client"].send(render(f.six()[0]))
    got = t.arrived()["server"]
    if len(got) != 1:
        raise Broken("the first packet did not come")
    f.host4 = got[0][1][12:16]
    f.goes6(False)
    f.goes6(True)
    t.nat64("map del " + ".".join(map(str, f.host4)))
    f.goes6(False)


@case("the router gets the address of the other end: packets are its own", "hook")
def _():
    f = t.flow().warm()
    t.undo("ip addr del 203.0.113.2/32 dev lo")
    t.ip("addr add 203.0.113.2/32 dev lo")
    t.undo("ip addr del %s/128 dev lo" % C6)
    t.ip("addr add %s/128 dev lo" % C6)
    sent6, sent4 = f.six()[0], f.four()[0]
    for side, sent in (("client", sent6), ("server", sent4)):
        t.ports[side].send(render(sent))
        came = t.arrived()
        if any(one[-20:] == render(sent)[-20:] and one[6 if one[0] >> 4 == 6 else 9] == 17
               for got in came.values() for _, one in got):
            raise Broken("it left the router")


@case("the router gets the address of a host that has no mapping of its own: packets are the router's", ALL)
def _():
    t.undo("nat64 map del 198.51.100.4/30")
    t.nat64("map add 2001:db8:1::4/126 198.51.100.4/30")
    f = t.flow(host6="2001:db8:1::5", host4="198.51.100.5").warm()
    t.undo("ip addr del 198.51.100.5/32 dev lo")
    t.ip("addr add 198.51.100.5/32 dev lo")
    f.lost4(answer=unreachable4)
    f.lost6()


# --- devices

def named(names):
    """The devices of the hook and of the fast path, for this case."""
    if t.mode in ("hook", "ingress"):
        t.nat64("dev set nat64 hook " + names)
        t.undo("nat64 dev set nat64 hook r6,r4")
    if t.mode in ("ingress", "route"):
        t.nat64("dev set nat64 fast-dev " + names)
        t.undo("nat64 dev set nat64 fast-dev r6,r4")


def far_flow2():
    """One that leaves by r5."""
    link5()
    return t.flow(peer="203.0.114.2", far="server2")


def link5():
    t.ip("link set r5 up")
    t.ip("addr replace 203.0.114.1/24 dev r5")
    for addr in ("203.0.114.2", S4):
        t.ip("neigh replace %s lladdr 02:00:00:00:00:05 dev r5 nud permanent" % addr)


@case("the device is down, and up again", ALL)
def _():
    f = t.flow().warm()
    t.undone += [routes, lambda: t.ip("link set nat64 up")]
    was = t.count()
    t.ip("link set nat64 down")
    f.lost6()
    f.lost4()
    if t.count() != was:
        raise Broken("something was taken")
    t.ip("link set nat64 up")
    routes()
    f.warm()


@case("the way out is down, and up again")
def _():
    f = far_flow2().warm6()
    t.ip("link set r5 down")
    sent, _ = f.six()
    t.ports["client"].send(render(sent))
    if t.arrived()["server2"]:
        raise Broken("it came through a device that is down")
    link5()
    f.warm6()


@case("the way out has another name: rules by name count at once")
def _():
    f = far_flow2().warm6()
    t.iptables("iptables -I FORWARD -o x5 -j DROP")
    t.undone.append(link5)
    t.undo("ip link set r5 name r5")
    t.undo("ip link set x5 name r5")
    t.undo("ip link set x5 down")
    t.ip("link set r5 down")
    t.ip("link set r5 name x5")
    t.ip("link set x5 up")
    t.ip("neigh replace 203.0.114.2 lladdr 02:00:00:00:00:05 dev x5 nud permanent")
    f.lost6()


@case("the way in has another name: it is no longer one of those named", "hook ingress route")
def _():
    t.ip("link set r7 up")
    named("r6,r4,r7")
    f = t.flow(near="client2").warm6()
    t.undo("ip neigh replace %s lladdr 02:00:00:00:00:07 dev r7 nud permanent" % C6)
    for words in ("r7 up", "x7 name r7", "x7 down"):
        t.undo("ip link set " + words)
    was = t.count()["xlat_6to4"]
    t.ip("link set r7 down")
    t.ip("link set r7 name x7")
    t.ip("link set x7 up")
    if t.mode == "route":	# which takes it all the same
        f.never6()
        return
    t.ip("-6 route del %s dev nat64" % t.PREFIX)
    t.undone.append(routes)
    f.lost6()
    if t.count()["xlat_6to4"] != was:
        raise Broken("it was taken")


def dst_entries():
    """Routes that are in memory, of either family."""
    with Namespace(t.router):
        with open("/proc/net/stat/rt_cache", encoding="ascii") as file:
            four = int(file.readlines()[1].split()[0], 16)
        with open("/proc/net/rt6_stats", encoding="ascii") as file:
            return four, int(file.read().split()[5], 16)


@case("flows let go of their routes", "hook")
def _():
    link5()
    t.undone.append(link5)
    t.undo("ip route del %s/32" % S4)
    t.undo("ip route del %s/128" % C6)
    f = t.flow()
    before = None
    for _ in range(12):
        for out4, out6 in (("r5", "r7"), ("r4", "r6")):
            t.ip("route replace %s/32 dev %s" % (S4, out4))
            t.ip("route replace %s/128 dev %s" % (C6, out6))
            f.warm6(far="server2" if out4 == "r5" else "server")
            if out4 == "r4":
                f.warm4()
            t.nat64("flow flush")
        before = before or dst_entries()

    def freed():
        now = dst_entries()
        if any(a > b + 12 for a, b in zip(now, before)):
            raise Broken("%s routes are in memory, %s were" % (now, before))
    t.until(freed)


# --- who looks at the device itself

def watcher(proto):
    with Namespace(t.router):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind(("nat64", proto))
    t.undone.append(sock.close)
    return sock


def watched(sock, *packets):
    """How many of them it has seen."""
    seen = []
    while select.select([sock], [], [], 0)[0]:
        seen.append(sock.recv(1 << 16))
    return sum(any(render(one, got) == got for got in seen) for one in packets)


@case("a packet socket on the device sees every packet while it is there", ALL)
def _():
    f = t.flow().warm()
    sock = watcher(3)
    sent6, comes6 = f.six()
    sent4, comes4 = f.four()
    t.sends("client", sent6, {"server": comes6}, False)
    t.sends("server", sent4, {"client": comes4}, False)
    # As the device receives them: the hop limit falls only when they are forwarded.
    comes6.ttl, comes4.hl = sent6.hl + 1 - t.hops, sent4.ttl + 1 - t.hops
    if watched(sock, comes6, comes4) != 2:
        raise Broken("the socket has not seen them")
    f.never6()
    f.never4()
    sock.close()
    f.goes6()
    f.goes6(True)
    f.goes4()
    f.goes4(True)


@case("... also one for a single protocol", "hook")
def _():
    f = t.flow().warm()
    sock4, sock6 = watcher(0x0800), watcher(0x86DD)
    sent6, comes6 = f.six()
    sent4, comes4 = f.four()
    t.sends("client", sent6, {"server": comes6}, False)
    t.sends("server", sent4, {"client": comes4}, False)
    comes6.ttl, comes4.hl = sent6.hl + 1 - t.hops, sent4.ttl + 1 - t.hops
    if watched(sock4, comes6) != 1 or watched(sock6, comes4) != 1:
        raise Broken("the sockets have not seen them")


@case("tc at the device's ingress drops every packet")
def _():
    f = t.flow().warm()
    t.undo("tc qdisc del dev nat64 clsact")
    t.sh("tc qdisc add dev nat64 clsact")
    t.sh("tc filter add dev nat64 ingress matchall action drop")
    f.lost6()
    f.lost4()
    t.sh("tc filter del dev nat64 ingress")
    t.sh("tc filter add dev nat64 ingress matchall action pass")
    f.never6()
    f.never4()
    t.sh("tc qdisc del dev nat64 clsact")
    f.warm()


@case("nft's chain at the device's ingress drops every packet", "hook ingress")
def _():
    f = t.flow().warm()
    t.undo("nft delete table netdev looks")
    t.sh("nft add table netdev looks")
    t.sh("nft add chain netdev looks at { type filter hook ingress device nat64 priority 0 ; policy drop ; }")
    f.lost6()
    f.lost4()
    t.sh("nft add chain netdev looks at { policy accept ; }")
    f.never6()
    f.never4()
    t.sh("nft delete chain netdev looks at")
    f.warm()


@case("a qdisc on the device", "hook")
def _():
    f = t.flow().warm6()
    t.undo("tc qdisc del dev nat64 root")
    t.sh("tc qdisc add dev nat64 root fq_codel")
    f.never6()


# --- what differs from packet to packet

@case("another hop limit goes slow, and comes out right", ALL)
def _():
    f = t.flow().warm()
    for limit in (63, 65, 255, 3):
        f.goes6(False, hl=limit)
        f.goes4(False, ttl=limit)


@case("a hop limit that ends goes slow: the sender is told", ALL)
def _():
    f = t.flow().warm()
    for limit in range(1, t.hops + 1):
        for side, sent in (("client", f.six(hl=limit)[0]), ("server", f.four(ttl=limit)[0])):
            t.ports[side].send(render(sent))
            came = t.arrived()
            other = "server" if side == "client" else "client"
            if came[other] or len(came[side]) != 1:
                raise Broken("%s: %d packets passed, %d answers" % (side, len(came[other]), len(came[side])))
    f.goes6(True)
    f.goes4(True)


@case("another DSCP goes slow; ECN does not matter, and comes out right")
def _():
    f = t.flow().warm()
    f.goes6(False, tc=0xB8)
    f.goes4(False, tos=0xB8)
    f = t.flow().warm()
    for ecn in (1, 2, 3):
        f.goes6(True, tc=ecn)
        f.goes4(True, tos=ecn)


@case("options, extension headers and fragments go slow, as before")
def _():
    f = t.flow().warm()
    data = f.data(64)
    l4 = udp(f.port, f.peer_port, data)
    back = udp(f.peer_port, f.port, data)
    for ext in ([hopopts()], [dstopts()], [fragment(0, False, 7)]):
        sent = t.p6(l4, ext=ext)
        frag = ext[0][0] == 44
        comes = t.x4(l4, ident=7 if frag else ANY)
        t.sends("client", sent, {"server": comes}, False)
    whole = back.bytes(t.S4, t.C4)
    parts = [t.p4(whole[:40], proto=17, mf=True, ident=9), t.p4(whole[40:], proto=17, offset=40, ident=9)]
    in6 = back.bytes(t.S6, t.C6)
    want = [t.x6(in6[:40], nh=17, ext=[fragment(0, True, 9)]), t.x6(in6[40:], nh=17, ext=[fragment(40, False, 9)])]
    t.sends("server", parts, {"client": want}, False)
    t.sends("server", t.p4(back, df=True, options=b"\x01\x01\x01\x00"), {"client": t.x6(back)}, False)
    f.goes6(True)
    f.goes4(True)


@case("F1 no two packets between two hosts have the same identification", ALL)
def _():
    flows = [t.flow().warm6(), t.flow().warm6()]
    ids = []
    for i in range(60):
        came = flows[i // 5 % 2].goes6(True)
        ids.append(came["server"][0][1][4:6])
    ids += [flows[0].goes6(tc=4 * (i % 2))["server"][0][1][4:6] for i in range(10)]	# some of them slow
    twice = len(ids) - len(set(ids))
    if twice:
        raise Broken("%d of %d are there already" % (twice, len(ids)))


@case("UDP without a checksum goes slow, and gets one")
def _():
    f = t.flow().warm4()
    data = f.data(50)
    sent = t.p4(udp(f.peer_port, f.port, data, csum=0), df=True)
    t.sends("server", sent, {"client": t.x6(udp(f.peer_port, f.port, data))}, False)


@case("ICMP never goes fast", "hook")
def _():
    for _ in range(4):
        t.sends("client", t.p6(ping()), {"server": t.x4(ping(), ident=ANY)}, False)


@case("the same packet from another device does not use the flow", ALL)
def _():
    f = t.flow().warm6()
    sent, comes = f.six()
    if t.mode in ("target", "route"):	# whose rule or route takes it all the same
        t.sends("client2", sent, {"server": comes}, False)
        return
    t.ip("-6 route del %s dev nat64" % t.PREFIX)
    t.undone.append(routes)
    t.sends("client2", sent, {}, False)
    t.sends("client", sent, {"server": comes}, True)


@case("the same packet from another device that is named, too: a rule about that device counts")
def _():
    named("r6,r4,r7")
    t.iptables("ip6tables -t raw -A PREROUTING -i r7 -j MARK --set-mark 9")
    t.iptables("iptables -I FORWARD -m mark --mark 9 -j DROP")
    f = t.flow().warm6()
    sent, _ = f.six()
    t.sends("client2", sent, {}, False)
    f.goes6(True)


@case("a mark that a rule in raw gives to some packets of a flow: the others do not use it", "hook target ingress")
def _():
    t.iptables("ip6tables -t raw -I PREROUTING -m length --length 0:200 -j MARK --set-mark 1")
    t.iptables("iptables -I FORWARD -i nat64 -m mark ! --mark 1 -j DROP")
    f = t.flow().warm6()
    f.lost6(size=300)
    f.goes6(True)


@case("a flow that FORWARD refuses to a forger is not finished by the host's own packet", ALL)
def _():
    t.ip("link set r7 up")
    named("r6,r4,r7")
    t.iptables("ip6tables -t raw -I PREROUTING -i r7 -j MARK --set-mark 7")
    t.iptables("iptables -I FORWARD -m mark --mark 7 -j DROP")
    f = t.flow()
    forged, _ = f.six()
    for _ in range(3):
        t.sends("client2", forged, {}, False)
    # It leaves like the forger's, but no flow can be made of it.
    own = udp(f.port, f.peer_port, f.data(64))
    t.sends("client", t.p6(own, ext=[dstopts()]), {"server": t.x4(own, ident=ANY)}, False)
    t.sends("client2", forged, {}, False)


@case("a frame for another host, and one with a VLAN tag, do not use the flow")
def _():
    f = t.flow().warm6()
    sent, _ = f.six()
    before = t.count()
    t.ports["client"].frame(render(sent), to=bytes.fromhex("020000000199"))
    t.ports["client"].frame(b"\x00\x05\x86\xdd" + render(sent), kind=b"\x81\x00")
    came = t.arrived()
    if came["server"] or t.count()["xlat_6to4"] != before["xlat_6to4"]:
        raise Broken("%d came" % len(came["server"]))


@case("damaged packets of a flow are dropped, or go as they do without it")
def _():
    f = t.flow().warm()
    before = t.count()["fast_hit"]
    good6, good4 = render(f.six()[0]), render(f.four()[0])
    bad = [("server", good4[:10] + b"\xde\xad" + good4[12:]),		# header checksum
           ("server", good4[:2] + struct.pack(">H", len(good4) + 40) + good4[4:]),
           ("client", good6[:4] + struct.pack(">H", len(good6)) + good6[6:]),
           ("client", good6[:30])]
    for side, data in bad:
        t.ports[side].frame(data)
    came = t.arrived()
    if came["server"] or came["client"] or t.count()["fast_hit"] != before:
        raise Broken("%d + %d came" % (len(came["server"]), len(came["client"])))


# --- changed on the way

@case("DSCP set by a mangle rule: every packet has it", "hook")
def _():
    f = t.flow()
    t.iptables("iptables -t mangle -A FORWARD -p udp --sport %d -j DSCP --set-dscp 46" % f.port)
    f.more4 = {"tos": 0xB8}
    with t.moves("fast_changed"):
        f.never6()


@case("the hop limit set by a mangle rule: every packet has it", "hook")
def _():
    f = t.flow()
    t.iptables("ip6tables -t mangle -A POSTROUTING -p udp --dport %d -j HL --hl-set 9" % f.port)
    f.hops4 = 64 - 9
    with t.moves("fast_changed"):
        f.never4()


@case("a mark selects the route; without it packets go the other way", ALL)
def _():
    f, plain = t.flow(), t.flow()
    t.undo("ip rule del fwmark 7 table 62")
    t.undo("ip -6 rule del fwmark 7 table 62")
    t.ip("rule add fwmark 7 table 62")
    t.ip("-6 rule add fwmark 7 table 62")
    t.undo("ip route flush table 62")
    t.undo("ip -6 route flush table 62")
    t.ip("route add 203.0.113.2/32 dev r5 table 62")
    t.ip("-6 route add %s/128 dev r7 table 62" % C6)
    t.iptables("iptables -t mangle -A PREROUTING -i nat64 -p udp --sport %d -j MARK --set-mark 7" % f.port)
    t.iptables("ip6tables -t mangle -A PREROUTING -i nat64 -p udp --dport %d -j MARK --set-mark 7" % f.port)
    plain.warm()
    f.warm6(far="server2")
    sent, comes = f.four()
    for fast in (None, None, True):
        t.sends("server", sent, {"client2": comes}, fast)
    t.ip("route replace 203.0.113.2/32 dev r4 table 62")
    f.goes6()
    t.ip("-6 rule del fwmark 7 table 62")
    f.goes4()
    plain.goes6()


# ld mark; jne -> 0; a filter of a packet socket sees the mark of packets that leave.
def marked(mark, name):
    code = struct.pack("=" + "HBBI" * 4, 0x20, 0, 0, 0xFFFFF014, 0x15, 0, 1, mark, 6, 0, 0, 0x40000, 6, 0, 0, 0)
    program = ctypes.create_string_buffer(code)
    with Namespace(t.router):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack("@HP", 4, ctypes.addressof(program)))
        sock.bind((name, 3))
        sock.setblocking(False)
    t.undone.append(sock.close)
    return sock


@case("the mark set in FORWARD is on packets that leave, fast or slow", "hook")
def _():
    f = t.flow()
    t.iptables("iptables -t mangle -A FORWARD -p udp --sport %d -j MARK --set-mark 0x77" % f.port)
    t.iptables("ip6tables -t mangle -A FORWARD -p udp --dport %d -j MARK --set-mark 0x78" % f.port)
    socks = marked(0x77, "r4"), marked(0x78, "r6")
    f.warm()
    for sock in socks:
        count = 0
        while select.select([sock], [], [], 0)[0]:
            sock.recv(1 << 16)
            count += 1
        if count != 3:
            raise Broken("%d of 3 packets were marked" % count)


# --- ways out

@case("the way out is a VLAN; the priority becomes the tag's", "hook")
def _():
    t.undo("ip link del r4.5")
    t.ip("link add link r4 name r4.5 type vlan id 5 egress-qos-map 6:5")
    t.ip("link set r4.5 up")
    t.ip("addr add 203.0.115.1/24 dev r4.5")
    t.ip("neigh add 203.0.115.2 lladdr 02:00:00:00:00:04 dev r4.5 nud permanent")
    f = t.flow(peer="203.0.115.2")
    f.fields6 = {"tc": 0x10}
    f.size = 60
    for fast in (False, False, True):
        came = f.goes6(fast)
        if came["server"][0][1].vlan != 5 << 13 | 5:
            raise Broken("tag %r" % came["server"][0][1].vlan)


@case("the way out is a bridge, and its port moves")
def _():
    t.undo("ip link del br0")
    t.ip("link add br0 type bridge mcast_snooping 0")	# which sends packets of its own
    t.ip("link set br0 up")
    link5()
    t.undone.append(link5)
    t.undo("ip link set r5 nomaster")
    t.undo("ip link set r5 up")
    t.ip("addr flush dev r5")
    t.ip("link set r5 master br0")
    t.ip("addr add 203.0.116.1/24 dev br0")
    t.ip("neigh add 203.0.116.2 lladdr 02:00:00:00:00:05 dev br0 nud permanent")
    f = t.flow(peer="203.0.116.2", far="server2").warm6()
    t.ip("link set r5 nomaster")
    f.lost6()


@case("the way in is a bridge", ALL)
def _():
    t.undo("ip link del br1")
    t.undo("ip link set r7 nomaster")
    t.ip("link add br1 type bridge mcast_snooping 0")
    t.ip("link set br1 address 02:00:00:00:01:07 up")
    t.ip("link set r7 up")
    t.ip("link set r7 master br1")
    named("r6,r4,br1")
    f = t.flow(near="client2")
    f.warm6()


class Tun:
    """A device of the router without Ethernet, and its other end."""

    def __init__(self, name):
        with Namespace(t.router):
            self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.fd, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))
        t.undone.append(lambda: os.close(self.fd))

    def came(self):
        out = []
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return [(bytes(6), one) for one in out]
            if data[0] >> 4 == 4 or data[6] == 17:
                out.append(data)


@case("a tunnel without Ethernet: the way out, and the way in", ALL)
def _():
    tun = Tun("tun0")
    t.ip("link set tun0 up")
    t.ip("addr add 203.0.117.1 peer 203.0.117.2 dev tun0")
    named("r6,r4,tun0")
    f = t.flow(peer="203.0.117.2")
    tun.came()
    for fast in (False, False, True):
        sent, comes = f.six()
        t.sends("client", sent, {}, fast)
        wrong = t.compare("tun0", [comes], tun.came())
        if wrong:
            raise Broken(*wrong)
    for fast in (False, False, True):
        sent, comes = f.four()
        before = t.count()["fast_hit"]
        os.write(tun.fd, render(sent))
        wrong = t.compare("client", [comes], t.arrived()["client"])
        if wrong:
            raise Broken(*wrong)
        if t.count()["fast_hit"] - before != fast:
            raise Broken("fast_hit moved by %d" % (t.count()["fast_hit"] - before))


@case("a tunnel of IPv4 in IPv4 as the way out", "hook")
def _():
    t.undo("ip link del tip0")
    if t.ip("link add tip0 type ipip local 203.0.113.1 remote 203.0.113.2", ok=False).returncode:
        raise Broken("no device")
    t.ip("link set tip0 up")
    t.ip("route add 192.0.2.128/25 dev tip0")
    f = t.flow(peer="192.0.2.200")
    for fast in (False, False, True):
        sent, comes = f.six()

        def check(got, comes=comes):
            inner = got[20:]
            return None if got[9] == 4 and render(comes, inner) == inner else "another packet"
        t.sends("client", sent, {"server": Check(check)}, fast)


@case("a VRF: packets pass, no flow is made", "hook")
def _():
    t.undo("ip link del red")
    t.ip("link add red type vrf table 70")
    t.ip("link set red up")
    link5()
    t.undone.append(link5)
    t.undo("ip link set r5 nomaster")
    t.ip("link set r5 master red")
    t.ip("addr replace 203.0.114.1/24 dev r5")
    t.ip("neigh replace 203.0.114.2 lladdr 02:00:00:00:00:05 dev r5 nud permanent")
    t.undo("ip route del 203.0.114.0/24 dev r5")
    t.ip("route add 203.0.114.0/24 dev r5")
    f = t.flow(peer="203.0.114.2", far="server2")
    with t.moves("fast_way"):
        f.never6()


@case("A7 a hairpin, with the fast path on and off", ALL)
def _():
    mapped("2001:db8:1::3", "198.51.100.3")
    if t.mode in ("hook", "ingress"):
        t.nat64("dev set nat64 hook r6,r4,nat64")
        t.undo("nat64 dev set nat64 hook r6,r4")
    host = ip("2001:db8:1::3")
    port = t.next_port()
    limits = []
    for mode in ("off", "on", "on", "on", "on", "on"):
        if t.mode in ("ingress", "route"):
            t.nat64("dev set nat64 fast " + ("off" if mode == "off" else "ingress"))
        else:
            t.nat64("dev set nat64 fast " + ("off" if mode == "off" else "rule"))
        for size in (10, 11):
            data = b"h" * size
            sent = t.p6(udp(port, 5, data), dst=embed(t.PREFIX, ip("198.51.100.3")))
            t.ports["client"].send(render(sent))
            came = t.arrived()["client"]
            if len(came) != 1:
                raise Broken("%d came" % len(came))
            limits.append(came[0][1][7])
            want = IPv6(embed(t.PREFIX, t.C4), host, udp(port, 5, data), hl=limits[0])
            wrong = t.compare("client", [want], came)
            if wrong:
                raise Broken(*wrong)


# --- super-packets

def superpacket(version, c, size, segments):
    pay = bytes(i * 7 & 0xFF for i in range(size * segments))
    if version == 6:
        six = IPv6(c.host6, embed(c.prefix, c.peer), c.payload(c.port, c.peer_port, pay))
        four = IPv4(c.host4, c.peer, c.payload(c.port4, c.peer_port, pay), ident=ANY, df=True, ttl=64 - c.hops6)
        return six, Super(four, GSO_TCPV4, size)
    four = IPv4(c.peer, c.host4, c.payload(c.peer_port, c.port4, pay), df=True)
    six = IPv6(embed(c.prefix, c.peer), c.host6, c.payload(c.peer_port, c.port, pay), hl=64 - c.hops4)
    return four, Super(six, GSO_TCPV6, size)


@case("a super-packet stays whole", ALL)
def _():
    c = t.connection().opens().heat()
    c.flags = ACK
    for version, side, far in ((6, "client", "server"), (4, "server", "client")):
        sent, comes = superpacket(version, c, 1400, 5)
        data = bytearray(render(sent))
        head = 40 if version == 6 else 20
        # The checksum has only the pseudo header in it.
        src, dst = (data[8:24], data[24:40]) if version == 6 else (data[12:16], data[16:20])
        data[head + 16:head + 18] = struct.pack(">H", pseudo(bytes(src), bytes(dst), 6, len(data) - head))
        t.sends(side, bytes(data), {far: comes}, True, flags=NEEDS_CSUM,
                gso=GSO_TCPV6 if version == 6 else GSO_TCPV4, hdr_len=14 + head + 20, size=1400,
                start=14 + head, offset=16)


# --- bounds

@case("fast-flows 1: the second flow goes slow, and is counted", "hook")
def _():
    t.undo("nat64 dev set nat64 fast-flows 65536")
    t.nat64("dev set nat64 fast-flows 1")
    first, second = t.flow().warm6(), t.flow()
    with t.moves("fast_full"):
        second.never6()
    first.goes6(True)
    t.nat64("flow flush")
    second.warm6()
    first.never6()


@case("flow show and flow count say what there is", "hook")
def _():
    t.nat64("flow flush")
    f = t.flow().warm()
    f.goes6(True)
    said = t.nat64("flow show").stdout
    for words in (str(f.port), C6, "203.0.113.2", "198.51.100.2"):
        if words not in said:
            raise Broken("flow show does not say %s:" % words, *said.split("\n"))
    if "2" not in t.nat64("flow count").stdout:
        raise Broken(t.nat64("flow count").stdout)


t.done()
