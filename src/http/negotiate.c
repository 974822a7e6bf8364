#include "http/negotiate.h"

/* One element of a list header: "text/html;level=1;q=0.7". Thousandths for q; -1 when it is malformed. */
struct preference {
    struct slice value;
    int q;
};

/* 0, 0.5, 0.123, 1, 1.0, 1.000 as thousandths; -1 otherwise (RFC 9110 section 12.4.2). */
static int quality(struct slice text)
{
    if (text.len == 0 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1')) {
        return -1;
    }
    if (text.len > 1 && text.ptr[1] != '.') {
        return -1;
    }
    int q = (text.ptr[0] - '0') * 1000;
    int scale = 100;
    for (size_t i = 2; i < text.len; i++, scale /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return -1;
        }
        q += (text.ptr[i] - '0') * scale;
    }
    return q > 1000 ? -1 : q;
}

static bool next_preference(struct preference *out, struct slice *rest)
{
    while (rest->len > 0) {
        struct slice element;
        slice_cut(&element, rest, *rest, ',');
        struct slice parameters;
        slice_cut(&element, &parameters, element, ';');
        out->value = slice_trim(element);
        out->q = 1000;
        while (parameters.len > 0) {
            struct slice parameter;
            struct slice name;
            struct slice value;
            slice_cut(&parameter, &parameters, parameters, ';');
            slice_cut(&name, &value, parameter, '=');
            if (slice_equal_nocase(slice_trim(name), SLICE("q"))) {
                out->q = quality(slice_trim(value));
            }
        }
        if (out->value.len > 0 && out->q >= 0) {
            return true;
        }
    }
    return false;
}

/* 3 for the type itself, 2 for "type/" with a star, 1 for any type, 0 for no match. */
static int specificity(struct slice range, struct slice offer)
{
    if (slice_equal_nocase(range, offer)) {
        return 3;
    }
    if (slice_equal_cstr(range, "*/*")) {
        return 1;
    }
    struct slice range_type;
    struct slice range_subtype;
    struct slice offer_type;
    struct slice offer_subtype;
    bool has_subtype = slice_cut(&range_type, &range_subtype, range, '/');
    slice_cut(&offer_type, &offer_subtype, offer, '/');
    return has_subtype && slice_equal_cstr(range_subtype, "*") && slice_equal_nocase(range_type, offer_type)
               ? 2
               : 0;
}

static int quality_of(struct slice accept, const char *offer)
{
    int best = 0;
    int q = 0;
    struct preference preference;
    while (next_preference(&preference, &accept)) {
        int match = specificity(preference.value, slice_from_cstr(offer));
        if (match > best) {
            best = match;
            q = preference.q;
        }
    }
    return q;
}

const char *negotiate_accept(struct slice accept, const char *const *offers)
{
    const char *chosen = NULL;
    int best = 0;
    for (; *offers; offers++) {
        int q = quality_of(accept, *offers);
        if (q > best) {
            best = q;
            chosen = *offers;
        }
    }
    return chosen;
}

const char *negotiate_language(struct slice accept_language)
{
    const char *chosen = NULL;
    int best = 0;
    struct preference preference;
    while (next_preference(&preference, &accept_language)) {
        struct slice primary;
        struct slice region;
        slice_cut(&primary, &region, preference.value, '-');
        const char *language = NULL;
        if (slice_equal_nocase(primary, SLICE("nl")) || slice_equal_cstr(primary, "*")) {
            language = "nl";
        } else if (slice_equal_nocase(primary, SLICE("en"))) {
            language = "en";
        }
        if (language && preference.q > best) {
            best = preference.q;
            chosen = language;
        }
    }
    return chosen;
}

bool negotiate_gzip(struct slice accept_encoding)
{
    int named = -1;
    int any = 0;
    struct preference preference;
    while (next_preference(&preference, &accept_encoding)) {
        if (slice_equal_nocase(preference.value, SLICE("gzip")) ||
            slice_equal_nocase(preference.value, SLICE("x-gzip"))) {
            named = preference.q;
        } else if (slice_equal_cstr(preference.value, "*")) {
            any = preference.q;
        }
    }
    return named >= 0 ? named > 0 : any > 0;
}

static struct slice without_weakness(struct slice etag)
{
    return slice_starts_with(etag, SLICE("W/")) ? (struct slice){etag.ptr + 2, etag.len - 2} : etag;
}

bool negotiate_etag_matches(struct slice if_none_match, struct slice etag)
{
    struct slice wanted = without_weakness(etag);
    struct slice rest = if_none_match;
    while (rest.len > 0) {
        struct slice one;
        slice_cut(&one, &rest, rest, ',');
        one = slice_trim(one);
        if (slice_equal_cstr(one, "*") || (one.len > 0 && slice_equal(without_weakness(one), wanted))) {
            return true;
        }
    }
    return false;
}

bool negotiate_is_media_type(struct slice content_type, const char *media_type)
{
    struct slice type;
    struct slice parameters;
    slice_cut(&type, &parameters, content_type, ';');
    if (!slice_equal_nocase(slice_trim(type), slice_from_cstr(media_type))) {
        return false;
    }
    while (parameters.len > 0) {
        struct slice parameter;
        struct slice name;
        struct slice value;
        slice_cut(&parameter, &parameters, parameters, ';');
        slice_cut(&name, &value, parameter, '=');
        value = slice_trim(value);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
            value = (struct slice){value.ptr + 1, value.len - 2};
        }
        if (slice_equal_nocase(slice_trim(name), SLICE("charset")) &&
            !slice_equal_nocase(value, SLICE("utf-8"))) {
            return false;
        }
    }
    return true;
}
