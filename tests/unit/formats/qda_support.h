/* Files and schemas for the tests of the QDA format. */
#ifndef ZEVENSTEM_TESTS_QDA_SUPPORT_H
#define ZEVENSTEM_TESTS_QDA_SUPPORT_H

#include "base/buffer.h"
#include "formats/qda.h"
#include "unit/formats/qda_sample.h"

enum { QDA_TEST_MAX = 64 << 20 };

/* Both must succeed. The caller frees the buffer. */
void write_project(struct buffer *file, const struct qda_project *project);
void write_codebook(struct buffer *file, const struct qda_project *project);

/* Output into a buffer. */
struct dataset_output output_to(struct buffer *file);

/* A ZIP of members in this order; text NULL ends them. Names are taken as they are. The caller frees the
 * buffer. */
struct member {
    const char *name;
    const char *text;
};
void zip_of(struct buffer *file, const struct member *members);

/* Whether the XML holds against Project.xsd or Codebook.xsd. True where there is no schema: it is not ours to
 * pass on. QDA_SCHEMA names its folder, else ../shared/data/refi beside the checkout. */
bool schema_holds(const char *schema, struct slice xml);

#endif
