#include "cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES_MAX = 1000 };

char *cases_read(const char *file, size_t *len)
{
    char path[512];

    (void)snprintf(path, sizeof path, "tests/fixtures/%s", file);
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        exit(1);
    }
    char *text = malloc(1 << 20);
    if (text == NULL)
        exit(1);
    *len = fread(text, 1, (1 << 20) - 1, in);
    text[*len] = '\0';
    (void)fclose(in);
    return text;
}

static void split(char *line, struct case_line *to)
{
    for (size_t i = 0; i < CASE_FIELDS; i++) {
        to->field[i] = line;
        line += strcspn(line, "\t");
        if (*line != '\0')
            *line++ = '\0';
    }
}

int cases_run(const char *file, void (*test)(void **state))
{
    static struct case_line lines[CASES_MAX];
    static struct CMUnitTest tests[CASES_MAX];
    size_t len, count = 0, number = 0;
    char *text = cases_read(file, &len);

    for (char *line = text, *end; line < text + len && count < CASES_MAX; line = end + 1) {
        end = line + strcspn(line, "\n");
        *end = '\0';
        number++;
        if (strncmp(line, "# ", 2) == 0)
            continue;
        split(line, &lines[count]);
        size_t room = strlen(file) + strlen(lines[count].field[0]) + strlen(lines[count].field[1]) + 32;
        lines[count].name = malloc(room);
        if (lines[count].name == NULL)
            exit(1);
        (void)snprintf(lines[count].name, room, "%s:%zu %s %s", file, number, lines[count].field[0], lines[count].field[1]);
        tests[count] = (struct CMUnitTest) { lines[count].name, test, NULL, NULL, &lines[count] };
        count++;
    }
    int failed = count > 0 ? _cmocka_run_group_tests(file, tests, count, NULL, NULL) : 1;
    for (size_t i = 0; i < count; i++)
        free(lines[i].name);
    free(text);
    return failed;
}
