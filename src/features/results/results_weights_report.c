#include "features/results/results_weights_report.h"

#include <math.h>
#include <string.h>

enum { CATEGORY_BYTES = 2, WEIGHT_BYTES = 8 };

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr, text.len);
}

/* null for the missing ones. */
static json_t *category_code(const struct margin *margin, uint32_t category)
{
    return category < margin->category_count ? text_of(margin->categories[category].code) : json_null();
}

/* ---- made ---- */

static json_t *categories_json(const struct rake_category *categories, const struct margin *margin)
{
    json_t *list = json_array();
    for (uint32_t c = 0; c <= margin->category_count; c++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "code", category_code(margin, c));
        json_object_set_new(entry, "n", json_integer((json_int_t)categories[c].n));
        json_object_set_new(entry, "group", category_code(margin, categories[c].group));
        json_object_set_new(entry, "target", json_real(categories[c].target));
        json_object_set_new(entry, "achieved", json_real(categories[c].achieved));
        json_object_set_new(entry, "factor", json_real(categories[c].factor));
        json_array_append_new(list, entry);
    }
    return list;
}

json_t *weights_report_made(const struct rake_result *result, const struct margins_bound *bound)
{
    const struct rake_report *r = &result->report;
    const struct margin *error_margin = bound->margins[r->error_margin];
    json_t *report = json_object();
    json_t *margins = json_array();
    json_object_set_new(report, "n", json_integer((json_int_t)r->n));
    json_object_set_new(report, "profiles", json_integer((json_int_t)r->profiles));
    json_object_set_new(report, "sweeps", json_integer(r->sweeps));
    json_object_set_new(report, "loops", json_integer(r->loops));
    json_object_set_new(report, "deviation", json_real(r->deviation));
    json_object_set_new(report, "lowest", json_real(r->lowest));
    json_object_set_new(report, "highest", json_real(r->highest));
    json_object_set_new(report, "design_effect", json_real(r->design_effect));
    json_object_set_new(report, "effective_n", json_real(r->effective_n));
    json_object_set_new(report, "collapsed", json_integer(r->collapsed));
    json_object_set_new(report, "largest_error", json_real(r->largest_error));
    json_object_set_new(report, "error_margin", text_of(error_margin->code));
    json_object_set_new(report, "error_category", category_code(error_margin, r->error_category));
    json_object_set_new(report, "advise_unweighted", json_boolean(r->advise_unweighted));
    for (size_t m = 0; m < bound->count; m++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "code", text_of(bound->margins[m]->code));
        json_object_set_new(entry, "categories", categories_json(result->categories[m], bound->margins[m]));
        json_array_append_new(margins, entry);
    }
    json_object_set_new(report, "margins", margins);
    return report;
}

/* ---- refused ---- */

static const char *status_name(enum rake_status status)
{
    switch (status) {
    case RAKE_TARGETS_DO_NOT_SUM:
        return "targets-do-not-sum";
    case RAKE_BAD_MARGIN:
    case RAKE_BAD_TARGET:
    case RAKE_BAD_NEIGHBOUR:
        return "bad-target";
    case RAKE_EMPTY_SAMPLE:
        return "empty-sample";
    case RAKE_SAMPLE_WITHOUT_TARGET:
        return "sample-without-target";
    case RAKE_TARGET_WITHOUT_SAMPLE:
        return "target-without-sample";
    case RAKE_TOO_SMALL:
        return "too-small";
    case RAKE_NO_CONVERGENCE:
        return "no-convergence";
    case RAKE_OUT_OF_BOUNDS:
        return "out-of-bounds";
    case RAKE_BAD_LIMITS:
    case RAKE_BAD_SAMPLE:
    case RAKE_OK:
    case RAKE_NO_MEMORY:
        break;
    }
    return "too-many-profiles";
}

json_t *weights_report_refused(const struct rake_refusal *why, const struct margins_bound *bound)
{
    const struct margin *margin = bound->margins[why->margin];
    bool of_margin = why->status != RAKE_EMPTY_SAMPLE && why->status != RAKE_BAD_LIMITS;
    json_t *report = json_object();
    json_object_set_new(report, "status", json_string(status_name(why->status)));
    json_object_set_new(report, "margin", of_margin ? text_of(margin->code) : json_null());
    json_object_set_new(report, "category", of_margin ? category_code(margin, why->category) : json_null());
    json_object_set_new(report, "value", json_real(isfinite(why->value) ? why->value : 0));
    json_object_set_new(report, "wanted", json_real(isfinite(why->wanted) ? why->wanted : 0));
    return report;
}

/* ---- profiles ---- */

static void put_bytes(unsigned char **at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        *(*at)++ = (unsigned char)(value >> (8 * i));
    }
}

static uint64_t take_bytes(const unsigned char **at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t) * (*at)++ << (8 * i);
    }
    return value;
}

struct slice weights_profiles_write(struct arena *arena, const struct rake_sample *sample,
                                    const double *weights)
{
    const size_t size = sample->profiles * (sample->margins * CATEGORY_BYTES + WEIGHT_BYTES);
    unsigned char *bytes = arena_alloc(arena, size);
    unsigned char *at = bytes;
    for (size_t h = 0; h < sample->profiles; h++) {
        uint64_t bits;
        memcpy(&bits, &weights[h], sizeof bits);
        for (size_t m = 0; m < sample->margins; m++) {
            put_bytes(&at, sample->categories[h * sample->margins + m], CATEGORY_BYTES);
        }
        put_bytes(&at, bits, WEIGHT_BYTES);
    }
    return (struct slice){(const char *)bytes, size};
}

static bool read_profiles(struct weigh_version *out, struct arena *arena, struct slice profiles,
                          size_t margins)
{
    const size_t each = margins * CATEGORY_BYTES + WEIGHT_BYTES;
    const size_t count = profiles.len / each;
    if (count == 0 || profiles.len % each != 0 || count > PROFILES_MAX) {
        return false;
    }
    uint16_t *categories = arena_array(arena, count * margins, sizeof *categories);
    double *weights = arena_array(arena, count, sizeof *weights);
    const unsigned char *at = (const unsigned char *)profiles.ptr;
    for (size_t h = 0; h < count; h++) {
        for (size_t m = 0; m < margins; m++) {
            categories[h * margins + m] = (uint16_t)take_bytes(&at, CATEGORY_BYTES);
        }
        uint64_t bits = take_bytes(&at, WEIGHT_BYTES);
        memcpy(&weights[h], &bits, sizeof bits);
        if (!(weights[h] > 0 && weights[h] < 16)) {
            return false;
        }
    }
    out->profiles = count;
    out->categories = categories;
    out->weights = weights;
    return true;
}

/* Of one margin; NULL when they are not one a category and one for missing, above 0. */
static const double *read_factors(struct arena *arena, const json_t *report, const struct margin *margin)
{
    const json_t *categories = json_object_get(report, "categories");
    const size_t count = margin->category_count + 1;
    double *factors = arena_array(arena, count, sizeof *factors);
    if (json_array_size(categories) != count) {
        return NULL;
    }
    for (size_t c = 0; c < count; c++) {
        factors[c] = json_number_value(json_object_get(json_array_get(categories, c), "factor"));
        if (!(factors[c] > 0)) {
            return NULL;
        }
    }
    return factors;
}

bool weights_version_read(struct weigh_version *out, struct arena *arena, struct slice profiles,
                          const json_t *report, const struct margins_bound *bound)
{
    const json_t *margins = json_object_get(report, "margins");
    const double **factors = arena_array(arena, bound->count, sizeof(const double *));
    if (json_array_size(margins) != bound->count || !read_profiles(out, arena, profiles, bound->count)) {
        return false;
    }
    for (size_t m = 0; m < bound->count; m++) {
        factors[m] = read_factors(arena, json_array_get(margins, m), bound->margins[m]);
        if (!factors[m]) {
            return false;
        }
    }
    out->factors = factors;
    return true;
}
