#include "base/fault.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static bool configure(const char *text)
{
    return fault_configure(slice_from_cstr(text));
}

Test(fault, nothing_is_armed_without_a_configuration)
{
    cr_assert_not(fault_hit("db.execute"));
    cr_assert(configure(""));
    cr_assert_not(fault_hit("db.execute"));
}

Test(fault, an_error_comes_from_its_turn_on)
{
    cr_assert(configure("a.first=error,a.third=error@3"));
    cr_assert(fault_hit("a.first"));
    cr_assert(fault_hit("a.first"));
    cr_assert_not(fault_hit("a.third"));
    cr_assert_not(fault_hit("a.third"));
    cr_assert(fault_hit("a.third"));
    cr_assert(fault_hit("a.third"));
    cr_assert_not(fault_hit("a"));
    cr_assert_not(fault_hit("a.first.more"));
}

Test(fault, a_sleep_takes_its_time_and_fails_nothing)
{
    cr_assert(configure("slow=sleep:30@2"));
    int64_t before = clock_monotonic_us();
    cr_assert_not(fault_hit("slow"));
    cr_assert_lt(clock_monotonic_us() - before, 25000);
    before = clock_monotonic_us();
    cr_assert_not(fault_hit("slow"));
    cr_assert_geq(clock_monotonic_us() - before, 30000);
}

Test(fault, kill_ends_the_process, .signal = SIGKILL)
{
    cr_assert(configure("batch.before-commit=kill@2"));
    cr_assert_not(fault_hit("batch.before-commit"));
    fault_hit("batch.before-commit");
}

Test(fault, other_forms_are_refused_and_arm_nothing)
{
    static const char *const bad[] = {
        "a",           "=error",      "a=",           "a=fail",    "a=error:1",
        "a=kill:1",    "a=sleep",     "a=sleep:",     "a=sleep:x", "a=sleep:600001",
        "a=error@",    "a=error@x",   "a=error@-1",   ",a=error",  "a=error,,b=error",
        "a=error,b=x", "a=error@1@2", "a=error@1:30", "a==error"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(configure(bad[i]), "%s", bad[i]);
        cr_assert_not(fault_hit("a"), "%s", bad[i]);
    }
}

Test(fault, its_table_and_its_names_have_an_end)
{
    char name[64] = "";
    memset(name, 'n', 47);
    memcpy(name + 47, "=error", 7);
    cr_assert(configure(name));
    name[47] = '\0';
    cr_assert(fault_hit(name));
    memset(name, 'n', 48);
    memcpy(name + 48, "=error", 7);
    cr_assert_not(configure(name));
    cr_assert(configure("a=error,b=error,c=error,d=error,e=error,f=error,g=error,h=error,"
                        "i=error,j=error,k=error,l=error,m=error,n=error,o=error,p=error"));
    cr_assert(fault_hit("p"));
    cr_assert_not(configure("a=error,b=error,c=error,d=error,e=error,f=error,g=error,h=error,"
                            "i=error,j=error,k=error,l=error,m=error,n=error,o=error,p=error,q=error"));
    cr_assert_not(fault_hit("a"));
}
