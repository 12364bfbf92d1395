// What the harnesses of DPDK's tables share: files of words, and the time.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Lookups of which the time is taken, some 0.2 ms; as in lpm.ts.
#define PART (1 << 15)
#define BULK 32

struct words {
	uint32_t *at;
	size_t count;
};

static struct words words_of(const char *path)
{
	struct words words = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	words.count = (size_t)ftell(file) / 4;
	words.at = malloc(words.count * 4 + 4);
	rewind(file);
	if (fread(words.at, 4, words.count, file) != words.count)
		exit(1);
	fclose(file);
	return words;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static volatile uint32_t sink;
