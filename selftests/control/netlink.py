# SPDX-License-Identifier: GPL-2.0
"""The netlink family: requests that it refuses, and the messages that it gives."""

import errno
import os
import struct
import sys

from genl import NLM_F_ACK, NLM_F_DUMP, NUMBER, Genl, Refused, attr, attributes, nest
from packet import ip

genl = Genl(os.environ["ROUTER"])
DEV = attr("NAT64_A_IFNAME", "nat64")
failed = 0


def report(name, wrong):
    global failed
    print("%s - %s" % ("not ok" if wrong else "ok", name))
    if wrong:
        print("# " + wrong)
    failed += bool(wrong)


def refused(name, number, words, command, *attrs, flags=NLM_F_ACK):
    """The request is refused with this errno, and the message contains these words."""
    try:
        genl.ask(command, *attrs, flags=flags)
        wrong = "accepted"
    except Refused as error:
        wrong = None
        if error.errno != number or words not in error.words:
            wrong = "%s (%d), words: %s" % (os.strerror(error.errno), error.errno, error.words)
    report("%s: %s" % (name, words or os.strerror(number)), wrong)


def config():
    return genl.ask("NAT64_CMD_DEV_GET", DEV)[0]


def u8(name, value):
    return attr(name, bytes([value]))


def prefix6(addr, length, extra=b""):
    return nest(1, attr("NAT64_PREFIX_A_ADDR6", ip(addr)) + u8("NAT64_PREFIX_A_LEN", length) + extra)


def prefix4(addr, length):
    return nest(1, attr("NAT64_PREFIX_A_ADDR4", ip(addr)) + u8("NAT64_PREFIX_A_LEN", length))


def mapping(addr6, addr4, len6=128, len4=32):
    return nest(1, attr("NAT64_MAP_A_ADDR6", ip(addr6)) + u8("NAT64_MAP_A_LEN6", len6) +
                attr("NAT64_MAP_A_ADDR4", ip(addr4)) + u8("NAT64_MAP_A_LEN4", len4))


SET, ADD, DEL, GET = ("NAT64_CMD_DEV_SET", "NAT64_CMD_MAP_ADD", "NAT64_CMD_MAP_DEL", "NAT64_CMD_MAP_GET")
before = config()

# The device
refused("a request that names no device", errno.EINVAL, "no device named", "NAT64_CMD_DEV_GET")
refused("a name that nobody has", errno.ENODEV, "no such device", "NAT64_CMD_DEV_GET",
        attr("NAT64_A_IFNAME", "nobody"))
refused("an index that nobody has", errno.ENODEV, "no such device", "NAT64_CMD_DEV_GET",
        attr("NAT64_A_IFINDEX", 0x7FFFFFF0))
refused("a device of another kind", errno.EOPNOTSUPP, "not a NAT64 device", "NAT64_CMD_DEV_GET",
        attr("NAT64_A_IFNAME", "lo"))
refused("a name without an end", errno.EINVAL, "", "NAT64_CMD_DEV_GET",
        attr("NAT64_A_IFNAME", b"x" * 16))

# The form of a request
refused("a command that is none", errno.EOPNOTSUPP, "", 99, DEV)
refused("an attribute that is none", errno.EINVAL, "Unknown attribute", SET, DEV, attr(99, b"abcd"))
refused("an attribute of the answer only", errno.EINVAL, "", SET, DEV, attr("NAT64_A_POOL_SIZE", 5))
refused("bytes behind the attributes", errno.EINVAL, "", SET, DEV, b"\1\2\3\4\5\6\7\0")
refused("a number of two bytes", errno.EINVAL, "", SET, DEV, attr("NAT64_A_QUOTA", b"\0\1"))
refused("an address of five bytes", errno.ERANGE, "", SET, DEV, attr("NAT64_A_ICMP_SOURCE", bytes(5)))
refused("a hash key of eight bytes", errno.ERANGE, "", SET, DEV, attr("NAT64_A_HASH_KEY", bytes(8)))
refused("an address of IPv6 with the length of IPv4", errno.ERANGE, "", GET, DEV,
        attr("NAT64_A_ADDR6", bytes(4)))
refused("a list that is not nested", errno.EINVAL, "", SET, DEV,
        attr("NAT64_A_PREFIXES", struct.pack("=HH", 200, 1) + bytes(16)))
refused("an attribute that is none within a list", errno.EINVAL, "Unknown attribute", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("2001:db8:64::", 96, attr(77, b"abcd"))))

# Values
refused("a switch that is 2", errno.ERANGE, "", SET, DEV, u8("NAT64_A_WKP_STRICT", 2))
refused("a choice that is none", errno.ERANGE, "", SET, DEV, u8("NAT64_A_UDP_ZERO_CSUM", 3))
refused("a choice that is none", errno.ERANGE, "", SET, DEV, u8("NAT64_A_TOS", 2))
refused("an IPv6 MTU below 1280", errno.ERANGE, "", SET, DEV, attr("NAT64_A_LOWEST_IPV6_MTU", 1279))
refused("an IPv6 MTU above 65535", errno.ERANGE, "", SET, DEV, attr("NAT64_A_LOWEST_IPV6_MTU", 65536))
refused("no time at all", errno.ERANGE, "", SET, DEV, attr("NAT64_A_IDLE_TIMEOUT", 0))
refused("an icmp-source of multicast", errno.EINVAL, "not an address that a host can have", SET, DEV,
        attr("NAT64_A_ICMP_SOURCE", ip("224.0.0.1")))

# Prefixes and pools
for length in (0, 31, 33, 65, 80, 95, 97, 127, 128):
    refused("A2 a prefix of %d bits" % length, errno.EINVAL,
            "prefix length is not 32, 40, 48, 56, 64 or 96", SET, DEV,
            nest("NAT64_A_PREFIXES", prefix6("::" if length < 32 else "2001:db8::", length)))
refused("A2 a prefix of 129 bits", errno.ERANGE, "", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("2001:db8::", 129)))
for length in (32, 40, 48, 56, 64, 96):
    refused("A2 a /%d with host bits" % length, errno.EINVAL, "IPv6 prefix has host bits set", SET, DEV,
            nest("NAT64_A_PREFIXES", prefix6("2001:db8::1", length)))
refused("A2 bits 64 to 71", errno.EINVAL, "bits 64 to 71 of the prefix are not zero", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("2001:db8:0:0:ff00::", 96)))
refused("A2 a multicast prefix", errno.EINVAL, "prefix is not unicast", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("ff0e::", 96)))
refused("A2 a link-local prefix", errno.EINVAL, "prefix is not unicast", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("fe80::", 96)))
refused("A2 prefixes that overlap", errno.EINVAL, "prefix overlaps another one of the device", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("2001:db8::", 32), prefix6("2001:db8:64::", 96)))
refused("A2 the same prefix twice", errno.EINVAL, "prefix overlaps another one of the device", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix6("2001:db8::", 96), prefix6("2001:db8::", 96)))
refused("65 prefixes", errno.EINVAL, "too many prefixes", SET, DEV,
        nest("NAT64_A_PREFIXES", *(prefix6("2001:db8:%x::" % number, 96) for number in range(65))))
refused("an IPv4 prefix among the IPv6 prefixes", errno.EINVAL, "not an IPv6 prefix", SET, DEV,
        nest("NAT64_A_PREFIXES", prefix4("192.0.2.0", 24)))
for name in ("NAT64_A_POOLS", "NAT64_A_TRANSLATABLE"):
    refused("an IPv6 prefix in " + name, errno.EINVAL, "not an IPv4 prefix", SET, DEV,
            nest(name, prefix6("2001:db8::", 96)))
    refused("a length of 33 in " + name, errno.EINVAL, "IPv4 prefix length is above 32", SET, DEV,
            nest(name, prefix4("192.0.2.0", 33)))
    refused("host bits in " + name, errno.EINVAL, "IPv4 prefix has host bits set", SET, DEV,
            nest(name, prefix4("192.0.2.1", 24)))
    refused("overlapping prefixes in " + name, errno.EINVAL, "prefix overlaps another one of the list",
            SET, DEV, nest(name, prefix4("192.0.2.0", 24), prefix4("192.0.2.128", 25)))
    for addr, length in (("127.0.0.0", 8), ("224.0.0.0", 24), ("0.0.0.0", 8), ("169.254.0.0", 16),
                         ("255.255.255.255", 32)):
        refused("%s/%d in %s" % (addr, length, name), errno.EINVAL,
                "prefix holds addresses that hosts cannot have", SET, DEV,
                nest(name, prefix4(addr, length)))
refused("a pool larger than a /8", errno.EINVAL, "pool is larger than a /8", SET, DEV,
        nest("NAT64_A_POOLS", prefix4("10.0.0.0", 7)))
refused("a pool that is translatable as well", errno.EINVAL, "a pool and a translatable prefix overlap",
        SET, DEV, nest("NAT64_A_POOLS", prefix4("192.0.2.0", 24)),
        nest("NAT64_A_TRANSLATABLE", prefix4("192.0.2.128", 25)))
refused("a good option next to a bad one", errno.EINVAL, "prefix length", SET, DEV,
        attr("NAT64_A_QUOTA", 77), nest("NAT64_A_PREFIXES", prefix6("2001:db8::", 33)))
hooked = attr("NAT64_HOOK_A_DEVICE", b"lan\0")
refused("a hook of all devices, and of some", errno.EINVAL, "either all devices, or some by name", SET, DEV,
        nest("NAT64_A_HOOK", hooked, attr("NAT64_HOOK_A_ANY", b"")))
refused("a device of a hook twice", errno.EINVAL, "device is named twice", SET, DEV,
        nest("NAT64_A_HOOK", hooked, hooked))
for name in (b"", b".", b"a b", b"a/b"):
    refused("a hook of %r" % name.decode(), errno.EINVAL, "not a name that a device can have", SET, DEV,
            nest("NAT64_A_HOOK", attr("NAT64_HOOK_A_DEVICE", name + b"\0")))
refused("a device of a hook without an end", errno.EINVAL, "", SET, DEV,
        nest("NAT64_A_HOOK", attr("NAT64_HOOK_A_DEVICE", b"lan")))
refused("a device of a hook with a name of 16 bytes", errno.EINVAL, "", SET, DEV,
        nest("NAT64_A_HOOK", attr("NAT64_HOOK_A_DEVICE", b"a" * 16 + b"\0")))
refused("a hook of 17 devices", errno.EINVAL, "too many devices", SET, DEV,
        nest("NAT64_A_HOOK", *(attr("NAT64_HOOK_A_DEVICE", b"d%d\0" % i) for i in range(17))))
report("a refused request changes nothing", None if config() == before else "it did: %s" % config())

# Mappings
refused("no mappings", errno.EINVAL, "no mappings named", ADD, DEV)
refused("a mapping of one address", errno.EINVAL, "mapping needs an IPv6 and an IPv4 prefix", ADD, DEV,
        nest("NAT64_A_MAPS", nest(1, attr("NAT64_MAP_A_ADDR6", ip("2001:db8::1")))))
refused("A5 an IPv4 suffix longer than the IPv6 suffix", errno.EINVAL,
        "IPv4 suffix is longer than the IPv6 suffix", ADD, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::", "192.0.2.0", 120, 23)))
refused("an IPv6 prefix with host bits", errno.EINVAL, "IPv6 prefix has host bits set", ADD, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::1", "192.0.2.0", 120, 24)))
refused("an IPv4 prefix with host bits", errno.EINVAL, "IPv4 prefix has host bits set", ADD, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::", "192.0.2.1", 120, 24)))
for addr in ("::1", "ff02::1", "fe80::1"):
    refused("A8 a mapping of %s" % addr, errno.EINVAL, "IPv6 address is never translated", ADD, DEV,
            nest("NAT64_A_MAPS", mapping(addr, "192.0.2.1")))
for addr in ("127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"):
    refused("A8 a mapping of %s" % addr, errno.EINVAL, "IPv4 address is never translated", ADD, DEV,
            nest("NAT64_A_MAPS", mapping("2001:db8::1", addr)))
refused("an IPv4 length of 33", errno.ERANGE, "", ADD, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::", "192.0.2.0", 128, 33)))
refused("to delete nothing", errno.EINVAL, "mapping without an address", DEL, DEV,
        nest("NAT64_A_MAPS", nest(1, u8("NAT64_MAP_A_LEN6", 128))))
refused("to delete what is not there", errno.ENOENT, "no such mapping", DEL, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::1", "192.0.2.1")))
refused("to ask for two addresses", errno.EINVAL, "either an IPv6 or an IPv4 address is needed", GET, DEV,
        attr("NAT64_A_ADDR4", ip("192.0.2.1")), attr("NAT64_A_ADDR6", ip("2001:db8::1")))
refused("to ask for none", errno.EINVAL, "either an IPv6 or an IPv4 address is needed", GET, DEV)
refused("to ask for an address without a mapping", errno.ENOENT, "no mapping for this address", GET, DEV,
        attr("NAT64_A_ADDR4", ip("192.0.2.1")))
refused("to dump mappings of a type that is none", errno.ERANGE, "", GET, DEV, u8("NAT64_A_MAP_TYPE", 3),
        flags=NLM_F_DUMP)

# What becomes of a packet
ROUTE = "NAT64_CMD_ROUTE_GET"


def end(name, *addrs):
    return nest(name, *(attr("NAT64_END_A_ADDR6" if ":" in addr else "NAT64_END_A_ADDR4", ip(addr))
                        for addr in addrs))


refused("a packet without addresses", errno.EINVAL, "neither source nor destination named", ROUTE, DEV)
for wrong in ((), ("192.0.2.1", "2001:db8::1")):
    refused("a source of %d addresses" % len(wrong), errno.EINVAL,
            "either an IPv6 or an IPv4 address is needed", ROUTE, DEV, end("NAT64_A_SRC", *wrong))
refused("a packet of both families", errno.EINVAL, "source and destination are of different families",
        ROUTE, DEV, end("NAT64_A_SRC", "192.0.2.1"), end("NAT64_A_DST", "2001:db8::1"))
refused("an IPv6 packet that turns around", errno.EINVAL, "only an IPv4 packet can be on its way back",
        ROUTE, DEV, end("NAT64_A_DST", "2001:db8::1"), attr("NAT64_A_HAIRPIN", b""))
refused("an end with an answer in it", errno.EINVAL, "", ROUTE, DEV,
        nest("NAT64_A_DST", attr("NAT64_END_A_ADDR4", ip("192.0.2.1")), u8("NAT64_END_A_VIA", 1)))
refused("an address of three bytes", errno.ERANGE, "", ROUTE, DEV,
        nest("NAT64_A_DST", attr("NAT64_END_A_ADDR4", bytes(3))))


def dump():
    found = []
    for message in genl.ask(GET, DEV, flags=NLM_F_DUMP):
        data = message[NUMBER["NAT64_A_MAPS"]]
        while data:
            size = struct.unpack("=H", data[:2])[0]
            one = attributes(data[4:size])
            found.append((one[NUMBER["NAT64_MAP_A_ADDR6"]], one[NUMBER["NAT64_MAP_A_ADDR4"]]))
            data = data[size + 3 & ~3:]
    return sorted(set(found))


refused("A9 three mappings, the third in conflict with the first", errno.EEXIST,
        "IPv4 prefix is mapped already", ADD, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::1", "192.0.2.1"), mapping("2001:db8::2", "192.0.2.2"),
             mapping("2001:db8::3", "192.0.2.1")))
report("A9 ... all are added or none", None if dump() == [] else "there is %s" % dump())

many = [(ip("2001:db8:7::%x" % number), ip("10.1.%d.%d" % (number >> 8, number & 255)))
        for number in range(1, 3001)]
for start in range(0, 3000, 500):
    genl.ask(ADD, DEV, nest("NAT64_A_MAPS", *(mapping(*one) for one in many[start:start + 500])))
report("3000 mappings, 500 in a message, are all in the dump",
       None if dump() == sorted(many) else "%d are there" % len(dump()))
genl.ask("NAT64_CMD_MAP_FLUSH", DEV)
report("... and none after a flush", None if dump() == [] else "there is %s" % dump())
print("# done: netlink")
sys.exit(bool(failed))
