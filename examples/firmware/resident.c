/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Resident input: the picture is written into the arena, then one call runs
 * the network. The simplest way where RAM allows it. Made for
 *   msfc compile digits96_int8.tflite -o digits_resident \
 *     --name digits_resident --input-mode resident */
#include "board.h"
#include "digits_resident.h"

static uint8_t arena[DIGITS_RESIDENT_ARENA_SIZE]
    __attribute__((aligned(DIGITS_RESIDENT_ARENA_ALIGN)));
static digits_resident network;

void app(void) {
  if (digits_resident_init(&network, arena, sizeof arena) != MSF_OK) {
    board_fail("digits_resident_init");
    return;
  }
  /* To be filled again for each inference: the run overwrites it. */
  int8_t *input = digits_resident_input(&network);
  for (int row = 0; row < BOARD_HEIGHT; ++row) {
    uint8_t pixels[BOARD_WIDTH];
    board_camera_row(pixels);
    for (int i = 0; i < BOARD_WIDTH; ++i) {
      *input++ = (int8_t)(pixels[i] + DIGITS_RESIDENT_INPUT_ZERO_POINT);
    }
  }
  if (digits_resident_run(&network) != MSF_DONE) {
    board_fail("digits_resident_run");
    return;
  }
  const int8_t *scores = digits_resident_output(&network);
  int digit = 0;
  for (int i = 1; i < (int)DIGITS_RESIDENT_OUTPUT_SIZE; ++i) {
    if (scores[i] > scores[digit]) digit = i;
  }
  board_show(digit);
}
