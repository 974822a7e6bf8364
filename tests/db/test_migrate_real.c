/* The program's own migrations on a real server. */
#include "support/database.h"
#include "support/leaks.h"

#include "base/slice.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

TestSuite(schema, .fini = leaks_check, .timeout = 60);

Test(schema, migrates_from_nothing)
{
    struct test_database database;
    test_database_create(&database, true);
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.migration"), 3));
    test_database_drop(&database);
}
