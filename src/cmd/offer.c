/* zevenstem offer keypair|public|export|open|plan|notify|draw: the coordinator's side of the offers to be
 * invited.
 */
#include "cmd/actor.h"
#include "cmd/offer_file.h"
#include "cmd/session.h"
#include "features/fieldwork/fieldwork.h"

#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: zevenstem offer keypair FILE\n"
    "       zevenstem offer public FILE\n"
    "       zevenstem offer export OUT [--config FILE]\n"
    "       zevenstem offer open [IN] --key FILE [--config FILE]\n"
    "       zevenstem offer plan --round ROUND --kind interview|focusgroep [--config FILE]\n"
    "       zevenstem offer notify IN --key FILE --round ROUND --texts FOLDER --out FOLDER\n"
    "       zevenstem offer draw IN --key FILE --targets PLAN --seed TEXT [--strata NAMES]\n"
    "                            --protocol OUT --contacts OUT\n"
    "\n"
    "keypair makes a private key in FILE (mode 0600; never overwrites one) and prints the public key: that "
    "one goes into\n"
    "        the consultation's document as coordinator_public_key. Make it on a machine of the "
    "coordinator's own.\n"
    "public  prints the public key that belongs to the private key in FILE.\n"
    "export  writes the sealed offers of the database to OUT (mode 0600; never overwrites): one JSON object "
    "a line, and a\n"
    "        last line with their number. Nobody can read them without the private key.\n"
    "open    prints the offers of the file IN (or of the database, without IN), one JSON object a line. "
    "Offers that are\n"
    "        the same letter for letter are printed once.\n"
    "plan    prints who should come to the interviews or focus groups of a round, as JSON: for draw.\n"
    "draw    draws whom to invite from the offers of the file IN, by the groups of PLAN, without any server. "
    "Run it on the\n"
    "        coordinator's own machine: who was drawn is written to --contacts alone (CSV), how it was drawn "
    "to --protocol\n"
    "        (JSON, without a word of anybody). The same offers, plan, strata and seed give the same "
    "protocol byte for byte,\n"
    "        whatever the order of the offers: repeat it to check it. Choose the seed in public, after the "
    "last offer came.\n"
    "        --strata spreads each group over characteristics: leeftijd,provincie,opleiding,gender,houding.\n"
    "notify  puts the texts of `zevenstem report notify` (read them, and change what you like) to those who "
    "asked to "
    "hear what\n"
    "        came of the round, without any server: email.csv, brief.csv and telefoon.csv in the folder "
    "--out, each "
    "person in one\n"
    "        of them, by e-mail before post before telephone, in the language of their form.\n"
    "\n"
    "Exit status: 0 done, 1 something failed or an offer did not open (said on standard error), 2 wrong "
    "use.\n";

/* ---- keys ---- */

static int print_public(const struct crypto_keypair *keypair)
{
    char text[CRYPTO_PUBLIC_KEY_TEXT_BYTES];
    crypto_public_key_format(text, keypair->public_key);
    puts(text);
    return CMD_OK;
}

static int with_key_file(const char *path, bool make)
{
    struct crypto_keypair keypair;
    int status = CMD_FAILED;
    if (make ? crypto_keypair_generate(&keypair, path) : crypto_keypair_load(&keypair, path)) {
        status = print_public(&keypair);
    } else {
        fprintf(stderr, make ? "no key was made in %s\n" : "there is no private key to be read in %s\n",
                path);
    }
    crypto_keypair_forget(&keypair);
    return status;
}

/* ---- export ---- */

struct export
{
    FILE *out;
    size_t count;
};

/* Written anew from the start: a transaction may be run again. */
static bool export_begin(struct export *export)
{
    export->count = 0;
    return fseek(export->out, 0, SEEK_SET) == 0 && ftruncate(fileno(export->out), 0) == 0;
}

static bool export_one(const struct sealed_offer *offer, void *context)
{
    struct export *export = context;
    char sealed[OFFER_SEALED_BYTES_MAX * 4 / 3 + 4];
    if (offer->sealed.len > OFFER_SEALED_BYTES_MAX) {
        return false;
    }
    crypto_base64url(sealed, sizeof sealed, (const unsigned char *)offer->sealed.ptr, offer->sealed.len);
    /* Codes of rounds, purposes and base64url hold nothing that JSON would escape. */
    return fprintf(export->out, "{\"round\":\"%.*s\",\"purpose\":\"%.*s\",\"sealed\":\"%s\"}\n",
                   SLICE_ARG(offer->round), SLICE_ARG(offer->purpose), sealed) > 0;
}

static enum db_status export_work(struct db_tx *tx, void *context)
{
    struct export *export = context;
    return export_begin(export) ? survey_offers_each(&export->count, tx, export_one, export, cmd_actor())
                                : DB_ROLLBACK;
}

static int export_offers(struct cmd_session *session, const char *path)
{
    struct export export = {.out = offer_file_create(path)};
    if (!export.out) {
        return CMD_FAILED;
    }
    enum db_status status =
        db_transaction(session->conn, "offer-export", DB_ROLE_STAFF, export_work, &export);
    const bool good = status == DB_OK && fprintf(export.out, "{\"offers\":%zu}\n", export.count) > 0;
    const bool written = offer_file_finish(export.out, path, good);
    if (written) {
        printf("%zu offers written to %s\n", export.count, path);
        return CMD_OK;
    }
    return status != DB_OK && status != DB_ROLLBACK ? cmd_say_failure("reading the offers", status)
                                                    : CMD_FAILED;
}

/* ---- open ---- */

struct opening {
    struct crypto_keypair keypair;
    json_t *seen; /* hashes of the letters that were printed: members of an object */
    size_t opened, repeated, failed;
};

/* False when the same letter was printed before: somebody pressed the button twice. */
static bool is_new(struct opening *opening, struct slice letter)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256(sha256, letter);
    crypto_hex(hex, sha256, sizeof sha256);
    if (json_object_get(opening->seen, hex)) {
        return false;
    }
    return json_object_set_new(opening->seen, hex, json_true()) == 0;
}

static void open_one(struct opening *opening, struct slice sealed)
{
    struct slice letter;
    struct arena *arena = arena_create(OFFER_ARENA_MAX);
    if (!survey_offer_open(&letter, arena, &opening->keypair, sealed)) {
        opening->failed++;
    } else if (is_new(opening, letter)) {
        printf("%.*s\n", SLICE_ARG(letter));
        opening->opened++;
    } else {
        opening->repeated++;
    }
    arena_destroy(arena);
}

static bool open_row(const struct sealed_offer *offer, void *context)
{
    open_one(context, offer->sealed);
    return !ferror(stdout);
}

static enum db_status open_work(struct db_tx *tx, void *context)
{
    size_t count;
    return survey_offers_each(&count, tx, open_row, context, cmd_actor());
}

static int open_database(struct opening *opening, const char *config)
{
    struct cmd_session session;
    int status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        enum db_status read = db_transaction(session.conn, "offer-open", DB_ROLE_STAFF, open_work, opening);
        status = read == DB_OK ? CMD_OK : cmd_say_failure("reading the offers", read);
    }
    cmd_session_close(&session);
    return status;
}

static int open_offers(const char *path, const char *key_path, const char *config)
{
    struct opening opening = {.seen = json_object()};
    int status = CMD_FAILED;
    if (!crypto_keypair_load(&opening.keypair, key_path)) {
        fprintf(stderr, "there is no private key to be read in %s\n", key_path);
        goto cleanup;
    }
    status = !path                                       ? open_database(&opening, config)
             : offer_file_each(path, open_row, &opening) ? CMD_OK
                                                         : CMD_FAILED;
    if (fflush(stdout) != 0) {
        fputs("not all offers could be written\n", stderr);
        status = CMD_FAILED;
    }
    fprintf(stderr, "%zu offers opened", opening.opened);
    if (opening.repeated > 0) {
        fprintf(stderr, ", %zu the same as another left out", opening.repeated);
    }
    fputs("\n", stderr);
    if (opening.failed > 0) {
        fprintf(stderr, "%zu offers do not open with this key\n", opening.failed);
        status = CMD_FAILED;
    }
cleanup:
    crypto_keypair_forget(&opening.keypair);
    json_decref(opening.seen);
    return status;
}

/* ---- plan ---- */

struct plan_reading {
    const struct survey_round *round;
    struct slice kind;
    json_t *plan; /* NULL: there is none */
};

static enum db_status plan_work(struct db_tx *tx, void *context)
{
    struct plan_reading *reading = context;
    json_t *overview;
    json_decref(reading->plan);
    reading->plan = NULL;
    enum db_status status = plan_overview(&overview, tx, db_arena(tx), reading->round->id);
    if (status == DB_OK) {
        reading->plan = json_deep_copy(plan_of(overview, reading->kind));
    }
    return status;
}

static int print_plan_of(struct cmd_session *session, const struct survey_round *round, const char *kind)
{
    struct plan_reading reading = {.round = round, .kind = slice_from_cstr(kind)};
    enum db_status status =
        db_transaction_read_only(session->conn, "offer-plan", DB_ROLE_STAFF, plan_work, &reading);
    if (status != DB_OK) {
        return cmd_say_failure("reading the plan", status);
    }
    if (!reading.plan) {
        fprintf(stderr, "round %s has no plan of kind %s\n", round->code, kind);
        return CMD_FAILED;
    }
    json_object_set_new(reading.plan, "ronde", json_string(round->code));
    const bool printed = json_dumpf(reading.plan, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    json_decref(reading.plan);
    return printed && fflush(stdout) == 0 ? CMD_OK : CMD_FAILED;
}

static int print_plan(struct cmd_session *session, const char *round_code, const char *kind)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    if (status == CMD_GO) {
        const struct survey_round *round = survey_round_find(rounds.snapshot, slice_from_cstr(round_code));
        if (round) {
            status = print_plan_of(session, round, kind);
        } else {
            fprintf(stderr, "there is no round %s\n", round_code);
            status = CMD_FAILED;
        }
    }
    cmd_rounds_close(&rounds);
    return status;
}

/* ---- the command ---- */

struct arguments {
    const char *config, *round, *kind, *texts, *out;
    struct offer_draw_arguments draw; /* key too */
};

static int with_database(const char *file, const struct arguments *given)
{
    struct cmd_session session;
    int status = cmd_session_open(&session, given->config);
    if (status == CMD_GO) {
        status = file ? export_offers(&session, file) : print_plan(&session, given->round, given->kind);
    }
    cmd_session_close(&session);
    return status;
}

enum verb { KEYPAIR, PUBLIC, EXPORT, OPEN, PLAN, NOTIFY, DRAW, NO_VERB };

/* What a verb takes. */
static const struct {
    const char *name, *options;
} verbs[NO_VERB] = {
    [KEYPAIR] = {"keypair", ""},
    [PUBLIC] = {"public", ""},
    [EXPORT] = {"export", ""},
    [OPEN] = {"open", "--key"},
    [PLAN] = {"plan", "--round --kind"},
    [NOTIFY] = {"notify", "--key --round --texts --out"},
    [DRAW] = {"draw", "--key --targets --strata --seed --protocol --contacts"},
};

static int run_verb(enum verb verb, const char *file, struct arguments *given)
{
    switch (verb) {
    case OPEN:
        return open_offers(file, given->draw.key, given->config);
    case NOTIFY:
        return offer_notify_command(&(struct offer_notify_arguments){.offers = file,
                                                                     .key = given->draw.key,
                                                                     .round = given->round,
                                                                     .texts = given->texts,
                                                                     .out = given->out});
    case DRAW:
        given->draw.offers = file;
        return offer_draw_command(&given->draw);
    case EXPORT:
    case PLAN:
        return with_database(file, given);
    case KEYPAIR:
    case PUBLIC:
    case NO_VERB:
        break;
    }
    return with_key_file(file, verb == KEYPAIR);
}

/* Whether it has what it needs. What needs no server takes no --config. */
static bool is_whole(enum verb verb, const char *file, const struct arguments *given)
{
    const struct offer_draw_arguments *draw = &given->draw;
    switch (verb) {
    case KEYPAIR:
    case PUBLIC:
        return file && !given->config;
    case EXPORT:
        return file != NULL;
    case OPEN:
        return draw->key && !(file && given->config);
    case PLAN:
        return given->round && given->kind && !file;
    case NOTIFY:
        return file && !given->config && draw->key && given->round && given->texts && given->out;
    case DRAW:
        return file && !given->config && draw->key && draw->targets && draw->seed && draw->protocol &&
               draw->contacts;
    case NO_VERB:
        break;
    }
    return false;
}

int cmd_offer(int argc, char **argv)
{
    struct arguments given = {.config = NULL};
    struct cmd_arguments arguments;
    const struct cmd_option options[] = {{"--config", &given.config, NULL},
                                         {"--round", &given.round, NULL},
                                         {"--kind", &given.kind, NULL},
                                         {"--texts", &given.texts, NULL},
                                         {"--out", &given.out, NULL},
                                         {"--key", &given.draw.key, NULL},
                                         {"--targets", &given.draw.targets, NULL},
                                         {"--strata", &given.draw.strata, NULL},
                                         {"--seed", &given.draw.seed, NULL},
                                         {"--protocol", &given.draw.protocol, NULL},
                                         {"--contacts", &given.draw.contacts, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *file = arguments.count > 1 ? arguments.values[1] : NULL;
    enum verb verb = KEYPAIR;
    while (verb < NO_VERB && strcmp(arguments.values[0], verbs[verb].name) != 0) {
        verb++;
    }
    if (verb < NO_VERB && !cmd_verb_takes(verbs[verb].name, options, verbs[verb].options, usage)) {
        return CMD_USAGE;
    }
    if (!is_whole(verb, file, &given)) {
        return cmd_misused(usage, "not understood: offer %s", arguments.values[0]);
    }
    if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    return run_verb(verb, file, &given);
}
