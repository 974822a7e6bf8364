# What reading a response costs: make bench-json-flat
JSON_FLAT_BENCH := $(BUILD)/release/bench/json_flat
$(JSON_FLAT_BENCH): tests/bench/json_flat.c $(call archives_for,json)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) $(LINK) -o $@ $^ -ljansson
.PHONY: bench-json-flat
bench-json-flat:
	@$(MAKE) --no-print-directory VARIANT=release $(JSON_FLAT_BENCH)
	$(JSON_FLAT_BENCH) $(BUILD)/bench-json-flat.json
