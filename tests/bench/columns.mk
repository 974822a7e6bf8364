# What the counting engine costs: make bench-columns
COLUMNS_BENCH := $(BUILD)/release/bench/columns
$(COLUMNS_BENCH): tests/bench/columns.c $(call archive,stats)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(LINK) -o $@ $^ -lm
.PHONY: bench-columns
bench-columns:
	@$(MAKE) --no-print-directory VARIANT=release $(COLUMNS_BENCH)
	$(COLUMNS_BENCH) 1000000 $(BUILD)/bench-columns.json
