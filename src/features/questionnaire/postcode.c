/* Four digits to a province: the digits themselves are never kept. */
#include "features/questionnaire/model.h"

#include "base/embedded.h"

#include <string.h>

enum { MAX_RANGES = 1000 };

const struct variable_category province_categories[PROVINCES] = {{"PV20", {"Groningen", "Groningen"}},
                                                                 {"PV21", {"Fryslân", "Fryslân"}},
                                                                 {"PV22", {"Drenthe", "Drenthe"}},
                                                                 {"PV23", {"Overijssel", "Overijssel"}},
                                                                 {"PV24", {"Flevoland", "Flevoland"}},
                                                                 {"PV25", {"Gelderland", "Gelderland"}},
                                                                 {"PV26", {"Utrecht", "Utrecht"}},
                                                                 {"PV27", {"Noord-Holland", "North Holland"}},
                                                                 {"PV28", {"Zuid-Holland", "South Holland"}},
                                                                 {"PV29", {"Zeeland", "Zeeland"}},
                                                                 {"PV30", {"Noord-Brabant", "North Brabant"}},
                                                                 {"PV31", {"Limburg", "Limburg"}}};

static int province_index(struct slice code)
{
    for (int i = 0; i < PROVINCES; i++) {
        if (slice_equal_cstr(code, province_categories[i].code)) {
            return i;
        }
    }
    return -1;
}

static bool read_line(struct questionnaire *q, struct slice line)
{
    struct slice first;
    struct slice last;
    struct slice province;
    uint64_t from;
    uint64_t to;
    slice_cut(&first, &last, line, ',');
    slice_cut(&last, &province, last, ',');
    int index = province_index(slice_trim(province));
    if (!slice_to_u64(&from, first, 9999) || !slice_to_u64(&to, last, 9999) || from > to || index < 0 ||
        q->postcode_count == MAX_RANGES) {
        return false;
    }
    q->postcodes[q->postcode_count++] = (struct postcode_range){(int)from, (int)to, index};
    return true;
}

bool postcode_load(struct questionnaire *q)
{
    const struct embedded_file *file = embedded_reference;
    while (file->name && strcmp(file->name, "config/reference/pc4-provincie.csv") != 0) {
        file++;
    }
    if (!file->name) {
        return false;
    }
    struct slice text = {(const char *)file->bytes, file->size};
    q->postcodes = arena_array(q->arena, MAX_RANGES, sizeof *q->postcodes);
    while (text.len > 0) {
        struct slice line;
        slice_cut(&line, &text, text, '\n');
        bool data = line.len > 0 && line.ptr[0] >= '0' && line.ptr[0] <= '9';
        if (data && !read_line(q, line)) {
            return false;
        }
    }
    return q->postcode_count > 0;
}

int postcode_category(const struct questionnaire *q, struct slice text)
{
    int number = 0;
    int digits = 0;
    int letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9' && letters == 0 && digits < 4) {
            number = number * 10 + (c - '0');
            digits++;
        } else if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && digits == 4 && letters < 2) {
            letters++;
        } else if (c != ' ') {
            return -2;
        }
    }
    if (digits != 4 || letters == 1) {
        return -2;
    }
    for (size_t i = 0; i < q->postcode_count; i++) {
        if (number >= q->postcodes[i].first && number <= q->postcodes[i].last) {
            return q->postcodes[i].category;
        }
    }
    return -1;
}
