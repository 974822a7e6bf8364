# deploy/dev: what `make run` stands on, and `make run` itself, each with a state folder of its own.
TEST_PARTS += deploy-tests
TEST_BUILDS += $(BUILD)/$(TEST_VARIANT)/zevenstem
.PHONY: deploy-tests
deploy-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) all
	tests/deploy/cluster-tests.sh
	tests/deploy/run-tests.sh $(BUILD)/$(TEST_VARIANT)/zevenstem
	tests/deploy/package-tests.sh $(BUILD)/$(TEST_VARIANT)/zevenstem
