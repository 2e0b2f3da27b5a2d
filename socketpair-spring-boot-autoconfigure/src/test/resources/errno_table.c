/* Prints the errno of socketpair(2) for each "domain type protocol" on its command line, 0 for success. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
	for (int i = 1; i + 2 < count; i += 3) {
		int sv[2];
		int result = socketpair(atoi(arguments[i]), atoi(arguments[i + 1]), atoi(arguments[i + 2]), sv);
		printf("%d\n", result == 0 ? 0 : errno);
		if (result == 0) {
			close(sv[0]);
			close(sv[1]);
		}
	}
	return 0;
}
