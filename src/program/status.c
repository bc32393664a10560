#include "program/status.h"

int status_worse(int a, int b)
{
    static const int ranks[] = { 0, 1, 3, 2 };

    return ranks[a] >= ranks[b] ? a : b;
}
