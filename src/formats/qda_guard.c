/* Looks at the bytes of XML before the parser does. */
#include "formats/qda_read.h"

/* Whether the latest bytes are these, at most eight. */
static inline bool ends_with(const struct tag_guard *guard, const char *end)
{
    uint64_t bytes = 0, mask = 0;
    for (; *end; end++) {
        bytes = bytes << 8 | (unsigned char)*end;
        mask = mask << 8 | 0xFF;
    }
    return (guard->last & mask) == bytes;
}

static void enter(struct tag_guard *guard, int state)
{
    guard->state = state;
    guard->len = 0;
}

static enum qda_status pass_in_tag(struct tag_guard *guard, char c)
{
    if (c == '>') {
        enter(guard, IN_TEXT);
    } else if (c == '"' || c == '\'') {
        guard->state = c == '"' ? IN_QUOTES : IN_APOSTROPHES;
    } else if (c == '-' && ends_with(guard, "<!--")) {
        enter(guard, IN_COMMENT);
    } else if (c == '[' && ends_with(guard, "![CDATA[")) {
        enter(guard, IN_CDATA);
    } else if (c == '?' && ends_with(guard, "<?")) {
        enter(guard, IN_INSTRUCTION);
    } else if (c == 'E' && ends_with(guard, "!DOCTYPE")) {
        return QDA_XML_DOCTYPE;
    }
    return QDA_OK;
}

/* The ends of comments and instructions do not share bytes with their beginnings. */
static void pass_outside(struct tag_guard *guard, char c)
{
    const bool ends =
        c == '>' && ((guard->state == IN_COMMENT && guard->len >= 3 && ends_with(guard, "-->")) ||
                     (guard->state == IN_CDATA && ends_with(guard, "]]>")) ||
                     (guard->state == IN_INSTRUCTION && guard->len >= 2 && ends_with(guard, "?>")));
    if (ends) {
        enter(guard, IN_TEXT);
    } else if (guard->state == IN_TEXT && c == '<') {
        enter(guard, IN_TAG);
    }
}

enum qda_status tag_guard_pass(struct tag_guard *guard, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char c = bytes[i];
        enum qda_status status = QDA_OK;
        guard->last = guard->last << 8 | (unsigned char)c;
        guard->len++;
        switch (guard->state) {
        case IN_TAG:
            status = pass_in_tag(guard, c);
            break;
        case IN_QUOTES:
        case IN_APOSTROPHES:
            if (c == (guard->state == IN_QUOTES ? '"' : '\'')) {
                guard->state = IN_TAG;
            }
            break;
        case IN_TEXT:
        case IN_COMMENT:
        case IN_CDATA:
        case IN_INSTRUCTION:
            pass_outside(guard, c);
            break;
        }
        const bool in_tag = guard->state >= IN_TAG && guard->state <= IN_APOSTROPHES;
        if (status != QDA_OK || (in_tag && guard->len > QDA_TAG_MAX)) {
            return status != QDA_OK ? status : QDA_XML_TAG;
        }
    }
    return QDA_OK;
}
