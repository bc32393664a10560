# Compilers for which this system has no packages of libfcgi and iniparser: CC=musl-gcc, CC=aarch64-linux-gnu-gcc. tools/libraries builds the two.
# FOREIGN is the compiler, or empty. FOREIGN_LIBRARY is a file that has to be there first.

FOREIGN := $(strip $(or $(filter musl-gcc,$(CC)),$(if $(filter %-linux-gnu-gcc,$(CC)),\
	$(if $(findstring /,$(shell $(CC) -print-file-name=libfcgi.a)),,$(CC)))))

ifneq ($(FOREIGN),)
B ?= build/$(FOREIGN)
LIBRARIES_FOLDER := $(B)/libraries
FOREIGN_LIBRARY := $(LIBRARIES_FOLDER)/lib/libfcgi.a
INIPARSER_CPPFLAGS := -I$(LIBRARIES_FOLDER)/include
LIBRARY_FLAGS := -L$(LIBRARIES_FOLDER)/lib
STATIC := -static-pie

ifeq ($(FOREIGN),musl-gcc)
# It does not know -static-pie.
STATIC := -static -nostartfiles -Wl,-pie,--no-dynamic-linker $(patsubst %-gnu,/usr/lib/%-musl/rcrt1.o,$(shell $(CC) -dumpmachine))
else
AR := $(FOREIGN:%gcc=%ar)
endif

$(FOREIGN_LIBRARY):
	@tools/libraries $(CC) $(LIBRARIES_FOLDER)
else
B ?= build
STATIC := -static-pie -Wl,-z,pack-relative-relocs
endif

.DEFAULT_GOAL := all
# --version prints what was linked, unless LIBRARIES names it. Packages that change are linked again.
$(B)/src/command/options.o: ALL_CPPFLAGS += -DLIBRARIES='"$(or $(LIBRARIES),$(shell cat $(B)/linked))"'
$(B)/src/command/options.o: $(B)/linked
$(B)/linked: $(FOREIGN_LIBRARY) $(wildcard /var/lib/dpkg/status) Makefile
	@mkdir -p $(@D) && tools/linked $(CC) $(LIBRARY_FLAGS) $(LDFLAGS) >$@
