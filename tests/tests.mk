# Tests. `make test` = unit + db + http + browser, under sanitizers. Each part can be run alone.

TEST_VARIANT := asan
TEST_OUT := $(BUILD)/$(TEST_VARIANT)/tests
TEST_PKGS := criterion
TEST_CPPFLAGS = $(CPPFLAGS) -Itests $(shell pkg-config --cflags $(PKGS) $(TEST_PKGS))
# Criterion's macros are not clean under these two.
TEST_CFLAGS = $(CFLAGS_ALL) -Wno-missing-prototypes -Wno-strict-prototypes

# A unit test binary a room: all tests/unit/<room>/**/*.c, linked with the archives of the room and those below it.
UNIT_ROOMS := $(notdir $(patsubst %/,%,$(wildcard tests/unit/*/)))
SUPPORT_OBJECTS = $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(wildcard tests/support/*.c))

$(TEST_OUT)/obj/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

test_objects = $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(sort $(shell find tests/$(1) -name '*.c' 2>/dev/null)))

define unit_rule
$(TEST_OUT)/unit-$(1): $(call test_objects,unit/$(1)) $(call archives_for,$(1)) $(EMBED_OBJECTS)
	$$(CC) $$(LINK) -pthread -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(PKG_LIBS) $$(shell pkg-config --libs $$(TEST_PKGS)) -lm
.PHONY: unit-$(1)
unit-$(1):
	@$$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/unit-$(1)
	$(TEST_OUT)/unit-$(1) --timeout 120 -j2
endef
$(foreach r,$(UNIT_ROOMS),$(eval $(call unit_rule,$(r))))

.PHONY: test unit
unit: $(addprefix unit-,$(UNIT_ROOMS))
