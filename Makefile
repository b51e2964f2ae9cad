# airlock needs GNU make.  `make help` lists the targets.  Everything made lies
# beneath $(O); nothing is installed outside $(DESTDIR)$(PREFIX).
#
#	make SAN=address,undefined	with sanitizers, into build-address-undefined
#	make COV=1			for gcov, into build-cov
#	make WERROR=1			a warning is an error
#	make CC=... EMULATOR=...	for another machine, whose programs EMULATOR
#					runs: the build needs one of them
#	make V=1			show each command

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/airlock
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/airlock
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
CLANG      ?= clang
CFLAGS     ?= -O2 -g
JOBS       ?= 4
FUZZ_TIME  ?= 60

comma := ,
# say WHAT: what a recipe does, in two words, or (V=1) its command itself.
say    = $(if $(V),,@printf '  %-8s%s\n' $(1) $@;)
O     ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COV),-cov)

# ---- what is built of what ----

# A program is all of its folder, and of the archives below only the objects
# that it uses: what is linked is what is trusted, and `make tcb` reads it from
# the linker's map.
WORKERS  := dialer fetcher verifier extractor
# A second program in a worker's folder: its own main, and the rest of that folder.
TWINS    := sequoia
FOLDER_sequoia := verifier
# Started by the cli, without launcher and manager.
HELPERS  := packer signer reader checker
# What `airlock audit --attack` puts in their places.
ATTACKERS := $(WORKERS) $(TWINS) $(HELPERS) control
LIBEXEC  := manager launcher $(WORKERS) $(TWINS) $(HELPERS) \
	    $(ATTACKERS:%=attack-%)
COMMON   := rpc depot jail trust
FOLDERS  := cli audit attack manager $(WORKERS) $(HELPERS) $(COMMON)

# Each jail links its own library and no other.
PKGS_fetcher   := libcurl libssl libcrypto
PKGS_verifier  := gpgme
PKGS_extractor := libarchive liblzma nettle
PKGS_packer    := libarchive liblzma
PKGS_checker   := nettle
PKGS_signer    := gpgme
PKGS_jail      := libseccomp
# Digests: the manager's own measure, and what the cli publishes.
PKGS_depot     := libmd
PKGS_manager   := $(PKGS_depot)
PKGS_airlock   := $(PKGS_depot)
PKGS_all       := $(PKGS_fetcher) $(PKGS_verifier) $(PKGS_extractor) \
		  $(PKGS_depot) $(PKGS_jail)

# Expanded when a recipe runs: `make deps` may have installed them just then.
pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1))
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1))

# ---- how ----

cc_has = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null \
	   2>/dev/null && echo $(1))

WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	  -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wundef -Wvla \
	  -Wformat=2 -Wimplicit-fallthrough $(if $(WERROR),-Werror)
ifneq ($(SAN)$(COV),)
HARDEN := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all) \
	  $(if $(COV),--coverage -O0) -fno-omit-frame-pointer
LDHARD := $(if $(SAN),-fsanitize=$(SAN)) $(if $(COV),--coverage)
else
# The last three by what the compiler knows: x86 has the one, aarch64 the other.
HARDEN := -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE \
	  -D_FORTIFY_SOURCE=3 $(call cc_has,-fstack-clash-protection) \
	  $(call cc_has,-fcf-protection) \
	  $(call cc_has,-mbranch-protection=standard)
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif

STD        := -std=gnu17 -D_GNU_SOURCE -I. -I$(O)
ALL_CFLAGS  = $(CPPFLAGS) $(STD) $(WARN) $(HARDEN) -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(LDHARD) -Wl,--as-needed $(CFLAGS) $(LDFLAGS)

objs     = $(patsubst %.c,$(O)/obj/%.o,$(sort $(wildcard $(1)/*.c)))
# main() is nobody's library: an archive holds the rest of its folder.
MAINS   := $(O)/obj/jail/launcher.o $(O)/obj/jail/compile.o \
	   $(FOLDERS:%=$(O)/obj/%/main.o) \
	   $(foreach t,$(TWINS),$(O)/obj/$(FOLDER_$(t))/$(t).o) \
	   $(ATTACKERS:%=$(O)/obj/attack/%.o)
ARCHIVE  = $(O)/lib/lib$(1).a
LIBS    := $(foreach d,$(COMMON),$(call ARCHIVE,$(d)))
ALL_LIBS := $(foreach d,$(FOLDERS),$(call ARCHIVE,$(d)))
PROGRAMS := $(if $(wildcard cli/main.c),$(O)/bin/airlock) \
	    $(if $(wildcard jail/launcher.c),$(O)/libexec/airlock/launcher) \
	    $(foreach p,manager $(WORKERS) $(HELPERS),$(if $(wildcard $(p)/main.c),\
	    $(O)/libexec/airlock/$(p))) \
	    $(TWINS:%=$(O)/libexec/airlock/%) \
	    $(ATTACKERS:%=$(O)/libexec/airlock/attack-%)
# What `airlock audit` shows, as tables made from the sources.
GEN     := $(addprefix $(O)/gen/,libdirs.h syscalls.h blocks.h libraries.h \
	    page.h)
SOURCES := $(O)/libexec/airlock/sources.tab

tests    = $(patsubst %.c,$(O)/%,$(sort $(wildcard $(1)/*.c)))
UNIT    := $(call tests,tests/unit)
HOSTILE := $(call tests,tests/hostile) $(call tests,tests/jail)
GOLDEN  := $(call tests,tests/golden)
FUZZERS := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/*.c))
MAN     := $(wildcard doc/*.[1-9])

all: $(PROGRAMS) $(SOURCES)		## build the programs

$(O)/gen/libdirs.h: tools/libdirs
	@mkdir -p $(@D)
	$(call say,GEN)CC='$(CC)' tools/libdirs $(call pkg_libs,$(PKGS_all)) >$@.tmp
	@mv $@.tmp $@

# The system calls that the headers know, with their names.
$(O)/gen/syscalls.h:
	@mkdir -p $(@D)
	$(call say,GEN)(echo '#define SYSCALLS \'; \
	    printf '#include <sys/syscall.h>\n' | $(CC) -E -dM - | \
	    sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/{ SYS_\1, "\1" }, \\/p' | \
	    sort; echo) >$@.tmp
	@mv $@.tmp $@

# What each process holds, lacks and trusts, in the words of its main file.
BLOCKS  := $(wildcard cli/main.c jail/launcher.c $(LIBEXEC:%=%/main.c)) \
	   $(foreach t,$(TWINS),$(FOLDER_$(t))/$(t).c)
$(O)/gen/blocks.h: tools/main-blocks $(BLOCKS)
	@mkdir -p $(@D)
	$(call say,GEN)tools/main-blocks $(BLOCKS) >$@.rows
	@(echo '#define BLOCKS \'; sed 's/$$/ \\/' $@.rows; echo) >$@.tmp
	@mv $@.tmp $@

# NAME, FILE, MACRO: a text, but its comments, as a list of strings.
define strings
$(O)/gen/$(1): $(2)
	@mkdir -p $$(@D)
	$$(call say,GEN)(echo '#define $(3) \'; \
	    sed '/^#/d; s/["\]/\\&/g; s/.*/"&", \\/' $$<; echo) >$$@.tmp
	@mv $$@.tmp $$@
endef
$(eval $(call strings,libraries.h,audit/libraries.tab,LIBRARIES))
$(eval $(call strings,page.h,audit/page.html,PAGE))

# The launcher's filters, by a program that is built for the machine that they are
# for, and run here: EMULATOR, where this is another one.
FILTERS := $(O)/gen/filters.c
$(O)/gen/compile: $(patsubst %,$(O)/obj/jail/%.o,compile filter kinds outer \
    seccomp) $(call ARCHIVE,rpc)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg_libs,$(PKGS_jail)) \
	    $(LDLIBS)

$(FILTERS): $(O)/gen/compile
	$(call say,GEN)$(EMULATOR) $< >$@.tmp
	@mv $@.tmp $@

$(O)/obj/jail/filters.o: $(FILTERS)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# What each program was linked from; attackers are no part of the work.
$(SOURCES): $(PROGRAMS) tools/sources tools/code-lines
	$(call say,GEN)tools/sources $(O) \
	    $(filter-out attack-%,$(notdir $(PROGRAMS))) >$@.tmp
	@mv $@.tmp $@

$(O)/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(PKGS_$(firstword \
	    $(subst /, ,$*))) $(PKGS_jail)) -c -o $@ $<

define archive
$(call ARCHIVE,$(1)): $(filter-out $(MAINS),$(call objs,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR)$$(AR) rcs $$@ $$^
endef
$(foreach d,$(FOLDERS),$(eval $(call archive,$(d))))
$(call ARCHIVE,jail): $(O)/obj/jail/filters.o

# program NAME, FILE, OBJECTS, MORE ARCHIVES
define program
$(2): $(3) $(4) $(LIBS)
	@mkdir -p $$(@D) $(O)/map
	$$(call say,LD)$$(CC) $$(ALL_LDFLAGS) -Wl,-Map=$(O)/map/$(1).map -o $$@ $(3) \
	    -Wl,--start-group $(4) $(LIBS) -Wl,--end-group \
	    $$(call pkg_libs,$$(PKGS_$(1)) $$(PKGS_jail)) $$(LDLIBS)
endef
# The policies, to be shown: of these archives only they are taken.
$(eval $(call program,airlock,$(O)/bin/airlock,$(call objs,cli),\
    $(foreach d,audit attack $(WORKERS) $(HELPERS),$(call ARCHIVE,$(d)))))
# An attacker enters a worker's jail as that worker does and links nothing else
# of it.
$(foreach p,$(ATTACKERS),$(eval \
    $(call program,attack-$(p),$(O)/libexec/airlock/attack-$(p),\
    $(O)/obj/attack/$(p).o,$(call ARCHIVE,attack) \
    $(patsubst %,$(call ARCHIVE,%),$(or $(FOLDER_$(p)),$(filter $(p),\
    $(WORKERS) $(HELPERS)))))))
$(eval $(call program,launcher,$(O)/libexec/airlock/launcher,$(O)/obj/jail/launcher.o))
$(foreach p,manager $(WORKERS) $(HELPERS),$(eval \
    $(call program,$(p),$(O)/libexec/airlock/$(p),$(O)/obj/$(p)/main.o,\
    $(call ARCHIVE,$(p)))))
$(foreach t,$(TWINS),$(eval \
    $(call program,$(t),$(O)/libexec/airlock/$(t),\
    $(O)/obj/$(FOLDER_$(t))/$(t).o,$(call ARCHIVE,$(FOLDER_$(t))))))

# A test may use any folder's functions.
$(UNIT) $(HOSTILE) $(GOLDEN): $(O)/%: %.c $(ALL_LIBS)
	@mkdir -p $(@D)
	$(call say,TEST)$(CC) $(ALL_CFLAGS) \
	    $(call pkg_cflags,$(PKGS_all) cmocka) \
	    $(ALL_LDFLAGS) -o $@ $< \
	    -Wl,--start-group $(ALL_LIBS) -Wl,--end-group \
	    $(call pkg_libs,$(PKGS_all) cmocka) $(LDLIBS)

# ---- what is asked of it ----

deps:					## install what build, tests and demo need
	@tools/deps

# A second make, for what `make deps` may just have installed.
check: deps				## build and run all tests
	@$(MAKE) --no-print-directory all tests
	@JOBS=$(JOBS) tests/lib/check $(O)

check-unit: tests			## only the unit tests
	@JOBS=$(JOBS) tests/lib/check $(O) tests/unit/

tests: $(UNIT) $(HOSTILE) $(GOLDEN)	## build the test programs

golden: $(GOLDEN)			## rewrite tests/golden for changed policies
	@tools/golden $(O) tests/golden x86-64 aarch64

demo: deps				## serve, install and attack a small depot
	@$(MAKE) --no-print-directory all
	@tools/demo $(O)

bench: deps				## time 101 archives against a shell script
	@$(MAKE) --no-print-directory all
	@tools/bench $(O)

tcb: all				## count the trusted lines of code
	@tools/tcb $(O)

walls: all				## look for what crosses a wall in the source
	@tools/walls $(O)

$(O)/fuzz/%: tests/fuzz/%.c $(wildcard depot/*.c rpc/*.c jail/*.c) \
    $(FILTERS) | $(GEN)
	@mkdir -p $(@D)
	$(call say,FUZZ)$(CLANG) $(STD) -g -O1 -fsanitize=fuzzer,address,undefined -o $@ $< \
	    $(filter-out jail/launcher.c jail/compile.c,$(filter %.c,$(wordlist 2,999,$^))) \
	    $(call pkg_cflags,$(PKGS_all)) $(call pkg_libs,$(PKGS_depot) $(PKGS_jail))

fuzz: $(FUZZERS)			## run each fuzzer for FUZZ_TIME seconds
	@set -e; for f in $^; do \
	    mkdir -p $(O)/fuzz/corpus/$${f##*/}; echo "$$f"; \
	    "$$f" -max_total_time=$(FUZZ_TIME) -verbosity=0 \
	        $(O)/fuzz/corpus/$${f##*/}; done

lint:					## read sources, scripts and pages closely
	@tools/lint

install: all				## into $(DESTDIR)$(PREFIX)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBEXECDIR) \
	    $(DESTDIR)$(DOCDIR)
	$(INSTALL) -m 0755 $(O)/bin/airlock $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 0755 $(LIBEXEC:%=$(O)/libexec/airlock/%) \
	    $(DESTDIR)$(LIBEXECDIR)
	$(INSTALL) -m 0644 $(SOURCES) $(DESTDIR)$(LIBEXECDIR)
	$(INSTALL) -m 0644 LICENSE $(wildcard README.md doc/*.md) \
	    $(DESTDIR)$(DOCDIR)
	set -e; for page in $(MAN); do $(INSTALL) -D -m 0644 $$page \
	    $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done

uninstall:				## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/airlock
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DOCDIR)
	set -e; for page in $(MAN); do rm -f \
	    $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done

clean:					## remove $(O)
	rm -rf $(O)

help:					## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | expand -t 16

.PHONY: all deps check check-unit tests golden demo bench tcb walls fuzz lint \
	install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:
-include $(wildcard $(O)/obj/*/*.d $(O)/tests/*/*.d)
