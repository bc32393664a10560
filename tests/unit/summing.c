#include "summing.h"

#include "config/index.h"
#include "reports/judge/sums.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void summing_begin(struct summing *summing, const char *policies)
{
    char *text = strdup(policies);

    assert_non_null(text);
    summing->index = index_new(text, strlen(text), "policies.ini", NULL);
    assert_non_null(summing->index);
    sums_init(&summing->sums, summing->index, SUMMING_NOW - (int64_t)SUMMING_WINDOW * SUMMING_DAY, SUMMING_NOW, 1);
}

void summing_end(struct summing *summing)
{
    sums_free(&summing->sums);
    index_free(summing->index);
}
