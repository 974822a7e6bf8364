/* The routes of results. Each endpoint is a file, results_api_<name>.c. */
#include "features/results/results_api.h"

#include "features/account/account.h"

/* What a table of any kind may be asked with, besides its own. */
#define PEOPLE "ronde,werving,kanaal,kwaliteit,filter,gewogen,weergave"

#define API_RESULTS(PATH, QUERY, PRODUCES, HANDLER)                                                          \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .scope = PERMISSION_TABLE_VIEW,                                                             \
                 .scope_optional = true,                                                                     \
                 .produces = PRODUCES,                                                                       \
                 .query = QUERY,                                                                             \
                 .cacheable = true},                                                                         \
        .on_inline = HANDLER, .again_s = RESULTS_AGAIN_S                                                     \
    }

const struct route results_api_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/rondes/{ronde}/tabel",
              .surface = HTTP_API,
              .scope = PERMISSION_TABLE_VIEW,
              .produces = "application/json,text/csv",
              .query = "variabele,naar,werving,kwaliteit"},
     .on_inline = results_get_round_table},
    API_RESULTS("/v1/consultaties/{consultatie}/tabellen", "variabele,groepeerOp,basis,maat," PEOPLE,
                "application/json,text/csv", results_get_tables),
    API_RESULTS("/v1/consultaties/{consultatie}/verschillen", "variabele,groepeerOp,basis,maat," PEOPLE,
                "application/json,text/csv", results_get_differences),
    API_RESULTS("/v1/consultaties/{consultatie}/waarden", "waarde,dimensie,groepeerOp," PEOPLE,
                "application/json,text/csv", results_get_values),
    API_RESULTS("/v1/consultaties/{consultatie}/rangordes", "vraag,groepeerOp," PEOPLE,
                "application/json,text/csv", results_get_rankings),
    API_RESULTS("/v1/consultaties/{consultatie}/trends",
                "variabele,basis,maat,werving,kanaal,kwaliteit,filter,gewogen,weergave",
                "application/json,text/csv", results_get_trends),
    API_RESULTS("/v1/consultaties/{consultatie}/gewichten", "ronde,versie,weergave," HTTP_PAGING,
                "application/json,text/csv", results_get_weights),
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/codeboek",
              .surface = HTTP_API,
              .produces = "application/json,text/csv",
              .query = "ronde," HTTP_PAGING,
              .cacheable = true},
     .on_inline = results_get_codebook,
     .again_s = RESULTS_AGAIN_S},
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/uitgaven",
              .surface = HTTP_API,
              .query = HTTP_PAGING,
              .cacheable = true},
     .on_inline = results_get_releases,
     .again_s = RESULTS_AGAIN_S},
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/uitgaven/tabellen",
              .surface = HTTP_API,
              .produces = "text/csv,application/csvm+json,application/jsonl,application/xml",
              .query = "ronde,formaat,taal,werving,gewogen",
              .cacheable = true},
     .on_inline = results_get_release_tables},
};
const size_t results_api_route_count = sizeof results_api_routes / sizeof results_api_routes[0];
