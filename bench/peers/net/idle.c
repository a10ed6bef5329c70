// Idle connections: idle PORT COUNT [SIZE]. Opens COUNT connections, 10,000 from each of the local
// addresses 127.0.0.2, 127.0.0.3 and so on, sends SIZE bytes (default 0) by each and reads as many back, then says
// "ready" and holds them until its input ends.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EACH = 10000 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), size = argc > 3 ? atoi(argv[3]) : 0, one = 1;
    char *buf = calloc(1, (size_t)size + 1);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < count; i++) {
        struct sockaddr_in from = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(0x7f000002 + (unsigned)(i / EACH))};
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0) fail("socket");
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (void *)&from, sizeof from) != 0) fail("bind");
        if (connect(fd, (void *)&to, sizeof to) != 0) fail("connect");
        if (size > 0 && (write(fd, buf, (size_t)size) != size ||
                         recv(fd, buf, (size_t)size, MSG_WAITALL) != size))
            fail("exchange");
    }
    printf("ready\n");
    fflush(stdout);
    while (getchar() != EOF) {}
}
