# The tabellenboek as LibreOffice and R read it, against the API. make peers-book
PEER_PARTS += peers-book
.PHONY: peers-book
peers-book:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(BUILD)/$(TEST_VARIANT)/zevenstem
	ZEVENSTEM_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) tests/support/postgres.sh run node tests/peers/book.mjs
