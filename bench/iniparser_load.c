/* Reads a whole file with iniparser, to measure how long that takes. */
#include <iniparser.h>
#include <stdio.h>

int main(int argc, char *argv[])
{
    dictionary *dict = argc == 2 ? iniparser_load(argv[1]) : NULL;

    if (dict == NULL)
        return 1;
    (void)printf("%d keys\n", (int)dict->n);
    iniparser_freedict(dict);
    return 0;
}
