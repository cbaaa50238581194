# SPDX-License-Identifier: GPL-2.0
#
# nat64: the kernel modules, the iptables plugin and the command. "make help" lists the targets.

# The headers of the running kernel; where it has none (a container), the newest that are installed.
KDIR ?= $(shell ls -d /lib/modules/$$(uname -r)/build 2>/dev/null || \
		ls -d /lib/modules/*/build | sort -V | tail -n 1)
# Not "make kernelrelease": Debian's headers answer that with the upstream version.
KVER = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

moddir = /lib/modules/$(KVER)/updates
modules := kmod/nat64.ko kmod/xt_NAT64.ko
SUBDIRS := xtables-plugin userspace-tool

INSTALL ?= install
STRIP ?= strip

# For "make check": the scripts in selftests/ to run (all), and when to end a guest that hangs.
TESTS ?=
CHECK_TIMEOUT ?= 3600

# With TESTS, and for "make check-debug": how much, as these scripts say; and seconds for a script.
amounts := $(foreach name,ABUSE_ADDRESSES ABUSE_MAPPINGS RACES_CHANGES NETLINK_FUZZ_SECONDS TIMEOUT,\
		$(if $($(name)),$(name)=$($(name))))

# For "make analyze" and "make check": how long the command's parsers are fuzzed.
FUZZ_SECONDS ?= 30

# For "make fuzz": how many packets, and parameters of the module (kmod/tests/fuzz/main.c).
FUZZ_PACKETS ?= 10000000
FUZZ ?= seed=$(shell date +%s)

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

uninstall:
	$(RM) $(addprefix $(DESTDIR)$(moddir)/,$(notdir $(modules)))
	set -e; for dir in $(SUBDIRS); do $(MAKE) -C $$dir uninstall; done
	$(if $(DESTDIR),,depmod $(KVER))

clean:
	if [ -d "$(KDIR)" ]; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi
	set -e; for dir in $(SUBDIRS); do $(MAKE) -C $$dir clean; done
	$(RM) -r build

# Installs everything where the guest of selftests/vm/run.sh looks for it.
stage: all
	selftests/vm/stage.sh $(KVER) $(KDIR)

# All of it, in two guests at a time; with TESTS, these of the selftests only.
check: $(if $(TESTS),check-selftests,check-all)

check-selftests:
	scripts/install-deps.sh build check
	$(MAKE) stage
	$(MAKE) -C bench
	scripts/ktap.py $(call run-selftests,run_tests) TESTS="$(TESTS)" $(amounts)

check-all:
	scripts/install-deps.sh build check lint analyze uml
	scripts/ktap_test.py
	$(MAKE) stage
	$(MAKE) -C bench
	scripts/uml/build.sh -m -t -z
	KDIR=$(KDIR) FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/ktap.py --rows selftests/rows \
		scripts/lint.sh + scripts/analyze.sh -q + $(run-kunit) + $(run-fuzz) + \
		$(run-bench) + $(run-instructions) + $(call run-selftests,run_control_tests) , \
		$(call run-selftests,run_packet_tests)

run-selftests = selftests/vm/run.sh -n $1 -t $(CHECK_TIMEOUT) -- make -s -C selftests $1
run-fuzz = scripts/uml/run.sh -t 300 -- scripts/uml/fuzz.sh build/uml/fuzz/kmod/nat64_fuzz.ko \
	packets=100000000 seconds=120
run-bench = scripts/uml/run.sh -c 1 -m 1G -t 300 -- bench/bench.py --quick
run-instructions = bench/instructions.py --quick ipv6 nat64-raw-legacy
run-kunit = scripts/uml/run.sh -t 300 -- scripts/uml/kunit.sh build/uml/kunit/kmod/nat64_kunit.ko

# What checkers and compilers say of the sources.
lint:
	scripts/install-deps.sh build lint uml
	scripts/uml/build.sh
	KDIR=$(KDIR) scripts/ktap.py scripts/lint.sh

# What the analyzers find, and the sanitizers while the command runs (FUZZ_SECONDS for the fuzzer).
analyze:
	scripts/install-deps.sh build analyze uml
	scripts/uml/build.sh
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/ktap.py scripts/analyze.sh

# The unit tests, in a kernel that runs as a process.
kunit:
	scripts/install-deps.sh uml
	scripts/uml/build.sh -t
	scripts/ktap.py $(run-kunit)

# Random packets, in a kernel that watches every access to memory (docs/trust.md).
fuzz:
	scripts/install-deps.sh uml
	scripts/uml/build.sh -d build/uml-fuzz -c scripts/uml/config-fuzz -z
	scripts/ktap.py scripts/uml/run.sh -k build/uml-fuzz -m 1G -t 0 -- \
		scripts/uml/fuzz.sh build/uml-fuzz/fuzz/kmod/nat64_fuzz.ko packets=$(FUZZ_PACKETS) $(FUZZ)

# The selftests and what is worse, in a kernel that watches itself, in two guests at a time; it is slow
# (docs/trust.md).
debug := $(CURDIR)/build/debug/kernel
check-debug:
	scripts/install-deps.sh build check uml
	$(MAKE) -C bench
	scripts/uml/build.sh -a x86_64 -d build/debug -c selftests/config \
		$(addprefix -f scripts/uml/config-,router vm debug)
	$(MAKE) stage KDIR=$(debug)
	scripts/ktap.py $(if $(TESTS),$(call run-debug,run_tests) TESTS="$(TESTS)",\
		$(call run-debug,run_packet_tests) , \
		$(call run-debug,run_hard_tests) + $(call run-debug,run_control_tests))

run-debug = selftests/vm/run.sh -n debug-$1 -m 4G -t 0 -k $(debug)/arch/x86/boot/bzImage \
	-p slub_debug=A,kmalloc-cg-64,kmalloc-cg-96,kmalloc-cg-128,kmalloc-cg-192 -- \
	make -s -C selftests TIMEOUT=3000 $(amounts) $1

# The Debian packages, in build/deb; and the same installed, used and purged in clean roots.
deb:
	scripts/install-deps.sh build deb
	scripts/build-deb.sh

check-deb: deb
	scripts/install-deps.sh vm lab
	scripts/check-deb.sh

# What packaging/ has for other distributions, built with the tools that Debian has of theirs.
check-packaging:
	scripts/install-deps.sh build packaging
	scripts/check-packaging.sh

# The kernels that Debian has for its users (KERNELS); with TESTS, these of the selftests only.
check-kernels: deb
	scripts/install-deps.sh check lab
	$(MAKE) -C bench
	TESTS="$(TESTS)" scripts/check-kernels.sh $(KERNELS)

# The unit tests, and those of packets, on a machine of 32 bits and on a big-endian one.
check-machines:
	scripts/install-deps.sh build uml lab machines
	scripts/check-machines.sh $(MACHINES)

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
	@echo 'make check      run all tests: lint, kunit, and the selftests in a virtual machine'
	@echo '                (TESTS="NAME.sh ...": some of the selftests)'
	@echo 'make lint       run checkpatch, sparse, gcc, clang and shellcheck'
	@echo 'make analyze    run coccinelle, cppcheck, analyzers, sanitizers and a fuzzer (FUZZ_SECONDS=30)'
	@echo 'make kunit      run the unit tests in a User Mode Linux'
	@echo 'make fuzz       put random packets through the translator, under KASAN (FUZZ_PACKETS=number)'
	@echo 'make check-debug     run the selftests, faults, races and abuse in a kernel with KASAN, lockdep ...'
	@echo '                (TESTS="NAME.sh ...")'
	@echo 'make deb        build the Debian packages; make check-deb tries them on Debian 12 and 13,'
	@echo '                make check-packaging the RPM spec and the PKGBUILD of packaging/'
	@echo 'make check-kernels   run the selftests on the kernels of Debian 12, 13, backports and sid'
	@echo '                (KERNELS="trixie ...", TESTS="NAME.sh ...")'
	@echo 'make check-machines  run unit and packet tests on i386 and s390x (MACHINES="i386 ...")'
	@echo 'make demo       show a NAT64 at work in a virtual machine (SHELL_AFTER=1 to play on)'
	@echo 'make bench      measure beside Jool, Tayga and plain forwarding (WHERE="uml qemu native")'
	@echo 'make shell      a prompt in a virtual machine with everything installed'
	@echo
	@echo 'KDIR=DIRECTORY  kernel headers to build against: $(KDIR)'

.PHONY: all modules $(SUBDIRS) install uninstall clean stage check check-selftests check-all lint analyze \
	kunit fuzz check-debug deb check-deb check-packaging check-kernels check-machines bench demo shell help
