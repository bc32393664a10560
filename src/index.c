#include "index.h"

#include "section.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, SLOTS_LEAST = 16 };

/* Flags in the upper bits of a name's section number. */
#define ODD 0x80000000U   /* not written as a domain is: it gives way to one that is */
#define TWICE 0x40000000U /* stands in a later section, too: see TWINS */
#define SECTION_BITS 0x3fffffffU

struct name {
    uint32_t at; /* offset in the text */
    uint32_t section;
};

struct entry {
    uint32_t at;           /* offset of the header in the text */
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
    struct twin *twins; /* by their second */
    size_t twin_count, twin_room;
    uint32_t *slots; /* 0, or the number of a name plus 1 */
    size_t slot_mask;
};

/* --- names --- */

static bool ends_name(char c)
{
    return strchr(" \t\r\n,];#=", c) != NULL; /* a NUL too */
}

/* A name in the text without final dots: the length that counts. The text need not end in a delimiter. */
static size_t name_length(const struct index *index, uint32_t at)
{
    size_t len = 0;

    while (at + len < index->size && !ends_name(index->text[at + len]))
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

/* The slot that holds the name, or the empty one where it belongs. */
static uint32_t *slot_of(const struct index *index, const char *name, size_t len)
{
    for (size_t i = hash(name, len);; i++) {
        uint32_t *slot = &index->slots[i & index->slot_mask];
        if (*slot == 0)
            return slot;
        uint32_t at = index->names[*slot - 1].at;
        if (name_length(index, at) == len && domain_same(index->text + at, name, len))
            return slot;
    }
}

static const struct name *look_up(const struct index *index, const char *name)
{
    uint32_t number = *slot_of(index, name, strlen(name));
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
    return true;
}

/* --- cutting --- */

static bool add_section(struct index *index, size_t at)
{
    void *array = index->sections;
    bool good = room_for_one(&array, index->section_count, &index->section_room, sizeof *index->sections);

    index->sections = array;
    if (!good || index->section_count >= SECTION_BITS)
        return false;
    index->sections[index->section_count].at = (uint32_t)at;
    atomic_init(&index->sections[index->section_count].cache, NULL);
    index->section_count++;
    return true;
}

static bool add_name(struct index *index, const char *name, size_t len, bool odd)
{
    const size_t prefix = sizeof DOMAIN_POLICY_HOST_PREFIX - 1;
    void *array = index->names;
    bool good = room_for_one(&array, index->name_count, &index->name_room, sizeof *index->names);

    index->names = array;
    if (!good)
        return false;
    /* A domain written as its policy host, or with a final dot, is a mistake that is to cost this domain, and not to hide it. */
    odd |= name[len - 1] == '.';
    if (len > prefix && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, prefix)) {
        name += prefix;
        odd = true;
    }
    uint32_t section = (uint32_t)(index->section_count - 1);
    index->names[index->name_count++] = (struct name) { (uint32_t)(name - index->text), section | (odd ? ODD : 0) };
    return true;
}

static bool is_domain(const char *name, size_t len)
{
    return memchr(name, '.', len) != NULL || (len == 1 && name[0] == '*');
}

/* Need an index of ONLY know a section with these names? It need not where all of them are one other domain. */
static bool is_wanted(const char *names, size_t len, const char *only, size_t only_len)
{
    bool domain = false;

    while (len > 0 && names[len - 1] == '.')
        len--;
    if (len >= only_len && domain_same(names + len - only_len, only, only_len))
        return true;
    for (size_t i = 0; i < len; i++) {
        if (names[i] == ' ' || names[i] == '\t' || names[i] == ',')
            return true;
        domain |= names[i] == '.';
    }
    return !domain;
}

static bool add_names(struct index *index, const struct section_header *header)
{
    const char *name;

    for (size_t at = 0, len; (len = section_next_name(header->names, header->len, &at, &name)) > 0;) {
        index->domain_count += is_domain(name, len);
        if (!add_name(index, name, len, header->fault != NULL))
            return false;
    }
    return true;
}

static bool cut(struct index *index, const char *only)
{
    struct ini_line line;
    struct section_header header;
    bool wanted = true, last_wanted = true;
    size_t only_len = only != NULL ? strlen(only) : 0;
    size_t at = index->size >= 3 && memcmp(index->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    if (!add_section(index, at))
        return false;
    for (; (at = ini_next_header(index->text, index->size, at)) < index->size; at = line.next) {
        ini_line(index->text, index->size, at, &line);
        section_header(&line, &header);
        wanted = only == NULL || is_wanted(header.names, header.len, only, only_len);
        /* A section that nobody asks for is kept only where it tells the end of one that somebody may. */
        if ((wanted || last_wanted) && !add_section(index, at))
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

static bool file_names(struct index *index)
{
    size_t slots = SLOTS_LEAST;

    while (slots < index->name_count + index->name_count / 2)
        slots *= 2;
    index->slots = calloc(slots, sizeof *index->slots);
    if (index->slots == NULL)
        return false;
    index->slot_mask = slots - 1;
    for (uint32_t i = 0; i < index->name_count; i++) {
        uint32_t at = index->names[i].at, *slot = slot_of(index, index->text + at, name_length(index, at));
        if (*slot == 0 || (index->names[*slot - 1].section & ODD) != 0)
            *slot = i + 1;
        else if ((index->names[i].section & ODD) == 0 && !add_twin(index, *slot - 1, i))
            return false;
    }
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

/* --- reading --- */

/* The line of a section's header, counted from *FROM, the beginning of line *LINE, which both move there. */
static unsigned line_of(const struct index *index, size_t section, size_t *from, unsigned *line)
{
    size_t at = index->sections[section].at;

    *line += ini_newlines(index->text, *from, at);
    *from = at;
    return *line;
}

static unsigned line_from_start(const struct index *index, uint32_t section)
{
    size_t from = 0;
    unsigned line = 1;

    return line_of(index, section & SECTION_BITS, &from, &line);
}

static void read_section(const struct index *index, size_t number, unsigned line, struct section *section)
{
    section_read(index->text, index->sections[number].at, index->sections[number + 1].at, line, section);
}

static const struct twin *twin_of(const struct index *index, const struct name *first)
{
    uint32_t number = (uint32_t)(first - index->names);

    for (size_t i = 0; i < index->twin_count; i++)
        if (index->twins[i].first == number)
            return &index->twins[i];
    return NULL;
}

/* Reads a template, and what makes it unfit for use as a whole: that there are two of its name. */
static void read_template(const struct index *index, const struct name *name, unsigned line, struct section *section)
{
    read_section(index, name->section & SECTION_BITS, line, section);
    const struct twin *twin = (name->section & TWICE) != 0 ? twin_of(index, name) : NULL;
    if (twin != NULL)
        section_add_problem(section, section->line, KEY_ANY, "stands in line %u, too; keep one of the two",
                            line_from_start(index, index->names[twin->second].section));
}

/*
 * The template or [defaults] of that name, read once and kept; its lines are counted from its own header. *FOUND is NULL where
 * there is none. False where memory ran out.
 */
static bool get_template(struct index *index, const char *text, const struct section **found)
{
    const struct name *name = look_up(index, text);

    *found = NULL;
    if (name == NULL)
        return true;
    _Atomic(void *) *cache = &index->sections[name->section & SECTION_BITS].cache;
    void *known = atomic_load_explicit(cache, memory_order_acquire);
    if (known == NULL) {
        struct section *section = malloc(sizeof *section);
        if (section == NULL)
            return false;
        read_template(index, name, 1, section);
        if (section->kind != SECTION_TEMPLATE || section->failed) {
            /* A mixed header: its own section says so, and its cache is not for templates. */
            bool failed = section->failed;
            section_free(section);
            free(section);
            return !failed;
        }
        if (atomic_compare_exchange_strong_explicit(cache, &known, section, memory_order_acq_rel, memory_order_acquire)) {
            known = section;
        } else {
            section_free(section);
            free(section);
        }
    }
    *found = known;
    return true;
}

/* The policy of OWN, in OUT; false where there is none, and WHY. */
static bool judge(struct index *index, struct section *own, struct buf *out, struct section_why *why)
{
    const char *use = section_value(own, KEY_USE);
    const struct section *template = NULL, *defaults;

    *why = (struct section_why) { 0 };
    if ((use != NULL && !get_template(index, use, &template)) || !get_template(index, "defaults", &defaults))
        return false;
    if (use != NULL && template == NULL)
        section_add_problem(own, own->value[KEY_USE].line, KEY_USE,
                            "there is no template [%.64s]; write a section of that name, without a dot", use);
    return section_policy(own, template, defaults, out, why);
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

/* Adds the problem as a message, with the line where it really stands: templates are kept with lines counted from their header.
 */
static void print_why(struct index *index, const struct section_why *why, struct buf *out)
{
    struct section_problem problem = *why->problem;

    problem.line += ini_newlines(index->text, 0, why->section->at) + 1 - why->section->line;
    section_print_problem(why->section, &problem, index->file, out);
}

static struct index_verdict *verdict_on(struct index *index, uint32_t number)
{
    struct section own;
    struct section_why why;
    struct buf out = { 0 };
    struct index_verdict *verdict = NULL;

    read_section(index, number, 1, &own);
    if (judge(index, &own, &out, &why)) {
        verdict = new_verdict(INDEX_POLICY, &out);
    } else if (why.problem != NULL) {
        buf_free(&out);
        print_why(index, &why, &out);
        verdict = new_verdict(INDEX_BROKEN, &out);
    }
    section_free(&own);
    buf_free(&out);
    return verdict;
}

static struct index_verdict *verdict_on_twins(struct index *index, const struct twin *twin)
{
    const struct name *first = &index->names[twin->first], *second = &index->names[twin->second];
    struct buf out = { 0 };

    buf_print(&out, "%s:%u: [", index->file, line_from_start(index, second->section));
    buf_add_shown(&out, index->text + second->at, name_length(index, second->at), DOMAIN_MAX);
    buf_print(&out, "]: stands in line %u already; keep one of the two", line_from_start(index, first->section));
    struct index_verdict *verdict = new_verdict(INDEX_BROKEN, &out);
    buf_free(&out);
    return verdict;
}

bool index_find(struct index *index, const char *domain, const struct index_verdict **verdict)
{
    const struct name *name = strchr(domain, '.') != NULL ? look_up(index, domain) : NULL;

    *verdict = NULL;
    if (name == NULL && strchr(domain, '.') != NULL)
        name = look_up(index, "*");
    if (name == NULL)
        return true;
    struct twin *twin = (name->section & TWICE) != 0 ? (struct twin *)(size_t)twin_of(index, name) : NULL;
    uint32_t number = name->section & SECTION_BITS;
    _Atomic(void *) *cache = twin != NULL ? &twin->cache : &index->sections[number].cache;
    void *known = atomic_load_explicit(cache, memory_order_acquire);
    if (known == NULL) {
        struct index_verdict *made = twin != NULL ? verdict_on_twins(index, twin) : verdict_on(index, number);
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

/* --- the audit --- */

static void tell_problem(const struct index *index, const struct index_audit *audit, const struct section *section,
                         const struct section_problem *problem)
{
    struct buf text = { 0 };

    section_print_problem(section, problem, index->file, &text);
    if (text.text != NULL && !text.failed)
        audit->problem(audit->to, text.text);
    buf_free(&text);
}

/* In the order of their lines: what the whole section lacks was found last, and stands in its first. */
static void tell_problems(const struct index *index, const struct index_audit *audit, struct section *section)
{
    struct section_problem *problems = section->problems;

    for (size_t i = 1; i < section->problem_count; i++)
        for (size_t j = i; j > 0 && problems[j].line < problems[j - 1].line; j--) {
            struct section_problem swap = problems[j];
            problems[j] = problems[j - 1];
            problems[j - 1] = swap;
        }
    for (size_t i = 0; i < section->problem_count; i++)
        tell_problem(index, audit, section, &problems[i]);
}

/* Where an audit is: the next name and the next twin, both in file order. */
struct walk {
    size_t name, twin, from;
    unsigned line;
};

static void tell_broken(const struct index *index, const struct index_audit *audit, const struct name *name)
{
    char domain[DOMAIN_MAX + 1];
    size_t len = name_length(index, name->at);

    if (audit->broken == NULL || len > DOMAIN_MAX || !is_domain(index->text + name->at, len))
        return;
    for (size_t i = 0; i < len; i++)
        domain[i] = domain_lower(index->text[name->at + i]);
    domain[len] = '\0';
    audit->broken(audit->to, domain);
}

/* The names of section NUMBER: tells which are broken, and files the problem of each that stands in an earlier section, too. */
static void walk_names(const struct index *index, const struct index_audit *audit, struct walk *walk, size_t number, bool good,
                       struct section *section)
{
    for (; walk->name < index->name_count && (index->names[walk->name].section & SECTION_BITS) == number; walk->name++) {
        const struct name *name = &index->names[walk->name];
        bool twice = (name->section & TWICE) != 0;
        if (walk->twin < index->twin_count && index->twins[walk->twin].second == walk->name) {
            const struct name *first = &index->names[index->twins[walk->twin].first];
            section_add_problem(section, section->line, KEY_ANY, "\"%.*s\" stands in line %u already; keep one of the two",
                                (int)name_length(index, name->at), index->text + name->at,
                                line_from_start(index, first->section));
            walk->twin++;
            twice = true;
        }
        if (!good || twice)
            tell_broken(index, audit, name);
    }
}

static bool audit_section(struct index *index, const struct index_audit *audit, struct walk *walk, size_t number)
{
    struct section own;
    struct section_why why = { 0 };
    struct buf out = { 0 };

    read_section(index, number, line_of(index, number, &walk->from, &walk->line), &own);
    bool good = own.kind == SECTION_DOMAINS && judge(index, &own, &out, &why);
    bool failed = own.failed || (own.kind == SECTION_DOMAINS && !good && why.problem == NULL);
    walk_names(index, audit, walk, number, good, &own);
    if (own.problem_count > 0)
        tell_problems(index, audit, &own);
    section_free(&own);
    buf_free(&out);
    return !failed;
}

bool index_audit(struct index *index, const struct index_audit *audit)
{
    struct walk walk = { .line = 1 };

    for (size_t i = 0; i < index->section_count; i++)
        if ((audit->stop != NULL && atomic_load(audit->stop)) || !audit_section(index, audit, &walk, i))
            return false;
    return true;
}

/* --- the end --- */

static bool is_template_section(const struct index *index, size_t number)
{
    struct section_header header;
    struct ini_line line;
    const char *name;
    size_t at = 0, len, names = 0;

    ini_line(index->text, index->size, index->sections[number].at, &line);
    section_header(&line, &header);
    for (; (len = section_next_name(header.names, header.len, &at, &name)) > 0; names++)
        if (is_domain(name, len))
            return false;
    return names > 0;
}

static void free_cache(const struct index *index, size_t number)
{
    void *cache = atomic_load(&index->sections[number].cache);

    if (cache != NULL && number > 0 && is_template_section(index, number))
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
    free(index->text);
    free(index->file);
    free(index);
}
