/* The memory routines, which rustc and LLVM call by name.
 *
 * A syscall costs about 25 compute units up to 2500 bytes. Doing two words in place would save 3 of them, and a loop
 * takes 10 units for every byte that does not fill a word, so every run goes by syscall. */
#include "words.h"

extern void sol_memmove_(void *destination, const void *source, u64 bytes);
extern void sol_memset_(void *destination, u8 value, u64 bytes);
extern void sol_memcmp_(const void *left, const void *right, u64 bytes, int *difference);

void *memmove(void *destination, const void *source, u64 bytes) {
  sol_memmove_(destination, source, bytes);
  return destination;
}

/* Not by sol_memcpy_, which aborts when source and destination are equal: LLVM allows that of memcpy. */
void *memcpy(void *destination, const void *source, u64 bytes) {
  sol_memmove_(destination, source, bytes);
  return destination;
}

void *memset(void *destination, int value, u64 bytes) {
  sol_memset_(destination, (u8)value, bytes);
  return destination;
}

int memcmp(const void *left, const void *right, u64 bytes) {
  int difference = 0;
  sol_memcmp_(left, right, bytes, &difference);
  return difference;
}

int bcmp(const void *left, const void *right, u64 bytes) { return memcmp(left, right, bytes); }
