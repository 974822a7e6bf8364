# Data races between the writer and the readers of the counting engine: make columns-race
COLUMNS_RACE := $(BUILD)/tsan/tests/columns-race
TEST_PARTS += columns-race
$(COLUMNS_RACE): tests/fault/columns_race.c tests/unit/stats/readers_and_writer.c $(call archive,stats)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS_ALL) $(LINK) -o $@.part $^ -lm && mv -f $@.part $@
.PHONY: columns-race
columns-race:
	@$(MAKE) --no-print-directory VARIANT=tsan $(COLUMNS_RACE)
	TSAN_OPTIONS=halt_on_error=1:exitcode=66 $(COLUMNS_RACE)
