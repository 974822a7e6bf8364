/* How far things came through stages. */
#include "chart_reader.h"
#include "support/leaks.h"
#include "web/chart_internal.h"

TestSuite(chart_flow, .fini = leaks_check);

#define PART(v)                                                                                              \
    {                                                                                                        \
        v, SLICE_INIT("9")                                                                                   \
    }

static const struct chart_stage three[] = {
    {SLICE_INIT("Gehoord"), SLICE_INIT("20"), {PART(75), PART(25), {0, {NULL, 0}}}},
    {SLICE_INIT("Besproken"), SLICE_INIT("15"), {PART(40), PART(15), PART(20)}},
    {SLICE_INIT("Doorgegeven"), SLICE_INIT("8"), {PART(40), {0, {NULL, 0}}, {0, {NULL, 0}}}},
};

static struct chart_flow flow_of(const struct chart_stage *stages, size_t count)
{
    return (struct chart_flow){
        .head = {.id = SLICE("f"), .title = SLICE("Zo ver zijn ze"), .note = SLICE("")},
        .keys = {SLICE("ging verder"), SLICE("ligt hier nu"), SLICE("hield op")},
        .stages = stages,
        .stage_count = count};
}

Test(chart_flow, each_stage_stands_under_what_went_on_to_it)
{
    struct drawing d;
    struct chart_flow chart = flow_of(three, 3);
    DRAW(&d, chart_draw_flow, &chart);
    expect_sound(&d);
    static const char *const row = "(//div[contains(@class, 'zs-chart__row')])";
    cr_expect_eq(drawing_count(&d, "//div[contains(@class, 'zs-chart__row')]"), 3);
    cr_expect(near(drawing_number(&d, "%s[2]//rect[@class='zs-chart__part-f3']/@x", row), 0));
    cr_expect(near(drawing_number(&d, "%s[2]//rect[@class='zs-chart__part-f3']/@width", row), 40));
    cr_expect(near(drawing_number(&d, "%s[2]//rect[@class='zs-chart__part-n']/@x", row), 40));
    cr_expect(near(drawing_number(&d, "%s[2]//rect[@class='zs-chart__part-a2']/@x", row), 55));
    cr_expect(near(drawing_number(&d, "%s[2]//rect[@class='zs-chart__part-a2']/@width", row), 20));
    cr_expect_eq(
        drawing_count(&d, "//rect[@class='zs-chart__part-a2'][not(ancestor::*[contains(@class, 'key')])]"), 1,
        "a part of nothing is not drawn");
    cr_expect_eq(drawing_count(&d, "//svg[@class='zs-chart__key']"), 3);
    drawing_free(&d);
}

Test(chart_flow, more_than_came_is_refused)
{
    struct chart_stage bad[3];
    struct buffer out;
    buffer_init(&out, 100000);
    for (size_t i = 0; i < 3; i++) {
        bad[i] = three[i];
    }
    bad[2].parts[CHART_IS_HERE].share = 1;
    struct chart_flow chart = flow_of(bad, 3);
    cr_expect_not(chart_draw_flow(&out, &chart), "41 of 40 that went on");
    chart = flow_of(three, 0);
    cr_expect_not(chart_draw_flow(&out, &chart));
    chart = flow_of(three, 3);
    chart.keys[1] = SLICE("");
    cr_expect_not(chart_draw_flow(&out, &chart));
    cr_expect_eq(buffer_slice(&out).len, 0);
    buffer_free(&out);
}
