#include "features/survey/survey_proposal_checked.h"

#include "features/survey/survey_proposal_page.h"

#include <stdlib.h>
#include <string.h>

struct proposal_shelf {
    pthread_mutex_t lock;
    struct proposal_checked *kept; /* NULL: none */
};

struct proposal_shelf *proposal_shelf_create(void)
{
    struct proposal_shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf) {
        pthread_mutex_init(&shelf->lock, NULL);
    }
    return shelf;
}

static void let_go(struct proposal_checked *checked)
{
    if (checked && atomic_fetch_sub(&checked->holders, 1) == 1) {
        arena_destroy(checked->arena); /* it lies in its own */
    }
}

static void release(void *checked)
{
    let_go(checked);
}

void proposal_shelf_destroy(struct proposal_shelf *shelf)
{
    if (shelf) {
        let_go(shelf->kept);
        pthread_mutex_destroy(&shelf->lock);
        free(shelf);
    }
}

const struct proposal_checked *proposal_checked_find(struct arena *arena, struct proposal_shelf *shelf,
                                                     const unsigned char sha256[CRYPTO_SHA256_BYTES])
{
    struct proposal_checked *found = NULL;
    pthread_mutex_lock(&shelf->lock);
    if (shelf->kept && memcmp(shelf->kept->sha256, sha256, CRYPTO_SHA256_BYTES) == 0) {
        found = shelf->kept;
        atomic_fetch_add(&found->holders, 1);
    }
    pthread_mutex_unlock(&shelf->lock);
    if (found) {
        arena_defer(arena, release, found);
    }
    return found;
}

static void keep(struct proposal_shelf *shelf, struct proposal_checked *checked)
{
    atomic_fetch_add(&checked->holders, 1);
    pthread_mutex_lock(&shelf->lock);
    struct proposal_checked *former = shelf->kept;
    shelf->kept = checked;
    pthread_mutex_unlock(&shelf->lock);
    let_go(former);
}

static void release_loaded(void *loaded)
{
    bundle_loaded_release(loaded);
}

static void load_questionnaires(struct proposal_checked *checked, const struct locales *locales)
{
    const struct consultation_bundle *bundle = &checked->bundle;
    const struct questionnaire **all =
        arena_array(checked->arena, bundle->questionnaire_count + 1, sizeof *all);
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        struct bundle_loaded *loaded = arena_alloc(checked->arena, sizeof *loaded);
        *loaded = (struct bundle_loaded){.questionnaire = NULL};
        arena_defer(checked->arena, release_loaded, loaded);
        all[i] = bundle_questionnaire(loaded, bundle, bundle->questionnaires[i].code, locales);
    }
    checked->questionnaires = all;
}

const struct proposal_checked *proposal_checked_make(struct arena *arena, struct survey *survey,
                                                     const unsigned char sha256[CRYPTO_SHA256_BYTES],
                                                     struct slice package)
{
    struct arena *own = arena_create(PROPOSAL_CHECK_BYTES);
    struct proposal_checked *checked = arena_alloc(own, sizeof *checked);
    *checked = (struct proposal_checked){.arena = own};
    atomic_init(&checked->holders, 1);
    memcpy(checked->sha256, sha256, sizeof checked->sha256);
    arena_defer(arena, release, checked);
    checked->good = proposal_check(&checked->bundle, &checked->path, &checked->errors, own, survey,
                                   arena_copy(own, package));
    if (checked->good) {
        load_questionnaires(checked, web_locales(survey->config.web));
    }
    if (arena_used(own) <= PROPOSAL_KEPT_BYTES) {
        keep(survey->proposals, checked);
    }
    return checked;
}

const struct questionnaire *proposal_questionnaire(const struct proposal_checked *checked, struct slice code)
{
    for (size_t i = 0; checked->good && i < checked->bundle.questionnaire_count; i++) {
        if (slice_equal(checked->bundle.questionnaires[i].code, code)) {
            return checked->questionnaires[i];
        }
    }
    return NULL;
}
