# tests/db/*.c: the db room and the schema against a real PostgreSQL. One binary, run under a throw-away cluster.
# ARGS are the runner's, e.g. make db-tests ARGS='--filter pool/*'
TEST_PARTS += db-tests
TEST_BUILDS += $(TEST_OUT)/db-tests
DB_TEST_OBJECTS := $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(sort $(wildcard tests/db/*.c)) tests/support/database.c)

$(TEST_OUT)/db-tests: $(DB_TEST_OBJECTS) $(call archives_for,db) $(EMBED_OBJECTS)
	$(call link_program,$(shell pkg-config --libs $(TEST_PKGS)))

.PHONY: db-tests
db-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/db-tests
	tests/support/postgres.sh run $(TEST_OUT)/db-tests --timeout 120 -j2 $(ARGS)
