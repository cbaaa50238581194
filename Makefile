# SPDX-License-Identifier: GPL-2.0
#
# nat64: the kernel modules, the iptables plugin and the command. "make help" lists the targets.

KDIR ?= $(shell scripts/kdir.sh)
# Not "make kernelrelease": Debian's headers answer that with the upstream version.
KVER = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

moddir = /lib/modules/$(KVER)/updates
modules := kmod/nat64.ko kmod/xt_NAT64.ko
SUBDIRS := xtables-plugin userspace-tool

INSTALL ?= install
STRIP ?= strip

# Tests are made of parts (scripts/part.sh), which scripts/ktap.py runs and counts: one after the other, a
# comma before those that run beside the others. These go to the parts, if they are given.
export TESTS TIMEOUT CHECK_TIMEOUT FUZZ_SECONDS FUZZ FUZZ_PACKETS
export ABUSE_ADDRESSES ABUSE_MAPPINGS RACES_CHANGES RACES_SEED NETLINK_FUZZ_REQUESTS NETLINK_FUZZ_SEED
run := scripts/ktap.py

# For "make bench": where, and options.
WHERE ?= uml qemu native
BENCH ?=

all: modules $(SUBDIRS)

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

$(SUBDIRS):
	$(MAKE) -C $@

install: all
	$(INSTALL) -d $(DESTDIR)$(moddir)
	$(INSTALL) -m 644 $(modules) $(DESTDIR)$(moddir)/
	$(STRIP) --strip-debug $(addprefix $(DESTDIR)$(moddir)/,$(notdir $(modules)))
	set -e; for dir in $(SUBDIRS); do $(MAKE) -C $$dir install; done
	$(if $(DESTDIR),,depmod $(KVER))

# What DKMS builds the modules of, for packages: sources, whatever has been built beside them.
DKMSDIR ?= /usr/src/nat64
install-dkms:
	find Kbuild dkms.conf kmod include/uapi -type f \( -name '*.[ch]' -o -name Kbuild -o -name dkms.conf \) \
		! -name '*.mod.c' -exec $(INSTALL) -D -m 644 {} $(DESTDIR)$(DKMSDIR)/{} \;

uninstall:
	$(RM) $(addprefix $(DESTDIR)$(moddir)/,$(notdir $(modules)))
	set -e; for dir in $(SUBDIRS); do $(MAKE) -C $$dir uninstall; done
	$(if $(DESTDIR),,depmod $(KVER))

clean:
	if [ -d "$(KDIR)" ]; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi
	set -e; for dir in $(SUBDIRS); do $(MAKE) -C $$dir clean; done
	$(RM) -r build

# Installs everything where the guest of selftests/vm/run.sh looks for it.
stage:
	$(MAKE) -j$(shell nproc) all
	selftests/vm/stage.sh $(KVER) $(KDIR)

# For doctor_docker.sh, unless others of the selftests are asked for.
docker := $(if $(filter doctor_docker.sh,$(or $(TESTS),doctor_docker.sh)),build/docker)
build/docker:
	scripts/unpack.sh $@ docker.io containerd runc

# With TESTS, these of the selftests only.
check: $(if $(TESTS),check-selftests,check-all)

check-all:
	scripts/install-deps.sh build uml
	$(MAKE) -j2 check-kernel check-needs
	scripts/ktap_test.py
	$(MAKE) stage
	$(MAKE) -C bench
	$(run) --rows selftests/rows uml-packets instructions , uml-control kunit fuzz bench , \
		uml-router uml-no-ipv6 , vm lint analyze-quick

# What takes long the first time, side by side: building a kernel, and installing what the tests need. The
# kernel's make decides for itself how many jobs it has.
check-kernel:
	MAKEFLAGS= scripts/uml/build.sh -m -t -z

check-needs:
	scripts/install-deps.sh check lint analyze
	$(if $(docker),$(MAKE) $(docker))

# All selftests in virtual machines with the distribution's own kernel, two at a time.
check-vm check-selftests: $(docker)
	scripts/install-deps.sh build check
	$(MAKE) stage
	$(MAKE) -C bench
	$(run) $(if $(TESTS),selftests,control , packets)

# What checkers and compilers say of the sources.
lint:
	scripts/install-deps.sh build lint uml
	scripts/uml/build.sh
	$(run) lint

# What the analyzers find, and the sanitizers while the command runs (FUZZ_SECONDS for a fuzzer at random).
analyze:
	scripts/install-deps.sh build analyze uml
	scripts/uml/build.sh
	$(run) analyze

# The unit tests, in a kernel that runs as a process.
kunit:
	scripts/install-deps.sh uml
	scripts/uml/build.sh -t
	$(run) kunit

# Random packets, in a kernel that watches every access to memory (docs/trust.md).
fuzz:
	scripts/install-deps.sh uml
	scripts/uml/build.sh -d build/uml-fuzz -c scripts/uml/config-fuzz -z
	$(run) fuzz-long

# The selftests and what is worse, in a kernel that watches itself; it is slow (docs/trust.md).
debug := $(CURDIR)/build/debug/kernel
check-debug: $(docker)
	scripts/install-deps.sh build check uml
	$(MAKE) -C bench
	scripts/uml/build.sh -a x86_64 -d build/debug -c selftests/config \
		$(addprefix -f scripts/uml/config-,router vm debug)
	$(MAKE) stage KDIR=$(debug)
	$(run) $(if $(TESTS),debug-selftests,debug-packets , debug-hard debug-control)

# Most of the selftests in a User Mode Linux that watches its locks and objects.
check-lockdep: $(docker)
	scripts/install-deps.sh build check uml
	scripts/uml/build.sh -d build/uml-lockdep -f scripts/uml/config-lockdep -m
	$(MAKE) stage
	$(MAKE) -C bench
	$(run) lockdep-packets , lockdep-control

# The Debian packages, in build/deb; and the same installed, used and purged in clean roots.
deb:
	scripts/install-deps.sh build deb
	scripts/build-deb.sh

check-deb: deb
	scripts/install-deps.sh vm lab
	scripts/check-deb.sh

# A Debian 13 that becomes a router by the README alone, and is one again after a reboot.
check-boot:
	scripts/install-deps.sh vm lab
	scripts/boot-disk.sh
	$(run) first-boot second-boot

# The two commands on a fresh Debian.
check-fresh:
	scripts/install-deps.sh lab
	scripts/check-fresh.sh

# What packaging/ has for other distributions, built with the tools that Debian has of theirs.
check-packaging:
	scripts/install-deps.sh build packaging
	scripts/check-packaging.sh

# The kernels that Debian has for its users (KERNELS); with TESTS, these of the selftests only.
check-kernels: deb $(docker)
	scripts/install-deps.sh check lab
	$(MAKE) -C bench
	TESTS="$(TESTS)" scripts/check-kernels.sh $(KERNELS)

# The unit tests, and those of packets, on a machine of 32 bits and on a big-endian one.
check-machines:
	scripts/install-deps.sh build uml lab machines
	scripts/check-machines.sh $(MACHINES)

# Puts the project into the kernel tree KERNEL (6.12 or later), as it would be sent; the patch is in build. And the
# same checked there: style, built in and as modules, with TESTS on a User Mode Linux made of it.
upstream:
	mkdir -p build
	scripts/upstream.py "$(KERNEL)" build/upstream.patch

check-upstream:
	scripts/install-deps.sh build check lint uml
	$(MAKE) stage
	TESTS="$(TESTS)" scripts/check-upstream.sh "$(KERNEL)"

# Measures us beside others, where WHERE says (bench/start.sh); BENCH has options of bench/bench.py.
bench:
	scripts/install-deps.sh build bench $(if $(filter uml,$(WHERE)),uml)
	$(MAKE) stage
	set -e; for where in $(WHERE); do bench/start.sh $$where $(BENCH); done

demo:
	scripts/install-deps.sh build demo
	$(MAKE) -s stage
	selftests/vm/run.sh $(if $(SHELL_AFTER),-i) -- demo/demo.sh $(if $(SHELL_AFTER),--shell-after)

# A prompt in the guest, with everything installed.
shell:
	scripts/install-deps.sh build check
	$(MAKE) stage
	selftests/vm/run.sh -i

help:
	@echo 'make            build the modules, the iptables plugin and the command'
	@echo 'make install    install them (DESTDIR=, PREFIX=); make uninstall removes them'
	@echo 'make clean      remove what was built'
	@echo 'make deb        build the Debian packages'
	@echo
	@echo 'Times are in minutes on two processors; a first run also takes the minutes in brackets, to build.'
	@echo
	@echo 'make demo       show a NAT64 at work in a virtual machine (SHELL_AFTER=1: then a shell) 2 (+3)'
	@echo 'make shell      a prompt in a virtual machine with everything installed                1'
	@echo 'make check      run all tests                                                         15 (+6)'
	@echo 'make check TESTS="NAME.sh ..."   some of the selftests, in a virtual machine            1 ...'
	@echo 'make lint       checkpatch, sparse, gcc, clang and shellcheck                          2 (+5)'
	@echo 'make analyze    coccinelle, cppcheck, analyzers, sanitizers, a fuzzer (FUZZ_SECONDS=)   5 (+5)'
	@echo 'make kunit      the unit tests in a User Mode Linux                                    1 (+5)'
	@echo
	@echo 'make check-vm        all selftests with the kernel of the distribution, emulated      40'
	@echo 'make check-debug     all selftests and fault tests with KASAN, lockdep ... (TESTS=)    hours'
	@echo 'make check-lockdep   most selftests with lockdep, in a User Mode Linux                20 (+5)'
	@echo 'make check-kernels   the selftests on kernels of Debian (KERNELS="trixie ...", TESTS=) hours'
	@echo 'make check-machines  unit and packet tests on i386 and s390x (MACHINES="i386 ...")     60'
	@echo 'make check-deb       the packages on Debian 12 and 13                                  20'
	@echo 'make check-boot      a Debian 13 that becomes a router by the README, and its reboot     5 (+2)'
	@echo 'make check-fresh     make demo and make check on a fresh Debian                        35'
	@echo 'make check-upstream  the modules in a kernel tree (KERNEL=DIR; make upstream puts them there) 30'
	@echo 'make check-packaging the RPM spec and the PKGBUILD of packaging/                       5'
	@echo 'make fuzz       random packets under KASAN (FUZZ_PACKETS=number)                       15'
	@echo 'make bench      measure beside Jool, Tayga, plain forwarding (WHERE="uml qemu native") hours'
	@echo
	@echo 'KDIR=DIRECTORY  kernel headers to build against: $(KDIR)'

.PHONY: all modules $(SUBDIRS) install install-dkms uninstall clean stage check check-selftests check-all \
	check-kernel check-needs check-vm lint analyze kunit fuzz check-debug check-lockdep deb check-deb check-boot \
	check-fresh check-packaging check-kernels check-machines upstream check-upstream bench demo shell help
