#include "support.h"

#include "base/log.h"
#include "support/leaks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[128];

static void setup(void)
{
    log_set_level(LOG_SILENT);
    cr_assert(crypto_start());
    snprintf(folder, sizeof folder, "/tmp/zevenstem-keys-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/secret", folder);
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void teardown(void)
{
    unlink(path);
    rmdir(folder);
    leaks_check();
}

TestSuite(keys, .init = setup, .fini = teardown, .timeout = 20);

static void write_secret(const void *bytes, size_t size, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    cr_assert_eq(fchmod(fd, mode), 0);
    close(fd);
}

static const char hex_secret[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

/* Loads, or not; what loads is the secret of counting_keys(). */
static bool loads(void)
{
    unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES];
    struct crypto_keys *keys = crypto_keys_load(path);
    if (keys) {
        crypto_keys_fingerprint(fingerprint, keys);
        expect_hex(fingerprint, sizeof fingerprint, "e0cc4c6da9f6e1fafb40db71e8788f16");
    }
    crypto_keys_free(keys);
    return keys != NULL;
}

Test(keys, loads_hexadecimal_and_raw_bytes)
{
    unsigned char raw[CRYPTO_SECRET_BYTES];
    write_secret(hex_secret, 65, 0600);
    cr_assert(loads());
    write_secret(hex_secret, 64, 0400);
    cr_assert(loads());
    from_hex(raw, sizeof raw, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    write_secret(raw, sizeof raw, 0600);
    cr_assert(loads());
}

Test(keys, refuses_other_forms)
{
    char text[80] = "";
    static const size_t sizes[] = {0, 1, 31, 33, 63};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        write_secret(hex_secret, sizes[i], 0600);
        cr_assert_not(loads(), "%zu bytes", sizes[i]);
    }
    snprintf(text, sizeof text, "%s\n", hex_secret);
    write_secret(text, 66, 0600);
    cr_assert_not(loads());
    snprintf(text, sizeof text, "%s", hex_secret);
    text[64] = ' ';
    write_secret(text, 65, 0600);
    cr_assert_not(loads());
    text[10] = 'g';
    write_secret(text, 64, 0600);
    cr_assert_not(loads());
}

Test(keys, refuses_a_file_that_others_may_read)
{
    static const mode_t modes[] = {0640, 0604, 0644, 0620, 0602, 0610, 0601, 0660};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        write_secret(hex_secret, 65, modes[i]);
        cr_assert_not(loads(), "mode %o", (unsigned)modes[i]);
    }
}

Test(keys, takes_a_credential_as_it_is)
{
    char other[200];
    write_secret(hex_secret, 65, 0444);
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    cr_assert(loads());
    /* A folder whose name only begins alike, and a way out of the folder. */
    snprintf(other, sizeof other, "%.*s", (int)strlen(folder) - 1, folder);
    setenv("CREDENTIALS_DIRECTORY", other, 1);
    cr_assert_not(loads());
    snprintf(other, sizeof other, "%s/below", folder);
    setenv("CREDENTIALS_DIRECTORY", other, 1);
    cr_assert_eq(mkdir(other, 0700), 0);
    snprintf(path, sizeof path, "%s/below/../secret", folder);
    cr_assert_not(loads());
    cr_assert_eq(rmdir(other), 0);
    snprintf(path, sizeof path, "%s/secret", folder);
    setenv("CREDENTIALS_DIRECTORY", "", 1);
    cr_assert_not(loads());
}

Test(keys, refuses_what_is_no_file_without_waiting)
{
    cr_assert_not(loads());
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_not(loads());
    unlink(path);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_assert_not(loads());
    rmdir(path);
}

Test(keys, makes_a_secret_and_never_overwrites_one)
{
    struct stat status;
    unsigned char first[CRYPTO_FINGERPRINT_BYTES];
    unsigned char second[CRYPTO_FINGERPRINT_BYTES];
    umask(0);
    cr_assert(crypto_keys_generate(path));
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 07777, 0600);
    cr_assert_eq(status.st_size, 65);
    struct crypto_keys *keys = crypto_keys_load(path);
    cr_assert_not_null(keys);
    crypto_keys_fingerprint(first, keys);
    crypto_keys_free(keys);
    cr_assert_not(crypto_keys_generate(path));
    keys = crypto_keys_load(path);
    crypto_keys_fingerprint(second, keys);
    crypto_keys_free(keys);
    cr_assert_eq(memcmp(first, second, sizeof first), 0, "it was overwritten");
    unlink(path);
    cr_assert(crypto_keys_generate(path));
    keys = crypto_keys_load(path);
    crypto_keys_fingerprint(second, keys);
    crypto_keys_free(keys);
    cr_assert_neq(memcmp(first, second, sizeof first), 0, "the same secret twice");
}

Test(keys, does_not_make_a_secret_in_a_folder_that_is_not_there)
{
    snprintf(path, sizeof path, "%s/nowhere/secret", folder);
    cr_assert_not(crypto_keys_generate(path));
}

/* Rights and flags of the mapping that holds the address, as the kernel tells them. */
static void find_mapping(char rights[5], char flags[256], const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    bool inside = false;
    rights[0] = flags[0] = '\0';
    cr_assert_not_null(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from;
        unsigned long to;
        char found[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, found) == 3) {
            inside = (uintptr_t)address >= from && (uintptr_t)address < to;
            if (inside) {
                memcpy(rights, found, sizeof found);
            }
        } else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
            snprintf(flags, 256, "%.250s", line + 8);
        }
    }
    fclose(maps);
}

Test(keys, live_in_memory_that_is_read_only_and_stays_out_of_core_dumps)
{
    char rights[5];
    char flags[256];
    struct crypto_keys *keys = counting_keys();
    find_mapping(rights, flags, keys);
    cr_assert_str_eq(rights, "r--p");
    cr_assert_not_null(strstr(flags, " dd"), "flags: %s", flags);
#ifndef LEAKS_CHECKED /* the address sanitizer turns mlock() off */
    cr_assert_not_null(strstr(flags, " lo"), "flags: %s", flags);
#endif
    crypto_keys_free(keys);
}
