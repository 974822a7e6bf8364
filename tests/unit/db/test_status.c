#include "db/status.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>

TestSuite(status, .fini = leaks_check);

struct expectation {
    char sqlstate[8];
    enum db_status status;
};

ParameterizedTestParameters(status, maps_every_code_that_matters)
{
    static struct expectation all[] = {
        {"40001", DB_RETRY},       {"40P01", DB_RETRY},       {"55P03", DB_RETRY},
        {"57014", DB_TIMEOUT},     {"22001", DB_CONSTRAINT},  {"22P02", DB_CONSTRAINT},
        {"22021", DB_CONSTRAINT},  {"23502", DB_CONSTRAINT},  {"23503", DB_CONSTRAINT},
        {"23505", DB_CONSTRAINT},  {"23514", DB_CONSTRAINT},  {"23P01", DB_CONSTRAINT},
        {"54000", DB_CONSTRAINT},  {"08000", DB_UNAVAILABLE}, {"08006", DB_UNAVAILABLE},
        {"08P01", DB_FAILED},      {"57P01", DB_UNAVAILABLE}, {"57P02", DB_UNAVAILABLE},
        {"57P03", DB_UNAVAILABLE}, {"57P04", DB_UNAVAILABLE}, {"57P05", DB_UNAVAILABLE},
        {"25P03", DB_UNAVAILABLE}, {"25006", DB_UNAVAILABLE}, {"53100", DB_UNAVAILABLE},
        {"53200", DB_UNAVAILABLE}, {"53300", DB_UNAVAILABLE}, {"58030", DB_UNAVAILABLE},
        {"25P02", DB_FAILED},      {"40002", DB_FAILED},      {"42501", DB_FAILED},
        {"42601", DB_FAILED},      {"42P01", DB_FAILED},      {"26000", DB_FAILED},
        {"0A000", DB_FAILED},      {"P0001", DB_FAILED},      {"XX000", DB_FAILED},
        {"57000", DB_FAILED},      {"00000", DB_FAILED},      {"", DB_FAILED},
        {"2", DB_FAILED},          {"230000", DB_FAILED},
    };
    return cr_make_param_array(struct expectation, all, sizeof all / sizeof all[0]);
}

ParameterizedTest(struct expectation *e, status, maps_every_code_that_matters)
{
    cr_expect(eq(int, db_status_from_sqlstate(e->sqlstate), e->status), "%s", e->sqlstate);
}

Test(status, no_code_is_a_failure)
{
    cr_expect(eq(int, db_status_from_sqlstate(NULL), DB_FAILED));
}

Test(status, each_has_a_name_of_its_own)
{
    static const enum db_status all[] = {DB_OK,      DB_RETRY,    DB_CONSTRAINT, DB_UNAVAILABLE,
                                         DB_TIMEOUT, DB_ROLLBACK, DB_FAILED};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t j = 0; j < i; j++) {
            cr_expect(not(slice_equal_cstr(slice_from_cstr(db_status_name(all[i])), db_status_name(all[j]))));
        }
    }
}
