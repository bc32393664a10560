# GNU make. `make run` shows it at work, `make test` tests it; both install the Debian packages that they miss.

VERSION := 0.1.0

# Debian packages: what it is built with, what `make run`, `make test`, `make test-fronts` and `make lint` need besides.
PACKAGES_BUILD := gcc libc6-dev libfcgi-dev libiniparser-dev
PACKAGES_RUN := $(PACKAGES_BUILD) lighttpd lighttpd-mod-openssl spawn-fcgi openssl curl
PACKAGES_TEST := $(PACKAGES_RUN) bats parallel libcmocka-dev wrk systemd python3-minimal procps
PACKAGES_FRONTS := $(PACKAGES_TEST) apache2
PACKAGES_SANITIZE := $(PACKAGES_TEST) libclang-rt-dev clang
PACKAGES_LINT := $(PACKAGES_TEST) clang clang-format clang-tidy cppcheck shellcheck mandoc
PACKAGES_BENCH := $(PACKAGES_TEST) hyperfine

POLICIES ?= /etc/mta-sts/policies.ini

# The user's CPPFLAGS, CFLAGS and LDFLAGS come last, and so win.
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HARDENING_LINK := -pie -Wl,-z,relro,-z,now
ifdef CI
WARNINGS += -Werror
endif
ifdef SANITIZE
HARDENING := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIE
HARDENING_LINK := -pie -fsanitize=$(SANITIZE)
endif
INIPARSER_CPPFLAGS ?= -I/usr/include/iniparser
ALL_CPPFLAGS := -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' -DPOLICIES='"$(POLICIES)"' $(INIPARSER_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=c11 -O2 -g -pthread $(WARNINGS) $(HARDENING) $(CFLAGS)
ALL_LDFLAGS := -pthread $(HARDENING_LINK) $(LDFLAGS)
# src/ini.c puts itself between iniparser and fopen(), which takes the archive.
LIBS_INI := -Wl,--wrap=fopen -l:libiniparser.a
LIBS := -lfcgi $(LIBS_INI)

B ?= build
MODULES := $(patsubst src/%.c,%,$(wildcard src/*.c))
OBJECTS := $(MODULES:%=$(B)/%.o)
UNITS := $(patsubst tests/unit/%.c,$(B)/%,$(wildcard tests/unit/test_*.c))
SHELL_FILES = $(wildcard .ci/* tests/*.bash tests/*.sh examples/try/run bench/run)

# `make V=1` shows whole commands.
ifndef V
QUIET = @echo "  $(1) $@";
endif

.PHONY: all run test test-fronts sanitize lint format bench clean units
.DELETE_ON_ERROR:

all: mta-sts

mta-sts: $(B)/mta-sts
	@cp $< $@

$(B)/mta-sts: $(B)/main.o $(OBJECTS)
	$(call QUIET,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/main.o: mta-sts.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/%.o: src/%.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/cases.o: tests/unit/cases.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -c -o $@ $<

$(B)/test_%: tests/unit/test_%.c $(B)/cases.o $(OBJECTS)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) -Isrc $(ALL_CFLAGS) -MMD $(ALL_LDFLAGS) -o $@ $< $(B)/cases.o $(OBJECTS) $(LIBS) -lcmocka

$(B)/constant: bench/constant.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lfcgi

$(B)/iniparser_load: bench/iniparser_load.c Makefile | $(B)
	$(call QUIET,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -liniparser

$(B):
	@mkdir -p $@

units: $(UNITS)

run:
	@.ci/packages $(PACKAGES_RUN)
	@$(MAKE) --no-print-directory mta-sts
	@examples/try/run ./mta-sts policies.ini

test:
	@.ci/packages $(PACKAGES_TEST)
	@$(MAKE) --no-print-directory mta-sts units
	@tests/run.sh $(B) units tests/*.bats

test-fronts:
	@.ci/packages $(PACKAGES_FRONTS)
	@$(MAKE) --no-print-directory mta-sts
	@tests/run.sh $(B) tests/fronts/*.bats

# The same suites under AddressSanitizer and UndefinedBehaviorSanitizer, then those with threads under ThreadSanitizer.
sanitize:
	@.ci/packages $(PACKAGES_SANITIZE)
	@$(MAKE) --no-print-directory B=build/asan SANITIZE=address,undefined build/asan/mta-sts units
	@tests/run.sh build/asan units tests/*.bats
	@$(MAKE) --no-print-directory B=build/tsan CC=clang SANITIZE=thread build/tsan/mta-sts
	@tests/run.sh build/tsan tests/fastcgi.bats tests/reload.bats

lint:
	@.ci/packages $(PACKAGES_LINT)
	@.ci/lint "$(MAKE)" "-D_POSIX_C_SOURCE=200809L $(INIPARSER_CPPFLAGS)" $(SHELL_FILES)

format:
	clang-format -i *.c src/*.[ch] tests/unit/*.[ch] bench/*.c

bench:
	@.ci/packages $(PACKAGES_BENCH)
	@$(MAKE) --no-print-directory mta-sts $(B)/constant $(B)/iniparser_load
	@bench/run $(B)

clean:
	rm -rf build mta-sts

-include $(wildcard $(B)/*.d)
