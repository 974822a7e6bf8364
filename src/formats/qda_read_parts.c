/* Reading: what stands in a project and in a code book. The order of children is not looked at: some write
 * another. */
#include "formats/qda_read.h"

#include <string.h>

#define ATTRIBUTES(r, list) reader_attributes(r, list, sizeof(list) / sizeof(list)[0])

static const struct qda_stamp no_stamp = {QDA_NONE, QDA_NO_TIME};

/* Children that are all one kind: what is something else is left out. */
static void read_children(struct reader *r, const char *element, struct list *list,
                          void (*read)(struct reader *r, struct list *list))
{
    struct walk walk = walk_begin(r);
    while (walk_next(r, &walk)) {
        if (reader_at(r, element)) {
            read(r, list);
        } else {
            reader_leave_out(r);
        }
    }
}

static void add_reference(struct reader *r, struct list *list, enum qda_kind kind)
{
    const uint32_t place = reader_reference(r, "targetGUID", kind);
    list_add(r, list, &place);
}

static struct qda_numbers end_numbers(struct reader *r, struct list *list)
{
    struct qda_numbers numbers;
    numbers.items = list_end(r, list, &numbers.count);
    return numbers;
}

static struct list begin_numbers(void)
{
    return list_begin(sizeof(uint32_t));
}

/* ---- users, codes, variables ---- */

static void read_user(struct reader *r, struct list *users)
{
    struct qda_user user = {.name = {"", 0}};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &user.guid},
                                           {"name", ATTRIBUTE_TEXT, false, &user.name},
                                           {"id", ATTRIBUTE_TEXT, false, &user.id}};
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        reader_leave_out(r);
    }
    list_add(r, users, &user);
}

static void read_code(struct reader *r, struct list *codes, uint32_t parent, unsigned depth)
{
    struct qda_code code = {.parent = parent, .colour = QDA_NO_COLOUR, .codable = true};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &code.guid},
                                           {"name", ATTRIBUTE_TEXT, true, &code.name},
                                           {"isCodable", ATTRIBUTE_BOOLEAN, false, &code.codable},
                                           {"color", ATTRIBUTE_COLOUR, false, &code.colour}};
    const size_t place = list_count(codes);
    struct list notes = begin_numbers();
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    if (depth >= QDA_DEPTH_MAX) {
        reader_fail(r, QDA_TOO_DEEP, code.name);
    } else if (place >= QDA_CODES_MAX) {
        reader_fail(r, QDA_TOO_MANY, SLICE("Code"));
    }
    list_add(r, codes, &code);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Code")) {
            read_code(r, codes, (uint32_t)place, depth + 1);
        } else if (reader_at(r, "Description")) {
            code.description = reader_text(r, QDA_DESCRIPTION_MAX);
        } else if (reader_at(r, "NoteRef") && r->archive) {
            add_reference(r, &notes, QDA_KIND_TEXT);
        } else {
            reader_leave_out(r);
        }
    }
    code.notes = end_numbers(r, &notes);
    if (reading(r)) {
        memcpy(list_at(codes, place), &code, sizeof code);
    }
}

static void read_codes(struct reader *r, struct list *codes)
{
    struct walk walk = walk_begin(r);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Code")) {
            read_code(r, codes, QDA_NONE, 0);
        } else {
            reader_leave_out(r);
        }
    }
}

static void read_variable(struct reader *r, struct list *variables)
{
    struct qda_variable variable = {.type = QDA_TEXT};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &variable.guid},
                                           {"name", ATTRIBUTE_TEXT, true, &variable.name},
                                           {"typeOfVariable", ATTRIBUTE_TYPE, true, &variable.type}};
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Description")) {
            variable.description = reader_text(r, QDA_DESCRIPTION_MAX);
        } else {
            reader_leave_out(r);
        }
    }
    list_add(r, variables, &variable);
}

/* ---- values ---- */

static enum qda_type value_type(const struct reader *r)
{
    enum qda_type type = QDA_TEXT;
    while (type < QDA_NO_VALUE && !reader_at(r, qda_value_elements[type])) {
        type++;
    }
    return type;
}

static void read_value(struct reader *r, struct list *values)
{
    struct qda_value value = {.type = QDA_NO_VALUE};
    bool referred = false;
    struct walk walk = walk_begin(r);
    while (walk_next(r, &walk)) {
        const enum qda_type type = value_type(r);
        if (type != QDA_NO_VALUE) {
            value.type = type;
            value.text = reader_text(r, QDA_DESCRIPTION_MAX);
        } else if (reader_at(r, "VariableRef")) {
            value.variable = reader_reference(r, "targetGUID", QDA_KIND_VARIABLE);
            referred = true;
        } else {
            reader_leave_out(r);
        }
    }
    if (!referred) {
        reader_fail(r, QDA_MISSING, SLICE("VariableRef"));
    }
    if (value.type != QDA_TEXT && value.type != QDA_NO_VALUE) {
        value.text = slice_trim(value.text);
        if (!qda_value_valid(value.type, value.text)) {
            value.type = QDA_TEXT;
            r->report->values_as_text++;
        }
    }
    list_add(r, values, &value);
}

static struct qda_values end_values(struct reader *r, struct list *list)
{
    struct qda_values values;
    values.items = list_end(r, list, &values.count);
    return values;
}

/* ---- texts ---- */

static void read_coding(struct reader *r, struct list *codings)
{
    struct qda_coding coding = {.created = no_stamp};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &coding.guid},
                                           {"creatingUser", ATTRIBUTE_USER, false, &coding.created.user},
                                           {"creationDateTime", ATTRIBUTE_TIME, false, &coding.created.at}};
    bool referred = false;
    struct list notes = begin_numbers();
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "CodeRef") && !referred) {
            coding.code = reader_reference(r, "targetGUID", QDA_KIND_CODE);
            referred = true;
        } else if (reader_at(r, "NoteRef")) {
            add_reference(r, &notes, QDA_KIND_TEXT);
        } else {
            reader_leave_out(r);
        }
    }
    if (!referred) {
        reader_fail(r, QDA_MISSING, SLICE("CodeRef"));
    }
    coding.notes = end_numbers(r, &notes);
    list_add(r, codings, &coding);
}

static struct qda_codings end_codings(struct reader *r, struct list *list)
{
    struct qda_codings codings;
    codings.items = list_end(r, list, &codings.count);
    return codings;
}

static void read_selection(struct reader *r, struct list *selections)
{
    struct qda_selection selection = {.created = no_stamp, .modified = no_stamp};
    const struct attribute attributes[] = {
        {"guid", ATTRIBUTE_GUID, true, &selection.guid},
        {"name", ATTRIBUTE_TEXT, false, &selection.name},
        {"startPosition", ATTRIBUTE_POSITION, true, &selection.start},
        {"endPosition", ATTRIBUTE_POSITION, true, &selection.end},
        {"creatingUser", ATTRIBUTE_USER, false, &selection.created.user},
        {"creationDateTime", ATTRIBUTE_TIME, false, &selection.created.at},
        {"modifyingUser", ATTRIBUTE_USER, false, &selection.modified.user},
        {"modifiedDateTime", ATTRIBUTE_TIME, false, &selection.modified.at}};
    struct list codings = list_begin(sizeof(struct qda_coding));
    struct list notes = begin_numbers();
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Coding")) {
            read_coding(r, &codings);
        } else if (reader_at(r, "Description")) {
            selection.description = reader_text(r, QDA_DESCRIPTION_MAX);
        } else if (reader_at(r, "NoteRef")) {
            add_reference(r, &notes, QDA_KIND_TEXT);
        } else {
            reader_leave_out(r);
        }
    }
    selection.codings = end_codings(r, &codings);
    selection.notes = end_numbers(r, &notes);
    list_add(r, selections, &selection);
}

/* What a text holds besides itself. */
struct parts {
    struct list selections, codings, notes, values;
};

static bool read_part_of_text(struct reader *r, struct qda_source *text, struct parts *parts)
{
    if (reader_at(r, "PlainTextSelection")) {
        read_selection(r, &parts->selections);
    } else if (reader_at(r, "Coding")) {
        read_coding(r, &parts->codings);
    } else if (reader_at(r, "NoteRef")) {
        add_reference(r, &parts->notes, QDA_KIND_TEXT);
    } else if (reader_at(r, "VariableValue")) {
        read_value(r, &parts->values);
    } else if (reader_at(r, "Description")) {
        text->description = reader_text(r, QDA_DESCRIPTION_MAX);
    } else {
        return false;
    }
    return true;
}

static void take_text(struct reader *r, struct qda_source *text, struct slice path, bool within)
{
    if (path.len > 0 && within) {
        reader_fail(r, QDA_TWO_TEXTS, path);
    } else if (path.len > 0) {
        qda_archive_text(&text->text, r->archive, reader_line(r), path);
    } else if (!within) {
        qda_fail_guid(r->fault, QDA_NO_TEXT, reader_line(r), &text->guid);
    }
}

/* A source, a note, or what a PDF says; name: where it has none of its own. */
static void read_text(struct reader *r, struct list *texts, struct slice name)
{
    struct qda_source text = {.name = name, .created = no_stamp, .modified = no_stamp};
    struct slice path = {"", 0}, rich = {"", 0};
    bool within = false;
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &text.guid},
                                           {"name", ATTRIBUTE_TEXT, false, &text.name},
                                           {"plainTextPath", ATTRIBUTE_TEXT, false, &path},
                                           {"richTextPath", ATTRIBUTE_TEXT, false, &rich},
                                           {"creatingUser", ATTRIBUTE_USER, false, &text.created.user},
                                           {"creationDateTime", ATTRIBUTE_TIME, false, &text.created.at},
                                           {"modifyingUser", ATTRIBUTE_USER, false, &text.modified.user},
                                           {"modifiedDateTime", ATTRIBUTE_TIME, false, &text.modified.at}};
    struct parts parts = {.selections = list_begin(sizeof(struct qda_selection)),
                          .codings = list_begin(sizeof(struct qda_coding)),
                          .notes = begin_numbers(),
                          .values = list_begin(sizeof(struct qda_value))};
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "PlainTextContent")) {
            text.text = reader_text(r, QDA_TEXT_MAX);
            within = true;
        } else if (!read_part_of_text(r, &text, &parts)) {
            reader_leave_out(r);
        }
    }
    if (reading(r)) {
        r->report->rich_texts += rich.len > 0;
        take_text(r, &text, path, within);
    }
    text.selections = list_end(r, &parts.selections, &text.selection_count);
    text.codings = end_codings(r, &parts.codings);
    text.notes = end_numbers(r, &parts.notes);
    text.values = end_values(r, &parts.values);
    list_add(r, texts, &text);
}

/* Of a PDF its text is taken, and what was selected in that; its pages are not. */
static void read_pdf(struct reader *r, struct list *texts)
{
    struct slice name = {"", 0};
    bool has_text = false;
    struct walk walk = walk_begin(r);
    reader_attributes(r, &(struct attribute){"name", ATTRIBUTE_TEXT, false, &name}, 1);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Representation") && !has_text) {
            read_text(r, texts, name);
            has_text = true;
        } else {
            reader_leave_out(r);
        }
    }
}

static void read_sources(struct reader *r, struct list *sources)
{
    struct walk walk = walk_begin(r);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "TextSource")) {
            read_text(r, sources, SLICE(""));
        } else if (reader_at(r, "PDFSource")) {
            read_pdf(r, sources);
        } else {
            reader_leave_out(r);
        }
    }
}

static void read_note(struct reader *r, struct list *notes)
{
    read_text(r, notes, SLICE(""));
}

/* ---- cases and sets ---- */

static void add_place(struct reader *r, struct list *selections)
{
    const struct qda_place place = {reader_reference(r, "targetGUID", QDA_KIND_SELECTION), 0};
    list_add(r, selections, &place);
}

static void read_case(struct reader *r, struct list *cases)
{
    struct qda_case one = {.name = {"", 0}};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &one.guid},
                                           {"name", ATTRIBUTE_TEXT, false, &one.name}};
    struct list codes = begin_numbers(), sources = begin_numbers();
    struct list values = list_begin(sizeof(struct qda_value));
    struct list selections = list_begin(sizeof(struct qda_place));
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Description")) {
            one.description = reader_text(r, QDA_DESCRIPTION_MAX);
        } else if (reader_at(r, "CodeRef")) {
            add_reference(r, &codes, QDA_KIND_CODE);
        } else if (reader_at(r, "SourceRef")) {
            add_reference(r, &sources, QDA_KIND_TEXT);
        } else if (reader_at(r, "SelectionRef")) {
            add_place(r, &selections);
        } else if (reader_at(r, "VariableValue")) {
            read_value(r, &values);
        } else {
            reader_leave_out(r);
        }
    }
    one.codes = end_numbers(r, &codes);
    one.sources = end_numbers(r, &sources);
    one.values = end_values(r, &values);
    one.selections = list_end(r, &selections, &one.selection_count);
    list_add(r, cases, &one);
}

static void read_set(struct reader *r, struct list *sets)
{
    struct qda_set set = {.name = {"", 0}};
    const struct attribute attributes[] = {{"guid", ATTRIBUTE_GUID, true, &set.guid},
                                           {"name", ATTRIBUTE_TEXT, true, &set.name}};
    struct list codes = begin_numbers(), sources = begin_numbers(), notes = begin_numbers();
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Description")) {
            set.description = reader_text(r, QDA_DESCRIPTION_MAX);
        } else if (reader_at(r, "MemberCode")) {
            const uint32_t place = reader_reference(r, r->archive ? "targetGUID" : "guid", QDA_KIND_CODE);
            list_add(r, &codes, &place);
        } else if (reader_at(r, "MemberSource")) {
            add_reference(r, &sources, QDA_KIND_TEXT);
        } else if (reader_at(r, "MemberNote")) {
            add_reference(r, &notes, QDA_KIND_TEXT);
        } else {
            reader_leave_out(r);
        }
    }
    set.codes = end_numbers(r, &codes);
    set.sources = end_numbers(r, &sources);
    set.notes = end_numbers(r, &notes);
    list_add(r, sets, &set);
}

/* ---- the roots ---- */

/* What the root holds, while it is read. */
struct root {
    struct list users, codes, variables, cases, sources, notes, sets, about;
};

static struct root root_begin(void)
{
    return (struct root){.users = list_begin(sizeof(struct qda_user)),
                         .codes = list_begin(sizeof(struct qda_code)),
                         .variables = list_begin(sizeof(struct qda_variable)),
                         .cases = list_begin(sizeof(struct qda_case)),
                         .sources = list_begin(sizeof(struct qda_source)),
                         .notes = list_begin(sizeof(struct qda_source)),
                         .sets = list_begin(sizeof(struct qda_set)),
                         .about = begin_numbers()};
}

static void root_end(struct reader *r, struct root *root)
{
    struct qda_project *p = r->p;
    p->users = list_end(r, &root->users, &p->user_count);
    p->codes = list_end(r, &root->codes, &p->code_count);
    p->variables = list_end(r, &root->variables, &p->variable_count);
    p->cases = list_end(r, &root->cases, &p->case_count);
    p->sources = list_end(r, &root->sources, &p->source_count);
    p->notes = list_end(r, &root->notes, &p->note_count);
    p->sets = list_end(r, &root->sets, &p->set_count);
    p->about = end_numbers(r, &root->about);
}

static void read_part_of_project(struct reader *r, struct root *root)
{
    if (reader_at(r, "Users")) {
        read_children(r, "User", &root->users, read_user);
    } else if (reader_at(r, "CodeBook")) {
        read_children(r, "Codes", &root->codes, read_codes);
    } else if (reader_at(r, "Variables")) {
        read_children(r, "Variable", &root->variables, read_variable);
    } else if (reader_at(r, "Cases")) {
        read_children(r, "Case", &root->cases, read_case);
    } else if (reader_at(r, "Sources")) {
        read_sources(r, &root->sources);
    } else if (reader_at(r, "Notes")) {
        read_children(r, "Note", &root->notes, read_note);
    } else if (reader_at(r, "Sets")) {
        read_children(r, "Set", &root->sets, read_set);
    } else if (reader_at(r, "Description")) {
        r->p->description = reader_text(r, QDA_DESCRIPTION_MAX);
    } else if (reader_at(r, "NoteRef")) {
        add_reference(r, &root->about, QDA_KIND_TEXT);
    } else {
        reader_leave_out(r);
    }
}

void read_project_parts(struct reader *r)
{
    struct qda_project *p = r->p;
    const struct attribute attributes[] = {{"name", ATTRIBUTE_TEXT, true, &p->name},
                                           {"origin", ATTRIBUTE_TEXT, false, &p->origin},
                                           {"creatingUserGUID", ATTRIBUTE_USER, false, &p->created.user},
                                           {"creationDateTime", ATTRIBUTE_TIME, false, &p->created.at},
                                           {"modifyingUserGUID", ATTRIBUTE_USER, false, &p->modified.user},
                                           {"modifiedDateTime", ATTRIBUTE_TIME, false, &p->modified.at}};
    struct root root = root_begin();
    struct walk walk = walk_begin(r);
    ATTRIBUTES(r, attributes);
    while (walk_next(r, &walk)) {
        read_part_of_project(r, &root);
    }
    root_end(r, &root);
}

void read_codebook_parts(struct reader *r)
{
    struct root root = root_begin();
    struct walk walk = walk_begin(r);
    reader_attributes(r, &(struct attribute){"origin", ATTRIBUTE_TEXT, false, &r->p->origin}, 1);
    while (walk_next(r, &walk)) {
        if (reader_at(r, "Codes")) {
            read_codes(r, &root.codes);
        } else if (reader_at(r, "Sets")) {
            read_children(r, "Set", &root.sets, read_set);
        } else {
            reader_leave_out(r);
        }
    }
    if (list_count(&root.codes) == 0) {
        reader_fail(r, QDA_NO_CODES, SLICE(""));
    }
    root_end(r, &root);
}
