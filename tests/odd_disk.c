/* A disk like those of CIFS, FUSE and rclone, for a process started with LD_PRELOAD. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>


static int answer(const char *what) {
    const char *number = getenv(what);
    if (number == NULL) return 0;
    errno = atoi(number);
    return -1;
}

int fsync(int descriptor) { (void)descriptor; return answer("ODD_SYNC"); }
int fdatasync(int descriptor) { (void)descriptor; return answer("ODD_SYNC"); }
int flock(int descriptor, int how) { (void)descriptor; (void)how; return answer("ODD_LOCK"); }

int statvfs64(const char *path, struct statvfs64 *found) {
    (void)path;
    memset(found, 0, sizeof *found);
    found->f_bsize = found->f_frsize = 4096;
    return 0;
}

int statvfs(const char *path, struct statvfs *found) {
    return statvfs64(path, (struct statvfs64 *)found);
}
