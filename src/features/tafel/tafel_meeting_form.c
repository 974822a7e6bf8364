/* A form of a meeting: a deed that a table describes, shown and taken. */
#include "features/tafel/tafel_meeting_pages.h"

static void forget(void *object)
{
    json_decref(object);
}

/* False: answered with 404 or 409, or *status. */
static bool open_deed(struct meeting_page *page, enum db_status *status, struct db_tx *tx,
                      struct http_exchange *ex, const struct tafel *tafel, const struct meeting_deed *deed,
                      bool to_change)
{
    if (!meeting_page_open(page, status, tafel, tx, ex, to_change)) {
        return false;
    }
    page->form = deed->form;
    if (deed->parts) {
        const int32_t number = tafel_number(ex, deed->parameter);
        page->part = meeting_part(page, deed->parts, number);
        page->form.more =
            arena_printf(http_arena(ex), "/%s/%d%s", deed->parameter, (int)number, deed->form.more).ptr;
    }
    if (deed->parts && !page->part) {
        http_error(ex, 404);
        return false;
    }
    if (!meeting_may(page->state, deed->act)) {
        struct account *account = tafel->config.account;
        json_t *context = staff_titled(ex, account, deed->form.title);
        json_object_set_new(context, "said", staff_text(ex, account, "tafel.meeting.not_now"));
        json_object_set_new(context, "back_path", json_string(meeting_page_path(page)));
        staff_render(ex, account, 409, "staff_signal_said", context);
        return false;
    }
    page->options = deed->options ? deed->options(page) : NULL;
    if (page->options) {
        arena_defer(http_arena(ex), forget, page->options);
    }
    return true;
}

enum db_status meeting_deed_get(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel,
                                const struct meeting_deed *deed)
{
    struct meeting_page page;
    enum db_status status;
    if (open_deed(&page, &status, tx, ex, tafel, deed, false)) {
        const struct tafel_about about = meeting_page_about(&page);
        tafel_form_show(&about, &page.form, deed->act == MEETING_CHANGE ? page.meeting : NULL, page.options,
                        NULL, NULL);
    }
    return status;
}

enum db_status meeting_deed_post(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel,
                                 const struct meeting_deed *deed)
{
    struct meeting_page page;
    struct staff_posted posted;
    enum db_status status;
    if (!open_deed(&page, &status, tx, ex, tafel, deed, true)) {
        return status;
    }
    const struct tafel_about about = meeting_page_about(&page);
    tafel_form_read(&posted, &about, &page.form);
    status = deed->take(&page, &posted);
    if (status == DB_OK && !page.again) {
        status = meeting_record(
            &page, deed->audit,
            page.part ? arena_printf(db_arena(tx), "{\"%s\":%lld}", deed->parameter,
                                     (long long)json_integer_value(json_object_get(page.part, "nummer")))
                            .ptr
                      : NULL);
        http_redirect(ex, meeting_page_path(&page));
    }
    return status;
}

bool meeting_good(struct meeting_page *page, const struct staff_posted *posted)
{
    const struct tafel_about about = meeting_page_about(page);
    const bool good = tafel_form_good(posted, &about, &page->form, page->options);
    page->again = !good;
    return good;
}

bool meeting_added(struct meeting_page *page, struct staff_posted *posted, bool added, const char *pointer,
                   const char *detail)
{
    if (!added) {
        json_errors_add(&posted->errors, pointer, "te-veel", "%s", detail);
        return meeting_good(page, posted);
    }
    return true;
}
