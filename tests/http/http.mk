# tests/http/*.c: a real server on a free port inside each test, and the lanes on a real PostgreSQL. One binary, run under a
# throw-away cluster. ARGS are the runner's, e.g. make http-tests ARGS='--filter protocol/*'
TEST_PARTS += http-tests
TEST_BUILDS += $(TEST_OUT)/http-tests
HTTP_TEST_OBJECTS := $(patsubst tests/%.c,$(TEST_OUT)/obj/%.o,$(sort $(wildcard tests/http/*.c)) tests/support/http_client.c tests/support/database.c)

$(TEST_OUT)/http-tests: $(HTTP_TEST_OBJECTS) $(call archives_for,lane) $(EMBED_OBJECTS)
	$(call link_program,$(shell pkg-config --libs $(TEST_PKGS)))

.PHONY: http-tests
http-tests:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/http-tests
	tests/support/postgres.sh run $(TEST_OUT)/http-tests --timeout 120 -j2 $(ARGS)

# The same tests under ThreadSanitizer, by a plain runner (tests/http/tsan). Not part of `make test`: it takes some minutes.
# make http-tsan ARGS=lane/
HTTP_TSAN := $(BUILD)/tsan/tests/http-tsan
ifeq ($(VARIANT),tsan)
$(HTTP_TSAN): $(patsubst tests/%.c,$(BUILD)/tsan/tests/obj/%.o,$(sort $(wildcard tests/http/*.c tests/http/tsan/*.c)) \
              tests/support/http_client.c tests/support/database.c) $(call archives_for,lane) $(EMBED_OBJECTS)
	$(call link_program,$(shell pkg-config --libs $(TEST_PKGS)))
endif
.PHONY: http-tsan
http-tsan:
	@$(MAKE) --no-print-directory VARIANT=tsan TEST_VARIANT=tsan CFLAGS='$(CFLAGS) -Wno-maybe-uninitialized' $(HTTP_TSAN)
	TSAN_OPTIONS='halt_on_error=0 history_size=4' tests/support/postgres.sh run $(HTTP_TSAN) $(ARGS)
