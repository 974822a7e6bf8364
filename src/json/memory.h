/* Memory of JSON trees. A page's tree is some hundreds of small blocks, all freed at its end and asked for
 * again by the next page: more than malloc keeps at hand for a thread. */
#ifndef ZEVENSTEM_JSON_MEMORY_H
#define ZEVENSTEM_JSON_MEMORY_H

/* From here on each thread keeps small blocks that jansson freed, a bounded number, and gives them to jansson
 * again. They stay blocks of malloc: those of before and after mix, and what json_dumps gives is freed with
 * free(). Does nothing in a build that watches for misuse of memory. */
void json_reuse_memory(void);

#endif
