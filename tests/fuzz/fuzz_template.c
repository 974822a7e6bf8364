/* A Mustache text is refused, or renders: twice the same, or not at all. */
#include "fuzz.h"

#include "base/log.h"
#include "web/web.h"

#include <string.h>

static json_t *context;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_set_level(LOG_SILENT);
    context = json_pack("{s:s, s:i, s:b, s:n, s:[s,i,{s:s}], s:{s:s, s:{s:s}}, s:[]}", "s", "<&>\"'", "n", 7,
                        "b", 1, "z", "l", "x", 2, "s", "in", "o", "s", "o", "o", "s", "diep", "e");
    return 0;
}

static bool render(struct buffer *out, const struct template_set *set)
{
    const json_t *contexts[] = {context};
    buffer_init(out, 1 << 20);
    return template_render(out, set, "main", contexts, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* What stands before the first NUL is the page, what stands behind it a partial. */
    char *page = malloc(size + 1);
    FUZZ_REQUIRE(page);
    if (size > 0) {
        memcpy(page, data, size);
    }
    page[size] = '\0';
    size_t len = strlen(page);
    char *partial = strdup(len < size ? page + len + 1 : "");
    FUZZ_REQUIRE(partial);
    const char *const texts[] = {"main", page, "p", partial, NULL};
    struct template_set *set = template_set_from_texts(texts);
    if (set) {
        struct buffer first;
        struct buffer second;
        bool good = render(&first, set);
        FUZZ_REQUIRE(render(&second, set) == good);
        FUZZ_REQUIRE(!good || slice_equal(buffer_slice(&first), buffer_slice(&second)));
        FUZZ_REQUIRE(!good || memmem(page, len, "{{", 2) || memchr(page, '\n', len) ||
                     slice_equal(buffer_slice(&first), (struct slice){page, len}));
        buffer_free(&first);
        buffer_free(&second);
        template_set_free(set);
    }
    free(page);
    free(partial);
    return 0;
}
