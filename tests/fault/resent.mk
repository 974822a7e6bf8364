# The service dies between a commit and its receipt, and is asked to end under load: make resent-tests
TEST_PARTS += resent-tests
.PHONY: resent-tests
resent-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BUILD)/$(TEST_VARIANT)/zevenstem
	ZEVENSTEM_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) tests/support/postgres.sh run \
	  node --test --test-reporter=spec tests/fault/resent.test.mjs
