/* The signals that a report tells of. */
#include "features/report/report_make.h"

#include "base/clock.h"
#include "features/report/report_year.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <stdio.h>

enum { SIGNAL_PAGE = 100, NUMBER_BYTES = 12 };

const struct report_limit report_limit_signals = {"signalen", 2000};

/* Whatever a signal rests on: of a report of all consultations no figures that were invented. */
static void leave_out_invented(json_t *signal, const struct report_making *m)
{
    json_t *evidence = json_object_get(signal, "bewijs");
    for (size_t i = json_array_size(evidence); m->draft->consultation.len == 0 && i-- > 0;) {
        const struct survey_round *round = survey_round_find(
            m->means->snapshot, slice_from_cstr(report_text(json_array_get(evidence, i), "ronde")));
        if (round && round->invented) {
            json_array_remove(evidence, i);
        }
    }
}

/* Those of a page that the report tells of, with where each of them went. */
static enum db_status add_signals(struct report_making *m, json_t *page)
{
    size_t i, count = 0;
    json_t *signal, *by_signal = NULL;
    int32_t numbers[SIGNAL_PAGE] = {0};
    const size_t before = json_array_size(m->signals);
    json_array_foreach(page, i, signal)
    {
        if (year_knew_signal(m->draft, signal) && year_had_signal(m->draft, signal)) {
            numbers[count++] = (int32_t)json_integer_value(json_object_get(signal, "nummer"));
            json_array_append(m->signals, signal);
        }
    }
    const enum db_status status =
        count > 0 ? forward_public_lists(&by_signal, m->tx, m->arena, numbers, count, m->means->least_votes)
                  : DB_OK;
    for (i = 0; i < count; i++) {
        char key[NUMBER_BYTES];
        snprintf(key, sizeof key, "%d", (int)numbers[i]);
        json_t *forwards = json_object_get(by_signal, key);
        signal = json_array_get(m->signals, before + i);
        json_object_set_new(signal, "doorgeleidingen", forwards ? json_incref(forwards) : json_array());
        leave_out_invented(signal, m);
    }
    return status;
}

enum db_status report_read_signals(struct report_making *m)
{
    struct signal_public asked = {.state = SLICE(""),
                                  .consultation = m->draft->consultation,
                                  .real = m->draft->consultation.len == 0,
                                  .most = SIGNAL_PAGE,
                                  .today = clock_day_nl(m->means->now_s)};
    enum db_status status = DB_OK;
    size_t got = SIGNAL_PAGE;
    while (status == DB_OK && got == SIGNAL_PAGE && !m->limit) {
        json_t *page = NULL;
        status = signal_public_wholes(&page, m->tx, m->arena, &asked);
        got = json_array_size(page);
        status = status == DB_OK && got > 0 ? add_signals(m, page) : status;
        if (json_array_size(m->signals) > (size_t)report_limit_signals.most) {
            m->limit = &report_limit_signals;
        }
        /* 0 would begin again. */
        asked.from = json_integer_value(json_object_get(json_array_get(page, got - 1), "nummer")) - 1;
        got = asked.from <= 0 ? 0 : got;
    }
    return status;
}
