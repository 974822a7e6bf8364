/* Who may do what: one table, and the one function that reads it. What stands in no row is refused. */
#include "features/account/account.h"

#include <string.h>

#define ROLE(name) (1U << ROLE_##name)

enum { EVERY_ROLE = (1 << ACCOUNT_ROLES) - 1 };

/* everywhere: of no single consultation, so that only a role for all of them gives it. scope: the scope of a
 * key that gives it; NULL: none does. */
struct rule {
    const char *permission;
    unsigned roles;
    bool everywhere;
    const char *scope;
};

static const struct rule rules[] = {
    /* one's own: whoever is signed in at all */
    {PERMISSION_SIGN_IN, EVERY_ROLE, false, NULL},
    {PERMISSION_PASSWORD_SET, EVERY_ROLE, false, NULL},
    {PERMISSION_FACTOR_SET, EVERY_ROLE, false, NULL},
    {PERMISSION_OWN_ACCOUNT, EVERY_ROLE, false, NULL},
    /* the house */
    {PERMISSION_ACCOUNT_MANAGE, ROLE(BEHEERDER), true, NULL},
    {PERMISSION_KEY_MANAGE, ROLE(BEHEERDER), true, NULL},
    {PERMISSION_AUDIT_VIEW, ROLE(BEHEERDER), true, NULL},
    {PERMISSION_RIGHTS_HELP, ROLE(BEHEERDER), false, NULL},
    /* consultations and their rounds */
    {PERMISSION_ROUND_VIEW, EVERY_ROLE, false, NULL},
    {PERMISSION_ROUND_MANAGE, ROLE(BEHEERDER), false, NULL},
    {PERMISSION_ROUND_PUBLISH, ROLE(BEHEERDER) | ROLE(ONDERZOEKER), false, NULL},
    {PERMISSION_RESPONSE_ENTER, ROLE(BEHEERDER) | ROLE(ONDERZOEKER), false, NULL},
    {PERMISSION_RESPONSE_SEND, 0, false, SCOPE_INTAKE},
    /* interviews and focus groups */
    {PERMISSION_FIELDWORK_MANAGE, ROLE(ONDERZOEKER), false, NULL},
    {PERMISSION_PARTICIPANT_NAME, ROLE(ONDERZOEKER), false, NULL},
    /* what was said, tagged */
    {PERMISSION_CODING_BOOK, ROLE(ONDERZOEKER) | ROLE(CODEUR) | ROLE(ANALIST) | ROLE(SECRETARIS), false,
     SCOPE_TALKS},
    {PERMISSION_CODING_DO, ROLE(ONDERZOEKER) | ROLE(CODEUR), false, NULL},
    {PERMISSION_CODING_VIEW, ROLE(ONDERZOEKER) | ROLE(ANALIST), false, SCOPE_TALKS},
    {PERMISSION_CODING_FIND, ROLE(ONDERZOEKER) | ROLE(ANALIST) | ROLE(SECRETARIS), false, NULL},
    {PERMISSION_CODING_MANAGE, ROLE(ONDERZOEKER), false, NULL},
    {PERMISSION_PASSAGE_VIEW, ROLE(ONDERZOEKER) | ROLE(CODEUR), false, SCOPE_TALKS},
    {PERMISSION_TRANSCRIPT_SEND, 0, false, SCOPE_TRANSCRIPTS},
    /* what came of them */
    {PERMISSION_TABLE_VIEW, ROLE(ANALIST), false, SCOPE_ANALYST},
    {PERMISSION_MICRODATA_EXPORT, ROLE(ANALIST), false, SCOPE_MICRODATA},
    {PERMISSION_VALUE_MAP_VIEW, ROLE(ONDERZOEKER) | ROLE(ANALIST) | ROLE(SECRETARIS), false, SCOPE_ANALYST},
    {PERMISSION_VALUE_MAP_MANAGE, ROLE(SECRETARIS), false, NULL},
    /* the table: it is of no single consultation */
    {PERMISSION_TAFEL_MANAGE, ROLE(SECRETARIS), true, NULL},
    {PERMISSION_SIGNAL_VIEW, ROLE(SECRETARIS), true, SCOPE_TAFEL},
};
enum { RULE_COUNT = sizeof rules / sizeof rules[0] };

static const char *const role_names[ACCOUNT_ROLES + 1] = {
    [ROLE_BEHEERDER] = "beheerder", [ROLE_ONDERZOEKER] = "onderzoeker",    [ROLE_CODEUR] = "codeur",
    [ROLE_ANALIST] = "analist",     [ROLE_SECRETARIS] = "tafelsecretaris", [ROLE_LEZER] = "lezer",
    [ACCOUNT_ROLES] = NULL,
};

const char *account_role_name(enum account_role role)
{
    return role < ACCOUNT_ROLES ? role_names[role] : NULL;
}

bool account_role_find(enum account_role *role, struct slice name)
{
    for (unsigned i = 0; i < ACCOUNT_ROLES; i++) {
        if (slice_equal_cstr(name, role_names[i])) {
            *role = (enum account_role)i;
            return true;
        }
    }
    return false;
}

static const struct rule *find_rule(const char *permission)
{
    for (size_t i = 0; permission && i < RULE_COUNT; i++) {
        if (strcmp(rules[i].permission, permission) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

bool account_permission_known(const char *permission)
{
    return find_rule(permission) != NULL;
}

const char *account_permission_at(size_t index)
{
    return index < RULE_COUNT ? rules[index].permission : NULL;
}

static bool key_may(const struct account_caller *caller, const struct rule *rule, const char *consultation)
{
    if (caller->place && strcmp(consultation, SOME_CONSULTATION) != 0 &&
        strcmp(consultation, caller->place) != 0) {
        return false;
    }
    for (size_t i = 0; rule->scope && caller->scopes && caller->scopes[i]; i++) {
        if (strcmp(caller->scopes[i], rule->scope) == 0) {
            return true;
        }
    }
    return false;
}

void account_refuse_call(struct http_exchange *ex, const char *permission)
{
    const struct account_caller *caller = http_caller(ex);
    const struct rule *rule = find_rule(permission);
    const char *detail = NULL;
    if (caller && caller->key_id != 0 && rule && rule->scope) {
        detail = key_may(caller, rule, SOME_CONSULTATION)
                     ? "Deze sleutel is voor een andere consultatie."
                     : arena_printf(http_arena(ex), "Deze sleutel heeft het recht %s niet.", rule->scope).ptr;
    }
    http_problem(ex, 403, NULL, NULL, detail, NULL);
}

bool account_may(const struct account_caller *caller, const char *permission, const char *consultation)
{
    const struct rule *rule = find_rule(permission);
    if (!caller || !rule) {
        return false;
    }
    if (caller->key_id != 0) {
        return key_may(caller, rule, consultation);
    }
    for (size_t i = 0; i < caller->grant_count; i++) {
        const struct account_grant *grant = &caller->grants[i];
        bool here = strcmp(grant->consultation, EVERY_CONSULTATION) == 0 ||
                    (!rule->everywhere && (strcmp(consultation, SOME_CONSULTATION) == 0 ||
                                           strcmp(grant->consultation, consultation) == 0));
        if (here && grant->role < ACCOUNT_ROLES && (rule->roles & (1U << grant->role)) != 0) {
            return true;
        }
    }
    return false;
}
