# Do the recipes of README.md work as they stand there? make peers-recipes
PEER_PARTS += peers-recipes
.PHONY: peers-recipes
peers-recipes:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BUILD)/$(TEST_VARIANT)/zevenstem
	ZEVENSTEM_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) tests/support/postgres.sh run node tests/peers/recipes.mjs
