/* Forms of fieldwork's pages (account_form.h), with their texts under "fieldwork". */
#ifndef ZEVENSTEM_FIELDWORK_FORM_H
#define ZEVENSTEM_FIELDWORK_FORM_H

#include "features/account/account.h"

static inline void form_show(json_t *context, struct http_exchange *ex, const struct locales *locales,
                             const struct form_field *fields, size_t count, const json_t *values,
                             const json_t *options, const struct json_errors *errors)
{
    form_show_of(context, "fieldwork", ex, locales, fields, count, values, options, errors);
}

#endif
