/* What is to be changed: all combinations of what is published, what is wanted, whether it is safe, and --replace. */
#include "probe/update/plan.h"

#include "command/dns/record.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { RECORDS = 4, SIZE = 128 };

#define ID "v=STSv1; id=1a2b;"
#define RUA "v=TLSRPTv1; rua=mailto:a@b.example"

/*
 * SEEN and WANTED: records of a type and data, apart by " + "; a "|" in a TXT record separates its strings; "?": it is not known.
 * STEPS: without and with --replace, each where the new id is not safe, and where it is: "-" nothing, C change, M mistake,
 * U unknown, F foreign, S not safe. STAYS: how many of SEEN stay at a change without --replace.
 */
static const struct row {
    enum place place;
    const char *seen, *wanted, *steps;
    unsigned stays;
} rows[] = {
    { PLACE_HOST, "", "A 192.0.2.1", "CCCC", 0 },
    { PLACE_HOST, "", "CNAME p.example.", "CCCC", 0 },
    { PLACE_HOST, "", "", "----", 0 },
    { PLACE_HOST, "A 192.0.2.9", "", "----", 1 },
    { PLACE_HOST, "?", "", "----", 0 },
    { PLACE_HOST, "?", "A 192.0.2.1", "UUUU", 0 },
    { PLACE_HOST, "?", "!", "MMMM", 0 },
    { PLACE_HOST, "A 192.0.2.1", "!", "MMMM", 1 },
    { PLACE_HOST, "A 192.0.2.1", "A 192.0.2.1", "----", 1 },
    { PLACE_HOST, "A 192.0.2.2", "A 192.0.2.1", "FFCC", 1 },
    { PLACE_HOST, "A 192.0.2.1 + A 192.0.2.2", "A 192.0.2.2 + A 192.0.2.1", "----", 2 },
    { PLACE_HOST, "A 192.0.2.1", "A 192.0.2.1 + A 192.0.2.2", "FFCC", 1 },
    { PLACE_HOST, "A 192.0.2.1 + A 192.0.2.2", "A 192.0.2.1", "FFCC", 2 },
    { PLACE_HOST, "A 192.0.2.1 + AAAA 2001:db8::1", "A 192.0.2.1 + AAAA 2001:DB8:0:0::1", "----", 2 },
    { PLACE_HOST, "A 192.0.2.1 + AAAA 2001:db8::2", "A 192.0.2.1 + AAAA 2001:db8::1", "FFCC", 2 },
    { PLACE_HOST, "CNAME p.example.", "CNAME p.example.", "----", 1 },
    { PLACE_HOST, "CNAME P.Example.", "CNAME p.example.", "----", 1 },
    { PLACE_HOST, "CNAME q.example.", "CNAME p.example.", "FFCC", 1 },
    { PLACE_HOST, "CNAME p.example.", "A 192.0.2.1", "FFCC", 1 },
    { PLACE_HOST, "A 192.0.2.1", "CNAME p.example.", "FFCC", 1 },
    { PLACE_ID, "", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "", "!", "MMMM", 0 },
    { PLACE_ID, "TXT " ID, "!", "MMMM", 0 },
    { PLACE_ID, "?", "TXT " ID, "UUUU", 0 },
    { PLACE_ID, "TXT " ID, "TXT " ID, "----", 0 },
    { PLACE_ID, "TXT v=STSv1;id=1a2b", "TXT " ID, "----", 0 },
    { PLACE_ID, "TXT v=STS|v1; id=1a|2b;", "TXT " ID, "----", 0 },
    { PLACE_ID, "TXT v=STSv10; id=1a2b;", "TXT " ID, "FFSC", 1 },
    { PLACE_ID, "TXT v=STSv1|0; id=1a2b;", "TXT " ID, "FFSC", 1 },
    { PLACE_ID, "TXT v=STSv10; id=1a2b; + TXT v=STSv1; id=old;", "TXT " ID, "SCSC", 1 },
    { PLACE_ID, "TXT v=STSv1", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT v=STSv1; id=1a|2b;", "TXT " ID, "----", 0 },
    { PLACE_ID, "TXT v=STSv1; id=1A2B;", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT v=STSv1; id=old;", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT v=STSv1 ; id=1a2b;", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT v=STSv1; id=no-id;", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT \"v=STSv1; id=1a2b;\"", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT " ID " + TXT v=STSv1; id=old;", "TXT " ID, "SCSC", 0 },
    { PLACE_ID, "TXT v=spf1 -all", "TXT " ID, "FFSC", 1 },
    { PLACE_ID, "TXT ", "TXT " ID, "FFSC", 1 },
    { PLACE_ID, "TXT v=spf1 -all + TXT " ID, "TXT " ID, "--SC", 1 },
    { PLACE_ID, "TXT v=STSv1; id=old; + TXT v=spf1 -all", "TXT " ID, "SCSC", 1 },
    { PLACE_ID, "CNAME q.example.", "TXT " ID, "FFSC", 1 },
    { PLACE_TLSRPT, "", "TXT " RUA, "CCCC", 0 },
    { PLACE_TLSRPT, "", "", "----", 0 },
    { PLACE_TLSRPT, "TXT " RUA, "", "----", 1 },
    { PLACE_TLSRPT, "?", "TXT " RUA, "UUUU", 0 },
    { PLACE_TLSRPT, "TXT " RUA, "TXT " RUA, "----", 1 },
    { PLACE_TLSRPT, "TXT v=TLSRPTv1;rua=mailto:a@b.example", "TXT " RUA, "----", 1 },
    { PLACE_TLSRPT, "TXT v=TLSRPTv1; rua=mailto:c@b.example", "TXT " RUA, "FFCC", 1 },
    { PLACE_TLSRPT, "TXT " RUA " + TXT v=TLSRPTv1; rua=mailto:c@b.example", "TXT " RUA, "FFCC", 2 },
    { PLACE_TLSRPT, "TXT " RUA " + TXT other", "TXT " RUA, "--CC", 2 },
    { PLACE_TLSRPT, "TXT other", "TXT " RUA, "FFCC", 1 },
    { PLACE_TLSRPT, "CNAME q.example.", "TXT " RUA, "FFCC", 1 },
};

/* The records of a row, with the texts that they borrow. */
struct records {
    char text[2][SIZE];
    struct probe_txt_string strings[2 * RECORDS];
    struct update_record seen[RECORDS];
    struct dns_record wanted[RECORDS];
    size_t string_count;
};

static const char *type_of(const char *word)
{
    static const char *const types[] = { "A", "AAAA", "CNAME", "TXT" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], word) == 0)
            return types[i];
    fail_msg("%s", word);
    return NULL;
}

/* Cuts the next record off *REST, and its data off its type. */
static char *next_record(char **rest, const char **type)
{
    char *word = *rest, *end = strstr(word, " + "), *data = strchr(word, ' ');

    *rest = end != NULL ? end + 3 : word + strlen(word);
    if (end != NULL)
        *end = '\0';
    *data = '\0';
    *type = type_of(word);
    return data + 1;
}

static void add_strings(struct records *r, char *data, struct update_record *record)
{
    bool begins = true;

    record->strings = &r->strings[r->string_count];
    for (char *at = data, *bar; at != NULL; at = bar) {
        bar = strchr(at, '|');
        size_t len = bar != NULL ? (size_t)(bar - at) : strlen(at);
        r->strings[r->string_count++] = (struct probe_txt_string) { at, len, begins };
        record->string_count++;
        begins = false;
        bar = bar != NULL ? bar + 1 : NULL;
    }
}

static struct update_name name_of(const struct row *row, struct records *r)
{
    struct update_name name = {
        .place = row->place, .domain = "x.example", .name = "_mta-sts.x.example", .seen = r->seen, .wanted = r->wanted
    };
    char *rest = r->text[0], *wanted = r->text[1];

    *r = (struct records) { 0 };
    (void)snprintf(r->text[0], SIZE, "%s", row->seen);
    (void)snprintf(r->text[1], SIZE, "%s", row->wanted);
    name.unknown = strcmp(row->seen, "?") == 0 ? "no answer" : NULL;
    name.is_mistaken = strcmp(row->wanted, "!") == 0;
    while (*rest != '\0' && name.unknown == NULL) {
        struct update_record *record = &r->seen[name.seen_count++];
        record->data = next_record(&rest, &record->type);
        record->exact = record->data;
        if (strcmp(record->type, "TXT") == 0)
            add_strings(r, record->data, record);
    }
    while (*wanted != '\0' && !name.is_mistaken) {
        struct dns_record *record = &r->wanted[name.wanted_count++];
        record->data = next_record(&wanted, &record->type);
    }
    return name;
}

static const char letters[] = {
    [UPDATE_NOTHING] = '-', [UPDATE_CHANGE] = 'C', [UPDATE_MISTAKE] = 'M', [UPDATE_UNKNOWN] = 'U',
    [UPDATE_FOREIGN] = 'F', [UPDATE_BESIDE] = 'B', [UPDATE_UNSAFE] = 'S',  [UPDATE_HOST_FIRST] = 'H',
};

static void one_row(void **state)
{
    const struct row *row = *state;
    struct records r;

    for (unsigned i = 0; i < 4; i++) {
        const struct update_terms terms = { .replaces = i >= 2, .is_safe = i % 2 == 1 };
        struct update_name names[PLACES] = { { .place = PLACE_HOST }, { .place = PLACE_ID }, { .place = PLACE_TLSRPT } };
        enum update_step steps[PLACES];
        names[row->place] = name_of(row, &r);
        assert_true(update_plan(names, &terms, steps));
        for (size_t k = 0; k < PLACES; k++)
            assert_int_equal(letters[steps[k]], k == row->place ? row->steps[i] : '-');
        size_t stays = 0;
        for (size_t k = 0; k < names[row->place].seen_count; k++)
            stays += update_stays(&names[row->place], &names[row->place].seen[k], terms.replaces);
        assert_int_equal(stays, terms.replaces ? 0 : row->stays);
    }
}

/* In mode none what is removed stays away, and all else is as in other modes. */
static void leaving(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        for (unsigned i = 0; i < 4; i++) {
            const struct update_terms terms = { .replaces = i >= 2, .leaves = true, .is_safe = i % 2 == 1 };
            struct update_name names[PLACES] = { { .place = PLACE_HOST }, { .place = PLACE_ID }, { .place = PLACE_TLSRPT } };
            enum update_step steps[PLACES];
            struct records r;
            enum place place = rows[k].place;
            names[place] = name_of(&rows[k], &r);
            bool removed =
                place == PLACE_HOST ? rows[k].seen[0] == '\0' : place == PLACE_ID && names[place].seen_count == rows[k].stays;
            bool is_known = strcmp(rows[k].seen, "?") != 0 && strcmp(rows[k].wanted, "!") != 0;
            assert_true(update_plan(names, &terms, steps));
            assert_int_equal(letters[steps[place]], removed && is_known ? '-' : rows[k].steps[i]);
        }
    }
}

/* Every row of the policy host with every row of the id: the id waits for the host only where the host changes now. */
static void host_first(void **state)
{
    (void)state;
    for (size_t h = 0; h < sizeof rows / sizeof *rows; h++) {
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            struct records host, id;
            if (rows[h].place != PLACE_HOST || rows[k].place != PLACE_ID)
                continue;
            struct update_name names[PLACES] = { name_of(&rows[h], &host), name_of(&rows[k], &id), { .place = PLACE_TLSRPT } };
            for (unsigned i = 0; i < 4; i++) {
                const struct update_terms terms = { .replaces = i >= 2, .is_safe = i % 2 == 1 };
                enum update_step steps[PLACES];
                char own = rows[k].steps[i];
                assert_true(update_plan(names, &terms, steps));
                assert_int_equal(letters[steps[PLACE_HOST]], rows[h].steps[i]);
                assert_int_equal(letters[steps[PLACE_ID]], rows[h].steps[i] == 'C' && (own == 'C' || own == 'S') ? 'H' : own);
            }
        }
    }
}

/* Beside another record nothing changes but what a CNAME is not wanted for. */
static void beside(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        for (unsigned i = 0; i < 4 && rows[k].place == PLACE_HOST; i++) {
            const struct update_terms terms = { .replaces = i >= 2, .is_safe = i % 2 == 1 };
            struct update_name names[PLACES] = { { .place = PLACE_HOST }, { .place = PLACE_ID }, { .place = PLACE_TLSRPT } };
            enum update_step steps[PLACES];
            struct records r;
            names[PLACE_HOST] = name_of(&rows[k], &r);
            names[PLACE_HOST].beside = "SSHFP";
            bool is_cname = strncmp(rows[k].wanted, "CNAME", 5) == 0;
            assert_true(update_plan(names, &terms, steps));
            assert_int_equal(letters[steps[PLACE_HOST]], is_cname && rows[k].steps[i] == 'C' ? 'B' : rows[k].steps[i]);
        }
    }
}

static void delegates(void **state)
{
    static const struct {
        enum place place;
        const char *seen, *zone; /* NULL: it delegates nothing */
    } cases[] = {
        { PLACE_ID, "CNAME _mta-sts.x.example.sts.example.net.", "sts.example.net" },
        { PLACE_HOST, "CNAME MTA-STS.X.Example.STS.example.net.", "sts.example.net" },
        { PLACE_TLSRPT, "CNAME _smtp._tls.x.example.sts.example.net.", "sts.example.net" },
        { PLACE_TLSRPT, "CNAME _mta-sts.x.example.sts.example.net.", NULL },
        { PLACE_ID, "CNAME _mta-sts.y.example.sts.example.net.", NULL },
        { PLACE_ID, "CNAME _mta-sts.x.example.", NULL },
        { PLACE_HOST, "CNAME p.example.", NULL },
        { PLACE_HOST, "A 192.0.2.1", NULL },
        { PLACE_ID, "TXT _mta-sts.x.example.sts.example.net.", NULL },
        { PLACE_ID, "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct row row = { cases[i].place, cases[i].seen, "", "", 0 };
        struct records r;
        struct update_name name = name_of(&row, &r);
        char zone[DOMAIN_MAX + 1];
        assert_int_equal(update_delegates(&name, zone), cases[i].zone != NULL);
        assert_string_equal(zone, cases[i].zone != NULL ? cases[i].zone : "");
    }
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[ROWS + 4];
    char names[ROWS][2 * SIZE];

    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(names[i], sizeof names[i], "%d: %s, %s", (int)rows[i].place, rows[i].seen, rows[i].wanted);
        tests[i] = (struct CMUnitTest) { names[i], one_row, NULL, NULL, (void *)(uintptr_t)&rows[i] };
    }
    tests[ROWS] = (struct CMUnitTest) { "host first", host_first, NULL, NULL, NULL };
    tests[ROWS + 1] = (struct CMUnitTest) { "leaving", leaving, NULL, NULL, NULL };
    tests[ROWS + 2] = (struct CMUnitTest) { "delegates", delegates, NULL, NULL, NULL };
    tests[ROWS + 3] = (struct CMUnitTest) { "beside", beside, NULL, NULL, NULL };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
