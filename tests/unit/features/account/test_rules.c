/* The pure rules: who may what, what is still asked at signing in, which passwords are taken, what waits. */
#include "features/account/account_internal.h"
#include "features/account/account_password.h"

#include <criterion/criterion.h>
#include <string.h>

/* ---- permissions ---- */

static bool role_may(enum account_role role, const char *held_in, const char *permission, const char *asked)
{
    const struct account_grant grant = {role, held_in};
    const struct account_caller caller = {.account_id = 1, .label = "x", .grants = &grant, .grant_count = 1};
    return account_may(&caller, permission, asked);
}

Test(permission, is_what_this_table_says)
{
    /* beheerder, onderzoeker, codeur, analist, tafelsecretaris, lezer; written down apart from the code's. */
    static const struct {
        const char *permission, *roles;
    } table[] = {
        {"sign-in", "111111"},          {"password.set", "111111"},     {"factor.set", "111111"},
        {"account.own", "111111"},      {"account.manage", "100000"},   {"key.manage", "100000"},
        {"audit.view", "100000"},       {"rights.help", "100000"},      {"round.view", "111111"},
        {"round.manage", "100000"},     {"round.publish", "110000"},    {"response.enter", "110000"},
        {"response.send", "000000"},    {"table.view", "000100"},       {"microdata.export", "000100"},
        {"fieldwork.manage", "010000"}, {"participant.name", "010000"}, {"coding.book", "011110"},
        {"coding.do", "011000"},        {"coding.view", "010100"},      {"coding.manage", "010000"},
        {"passage.view", "011000"},     {"tafel.manage", "000010"},     {"signal.view", "000010"},
        {"valuemap.view", "010110"},    {"valuemap.manage", "000010"},  {"transcript.send", "000000"},
        {"coding.find", "010110"},
    };
    size_t rows = sizeof table / sizeof table[0];
    for (size_t i = 0; i < rows; i++) {
        for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
            cr_expect_eq(role_may((enum account_role)role, EVERY_CONSULTATION, table[i].permission, "a"),
                         table[i].roles[role] == '1', "%s %s", account_role_name((enum account_role)role),
                         table[i].permission);
        }
    }
    cr_expect_null(account_permission_at(rows), "every permission stands in this test");
    cr_expect_not_null(account_permission_at(rows - 1));
}

Test(permission, of_a_consultation_ends_there)
{
    cr_expect(role_may(ROLE_ANALIST, "a", PERMISSION_TABLE_VIEW, "a"));
    cr_expect_not(role_may(ROLE_ANALIST, "a", PERMISSION_TABLE_VIEW, "b"));
    cr_expect(role_may(ROLE_ANALIST, "a", PERMISSION_TABLE_VIEW, SOME_CONSULTATION));
    cr_expect_not(role_may(ROLE_BEHEERDER, "a", PERMISSION_ACCOUNT_MANAGE, "a"), "accounts are of the house");
    cr_expect_not(role_may(ROLE_BEHEERDER, "a", PERMISSION_ACCOUNT_MANAGE, SOME_CONSULTATION));
}

Test(permission, is_refused_unless_given)
{
    const struct account_caller nobody = {.account_id = 1};
    cr_expect_not(account_may(NULL, PERMISSION_SIGN_IN, SOME_CONSULTATION));
    cr_expect_not(account_may(&nobody, PERMISSION_SIGN_IN, SOME_CONSULTATION));
    cr_expect_not(role_may(ROLE_BEHEERDER, "", "iets.anders", "a"));
    cr_expect_not(role_may(ROLE_BEHEERDER, "", NULL, "a"));
    cr_expect_not(role_may(ACCOUNT_ROLES, "", PERMISSION_SIGN_IN, "a"));
}

Test(permission, of_a_key_is_by_its_scopes)
{
    const char *const scopes[] = {SCOPE_ANALYST, NULL};
    const struct account_grant grant = {ROLE_BEHEERDER, EVERY_CONSULTATION};
    const struct account_caller key = {.key_id = 4, .scopes = scopes, .grants = &grant, .grant_count = 1};
    cr_expect(account_may(&key, PERMISSION_TABLE_VIEW, SOME_CONSULTATION));
    cr_expect_not(account_may(&key, PERMISSION_MICRODATA_EXPORT, SOME_CONSULTATION));
    cr_expect_not(account_may(&key, PERMISSION_PASSAGE_VIEW, SOME_CONSULTATION));
    cr_expect_not(account_may(&key, PERMISSION_ACCOUNT_MANAGE, SOME_CONSULTATION), "a key has no roles");
    cr_expect_not(account_may(&key, PERMISSION_SIGN_IN, SOME_CONSULTATION));
}

Test(permission, of_a_key_for_what_was_said_is_to_read_it_and_no_more)
{
    static const char *const may[] = {PERMISSION_PASSAGE_VIEW, PERMISSION_CODING_VIEW,
                                      PERMISSION_CODING_BOOK};
    const char *const scopes[] = {SCOPE_TALKS, NULL};
    const struct account_caller key = {.key_id = 4, .scopes = scopes};
    size_t given = 0;
    for (size_t i = 0; account_permission_at(i); i++) {
        given += account_may(&key, account_permission_at(i), SOME_CONSULTATION);
    }
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        cr_expect(account_may(&key, may[i], SOME_CONSULTATION), "%s", may[i]);
    }
    cr_expect_eq(given, sizeof may / sizeof may[0], "names, contacts and writing are not among them");
}

Test(permission, of_a_key_may_be_for_one_consultation)
{
    const char *const scopes[] = {SCOPE_ANALYST, NULL};
    const struct account_caller key = {.key_id = 4, .scopes = scopes, .place = "a"};
    cr_expect(account_may(&key, PERMISSION_TABLE_VIEW, "a"));
    cr_expect(account_may(&key, PERMISSION_TABLE_VIEW, SOME_CONSULTATION));
    cr_expect_not(account_may(&key, PERMISSION_TABLE_VIEW, "b"));
    cr_expect_not(account_may(&key, PERMISSION_TABLE_VIEW, EVERY_CONSULTATION));
    cr_expect_not(account_may(&key, PERMISSION_MICRODATA_EXPORT, "a"));
}

/* ---- signing in ---- */

Test(sign_in, asks_in_order_and_opens_no_more_than_it_must)
{
    struct staff_session session = {.has_factor = true, .one_time = true, .must_factor = true};
    cr_expect_eq(sign_in_stage(&session), SIGN_IN_FACTOR);
    session.factor_done = true;
    cr_expect_eq(sign_in_stage(&session), SIGN_IN_PASSWORD);
    session.one_time = false;
    cr_expect_eq(sign_in_stage(&session), SIGN_IN_WHOLE);
    session.has_factor = session.factor_done = false;
    cr_expect_eq(sign_in_stage(&session), SIGN_IN_SETUP);
    for (size_t i = 0; account_permission_at(i); i++) {
        const char *permission = account_permission_at(i);
        cr_expect_eq(sign_in_admits(SIGN_IN_FACTOR, permission), i == 0, "%s", permission);
        cr_expect_eq(sign_in_admits(SIGN_IN_PASSWORD, permission), i <= 1, "%s", permission);
        cr_expect_eq(sign_in_admits(SIGN_IN_SETUP, permission), i <= 2, "%s", permission);
        cr_expect(sign_in_admits(SIGN_IN_WHOLE, permission), "%s", permission);
    }
}

Test(sign_in, leads_back_to_own_pages_only)
{
    static const char *const good[] = {"/beheer", "/beheer/account", "/beheer/rondes/klein-1"};
    static const char *const bad[] = {"",
                                      "/",
                                      "//boos.example",
                                      "/beheer//boos",
                                      "https://boos",
                                      "/beheerder",
                                      "/beheer/\r\nX: y",
                                      "/beheer\\boos",
                                      "/vragen",
                                      "/beheer/../x"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_expect(way_back_ok(slice_from_cstr(good[i])), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_not(way_back_ok(slice_from_cstr(bad[i])), "%s", bad[i]);
    }
}

/* ---- waiting ---- */

Test(delay, grows_and_stays_short)
{
    static const int after[] = {0, 0, 0, 500, 1000, 2000, 4000, 8000, 8000};
    for (int i = 0; i < 9; i++) {
        cr_expect_eq(login_delay_ms(i, 0), after[i], "%d", i);
    }
    cr_expect_eq(login_delay_ms(1000, 0), 8000);
    cr_expect_eq(login_delay_ms(1000, 3600), 0, "forgotten after an hour");
    cr_expect_eq(factor_pause_s(4), 0);
    cr_expect_eq(factor_pause_s(5), 60);
    cr_expect_eq(factor_pause_s(6), 120);
    cr_expect_eq(factor_pause_s(1000), 3600);
}

/* ---- passwords ---- */

Test(password_rules, take_length_and_refuse_what_is_known)
{
    static const struct {
        const char *password;
        enum password_fault fault;
    } cases[] = {
        {"een boot op het kanaal", PASSWORD_GOOD},
        {"xK9fQ2mLp7Rt", PASSWORD_GOOD},
        {"ééngoedezinvol", PASSWORD_GOOD},
        {"geen lijst kent dit welkom", PASSWORD_GOOD},
        {"kort", PASSWORD_SHORT},
        {"elf tekens!", PASSWORD_SHORT},
        {"aaaaaaaaaaaa", PASSWORD_SIMPLE},
        {"123456789012", PASSWORD_SIMPLE},
        {"abcdefghijklm", PASSWORD_SIMPLE},
        {"121212121212", PASSWORD_SIMPLE},
        {"Wachtwoord2026!", PASSWORD_COMMON},
        {"w@chtw00rd123", PASSWORD_COMMON},
        {"WelkomWelkom12", PASSWORD_COMMON},
        {"qwertyuiop123", PASSWORD_COMMON},
        {"!!Zevenstem2026", PASSWORD_COMMON},
        {"hallo, dit is Jan.Smit", PASSWORD_NAMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(password_check(slice_from_cstr(cases[i].password), SLICE("jan.smit")), cases[i].fault,
                     "%s: %d", cases[i].password,
                     password_check(slice_from_cstr(cases[i].password), SLICE("jan.smit")));
    }
    static char longest[1026];
    memset(longest, 'x', sizeof longest - 1);
    cr_expect_eq(password_check(slice_from_cstr(longest), SLICE("jan")), PASSWORD_LONG);
}
