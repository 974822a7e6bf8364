#include "cmd/document.h"

#include "base/clock.h"
#include "cmd/english.h"
#include "cmd/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FAULTS_MAX = 1000 };

bool document_read(struct slice *text, struct arena *arena, const char *path, size_t bytes_max)
{
    char *bytes = arena_alloc(arena, bytes_max + 1);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    *text = (struct slice){bytes, fread(bytes, 1, bytes_max + 1, file)};
    const int failed = ferror(file);
    fclose(file);
    if (failed) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    if (text->len > bytes_max) {
        fprintf(stderr, "%s: larger than %zu KiB\n", path, bytes_max / 1024);
        return false;
    }
    return true;
}

void document_errors_init(struct json_errors *errors, struct arena *arena)
{
    cmd_errors_init(errors, arena);
    json_errors_make_room(errors, FAULTS_MAX);
}

void document_say_faults(const struct json_errors *errors, const char *path)
{
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        fprintf(stderr, "%s#%s: %s\n", path, errors->items[i].pointer, errors->items[i].detail);
    }
}

static int check_all(const struct document_command *command, const struct cmd_arguments *arguments)
{
    int status = CMD_OK;
    for (int i = 1; i < arguments->count; i++) {
        struct arena *arena = arena_create(DOCUMENT_ARENA_MAX);
        if (!command->check(arena, arguments->values[i])) {
            status = CMD_FAILED;
        }
        arena_destroy(arena);
    }
    return status;
}

/* What is wrong with how it was called; NULL: nothing. files: how many were named. */
static const char *fault_of(const char *verb, int files, const char *consultation, bool of_consultation)
{
    const bool is_check = strcmp(verb, "check") == 0;
    const bool is_publish = strcmp(verb, "publish") == 0;
    if (!is_check && !is_publish && strcmp(verb, "list") != 0) {
        return "not understood: check, publish or list";
    }
    if (consultation && (is_check || !of_consultation)) {
        return is_check ? "check takes no --consultation" : "--consultation is not of this command";
    }
    if (!consultation && !is_check && of_consultation) {
        return "say with --consultation which consultation";
    }
    return is_check && files == 0                  ? "name the file to check"
           : is_publish && files != 1              ? "name the file to publish, one at a time"
           : !is_check && !is_publish && files > 0 ? "list takes no file"
                                                   : NULL;
}

int document_command(int argc, char **argv, const struct document_command *command)
{
    const char *config = NULL;
    const char *consultation = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {
        {"--config", &config, NULL}, {"--consultation", &consultation, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 16, command->usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    const char *fault = fault_of(verb, arguments.count - 1, consultation, command->of_consultation);
    const bool is_publish = strcmp(verb, "publish") == 0;
    if (fault) {
        return cmd_misused(command->usage, "%s", fault);
    }
    if (strcmp(verb, "check") == 0) {
        return check_all(command, &arguments);
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_publish ? command->publish(&session, arguments.values[1], consultation)
                            : command->list(&session, consultation);
    }
    cmd_session_close(&session);
    return status;
}

void document_say_version(struct slice code, int32_t number, int64_t created_at, struct slice title)
{
    char made_at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(made_at, created_at);
    if (code.len > 0) {
        printf("%-32.*s ", SLICE_ARG(code));
    }
    printf("version %d  %s  ", (int)number, made_at);
    cmd_print_text(title, 0);
    putchar('\n');
}
