# tests/api/*.test.mjs: the API of the real program, under sanitizers, on a throw-away cluster. Node's own runner;
# the schemas of documents by ajv, from the packages of tests/browser.
TEST_PARTS += api-tests
TEST_BUILDS += $(OUT)/zevenstem

.PHONY: api-tests
api-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BUILD)/$(TEST_VARIANT)/zevenstem $(BROWSER_MODULES)
	DDI_SCHEMA=$(abspath $(DDI_SCHEMA)) ZEVENSTEM_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) tests/support/postgres.sh run \
	  node --test --test-reporter=spec $(wildcard tests/api/*.test.mjs)

# The description against the rules of the NL API Design Rules, where their rule set is at hand (tests/browser/browser.mk).
TEST_PARTS += api-rules
.PHONY: api-rules
api-rules:
	@$(MAKE) --no-print-directory api-lint API=config/reference/openapi.json
