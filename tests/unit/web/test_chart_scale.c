#include "chart_reader.h"
#include "support/leaks.h"

TestSuite(chart_scale, .fini = leaks_check);

enum { ANSWERS = 6 };

static const struct chart_answer five[ANSWERS] = {
    {CHART_AGAINST, SLICE_INIT("Helemaal niet")}, {CHART_AGAINST, SLICE_INIT("Niet")},
    {CHART_NEUTRAL, SLICE_INIT("Neutraal")},      {CHART_FOR, SLICE_INIT("Wel")},
    {CHART_FOR, SLICE_INIT("Helemaal wel")},      {CHART_APART, SLICE_INIT("Weet ik niet")},
};
static const struct chart_part planten[ANSWERS] = {{4, SLICE_INIT("4")},   {6, SLICE_INIT("6")},
                                                   {11, SLICE_INIT("11")}, {43, SLICE_INIT("43")},
                                                   {32, SLICE_INIT("32")}, {4, SLICE_INIT("4")}};
static const struct chart_part vlees[ANSWERS] = {{24, SLICE_INIT("24")}, {22, SLICE_INIT("22")},
                                                 {18, SLICE_INIT("18")}, {17, SLICE_INIT("17")},
                                                 {7, SLICE_INIT("7")},   {12, SLICE_INIT("12")}};
static const struct chart_scale_row rows[] = {
    {SLICE_INIT("Planten"), SLICE_INIT("10 % tegen"), CHART_SHOWN, planten},
    {SLICE_INIT("Vlees"), SLICE_INIT("46 % tegen"), CHART_SHOWN, vlees},
    {SLICE_INIT("Muggen"), SLICE_INIT("minder dan 15"), CHART_WITHHELD, NULL},
};

static struct chart_scale scale_of(const struct chart_answer *answers, size_t answer_count)
{
    return (struct chart_scale){
        {SLICE("s"), SLICE("De meesten zijn voor"), SLICE(""), SLICE(""), 0}, answers, answer_count, rows, 3};
}

static const char looks[ANSWERS][6] = {"a3", "a1", "n", "f1", "f3", "apart"};

static double part(const struct drawing *d, const char *row, const char *look, const char *attribute)
{
    return drawing_number(d, "//span[.='%s']/../svg/rect[@class='zs-chart__part-%s']/@%s", row, look,
                          attribute);
}

Test(chart_scale, parts_are_as_long_as_their_share_on_one_scale)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    expect_sound(&d);
    /* From the widest to the left (46 and half of 18), to the right (75 and half of 11) and apart (12): 55
     * + 80.5 + 12 share the width less the gap of 4. */
    double scale = 96 / 147.5;
    for (size_t i = 0; i < ANSWERS; i++) {
        cr_expect(near(part(&d, "Planten", looks[i], "width"), planten[i].share * scale), "%s", looks[i]);
        cr_expect(near(part(&d, "Vlees", looks[i], "width"), vlees[i].share * scale), "%s", looks[i]);
    }
    drawing_free(&d);
}

Test(chart_scale, parts_follow_each_other_and_the_neutral_one_is_split_by_the_centre)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    static const char *const names[] = {"Planten", "Vlees"};
    double centre = drawing_number(&d, "//g[@class='zs-chart__centre']/line[1]/@x1");
    cr_expect(near(centre, 55 * 96 / 147.5));
    for (size_t row = 0; row < 2; row++) {
        for (size_t i = 0; i + 2 < ANSWERS; i++) {
            double end = part(&d, names[row], looks[i], "x") + part(&d, names[row], looks[i], "width");
            cr_expect(near(end, part(&d, names[row], looks[i + 1], "x")), "after %s", looks[i]);
        }
        double middle = part(&d, names[row], "n", "x") + part(&d, names[row], "n", "width") / 2;
        cr_expect(near(middle, centre));
        cr_expect_eq(drawing_number(&d, "//span[.='%s']/../svg/g/line[1]/@x1", names[row]), centre);
    }
    cr_expect(near(part(&d, "Vlees", "a3", "x"), 0), "the widest begins at the edge");
    drawing_free(&d);
}

Test(chart_scale, who_has_no_place_on_it_is_apart_at_the_right_edge)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    double from = part(&d, "Planten", "apart", "x");
    cr_expect_eq(part(&d, "Vlees", "apart", "x"), from, "from one line");
    cr_expect(near(from + part(&d, "Vlees", "apart", "width"), 100), "the widest ends at the edge");
    double end = part(&d, "Planten", "f3", "x") + part(&d, "Planten", "f3", "width");
    cr_expect(near(from - end, 4), "with a gap");
    drawing_free(&d);
}

Test(chart_scale, a_withheld_row_shows_no_part_at_all)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    cr_expect_eq(drawing_count(&d, "//span[.='Muggen']/../svg//rect"), 1);
    cr_expect_eq(drawing_count(&d, "//span[.='Muggen']/../svg//rect[@class='zs-chart__withheld']"), 1);
    cr_expect(drawing_says(&d, "minder dan 15", "string(//span[.='Muggen']/following-sibling::span)"));
    drawing_free(&d);
    chart.rows = &rows[2];
    chart.row_count = 1;
    DRAW(&d, chart_draw_scale, &chart);
    expect_sound(&d);
    drawing_free(&d);
}

Test(chart_scale, a_number_stands_in_the_middle_of_its_part_where_it_fits)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    double x = drawing_number(&d, "//span[.='Planten']/../svg/text[.='43']/@x");
    cr_expect(near(x, part(&d, "Planten", "f1", "x") + part(&d, "Planten", "f1", "width") / 2));
    cr_expect_eq(drawing_count(&d, "//text[.='43' and @class='zs-chart__in-f1']"), 1, "on every screen");
    cr_expect_eq(drawing_count(&d, "//text[.='12' and @class='zs-chart__in-apart zs-chart__broad']"), 1,
                 "on broad ones");
    drawing_free(&d);
}

Test(chart_scale, the_key_shows_every_answer_in_order_with_its_look)
{
    struct drawing d;
    struct chart_scale chart = scale_of(five, ANSWERS);
    DRAW(&d, chart_draw_scale, &chart);
    for (size_t i = 0; i < ANSWERS; i++) {
        int nth = (int)i + 1;
        cr_expect(
            drawing_says(&d, five[i].label.ptr, "string(//div[@class='zs-chart__keys']/span[%d])", nth));
        cr_expect_eq(
            drawing_count(&d, "//div[@class='zs-chart__keys']/span[%d]//rect[@class='zs-chart__part-%s']",
                          nth, looks[i]),
            1);
    }
    drawing_free(&d);
}

/* {answers against, neutral, for}, and the looks from left to right. */
Test(chart_scale, the_outermost_is_the_strongest_whatever_their_number)
{
    static const struct {
        size_t against, neutral, in_favour;
        const char *looks[7];
    } cases[] = {{1, 0, 1, {"a3", "f3"}},
                 {2, 0, 2, {"a3", "a1", "f1", "f3"}},
                 {1, 1, 3, {"a3", "n", "f1", "f2", "f3"}},
                 {3, 1, 3, {"a3", "a2", "a1", "n", "f1", "f2", "f3"}}};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct chart_answer answers[7];
        struct chart_part parts[7];
        size_t count = cases[c].against + cases[c].neutral + cases[c].in_favour;
        for (size_t i = 0; i < count; i++) {
            answers[i].side = i < cases[c].against                      ? CHART_AGAINST
                              : i < cases[c].against + cases[c].neutral ? CHART_NEUTRAL
                                                                        : CHART_FOR;
            answers[i].label = SLICE("antwoord");
            parts[i] = (struct chart_part){100.0 / (double)count, SLICE("x")};
        }
        struct chart_scale_row row = {SLICE("Rij"), SLICE(""), CHART_SHOWN, parts};
        struct chart_scale chart = scale_of(answers, count);
        chart.rows = &row;
        chart.row_count = 1;
        struct drawing d;
        DRAW(&d, chart_draw_scale, &chart);
        expect_sound(&d);
        for (size_t i = 0; i < count; i++) {
            cr_expect_eq(drawing_count(&d, "//span[.='Rij']/../svg/rect[%d][@class='zs-chart__part-%s']",
                                       (int)i + 1, cases[c].looks[i]),
                         1, "case %zu, answer %zu", c, i);
        }
        drawing_free(&d);
    }
}

static void expect_refused(struct chart_scale chart, const char *why)
{
    struct buffer out;
    buffer_init(&out, DRAWING_BYTES_MAX);
    cr_expect_not(chart_draw_scale(&out, &chart), "%s", why);
    cr_expect_eq(out.len, 0, "%s: nothing is written", why);
    buffer_free(&out);
}

Test(chart_scale, answers_out_of_order_or_too_many_are_refused)
{
    static const struct {
        const char *sides; /* a, n, f, x: apart */
        bool drawn;
    } cases[] = {{"af", true},   {"aaanfffx", true}, {"anf", true},        {"fa", false},    {"afn", false},
                 {"axf", false}, {"annf", false},    {"aaaaf", false},     {"affff", false}, {"nf", false},
                 {"an", false},  {"afxx", false},    {"aaanfffxx", false}, {"", false}};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct chart_answer answers[9];
        struct chart_part parts[9];
        size_t count = strlen(cases[c].sides);
        for (size_t i = 0; i < count; i++) {
            answers[i].side = (enum chart_side)(strchr("anfx", cases[c].sides[i]) - "anfx");
            answers[i].label = SLICE("antwoord");
            parts[i] = (struct chart_part){100.0 / (double)count, SLICE("x")};
        }
        struct chart_scale_row row = {SLICE("Rij"), SLICE(""), CHART_SHOWN, parts};
        struct chart_scale chart = scale_of(answers, count);
        chart.rows = &row;
        chart.row_count = 1;
        struct buffer out;
        buffer_init(&out, DRAWING_BYTES_MAX);
        cr_expect_eq(chart_draw_scale(&out, &chart), cases[c].drawn, "\"%s\"", cases[c].sides);
        buffer_free(&out);
    }
}

Test(chart_scale, rows_that_cannot_be_are_refused)
{
    struct chart_part parts[ANSWERS];
    struct chart_scale_row row = {SLICE("Rij"), SLICE(""), CHART_SHOWN, parts};
    struct chart_scale chart = scale_of(five, ANSWERS);
    chart.rows = &row;
    chart.row_count = 1;
    memcpy(parts, planten, sizeof(parts));
    parts[0].share = 1.9;
    expect_refused(chart, "parts of 97.9 together");
    parts[0].share = 6.1;
    expect_refused(chart, "of 102.1");
    parts[0].share = -4;
    expect_refused(chart, "less than nothing");
    parts[0].share = NAN;
    expect_refused(chart, "no number");
    memcpy(parts, planten, sizeof(parts));
    parts[0].text = SLICE("een tekst die niet in een deel past");
    expect_refused(chart, "a long text");
    memcpy(parts, planten, sizeof(parts));
    row.mark = CHART_WITHHELD;
    expect_refused(chart, "withheld without a reason");
    row.mark = CHART_SHOWN;
    chart.row_count = 0;
    expect_refused(chart, "no row");
    chart.row_count = CHART_ROWS_MAX + 1;
    expect_refused(chart, "too many rows");
}
