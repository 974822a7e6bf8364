# Zevenstem. `make help` lists what there is; README.md says when to use it.
# Rooms (folders of src) and what each may include: tests/check/rooms.txt, checked by `make check`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# Quiet unless V=1.
Q := $(if $(V),,@)
CC ?= cc
ifeq ($(origin CC),default)
CC := cc
endif
BUILD ?= build
VARIANT ?= release

PKGS := libmicrohttpd libpq jansson libsodium libargon2 libcmark icu-uc icu-i18n libqrencode liboath zlib libxml-2.0 libzip uchardet xlsxwriter
# Recursive on purpose: the packages may be installed by `make run` itself, in a make of its own.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
# ReadStat comes without a .pc file.
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -lreadstat

WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wcast-qual -Wwrite-strings -Wstrict-prototypes \
        -Wmissing-prototypes -Wold-style-definition -Wundef -Wformat=2 -Wvla -Wnull-dereference \
        -Wimplicit-fallthrough -Wdouble-promotion -Wswitch-enum
BASE_CFLAGS := -std=c17 -D_GNU_SOURCE -pthread -fno-strict-aliasing -fstack-protector-strong -fno-common $(WARN)
VERSION := $(shell cat deploy/VERSION)

# The rooms call each other in the middle of what is hot: gcc looks across them when it links. Its archives
# need its own ar then.
AR := ar
ifeq ($(VARIANT),release)
ifeq (,$(findstring clang,$(CC)))
ACROSS := -flto=auto
AR := gcc-ar
endif
OPT := -O2 -g -D_FORTIFY_SOURCE=2 -fPIE $(ACROSS)
LINK := -pie -Wl,-z,relro,-z,now
else ifeq ($(VARIANT),asan)
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK := -fsanitize=address,undefined
else ifeq ($(VARIANT),tsan)
OPT := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
LINK := -fsanitize=thread
else
$(error VARIANT is release, asan or tsan)
endif

CPPFLAGS := -Isrc -I$(BUILD)/gen -DZEVENSTEM_VERSION='"$(VERSION)"'
CFLAGS_ALL = $(BASE_CFLAGS) $(OPT) $(CFLAGS)
OUT := $(BUILD)/$(VARIANT)

# ---- rooms: one archive each, so that a test links only what its room stands on -------------------------
ROOMS := base crypto json stats db http web formats lane features app cmd
ALL_SOURCES := $(shell find src -name '*.c')
room_sources = $(sort $(filter src/$(1)/%.c,$(ALL_SOURCES)))
room_objects = $(patsubst src/%.c,$(OUT)/obj/%.o,$(call room_sources,$(1)))

below_base :=
below_crypto := base
below_json := base
below_stats := base
below_db := json crypto base
below_http := json crypto base
below_web := json crypto base
below_formats := json crypto base
below_lane := http db web json crypto stats base
below_features := lane formats web http db json crypto stats base
below_app := features $(below_features)
below_cmd := app $(below_app)

archive = $(OUT)/lib/$(1).a
archives_for = $(foreach r,$(1) $(below_$(1)),$(if $(call room_sources,$(r)),$(call archive,$(r))))

define room_rule
$(call archive,$(1)): $(call room_objects,$(1)) | $(OUT)/lib
	$(Q)rm -f $$@
	$(Q)$(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach r,$(ROOMS),$(if $(call room_sources,$(r)),$(eval $(call room_rule,$(r)))))

$(OUT)/lib:
	mkdir -p $@

$(OUT)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# ---- files that travel inside the binary ----------------------------------------------------------------
include deploy/build/assets.mk
include deploy/build/embed.mk

# A program is linked beside its place and moved there whole: one that was cut off must not count as built.
# $(call link_program,more libraries), of the objects and archives that it depends on.
link_program = $(CC) $(LINK) -pthread -o $@.part $(filter %.o,$^) \
  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS) $(1) -lm && mv -f $@.part $@

# ---- the program ----------------------------------------------------------------------------------------
BINARY := $(OUT)/zevenstem
.PHONY: all asan
all: $(BINARY)
asan:
	@$(MAKE) --no-print-directory VARIANT=asan all
$(BINARY): $(OUT)/obj/main.o $(call archives_for,cmd) $(EMBED_OBJECTS)
	$(if $(V),,@echo '  LINK  $@')
	$(Q)$(call link_program)

# What this variant was made from (reading those of all variants takes a second), and for `make check` what it has read.
-include $(shell find $(OUT) $(if $(findstring check,$(MAKECMDGOALS)),$(BUILD)/check) -name '*.d' 2>/dev/null)

# ---- everything else, one file a subject ----------------------------------------------------------------
include deploy/dev/run.mk
include tests/tests.mk

.PHONY: clean help
clean:
	rm -rf $(BUILD)/release $(BUILD)/asan $(BUILD)/tsan $(BUILD)/gen
help:
	@echo 'make            build the program (VARIANT=release|asan|tsan)'
	@echo 'make asan       the same under the address and undefined behaviour sanitizers'
	@echo 'make run        install what is missing, build, start a private database and the service'
	@echo 'make stop       stop that database'
	@echo 'make test       unit, database, HTTP and browser tests, under sanitizers'
	@echo '                a part of it alone: unit-ROOM (unit-db), db-tests, http-tests, app-tests, api-tests, browser-tests,'
	@echo '                fuzz-replay, crashes, resent-tests, columns-race, http-tsan, api-lint'
	@echo 'make check      format, static analysis, include rule, injection rule, Dutch texts'
	@echo '                one rule alone: check-docs, check-papers, check-dutch, check-migrations and so on, as tests/check has them'
	@echo 'make bench      measure each promise beside its rival; a part alone: bench-PART'
	@echo 'make peers      tests against R, PSPP and LibreOffice; a part alone: peers-recipes (those of README.md), peers-stats and so on'
	@echo 'make fuzz       run the fuzz targets for a while'
	@echo 'make fixtures   the numbers of tests/unit/stats again, from R'
	@echo 'make deb        a Debian package of it, in build'
	@echo 'make clean      remove what was built (never the database)'
	@echo 'make help       this list'
