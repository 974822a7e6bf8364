# tests/app/*.c: the whole program in one process (struct app) on a real PostgreSQL, talked to over HTTP. One binary, run under a
# throw-away cluster. ARGS are the runner's, e.g. make app-tests ARGS='--filter draft/*'
TEST_PARTS += app-tests
TEST_BUILDS += $(TEST_OUT)/app-tests
APP_TEST_OBJECTS := $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(sort $(wildcard tests/app/*.c)) tests/support/http_client.c tests/support/database.c tests/unit/formats/qda_support.c)

$(TEST_OUT)/app-tests: $(APP_TEST_OBJECTS) $(call archives_for,app) $(EMBED_OBJECTS)
	$(call link_program,$(shell pkg-config --libs $(TEST_PKGS)))

.PHONY: app-tests
app-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/app-tests
	tests/support/postgres.sh run $(TEST_OUT)/app-tests --timeout 120 -j2 $(ARGS)
