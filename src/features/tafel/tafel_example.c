#include "features/tafel/tafel_example.h"

#include "base/clock.h"
#include "features/audit/audit.h"
#include "features/example/example.h"
#include "features/tafel/tafel_case_sql.h"
#include "features/tafel/tafel_example_framework.h"
#include "features/tafel/tafel_meeting_sql.h"
#include "features/tafel/tafel_message_sql.h"
#include "features/tafel/tafel_signal_sql.h"
#include "features/tafel/tafel_table_sql.h"

#define BY "voorbeeld"
enum { MEMBERS = 6, SIGNALS = 3, PRESENT = 5, DAYS_AGO = 10, DAYS_AHEAD = 14, DAYS_TO_ANSWER = 5 };

static const struct table_member members[MEMBERS] = {
    {SLICE_INIT("Verzonnen lid A"), SLICE_INIT("Verzonnen ministerie"), SLICE_INIT("overheid"), 0},
    {SLICE_INIT("Verzonnen lid B"), SLICE_INIT("Verzonnen provincie"), SLICE_INIT("overheid"), 0},
    {SLICE_INIT("Verzonnen lid C"), SLICE_INIT("Verzonnen zaadbedrijf"), SLICE_INIT("bedrijven"), 0},
    {SLICE_INIT("Verzonnen lid D"), SLICE_INIT("Verzonnen universiteit"), SLICE_INIT("kennisinstellingen"),
     0},
    {SLICE_INIT("Verzonnen lid E"), SLICE_INIT("Verzonnen natuurvereniging"),
     SLICE_INIT("maatschappelijke-organisaties"), 0},
    {SLICE_INIT("Verzonnen lid F"), SLICE_INIT("Verzonnen patiëntenvereniging"),
     SLICE_INIT("maatschappelijke-organisaties"), 0},
};

/* Two of what was planted in the data (example/README.md), and one that citizens brought up themselves. */
static const struct slice natural = SLICE_INIT("natuurlijkheid"), fair = SLICE_INIT("rechtvaardigheid"),
                          choice = SLICE_INIT("keuzevrijheid");
static const struct slice plants = SLICE_INIT("ngt-planten"), therapy = SLICE_INIT("gentherapie"),
                          meat = SLICE_INIT("kweekvlees");
static const struct signal_draft signals[SIGNALS] = {
    {.title = SLICE_INIT("Mensen vinden veranderde planten minder natuurlijk dan de vragenlijst laat zien"),
     .body =
         SLICE_INIT("In gesprekken zeggen mensen dat planten met veranderd DNA niet natuurlijk zijn. In de "
                    "vragenlijst zien zij vaker voordelen. Wie krijgt gelijk?"),
     .values = &natural,
     .applications = &plants,
     .is_public = true},
    {.title = SLICE_INIT("Niet iedereen kan een gentherapie betalen"),
     .body = SLICE_INIT("Mensen vragen wie een dure behandeling krijgt, en wie niet."),
     .values = &fair,
     .applications = &therapy,
     .is_public = true},
    {.title = SLICE_INIT("Mensen willen op het etiket zien of vlees gekweekt is"),
     .body = SLICE_INIT("In open antwoorden staat vaak dat mensen zelf willen kiezen."),
     .values = &choice,
     .applications = &meat,
     .is_public = true},
};

struct making {
    struct db_tx *tx;
    int32_t today, table, held, next, signal;   /* the last of the signals */
    int32_t seats[MEMBERS], items[SIGNALS + 1]; /* of the signals, and of the assessment framework */
};

static enum db_status make_table(struct making *m)
{
    struct table_draft draft = {.kind = slice_from_cstr(table_kinds[0]),
                                .title = SLICE("Maatschappelijke tafel (verzonnen)"),
                                .theme = SLICE(""),
                                .quorum = {4, 3},
                                .began_day = m->today - 200};
    bool added;
    enum db_status status = table_add(&m->table, m->tx, &draft, BY);
    for (size_t i = 0; status == DB_OK && i < MEMBERS; i++) {
        struct table_member member = members[i];
        member.began_day = draft.began_day;
        status = table_member_add(&added, m->tx, m->table, &member, BY);
    }
    return status;
}

static enum db_status make_meetings(struct making *m)
{
    const struct meeting_draft held = {m->table, m->today - DAYS_AGO, SLICE("Den Haag")};
    const struct meeting_draft next = {m->table, m->today + DAYS_AHEAD, SLICE("Utrecht")};
    enum db_status status = meeting_add(&m->held, m->tx, &held, BY);
    return status == DB_OK ? meeting_add(&m->next, m->tx, &next, BY) : status;
}

/* Signals on the agenda of the meeting that was; the last one on the next as well: it was held over. */
static enum db_status make_signals(struct making *m)
{
    const struct meeting_mark held = {m->held, BY}, next = {m->next, BY};
    enum db_status status = DB_OK;
    bool added;
    for (size_t i = 0; status == DB_OK && i < SIGNALS; i++) {
        struct signal_draft draft = signals[i];
        int32_t number;
        draft.source = slice_from_cstr(signal_sources[0]);
        draft.owner = SLICE("");
        draft.consultation = SLICE(EXAMPLE_CONSULTATION);
        draft.value_count = draft.application_count = 1;
        draft.due_day = m->today + DAYS_TO_ANSWER;
        status = signal_add(&number, m->tx, &draft, BY);
        m->signal = number;
        struct meeting_item item = {.signal = number, .title = SLICE(""), .is_public = true};
        status = status == DB_OK ? meeting_item_add(&added, m->tx, &held, &item) : status;
        if (status == DB_OK && i == SIGNALS - 1) {
            status = meeting_item_add(&added, m->tx, &next, &item);
        }
    }
    return status;
}

/* The rows that were made, by number. */
static enum db_status read_numbers(struct making *m, struct arena *arena, json_t **meeting)
{
    int32_t revision;
    size_t i;
    const json_t *row;
    const enum db_status status = meeting_find(meeting, &revision, m->tx, arena, m->held, m->today);
    json_array_foreach(json_object_get(*meeting, "aanwezigen"), i, row)
    {
        if (i < MEMBERS) {
            m->seats[i] = (int32_t)json_integer_value(json_object_get(row, "nummer"));
        }
    }
    json_array_foreach(json_object_get(*meeting, "punten"), i, row)
    {
        if (i <= SIGNALS) {
            m->items[i] = (int32_t)json_integer_value(json_object_get(row, "nummer"));
        }
    }
    return status;
}

static enum db_status decide(const struct making *m, const json_t *meeting, size_t i,
                             enum meeting_decision decision, struct slice told, struct slice dissent)
{
    const struct meeting_mark mark = {m->held, BY};
    const struct table_present present = meeting_present(meeting, m->items[i]);
    const struct meeting_decided decided = {
        m->items[i], decision, told, dissent, meeting_present_count(&present), {4, 3}};
    const json_t *item = json_array_get(json_object_get(meeting, "punten"), i);
    const struct signal_step step = {.from = SIGNAL_CAUGHT,
                                     .to = meeting_decision_step(decision),
                                     .told = told,
                                     .ground = slice_from_cstr(signal_grounds[0]),
                                     .reference = SLICE("Maatschappelijke tafel (verzonnen)"),
                                     .meeting_item = m->items[i]};
    const enum db_status status = meeting_decide(m->tx, &mark, &decided);
    return status == DB_OK && step.to != SIGNAL_STATES
               ? signal_step_add(m->tx, (int32_t)json_integer_value(json_object_get(item, "signaal")), &step,
                                 BY)
               : status;
}

/* What the table concludes about an application is decided there as well. */
static enum db_status put_framework(struct making *m)
{
    const struct meeting_mark held = {m->held, BY};
    const struct meeting_item item = {.title = SLICE("Afwegingskader over kweekvlees"), .is_public = true};
    bool added;
    return meeting_item_add(&added, m->tx, &held, &item);
}

static enum db_status hold(struct making *m)
{
    struct arena *arena = db_arena(m->tx);
    const struct meeting_mark mark = {m->held, BY};
    const struct meeting_paper paper = {SLICE("Wat burgers zeiden (verzonnen)"), SLICE("/uitkomsten"), true};
    const struct meeting_task task = {SLICE("Navragen wat er op etiketten mag staan"), SLICE("de secretaris"),
                                      m->today + DAYS_TO_ANSWER, true};
    json_t *meeting = NULL;
    bool added;
    enum db_status status = read_numbers(m, arena, &meeting);
    status = status == DB_OK ? meeting_paper_add(&added, m->tx, &mark, &paper) : status;
    status = status == DB_OK ? meeting_attendance_set(m->tx, &mark, m->seats, PRESENT) : status;
    status = status == DB_OK ? meeting_state_set(m->tx, &mark, MEETING_HELD, SLICE("")) : status;
    status = status == DB_OK ? read_numbers(m, arena, &meeting) : status;
    if (status == DB_OK) {
        status = decide(m, meeting, 0, DECISION_WEIGHED, SLICE("De tafel wil weten waarom het verschilt."),
                        SLICE("Bedrijven: de vragenlijst weegt zwaarder."));
    }
    if (status == DB_OK) {
        status = decide(m, meeting, 1, DECISION_DECLINED, SLICE("Dit staat al op de agenda van de overheid."),
                        SLICE(""));
    }
    if (status == DB_OK) {
        status = decide(m, meeting, 2, DECISION_HELD_OVER, SLICE(""), SLICE(""));
    }
    if (status == DB_OK) {
        status = decide(m, meeting, 3, DECISION_MADE,
                        SLICE("De tafel stelt dit vast. Een etiket en hulp voor boeren zijn nodig."),
                        SLICE("Bedrijven: een apart etiket is niet nodig."));
    }
    status = status == DB_OK ? meeting_task_add(&added, m->tx, &mark, &task) : status;
    return status == DB_OK ? meeting_state_set(m->tx, &mark, MEETING_ADOPTED, SLICE("")) : status;
}

/* ---- what people told the table, what it recommends, and what it wants to be found out ---- */

static enum db_status make_messages(struct making *m)
{
    static const struct {
        const char *organisation, *value, *application, *text;
    } said[] = {
        {"", "keuzevrijheid", "kweekvlees", "Ik wil in de winkel kunnen zien of vlees gekweekt is."},
        {"", "veiligheid", "", "Wie kijkt er of dit veilig is voor mijn kinderen?"},
        {"Verzonnen Bond van Consumenten", "keuzevrijheid", "kweekvlees",
         "Onze leden vragen om duidelijke etiketten."},
    };
    enum { KEPT_DAYS = MESSAGE_KEPT_DAYS };
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < sizeof said / sizeof said[0]; i++) {
        struct participation_code code;
        enum message_outcome outcome;
        const struct slice value = slice_from_cstr(said[i].value);
        const struct message_draft draft = {
            .sender = slice_from_cstr(message_senders[said[i].organisation[0] != '\0']),
            .organisation = slice_from_cstr(said[i].organisation),
            .language = SLICE("nl"),
            .application = slice_from_cstr(said[i].application),
            .text = slice_from_cstr(said[i].text),
            .values = &value,
            .value_count = 1,
            .received_day = m->today,
            .destroy_day = m->today + KEPT_DAYS};
        code_generate(&code); /* nobody has it: they are nobody's */
        status = message_send(&outcome, m->tx, db_keys(m->tx), &code, &draft);
    }
    return status;
}

static enum db_status make_cases(struct making *m)
{
    static const int32_t points[TABLE_SIDES] = {3, 2, 5, 4};
    const struct case_draft advice = {
        .title = SLICE("Zeg vooraf wanneer de volgende vragenlijst komt (verzonnen)"),
        .procedure = SLICE("burgerconsultatie"),
        .unclear = SLICE("Mensen weten niet wanneer zij weer kunnen meedoen."),
        .for_whom = SLICE("iedereen die eerder meedeed"),
        .proposal = SLICE("Noem na elke ronde de maand waarin de volgende begint."),
        .is_public = true};
    const struct case_draft question = {
        .title = SLICE("Wat weten mensen over kweekvlees voordat zij kiezen? (verzonnen)"),
        .kind = slice_from_cstr(research_kinds[2]),
        .technology = SLICE("kweekvlees"),
        .why_now = SLICE("De vragenlijst en de gesprekken zeggen niet hetzelfde."),
        .who = SLICE("een universiteit"),
        .is_public = true};
    int32_t number = 0, asked = 0;
    enum db_status status = case_keep(&number, m->tx, CASE_RECOMMENDATION, &advice, BY);
    status = status == DB_OK ? case_keep(&asked, m->tx, CASE_QUESTION, &question, BY) : status;
    const struct slice why = SLICE("Mensen zeiden dit in open antwoorden (verzonnen).");
    if (status == DB_OK) {
        status = case_evidence_add(m->tx, CASE_RECOMMENDATION, number, m->signal, 0, why, BY);
    }
    if (status == DB_OK) {
        status = case_evidence_add(m->tx, CASE_QUESTION, asked, m->signal, 0, why, BY);
    }
    for (unsigned side = 0; status == DB_OK && side < TABLE_SIDES; side++) {
        status = research_points_add(m->tx, asked, slice_from_cstr(table_sides[side]), points[side], BY);
    }
    return status;
}

enum db_status tafel_example_load(bool *made, struct db_tx *tx, int64_t now_s)
{
    struct making m = {.tx = tx, .today = clock_day_nl(now_s)};
    const struct audit_event event = {
        .actor = BY, .action = "example.tafel", .object = "table", .result = "ok", .origin = "command"};
    json_t *tables = NULL;
    enum db_status status = table_list(&tables, tx, db_arena(tx));
    *made = status == DB_OK && json_array_size(tables) == 0;
    if (!*made) {
        return status;
    }
    status = make_table(&m);
    status = status == DB_OK ? make_meetings(&m) : status;
    status = status == DB_OK ? make_signals(&m) : status;
    status = status == DB_OK ? put_framework(&m) : status;
    status = status == DB_OK ? hold(&m) : status;
    status = status == DB_OK ? framework_example(tx, m.items[SIGNALS]) : status;
    status = status == DB_OK ? make_messages(&m) : status;
    status = status == DB_OK ? make_cases(&m) : status;
    return status == DB_OK ? audit_record(tx, &event) : status;
}
