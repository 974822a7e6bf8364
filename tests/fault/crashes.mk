# The service and PostgreSQL die under load; every receipt given before stands in the database, once: make crashes. A few times of what
# `make bench-crash` does a hundred times, with the sanitized program.
TEST_PARTS += crashes
CRASHES ?= 6
.PHONY: crashes
crashes:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) all
	@$(MAKE) --no-print-directory VARIANT=release $(BENCH_OUT)/load
	BENCH_BUILD=$(abspath $(BUILD)) BENCH_PROGRAM=$(abspath $(BUILD)/$(TEST_VARIANT)/zevenstem) BENCH_CRASHES=$(CRASHES) \
	  node --test --test-reporter=spec tests/fault/crashes.test.mjs
