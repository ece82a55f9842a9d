// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// memcpy and its family for programs that link no C library. Compilers call
// them even from freestanding code. Weak, so that a library's own win. Built
// only with -DMSF_FREESTANDING_MEMORY.
#if defined(MSF_FREESTANDING_MEMORY)

#include <stddef.h>
#include <stdint.h>

namespace {

typedef uint32_t __attribute__((may_alias)) Word;

// Keeps the compiler from recognising a loop as memcpy or memset, which would
// make the function call itself. Costs no instruction.
inline void NotAnIdiom() { __asm__ volatile("" : : : "memory"); }

inline bool WordAligned(const void *a) {
  return (reinterpret_cast<uintptr_t>(a) & 3u) == 0;
}

}  // namespace

extern "C" {

__attribute__((weak)) void *memcpy(void *to, const void *from, size_t size) {
  uint8_t *d = static_cast<uint8_t *>(to);
  const uint8_t *s = static_cast<const uint8_t *>(from);
  if (WordAligned(d) && WordAligned(s)) {
    Word *dw = reinterpret_cast<Word *>(d);
    const Word *sw = reinterpret_cast<const Word *>(s);
    for (; size >= 16; size -= 16, dw += 4, sw += 4) {
      const Word a = sw[0], b = sw[1], c = sw[2], e = sw[3];
      dw[0] = a;
      dw[1] = b;
      dw[2] = c;
      dw[3] = e;
      NotAnIdiom();
    }
    for (; size >= 4; size -= 4) {
      *dw++ = *sw++;
      NotAnIdiom();
    }
    d = reinterpret_cast<uint8_t *>(dw);
    s = reinterpret_cast<const uint8_t *>(sw);
  }
  for (; size > 0; --size) {
    *d++ = *s++;
    NotAnIdiom();
  }
  return to;
}

__attribute__((weak)) void *memset(void *to, int value, size_t size) {
  uint8_t *d = static_cast<uint8_t *>(to);
  const uint8_t byte = static_cast<uint8_t>(value);
  for (; size > 0 && !WordAligned(d); --size) {
    *d++ = byte;
    NotAnIdiom();
  }
  Word *dw = reinterpret_cast<Word *>(d);
  const Word word = byte * 0x01010101u;
  for (; size >= 4; size -= 4) {
    *dw++ = word;
    NotAnIdiom();
  }
  d = reinterpret_cast<uint8_t *>(dw);
  for (; size > 0; --size) {
    *d++ = byte;
    NotAnIdiom();
  }
  return to;
}

__attribute__((weak)) void *memmove(void *to, const void *from, size_t size) {
  uint8_t *d = static_cast<uint8_t *>(to);
  const uint8_t *s = static_cast<const uint8_t *>(from);
  // Forwards is safe unless `to` starts inside [from, from + size).
  if (reinterpret_cast<uintptr_t>(d) - reinterpret_cast<uintptr_t>(s) >= size) {
    return memcpy(to, from, size);
  }
  while (size > 0) {
    --size;
    d[size] = s[size];
    NotAnIdiom();
  }
  return to;
}

__attribute__((weak)) int memcmp(const void *a, const void *b, size_t size) {
  const uint8_t *x = static_cast<const uint8_t *>(a);
  const uint8_t *y = static_cast<const uint8_t *>(b);
  for (; size > 0; --size, ++x, ++y) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}

}  // extern "C"

#endif  // MSF_FREESTANDING_MEMORY
