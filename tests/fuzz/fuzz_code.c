/* What is accepted as a participation code is, written and read again, the same code. */
#include "fuzz.h"

#include "crypto/crypto.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct participation_code code;
    struct participation_code again;
    char text[CODE_TEXT_BYTES];
    memset(&code, 0x55, sizeof code);
    if (code_parse(&code, fuzz_text(data, size))) {
        code_format(text, &code);
        FUZZ_REQUIRE(strlen(text) == CODE_TEXT_BYTES - 1);
        FUZZ_REQUIRE(strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == CODE_TEXT_BYTES - 1);
        FUZZ_REQUIRE(code_parse(&again, slice_from_cstr(text)));
        FUZZ_REQUIRE(memcmp(&code, &again, sizeof code) == 0);
        FUZZ_REQUIRE(size >= CODE_CHARS);
    } else {
        for (size_t i = 0; i < sizeof code.bits; i++) {
            FUZZ_REQUIRE(code.bits[i] == 0x55);
        }
    }
    if (size >= sizeof code.bits) {
        memcpy(code.bits, data, sizeof code.bits);
        code_format(text, &code);
        FUZZ_REQUIRE(code_parse(&again, slice_from_cstr(text)));
        FUZZ_REQUIRE(memcmp(&code, &again, sizeof code) == 0);
    }
    return 0;
}
