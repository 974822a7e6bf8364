# Files that travel inside the binary. Each set becomes an assembler file with .incbin and a sorted C table:
#   extern const struct embedded_file embedded_<set>[]; extern const size_t embedded_<set>_count;
# (src/base/embedded.h). One set a room that needs it.
# The assets are built first, by a rule of their own: assets.mk.

EMBED_SETS := migrations templates locales assets reference codebooks example
EMBED_migrations = $(sort $(wildcard migrations/*.sql migrations/routines/*.sql))
EMBED_templates = $(sort $(shell find src/web/templates src/features -name '*.mustache' 2>/dev/null))
EMBED_locales = $(sort $(wildcard config/locales/*.json))
EMBED_reference = $(sort $(wildcard config/reference/*))
EMBED_codebooks = config/codebooks/zeven-waarden.json
EMBED_example = config/consultations/voorbeeld-verzonnen.json config/examples/verzonnen.json \
  $(sort $(wildcard config/explainers/*.json)) config/guides/focusgroep-biotechnologie.json \
  config/guides/interview-biotechnologie.json config/questionnaires/biotechnologie-2026.json

EMBED_OBJECTS = $(foreach s,$(EMBED_SETS),$(OUT)/gen/embedded_$(s).o)

# The list of names is part of the input: a file that is added or removed makes the set anew.
define embed_rule
$(BUILD)/gen/embedded_$(1).list: FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' $$(EMBED_$(1)) | cmp -s - $$@ || printf '%s\n' $$(EMBED_$(1)) > $$@
$(BUILD)/gen/embedded_$(1).S: deploy/build/embed.sh $(BUILD)/gen/embedded_$(1).list $$(EMBED_$(1))
	deploy/build/embed.sh $(1) $$(EMBED_$(1)) > $$@.part
	@mv -f $$@.part $$@
endef
$(foreach s,$(filter-out assets,$(EMBED_SETS)),$(eval $(call embed_rule,$(s))))

define embed_object_rule
$(OUT)/gen/embedded_$(1).o: $(BUILD)/gen/embedded_$(1).S
	@mkdir -p $$(@D)
	$(CC) -c -o $$@ $$<
endef
$(foreach s,$(EMBED_SETS),$(eval $(call embed_object_rule,$(s))))
.PHONY: FORCE
FORCE:
