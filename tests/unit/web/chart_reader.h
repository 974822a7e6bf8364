/* Draws a chart and reads it back with libxml2: what a browser would place, as numbers, found by XPath. */
#ifndef ZEVENSTEM_TESTS_WEB_CHART_READER_H
#define ZEVENSTEM_TESTS_WEB_CHART_READER_H

#include "web/chart.h"

#include <criterion/criterion.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DRAWING_BYTES_MAX = 1024 * 1024, XPATH_BYTES_MAX = 400 };

struct drawing {
    struct buffer html;
    xmlDocPtr document;
    xmlXPathContextPtr context;
};

/* html is what a chart function wrote. Fails the test where it is not well-formed. */
static inline void drawing_read(struct drawing *drawing)
{
    drawing->document =
        xmlReadMemory(drawing->html.ptr, (int)drawing->html.len, NULL, "UTF-8", XML_PARSE_NONET);
    cr_assert_not_null(drawing->document, "%s", drawing->html.ptr);
    drawing->context = xmlXPathNewContext(drawing->document);
    cr_assert_not_null(drawing->context);
}

static inline void drawing_free(struct drawing *drawing)
{
    xmlXPathFreeContext(drawing->context);
    xmlFreeDoc(drawing->document);
    xmlCleanupParser();
    buffer_free(&drawing->html);
}

#define DRAW(drawing, draw, chart)                                                                           \
    do {                                                                                                     \
        buffer_init(&(drawing)->html, DRAWING_BYTES_MAX);                                                    \
        cr_assert((draw)(&(drawing)->html, (chart)));                                                        \
        drawing_read(drawing);                                                                               \
    } while (0)

static inline xmlXPathObjectPtr drawing_find(const struct drawing *drawing, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static inline xmlXPathObjectPtr drawing_find(const struct drawing *drawing, const char *format, va_list args)
{
    char path[XPATH_BYTES_MAX];
    int length = vsnprintf(path, sizeof(path), format, args);
    cr_assert(length > 0 && (size_t)length < sizeof(path));
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)path, drawing->context);
    cr_assert_not_null(found, "%s", path);
    return found;
}

/* How many nodes there are. */
__attribute__((format(printf, 2, 3))) static inline int drawing_count(const struct drawing *drawing,
                                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    xmlXPathObjectPtr found = drawing_find(drawing, format, args);
    va_end(args);
    int count = found->nodesetval ? found->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(found);
    return count;
}

/* The number that a length, "12.5%" or "1.3em", begins with; NAN when there is no such node. */
__attribute__((format(printf, 2, 3))) static inline double drawing_number(const struct drawing *drawing,
                                                                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    xmlXPathObjectPtr found = drawing_find(drawing, format, args);
    va_end(args);
    double number = NAN;
    if (found->nodesetval && found->nodesetval->nodeNr > 0) {
        xmlChar *text = xmlXPathCastNodeToString(found->nodesetval->nodeTab[0]);
        cr_assert_eq(sscanf((const char *)text, "%lf", &number), 1, "%s", (const char *)text);
        xmlFree(text);
    }
    xmlXPathFreeObject(found);
    return number;
}

/* Whether the first such node's text is this. */
__attribute__((format(printf, 3, 4))) static inline bool
drawing_says(const struct drawing *drawing, const char *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    xmlXPathObjectPtr found = drawing_find(drawing, format, args);
    va_end(args);
    xmlChar *said = xmlXPathCastToString(found);
    bool same = strcmp((const char *)said, text) == 0;
    if (!same) {
        cr_log_warn("said: %s", (const char *)said);
    }
    xmlFree(said);
    xmlXPathFreeObject(found);
    return same;
}

static inline bool near(double a, double b)
{
    return fabs(a - b) <= 0.0101; /* two decimals, each rounded */
}

/* Every place along the width lies within it, all that is pointed at is there, ids are unique, and nothing
 * needs what a strict content policy forbids. */
static inline void expect_sound(const struct drawing *drawing)
{
    static const char *const places[] = {"x", "x1", "x2", "cx", "width"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int outside = drawing_count(drawing,
                                    "//@%s[contains(., '%%') and not(number(translate(., '%%', '')) >= 0 and "
                                    "number(translate(., '%%', '')) <= 100)]",
                                    places[i]);
        cr_expect_eq(outside, 0, "%d of %s", outside, places[i]);
    }
    cr_expect_eq(drawing_count(drawing, "//rect[contains(@x, '%%') and number(translate(@x, '%%', '')) + "
                                        "number(translate(@width, '%%', '')) > 100.011]"),
                 0);
    cr_expect_eq(
        drawing_count(drawing, "//@*[contains(., 'NaN') or contains(., 'nan') or contains(., 'inf')]"), 0);
    cr_expect_eq(drawing_count(drawing, "//*[@id = preceding::*/@id or @id = ancestor::*/@id]"), 0);
    cr_expect_eq(drawing_count(
                     drawing, "//@fill[not(//pattern/@id = substring-before(substring-after(., '#'), ')'))]"),
                 0);
    cr_expect_eq(drawing_count(drawing, "//@style | //style | //script | //image | //@href | "
                                        "//@*[starts-with(name(), 'on')]"),
                 0);
    cr_expect_eq(drawing_count(drawing, "/figure/div[@role='img']"), 1);
    cr_expect_eq(drawing_count(drawing, "/figure/div[substring-before(concat(@aria-labelledby, ' '), ' ') = "
                                        "/figure/figcaption/span[1]/@id]"),
                 1);
}

#endif
