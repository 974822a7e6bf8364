# Versions of weights against R's survey: the same people, the same margins. make peers-weights
PEER_PARTS += peers-weights
.PHONY: peers-weights
peers-weights:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BUILD)/$(TEST_VARIANT)/zevenstem
	ZEVENSTEM_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) tests/support/postgres.sh run node tests/peers/weights.mjs
