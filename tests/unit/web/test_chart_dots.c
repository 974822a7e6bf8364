#include "chart_reader.h"
#include "support/leaks.h"

TestSuite(chart_dots, .fini = leaks_check);

#define SHOWN(v, l, h)                                                                                       \
    {                                                                                                        \
        CHART_SHOWN, v, true, l, h, SLICE_INIT("waarde")                                                     \
    }
#define WITHHELD                                                                                             \
    {                                                                                                        \
        CHART_WITHHELD, 0, false, 0, 0, SLICE_INIT("minder dan 15")                                          \
    }

static const struct chart_dot_row groups[] = {
    {SLICE_INIT("Jong"), {SHOWN(71.2, 62, 78.9), SHOWN(60, 55.5, 64.4)}},
    {SLICE_INIT("Oud"), {WITHHELD, SHOWN(52.7, 45.9, 59.4)}},
};

static struct chart_dots dots_of(size_t series_count)
{
    return (struct chart_dots){.head = {SLICE("g"), SLICE("Jong is vaker voor"), SLICE(""), SLICE(" %"), 100},
                               .rows = groups,
                               .row_count = 2,
                               .series_count = series_count,
                               .series = {SLICE("Open"), SLICE("Uitgenodigd")}};
}

static const char plot[] = "/following-sibling::svg[contains(@class, 'zs-chart__plot')]";

Test(chart_dots, a_dot_lies_at_its_share_with_its_interval)
{
    struct drawing d;
    struct chart_dots chart = dots_of(1);
    DRAW(&d, chart_draw_dots, &chart);
    expect_sound(&d);
    cr_expect(near(drawing_number(&d, "//span[.='Jong']%s//circle/@cx", plot), 71.2));
    cr_expect(
        near(drawing_number(&d, "//span[.='Jong']%s//g[@class='zs-chart__whisker']/line/@x1", plot), 62));
    cr_expect(
        near(drawing_number(&d, "//span[.='Jong']%s//g[@class='zs-chart__whisker']/line/@x2", plot), 78.9));
    cr_expect_eq(drawing_count(&d, "//span[.='Oud']%s//circle", plot), 0);
    cr_expect_eq(drawing_count(&d, "//span[.='Oud']%s//rect[@class='zs-chart__withheld']", plot), 1);
    cr_expect_eq(drawing_count(&d, "//path[@class='zs-chart__dot-2']"), 0, "one series");
    cr_expect_eq(drawing_count(&d, "//div[@class='zs-chart__keys']"), 0, "and no key");
    drawing_free(&d);
}

Test(chart_dots, two_series_have_their_own_shape_and_height)
{
    struct drawing d;
    struct chart_dots chart = dots_of(2);
    DRAW(&d, chart_draw_dots, &chart);
    expect_sound(&d);
    const char *diamond = "//path[@class='zs-chart__dot-2']/..";
    cr_expect(near(drawing_number(&d, "//span[.='Jong']%s//circle/@cx", plot), 71.2));
    cr_expect(near(drawing_number(&d, "//span[.='Jong']%s%s/@x", plot, diamond), 60));
    cr_expect(near(drawing_number(&d, "//span[.='Oud']%s%s/@x", plot, diamond), 52.7));
    double upper = drawing_number(&d, "//span[.='Jong']%s//circle/../@y", plot);
    double lower = drawing_number(&d, "//span[.='Jong']%s%s/../@y", plot, diamond);
    cr_expect(upper > 0 && lower > upper && lower < 100, "%f and %f", upper, lower);
    cr_expect_eq(drawing_count(&d, "//div[@class='zs-chart__keys']/span"), 2);
    cr_expect(drawing_says(&d, "Uitgenodigd", "string(//div[@class='zs-chart__keys']/span[2])"));
    cr_expect_eq(drawing_count(&d, "//div[@class='zs-chart__keys']/span[2]//path[@class='zs-chart__dot-2']"),
                 1);
    drawing_free(&d);
}

Test(chart_dots, the_reference_goes_through_every_row)
{
    struct drawing d;
    struct chart_dots chart = dots_of(1);
    chart.has_reference = true;
    chart.reference = 61.8;
    chart.reference_text = SLICE("Iedereen: 62 %");
    DRAW(&d, chart_draw_dots, &chart);
    expect_sound(&d);
    const char *rows[] = {"Jong", "Oud"};
    for (size_t i = 0; i < 2; i++) {
        cr_expect(
            near(drawing_number(&d, "//span[.='%s']%s/line[@class='zs-chart__reference']/@x1", rows[i], plot),
                 61.8));
        cr_expect(
            near(drawing_number(&d, "//span[.='%s']%s/line[@class='zs-chart__reference']/@x2", rows[i], plot),
                 61.8));
    }
    cr_expect(drawing_says(&d, "Iedereen: 62 %", "string(//div[@class='zs-chart__keys'])"));
    drawing_free(&d);
}

Test(chart_dots, the_reference_counts_for_the_axis)
{
    struct drawing d;
    static const struct chart_dot_row small[] = {{SLICE_INIT("Jong"), {SHOWN(8, 6, 9.5)}}};
    struct chart_dots chart = dots_of(1);
    chart.head.axis_max = 0;
    chart.rows = small;
    chart.row_count = 1;
    chart.has_reference = true;
    chart.reference = 15;
    chart.reference_text = SLICE("Iedereen");
    DRAW(&d, chart_draw_dots, &chart);
    expect_sound(&d);
    cr_expect(near(drawing_number(&d, "//span[.='Jong']%s//circle/@cx", plot), 40), "8 of 20");
    cr_expect(near(drawing_number(&d, "//span[.='Jong']%s/line/@x1", plot), 75), "15 of 20");
    drawing_free(&d);
}

static void expect_refused(struct chart_dots chart, const char *why)
{
    struct buffer out;
    buffer_init(&out, DRAWING_BYTES_MAX);
    cr_expect_not(chart_draw_dots(&out, &chart), "%s", why);
    cr_expect_eq(out.len, 0, "%s: nothing is written", why);
    buffer_free(&out);
}

Test(chart_dots, what_cannot_be_drawn_is_refused)
{
    expect_refused(dots_of(0), "no series");
    expect_refused(dots_of(CHART_SERIES_MAX + 1), "three series");
    struct chart_dots chart = dots_of(2);
    chart.series[1] = SLICE("");
    expect_refused(chart, "a series without a name");
    chart = dots_of(1);
    chart.row_count = 0;
    expect_refused(chart, "no rows");
    chart.row_count = CHART_ROWS_MAX + 1;
    expect_refused(chart, "too many rows");
    chart = dots_of(1);
    chart.has_reference = true;
    chart.reference_text = SLICE("Iedereen");
    chart.reference = 101;
    expect_refused(chart, "a reference that is no share");
    chart.head.axis_max = 80;
    chart.reference = 80.5;
    expect_refused(chart, "a reference past the axis");
    chart.reference = 50;
    chart.reference_text = SLICE("");
    expect_refused(chart, "a reference without a name");
    static const struct chart_dot_row wrong[] = {
        {SLICE_INIT("Jong"), {SHOWN(50, 40, 60), SHOWN(50, 51, 60)}}};
    chart = dots_of(2);
    chart.rows = wrong;
    chart.row_count = 1;
    expect_refused(chart, "an interval that does not hold its value");
}
