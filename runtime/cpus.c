/* cpus.c - how many workers: processors by affinity, less by a cgroup's quota, or WYN_WORKERS. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "sched.h"

/* The quota of the cgroup we are in, in whole processors; 0: none. */
static int cgroup_cpus(void) {
    char line[512], path[600] = "/sys/fs/cgroup/cpu.max";
    FILE *f = fopen("/proc/self/cgroup", "re");
    if (f != NULL) {
        while (fgets(line, sizeof line, f) != NULL) {
            char dir[400];
            if (sscanf(line, "0::%399s", dir) == 1)
                snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", dir);
        }
        fclose(f);
    }
    long long quota = 0, period = 0;
    f = fopen(path, "re");
    if (f == NULL) f = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (f == NULL) return 0;
    if (fscanf(f, "%lld %lld", &quota, &period) != 2) quota = 0;
    fclose(f);
    if (quota <= 0 || period <= 0) return 0;
    return (int)((quota + period - 1) / period);
}

int sched_cpus(void) {
    const char *asked = getenv("WYN_WORKERS");
    long n = asked == NULL ? 0 : strtol(asked, NULL, 10);
    if (n <= 0) {
        cpu_set_t set;
        n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
        int quota = cgroup_cpus();
        if (quota > 0 && quota < n) n = quota;
    }
    if (n < 1) n = 1;
    return n > RT_WORKERS_MAX ? RT_WORKERS_MAX : (int)n;
}
