#include "config/index.h"

#include "base/memory.h"
#include "ini/advice.h"
#include "ini/header.h"
#include "ini/inherit.h"
#include "ini/lost.h"
#include "ini/parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The slots of a million names lie all over the memory: a reading takes half as long where they are fetched AHEAD of their use.
 */
#ifdef __GNUC__
#define PREFETCH(address) __builtin_prefetch(address, 1)
#else
#define PREFETCH(address) (void)(address)
#endif

enum { FIRST_ROOM = 64, SLOTS_LEAST = 16, AHEAD = 16, MANY = 16384 };

/* Flags in the upper bits of a name's section number. */
#define ODD 0x80000000U   /* not written as a domain is: it gives way to one that is */
#define TWICE 0x40000000U /* stands again in the file: see TWINS */
#define SECTION_BITS 0x3fffffffU

struct name {
    uint32_t at; /* offset in the text */
    uint32_t section;
    uint32_t hash;
};

struct entry {
    uint32_t at; /* offset of the header in the text */
    bool is_template;
    _Atomic(void *) cache; /* NULL, or: of domains a struct index_verdict, of a template a struct section */
};

struct twin {
    uint32_t first, second; /* numbers of names */
    _Atomic(void *) cache;  /* NULL, or a struct index_verdict */
};

struct index {
    char *text, *file;
    size_t size;
    struct entry *sections; /* the preamble first; one more at the end, for where the last ends */
    size_t section_count, section_room;
    struct name *names;
    size_t name_count, name_room, domain_count;
    struct twin *twins; /* by their first, then by their second */
    size_t twin_count, twin_room;
    uint32_t *slots; /* 0, or the number of a name plus 1 */
    size_t slot_mask;
    _Atomic(uint32_t *) lines;    /* of each section's header; NULL until a message needs one */
    _Atomic(struct lost *) lost;  /* NULL until it is asked for */
    _Atomic(void *) lost_verdict; /* NULL, or a struct index_verdict */
};

/* --- names --- */

/* A name in the text without final dots: the length that counts. The text need not end in a delimiter. */
static size_t name_length(const struct index *index, uint32_t at)
{
    size_t len = 0;

    while (at + len < index->size && !header_ends_name(index->text[at + len]))
        len++;
    while (len > 0 && index->text[at + len - 1] == '.')
        len--;
    return len;
}

static uint32_t hash(const char *name, size_t len)
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)domain_lower(name[i])) * 16777619U;
    return h ^ (h >> 15);
}

/* The slot that holds the name of that HASH, or the empty one where it belongs. */
static uint32_t *slot_of(const struct index *index, const char *name, size_t len, uint32_t hashed)
{
    for (size_t i = hashed;; i++) {
        uint32_t *slot = &index->slots[i & index->slot_mask];
        if (*slot == 0)
            return slot;
        const struct name *found = &index->names[*slot - 1];
        if (found->hash == hashed && name_length(index, found->at) == len && domain_same(index->text + found->at, name, len))
            return slot;
    }
}

static const struct name *look_up(const struct index *index, const char *name)
{
    size_t len = strlen(name);
    uint32_t number = *slot_of(index, name, len, hash(name, len));
    return number > 0 ? &index->names[number - 1] : NULL;
}

/* Room for one more of SIZE bytes in ARRAY, and one to spare. */
static bool room_for_one(void **array, size_t count, size_t *room, size_t size)
{
    if (count + 1 < *room)
        return true;
    size_t more = *room > 0 ? *room * 2 : FIRST_ROOM;
    void *grown = realloc(*array, more * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *room = more;
    return more < MANY || memory_is_left();
}

/* --- cutting --- */

static bool add_section(struct index *index, size_t at, bool is_template)
{
    void *array = index->sections;
    bool good = room_for_one(&array, index->section_count, &index->section_room, sizeof *index->sections);

    index->sections = array;
    if (!good || index->section_count >= SECTION_BITS)
        return false;
    index->sections[index->section_count].at = (uint32_t)at;
    index->sections[index->section_count].is_template = is_template;
    atomic_init(&index->sections[index->section_count].cache, NULL);
    index->section_count++;
    return true;
}

static bool add_name(struct index *index, const char *name, size_t len)
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1;
    void *array = index->names;
    bool good = room_for_one(&array, index->name_count, &index->name_room, sizeof *index->names);

    index->names = array;
    if (!good)
        return false;
    /* A domain written as its policy host, or with a final dot, is a mistake that is to cost this domain, and not to hide it. */
    bool odd = name[len - 1] == '.';
    if (len > prefix && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, prefix)) {
        name += prefix;
        len -= prefix;
        odd = true;
    }
    while (len > 0 && name[len - 1] == '.')
        len--;
    uint32_t section = (uint32_t)(index->section_count - 1) | (odd ? ODD : 0);
    index->names[index->name_count++] = (struct name) { (uint32_t)(name - index->text), section, hash(name, len) };
    return true;
}

/* Need an index of ONLY know a section with that header? It need not where that is one other domain. */
static bool is_wanted(const struct header *header, const char *only, size_t only_len)
{
    size_t len = header->len;

    if (header->several || memchr(header->names, '.', len) == NULL)
        return true;
    while (len > 0 && header->names[len - 1] == '.')
        len--;
    return (len > 0 && header->names[len - 1] == '*') ||
           (len >= only_len && domain_same(header->names + len - only_len, only, only_len));
}

static bool add_names(struct index *index, const struct header *header)
{
    const char *name;

    for (size_t at = 0, len; (len = header_next_name(header->names, header->len, &at, &name)) > 0;) {
        index->domain_count += header_names_domain(name, len);
        if (!add_name(index, name, len))
            return false;
    }
    return true;
}

static bool cut(struct index *index, const char *only)
{
    struct ini_line line;
    struct header header;
    bool wanted = true, last_wanted = true;
    size_t only_len = only != NULL ? strlen(only) : 0;
    size_t at = ini_begin(index->text, index->size);

    if (!add_section(index, at, false))
        return false;
    for (; (at = ini_next_header(index->text, index->size, at)) < index->size; at = line.next) {
        ini_line(index->text, index->size, at, &line);
        header_read(index->text, &line, &header);
        wanted = only == NULL || is_wanted(&header, only, only_len);
        /* A section that nobody asks for is kept only where it tells the end of one that somebody may. */
        if ((wanted || last_wanted) && !add_section(index, at, wanted && header_is_template(header.names, header.len)))
            return false;
        if (wanted && !add_names(index, &header))
            return false;
        last_wanted = wanted;
    }
    index->sections[index->section_count].at = (uint32_t)index->size;
    return true;
}

/* --- filing --- */

static bool add_twin(struct index *index, uint32_t first, uint32_t second)
{
    void *array = index->twins;
    bool good = room_for_one(&array, index->twin_count, &index->twin_room, sizeof *index->twins);

    index->twins = array;
    if (!good)
        return false;
    struct twin *twin = &index->twins[index->twin_count++];
    twin->first = first;
    twin->second = second;
    atomic_init(&twin->cache, NULL);
    index->names[first].section |= TWICE;
    return true;
}

static int compare_twins(const void *a, const void *b)
{
    const struct twin *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->second < y->second ? -1 : x->second > y->second;
}

static bool file_names(struct index *index)
{
    size_t slots = SLOTS_LEAST;

    while (slots < index->name_count + index->name_count / 2)
        slots *= 2;
    index->slots = calloc(slots, sizeof *index->slots);
    if (index->slots == NULL || (slots >= MANY && !memory_is_left()))
        return false;
    index->slot_mask = slots - 1;
    for (uint32_t i = 0; i < index->name_count; i++) {
        const struct name *name = &index->names[i];
        if (i + AHEAD < index->name_count)
            PREFETCH(&index->slots[index->names[i + AHEAD].hash & index->slot_mask]);
        uint32_t *slot = slot_of(index, index->text + name->at, name_length(index, name->at), name->hash);
        if (*slot == 0 || (index->names[*slot - 1].section & ODD) != 0)
            *slot = i + 1;
        else if ((index->names[i].section & ODD) == 0 && !add_twin(index, *slot - 1, i))
            return false;
    }
    if (index->twin_count > 0)
        qsort(index->twins, index->twin_count, sizeof *index->twins, compare_twins);
    return true;
}

struct index *index_new(char *text, size_t size, const char *file, const char *only)
{
    struct index *index = calloc(1, sizeof *index);

    if (index == NULL) {
        free(text);
        return NULL;
    }
    index->text = text;
    index->size = size;
    index->file = strdup(file);
    if (index->file == NULL || size >= UINT32_MAX || !cut(index, only) || !file_names(index)) {
        index_free(index);
        return NULL;
    }
    return index;
}

size_t index_sections(const struct index *index)
{
    return index->section_count - 1;
}

size_t index_domains(const struct index *index)
{
    return index->domain_count;
}

const char *index_text(const struct index *index, size_t *size)
{
    *size = index->size;
    return index->text;
}

/* --- reading --- */

/* Counts the lines of all headers, once. NULL where memory ran out. */
static const uint32_t *get_lines(struct index *index)
{
    uint32_t *lines = atomic_load_explicit(&index->lines, memory_order_acquire), line = 1;
    size_t from = 0;

    if (lines != NULL)
        return lines;
    uint32_t *made = malloc(index->section_count * sizeof *made);
    if (made == NULL)
        return NULL;
    for (size_t i = 0; i < index->section_count; i++) {
        line += ini_newlines(index->text, from, index->sections[i].at);
        from = index->sections[i].at;
        made[i] = line;
    }
    if (atomic_compare_exchange_strong_explicit(&index->lines, &lines, made, memory_order_acq_rel, memory_order_acquire))
        return made;
    free(made);
    return lines;
}

/* The line of a section's header; sets *FAILED where memory ran out. SECTION may have a name's flags. */
static unsigned line_of(struct index *index, uint32_t section, bool *failed)
{
    const uint32_t *lines = get_lines(index);

    *failed |= lines == NULL;
    return lines != NULL ? lines[section & SECTION_BITS] : 0;
}

/* The number of the section whose header is at that offset. */
static uint32_t section_at(const struct index *index, size_t at)
{
    size_t low = 0, high = index->section_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (index->sections[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* A header with a mistake that ends a section may be a value of it whose key has a bracket. */
static void check_end(const struct index *index, size_t end, struct section *section)
{
    struct ini_line line;

    if (end >= index->size || section->kind == SECTION_PREAMBLE)
        return;
    ini_line(index->text, index->size, end, &line);
    const char *begin = index->text + end, *equals = memchr(begin, '=', line.first_len);
    if (equals != NULL && memchr(begin, ']', (size_t)(equals - begin)) == NULL)
        section_add_problem(section, 1 + ini_newlines(index->text, section->at, end), KEY_ANY,
                            "the line that begins with [ and ends this section holds a =; write a value without brackets");
}

/* A file without [defaults] may have a slip in that name. */
static void check_for_defaults(const struct index *index, struct section *section)
{
    struct section_shown shown;

    if (section->kind == SECTION_TEMPLATE && header_is_template_name(section->names, section->names_len) &&
        header_is_nearly_defaults(section->names, section->names_len) && look_up(index, "defaults") == NULL)
        section_add_problem(section, section->line, KEY_ANY,
                            "\"%s\" is nearly [defaults]; write that, or give the template another name",
                            section_show(section, &shown, section->names, section->names_len));
}

/* Lines are counted from the header, as if that was line 1, and moved to where they stand when they are told. */
static void read_section(const struct index *index, size_t number, struct section *section)
{
    size_t end = index->sections[number + 1].at;

    parse_section(index->text, index->sections[number].at, end, 1, section);
    check_end(index, end, section);
    check_for_defaults(index, section);
    section->read_count = section->problem_count;
}

/* The first other place of a name that stands TWICE, or NULL. */
static struct twin *twin_of(const struct index *index, const struct name *first)
{
    const uint32_t number = (uint32_t)(first - index->names);
    size_t low = 0, high = index->twin_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->twins[middle].first < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->twin_count && index->twins[low].first == number ? &index->twins[low] : NULL;
}

/* --- headers that cannot be read --- */

/* Looks for them once. NULL where memory ran out. */
static const struct lost *get_lost(struct index *index)
{
    struct lost *lost = atomic_load_explicit(&index->lost, memory_order_acquire);

    if (lost != NULL)
        return lost;
    struct lost *made = malloc(sizeof *made);
    if (made == NULL)
        return NULL;
    lost_find(index->text, index->size, made);
    if (atomic_compare_exchange_strong_explicit(&index->lost, &lost, made, memory_order_acq_rel, memory_order_acquire))
        return made;
    free(made);
    return lost;
}

bool index_has_lost(struct index *index)
{
    const struct lost *lost = get_lost(index);

    return lost == NULL || lost->header < index->size;
}

/*
 * The file has no [defaults], and a line that cannot be read may begin it: makes DEFAULTS a section of which nothing is known but
 * that. False if there is no such line.
 */
static bool make_unknown_defaults(struct index *index, struct section *defaults)
{
    const struct lost *lost = get_lost(index);

    *defaults = (struct section) { .kind = SECTION_TEMPLATE, .line = 1, .names = "", .failed = lost == NULL };
    if (lost == NULL || lost->defaults == index->size)
        return lost == NULL;
    defaults->at = index->sections[section_at(index, lost->defaults)].at;
    section_add_problem(defaults, 1 + ini_newlines(index->text, defaults->at, lost->defaults), KEY_ANY,
                        "[defaults] may begin here, and cannot be read; mend this line, as \"mta-sts check\" says");
    return true;
}

/* Reads a template, and what makes it unfit for use as a whole: that there are two of its name. */
static void read_template(struct index *index, const struct name *name, struct section *section)
{
    read_section(index, name->section & SECTION_BITS, section);
    const struct twin *twin = (name->section & TWICE) != 0 ? twin_of(index, name) : NULL;
    if (twin != NULL)
        section_add_problem(section, section->line, KEY_ANY, "stands in line %u, too; keep one of the two",
                            line_of(index, index->names[twin->second].section, &section->failed));
}

/* The template or [defaults] of that name, read once and kept. *FOUND is NULL where there is none. False where memory ran out. */
static bool get_template(struct index *index, const char *text, struct section **found)
{
    const struct name *name = look_up(index, text);
    struct entry *entry = name != NULL ? &index->sections[name->section & SECTION_BITS] : NULL;

    *found = NULL;
    if (entry == NULL || !entry->is_template)
        return true;
    void *known = atomic_load_explicit(&entry->cache, memory_order_acquire);
    if (known == NULL) {
        struct section *section = malloc(sizeof *section);
        if (section == NULL)
            return false;
        read_template(index, name, section);
        if (!section->failed &&
            atomic_compare_exchange_strong_explicit(&entry->cache, &known, section, memory_order_acq_rel, memory_order_acquire)) {
            known = section;
        } else {
            section_free(section);
            free(section);
        }
    }
    *found = known;
    return known != NULL;
}

/* A section as it was read, with what it takes values from. */
struct reading {
    struct section own, unknown, *template, *defaults;
    struct inherit_found found;
    struct inherit_why why; /* where there is no policy: why */
};

/*
 * The policy of a section, in OUT; false where there is none. RECORDS: host and tlsrpt count, too. READING is to be ended by
 * free_reading().
 */
static bool judge(struct index *index, size_t number, bool records, struct reading *reading, struct buf *out)
{
    struct section *own = &reading->own;

    reading->template = reading->defaults = NULL;
    reading->unknown = (struct section) { 0 };
    reading->found = (struct inherit_found) { 0 };
    reading->why = (struct inherit_why) { 0 };
    read_section(index, number, own);
    if (own->kind != SECTION_DOMAINS)
        return false; /* the preamble and templates make no policy by themselves */
    const char *use = section_value(own, KEY_USE);
    if ((use != NULL && !get_template(index, use, &reading->template)) || !get_template(index, "defaults", &reading->defaults))
        return false;
    if (use != NULL && reading->template == NULL) {
        struct buf shown = { 0 };
        buf_add_shown(&shown, use, strlen(use), 64);
        section_add_problem(own, own->value[KEY_USE].line, KEY_USE,
                            "there is no template [%s]; write a section of that name, without a dot",
                            shown.text != NULL ? shown.text : "");
        buf_free(&shown);
    }
    if (reading->defaults == NULL && inherit_looks_in_defaults(own, reading->template, records) &&
        make_unknown_defaults(index, &reading->unknown))
        reading->defaults = &reading->unknown;
    return inherit_find(own, reading->template, reading->defaults, &reading->found, &reading->why) &&
           inherit_render(own, &reading->found, out, &reading->why);
}

static void free_reading(struct reading *reading)
{
    section_free(&reading->own);
    section_free(&reading->unknown);
}

static struct index_verdict *new_verdict(enum index_found found, const struct buf *buf)
{
    if (buf->failed || buf->text == NULL)
        return NULL;
    struct index_verdict *verdict = malloc(sizeof *verdict + buf->len + 1);
    if (verdict == NULL)
        return NULL;
    verdict->found = found;
    verdict->len = buf->len;
    memcpy(verdict->bytes, buf->text, buf->len + 1);
    return verdict;
}

static void print_problem(struct index *index, const struct section *section, const struct section_problem *problem,
                          struct buf *out)
{
    section_print_problem(section, problem, index->file, line_of(index, section_at(index, section->at), &out->failed), out);
}

static struct index_verdict *verdict_on(struct index *index, uint32_t number)
{
    struct reading reading;
    struct buf out = { 0 };
    struct index_verdict *verdict = NULL;

    if (judge(index, number, false, &reading, &out)) {
        verdict = new_verdict(INDEX_POLICY, &out);
    } else if (reading.why.problem != NULL) {
        buf_free(&out);
        print_problem(index, reading.why.section, reading.why.problem, &out);
        verdict = new_verdict(INDEX_BROKEN, &out);
    }
    free_reading(&reading);
    buf_free(&out);
    return verdict;
}

static struct index_verdict *verdict_on_twins(struct index *index, const struct twin *twin)
{
    const struct name *first = &index->names[twin->first], *second = &index->names[twin->second];
    struct buf out = { 0 };

    buf_print(&out, "%s:%u: [", index->file, line_of(index, second->section, &out.failed));
    buf_add_shown(&out, index->text + second->at, name_length(index, second->at), DOMAIN_MAX);
    buf_print(&out, "]: stands in line %u already; keep one of the two", line_of(index, first->section, &out.failed));
    struct index_verdict *verdict = new_verdict(INDEX_BROKEN, &out);
    buf_free(&out);
    return verdict;
}

static struct index_verdict *verdict_on_lost(struct index *index, size_t at)
{
    struct buf out = { 0 };
    uint32_t number = section_at(index, at);
    unsigned line = line_of(index, number, &out.failed) + ini_newlines(index->text, index->sections[number].at, at);

    buf_print(&out,
              "%s:%u: the section of a domain that is named nowhere else may begin here, and cannot be read; mend this line, as "
              "\"mta-sts check\" says",
              index->file, line);
    struct index_verdict *verdict = new_verdict(INDEX_UNSURE, &out);
    buf_free(&out);
    return verdict;
}

bool index_names(const struct index *index, const char *domain)
{
    return look_up(index, domain) != NULL;
}

/* What VERDICT is made of, in words of this file: one of these. */
struct question {
    const struct name *name; /* a name that stands once */
    struct twin *twin;       /* one that stands twice */
    size_t lost;             /* neither: none, and a header here cannot be read */
};

static struct index_verdict *answer(struct index *index, const struct question *question)
{
    if (question->twin != NULL)
        return verdict_on_twins(index, question->twin);
    if (question->name != NULL)
        return verdict_on(index, question->name->section & SECTION_BITS);
    return verdict_on_lost(index, question->lost);
}

static _Atomic(void *) *cache_of(struct index *index, const struct question *question)
{
    if (question->twin != NULL)
        return &question->twin->cache;
    return question->name != NULL ? &index->sections[question->name->section & SECTION_BITS].cache : &index->lost_verdict;
}

/* Answers once. False where memory ran out. */
static bool answer_once(struct index *index, const struct question *question, const struct index_verdict **verdict)
{
    _Atomic(void *) *cache = cache_of(index, question);
    void *known = atomic_load_explicit(cache, memory_order_acquire);

    if (known == NULL) {
        struct index_verdict *made = answer(index, question);
        if (made == NULL)
            return false;
        if (atomic_compare_exchange_strong_explicit(cache, &known, made, memory_order_acq_rel, memory_order_acquire))
            known = made;
        else
            free(made);
    }
    *verdict = known;
    return true;
}

bool index_find_named(struct index *index, const char *name, const struct index_verdict **verdict)
{
    struct question question = { .name = look_up(index, name) };

    *verdict = NULL;
    if (question.name == NULL)
        return true;
    question.twin = (question.name->section & TWICE) != 0 ? twin_of(index, question.name) : NULL;
    return answer_once(index, &question, verdict);
}

bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict)
{
    *verdict = NULL;
    if (!header_names_domain(domain, strlen(domain)))
        return true;
    if (index_names(index, domain))
        return index_find_named(index, domain, verdict);
    const struct lost *lost = get_lost(index);
    if (lost == NULL)
        return false;
    const struct question question = { .lost = lost->header };
    return lost->header < index->size ? answer_once(index, &question, verdict) : index_find_named(index, "*", verdict);
}

/* --- the audit --- */

/* False, here and below, where memory ran out: what is not told is not passed over. */
static bool tell_problem(struct index *index, const struct index_audit *audit, const struct section *section,
                         const struct section_problem *problem)
{
    struct buf text = { 0 };
    unsigned line = line_of(index, section_at(index, section->at), &text.failed);

    print_problem(index, section, problem, &text);
    bool good = !text.failed;
    if (good)
        audit->problem(audit->to, problem->line - section->line + line, problem->warning, text.text);
    buf_free(&text);
    return good;
}

static int by_line(const void *a, const void *b)
{
    const struct section_problem *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

/* In the order of their lines: what the whole section lacks was found last, and stands in its first. */
static bool tell_problems(struct index *index, const struct index_audit *audit, struct section *section)
{
    if (section->problem_count > 0)
        qsort(section->problems, section->problem_count, sizeof *section->problems, by_line);
    for (size_t i = 0; i < section->problem_count; i++)
        if (!tell_problem(index, audit, section, &section->problems[i]))
            return false;
    return true;
}

/* Once for each domain, however often it is named: by the name that answers for it. */
static void tell_broken(const struct index *index, const struct index_audit *audit, const struct name *name)
{
    char domain[DOMAIN_MAX + 1];
    size_t len = name_length(index, name->at);

    if (audit->broken == NULL || len > DOMAIN_MAX || !header_names_domain(index->text + name->at, len))
        return;
    domain_normal(index->text + name->at, len, domain);
    if (look_up(index, domain) == name)
        audit->broken(audit->to, domain);
}

/* Where NAME stood in the file before, or NULL. */
static const struct name *earlier_of(const struct index *index, const struct name *name)
{
    if (index->twin_count == 0 || (name->section & ODD) != 0)
        return NULL;
    uint32_t number = *slot_of(index, index->text + name->at, name_length(index, name->at), name->hash);
    const struct name *first = &index->names[number - 1]; /* each name is filed */
    return first < name && (first->section & ODD) == 0 ? first : NULL;
}

static void add_twin_problem(struct index *index, const struct name *first, const struct name *second, struct section *section)
{
    struct buf name = { 0 };

    buf_add_shown(&name, index->text + second->at, name_length(index, second->at), DOMAIN_MAX);
    section->failed |= name.failed;
    section_add_problem(section, section->line, KEY_ANY, "\"%s\" stands in line %u already; keep one of the two",
                        name.text != NULL ? name.text : "", line_of(index, first->section, &section->failed));
    buf_free(&name);
}

/* The names of section NUMBER, from *NEXT on: reports which are broken, and adds a problem for each that stood before. */
static void walk_names(struct index *index, const struct index_audit *audit, size_t *next, size_t number, bool good,
                       struct section *section)
{
    for (; *next < index->name_count && (index->names[*next].section & SECTION_BITS) == number; ++*next) {
        const struct name *name = &index->names[*next], *first = earlier_of(index, name);
        if (first != NULL)
            add_twin_problem(index, first, name, section);
        if (!good || (name->section & TWICE) != 0)
            tell_broken(index, audit, name);
    }
}

static bool audit_section(struct index *index, const struct index_audit *audit, size_t *next, size_t number)
{
    struct reading reading;
    struct buf out = { 0 };
    bool good = judge(index, number, false, &reading, &out);
    struct section *own = &reading.own;

    bool failed = own->failed || (own->kind == SECTION_DOMAINS && !good && reading.why.problem == NULL);
    if (good && audit->advice)
        advice_on_policy(own, reading.template, reading.defaults, &reading.found, out.len);
    if (!failed)
        walk_names(index, audit, next, number, good, own);
    failed = failed || own->failed || !tell_problems(index, audit, own);
    free_reading(&reading);
    buf_free(&out);
    return !failed;
}

/* Warnings gather in templates and [defaults] while the sections that use them are read. */
static bool tell_of_templates(struct index *index, const struct index_audit *audit)
{
    const struct name *defaults = look_up(index, "defaults");
    bool good = true;

    for (size_t i = 0; i < index->section_count && good; i++) {
        struct section *known = index->sections[i].is_template ? atomic_load(&index->sections[i].cache) : NULL;
        struct section unused;
        if (known != NULL) {
            good = !known->failed;
            for (size_t j = known->read_count; j < known->problem_count && good; j++)
                good = !known->problems[j].warning || tell_problem(index, audit, known, &known->problems[j]);
        } else if (index->sections[i].is_template && (defaults == NULL || (defaults->section & SECTION_BITS) != i)) {
            read_section(index, i, &unused);
            unused.problem_count = 0;
            advice_on_unused(&unused);
            good = !unused.failed && tell_problem(index, audit, &unused, &unused.problems[0]);
            section_free(&unused);
        }
    }
    return good;
}

static bool tell_warning(const struct index *index, const struct index_audit *audit, unsigned line, const char *what)
{
    struct buf text = { 0 };

    buf_print(&text, "%s:%u: warning: %s", index->file, line, what);
    bool good = !text.failed;
    if (good)
        audit->problem(audit->to, line, true, text.text);
    buf_free(&text);
    return good;
}

/* A file without a line end may have been cut off in the middle of its last value. */
static bool tell_of_file(const struct index *index, const struct index_audit *audit)
{
    bool ended = index->size == 0 || index->text[index->size - 1] == '\n';

    return (ended || tell_warning(index, audit, 1 + ini_newlines(index->text, 0, index->size),
                                  "the last line has no line end; the file may have been cut off")) &&
           (!audit->advice || index->domain_count > 0 ||
            tell_warning(index, audit, 1, "names no domain: nothing is served; write at least one, as in [example.org]"));
}

bool index_audit(struct index *index, const struct index_audit *audit)
{
    size_t next = 0;

    for (size_t i = 0; i < index->section_count; i++)
        if ((audit->stop != NULL && atomic_load(audit->stop)) || !audit_section(index, audit, &next, i))
            return false;
    return tell_of_file(index, audit) && (!audit->advice || tell_of_templates(index, audit));
}

/* --- for the commands --- */

/* The name as a domain in normal form; false where it is a template's, or no name. */
static bool domain_of(const struct index *index, const struct name *name, char domain[DOMAIN_MAX + 1])
{
    const char *text = index->text + name->at;
    size_t len = name_length(index, name->at);

    if (!header_names_domain(text, len) || (domain_policy_fault(text, len) != DOMAIN_FINE && !(len == 1 && text[0] == '*')))
        return false;
    domain_normal(text, len, domain);
    return true;
}

bool index_next_domain(const struct index *index, size_t *at, char domain[DOMAIN_MAX + 1])
{
    while (*at < index->name_count) {
        const struct name *name = &index->names[(*at)++];
        if (domain_of(index, name, domain) && look_up(index, domain) == name)
            return true;
    }
    return false;
}

static bool copy_value(const struct inherit_found *found, enum key key, char **value)
{
    const struct section *from = found->from[key];

    *value = from != NULL ? strdup(section_value(from, key)) : NULL;
    return from == NULL || *value != NULL;
}

bool index_beside(struct index *index, const char *domain, struct index_beside *beside)
{
    const struct name *name = look_up(index, domain);
    struct reading reading;
    struct buf out = { 0 };

    *beside = (struct index_beside) { 0 };
    if (name == NULL)
        name = look_up(index, "*");
    if (name == NULL)
        return false;
    bool good = judge(index, name->section & SECTION_BITS, true, &reading, &out) &&
                copy_value(&reading.found, KEY_HOST, &beside->host) && copy_value(&reading.found, KEY_TLSRPT, &beside->tlsrpt);
    beside->leaving = reading.found.policy.mode == POLICY_NONE;
    buf_free(&out);
    if (reading.found.beside.problem != NULL) {
        print_problem(index, reading.found.beside.section, reading.found.beside.problem, &out);
        good = good && !out.failed;
        beside->mistake = out.text; /* and no longer the buffer's */
    }
    free_reading(&reading);
    return good;
}

/* --- the end --- */

static void free_cache(const struct index *index, size_t number)
{
    void *cache = atomic_load(&index->sections[number].cache);

    if (cache != NULL && index->sections[number].is_template)
        section_free(cache);
    free(cache);
}

void index_free(struct index *index)
{
    if (index == NULL)
        return;
    for (size_t i = 0; i < index->section_count; i++)
        free_cache(index, i);
    for (size_t i = 0; i < index->twin_count; i++)
        free(atomic_load(&index->twins[i].cache));
    free(index->sections);
    free(index->names);
    free(index->twins);
    free(index->slots);
    free(atomic_load(&index->lines));
    free(atomic_load(&index->lost));
    free(atomic_load(&index->lost_verdict));
    free(index->text);
    free(index->file);
    free(index);
}
