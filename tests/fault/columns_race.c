/* The columns with one writer and three readers, built with the race detector, which ends the program when it
 * sees one. Not a unit test: the framework for those and the detector do not go together. */
#include "unit/stats/readers_and_writer.h"

#include <stdio.h>

int main(void)
{
    struct readers_and_writer result;
    if (!readers_and_writer_run(&result, 3000) || result.unbalanced > 0) {
        printf("columns_race: %d of %d tables unbalanced\n", result.unbalanced, result.read);
        return 1;
    }
    printf("columns_race: %d tables, all balanced\n", result.read);
    return 0;
}
