/* Disks in trouble, for a process started with LD_PRELOAD.
 *
 * ODD_SYNC and ODD_LOCK are what syncing and locking answers, as on CIFS, FUSE and rclone; none of
 * them counts its free space. ODD_RULES names a folder in which a test writes, while the process
 * runs, which folders are "read-only", "full" or "slow" (each call with a path takes 0.7 s): paths,
 * one a line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

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

/* Whether a path lies in the folder that a rule names. */
static int under(const char *rule, const char *path) {
    const char *rules = getenv("ODD_RULES");
    char place[4096], folder[4096];
    if (rules == NULL || path == NULL || *path != '/') return 0;
    snprintf(place, sizeof place, "%s/%s", rules, rule);
    int file = REAL(open)(place, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = REAL(read)(file, folder, sizeof folder - 1);
    REAL(close)(file);
    folder[length > 0 ? length : 0] = '\0';
    for (char *rest, *one = strtok_r(folder, "\n", &rest); one; one = strtok_r(NULL, "\n", &rest)) {
        size_t size = strlen(one);
        if (strncmp(path, one, size) == 0 && (path[size] == '/' || path[size] == '\0')) return 1;
    }
    return 0;
}

static void wait_for(const char *path) {
    if (under("slow", path)) usleep(700000);
}

/* -1 with the reason when a change of what lies there must fail. */
static int refused(const char *path) {
    int known = errno;
    errno = under("read-only", path) ? EROFS : under("full", path) ? ENOSPC : 0;
    if (errno) return -1;
    errno = known;
    return 0;
}

static int refused_to_write(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = REAL(readlink)(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = '\0';
    return refused(path);
}

static int refused_to_open(const char *path, int how) {
    if (!(how & O_CREAT) && (how & O_ACCMODE) == O_RDONLY) {
        wait_for(path);
        return 0;
    }
    wait_for(path);
    if (under("full", path) && REAL(access)(path, F_OK) == 0) return 0; /* the write is what fails */
    return refused(path);
}

static mode_t mode_of(int how, va_list more) {
    return how & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPENS(name)                                                                                \
    int name(const char *path, int how, ...) {                                                     \
        va_list more;                                                                              \
        va_start(more, how);                                                                       \
        mode_t mode = mode_of(how, more);                                                          \
        va_end(more);                                                                              \
        return refused_to_open(path, how) ? -1 : REAL(name)(path, how, mode);                      \
    }

#define OPENS_AT(name)                                                                             \
    int name(int folder, const char *path, int how, ...) {                                         \
        va_list more;                                                                              \
        va_start(more, how);                                                                       \
        mode_t mode = mode_of(how, more);                                                          \
        va_end(more);                                                                              \
        return refused_to_open(path, how) ? -1 : REAL(name)(folder, path, how, mode);              \
    }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

#define CHANGES(name, arguments, given, path)                                                      \
    int name arguments {                                                                           \
        wait_for(path);                                                                            \
        return refused(path) ? -1 : REAL(name) given;                                              \
    }

CHANGES(mkdir, (const char *path, mode_t mode), (path, mode), path)
CHANGES(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), path)
CHANGES(unlink, (const char *path), (path), path)
CHANGES(unlinkat, (int at, const char *path, int how), (at, path, how), path)
CHANGES(rename, (const char *from, const char *to), (from, to), to)
CHANGES(renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), to)
CHANGES(truncate, (const char *path, off_t size), (path, size), path)

#define WRITES(name, arguments, given)                                                             \
    ssize_t name arguments { return refused_to_write(file) ? -1 : REAL(name) given; }

WRITES(write, (int file, const void *data, size_t size), (file, data, size))
WRITES(pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at))
WRITES(pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at))

#define LOOKS(name, arguments, given)                                                              \
    int name arguments { wait_for(path); return REAL(name) given; }

LOOKS(stat, (const char *path, struct stat *found), (path, found))
LOOKS(stat64, (const char *path, struct stat64 *found), (path, found))
LOOKS(lstat, (const char *path, struct stat *found), (path, found))
LOOKS(lstat64, (const char *path, struct stat64 *found), (path, found))
LOOKS(fstatat, (int at, const char *path, struct stat *found, int how), (at, path, found, how))
LOOKS(fstatat64, (int at, const char *path, struct stat64 *found, int how), (at, path, found, how))

int access(const char *path, int how) {
    wait_for(path);
    if ((how & W_OK) && refused(path)) return -1;
    return REAL(access)(path, how);
}
