/* Runs a target over the files of a folder, without libFuzzer: replay FOLDER. Each input has a process of its
 * own, so that one which breaks the target does not hide the next; its name is printed. The last line is in
 * the form that run-parts.sh counts. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUT_MAX = 1 << 20, SECONDS_MAX = 20 };

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *buffer = malloc(INPUT_MAX);
    if (!file || !buffer) {
        perror(path);
        exit(1);
    }
    size_t size = fread(buffer, 1, INPUT_MAX, file);
    fclose(file);
    /* Exactly as long as the input, so that the sanitizer sees one byte too far. */
    uint8_t *data = malloc(size ? size : 1);
    if (!data) {
        exit(1);
    }
    memcpy(data, buffer, size);
    free(buffer);
    alarm(SECONDS_MAX);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static bool survives(const char *path)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        run_file(path);
        exit(0); /* where the sanitizer looks for leaks */
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    unsigned failed = 0;
    struct dirent **entries;
    int found = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
    if (found < 0) {
        fprintf(stderr, "use: replay FOLDER\n");
        return 2;
    }
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 0; i < found; i++) {
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && length > 0 && (size_t)length < sizeof path) {
            count++;
            if (!survives(path)) {
                fprintf(stderr, "breaks: %s\n", path);
                failed++;
            }
        }
        free(entries[i]);
    }
    free(entries);
    printf("%s: [====] Synthesis: Tested: %u | Passing: %u | Failing: %u | Crashing: 0\n", argv[1], count,
           count - failed, failed);
    return count > 0 && failed == 0 ? 0 : 1;
}
