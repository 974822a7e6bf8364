# What the costlier of the pure statistics take: make bench-pure
PURE_BENCH := $(BUILD)/release/bench/pure
$(PURE_BENCH): tests/bench/pure.c $(call archive,stats)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(LINK) -o $@ $^ -lm
.PHONY: bench-pure
bench-pure:
	@$(MAKE) --no-print-directory VARIANT=release $(PURE_BENCH)
	$(PURE_BENCH) $(BUILD)/bench-pure.json
