# make check: what can be seen without running the program. Every part runs, whatever the others found; each can be run alone.
# The rules that a machine checks here are written down where they are checked: the head of each script.

CHECK_OUT := $(BUILD)/check
CHECK_PARTS := check-format check-includes check-injection check-functions check-sizes check-headers check-clang \
               check-static check-shell check-migrations check-dutch check-words check-docs check-papers check-problems check-english check-nginx check-itself
CHECK_FLAGS = $(CPPFLAGS) $(PKG_CFLAGS) $(BASE_CFLAGS)
C_SOURCES = $(sort $(shell find src -name '*.c'))

.PHONY: check check-parts $(CHECK_PARTS)
check:
	@deploy/dev/install.sh run test check
	@$(MAKE) --no-print-directory -k -j$(shell nproc) --output-sync=target check-parts && echo 'check: all clean'
check-parts: $(CHECK_PARTS)

check-format:
	@files=$$(find src tests -name node_modules -prune -o -name '*.[ch]' -print0 | xargs -0 -P $(shell nproc) -n 40 \
	  clang-format --dry-run -Werror 2>&1 | sed -n 's/:[0-9].*error:.*//p' | sort -u || true); \
	if [ -n "$$files" ]; then printf 'not as .clang-format says (clang-format -i): %s\n' $$files; exit 1; fi
check-includes check-injection check-functions check-sizes check-words check-docs check-papers check-problems check-english:
	@perl tests/check/$(patsubst check-%,%,$@).pl
check-headers:
	@tests/check/headers.sh $(CPPFLAGS) $(PKG_CFLAGS)
check-shell:
	@grep -rlE '^#!/bin/(ba)?sh' .ci deploy tests --include='*' | grep -v node_modules | xargs shellcheck -x
check-migrations:
	@tests/check/migrations.sh
check-dutch:
	@node tests/check/dutch.mjs
check-nginx:
	@tests/check/nginx.sh
check-itself:
	@tests/check/itself.sh

# The compiler that does not build: its warnings are as strict. And the analysers. Files that did not change are not read again.
check-clang: $(C_SOURCES:src/%.c=$(CHECK_OUT)/%.clang)
$(CHECK_OUT)/%.clang: src/%.c Makefile
	@mkdir -p $(@D)
	@clang $(CHECK_FLAGS) -fsyntax-only -MMD -MP -MT $@ -MF $@.d $<
	@touch $@
check-static: $(C_SOURCES:src/%.c=$(CHECK_OUT)/%.tidy)
	@cppcheck -q -j $(shell nproc) --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem --suppress=varFuncNullUB --suppress=normalCheckLevelMaxBranches $(CPPFLAGS) src
$(CHECK_OUT)/%.tidy: src/%.c .clang-tidy
	@mkdir -p $(@D)
	@clang $(CHECK_FLAGS) -fsyntax-only -MMD -MP -MT $@ -MF $@.d $<
	@clang-tidy --quiet $< -- $(CHECK_FLAGS) 2>/dev/null
	@touch $@
