/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Streamed input: each row of the picture goes into the network as the camera
 * delivers it. There is never a whole picture in RAM. Made for
 *   msfc compile digits96_int8.tflite -o digits --name digits */
#include "board.h"
#include "digits.h"

/* All the RAM of the network, at the size that the plan promises. */
static uint8_t arena[DIGITS_ARENA_SIZE]
    __attribute__((aligned(DIGITS_ARENA_ALIGN)));
static digits network;

/* Index of the largest output. */
static int best(const int8_t *scores) {
  int digit = 0;
  for (int i = 1; i < (int)DIGITS_OUTPUT_SIZE; ++i) {
    if (scores[i] > scores[digit]) digit = i;
  }
  return digit;
}

void app(void) {
  if (digits_init(&network, arena, sizeof arena) != MSF_OK) {
    board_fail("digits_init");
    return;
  }
  msf_status status = MSF_NEED_INPUT;
  for (int row = 0; row < DIGITS_INPUT_ROWS; ++row) {
    uint8_t pixels[DIGITS_INPUT_ROW_BYTES];
    int8_t codes[DIGITS_INPUT_ROW_BYTES];
    board_camera_row(pixels);
    /* The model wants pixel / 255 at scale 1/255, zero point -128. */
    for (int i = 0; i < DIGITS_INPUT_ROW_BYTES; ++i) {
      codes[i] = (int8_t)(pixels[i] + DIGITS_INPUT_ZERO_POINT);
    }
    /* Computes as far as the rows so far reach, then asks for more. */
    status = digits_push_rows(&network, codes, 1);
    if (status != MSF_NEED_INPUT) break;
  }
  if (status != MSF_DONE) {
    board_fail("digits_push_rows");
    return;
  }
  board_show(best(digits_output(&network)));
}
