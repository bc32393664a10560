#include "import/catalogue.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/say.h"
#include "ini/fill.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_FIRST = 64 };

static size_t mx_length(const struct policy *policy)
{
    const char *mx = policy->mx;

    for (size_t i = 0; i < policy->mx_count; i++)
        mx += strlen(mx) + 1;
    return policy->mx_count > 0 ? (size_t)(mx - policy->mx) : 0;
}

/* --- values, each once --- */

static uint64_t hash_of(const struct catalogue_values *values, size_t mx_len)
{
    uint64_t hash = HASH_EMPTY;

    for (size_t i = 0; i < mx_len; i++)
        hash = hash_add(hash, values->policy.mx[i]);
    hash = hash_add(hash, (char)values->policy.mode);
    for (unsigned shift = 0; shift < 32; shift += 8)
        hash = hash_add(hash, (char)(values->policy.max_age >> shift));
    return hash;
}

static bool is_equal(const struct catalogue *c, const struct catalogue_kept *kept, const struct catalogue_values *values,
                     size_t mx_len)
{
    return kept->mx_len == mx_len && kept->values.has_mode == values->has_mode &&
           kept->values.has_max_age == values->has_max_age && kept->values.policy.mode == values->policy.mode &&
           kept->values.policy.max_age == values->policy.max_age &&
           (mx_len == 0 || memcmp(c->mx.text + kept->mx, values->policy.mx, mx_len) == 0);
}

/* Returns the place in the table for values with HASH: theirs, or a free one. VALUES may be NULL: then a free one. */
static size_t find_slot(const struct catalogue *c, uint64_t hash, const struct catalogue_values *values, size_t mx_len)
{
    size_t slot = (size_t)(hash ^ hash >> 32) & (c->table_size - 1);

    while (c->table[slot] != 0 && (values == NULL || c->kept[c->table[slot] - 1].hash != hash ||
                                   !is_equal(c, &c->kept[c->table[slot] - 1], values, mx_len)))
        slot = (slot + 1) & (c->table_size - 1);
    return slot;
}

/* Keeps at least half of the table free. */
static bool grow_table(struct catalogue *c)
{
    size_t size = c->table_size == 0 ? TABLE_FIRST : c->table_size * 2;

    if (c->kept_count < c->table_size / 2)
        return true;
    uint32_t *table = c->kept_count < UINT32_MAX - 1 ? calloc(size, sizeof *table) : NULL;
    if (table == NULL)
        return false;
    free(c->table);
    c->table = table;
    c->table_size = size;
    for (size_t i = 0; i < c->kept_count; i++)
        table[find_slot(c, c->kept[i].hash, NULL, 0)] = (uint32_t)i + 1;
    return true;
}

/* Returns the number of VALUES, which are added if they are new. */
static size_t keep(struct catalogue *c, const struct catalogue_values *values)
{
    size_t mx_len = mx_length(&values->policy);
    uint64_t hash = hash_of(values, mx_len);

    if (!grow_table(c)) {
        c->failed = true;
        return 0;
    }
    size_t slot = find_slot(c, hash, values, mx_len);
    if (c->table[slot] != 0)
        return c->table[slot] - 1;
    struct catalogue_kept *kept = list_grow(c->kept, c->kept_count, 1, &c->kept_room, sizeof *kept);
    if (kept == NULL) {
        c->failed = true;
        return 0;
    }
    c->kept = kept;
    kept[c->kept_count] = (struct catalogue_kept) { *values, c->mx.len, mx_len, hash };
    buf_add(&c->mx, values->policy.mx, mx_len);
    c->failed |= c->mx.failed;
    c->table[slot] = (uint32_t)c->kept_count + 1;
    return c->kept_count++;
}

struct catalogue_values catalogue_values(const struct catalogue *catalogue, size_t number)
{
    const struct catalogue_kept *kept = &catalogue->kept[number];
    struct catalogue_values values = kept->values;

    values.policy.mx = values.policy.mx_count > 0 ? catalogue->mx.text + kept->mx : "";
    return values;
}

/* --- items --- */

static size_t add_text(struct catalogue *c, const char *text)
{
    size_t at = c->texts.len;

    buf_add(&c->texts, text, strlen(text) + 1);
    return at;
}

void catalogue_add(struct catalogue *catalogue, const char *domain, const char *place, const struct catalogue_values *values,
                   const char *faults)
{
    size_t number = keep(catalogue, values);
    struct catalogue_item *items = list_grow(catalogue->items, catalogue->count, 1, &catalogue->room, sizeof *items);

    if (items == NULL || catalogue->failed) {
        catalogue->items = items != NULL ? items : catalogue->items;
        catalogue->failed = true;
        return;
    }
    catalogue->items = items;
    size_t name = add_text(catalogue, domain), at = add_text(catalogue, place);
    size_t why = faults != NULL ? add_text(catalogue, faults) : 0;
    items[catalogue->count++] = (struct catalogue_item) { name, at, why, number, faults != NULL };
    catalogue->failed |= catalogue->texts.failed;
}

const char *catalogue_domain_name(const struct catalogue *catalogue, const struct catalogue_item *item)
{
    return catalogue->texts.text + item->domain;
}

const char *catalogue_place(const struct catalogue *catalogue, const struct catalogue_item *item)
{
    return catalogue->texts.text + item->place;
}

const char *catalogue_faults(const struct catalogue *catalogue, const struct catalogue_item *item)
{
    return item->is_wrong ? catalogue->texts.text + item->faults : "";
}

/* --- domains --- */

/* What qsort() sorts: it passes no context to its function. */
struct order {
    const char *domain;
    size_t number;
};

static int by_domain(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    int order = strcmp(x->domain, y->domain);

    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* Sorts the items by domain; those of one domain stay in their order. False if memory runs out. */
static bool sort_items(struct catalogue *c)
{
    struct order *order = calloc(c->count, sizeof *order);
    struct catalogue_item *sorted = calloc(c->count, sizeof *sorted);

    if (order == NULL || sorted == NULL) {
        free(order);
        free(sorted);
        return false;
    }
    for (size_t i = 0; i < c->count; i++)
        order[i] = (struct order) { catalogue_domain_name(c, &c->items[i]), i };
    qsort(order, c->count, sizeof *order, by_domain);
    for (size_t i = 0; i < c->count; i++)
        sorted[i] = c->items[order[i].number];
    free(order);
    free(c->items);
    c->items = sorted;
    c->room = c->count;
    return true;
}

static void complain_of_difference(struct catalogue *c, const struct catalogue_item *a, const struct catalogue_item *b,
                                   say_line *complain)
{
    struct buf text = { 0 };

    buf_print(&text, "[%s] %s and %s do not have the same policy; leave one of them out", catalogue_domain_name(c, a),
              catalogue_place(c, a), catalogue_place(c, b));
    c->failed |= text.failed;
    if (!text.failed)
        complain(text.text);
    buf_free(&text);
}

/* Decides on the COUNT items from number AT on, which are of one domain. */
static enum catalogue_verdict judge(struct catalogue *c, size_t at, size_t count, say_line *complain)
{
    const struct catalogue_item *first = &c->items[at];
    bool all_wrong = true;

    for (size_t i = 0; i < count; i++)
        all_wrong = all_wrong && first[i].is_wrong;
    if (all_wrong)
        return CATALOGUE_WRONG;
    for (size_t i = 1; i < count; i++) {
        if (first[i].values == first->values && first[i].is_wrong == first->is_wrong)
            continue;
        complain_of_difference(c, first, &first[i], complain);
        return CATALOGUE_DIFFERENT;
    }
    return CATALOGUE_TAKEN;
}

/* --- {domain} --- */

/* Adds the patterns of POLICY to MX, with {domain} in place of DOMAIN at their ends. Returns whether one has it. */
static bool fold_patterns(const struct policy *policy, const char *domain, struct buf *mx)
{
    const size_t tail = strlen(domain);
    const char *pattern = policy->mx;
    bool any = false;

    for (size_t i = 0, len; i < policy->mx_count; i++, pattern += len + 1) {
        len = strlen(pattern);
        const size_t head = len >= tail ? len - tail : 0;
        bool is_own = strcmp(pattern + head, domain) == 0 && (head == 0 || pattern[head - 1] == '.');
        buf_add(mx, pattern, is_own ? head : len);
        buf_add(mx, is_own ? FILL_WORD : "", is_own ? sizeof FILL_WORD : 1);
        any |= is_own;
    }
    return any;
}

/* Returns the number of the values of DOMAIN with {domain} in their mx, plus 1; 0: no pattern has its name. */
static size_t fold(struct catalogue *c, const struct catalogue_item *item)
{
    struct catalogue_values values = catalogue_values(c, item->values);
    struct buf mx = { 0 };
    size_t number = 0;

    bool any = fold_patterns(&values.policy, catalogue_domain_name(c, item), &mx);
    c->failed |= mx.failed;
    if (any && !mx.failed) {
        values.policy.mx = mx.text;
        number = keep(c, &values) + 1;
    }
    buf_free(&mx);
    return number;
}

/* Writes to FOLDED what fold() returns for each domain whose values no other domain has; they are in USES. */
static void fold_all(struct catalogue *c, size_t *folded, size_t *uses)
{
    for (size_t i = 0; i < c->domain_count; i++)
        if (c->domains[i].verdict == CATALOGUE_TAKEN)
            uses[c->items[c->domains[i].item].values]++;
    for (size_t i = 0; i < c->domain_count && !c->failed; i++) {
        const struct catalogue_item *item = &c->items[c->domains[i].item];
        if (c->domains[i].verdict == CATALOGUE_TAKEN && uses[item->values] == 1)
            folded[i] = fold(c, item);
    }
}

/* Gives domains whose values differ only in their own names the same values, with {domain}. */
static void share_folded(struct catalogue *c)
{
    /* Each domain may add one. */
    const size_t most = c->kept_count + c->domain_count;
    size_t *folded = calloc(c->domain_count + 1, sizeof *folded), *uses = calloc(most + 1, sizeof *uses);

    c->failed |= folded == NULL || uses == NULL;
    if (!c->failed)
        fold_all(c, folded, uses);
    for (size_t i = 0; !c->failed && i < c->domain_count; i++)
        if (folded[i] > 0)
            uses[folded[i] - 1]++;
    for (size_t i = 0; !c->failed && i < c->domain_count; i++)
        if (folded[i] > 0 && uses[folded[i] - 1] > 1)
            c->items[c->domains[i].item].values = folded[i] - 1;
    free(folded);
    free(uses);
}

bool catalogue_settle(struct catalogue *catalogue, say_line *complain)
{
    bool all = true;

    if (catalogue->failed || catalogue->count == 0)
        return !catalogue->failed;
    catalogue->domains = calloc(catalogue->count, sizeof *catalogue->domains);
    if (catalogue->domains == NULL || !sort_items(catalogue)) {
        catalogue->failed = true;
        return false;
    }
    for (size_t at = 0, n; at < catalogue->count; at += n) {
        const char *name = catalogue_domain_name(catalogue, &catalogue->items[at]);
        for (n = 1; at + n < catalogue->count; n++)
            if (strcmp(catalogue_domain_name(catalogue, &catalogue->items[at + n]), name) != 0)
                break;
        enum catalogue_verdict verdict = judge(catalogue, at, n, complain);
        catalogue->domains[catalogue->domain_count++] = (struct catalogue_domain) { at, n, verdict };
        all = all && verdict == CATALOGUE_TAKEN;
    }
    share_folded(catalogue);
    return all && !catalogue->failed;
}

bool catalogue_has(const struct catalogue *catalogue, const char *domain)
{
    size_t low = 0, high = catalogue->domain_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        int order = strcmp(domain, catalogue_domain_name(catalogue, &catalogue->items[catalogue->domains[middle].item]));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

void catalogue_free(struct catalogue *catalogue)
{
    free(catalogue->items);
    free(catalogue->kept);
    free(catalogue->table);
    free(catalogue->domains);
    buf_free(&catalogue->texts);
    buf_free(&catalogue->mx);
    *catalogue = (struct catalogue) { 0 };
}
