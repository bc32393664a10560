#include "base/near.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t near_distance(const char *a, const char *b)
{
    size_t rows[3][NEAR_MAX + 1], width = strlen(b), i = 0;

    for (size_t j = 0; j <= width; j++)
        rows[0][j] = j;
    for (; a[i] != '\0'; i++) {
        const size_t *before = rows[(i + 2) % 3], *above = rows[i % 3];
        size_t *row = rows[(i + 1) % 3];
        row[0] = i + 1;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(above[j - 1] + (a[i] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 0 && j > 1 && a[i] == b[j - 2] && a[i - 1] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[i % 3][width];
}
