/* load --requests FILE (--port N[,N...] | --socket FILE[,FILE...]) --connections N (--seconds S | --count N |
 * neither: until SIGTERM)
 *      [--rate N] [--codes FILE] --expect STATUS [--also-expect STATUS] [--retry] [--acknowledged FILE
 * [--secret FILE
 * --round CODE]]
 *
 * Requests are taken from the file in turn, connection i taking each i-th; "{{DEELNAMECODE}}" in one becomes
 * a code that was never used: of the file, or made up; when the file is at its end so is the load. One line
 * of JSON at the end; exit status 1 when an answer was not as expected (without
 * --retry), or did not come. */
#include "load.h"

#include "base/clock.h"

#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>

static const char stamp[] = "{{DEELNAMECODE}}";
_Static_assert(sizeof stamp - 1 == LOAD_STAMP_CHARS, "a code fits in its place");

/* ---- requests and codes ---- */

static char *read_whole(size_t *size, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long length;
    if (file && fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 &&
        fseek(file, 0, SEEK_SET) == 0) {
        bytes = malloc((size_t)length + 1);
        *size = bytes ? fread(bytes, 1, (size_t)length, file) : 0;
        if (bytes) {
            bytes[*size] = '\0';
        }
    }
    if (file) {
        fclose(file);
    }
    return bytes;
}

bool load_read_requests(struct load *load)
{
    size_t size = 0;
    size_t room = 0;
    char *bytes = read_whole(&size, load->options->requests_path); /* kept until the end of the process */
    struct load_request *requests = NULL;
    for (size_t at = 0; bytes && at < size;) {
        char *after;
        size_t length = strtoul(bytes + at, &after, 10);
        size_t start = (size_t)(after - bytes) + 1;
        if (*after != '\n' || length == 0 || length > size - start) {
            break;
        }
        if (load->request_count == room) {
            room = room * 2 + 64;
            requests = realloc(requests, room * sizeof *requests);
            if (!requests) {
                break;
            }
        }
        const char *place = memmem(bytes + start, length, stamp, LOAD_STAMP_CHARS);
        requests[load->request_count++] = (struct load_request){
            bytes + start, length, place ? (size_t)(place - (bytes + start)) : SIZE_MAX};
        at = start + length;
        if (at == size) {
            load->requests = requests;
        }
    }
    if (!load->requests) {
        fprintf(stderr, "load: no requests in %s\n", load->options->requests_path);
    }
    return load->requests != NULL;
}

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool load_read_codes(struct load *load)
{
    size_t size = 0;
    size_t used = 0;
    if (!load->options->codes_path) {
        return true;
    }
    char *bytes =
        read_whole(&size, load->options->codes_path); /* the codes take the place of what was read */
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '-' && bytes[i] != '\n') {
            bytes[used++] = bytes[i];
        }
    }
    load->codes = (char(*)[LOAD_STAMP_CHARS])(void *)bytes;
    load->code_count = used / LOAD_STAMP_CHARS;
    if (load->code_count == 0 || used % LOAD_STAMP_CHARS != 0) {
        fprintf(stderr, "load: no codes in %s\n", load->options->codes_path);
        return false;
    }
    return true;
}

void load_stamp(struct load *load, char code[LOAD_STAMP_CHARS])
{
    uint64_t number = load->next_code++;
    if (load->codes) {
        memcpy(code, load->codes[number], LOAD_STAMP_CHARS);
        return;
    }
    memcpy(code, load->code_head, LOAD_STAMP_CHARS);
    for (int i = LOAD_STAMP_CHARS - 1; i >= LOAD_STAMP_CHARS / 2; i--) {
        code[i] = digits[number % 32];
        number /= 32;
    }
}

static void write_acknowledged(struct load *load, const char code[LOAD_STAMP_CHARS])
{
    char hex[33] = "";
    if (load->keys) {
        struct participation_code parsed;
        struct participation who;
        code_parse(&parsed, (struct slice){code, LOAD_STAMP_CHARS});
        code_derive(&who, load->keys, slice_from_cstr(load->options->round), &parsed);
        crypto_hex(hex, who.response_id, sizeof who.response_id);
    }
    fprintf(load->acknowledged, "%.*s %s\n", (int)LOAD_STAMP_CHARS, code, hex);
}

void load_note(struct load *load, const char code[LOAD_STAMP_CHARS], uint32_t latency_us)
{
    if (load->latency_count == load->latency_room) {
        size_t room = load->latency_room * 2 + 65536;
        uint32_t *more = realloc(load->latencies_us, room * sizeof *more);
        if (!more) {
            fputs("load: out of memory\n", stderr);
            exit(1);
        }
        load->latencies_us = more;
        load->latency_room = room;
    }
    load->latencies_us[load->latency_count++] = latency_us;
    if (load->acknowledged) {
        write_acknowledged(load, code);
    }
}

/* ---- report ---- */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const struct load *load, double share)
{
    size_t last = load->latency_count - 1;
    return load->latency_count == 0 ? 0 : (double)load->latencies_us[(size_t)((double)last * share)] / 1e3;
}

static void report(struct load *load)
{
    struct rusage used;
    qsort(load->latencies_us, load->latency_count, sizeof *load->latencies_us, by_size);
    getrusage(RUSAGE_SELF, &used);
    double cpu_us = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
                    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    double answers = load->latency_count ? (double)load->latency_count : 1;
    printf("{\"answers\": %zu, \"errors\": %zu, \"last_status\": %d, \"elapsed_s\": %.4f, \"per_s\": %.2f, ",
           load->latency_count, load->errors, load->last_status, load->elapsed_s,
           (double)load->in_time / load->elapsed_s);
    printf(
        "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"bytes_each\": %.1f, \"own_cpu_us\": %.2f}\n",
        percentile_ms(load, 0.5), percentile_ms(load, 0.99), percentile_ms(load, 1),
        (double)load->bytes / answers, cpu_us / answers);
}

/* ---- options ---- */

static bool put_port(struct load_address *out, const char *text)
{
    char *rest;
    const long port = strtol(text, &rest, 10);
    const struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memcpy(&out->at, &in, sizeof in);
    out->size = sizeof in;
    return rest != text && *rest == '\0' && port >= 1 && port <= 65535;
}

static bool put_file(struct load_address *out, const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    const int len = snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    memcpy(&out->at, &un, sizeof un);
    out->size = sizeof un;
    return len > 0 && (size_t)len < sizeof un.sun_path;
}

/* Of a list divided by commas, which is taken apart. */
static bool read_addresses(struct load_options *options, char *list,
                           bool (*put)(struct load_address *out, const char *text))
{
    char *state = NULL;
    for (char *one = strtok_r(list, ",", &state); one; one = strtok_r(NULL, ",", &state)) {
        if (options->address_count == LOAD_ADDRESSES_MAX ||
            !put(&options->addresses[options->address_count++], one)) {
            return false;
        }
    }
    return options->address_count > 0;
}

static bool read_options(struct load_options *options, int argc, char **argv)
{
    static const struct option known[] = {{"requests", required_argument, NULL, 'f'},
                                          {"codes", required_argument, NULL, 'k'},
                                          {"port", required_argument, NULL, 'p'},
                                          {"socket", required_argument, NULL, 'u'},
                                          {"connections", required_argument, NULL, 'c'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"count", required_argument, NULL, 'n'},
                                          {"rate", required_argument, NULL, 'R'},
                                          {"expect", required_argument, NULL, 'e'},
                                          {"also-expect", required_argument, NULL, 'E'},
                                          {"retry", no_argument, NULL, 'r'},
                                          {"acknowledged", required_argument, NULL, 'a'},
                                          {"secret", required_argument, NULL, 'x'},
                                          {"round", required_argument, NULL, 'o'},
                                          {NULL, 0, NULL, 0}};
    bool good = true;
    int which;
    while (good && (which = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (which) {
        case 'f':
            options->requests_path = optarg;
            break;
        case 'k':
            options->codes_path = optarg;
            break;
        case 'p':
            good = read_addresses(options, optarg, put_port);
            break;
        case 'u':
            good = read_addresses(options, optarg, put_file);
            break;
        case 'c':
            options->connections = atoi(optarg);
            break;
        case 's':
            options->seconds = strtod(optarg, NULL);
            break;
        case 'n':
            options->count = strtol(optarg, NULL, 10);
            break;
        case 'R':
            options->rate = strtod(optarg, NULL);
            break;
        case 'e':
            options->expect = atoi(optarg);
            break;
        case 'E':
            options->also_expect = atoi(optarg);
            break;
        case 'r':
            options->retry = true;
            break;
        case 'a':
            options->acknowledged = optarg;
            break;
        case 'x':
            options->secret = optarg;
            break;
        case 'o':
            options->round = optarg;
            break;
        default:
            good = false;
            break;
        }
    }
    return good && optind == argc && options->requests_path && options->address_count > 0 &&
           options->connections > 0 && options->expect > 0 && !options->secret == !options->round;
}

int main(int argc, char **argv)
{
    struct load_options options = {.connections = 1};
    struct load load = {.options = &options};
    struct crypto_keys *keys = NULL;
    if (!read_options(&options, argc, argv)) {
        fputs("load: see the head of tests/bench/load/load.c\n", stderr);
        return 2;
    }
    if (!crypto_start() || !load_read_requests(&load) || !load_read_codes(&load)) {
        return 1;
    }
    if (options.secret && !(load.keys = keys = crypto_keys_load(options.secret))) {
        return 1;
    }
    if (options.acknowledged && !(load.acknowledged = fopen(options.acknowledged, "a"))) {
        perror(options.acknowledged);
        return 1;
    }
    for (size_t i = 0; i < LOAD_STAMP_CHARS; i++) {
        load.code_head[i] = digits[crypto_random_below(32)];
    }
    signal(SIGTERM, load_stop);
    signal(SIGINT, load_stop);
    bool drained = load_run(&load);
    report(&load);
    if (load.acknowledged) {
        fclose(load.acknowledged);
    }
    crypto_keys_free(keys);
    free(load.latencies_us);
    return drained && (options.retry || load.errors == 0) ? 0 : 1;
}
