# Fuzz targets (README.md). One binary a target: with libFuzzer by clang for `make fuzz`, with replay.c by the usual compiler
# for `make fuzz-replay`.

FUZZ_ALL := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_TARGETS ?= $(FUZZ_ALL)
FUZZ_SECONDS ?= 60
# The room that a target links, and what it needs besides.
fuzz_room_flat := json
fuzz_room_json_decode := json
fuzz_room_code := crypto
fuzz_room_utf8_clean := base
fuzz_room_form := http
fuzz_room_headers := http
fuzz_room_csv := formats
fuzz_room_qda := formats
fuzz_room_transcript := formats
fuzz_room_document := formats
fuzz_room_template := web
fuzz_room_markdown := web
fuzz_room_questionnaire := features
fuzz_room_response := features
fuzz_room_page := features
fuzz_room_coding := features
FUZZ_OUT := $(OUT)/fuzz
fuzz_more_questionnaire = $(FUZZ_OUT)/obj/scene.o $(OUT)/gen/embedded_locales.o $(OUT)/gen/embedded_reference.o
fuzz_more_response = $(fuzz_more_questionnaire)
fuzz_more_page = $(fuzz_more_questionnaire)
fuzz_more_coding = $(fuzz_more_questionnaire) $(OUT)/gen/embedded_codebooks.o
fuzz_more_transcript = $(FUZZ_OUT)/obj/transcript_scene.o
fuzz_more_document = $(fuzz_more_transcript)

$(FUZZ_OUT)/obj/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

fuzz_inputs = $(FUZZ_OUT)/obj/fuzz_$(1).o $(fuzz_more_$(1)) \
              $(call archives_for,$(fuzz_room_$(1)))
fuzz_link = $(CC) $(1) -pthread -o $@.part $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS) -lm && mv -f $@.part $@
define fuzz_rule
$(FUZZ_OUT)/replay-$(1): $(FUZZ_OUT)/obj/replay.o $(call fuzz_inputs,$(1))
	$$(Q)$$(call fuzz_link,$$(LINK))
$(FUZZ_OUT)/fuzz-$(1): $(call fuzz_inputs,$(1))
	$$(Q)$$(call fuzz_link,$$(LINK) -fsanitize=fuzzer)
endef
$(foreach t,$(FUZZ_ALL),$(eval $(call fuzz_rule,$(t))))

# ---- the corpora as tests ----
FUZZ_REPLAYS := $(addprefix $(BUILD)/$(TEST_VARIANT)/fuzz/replay-,$(FUZZ_TARGETS))
TEST_PARTS += fuzz-replay
TEST_BUILDS += $(FUZZ_REPLAYS)
.PHONY: fuzz-replay
fuzz-replay:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(FUZZ_REPLAYS)
	@failed=0; for t in $(FUZZ_TARGETS); do \
	  $(BUILD)/$(TEST_VARIANT)/fuzz/replay-$$t tests/fuzz/corpus/$$t || { echo "fuzz-replay: $$t failed" >&2; failed=1; }; \
	done; exit $$failed

# ---- new inputs for a while ----
FUZZ_BUILD := $(BUILD)/fuzz
FUZZ_MAKE = $(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) VARIANT=asan CC=clang CFLAGS=-fsanitize=fuzzer-no-link
.PHONY: fuzz fuzz-build
fuzz-build:
	+@$(FUZZ_MAKE) $(addprefix $(FUZZ_BUILD)/asan/fuzz/fuzz-,$(FUZZ_TARGETS))
fuzz: fuzz-build
	@tests/fuzz/run.sh $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZ_TARGETS)
