/* The line that tells what a backup is worth. */
#ifndef BELAY_COMMANDS_BACKUP_LINE_H
#define BELAY_COMMANDS_BACKUP_LINE_H

struct backup_verdict;
struct output;

/* "proved  PATH  image 128004  starmgr image 472  6 journal files  1.6 MiB", on standard output. */
void backup_line(const struct backup_verdict *verdict, const char *path, struct output *output);

#endif
