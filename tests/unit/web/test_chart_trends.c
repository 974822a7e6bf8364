#include "chart_reader.h"
#include "support/leaks.h"
#include "web/chart_internal.h"

TestSuite(chart_trends, .fini = leaks_check);

#define SHOWN(v, l, h, t)                                                                                    \
    {                                                                                                        \
        CHART_SHOWN, v, true, l, h, SLICE_INIT(t)                                                            \
    }

enum { ROUNDS = 5 };

static const struct chart_round rounds[ROUNDS] = {
    {SLICE_INIT("2026"), 0},  {SLICE_INIT("2027"), 10}, {SLICE_INIT("2028"), 30},
    {SLICE_INIT("2029"), 40}, {SLICE_INIT("2030"), 50},
};
static const struct chart_figure figures[ROUNDS] = {
    SHOWN(40, 36, 44, "40 %"),
    SHOWN(42, 38, 46, "42 %"),
    {CHART_WITHHELD, 99, true, 98, 100, SLICE_INIT("andere <vraag>")},
    SHOWN(48, 44, 52, "48 %"),
    SHOWN(50, 46, 54, "50 %"),
};
static const struct chart_trend trends[] = {{SLICE_INIT("Planten"), figures}};

static struct chart_trends trends_of(void)
{
    return (struct chart_trends){
        {SLICE("t"), SLICE("Meer mensen zijn voor"), SLICE(""), SLICE(" %"), 0}, rounds, ROUNDS, trends, 1};
}

static const char time_plot[] = "//svg[@class='zs-chart__time']";

Test(chart_trends, points_lie_at_their_time_and_share)
{
    static const double at[] = {0, 20, 80, 100};
    static const double share[] = {40, 42, 48, 50};
    struct drawing d;
    struct chart_trends chart = trends_of();
    DRAW(&d, chart_draw_trends, &chart);
    expect_sound(&d);
    cr_expect_eq(drawing_count(&d, "%s/circle", time_plot), 4, "none for the withheld round");
    for (int i = 0; i < 4; i++) {
        cr_expect(near(drawing_number(&d, "%s/circle[%d]/@cx", time_plot, i + 1), at[i]));
        cr_expect(near(drawing_number(&d, "%s/circle[%d]/@cy", time_plot, i + 1), 100 - share[i] / 60 * 100));
    }
    drawing_free(&d);
}

Test(chart_trends, the_line_is_broken_where_a_round_is_withheld)
{
    struct drawing d;
    struct chart_trends chart = trends_of();
    DRAW(&d, chart_draw_trends, &chart);
    cr_expect_eq(drawing_count(&d, "//line[@class='zs-chart__line']"), 2);
    cr_expect(near(drawing_number(&d, "//line[@class='zs-chart__line'][1]/@x2"), 20));
    cr_expect(near(drawing_number(&d, "//line[@class='zs-chart__line'][2]/@x1"), 80));
    cr_expect(near(drawing_number(&d, "%s/svg[rect/@class='zs-chart__withheld']/@x", time_plot), 60));
    cr_expect(drawing_says(&d, "2028: andere <vraag>", "string(//span[@class='zs-chart__reason'])"));
    drawing_free(&d);
}

Test(chart_trends, the_band_runs_along_both_ends_of_each_run)
{
    struct drawing d;
    struct chart_trends chart = trends_of();
    chart.head.axis_max = 100;
    DRAW(&d, chart_draw_trends, &chart);
    cr_expect(drawing_says(&d, "M0 56L20 54L20 62L0 64zM80 48L100 46L100 54L80 56z",
                           "string(//path[@class='zs-chart__band']/@d)"));
    drawing_free(&d);
}

Test(chart_trends, the_band_leaves_out_a_figure_without_interval_and_the_line_does_not)
{
    static const struct chart_figure some[ROUNDS] = {
        SHOWN(40, 36, 44, "40 %"),
        SHOWN(42, 38, 46, "42 %"),
        {CHART_SHOWN, 45, false, 0, 0, SLICE_INIT("45 %")},
        SHOWN(48, 44, 52, "48 %"),
        SHOWN(50, 46, 54, "50 %"),
    };
    static const struct chart_trend trend[] = {{SLICE_INIT("Planten"), some}};
    struct drawing d;
    struct chart_trends chart = trends_of();
    chart.head.axis_max = 100;
    chart.trends = trend;
    DRAW(&d, chart_draw_trends, &chart);
    cr_expect(drawing_says(&d, "M0 56L20 54L20 62L0 64zM80 48L100 46L100 54L80 56z",
                           "string(//path[@class='zs-chart__band']/@d)"));
    cr_expect_eq(drawing_count(&d, "//line[@class='zs-chart__line']"), 4);
    drawing_free(&d);
}

Test(chart_trends, a_round_alone_has_an_upright_line_in_the_middle)
{
    struct drawing d;
    struct chart_trends chart = trends_of();
    chart.head.axis_max = 100;
    chart.round_count = 1;
    DRAW(&d, chart_draw_trends, &chart);
    expect_sound(&d);
    cr_expect(drawing_says(&d, "M50 56L50 64z", "string(//path[@class='zs-chart__band']/@d)"));
    cr_expect(near(drawing_number(&d, "%s/circle/@cx", time_plot), 50));
    drawing_free(&d);
}

Test(chart_trends, first_and_last_are_written)
{
    struct drawing d;
    struct chart_trends chart = trends_of();
    DRAW(&d, chart_draw_trends, &chart);
    static const char *const screens[] = {"narrow", "broad"};
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(drawing_count(&d, "%s/g[@class='zs-chart__%s']/text[.='40 %%' and @x='0%%']", time_plot,
                                   screens[i]),
                     1);
        cr_expect_eq(drawing_count(&d, "%s/g[@class='zs-chart__%s']/text[.='50 %%' and @x='100%%']",
                                   time_plot, screens[i]),
                     1);
        cr_expect_eq(drawing_count(&d,
                                   "//svg[@class='zs-chart__rounds']/g[@class='zs-chart__%s']/text[.='2030']",
                                   screens[i]),
                     1);
    }
    cr_expect_eq(drawing_count(&d, "//text[.='60 %%']"), 1, "the axis");
    drawing_free(&d);
}

static double left_of(const struct chart_place *place, double width)
{
    double text = chart_text_width(place->text);
    double x = place->at * width / 100;
    return strcmp(place->anchor, "start") == 0 ? x
           : strcmp(place->anchor, "end") == 0 ? x - text
                                               : x - text / 2;
}

/* Many rows of places, made by a fixed rule. */
Test(chart_trends, kept_texts_meet_no_neighbour_and_stay_within)
{
    static const char letters[] = "november 2027 xx abc";
    unsigned seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct chart_place places[12] = {0};
        size_t count = 1 + (size_t)round % 12;
        double width = 216 + round % 400;
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1103515245u + 12345u;
            places[i].text = (struct slice){letters, (seed >> 16) % CHART_SHORT_MAX + (i + 1 == count)};
            places[i].at = count > 1 ? 100 * (double)i / (double)(count - 1) : 50;
        }
        chart_fit(places, count, width);
        cr_expect(places[count - 1].text.len > 0, "the last is kept");
        double from = -0.001;
        for (size_t i = 0; i < count; i++) {
            if (places[i].text.len > 0) {
                double left = left_of(&places[i], width);
                cr_assert(left >= from, "round %d, place %zu: %f before %f", round, i, left, from);
                from = left + chart_text_width(places[i].text);
            }
        }
        cr_assert(from <= width + 0.001);
    }
}

static void expect_refused(struct chart_trends chart, const char *why)
{
    struct buffer out;
    buffer_init(&out, DRAWING_BYTES_MAX);
    cr_expect_not(chart_draw_trends(&out, &chart), "%s", why);
    cr_expect_eq(out.len, 0, "%s: nothing is written", why);
    buffer_free(&out);
}

Test(chart_trends, what_cannot_be_drawn_is_refused)
{
    struct chart_round wrong[ROUNDS];
    struct chart_trends chart = trends_of();
    chart.round_count = 0;
    expect_refused(chart, "no round");
    chart.round_count = CHART_ROUNDS_MAX + 1;
    expect_refused(chart, "too many rounds");
    chart = trends_of();
    chart.trend_count = CHART_TRENDS_MAX + 1;
    expect_refused(chart, "too many trends");
    chart.trend_count = 0;
    expect_refused(chart, "no trend");
    chart = trends_of();
    chart.rounds = wrong;
    memcpy(wrong, rounds, sizeof(wrong));
    wrong[2].at = wrong[1].at;
    expect_refused(chart, "two rounds at one time");
    wrong[2].at = NAN;
    expect_refused(chart, "no time");
    memcpy(wrong, rounds, sizeof(wrong));
    wrong[0].label = SLICE("een veel te lange naam van een ronde");
    expect_refused(chart, "a long name of a round");
    chart = trends_of();
    chart.head.axis_max = 53;
    expect_refused(chart, "an interval past the axis");
}
