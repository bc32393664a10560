/* Finds the files of policies: named ones, those in folders, and standard input. */
#ifndef COMMAND_IMPORT_WALK_H
#define COMMAND_IMPORT_WALK_H

#include "import/reading.h"

/*
 * Imports PATH into JOB: a file, a folder with all that is below, or "-", standard input. Below a folder these are read: each
 * mta-sts.txt; Workers (*.js and the like) and configurations of nginx (*.conf, and what is in folders such as sites-available)
 * that contain a policy, but no sites-available beside sites-enabled. Hidden folders except .well-known are not entered, and no
 * symbolic link below the folder is followed out of it. One to a folder is followed if it has the name of a domain, but not below
 * another one. What is not a regular file is not opened. Complains of what cannot be read.
 *
 * The domain of an mta-sts.txt is that in the file CNAME of its site, which GitHub Pages has, else that in its path
 * (import/name.h), else that of JOB.
 */
void walk_import(struct import_job *job, const char *path);

#endif
