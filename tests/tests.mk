# Tests. `make test` = unit + db + http + fuzz-replay + browser, under sanitizers. Each part can be run alone.

TEST_VARIANT := asan
TEST_OUT := $(BUILD)/$(TEST_VARIANT)/tests
TEST_PKGS := criterion libxml-2.0
TEST_CPPFLAGS = $(CPPFLAGS) -Itests $(shell pkg-config --cflags $(PKGS) $(TEST_PKGS))
# Criterion's macros are not clean under these two.
TEST_CFLAGS = $(CFLAGS_ALL) -Wno-missing-prototypes -Wno-strict-prototypes

# A unit test binary a room: all tests/unit/<room>/**/*.c, linked with the archives of the room and those below it.
UNIT_ROOMS := $(notdir $(patsubst %/,%,$(wildcard tests/unit/*/)))
SUPPORT_OBJECTS = $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(wildcard tests/support/*.c))

$(TEST_OUT)/obj/%.o: tests/%.c
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(TEST_CPPFLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

ALL_TEST_SOURCES := $(shell find tests -name node_modules -prune -o -name '*.c' -print)
test_objects = $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(sort $(filter tests/$(1)/%.c,$(ALL_TEST_SOURCES))))

define unit_rule
$(TEST_OUT)/unit-$(1): $(call test_objects,unit/$(1)) $(call archives_for,$(1)) $(EMBED_OBJECTS)
	$$(call link_program,$$(shell pkg-config --libs $$(TEST_PKGS)))
.PHONY: unit-$(1)
unit-$(1):
	@$$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/unit-$(1)
	$(TEST_OUT)/unit-$(1) --timeout 120 -j2
endef
$(foreach r,$(UNIT_ROOMS),$(eval $(call unit_rule,$(r))))

.PHONY: unit
unit: $(addprefix unit-,$(UNIT_ROOMS))

# ---- make test ------------------------------------------------------------------------------------------
# A part is a make target that runs tests and ends with Criterion's or node's own summary (or none: then the part counts as
# one test). Each folder's own file adds its part:  TEST_PARTS += db-tests
# and what can be built for it ahead, in parallel:  TEST_BUILDS += $(TEST_OUT)/db-tests
# Parts run two at a time, under VARIANT=$(TEST_VARIANT); a failing one does not keep the next from running.
# TEST_PARTS_FIRST: those that take minutes, the longest first, so that both lanes end together.
TEST_PARTS_FIRST := browser-tests app-tests api-tests db-tests unit-features http-tests
TEST_PARTS := $(addprefix unit-,$(UNIT_ROOMS))
TEST_BUILDS := $(foreach r,$(UNIT_ROOMS),$(TEST_OUT)/unit-$(r))
include $(wildcard tests/db/*.mk) $(wildcard tests/http/*.mk) $(wildcard tests/app/*.mk) $(wildcard tests/fuzz/*.mk) \
        $(wildcard tests/fault/*.mk) $(wildcard tests/api/*.mk) $(wildcard tests/browser/*.mk) $(wildcard tests/deploy/*.mk)
# Not parts of `make test`: each has its own command.
include $(wildcard tests/check/*.mk) $(wildcard tests/bench/*.mk)

# `make peers` compares with R, PSPP and LibreOffice. A file of tests/peers adds itself:  PEER_PARTS += peers-sav
PEER_PARTS :=
include $(wildcard tests/peers/*.mk)

.PHONY: test test-builds peers
test:
	@deploy/dev/install.sh run test
	-@$(MAKE) --no-print-directory -k -j$(shell nproc) VARIANT=$(TEST_VARIANT) test-builds
	@tests/run-parts.sh $(BUILD)/test-logs "$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT)" $(TEST_PARTS_FIRST) $(filter-out $(TEST_PARTS_FIRST),$(TEST_PARTS))
test-builds: $(TEST_BUILDS)
peers:
	@if [ -n "$(strip $(PEER_PARTS))" ]; then deploy/dev/install.sh run test peers; fi
	@tests/run-parts.sh $(BUILD)/test-logs "$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT)" $(PEER_PARTS)
