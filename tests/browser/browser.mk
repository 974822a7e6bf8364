# Tests in a real browser (Debian's Chromium), of the HTML, and of the API description.

BROWSER_DIR := tests/browser
BROWSER_MODULES := $(BROWSER_DIR)/node_modules/.package-lock.json
BROWSER_PREVIEW := $(TEST_OUT)/shell_preview
BROWSER_PREVIEW_INPUTS := $(wildcard $(BROWSER_DIR)/preview/*)
TEST_PARTS += browser-tests
TEST_BUILDS += $(BROWSER_PREVIEW) $(BROWSER_MODULES)

$(BROWSER_MODULES): $(BROWSER_DIR)/package-lock.json
	cd $(BROWSER_DIR) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BROWSER_PREVIEW): $(TEST_OUT)/obj/browser/shell_preview.o $(TEST_OUT)/obj/browser/preview_charts.o $(call archives_for,web) $(EMBED_OBJECTS)
	$(call link_program)

# Shell, style sheet and error pages alone need no service; the citizen's way runs against the whole product on a throw-away cluster
# (tests/support/service.sh, which sets ZEVENSTEM_URL).
.PHONY: browser-tests browser-preview api-lint
browser-preview:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BROWSER_PREVIEW) $(BROWSER_MODULES)
	@mkdir -p $(BUILD)/preview && rm -f $(BUILD)/preview/*.html
	$(BROWSER_PREVIEW) $(BUILD)/preview $(BROWSER_DIR)/preview
browser-tests: browser-preview
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) all
	cd $(BROWSER_DIR) && ZEVENSTEM_BUILD=$(abspath $(BUILD)) ZEVENSTEM_TEST_SERVICE_LOG=$(abspath $(BUILD))/test-logs/browser-service.log \
	  ../support/service.sh run $(abspath $(BUILD))/$(TEST_VARIANT)/zevenstem node --test --test-reporter=spec *.test.mjs
# A service with the example of invented data, which no other page should have; of each of these its own, since both make a map public. One
# address asks for thousands of tables there, which the service would hand out slowly.
	cd $(BROWSER_DIR) && for part in valuemap report frameworks; do \
	  ZEVENSTEM_BUILD=$(abspath $(BUILD)) ZEVENSTEM_TEST_SERVICE_LOG=$(abspath $(BUILD))/test-logs/browser-invented-$$part.log \
	  ZEVENSTEM_TEST_SETTINGS="$$(printf 'invented_data = 1\n[limits]\nrequests_per_s = 10000\n')" ../support/service.sh run $(abspath $(BUILD))/$(TEST_VARIANT)/zevenstem \
	  node --test --test-reporter=spec $$part.test.mjs || exit 1; done
# And one whose round nobody else codes in.
	cd $(BROWSER_DIR) && ZEVENSTEM_BUILD=$(abspath $(BUILD)) ZEVENSTEM_TEST_SERVICE_LOG=$(abspath $(BUILD))/test-logs/browser-alone.log \
	  ZEVENSTEM_TEST_ALONE=1 ../support/service.sh run $(abspath $(BUILD))/$(TEST_VARIANT)/zevenstem \
	  node --test --test-reporter=spec conversation.test.mjs

# make api-lint API=file: the rules of the NL API Design Rules over an OpenAPI document; warnings count. The rule set is not part of
# this repository: ZEVENSTEM_SHARED says where data/adr-ruleset.yaml lies.
API ?= $(BUILD)/openapi.json
ADR_RULES = $(or $(ZEVENSTEM_SHARED),../shared)/data/adr-ruleset.yaml
api-lint: $(BROWSER_MODULES)
	@if [ -r "$(ADR_RULES)" ]; then \
	  $(BROWSER_DIR)/node_modules/.bin/spectral lint -r "$(ADR_RULES)" --fail-severity=warn --fail-on-unmatched-globs "$(API)"; \
	else echo "SKIPPED: $(ADR_RULES) is not there, $(API) was not checked"; fi
