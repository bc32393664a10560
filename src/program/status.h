/* The exit statuses of monitoring plugins, which the programs that look at many domains have. */
#ifndef PROGRAM_STATUS_H
#define PROGRAM_STATUS_H

/* 0 ok, 1 warning, 2 critical, 3 unknown. From good to bad: ok, warning, unknown, critical. Returns the worse of two. */
int status_worse(int a, int b);

#endif
