#include "support/leaks.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(assets, .fini = leaks_check);

#define FILE_OF(name, text)                                                                                  \
    {                                                                                                        \
        name, (const unsigned char *)(text), sizeof(text) - 1                                                \
    }
static const struct embedded_file files[] = {
    FILE_OF("assets/icon.0badcafe.svg", "<svg/>"),
    FILE_OF("assets/mark.1234abcd.js", "1;"),
    FILE_OF("assets/zevenstem.3f2a91c4.css", "body{}"),
    FILE_OF("assets/zevenstem.3f2a91c4.css.gz", "(gz)"),
    {NULL, NULL, 0},
};

Test(assets, plain_name_finds_the_hashed_path)
{
    struct assets *assets = assets_load(files);
    cr_assert_not_null(assets);
    cr_expect_str_eq(assets_path(assets, "zevenstem.css"), "/assets/zevenstem.3f2a91c4.css");
    cr_expect_str_eq(assets_path(assets, "icon.svg"), "/assets/icon.0badcafe.svg");
    cr_expect_null(assets_path(assets, "zevenstem.svg"));
    cr_expect_null(assets_path(assets, "zevenstem"));
    cr_expect_null(assets_path(assets, ""));
    assets_free(assets);
}

Test(assets, compressed_only_when_wanted_and_there)
{
    struct assets *assets = assets_load(files);
    struct slice bytes;
    const char *type = NULL;
    bool gzip = true;
    cr_expect(assets_find(&bytes, &type, &gzip, assets, SLICE("zevenstem.3f2a91c4.css"), false));
    cr_expect(slice_equal_cstr(bytes, "body{}") && !gzip);
    cr_expect_str_eq(type, "text/css; charset=utf-8");
    cr_expect(assets_find(&bytes, &type, &gzip, assets, SLICE("zevenstem.3f2a91c4.css"), true));
    cr_expect(slice_equal_cstr(bytes, "(gz)") && gzip);
    cr_expect(assets_find(&bytes, &type, &gzip, assets, SLICE("icon.0badcafe.svg"), true));
    cr_expect(slice_equal_cstr(bytes, "<svg/>") && !gzip);
    cr_expect_str_eq(type, "image/svg+xml");
    /* With X-Content-Type-Options: nosniff a browser runs nothing of another type. */
    cr_expect(assets_find(&bytes, &type, &gzip, assets, SLICE("mark.1234abcd.js"), true));
    cr_expect_str_eq(type, "text/javascript; charset=utf-8");
    assets_free(assets);
}

Test(assets, unknown_names_are_unknown)
{
    struct assets *assets = assets_load(files);
    struct slice bytes;
    const char *type;
    bool gzip;
    static const char *const unknown[] = {"", "zevenstem.css", "zevenstem.3f2a91c4.css.gz",
                                          "../assets/icon.0badcafe.svg", "."};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        cr_expect_not(assets_find(&bytes, &type, &gzip, assets, slice_from_cstr(unknown[i]), true), "%s",
                      unknown[i]);
    }
    assets_free(assets);
}

Test(assets, an_empty_table_is_fine)
{
    struct assets *assets = assets_load(files + 4);
    cr_assert_not_null(assets);
    cr_expect_null(assets_path(assets, "zevenstem.css"));
    assets_free(assets);
}
