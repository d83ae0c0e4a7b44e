// Makes syncing slow, or fail once. Preloaded into PostgreSQL by deploy/local faults.
//
// The file that PALESTRA_SYNCS names holds `slow MILLISECONDS`, or `fail PART-OF-A-PATH`. Who fails takes the file away first, so that
// nobody else does; without the file nothing happens.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int is_of(int fd, const char *part) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

static int fails(int fd) {
    const char *control = getenv("PALESTRA_SYNCS");
    int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    char text[256];
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    text[strcspn(text, "\n")] = 0;
    if (strncmp(text, "slow ", 5) == 0) {
        long milliseconds = atol(text + 5);
        struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
        while (nanosleep(&wait, &wait) != 0 && errno == EINTR) {}
    } else if (strncmp(text, "fail ", 5) == 0 && is_of(fd, text + 5) && unlink(control) == 0) {
        return 1;
    }
    return 0;
}

#define OTHERWISE(name, parameters, arguments)                                     \
    do {                                                                           \
        static int(*real) parameters;                                              \
        if (!real) real = (int(*) parameters)dlsym(RTLD_NEXT, #name);              \
        int before = errno;                                                        \
        if (fails(fd)) {                                                           \
            errno = EIO;                                                           \
            return -1;                                                             \
        }                                                                          \
        errno = before;                                                            \
        return real arguments;                                                     \
    } while (0)

int fsync(int fd) { OTHERWISE(fsync, (int), (fd)); }
int fdatasync(int fd) { OTHERWISE(fdatasync, (int), (fd)); }
int sync_file_range(int fd, off_t from, off_t count, unsigned int flags) {
    OTHERWISE(sync_file_range, (int, off_t, off_t, unsigned int), (fd, from, count, flags));
}
