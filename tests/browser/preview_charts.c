#include "browser/preview_charts.h"

#include "web/chart.h"

enum { HTML_BYTES_MAX = 256 * 1024 };

#define SAID(literal) SLICE_INIT(literal)
#define SHARE(v, l, h, t)                                                                                    \
    {                                                                                                        \
        CHART_SHOWN, v, true, l, h, SAID(t)                                                                  \
    }
#define WITHHELD(t)                                                                                          \
    {                                                                                                        \
        CHART_WITHHELD, 0, false, 0, 0, SAID(t)                                                              \
    }

static bool draw_bars(struct buffer *out)
{
    static const struct chart_bar bars[] = {
        {SAID("Minder ziekte, ook bij zeldzame aandoeningen"), SHARE(61.8, 58.4, 65.1, "62 % (58 tot 65)")},
        {SAID("Landbouwbestrijdingsmiddelenvermindering"), SHARE(44.2, 40.9, 47.6, "44 % (41 tot 48)")},
        {SAID("Gewassen die beter bestand zijn tegen droogte, ziekten en plagen door klimaatverandering"),
         SHARE(38.5, 35.2, 41.9, "39 % (35 tot 42)")},
        {SAID("Dierproevenvermindering & -vervanging"), SHARE(12.1, 9.9, 14.7, "12 % (10 tot 15)")},
        {SAID("Iets anders"), WITHHELD("minder dan 15 mensen")},
        {SAID("Weet ik niet"), SHARE(2.3, 1.4, 3.7, "2 % (1 tot 4)")},
        {SAID("Geen van deze"), SHARE(0, 0, 0.5, "0 % (0 tot 1)")},
    };
    const struct chart_bars chart = {
        {SLICE("kansen"), SLICE("Mensen die meededen zien vooral kansen voor de gezondheid"),
         SLICE("834 mensen deden mee via de open link. Het streepje is de bandbreedte van 95 procent."),
         SLICE(" %"), 0},
        bars,
        sizeof(bars) / sizeof(bars[0])};
    return chart_draw_bars(out, &chart);
}

static const struct chart_answer five[] = {
    {CHART_AGAINST, SAID("Helemaal onaanvaardbaar")},
    {CHART_AGAINST, SAID("Onaanvaardbaar")},
    {CHART_NEUTRAL, SAID("Niet aanvaardbaar en niet onaanvaardbaar")},
    {CHART_FOR, SAID("Aanvaardbaar")},
    {CHART_FOR, SAID("Helemaal aanvaardbaar")},
    {CHART_APART, SAID("Weet ik niet")},
};

static bool draw_scale(struct buffer *out)
{
    static const struct chart_part medicine[] = {{3.6, SAID("4")},   {6.1, SAID("6")},   {11.2, SAID("11")},
                                                 {43.4, SAID("43")}, {31.5, SAID("32")}, {4.2, SAID("4")}};
    static const struct chart_part crops[] = {{11.8, SAID("12")}, {17.3, SAID("17")}, {18.9, SAID("19")},
                                              {29.4, SAID("29")}, {12.2, SAID("12")}, {10.4, SAID("10")}};
    static const struct chart_part meat[] = {{24.1, SAID("24")}, {21.8, SAID("22")}, {17.7, SAID("18")},
                                             {17.5, SAID("18")}, {7.3, SAID("7")},   {11.6, SAID("12")}};
    static const struct chart_scale_row rows[] = {
        {SAID("Gentherapie bij een ernstige ziekte"), SAID("10 % tegen, 75 % voor"), CHART_SHOWN, medicine},
        {SAID("Planten aanpassen zodat zij beter tegen droogte kunnen"), SAID("29 % tegen, 42 % voor"),
         CHART_SHOWN, crops},
        {SAID("Kweekvlees"), SAID("46 % tegen, 25 % voor"), CHART_SHOWN, meat},
        {SAID("Gastheergerichte bestrijding van muggen"), SAID("minder dan 15 mensen"), CHART_WITHHELD, NULL},
    };
    const struct chart_scale chart = {
        {SLICE("aanvaardbaar"), SLICE("Gentherapie vinden de meesten aanvaardbaar, kweekvlees niet"),
         SLICE("834 mensen, in procenten. Wie het niet weet, staat apart aan de rechterkant."), SLICE(""), 0},
        five,
        sizeof(five) / sizeof(five[0]),
        rows,
        sizeof(rows) / sizeof(rows[0])};
    return chart_draw_scale(out, &chart);
}

static bool draw_seven(struct buffer *out)
{
    static const struct chart_answer seven[] = {
        {CHART_AGAINST, SAID("Zeer negatief")},   {CHART_AGAINST, SAID("Negatief")},
        {CHART_AGAINST, SAID("Beetje negatief")}, {CHART_NEUTRAL, SAID("Geen effect")},
        {CHART_FOR, SAID("Beetje positief")},     {CHART_FOR, SAID("Positief")},
        {CHART_FOR, SAID("Zeer positief")},
    };
    static const struct chart_part people[] = {{4, SAID("4")},   {9, SAID("9")},   {15, SAID("15")},
                                               {16, SAID("16")}, {22, SAID("22")}, {21, SAID("21")},
                                               {13, SAID("13")}};
    static const struct chart_part nature[] = {{14, SAID("14")}, {18, SAID("18")}, {16, SAID("16")},
                                               {20, SAID("20")}, {14, SAID("14")}, {12, SAID("12")},
                                               {6, SAID("6")}};
    static const struct chart_scale_row rows[] = {
        {SAID("Effect op de gezondheid van mensen"), SAID("28 % negatief, 56 % positief"), CHART_SHOWN,
         people},
        {SAID("Effect op natuur en milieu"), SAID("48 % negatief, 32 % positief"), CHART_SHOWN, nature},
    };
    const struct chart_scale chart = {
        {SLICE("effect"), SLICE("Over de natuur zijn mensen minder gerust dan over hun gezondheid"),
         SLICE("412 mensen, in procenten."), SLICE(""), 0},
        seven,
        sizeof(seven) / sizeof(seven[0]),
        rows,
        sizeof(rows) / sizeof(rows[0])};
    return chart_draw_scale(out, &chart);
}

static bool draw_dots(struct buffer *out)
{
    static const struct chart_dot_row rows[] = {
        {SAID("16 tot en met 24 jaar"), {SHARE(71.2, 62.0, 78.9, "71 %")}},
        {SAID("25 tot en met 44 jaar"), {SHARE(66.0, 60.3, 71.2, "66 %")}},
        {SAID("45 tot en met 64 jaar"), {SHARE(58.4, 53.1, 63.5, "58 %")}},
        {SAID("65 jaar en ouder"), {SHARE(52.7, 45.9, 59.4, "53 %")}},
        {SAID("Leeftijd wil ik liever niet zeggen"), {WITHHELD("minder dan 15 mensen")}},
    };
    const struct chart_dots chart = {.head = {SLICE("leeftijd"), SLICE("Hoe jonger, hoe vaker aanvaardbaar"),
                                              SLICE("Deel dat gentherapie aanvaardbaar vindt. 834 mensen."),
                                              SLICE(" %"), 100},
                                     .rows = rows,
                                     .row_count = sizeof(rows) / sizeof(rows[0]),
                                     .series_count = 1,
                                     .has_reference = true,
                                     .reference = 61.8,
                                     .reference_text = SLICE("Iedereen die meedeed: 62 %")};
    return chart_draw_dots(out, &chart);
}

static bool draw_two_series(struct buffer *out)
{
    static const struct chart_dot_row rows[] = {
        {SAID("Basisonderwijs, vmbo of mbo 1"),
         {SHARE(48.1, 39.9, 56.4, "48 %"), SHARE(41.3, 36.2, 46.6, "41 %")}},
        {SAID("Havo, vwo of mbo 2 tot en met 4"),
         {SHARE(57.9, 52.6, 63.0, "58 %"), SHARE(55.0, 50.8, 59.1, "55 %")}},
        {SAID("Hogeschool of universiteit"),
         {SHARE(70.2, 66.8, 73.4, "70 %"), SHARE(63.9, 59.2, 68.3, "64 %")}},
        {SAID("Een andere opleiding"), {WITHHELD("te weinig"), SHARE(50.8, 38.0, 63.5, "51 %")}},
    };
    const struct chart_dots chart = {
        .head = {SLICE("stromen"), SLICE("Wie zich zelf aanmeldt, is positiever dan wie is uitgenodigd"),
                 SLICE("Deel dat nieuwe veredeling aanvaardbaar vindt."), SLICE(" %"), 0},
        .rows = rows,
        .row_count = sizeof(rows) / sizeof(rows[0]),
        .series_count = 2,
        .series = {SLICE("Open link"), SLICE("Uitgenodigd na een steekproef uit alle inwoners")}};
    return chart_draw_dots(out, &chart);
}

static bool draw_trends(struct buffer *out)
{
    static const struct chart_round rounds[] = {
        {SAID("mei 2026"), 5},       {SAID("november 2026"), 11}, {SAID("mei 2027"), 17},
        {SAID("november 2027"), 23}, {SAID("mei 2028"), 29},      {SAID("september 2028"), 33},
        {SAID("mei 2029"), 41},
    };
    static const struct chart_figure crops[] = {
        SHARE(36.0, 32.1, 40.0, "36 %"), SHARE(39.4, 36.0, 42.9, "39 %"), SHARE(41.6, 38.3, 45.0, "42 %"),
        WITHHELD("de vraag was anders"), SHARE(47.9, 43.8, 52.0, "48 %"), SHARE(46.2, 41.1, 51.4, "46 %"),
        SHARE(51.3, 47.7, 54.9, "51 %")};
    static const struct chart_figure meat[] = {
        SHARE(22.0, 18.9, 25.4, "22 %"),  WITHHELD("minder dan 15 mensen"), SHARE(26.6, 23.3, 30.1, "27 %"),
        WITHHELD("minder dan 15 mensen"), SHARE(24.9, 21.5, 28.6, "25 %"),  SHARE(24.0, 20.7, 27.6, "24 %"),
        SHARE(21.3, 18.4, 24.5, "21 %")};
    static const struct chart_trend trends[] = {
        {SAID("Aanvaardbaar: planten die beter tegen droogte kunnen"), crops},
        {SAID("Aanvaardbaar: kweekvlees"), meat},
    };
    const struct chart_trends chart = {
        {SLICE("door-de-tijd"), SLICE("Aangepaste planten vinden steeds meer mensen aanvaardbaar"),
         SLICE("Zeven rondes. De band is de bandbreedte van 95 procent."), SLICE(" %"), 0},
        rounds,
        sizeof(rounds) / sizeof(rounds[0]),
        trends,
        sizeof(trends) / sizeof(trends[0])};
    return chart_draw_trends(out, &chart);
}

static bool draw_flow(struct buffer *out)
{
    static const struct chart_stage stages[] = {
        {SAID("Gehoord"), SAID("48"), {{87.5, SAID("42")}, {12.5, SAID("6")}, {0, SAID("")}}},
        {SAID("Besproken"), SAID("42"), {{60.42, SAID("29")}, {8.33, SAID("4")}, {18.75, SAID("9")}}},
        {SAID("Doorgegeven aan een ministerie of aan iemand anders"),
         SAID("29"),
         {{43.75, SAID("21")}, {16.67, SAID("8")}, {0, SAID("")}}},
        {SAID("Antwoord gekregen"), SAID("21"), {{41.67, SAID("20")}, {2.08, SAID("1")}, {0, SAID("")}}},
        {SAID("Klaar"), SAID("20"), {{41.67, SAID("20")}, {0, SAID("")}, {0, SAID("")}}},
    };
    const struct chart_flow chart = {
        .head = {SLICE("signalen"), SLICE("Bijna de helft van de signalen is klaar"),
                 SLICE("De hele breedte is alle 48 signalen."), SLICE(""), 0},
        .keys = {SLICE("Verder gegaan"), SLICE("Ligt hier nu"), SLICE("Niet doorgegeven")},
        .stages = stages,
        .stage_count = sizeof(stages) / sizeof(stages[0])};
    return chart_draw_flow(out, &chart);
}

json_t *preview_charts(void)
{
    static bool (*const kinds[])(struct buffer *) = {draw_bars,       draw_scale,  draw_seven, draw_dots,
                                                     draw_two_series, draw_trends, draw_flow};
    json_t *charts = json_array();
    struct buffer out;
    bool ok = charts != NULL;
    buffer_init(&out, HTML_BYTES_MAX);
    for (size_t i = 0; ok && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        buffer_clear(&out);
        ok = kinds[i](&out);
        struct slice html = buffer_slice(&out);
        ok = ok && json_array_append_new(charts, json_pack("{s:s%}", "chart_html", html.ptr, html.len)) == 0;
    }
    buffer_free(&out);
    if (!ok) {
        json_decref(charts);
        charts = NULL;
    }
    return charts;
}
