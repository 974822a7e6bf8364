/* zevenstem offer keypair|public|export|open: the coordinator's side of the offers to be invited. */
#include "cmd/session.h"
#include "features/survey/survey.h"
#include "formats/records.h"
#include "json/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEALED_BYTES_MAX = 8192, LINE_BYTES_MAX = 16 * 1024, OFFER_ARENA_MAX = 1024 * 1024 };

static const char usage[] = "usage: zevenstem offer keypair FILE\n"
                            "       zevenstem offer public FILE\n"
                            "       zevenstem offer export OUT [--config FILE]\n"
                            "       zevenstem offer open [IN] --key FILE [--config FILE]\n"
                            "\n"
                            "keypair makes a private key in FILE (mode 0600; never overwrites one) and "
                            "prints the public key: that one goes into "
                            "the\n"
                            "        consultation's document as coordinator_public_key. Make it on a machine "
                            "of the coordinator's own.\n"
                            "public  prints the public key that belongs to the private key in FILE.\n"
                            "export  writes the sealed offers of the database to OUT (mode 0600; never "
                            "overwrites): one JSON object a line, and a "
                            "last\n"
                            "        line with their number. Nobody can read them without the private key.\n"
                            "open    prints the offers of the file IN (or of the database, without IN), one "
                            "JSON object a line. Offers that are "
                            "the same\n"
                            "        letter for letter are printed once.\n"
                            "\n"
                            "Exit status: 0 done, 1 something failed or an offer did not open (said on "
                            "standard error), 2 wrong use.\n";

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
    char sealed[SEALED_BYTES_MAX * 4 / 3 + 4];
    if (offer->sealed.len > SEALED_BYTES_MAX) {
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
    return export_begin(export) ? survey_offers_each(&export->count, tx, export_one, export, "beheerder")
                                : DB_ROLLBACK;
}

static int export_offers(struct cmd_session *session, const char *path)
{
    struct export export = {.out = NULL};
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    export.out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!export.out) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return CMD_FAILED;
    }
    enum db_status status =
        db_transaction(session->conn, "offer-export", DB_ROLE_STAFF, export_work, &export);
    bool written = status == DB_OK && fprintf(export.out, "{\"offers\":%zu}\n", export.count) > 0 &&
                   fflush(export.out) == 0 && fsync(fd) == 0;
    written = fclose(export.out) == 0 && written;
    if (written) {
        printf("%zu offers written to %s\n", export.count, path);
        return CMD_OK;
    }
    unlink(path);
    if (status != DB_OK && status != DB_ROLLBACK) {
        return cmd_say_failure("reading the offers", status);
    }
    fprintf(stderr, "%s could not be written whole; it was removed\n", path);
    return CMD_FAILED;
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
    return survey_offers_each(&count, tx, open_row, context, "beheerder");
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

/* One line of an export: an offer, or the last line. False, said, when it is neither. */
static bool open_line(struct opening *opening, int64_t *promised, struct slice line, size_t number)
{
    struct arena *arena = arena_create(OFFER_ARENA_MAX);
    struct json_errors *errors = arena_alloc(arena, sizeof *errors);
    json_errors_init(errors, arena);
    const json_t *object = json_parse(errors, arena, line);
    const json_t *sealed = json_object_get(object, "sealed");
    const json_t *offers = json_object_get(object, "offers");
    unsigned char *bytes = arena_alloc(arena, SEALED_BYTES_MAX);
    size_t size = 0;
    bool good = true;
    if (json_is_integer(offers)) {
        *promised = json_integer_value(offers);
    } else if (json_is_string(sealed) &&
               crypto_unbase64url(bytes, SEALED_BYTES_MAX, &size,
                                  (struct slice){json_string_value(sealed), json_string_length(sealed)})) {
        open_one(opening, (struct slice){(const char *)bytes, size});
    } else {
        fprintf(stderr, "line %zu is not a line of an export\n", number);
        good = false;
    }
    arena_destroy(arena);
    return good;
}

/* All lines of an export; false, said, when it is not whole. */
static bool open_lines(struct opening *opening, struct records *lines)
{
    struct slice line;
    size_t number = 0;
    int64_t promised = -1;
    enum records_status status;
    while ((status = records_next(&line, &number, lines)) == RECORDS_NEXT && promised < 0) {
        if (!open_line(opening, &promised, line, number)) {
            return false;
        }
    }
    if (status == RECORDS_END &&
        promised == (int64_t)(opening->opened + opening->repeated + opening->failed)) {
        return true;
    }
    fputs("the export is not whole: its last line, and nothing after it, says how many offers there are\n",
          stderr);
    return false;
}

static int open_file(struct opening *opening, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return CMD_FAILED;
    }
    struct records *lines = records_create(fd, LINE_BYTES_MAX);
    bool good = lines && open_lines(opening, lines);
    records_free(lines);
    close(fd);
    return good ? CMD_OK : CMD_FAILED;
}

static int open_offers(const char *path, const char *key_path, const char *config)
{
    struct opening opening = {.seen = json_object()};
    int status = CMD_FAILED;
    if (!crypto_keypair_load(&opening.keypair, key_path)) {
        fprintf(stderr, "there is no private key to be read in %s\n", key_path);
        goto cleanup;
    }
    status = path ? open_file(&opening, path) : open_database(&opening, config);
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

/* ---- the command ---- */

static int export_command(const char *path, const char *config)
{
    struct cmd_session session;
    int status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = export_offers(&session, path);
    }
    cmd_session_close(&session);
    return status;
}

int cmd_offer(int argc, char **argv)
{
    const char *config = NULL;
    const char *key = NULL;
    struct cmd_arguments arguments;
    const struct cmd_option options[] = {
        {"--config", &config, NULL}, {"--key", &key, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    const char *file = arguments.count > 1 ? arguments.values[1] : NULL;
    bool opens = strcmp(verb, "open") == 0;
    bool exports = strcmp(verb, "export") == 0;
    bool makes = strcmp(verb, "keypair") == 0;
    bool tells = strcmp(verb, "public") == 0;
    bool fits = opens ? key && !(file && config) : (exports || makes || tells) && file && !key;
    if (!fits || ((makes || tells) && config)) {
        fprintf(stderr, "not understood: offer %s\n%s", verb, usage);
        return CMD_USAGE;
    }
    if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    return opens     ? open_offers(file, key, config)
           : exports ? export_command(file, config)
                     : with_key_file(file, makes);
}
