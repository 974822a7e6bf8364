# What was promised, measured beside its rival (README.md): make bench, or one part: make bench-intake, bench-crash, ...
# Quick, to see that it works: make bench BENCH_ROUNDS=1 BENCH_SECONDS=2 BENCH_CRASHES=8
BENCH_OUT := $(BUILD)/release/bench
BENCH_PROGRAMS := $(addprefix $(BENCH_OUT)/,load store routes audit columns pure rake json_flat)
BENCH_PARTS := $(addprefix bench-,intake instances store drafts page public login memory release crash start export results charts staff talk map audit columns pure rake json-flat)

# What is linked was compiled with all warnings; of the whole program at once the compiler only suspects more.
bench_link = $(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) -Wno-maybe-uninitialized $(LINK) -o $@.part $(filter %.c %.o,$^) \
             -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS) -lm && mv -f $@.part $@
$(BENCH_OUT)/load: tests/bench/load/load.c tests/bench/load/connections.c tests/bench/load/load.h $(call archives_for,crypto)
$(BENCH_OUT)/store: tests/bench/store.c $(call archives_for,cmd) $(EMBED_OBJECTS)
$(BENCH_OUT)/routes: tests/bench/routes.c $(call archives_for,cmd) $(EMBED_OBJECTS)
$(BENCH_OUT)/audit: tests/bench/audit.c $(call archives_for,cmd) $(EMBED_OBJECTS)
$(BENCH_OUT)/columns: $(addprefix tests/bench/columns/,columns.c people.c people.h sql.c sql.h) $(call archives_for,stats)
$(BENCH_OUT)/pure: tests/bench/pure.c $(call archives_for,stats)
$(BENCH_OUT)/rake: tests/bench/rake.c $(call archives_for,stats)
$(BENCH_OUT)/json_flat: tests/bench/json_flat.c $(call archives_for,json)
$(BENCH_PROGRAMS):
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LINK  $@')
	$(Q)$(bench_link)

.PHONY: bench bench-build $(BENCH_PARTS)
bench-build:
	@deploy/dev/install.sh run
	@$(MAKE) --no-print-directory VARIANT=release all $(BENCH_PROGRAMS)
bench: bench-build
	@node tests/bench/run.mjs $(BUILD)
$(BENCH_PARTS): bench-build
	@node tests/bench/run.mjs $(BUILD) $(@:bench-%=%)
