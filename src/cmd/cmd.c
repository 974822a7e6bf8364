#include "cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cmd_option *find_option(const struct cmd_option *options, struct slice name)
{
    for (; options->name != NULL; options++) {
        if (slice_equal_cstr(name, options->name)) {
            return options;
        }
    }
    return NULL;
}

int cmd_say_call(const char *usage)
{
    static const char head[] = "usage: zevenstem ";
    const char *end = strstr(usage, "\n\n");
    if (!end) {
        fputs(usage, stderr);
        return CMD_USAGE;
    }
    const char *name = usage + sizeof head - 1;
    fprintf(stderr, "%.*s\n`zevenstem %.*s --help` tells more\n", (int)(end - usage), usage,
            (int)strcspn(name, " \n"), name);
    return CMD_USAGE;
}

int cmd_misused(const char *usage, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
    return cmd_say_call(usage);
}

/* One option at argv[*i]; leaves *i at its last word. CMD_GO, or CMD_USAGE (said) when it is none of ours. */
static int take_option(int *i, char **argv, const struct cmd_option *options, const char *usage)
{
    struct slice name, value;
    bool joined = slice_cut(&name, &value, slice_from_cstr(argv[*i]), '=');
    const struct cmd_option *option = find_option(options, name);
    if (option == NULL) {
        return cmd_misused(usage, "unknown option %s", argv[*i]);
    }
    if (option->flag != NULL) {
        if (joined) {
            return cmd_misused(usage, "%s takes no value", option->name);
        }
        *option->flag = true;
        return CMD_GO;
    }
    if (!joined) {
        if (argv[*i + 1] == NULL) {
            return cmd_misused(usage, "%s needs a value", option->name);
        }
        (*i)++;
        value = slice_from_cstr(argv[*i]);
    }
    *option->value = value.ptr; /* ends where the argument ends: NUL-terminated */
    return CMD_GO;
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
        } else if (!options_ended && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            fputs(usage, stdout);
            if (find_option(options, SLICE("--config")) != NULL) {
                fputs("\nWithout --config the configuration is the file that $" CMD_CONFIG_VARIABLE
                      " names, else " CMD_CONFIG_FILE ".\n",
                      stdout);
            }
            return CMD_OK;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (take_option(&i, argv, options, usage) != CMD_GO) {
                return CMD_USAGE;
            }
        } else if (out->count == room || out->count == most) {
            return cmd_misused(usage, "too many arguments: %s", argv[i]);
        } else {
            out->values[out->count++] = argv[i];
        }
    }
    return out->count >= least ? CMD_GO : cmd_misused(usage, "too few arguments");
}

/* Whether `name` is among the words of `list`. */
static bool is_word_of(const char *list, const char *name)
{
    struct slice rest = slice_from_cstr(list);
    bool found = false;
    while (!found && rest.len > 0) {
        struct slice word;
        slice_cut(&word, &rest, rest, ' ');
        found = slice_equal_cstr(word, name);
    }
    return found;
}

bool cmd_verb_takes(const char *verb, const struct cmd_option *options, const char *taken, const char *usage)
{
    for (; options->name != NULL; options++) {
        const bool given = options->flag != NULL ? *options->flag : *options->value != NULL;
        if (given && strcmp(options->name, "--config") != 0 && !is_word_of(taken, options->name)) {
            cmd_misused(usage, "%s takes no %s", verb, options->name);
            return false;
        }
    }
    return true;
}

void cmd_print_text(struct slice text, int width)
{
    cmd_put_text(stdout, text, width);
}

void cmd_put_text(FILE *file, struct slice text, int width)
{
    int printed = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        /* U+0080 to U+009F, which some terminals obey too. */
        const bool high = c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;
        putc(c < ' ' || c == 0x7f || high ? '?' : c, file);
        printed += (c & 0xc0) != 0x80;
        i += high;
    }
    fprintf(file, "%*s", width > printed ? width - printed : 0, "");
}

bool cmd_load_config(struct zs_config *out, struct arena *arena, const char *path)
{
    if (path == NULL) {
        path = getenv(CMD_CONFIG_VARIABLE);
    }
    if (path == NULL) {
        path = CMD_CONFIG_FILE;
    }
    struct buffer faults;
    buffer_init(&faults, (size_t)64 * 1024);
    bool ok = config_load(out, &faults, arena, path);
    if (ok) {
        log_set_level(out->log.command_level);
    } else {
        struct slice text = buffer_slice(&faults);
        fprintf(stderr, "%.*s", SLICE_ARG(text));
        if (access(path, R_OK) != 0) {
            fputs("the configuration is the file of --config, else the one that $" CMD_CONFIG_VARIABLE
                  " names, else " CMD_CONFIG_FILE "; one to begin with is "
                  "/usr/share/zevenstem/zevenstem.conf (deploy/README.md)\n",
                  stderr);
        }
    }
    buffer_free(&faults);
    return ok;
}
