#include "features/survey/survey_offer_draw_internal.h"

#include <stdlib.h>
#include <string.h>

enum { PHONE_DIGITS = 9 };

struct slice offer_letter_code(const json_t *letter, size_t field)
{
    const json_t *answer = json_object_get(letter, offer_fields[field].name);
    return json_is_string(answer) ? (struct slice){json_string_value(answer), json_string_length(answer)}
                                  : (struct slice){0};
}

enum offer_role offer_draw_role(const struct offer_group *group, size_t place)
{
    const size_t invited = group->people + group->extra;
    return place < invited                     ? OFFER_INVITED
           : place < invited + group->reserves ? OFFER_RESERVE
                                               : OFFER_NOT_DRAWN;
}

/* ---- who takes part in the draw ---- */

static int compare_letters(const void *a, const void *b)
{
    return memcmp(((const struct offer_opened *)a)->sha256, ((const struct offer_opened *)b)->sha256,
                  CRYPTO_SHA256_BYTES);
}

/* Of the hashes in order: of a set, whatever order it came in. */
static void hash_input(struct offer_draw *draw, struct arena *arena, const struct offer_opened *letters)
{
    struct crypto_digest *digest = crypto_sha256_begin(arena);
    for (size_t i = 0; i < draw->letters; i++) {
        char line[OFFER_HASH_TEXT_BYTES];
        crypto_hex(line, letters[i].sha256, CRYPTO_SHA256_BYTES);
        line[OFFER_HASH_TEXT_BYTES - 1] = '\n';
        crypto_sha256_add(digest, (struct slice){line, sizeof line});
    }
    crypto_sha256_so_far(draw->input, digest);
}

static bool wishes_conversation(const json_t *letter)
{
    size_t i;
    const json_t *wish;
    json_array_foreach(json_object_get(letter, offer_fields[OFFER_WISH].name), i, wish)
    {
        if (json_is_string(wish) &&
            strcmp(json_string_value(wish), offer_fields[OFFER_WISH].options[0]) == 0) {
            return true;
        }
    }
    return false;
}

static bool by_program(const json_t *letter)
{
    const char *quality = json_string_value(json_object_get(letter, "kwaliteit"));
    return quality && (strcmp(quality, "lokveld") == 0 || strcmp(quality, "beide") == 0);
}

/* ---- one person, one chance ---- */

struct way {
    struct slice key; /* of reaching somebody, or the letter itself */
    uint32_t letter;
};

static int compare_ways(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    const int order = slice_compare(x->key, y->key);
    return order != 0 ? order : (x->letter > y->letter) - (x->letter < y->letter);
}

static struct slice email_key(struct arena *arena, struct slice email)
{
    char *key = arena_cstr(arena, email);
    for (size_t i = 0; i < email.len; i++) {
        key[i] = (char)(key[i] >= 'A' && key[i] <= 'Z' ? key[i] + ('a' - 'A') : key[i]);
    }
    return (struct slice){key, email.len};
}

/* +31 6 1234 5678 and 06-12345678 are one number. */
static struct slice phone_key(struct arena *arena, struct slice phone)
{
    char *digits = arena_alloc(arena, phone.len + 1);
    size_t count = 0;
    for (size_t i = 0; i < phone.len; i++) {
        if (phone.ptr[i] >= '0' && phone.ptr[i] <= '9') {
            digits[count++] = phone.ptr[i];
        }
    }
    const size_t skipped = count > PHONE_DIGITS ? count - PHONE_DIGITS : 0;
    return (struct slice){digits + skipped, count - skipped};
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* parent[i]: the letter that speaks for letter i, the first of those that are one person. taking: which
 * count. */
static uint32_t *same_people(struct arena *arena, const struct offer_opened *letters, const bool *taking,
                             size_t count)
{
    struct way *ways = arena_array(arena, 3 * count + 1, sizeof *ways);
    uint32_t *parent = arena_array(arena, count + 1, sizeof *parent);
    size_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        parent[i] = i;
        if (taking[i]) {
            const struct slice email = offer_letter_code(letters[i].letter, OFFER_EMAIL);
            const struct slice phone = offer_letter_code(letters[i].letter, OFFER_PHONE);
            ways[n++] = (struct way){letters[i].text, i};
            if (email.len > 0) {
                ways[n++] = (struct way){email_key(arena, email), i};
            }
            if (phone.len > 0) {
                ways[n++] = (struct way){phone_key(arena, phone), i};
            }
        }
    }
    if (n > 0) {
        qsort(ways, n, sizeof *ways, compare_ways);
    }
    for (size_t i = 1; i < n; i++) {
        if (slice_equal(ways[i].key, ways[i - 1].key)) {
            const uint32_t a = root_of(parent, ways[i].letter), b = root_of(parent, ways[i - 1].letter);
            parent[a > b ? a : b] = a > b ? b : a;
        }
    }
    return parent;
}

/* ---- groups and cells ---- */

static bool fits(const struct offer_group *group, const json_t *letter)
{
    for (size_t field = 0; field < OFFER_FIELDS; field++) {
        if (!group->asks[field]) {
            continue;
        }
        const struct slice code = offer_letter_code(letter, field);
        bool found = false;
        for (size_t i = 0; offer_fields[field].options[i] && !found; i++) {
            found = group->wanted[field][i] && slice_equal_cstr(code, offer_fields[field].options[i]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* The first group that fits; draw->plan->count: none. */
static uint32_t group_of(struct offer_draw *draw, const json_t *letter)
{
    const struct offer_plan *plan = draw->plan;
    size_t first = plan->count;
    size_t count = 0;
    for (size_t g = plan->count; g-- > 0;) {
        if (fits(&plan->groups[g], letter)) {
            first = g;
            count++;
        }
    }
    draw->several += count > 1;
    return (uint32_t)first;
}

static struct slice cell_of(struct arena *arena, const struct offer_spread *spread, const json_t *letter)
{
    struct slice cell = {0};
    for (size_t i = 0; i < spread->count; i++) {
        struct slice code = offer_letter_code(letter, spread->fields[i]);
        code = code.len > 0 ? code : SLICE("onbekend");
        cell = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(cell), i > 0 ? "," : "", SLICE_ARG(code));
    }
    return cell;
}

/* ---- the order ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_in_cell(const void *a, const void *b)
{
    const struct offer_person *x = a, *y = b;
    int order = compare_numbers(x->group, y->group);
    order = order != 0 ? order : slice_compare(x->cell, y->cell);
    order = order != 0 ? order : compare_numbers(x->chance, y->chance);
    return order != 0 ? order : strcmp(x->number, y->number);
}

static int compare_in_order(const void *a, const void *b)
{
    const struct offer_person *x = a, *y = b;
    int order = compare_numbers(x->group, y->group);
    order = order != 0 ? order : compare_numbers(x->turn, y->turn);
    order = order != 0 ? order : compare_numbers(x->cell_chance, y->cell_chance);
    order = order != 0 ? order : slice_compare(x->cell, y->cell);
    order = order != 0 ? order : compare_numbers(x->chance, y->chance);
    return order != 0 ? order : strcmp(x->number, y->number);
}

static void put_in_order(struct offer_draw *draw)
{
    struct offer_person *people = draw->people;
    if (draw->count > 0) {
        qsort(people, draw->count, sizeof *people, compare_in_cell);
    }
    for (size_t i = 1; i < draw->count; i++) {
        const bool same =
            people[i].group == people[i - 1].group && slice_equal(people[i].cell, people[i - 1].cell);
        people[i].turn = same ? people[i - 1].turn + 1 : 0;
    }
    /* Without cells to spread over, one takes all turns: the order of their numbers. */
    if (draw->count > 0) {
        qsort(people, draw->count, sizeof *people, compare_in_order);
    }
    for (size_t g = 0, i = 0; g <= draw->plan->count; g++) {
        draw->first[g] = i;
        while (i < draw->count && people[i].group == g) {
            i++;
        }
    }
}

/* A person of this letter, unless they fit no group. */
static void add_person(struct offer_draw *draw, struct arena *arena, const struct offer_opened *letter,
                       const unsigned char key[16])
{
    struct offer_person *person = &draw->people[draw->count];
    person->from = letter;
    person->group = group_of(draw, letter->letter);
    if (person->group == draw->plan->count) {
        draw->left_out.no_group++;
        return;
    }
    crypto_hex(person->number, letter->sha256, CRYPTO_SHA256_BYTES);
    person->chance = seeded_u64(key, slice_from_cstr(person->number));
    person->cell = cell_of(arena, draw->spread, letter->letter);
    person->cell_chance = seeded_u64(key, person->cell);
    draw->count++;
}

const struct offer_draw *offer_draw(struct arena *arena, const struct offer_plan *plan,
                                    const struct offer_spread *spread, struct slice seed,
                                    struct offer_opened *letters, size_t count)
{
    unsigned char key[CRYPTO_SHA256_BYTES]; /* its first 16 bytes are the key */
    struct offer_draw *draw = arena_alloc(arena, sizeof *draw);
    bool *taking = arena_array(arena, count + 1, sizeof *taking);
    *draw = (struct offer_draw){.plan = plan, .spread = spread, .seed = seed, .letters = count};
    draw->people = arena_array(arena, count + 1, sizeof *draw->people);
    crypto_sha256(key, seed);
    if (count > 0) {
        qsort(letters, count, sizeof *letters, compare_letters);
    }
    hash_input(draw, arena, letters);
    for (size_t i = 0; i < count; i++) {
        const bool wishes = wishes_conversation(letters[i].letter);
        const bool program = by_program(letters[i].letter);
        taking[i] = wishes && !program;
        draw->left_out.no_conversation += !wishes;
        draw->left_out.program += wishes && program;
    }
    const uint32_t *speaks = same_people(arena, letters, taking, count);
    for (size_t i = 0; i < count; i++) {
        if (taking[i] && speaks[i] != i) {
            draw->left_out.same++;
        } else if (taking[i]) {
            add_person(draw, arena, &letters[i], key);
        }
    }
    put_in_order(draw);
    return draw;
}

struct offer_draw_counts offer_draw_count(const struct offer_draw *draw)
{
    struct offer_draw_counts out = {.letters = draw->letters, .people = draw->count};
    for (size_t g = 0; g < draw->plan->count; g++) {
        const struct offer_group *group = &draw->plan->groups[g];
        const size_t there = draw->first[g + 1] - draw->first[g];
        const size_t invited = group->people + group->extra;
        const size_t all = invited + group->reserves;
        out.invited += there < invited ? there : invited;
        out.reserves += there < invited ? 0 : (there < all ? there : all) - invited;
        out.short_groups += there < all;
    }
    return out;
}
