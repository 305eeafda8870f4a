/* The integer words that the routines are written in. */
#ifndef TENOR_WORDS_H
#define TENOR_WORDS_H

typedef __UINT8_TYPE__ u8;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __int128 i128;
typedef unsigned __int128 u128;

#endif
