/* Where the API begins and what describes it: /v1/ and /v1/openapi.json. */
#ifndef ZEVENSTEM_APP_API_DOCUMENTS_H
#define ZEVENSTEM_APP_API_DOCUMENTS_H

#include "app/config.h"
#include "lane/lane.h"

extern const char app_api_version[]; /* full: "1.0.0" */

/* The description as this service gives it. */
struct api_documents;
/* NULL (logged) when what is embedded is no document. */
struct api_documents *api_documents_create(const struct zs_config *config);
void api_documents_destroy(struct api_documents *documents);
/* The OpenAPI document, with the service's own name and contact where the configuration has them. */
struct slice api_documents_openapi(const struct api_documents *documents);

/* Their handlers take the documents as self. */
extern const struct route api_document_routes[];
extern const size_t api_document_route_count;

#endif
