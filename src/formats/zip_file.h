/* A ZIP archive of files, written from front to back to wherever the output goes, in memory that does not
 * grow. Failure is sticky: zip_file_end tells. Each part and the whole may have 4 GiB at most. */
#ifndef ZEVENSTEM_FORMATS_ZIP_FILE_H
#define ZEVENSTEM_FORMATS_ZIP_FILE_H

#include "base/slice.h"
#include "formats/dataset.h"

enum { ZIP_FILE_NAME_MAX = 255 /* bytes of a part's name, in ASCII, with / between folders */ };

struct zip_file;
/* made_at: Unix seconds, of every part. NULL when out of memory. */
struct zip_file *zip_file_create(struct dataset_output output, int64_t made_at);
/* A part, packed: begin, write any number of times, end. One at a time. */
void zip_file_begin(struct zip_file *zip, const char *name);
void zip_file_write(struct zip_file *zip, struct slice bytes);
void zip_file_part_end(struct zip_file *zip);
/* Only DATASET_OK means that it is whole; DATASET_TOO_LARGE or DATASET_OUTPUT_FAILED. */
enum dataset_status zip_file_end(struct zip_file *zip);
/* At any time; NULL is allowed. */
void zip_file_destroy(struct zip_file *zip);

#endif
