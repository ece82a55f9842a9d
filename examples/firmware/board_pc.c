/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * A PC in place of a board, so that the examples can be tried:
 *   camera test_images.npy 0 1 2
 * shows the digits in the pictures 0, 1 and 2 of the file. */
#include "board.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *file;
static int failed;
static unsigned asked;

/* Where the pictures begin: behind the header of a version 1 .npy file. */
static long header_size(void) {
  unsigned char head[10];
  if (fread(head, 1, sizeof head, file) != sizeof head || head[0] != 0x93) {
    return -1;
  }
  return (long)sizeof head + head[8] + 256L * head[9];
}

void board_camera_row(uint8_t *pixels) {
  int8_t codes[BOARD_WIDTH] = {0};
  if (!failed && fread(codes, 1, sizeof codes, file) != sizeof codes) {
    board_fail("the file has no such picture");
  }
  /* The file holds what the model reads, the camera what it sees. */
  for (int i = 0; i < BOARD_WIDTH; ++i) pixels[i] = (uint8_t)(codes[i] + 128);
}

/* Late every second time, as a camera is. */
int board_camera_ready(void) { return ++asked % 2 == 0; }

void board_yield(void) {}

void board_show(int digit) { printf("%d\n", digit); }

void board_fail(const char *what) {
  fprintf(stderr, "failed: %s\n", what);
  failed = 1;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s test_images.npy PICTURE...\n", argv[0]);
    return 1;
  }
  file = fopen(argv[1], "rb");
  const long header = file ? header_size() : -1;
  if (header < 0) {
    fprintf(stderr, "%s: no .npy file of version 1\n", argv[1]);
    return 1;
  }
  for (int i = 2; i < argc && !failed; ++i) {
    char *end;
    const long picture = strtol(argv[i], &end, 10);
    if (*end != '\0' || picture < 0) {
      board_fail("a picture is a number from 0");
    } else if (fseek(file, header + picture * BOARD_WIDTH * BOARD_HEIGHT, SEEK_SET)) {
      board_fail(argv[i]);
    } else {
      app();
    }
  }
  fclose(file);
  return failed;
}
