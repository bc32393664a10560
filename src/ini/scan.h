/*
 * sscanf() for iniparser, which reads each line with it. That of glibc would bring 95 kB into the static program, most of them
 * for floating-point numbers. This one has what iniparser's formats consist of, and gives the same results.
 */
#ifndef INI_SCAN_H
#define INI_SCAN_H

#include <stdarg.h>

/*
 * Reads TEXT by FORMAT, of white space, characters that have to be the next ones, and conversions %[SET] and %[^SET] without a
 * width or a range. Each conversion has a char array in ARGUMENTS, as long as TEXT. Returns how many conversions were made, or
 * EOF if TEXT ends before the first one. Any other conversion is a mistake of the caller, and ends the program.
 */
int ini_scan(const char *text, const char *format, va_list arguments);

#endif
