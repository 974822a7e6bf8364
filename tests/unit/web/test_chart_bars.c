/* What all charts share is tested on bars. */
#include "chart_reader.h"
#include "support/leaks.h"
#include "web/chart_internal.h"

TestSuite(chart_bars, .fini = leaks_check);

#define SHOWN(v, l, h)                                                                                       \
    {                                                                                                        \
        CHART_SHOWN, v, true, l, h, SLICE_INIT("waarde")                                                     \
    }

static const struct chart_bar three[] = {
    {SLICE_INIT("Ja"), SHOWN(61.8, 58.4, 65.1)},
    {SLICE_INIT("Nee"), {CHART_SHOWN, 33.333, false, 0, 0, SLICE_INIT("33 %")}},
    {SLICE_INIT("Anders"), {CHART_WITHHELD, 55, true, 50, 60, SLICE_INIT("minder dan 15")}},
};

static struct chart_bars bars_of(const struct chart_bar *bars, size_t count)
{
    return (struct chart_bars){
        {SLICE("v1"), SLICE("De meesten zeggen ja"), SLICE("834 mensen"), SLICE(" %"), 0}, bars, count};
}

Test(chart_bars, a_bar_is_as_long_as_its_share_of_the_axis)
{
    struct drawing d;
    struct chart_bars chart = bars_of(three, 3);
    DRAW(&d, chart_draw_bars, &chart);
    expect_sound(&d);
    cr_expect(near(drawing_number(&d, "(//rect[@class='zs-chart__bar'])[1]/@width"), 61.8 / 0.8),
              "axis of 80");
    cr_expect(near(drawing_number(&d, "(//rect[@class='zs-chart__bar'])[2]/@width"), 33.333 / 0.8));
    cr_expect_eq(drawing_count(&d, "//rect[@class='zs-chart__bar']"), 2);
    cr_expect(isnan(drawing_number(&d, "//rect[@class='zs-chart__bar']/@x")), "bars begin at 0");
    drawing_free(&d);
}

Test(chart_bars, a_whisker_goes_from_end_to_end_of_the_interval)
{
    struct drawing d;
    struct chart_bars chart = bars_of(three, 3);
    DRAW(&d, chart_draw_bars, &chart);
    cr_expect_eq(drawing_count(&d, "//g[@class='zs-chart__whisker']"), 1, "of the one that has an interval");
    cr_expect(near(drawing_number(&d, "//g[@class='zs-chart__whisker']/line[1]/@x1"), 58.4 / 0.8));
    cr_expect(near(drawing_number(&d, "//g[@class='zs-chart__whisker']/line[1]/@x2"), 65.1 / 0.8));
    for (int end = 2; end <= 3; end++) {
        double x = drawing_number(&d, "//g[@class='zs-chart__whisker']/line[%d]/@x1", end);
        cr_expect(near(x, (end == 2 ? 58.4 : 65.1) / 0.8), "a cap at each end");
        cr_expect_eq(x, drawing_number(&d, "//g[@class='zs-chart__whisker']/line[%d]/@x2", end));
    }
    drawing_free(&d);
}

Test(chart_bars, what_is_withheld_shows_its_reason_and_no_figure)
{
    struct drawing d;
    struct chart_bars chart = bars_of(three, 3);
    DRAW(&d, chart_draw_bars, &chart);
    const char *row = "(//div[@class='zs-chart__row'])[3]";
    cr_expect(drawing_says(&d, "minder dan 15", "string(%s/span[@class='zs-chart__value'])", row));
    cr_expect_eq(drawing_count(&d, "%s//rect[@class='zs-chart__withheld' and @fill='url(#v1-w)']", row), 1);
    cr_expect_eq(drawing_count(&d, "%s//rect", row), 1);
    cr_expect_eq(drawing_count(&d, "%s//g[@class='zs-chart__whisker']", row), 0);
    cr_expect_eq(drawing_count(&d, "//@*[contains(., '68.75')]"), 0, "nor where it would be");
    drawing_free(&d);
}

Test(chart_bars, texts_are_escaped_and_shown_as_they_are)
{
    struct drawing d;
    const struct chart_bar odd[] = {
        {SLICE_INIT("<b>\"Wij\" & 'zij'</b>"), {CHART_SHOWN, 1, false, 0, 0, SLICE_INIT("<1 % & meer")}}};
    struct chart_bars chart = bars_of(odd, 1);
    chart.head.title = SLICE("a < b & \"c\" > 'd'");
    chart.head.note = SLICE("</figure><script>");
    chart.head.unit = SLICE(" <%>");
    DRAW(&d, chart_draw_bars, &chart);
    expect_sound(&d);
    cr_expect(drawing_says(&d, "<b>\"Wij\" & 'zij'</b>", "string(//span[@class='zs-chart__label'])"));
    cr_expect(drawing_says(&d, "<1 % & meer", "string(//span[@class='zs-chart__value'])"));
    cr_expect(drawing_says(&d, "a < b & \"c\" > 'd'", "string(//span[@id='v1-title'])"));
    cr_expect(drawing_says(&d, "</figure><script>", "string(//span[@id='v1-note'])"));
    cr_expect(drawing_says(&d, "10 <%>", "string(//text[3])"));
    drawing_free(&d);
}

Test(chart_bars, the_caption_names_the_drawing)
{
    struct drawing d;
    struct chart_bars chart = bars_of(three, 3);
    DRAW(&d, chart_draw_bars, &chart);
    cr_expect(drawing_says(&d, "v1-title v1-note", "string(/figure/div/@aria-labelledby)"));
    drawing_free(&d);
    chart.head.note = SLICE("");
    DRAW(&d, chart_draw_bars, &chart);
    cr_expect(drawing_says(&d, "v1-title", "string(/figure/div/@aria-labelledby)"));
    cr_expect_eq(drawing_count(&d, "//*[@id='v1-note']"), 0);
    expect_sound(&d);
    drawing_free(&d);
}

Test(chart_bars, every_id_begins_with_the_one_given)
{
    struct drawing d;
    struct chart_bars chart = bars_of(three, 3);
    DRAW(&d, chart_draw_bars, &chart);
    cr_expect(drawing_count(&d, "//@id") >= 3);
    cr_expect_eq(drawing_count(&d, "//@id[not(starts-with(., 'v1-'))]"), 0);
    drawing_free(&d);
}

Test(chart_bars, the_axis_ends_at_the_first_step_that_holds_all)
{
    static const struct {
        double largest;
        double end;
    } cases[] = {{0, 10}, {10, 10}, {10.01, 20}, {39.9, 40}, {60, 60}, {60.5, 80}, {81, 100}, {100, 100}};
    struct chart_head head = {SLICE("v"), SLICE("t"), SLICE(""), SLICE(""), 0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_eq(chart_axis_end(&head, cases[i].largest), cases[i].end, "%f", cases[i].largest);
    }
    head.axis_max = 50;
    cr_expect_eq(chart_axis_end(&head, 3), 50, "the caller's own");
}

Test(chart_bars, numbers_have_two_decimals_at_most)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},           {100, "100"},    {12.5, "12.5"},     {33.333, "33.33"},
                 {0.005, "0.01"},    {99.999, "100"}, {7.1, "7.1"},       {7.01, "7.01"},
                 {-12.25, "-12.25"}, {-0.001, "0"},   {66.66667, "66.67"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out;
        buffer_init(&out, 100);
        chart_number(&out, cases[i].number);
        cr_expect(slice_equal_cstr(buffer_slice(&out), cases[i].text), "%s: %s", cases[i].text, out.ptr);
        buffer_free(&out);
    }
}

static void expect_refused(const struct chart_bars *chart, const char *why)
{
    struct buffer out;
    buffer_init(&out, DRAWING_BYTES_MAX);
    buffer_append_cstr(&out, "before");
    cr_expect_not(chart_draw_bars(&out, chart), "%s", why);
    cr_expect(slice_equal_cstr(buffer_slice(&out), "before"), "%s: nothing is written", why);
    buffer_free(&out);
}

Test(chart_bars, too_many_or_none_are_refused)
{
    struct drawing d;
    struct chart_bar many[CHART_ROWS_MAX + 1];
    for (size_t i = 0; i <= CHART_ROWS_MAX; i++) {
        many[i] = three[0];
    }
    struct chart_bars chart = bars_of(many, CHART_ROWS_MAX);
    DRAW(&d, chart_draw_bars, &chart);
    cr_expect_eq(drawing_count(&d, "//rect[@class='zs-chart__bar']"), CHART_ROWS_MAX);
    drawing_free(&d);
    chart.bar_count++;
    expect_refused(&chart, "one too many");
    chart.bar_count = 0;
    expect_refused(&chart, "none");
}

Test(chart_bars, figures_that_cannot_be_are_refused)
{
    static const struct chart_figure wrong[] = {
        SHOWN(-0.1, -1, 1),
        SHOWN(100.1, 99, 100.2),
        SHOWN(50, 51, 60),
        SHOWN(50, 40, 49),
        SHOWN(50, 40, 101),
        SHOWN(NAN, 40, 60),
        SHOWN(50, NAN, 60),
        SHOWN(50, 40, INFINITY),
        {CHART_WITHHELD, 0, false, 0, 0, {NULL, 0}}, /* without a reason */
        {(enum chart_mark)7, 1, false, 0, 0, SLICE_INIT("x")},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct chart_bar bar = {SLICE_INIT("Ja"), wrong[i]};
        struct chart_bars chart = bars_of(&bar, 1);
        char why[20];
        snprintf(why, sizeof(why), "figure %zu", i);
        expect_refused(&chart, why);
    }
    struct chart_bars chart = bars_of(three, 3);
    chart.head.axis_max = 65;
    expect_refused(&chart, "an interval past the end of the axis");
}

Test(chart_bars, heads_and_texts_that_cannot_be_are_refused)
{
    static const char *const ids[] = {
        "", "1a", "a b", "a\"b", "-a", "a.b", "abcdefghijklmnopqrstuvwxyzabcdefghijklmno"};
    struct chart_bars chart = bars_of(three, 3);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        chart.head.id = slice_from_cstr(ids[i]);
        expect_refused(&chart, ids[i]);
    }
    chart = bars_of(three, 3);
    chart.head.title = SLICE("");
    expect_refused(&chart, "no message");
    static const double ends[] = {-1, 0.5, 101, NAN, INFINITY};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        chart = bars_of(three, 3);
        chart.head.axis_max = ends[i];
        expect_refused(&chart, "axis");
    }
    static char long_text[CHART_TEXT_MAX + 1];
    memset(long_text, 'x', sizeof(long_text));
    const struct slice texts[] = {
        SLICE(""), SLICE("\xff"), SLICE("a\0b"), SLICE("a\nb"), {long_text, sizeof(long_text)}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct chart_bar bar = {texts[i], SHOWN(1, 0, 2)};
        chart = bars_of(&bar, 1);
        expect_refused(&chart, "label");
    }
}

Test(chart_bars, a_full_buffer_is_told)
{
    struct buffer out;
    struct chart_bars chart = bars_of(three, 3);
    buffer_init(&out, 500);
    cr_expect_not(chart_draw_bars(&out, &chart));
    buffer_free(&out);
}

Test(chart_bars, the_same_figures_give_the_same_bytes)
{
    struct buffer out;
    struct chart_bars chart = bars_of(three, 3);
    buffer_init(&out, DRAWING_BYTES_MAX);
    cr_assert(chart_draw_bars(&out, &chart));
    size_t once = out.len;
    cr_assert(chart_draw_bars(&out, &chart));
    cr_assert_eq(out.len, 2 * once);
    cr_expect_eq(memcmp(out.ptr, out.ptr + once, once), 0);
    buffer_free(&out);
}
