#include "stats/anonymity.h"

#include "stats/profile_tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct anonymity {
    struct profile_tree *tree;
    size_t variables, kept;
    uint32_t k;
    /* By number of the profile in the tree. */
    uint8_t *shown;
    double *sums; /* of the people's own numbers, then their mean over the group */
    size_t capacity;
};

/* All profiles in lexicographic order: those that share their first variables stand together. */
struct list {
    const struct anonymity *a;
    size_t count;
    uint16_t *profiles; /* [i * variables] */
    uint64_t *n;
    uint8_t *shown;
    bool *open; /* not settled yet */
    double *values;
};

/* A run of profiles that are the same as far as is shown. */
struct group {
    size_t first;
    uint64_t n;
};

struct anonymity *anonymity_create(const uint32_t *sizes, size_t variables, size_t kept, uint32_t k)
{
    struct anonymity *a = calloc(1, sizeof *a);
    if (a) {
        *a = (struct anonymity){
            .tree = profile_tree_create(sizes, variables), .variables = variables, .kept = kept, .k = k};
    }
    if (a && !a->tree) {
        anonymity_destroy(a);
        return NULL;
    }
    return a;
}

void anonymity_destroy(struct anonymity *a)
{
    if (a) {
        profile_tree_destroy(a->tree);
        free(a->shown);
        free(a->sums);
        free(a);
    }
}

/* Room for the sum of one more profile. */
static bool reserve_sum(struct anonymity *a, uint32_t number)
{
    if (number < a->capacity) {
        return true;
    }
    size_t capacity = a->capacity ? 2 * a->capacity : 256;
    double *sums = realloc(a->sums, capacity * sizeof *sums);
    if (sums) {
        memset(sums + a->capacity, 0, (capacity - a->capacity) * sizeof *sums);
        a->sums = sums;
        a->capacity = capacity;
    }
    return sums != NULL;
}

enum anonymity_status anonymity_add(struct anonymity *a, const uint16_t *profile, double value)
{
    uint32_t number;
    switch (profile_tree_add(a->tree, profile, 1, &number)) {
    case PROFILE_OK:
        if (!reserve_sum(a, number)) {
            return ANONYMITY_NO_MEMORY;
        }
        a->sums[number] += value;
        return ANONYMITY_OK;
    case PROFILE_TOO_MANY:
        return ANONYMITY_TOO_MANY;
    case PROFILE_NO_MEMORY:
        break;
    }
    return ANONYMITY_NO_MEMORY;
}

static bool same_shown(const struct list *list, size_t i, size_t j, size_t shown)
{
    const uint16_t *profiles = list->profiles;
    size_t width = list->a->variables;
    return memcmp(&profiles[i * width], &profiles[j * width], shown * sizeof *profiles) == 0;
}

/* The next group at or behind `from` of whom `shown` variables are shown. False when there is none. */
static bool next_group(struct group *group, const struct list *list, size_t from, size_t shown)
{
    while (from < list->count && list->shown[from] != shown) {
        from++;
    }
    *group = (struct group){from, 0};
    for (size_t i = from; i < list->count && same_shown(list, from, i, shown); i++) {
        group->n += list->shown[i] == shown ? list->n[i] : 0;
    }
    return from < list->count;
}

/* The place behind a group. */
static size_t behind(const struct list *list, struct group group, size_t shown)
{
    size_t i = group.first + 1;
    while (i < list->count && same_shown(list, group.first, i, shown)) {
        i++;
    }
    return i;
}

/* The smallest group of whom more than `shown` is shown, most first. False when there is none. */
static bool smallest_group(struct group *smallest, size_t *smallest_shown, const struct list *list,
                           size_t shown)
{
    bool found = false;
    for (size_t more = list->a->variables; more > shown; more--) {
        struct group group;
        for (size_t at = 0; next_group(&group, list, at, more); at = behind(list, group, more)) {
            if (!list->open[group.first] && (!found || group.n < smallest->n)) {
                *smallest = group;
                *smallest_shown = more;
                found = true;
            }
        }
    }
    return found;
}

/* Rule 3, for profiles that all begin with the same `shown`: of these n people are not settled. Gives how
 * many they are then. */
static uint64_t let_groups_join(struct list *list, size_t shown, uint64_t n)
{
    struct group group;
    size_t more;
    while (n > 0 && n < list->a->k && smallest_group(&group, &more, list, shown)) {
        size_t end = behind(list, group, more);
        for (size_t i = group.first; i < end; i++) {
            list->open[i] = list->open[i] || list->shown[i] == more;
        }
        n += group.n;
    }
    return n;
}

/* Of the profiles that begin with the same `shown`, hides the rest of those that are not settled, and settles
 * them when they are k people. */
static void settle_run(struct list *run, size_t shown)
{
    uint64_t n = 0;
    for (size_t i = 0; i < run->count; i++) {
        n += run->open[i] ? run->n[i] : 0;
    }
    if (shown <= run->a->kept) {
        n = let_groups_join(run, shown, n);
    }
    for (size_t i = 0; i < run->count; i++) {
        if (run->open[i]) {
            run->shown[i] = (uint8_t)shown;
            run->open[i] = n < run->a->k;
        }
    }
}

static void settle_at(struct list *list, size_t shown)
{
    for (size_t i = 0, end; i < list->count; i = end) {
        for (end = i + 1; end < list->count && same_shown(list, i, end, shown); end++) {
        }
        struct list run = *list;
        run.count = end - i;
        run.profiles += i * list->a->variables;
        run.n += i;
        run.shown += i;
        run.open += i;
        settle_run(&run, shown);
    }
}

static bool all_settled(const struct list *list)
{
    bool settled = true;
    for (size_t i = 0; i < list->count && settled; i++) {
        settled = !list->open[i];
    }
    return settled;
}

static void report_on(struct anonymity_report *report, const struct list *list)
{
    size_t variables = list->a->variables;
    *report = (struct anonymity_report){.profiles = list->count};
    for (size_t i = 0; i < list->count; i++) {
        report->people += list->n[i];
        report->small_profiles += list->n[i] < list->a->k;
        report->changed += list->shown[i] < variables ? list->n[i] : 0;
        for (size_t v = list->shown[i]; v < variables; v++) {
            report->hidden[v] += list->n[i];
        }
    }
    for (size_t shown = 0; shown <= variables; shown++) {
        struct group group;
        for (size_t at = 0; next_group(&group, list, at, shown); at = behind(list, group, shown)) {
            report->groups++;
            report->smallest = report->groups == 1 || group.n < report->smallest ? group.n : report->smallest;
        }
    }
}

/* Everybody's own number becomes the mean of their group. */
static void take_means(struct list *list)
{
    for (size_t shown = 0; shown <= list->a->variables; shown++) {
        struct group group;
        for (size_t at = 0, end; next_group(&group, list, at, shown); at = end) {
            double sum = 0;
            end = behind(list, group, shown);
            for (size_t i = group.first; i < end; i++) {
                sum += list->shown[i] == shown ? list->values[i] : 0;
            }
            for (size_t i = group.first; i < end; i++) {
                list->values[i] = list->shown[i] == shown ? sum / (double)group.n : list->values[i];
            }
        }
    }
}

static uint32_t number_of(const struct list *list, size_t i)
{
    return profile_tree_find(list->a->tree, &list->profiles[i * list->a->variables]);
}

enum anonymity_status anonymity_settle(struct anonymity_report *report, struct anonymity *a)
{
    enum anonymity_status status = ANONYMITY_NO_MEMORY;
    size_t count = profile_tree_count(a->tree);
    struct list list = {.a = a,
                        .count = count,
                        .profiles = calloc(count + 1, a->variables * sizeof *list.profiles),
                        .n = calloc(count + 1, sizeof *list.n),
                        .shown = calloc(count + 1, sizeof *list.shown),
                        .open = calloc(count + 1, sizeof *list.open),
                        .values = calloc(count + 1, sizeof *list.values)};
    a->shown = calloc(count + 1, sizeof *a->shown);
    if (!list.profiles || !list.n || !list.shown || !list.open || !list.values || !a->shown) {
        goto cleanup;
    }
    profile_tree_list(a->tree, list.profiles, list.n);
    memset(list.open, true, count * sizeof *list.open);
    for (size_t shown = a->variables + 1; shown > 0; shown--) {
        settle_at(&list, shown - 1);
    }
    status = all_settled(&list) ? ANONYMITY_OK : ANONYMITY_TOO_FEW;
    report_on(report, &list);
    for (size_t i = 0; i < count; i++) {
        list.values[i] = a->sums[number_of(&list, i)];
    }
    take_means(&list);
    for (size_t i = 0; i < count; i++) {
        a->shown[number_of(&list, i)] = list.shown[i];
        a->sums[number_of(&list, i)] = list.values[i];
    }
cleanup:
    free(list.profiles);
    free(list.n);
    free(list.shown);
    free(list.open);
    free(list.values);
    return status;
}

size_t anonymity_shown(const struct anonymity *a, const uint16_t *profile)
{
    uint32_t number = profile_tree_find(a->tree, profile);
    return number == PROFILE_ABSENT ? 0 : a->shown[number];
}

double anonymity_mean(const struct anonymity *a, const uint16_t *profile)
{
    uint32_t number = profile_tree_find(a->tree, profile);
    return number == PROFILE_ABSENT ? 0 : a->sums[number];
}
