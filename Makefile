# GNU make. `make run` shows it at work, `make test` tests it; both install the Debian packages that they miss.

VERSION := 0.1.0

# Debian packages: what it is built with, and what each of `make run`, `make test` and so on needs besides.
PACKAGES_BUILD := gcc libc6-dev libfcgi-dev libiniparser-dev
# mta-sts-probe is built where these are; mta-sts needs none of them.
PACKAGES_PROBE_BUILD := libcurl4-openssl-dev libc-ares-dev libssl-dev
PACKAGES_RUN := $(PACKAGES_BUILD) lighttpd lighttpd-mod-openssl spawn-fcgi openssl curl
PACKAGES_TEST := $(PACKAGES_RUN) $(PACKAGES_PROBE_BUILD) bats parallel git libcmocka-dev wrk systemd python3-minimal python3-seccomp procps bind9-utils knot-dnssecutils bsdutils
PACKAGES_FRONTS := $(PACKAGES_TEST) apache2 libapache2-mod-fcgid nginx nginx-light fcgiwrap caddy haproxy h2o openrc strace shellcheck
PACKAGES_SENDERS := $(PACKAGES_TEST) knot knot-dnsutils postfix-mta-sts-resolver iproute2 mount postfix python3-aiosmtpd nginx nginx-light caddy pebble certbot dehydrated lego
PACKAGES_PROBE := $(PACKAGES_TEST) knot knot-dnsutils unbound nginx nginx-light postfix python3 iproute2 mount valgrind
PACKAGES_FAULTS := $(PACKAGES_TEST) nginx nginx-light haproxy mount bsdextrautils
PACKAGES_MEMCHECK := $(PACKAGES_TEST) valgrind libc6-dbg
PACKAGES_SOAK := $(PACKAGES_RUN) wrk python3-minimal
PACKAGES_SANITIZE := $(PACKAGES_PROBE) libclang-rt-dev clang
PACKAGES_FUZZ := $(PACKAGES_BUILD) clang libclang-rt-dev llvm python3-minimal
PACKAGES_LINT := $(PACKAGES_TEST) clang clang-format clang-tidy cppcheck shellcheck mandoc
PACKAGES_BENCH := $(PACKAGES_TEST) python3 gnuplot-nox valgrind strace haproxy fcgiwrap php-fpm golang-go nodejs

# Where `make install` puts things, and the program looks for its policies.
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/mta-sts
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
SYSCONFDIR ?= /etc
POLICIES ?= $(SYSCONFDIR)/mta-sts/policies.ini

# The user's CPPFLAGS, CFLAGS and LDFLAGS come last, and so win.
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HARDENING_LINK := -pie -Wl,-z,relro,-z,now
ifdef CI
WARNINGS += -Werror
endif
ifdef SANITIZE
# The sanitizers read /proc when something is wrong.
SANITIZE_CPPFLAGS := -DNO_LANDLOCK
HARDENING := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIE
HARDENING_LINK := -pie -fsanitize=$(SANITIZE)
endif
INIPARSER_CPPFLAGS ?= -I/usr/include/iniparser
# For --version, each once, for however many architectures it is there; other systems than Debian may name them.
LIBRARIES ?= $(shell dpkg-query -W -f '$${source:Package} $${source:Version}\n' libfcgi-dev libiniparser-dev 2>/dev/null | awk '!seen[$$0]++ { printf "%s%s", comma, $$0; comma = ", " }')
ALL_CPPFLAGS := -Isrc -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' -DPOLICIES='"$(POLICIES)"' $(if $(LIBRARIES),-DLIBRARIES='"$(LIBRARIES)"') $(INIPARSER_CPPFLAGS) $(SANITIZE_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=c11 -O2 -g -pthread $(WARNINGS) $(HARDENING) $(CFLAGS)
ALL_LDFLAGS := -pthread $(HARDENING_LINK) $(LDFLAGS)
# src/ini/lines.c puts itself between iniparser and fopen(), and its own dictionary_new(), which takes the archive.
LIBS_INI := -Wl,--wrap=fopen,--wrap=dictionary_new -l:libiniparser.a
# src/serve/exchange.c puts itself between libfcgi and the system: its own system layer, os_unix.o, stays out of the program.
comma := ,
LIBFCGI_SYSTEM := OS_LibInit OS_Accept OS_Read OS_Write OS_IpcClose OS_IsFcgi OS_CreateLocalIpcFd OS_ShutdownPending
LIBS_FCGI := $(LIBFCGI_SYSTEM:%=-Wl$(comma)--wrap=%) -l:libfcgi.a
LIBS := $(LIBS_FCGI) $(LIBS_INI)
LDFLAGS_STATIC := -static-pie -s -Wl,-z,relro,-z,now

B ?= build
# What mta-sts-probe alone is made of; of that, these files and rooms need libraries of their own.
PROBE_MODULES := $(patsubst src/%.c,%,$(wildcard src/probe/*.c src/probe/*/*.c))
PROBE_LIBS := -lcurl -lcares -lcrypto
PROBE_ASKING := $(patsubst src/%.c,%,$(wildcard src/probe/ask/*.c))
PROBE_OUTSIDE := $(filter-out probe/ask/dns_answer probe/ask/dns_message,$(PROBE_ASKING)) probe/read/cert probe/tell/explain \
	$(patsubst src/%.c,%,$(wildcard src/probe/*.c))
MODULES := $(patsubst src/%.c,%,$(wildcard $(foreach room,base policy ini config serve command,src/$(room)/*.c)))
OBJECTS := $(MODULES:%=$(B)/%.o) $(B)/command/worker_module.o
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
PROBE_OBJECTS := $(PROBE_MODULES:%=$(B)/%.o)
PROBE_PURE_OBJECTS := $(patsubst %,$(B)/%.o,$(filter-out $(PROBE_OUTSIDE),$(PROBE_MODULES)))
UNITS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*/*.c tests/unit/*/*/*.c))
# What is installed besides policies.ini: mode:file:where to; and what comes along where mta-sts-probe was built.
manual = 644:$(1):$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))/$(notdir $(1))
INSTALLED = 755:$(B)/mta-sts:$(BINDIR)/mta-sts \
	$(foreach page,$(filter-out man/mta-sts-probe.1,$(wildcard man/*.[158])),$(call manual,$(page))) \
	$(patsubst %,644:%:$(COMPLETIONDIR)/mta-sts,$(wildcard examples/bash-completion/mta-sts)) \
	$(foreach text,policies.ini README.md LICENSE CHANGES.md SECURITY.md bench/README.md bench/growth.svg,644:$(text):$(DOCDIR)/$(text)) \
	$(foreach file,$(shell find examples -type f -perm -u=x),755:$(file):$(DOCDIR)/$(file)) \
	$(foreach file,$(shell find examples -type f ! -perm -u=x),644:$(file):$(DOCDIR)/$(file))
INSTALLED_PROBE = 755:$(B)/mta-sts-probe:$(BINDIR)/mta-sts-probe $(call manual,man/mta-sts-probe.1) \
	644:examples/bash-completion/mta-sts-probe:$(COMPLETIONDIR)/mta-sts-probe
TARBALL := mta-sts-$(VERSION).tar.gz
SHELL_FILES = $(wildcard .ci/* tests/*.bash tests/*.sh tests/*/*.bash tests/fuzz/run tests/soak/run examples/try/run examples/spawn-fcgi/run examples/openrc/*.initd bench/peers.d/*.sh examples/monitoring/probe-mail \
	$(addprefix examples/certificates/,certbot lego dehydrated dehydrated.hook))

# `make V=1` shows whole commands.
ifndef V
QUIET = @echo "  $(1) $@";
endif

.PHONY: all static run test test-fronts test-senders test-probe test-faults test-memcheck test-all sanitize fuzz soak lint format bench install uninstall dist clean units FORCE
.DELETE_ON_ERROR:

all: mta-sts
	$(call make_probe,mta-sts-probe)

# The second program, as $(1), where its libraries are, else a line that says what is missing.
define make_probe
@missing=$$(.ci/missing-headers '$(CC) $(CPPFLAGS)' $(PROBE_HEADERS)); \
	if [ -z "$$missing" ]; then $(MAKE) -s --no-print-directory $(1); \
	else echo "mta-sts-probe is not built: install $$missing, then make again"; fi
endef

PROBE_HEADERS := curl/curl.h=libcurl4-openssl-dev ares.h=libc-ares-dev openssl/x509.h=libssl-dev

static: mta-sts-static

mta-sts mta-sts-probe mta-sts-static $(TARBALL): %: $(B)/%
	@cp $< $@

$(B)/mta-sts: $(B)/main.o $(OBJECTS)
	$(call QUIET,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/mta-sts-static: $(B)/main.o $(OBJECTS)
	$(call QUIET,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS_STATIC) $(LDFLAGS) -o $@ $^ $(LIBS)

# Of what mta-sts is made of, an archive hands over only what is called.
$(B)/mta-sts-probe: $(B)/main-probe.o $(PROBE_OBJECTS) $(B)/modules.a
	$(call QUIET,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PROBE_LIBS) $(LIBS_INI)

$(B)/modules.a: $(OBJECTS)
	@rm -f $@
	$(call QUIET,AR)$(AR) rc $@ $^

# The network modules by themselves, for the suite.
$(B)/look: tests/probe/look.c $(patsubst %,$(B)/%.o,$(PROBE_ASKING) probe/read/cert) $(PROBE_PURE_OBJECTS) $(B)/modules.a
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD $(ALL_LDFLAGS) -o $@ $^ $(PROBE_LIBS)

# Changes when POLICIES does, which is compiled in.
$(B)/main.o $(B)/main-probe.o $(OBJECTS): $(B)/policies.path
$(B)/policies.path: FORCE | $(B)
	@echo '$(POLICIES)' | cmp -s - $@ || echo '$(POLICIES)' >$@

$(B)/main.o: mta-sts.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/main-probe.o: mta-sts-probe.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/%.o: src/%.c Makefile | $(B)
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

# The Worker that export fills in, as a C string.
$(B)/command/worker_module.c: src/command/worker.js Makefile | $(B)
	@mkdir -p $(@D)
	@{ echo 'extern const char worker_module[];'; echo 'const char worker_module[] ='; sed 's/[\"?]/\\&/g; s/.*/    "&\\n"/' $<; echo '    ;'; } >$@

$(B)/command/worker_module.o: $(B)/command/worker_module.c
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/cases.o: tests/unit/cases.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/unit/%: ALL_CPPFLAGS += -Itests/unit
$(B)/unit/%: tests/unit/%.c $(B)/cases.o $(OBJECTS) $(PROBE_PURE_OBJECTS)
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD $(ALL_LDFLAGS) -o $@ $(filter-out %.h,$^) $(LIBS) -lcmocka


$(B)/fuzz_fastcgi: tests/fuzz/fastcgi_script.c
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(OBJECTS) $(PROBE_PURE_OBJECTS) Makefile
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) $(LIBS)

# The store by itself, for what small edits of policies.ini do.
$(B)/edits: tests/edits/driver.c $(B)/modules.a Makefile
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD $(ALL_LDFLAGS) -o $@ $< $(B)/modules.a $(LIBS_INI)

$(B)/constant: bench/constant.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lfcgi

$(B)/constant_cgi: bench/constant_cgi.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS_STATIC) $(LDFLAGS) -o $@ $<

$(B)/iniparser_load: bench/iniparser_load.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -liniparser

$(B)/load: tests/faults/load.c Makefile | $(B)
	$(call QUIET,CC)$(CC) -D_POSIX_C_SOURCE=200809L -std=c11 -O2 -g -pthread $(WARNINGS) -o $@ $<

$(B)/failnth.so: tests/faults/failnth.c Makefile | $(B)
	$(call QUIET,CC)$(CC) -D_GNU_SOURCE -std=c11 -O2 -g $(WARNINGS) -fPIC -shared -o $@ $<

$(B):
	@mkdir -p $@

units: $(UNITS)

run:
	@.ci/packages $(PACKAGES_RUN)
	@$(MAKE) --no-print-directory mta-sts
	@examples/try/run ./mta-sts policies.ini

test:
	@.ci/packages $(PACKAGES_TEST)
	@$(MAKE) --no-print-directory mta-sts units $(B)/edits
	@tests/run.sh $(B) units tests/*.bats

# What came of hostile requests on kept connections is in build/kept.tsv, one line a front server.
test-fronts:
	@.ci/packages $(PACKAGES_FRONTS)
	@.ci/workerd build/workerd >/dev/null
	@$(MAKE) --no-print-directory mta-sts
	@tests/run.sh $(B) tests/fronts/*.bats

test-senders:
	@.ci/packages $(PACKAGES_SENDERS)
	@$(MAKE) --no-print-directory mta-sts
	@tests/run.sh $(B) tests/senders/*.bats

test-probe:
	@.ci/packages $(PACKAGES_PROBE)
	@$(MAKE) --no-print-directory mta-sts mta-sts-probe $(B)/look
	@tests/run.sh $(B) tests/probe/*.bats

# What happened to each answer is in build/faults.tsv, one line a fault.
test-faults:
	@.ci/packages $(PACKAGES_FAULTS)
	@$(MAKE) --no-print-directory mta-sts $(B)/load $(B)/failnth.so
	@printf 'fault\tfront\ttries\tasked\tright\trefused\twrong\tlost\tnote\n' >build/faults.tsv
	@tests/run.sh $(B) tests/faults/*.bats; status=$$?; column -ts "$$(printf '\t')" build/faults.tsv; exit $$status

# Each role of the program under valgrind.
test-memcheck:
	@.ci/packages $(PACKAGES_MEMCHECK)
	@$(MAKE) --no-print-directory mta-sts
	@tests/run.sh $(B) tests/memcheck/memcheck.bats

# All of them, `make test` first.
test-all: test test-fronts test-senders test-probe test-faults test-memcheck

# Load and a save a second for SOAK_SECONDS, 900 unless told, with SOAK_DOMAINS, 1000 unless told: memory and descriptors stay what they are.
soak:
	@.ci/packages $(PACKAGES_SOAK)
	@$(MAKE) --no-print-directory mta-sts
	@tests/soak/run $(B)

# The same suites, and the probe's, under AddressSanitizer and UndefinedBehaviorSanitizer, then those with threads under ThreadSanitizer.
# Without Landlock there is nothing for confine.bats to see.
sanitize:
	@.ci/packages $(PACKAGES_SANITIZE)
	@$(MAKE) --no-print-directory B=build/asan SANITIZE=address,undefined $(addprefix build/asan/,mta-sts mta-sts-probe look edits) units
	@tests/run.sh build/asan units $(filter-out tests/confine.bats,$(wildcard tests/*.bats)) tests/probe/*.bats
	@$(MAKE) --no-print-directory B=build/tsan CC=clang SANITIZE=thread build/tsan/mta-sts build/tsan/unit/config/look
	@$(MAKE) --no-print-directory $(B)/load
	@tests/run.sh build/tsan tests/fastcgi.bats tests/fastcgi-clients.bats tests/reload.bats tests/faults/concurrency.bats tests/faults/reloads.bats

# Each driver for FUZZ_SECONDS, on the same objects under both sanitizers; then, without them, how much of its sources it reached.
FUZZ_SECONDS ?= 60
fuzz:
	@.ci/packages $(PACKAGES_FUZZ)
	@$(MAKE) --no-print-directory B=build/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined $(FUZZERS:%=build/fuzz/%)
	@$(MAKE) --no-print-directory B=build/fuzz/coverage CC=clang CFLAGS="-fprofile-instr-generate -fcoverage-mapping $(CFLAGS)" \
		LDFLAGS="-fprofile-instr-generate $(LDFLAGS)" $(FUZZERS:%=build/fuzz/coverage/%)
	@tests/fuzz/run build/fuzz $(FUZZ_SECONDS) $(FUZZERS)

lint:
	@.ci/packages $(PACKAGES_LINT)
	@.ci/lint "$(MAKE)" "-D_POSIX_C_SOURCE=200809L $(INIPARSER_CPPFLAGS)" $(SHELL_FILES)

format:
	clang-format -i *.c $(shell find src tests/unit -name "*.[ch]") tests/faults/*.c tests/probe/*.c bench/*.c

# `make bench SECTIONS="floor peers"` runs those alone.
BENCH_PROGRAMS := $(addprefix $(B)/,mta-sts mta-sts-static constant constant_cgi iniparser_load)
bench:
	@.ci/packages $(PACKAGES_BENCH)
	@.ci/workerd build/workerd >/dev/null || true
	@$(MAKE) --no-print-directory mta-sts $(BENCH_PROGRAMS)
	@bench/run $(B) $(SECTIONS)

# Builds nothing when `make` was there before it with the same POLICIES.
install: $(B)/mta-sts
	$(call make_probe,$(B)/mta-sts-probe)
	@for file in $(INSTALLED) $$([ ! -e $(B)/mta-sts-probe ] || echo '$(INSTALLED_PROBE)'); do \
		to="$(DESTDIR)$${file##*:}" mode=$${file%%:*} file=$${file#*:}; \
		echo "  INSTALL $$to"; \
		install -D -m $$mode $${file%:*} "$$to" || exit 1; \
	done
	@if [ -e "$(DESTDIR)$(POLICIES)" ] || [ -L "$(DESTDIR)$(POLICIES)" ]; then \
		echo "  KEPT    $(DESTDIR)$(POLICIES) (the shipped one is $(DESTDIR)$(DOCDIR)/policies.ini)"; \
	else \
		echo "  INSTALL $(DESTDIR)$(POLICIES)"; \
		install -D -m 644 policies.ini "$(DESTDIR)$(POLICIES)"; \
	fi

uninstall:
	@for file in $(INSTALLED) $(INSTALLED_PROBE); do \
		file="$(DESTDIR)$${file##*:}"; \
		echo "  REMOVE  $$file"; \
		rm -f "$$file" || exit 1; \
	done
	@[ ! -d "$(DESTDIR)$(DOCDIR)" ] || find "$(DESTDIR)$(DOCDIR)" -depth -type d -empty -delete
	@[ ! -e "$(DESTDIR)$(POLICIES)" ] || echo "  KEPT    $(DESTDIR)$(POLICIES)"

# The last commit, the same bytes each time.
dist: $(TARBALL)

$(B)/$(TARBALL): FORCE | $(B)
	$(call QUIET,DIST)git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix=mta-sts-$(VERSION)/ -o $(@:.gz=) HEAD
	@gzip -9nf $(@:.gz=)
	@git diff --quiet HEAD || echo "mta-sts: changes that are not committed are not in it" >&2

clean:
	rm -rf build mta-sts mta-sts-probe mta-sts-static $(TARBALL)

-include $(wildcard $(B)/*.d) $(OBJECTS:.o=.d) $(PROBE_OBJECTS:.o=.d) $(UNITS:=.d)
