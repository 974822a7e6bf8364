#include "formats/ods.h"

void ods_put_escaped(struct sink *sink, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        const char *entity = byte == '&'                                 ? "&amp;"
                             : byte == '<'                               ? "&lt;"
                             : byte == '>'                               ? "&gt;"
                             : byte == '"'                               ? "&quot;"
                             : byte == '\n' || byte == '\t'              ? " "
                             : (unsigned char)byte < ' ' || byte == 0x7f ? ""
                                                                         : NULL;
        sink_put(sink, entity ? slice_from_cstr(entity) : (struct slice){&text.ptr[i], 1});
    }
}
