/* What is kept of a draw: the protocol, in which nobody can be found, and apart from it who is to be asked.
 */
#include "features/survey/survey_offer_draw_internal.h"

#include "formats/csv.h"

static const char *const roles[] = {"uitnodigen", "reserve"};

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *hash_text(const unsigned char hash[CRYPTO_SHA256_BYTES])
{
    char text[OFFER_HASH_TEXT_BYTES];
    crypto_hex(text, hash, CRYPTO_SHA256_BYTES);
    return json_string(text);
}

static json_t *count_of(size_t count)
{
    return json_integer((json_int_t)count);
}

static size_t missing(size_t wanted, size_t there)
{
    return wanted > there ? wanted - there : 0;
}

/* ---- the protocol ---- */

static void count_person(json_t *cells, struct slice cell, enum offer_role role)
{
    static const char *const drawn[] = {"uitgenodigd", "reserves"};
    json_t *counts = json_object_getn(cells, cell.ptr, cell.len);
    if (!counts) {
        counts = json_pack("{s:i, s:i, s:i}", "aangeboden", 0, "uitgenodigd", 0, "reserves", 0);
        json_object_setn_new(cells, cell.ptr, cell.len, counts);
    }
    json_t *offered = json_object_get(counts, "aangeboden");
    json_integer_set(offered, json_integer_value(offered) + 1);
    if (role != OFFER_NOT_DRAWN) {
        json_t *count = json_object_get(counts, drawn[role]);
        json_integer_set(count, json_integer_value(count) + 1);
    }
}

static json_t *group_object(const struct offer_draw *draw, size_t g)
{
    const struct offer_group *group = &draw->plan->groups[g];
    const struct offer_person *people = draw->people + draw->first[g];
    const size_t count = draw->first[g + 1] - draw->first[g];
    const size_t invited = group->people + group->extra;
    json_t *out = json_object();
    json_t *order = json_array();
    json_t *cells = json_object();
    for (size_t i = 0; i < count; i++) {
        const enum offer_role role = offer_draw_role(group, i);
        if (draw->spread->count > 0) {
            count_person(cells, people[i].cell, role);
        }
        if (role != OFFER_NOT_DRAWN) {
            json_array_append_new(order,
                                  json_pack("{s:s, s:s}", "nummer", people[i].number, "rol", roles[role]));
        }
    }
    json_object_set_new(out, "segment", text_of(group->code));
    json_object_set_new(out, "titel", text_of(group->title));
    json_object_set_new(out, "kenmerken", group->criteria ? json_deep_copy(group->criteria) : json_object());
    json_object_set_new(out, "mensen", count_of(group->people));
    json_object_set_new(out, "overwerving", count_of(group->extra));
    json_object_set_new(out, "reservesNodig", count_of(group->reserves));
    json_object_set_new(out, "aangeboden", count_of(count));
    json_object_set_new(out, "tekort", count_of(missing(invited, count)));
    json_object_set_new(out, "tekortReserves",
                        count_of(missing(invited + group->reserves, count) - missing(invited, count)));
    json_object_set_new(out, "cellen", cells);
    json_object_set_new(out, "volgorde", order);
    return out;
}

static json_t *spread_names(const struct offer_spread *spread)
{
    json_t *names = json_array();
    for (size_t i = 0; i < spread->count; i++) {
        json_array_append_new(names, json_string(offer_fields[spread->fields[i]].name));
    }
    return names;
}

json_t *offer_draw_protocol(const struct offer_draw *draw)
{
    json_t *out = json_object();
    json_t *groups = json_array();
    json_t *short_of = json_array();
    json_t *left_out = json_object();
    for (size_t g = 0; g < draw->plan->count; g++) {
        const struct offer_group *group = &draw->plan->groups[g];
        json_array_append_new(groups, group_object(draw, g));
        if (draw->first[g + 1] - draw->first[g] < group->people + group->extra + group->reserves) {
            json_array_append_new(short_of, text_of(group->code));
        }
    }
    json_object_set_new(left_out, "geenGesprek", count_of(draw->left_out.no_conversation));
    json_object_set_new(left_out, "programma", count_of(draw->left_out.program));
    json_object_set_new(left_out, "dubbel", count_of(draw->left_out.same));
    json_object_set_new(left_out, "geenSegment", count_of(draw->left_out.no_group));
    json_object_set_new(out, "loting", json_integer(1));
    json_object_set_new(out, "ronde", text_of(draw->plan->round));
    json_object_set_new(out, "soort", text_of(draw->plan->kind));
    json_object_set_new(out, "zaad", text_of(draw->seed));
    json_object_set_new(out, "spreiding", spread_names(draw->spread));
    json_object_set_new(out, "planSha256", hash_text(draw->plan->sha256));
    json_object_set_new(out, "brieven", count_of(draw->letters));
    json_object_set_new(out, "brievenSha256", hash_text(draw->input));
    json_object_set_new(out, "nietMeegeloot", left_out);
    json_object_set_new(out, "pastInMeerSegmenten", count_of(draw->several));
    json_object_set_new(out, "tekort", short_of);
    json_object_set_new(out, "segmenten", groups);
    return out;
}

/* ---- who they are ---- */

static void put_field(struct buffer *out, const json_t *letter, const char *name)
{
    const json_t *text = json_object_get(letter, name);
    buffer_append_byte(out, ',');
    csv_put_text(out, json_is_string(text) ? (struct slice){json_string_value(text), json_string_length(text)}
                                           : (struct slice){0});
}

void offer_draw_contacts(struct buffer *out, const struct offer_draw *draw)
{
    buffer_append_cstr(out, "segment,volgorde,rol,nummer");
    for (size_t field = OFFER_NAME; field < OFFER_FIELDS; field++) {
        buffer_printf(out, ",%s", offer_fields[field].name);
    }
    buffer_append_cstr(out, ",formulier\r\n");
    for (size_t g = 0; g < draw->plan->count; g++) {
        const struct offer_group *group = &draw->plan->groups[g];
        for (size_t i = draw->first[g]; i < draw->first[g + 1]; i++) {
            const size_t place = i - draw->first[g];
            const enum offer_role role = offer_draw_role(group, place);
            if (role == OFFER_NOT_DRAWN) {
                break;
            }
            csv_put_text(out, group->code);
            buffer_printf(out, ",%zu,%s,%s", place + 1, roles[role], draw->people[i].number);
            for (size_t field = OFFER_NAME; field < OFFER_FIELDS; field++) {
                put_field(out, draw->people[i].from->letter, offer_fields[field].name);
            }
            put_field(out, draw->people[i].from->letter, "formulier");
            buffer_append_cstr(out, "\r\n");
        }
    }
}
