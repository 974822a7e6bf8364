#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cmd_option *find_option(const struct cmd_option *options, struct slice name)
{
    for (; options->name != NULL; options++) {
        if (slice_equal_cstr(name, options->name)) {
            return options;
        }
    }
    return NULL;
}

/* One option at argv[*i]; leaves *i at its last word. False (said) when it is none of ours. */
static bool take_option(int *i, char **argv, const struct cmd_option *options)
{
    struct slice name, value;
    bool joined = slice_cut(&name, &value, slice_from_cstr(argv[*i]), '=');
    const struct cmd_option *option = find_option(options, name);
    if (option == NULL) {
        fprintf(stderr, "unknown option %s\n", argv[*i]);
        return false;
    }
    if (option->flag != NULL) {
        if (joined) {
            fprintf(stderr, "%s takes no value\n", option->name);
            return false;
        }
        *option->flag = true;
        return true;
    }
    if (!joined) {
        if (argv[*i + 1] == NULL) {
            fprintf(stderr, "%s needs a value\n", option->name);
            return false;
        }
        (*i)++;
        value = slice_from_cstr(argv[*i]);
    }
    *option->value = value.ptr; /* ends where the argument ends: NUL-terminated */
    return true;
}

int cmd_parse(struct cmd_arguments *out, int argc, char **argv, const struct cmd_option *options, int least,
              int most, const char *usage)
{
    const int room = (int)(sizeof out->values / sizeof out->values[0]);
    bool options_ended = false;
    *out = (struct cmd_arguments){0};
    for (int i = 1; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return CMD_OK;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(&i, argv, options)) {
                goto misused;
            }
        } else if (out->count == room || out->count == most) {
            fprintf(stderr, "too many arguments: %s\n", argv[i]);
            goto misused;
        } else {
            out->values[out->count++] = argv[i];
        }
    }
    if (out->count >= least) {
        return CMD_GO;
    }
    fputs("too few arguments\n", stderr);
misused:
    fputs(usage, stderr);
    return CMD_USAGE;
}

bool cmd_load_config(struct zs_config *out, struct arena *arena, const char *path)
{
    if (path == NULL) {
        path = getenv("ZEVENSTEM_CONFIG");
    }
    if (path == NULL) {
        path = "/etc/zevenstem/zevenstem.conf";
    }
    struct buffer faults;
    buffer_init(&faults, (size_t)64 * 1024);
    bool ok = config_load(out, &faults, arena, path);
    if (ok) {
        log_set_level(out->log.level);
    } else {
        struct slice text = buffer_slice(&faults);
        fprintf(stderr, "%.*s", SLICE_ARG(text));
    }
    buffer_free(&faults);
    return ok;
}
