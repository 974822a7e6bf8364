/* Writes the sample data set of the unit tests in every format, into a folder, for other programs to read:
 * write_sample FOLDER */
#include "crypto/crypto.h"
#include "formats/dataset.h"
#include "unit/formats/sample.h"

#include <stdio.h>

static bool put(const void *bytes, size_t size, void *self)
{
    return fwrite(bytes, 1, size, self) == size;
}

static enum dataset_status write_rows(FILE *file, enum dataset_format format)
{
    struct dataset_writer *writer;
    enum dataset_status status =
        dataset_writer_create(&writer, format, &sample, (struct dataset_output){.write = put, .self = file});
    for (size_t i = 0; status == DATASET_OK && i < SAMPLE_ROWS && dataset_format_facts(format)->takes_rows;
         i++) {
        status = dataset_writer_row(writer, sample_rows[i]);
    }
    status = status == DATASET_OK ? dataset_writer_end(writer) : status;
    dataset_writer_destroy(writer);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !crypto_start()) {
        return 2;
    }
    for (int i = 0; i < DATASET_FORMATS; i++) {
        const struct dataset_format_facts *facts = dataset_format_facts((enum dataset_format)i);
        char path[4096];
        snprintf(path, sizeof path, "%s/sample.%s%s", argv[1],
                 facts->takes_rows || i == DATASET_DDI ? "" : "csv-metadata.", facts->extension);
        FILE *file = fopen(path, "wb");
        if (!file || write_rows(file, (enum dataset_format)i) != DATASET_OK || fclose(file) != 0) {
            fprintf(stderr, "%s was not written\n", path);
            return 1;
        }
    }
    return 0;
}
