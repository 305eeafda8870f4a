/* 128-bit multiplication and division, which LLVM's BPF backend calls by name.
 *
 * They are in C because of how a 128-bit result travels: LLVM 23 expects it in R0 and R2, clang returns it there,
 * and rustc's own compiler-builtins would return it through a pointer.
 *
 * A divisor is never zero: rustc checks it before the call. */
#include "words.h"

#define DIGIT_MAX 0xffffffffULL

static inline u128 from_words(u64 high, u64 low) { return ((u128)high << 64) | low; }
static inline u64 high_word(u128 x) { return (u64)(x >> 64); }
static inline u64 low_word(u128 x) { return (u64)x; }

/* The full product of two words, by schoolbook on 32-bit digits. */
static inline u128 multiply_words(u64 a, u64 b) {
  u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
  u64 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  u64 middle = (p00 >> 32) + (u32)p01 + (u32)p10; /* below 3 * 2^32 */
  return from_words(p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32), (middle << 32) | (u32)p00);
}

/* Number of zero bits above the highest one of `x`, which is not zero.
 *
 * SBPF has no such instruction, and its selects are jumps: a product of a de Bruijn sequence and a run of ones, whose
 * upper six bits differ for every length of the run, takes half as long as a binary search. */
static inline unsigned leading_zeros(u64 x) {
  static const u8 zeros[64] = {
      63, 16, 62, 7,  15, 36, 61, 3,  6,  14, 22, 26, 35, 47, 60, 2,  9,  5,  28, 11, 13, 21,
      42, 19, 25, 31, 34, 40, 46, 52, 59, 1,  17, 8,  37, 4,  23, 27, 48, 10, 29, 12, 43, 20,
      32, 41, 53, 18, 38, 24, 49, 30, 44, 33, 54, 39, 50, 45, 55, 51, 56, 57, 58, 0,
  };
  x |= x >> 1;
  x |= x >> 2;
  x |= x >> 4;
  x |= x >> 8;
  x |= x >> 16;
  x |= x >> 32;
  return zeros[(x * 0x03f79d71b4cb0a89ULL) >> 58];
}

/* One 32-bit digit of a quotient, (*remainder, next_digit) / divisor, by Knuth's algorithm D.
 *
 * Requires *remainder < divisor and the top bit of divisor set. Then the estimate from the divisor's upper digit is
 * at most 2 too large, so at most 2^32 + 1, and its product with a digit below 2^32 fits a word. The final
 * difference fits a word too, so its wrapping is harmless. */
static inline u64 quotient_digit(u64 *remainder, u64 next_digit, u64 divisor) {
  u64 upper = divisor >> 32, lower = (u32)divisor;
  u64 digit = *remainder / upper, rest = *remainder % upper;
  if (digit * lower > ((rest << 32) | next_digit)) {
    digit--;
    rest += upper;
    if (rest <= DIGIT_MAX && digit * lower > ((rest << 32) | next_digit)) digit--;
  }
  *remainder = (*remainder << 32) + next_digit - digit * divisor;
  return digit;
}

/* high:low / divisor, where high < divisor, so that the quotient fits a word, and the top bit of divisor is set. */
static inline u64 divide_by_normal_word(u64 high, u64 low, u64 divisor, u64 *remainder) {
  *remainder = high;
  u64 upper = quotient_digit(remainder, low >> 32, divisor);
  u64 lower = quotient_digit(remainder, (u32)low, divisor);
  return (upper << 32) | lower;
}

/* high:low / divisor, where high < divisor. */
static inline u64 divide_by_word(u64 high, u64 low, u64 divisor, u64 *remainder) {
  unsigned shift = leading_zeros(divisor);
  high = shift ? (high << shift) | (low >> (64 - shift)) : high;
  u64 quotient = divide_by_normal_word(high, low << shift, divisor << shift, remainder);
  *remainder >>= shift;
  return quotient;
}

/* high:low / divisor, where high < divisor and the divisor is one digit: a price in e9, an amount in e6. */
static inline u64 divide_by_digit(u64 high, u64 low, u64 divisor, u64 *remainder) {
  u64 rest = (high << 32) | (low >> 32);
  u64 upper = rest / divisor;
  rest = ((rest % divisor) << 32) | (u32)low;
  *remainder = rest % divisor;
  return (upper << 32) | (rest / divisor);
}

/* n / d for a divisor of two words, so that the quotient fits one.
 *
 * Dividing n/2 by the normalised upper word of d gives an estimate that is exact or one too large
 * (Hacker's Delight, 9-5); one is taken off and given back if the remainder says so. */
static inline u128 divide_by_two_words(u128 n, u128 d, u128 *remainder) {
  if (n < d) { *remainder = n; return 0; }
  unsigned shift = leading_zeros(high_word(d));
  if (!shift) { *remainder = n - d; return 1; } /* d >= 2^127, so n < 2d */

  u64 leading = (high_word(d) << shift) | (low_word(d) >> (64 - shift));
  u64 halved_low = (high_word(n) << 63) | (low_word(n) >> 1);
  u64 unused;
  u64 quotient = divide_by_normal_word(high_word(n) >> 1, halved_low, leading, &unused) >> (63 - shift);
  if (quotient) quotient--;

  u128 rest = n - multiply_words(quotient, low_word(d)) - from_words(quotient * high_word(d), 0);
  if (rest >= d) { rest -= d; quotient++; }
  *remainder = rest;
  return quotient;
}

static inline u128 divide(u128 n, u128 d, u128 *remainder) {
  if (high_word(d)) return divide_by_two_words(n, d, remainder);
  u64 high = high_word(n), low = low_word(n), divisor = low_word(d), upper = 0, lower, rest;
  if (high >= divisor) {
    upper = high / divisor;
    high %= divisor;
  }
  if (!high) {
    lower = low / divisor;
    rest = low % divisor;
  } else if (divisor <= DIGIT_MAX) {
    lower = divide_by_digit(high, low, divisor, &rest);
  } else {
    lower = divide_by_word(high, low, divisor, &rest);
  }
  *remainder = rest;
  return from_words(upper, lower);
}

/* |x|, also of the least value, whose magnitude only an unsigned type holds. */
static inline u128 magnitude(i128 x) { return x < 0 ? -(u128)x : (u128)x; }

u128 __multi3(u128 a, u128 b) {
  u64 cross = low_word(a) * high_word(b) + high_word(a) * low_word(b);
  return multiply_words(low_word(a), low_word(b)) + from_words(cross, 0);
}

u128 __udivti3(u128 n, u128 d) {
  u128 remainder;
  return divide(n, d, &remainder);
}

u128 __umodti3(u128 n, u128 d) {
  u128 remainder;
  divide(n, d, &remainder);
  return remainder;
}

i128 __divti3(i128 n, i128 d) {
  u128 remainder;
  u128 quotient = divide(magnitude(n), magnitude(d), &remainder);
  return (i128)((n < 0) != (d < 0) ? -quotient : quotient);
}

i128 __modti3(i128 n, i128 d) {
  u128 remainder;
  divide(magnitude(n), magnitude(d), &remainder);
  return (i128)(n < 0 ? -remainder : remainder);
}
