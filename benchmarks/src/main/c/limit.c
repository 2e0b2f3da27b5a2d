/*
 * What C reaches: the limit that the benchmarks compare with.
 *
 * usage: limit same|messages|pingpong|across|stream SIZE SECONDS | create SECONDS
 *
 * Prints one number: nanoseconds an operation (same: one write and one read; messages: one
 * send and one recv; pingpong: the median round trip; across: the same with the threads on
 * two cores; create: one pair made and closed), or bytes a second (stream). The clock is read
 * once in many operations where a single one is too short to be timed.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int sv[2];
static size_t size;
static volatile int stop;
static uint64_t moved;

static uint64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static void make(void) {
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) != 0) {
		fail("socketpair");
	}
}

static void read_fully(int fd, char *buffer) {
	for (size_t at = 0; at < size;) {
		ssize_t count = read(fd, buffer + at, size - at);
		if (count <= 0) {
			if (stop) {
				pthread_exit(NULL);
			}
			fail("read");
		}
		at += (size_t) count;
	}
}

static double same(double seconds) {
	char *out = calloc(1, size), *in = calloc(1, size);
	uint64_t start = now(), end = start + (uint64_t) (seconds * 1e9), count = 0;
	do {
		for (int i = 0; i < 256; i++) {
			if (write(sv[0], out, size) != (ssize_t) size) {
				fail("write");
			}
			read_fully(sv[1], in);
		}
		count += 256;
	} while (now() < end);
	return (double) (now() - start) / (double) count;
}

static double messages(double seconds) {
	char *out = calloc(1, size), *in = calloc(1, size);
	uint64_t start = now(), end = start + (uint64_t) (seconds * 1e9), count = 0;
	do {
		for (int i = 0; i < 256; i++) {
			if (send(sv[0], out, size, 0) != (ssize_t) size || recv(sv[1], in, size, 0) != (ssize_t) size) {
				fail("send or recv");
			}
		}
		count += 256;
	} while (now() < end);
	return (double) (now() - start) / (double) count;
}

static void *echo(void *unused) {
	char *buffer = calloc(1, size);
	for (;;) {
		read_fully(sv[1], buffer);
		if (write(sv[1], buffer, size) < 0 && !stop) {
			fail("write");
		}
	}
	return unused;
}

static int ascending(const void *a, const void *b) {
	uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;
	return (x > y) - (x < y);
}

/* Keep a thread on the n-th core that this process may use. */
static void pin(pthread_t thread, int n) {
	cpu_set_t usable, one;
	if (sched_getaffinity(0, sizeof usable, &usable) != 0) {
		fail("sched_getaffinity");
	}
	if (CPU_COUNT(&usable) < 2) {
		fprintf(stderr, "limit: across needs two cores\n");
		exit(1);
	}
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &usable) && n-- == 0) {
			CPU_SET(cpu, &one);
		}
	}
	pthread_setaffinity_np(thread, sizeof one, &one);
}

static double pingpong(double seconds, int across) {
	pthread_t thread;
	pthread_create(&thread, NULL, echo, NULL);
	if (across) {
		/* The other first: afterwards this thread, which is asked, may use one core only. */
		pin(thread, 1);
		pin(pthread_self(), 0);
	}
	char *buffer = calloc(1, size);
	size_t most = 4000000, count = 0;
	uint64_t *trips = malloc(most * sizeof *trips);
	uint64_t end = now() + (uint64_t) (seconds * 1e9), before = now();
	while (before < end && count < most) {
		if (write(sv[0], buffer, size) < 0) {
			fail("write");
		}
		read_fully(sv[0], buffer);
		uint64_t after = now();
		trips[count++] = after - before;
		before = after;
	}
	stop = 1;
	shutdown(sv[0], SHUT_RDWR);
	pthread_join(thread, NULL);
	qsort(trips, count, sizeof *trips, ascending);
	return (double) trips[count / 2];
}

static void *drain(void *unused) {
	char *buffer = malloc(size);
	ssize_t count;
	while ((count = read(sv[1], buffer, size)) > 0) {
		moved += (uint64_t) count;
	}
	return unused;
}

static double stream(double seconds) {
	pthread_t thread;
	pthread_create(&thread, NULL, drain, NULL);
	char *buffer = calloc(1, size);
	uint64_t start = now(), end = start + (uint64_t) (seconds * 1e9);
	do {
		for (int i = 0; i < 16; i++) {
			if (write(sv[0], buffer, size) != (ssize_t) size) {
				fail("write");
			}
		}
	} while (now() < end);
	close(sv[0]);
	pthread_join(thread, NULL);
	return (double) moved * 1e9 / (double) (now() - start);
}

static double create(double seconds) {
	uint64_t start = now(), end = start + (uint64_t) (seconds * 1e9), count = 0;
	do {
		for (int i = 0; i < 64; i++) {
			make();
			close(sv[0]);
			close(sv[1]);
		}
		count += 64;
	} while (now() < end);
	return (double) (now() - start) / (double) count;
}

int main(int count, char **arguments) {
	if (count == 3 && strcmp(arguments[1], "create") == 0) {
		printf("%.1f\n", create(atof(arguments[2])));
		return 0;
	}
	if (count != 4) {
		fprintf(stderr, "usage: limit same|messages|pingpong|across|stream SIZE SECONDS | create SECONDS\n");
		return 2;
	}
	size = (size_t) atol(arguments[2]);
	double seconds = atof(arguments[3]);
	make();
	if (strcmp(arguments[1], "same") == 0) {
		printf("%.1f\n", same(seconds));
	}
	else if (strcmp(arguments[1], "messages") == 0) {
		printf("%.1f\n", messages(seconds));
	}
	else if (strcmp(arguments[1], "pingpong") == 0) {
		printf("%.1f\n", pingpong(seconds, 0));
	}
	else if (strcmp(arguments[1], "across") == 0) {
		printf("%.1f\n", pingpong(seconds, 1));
	}
	else if (strcmp(arguments[1], "stream") == 0) {
		printf("%.1f\n", stream(seconds));
	}
	else {
		return 2;
	}
	return 0;
}
