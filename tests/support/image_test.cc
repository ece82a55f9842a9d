// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/image.h"

#include <gtest/gtest.h>

#include "support/random_bytes.h"

namespace msf {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes FileOf(std::string header, const Bytes& pixels) {
  Bytes file(header.begin(), header.end());
  file.insert(file.end(), pixels.begin(), pixels.end());
  return file;
}

// 2 x 1 pixels, red and 50% grey, as a 24-bit BMP (rows of 4 bytes, BGR).
Bytes Bmp() {
  Bytes file = {'B', 'M', 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,  40,
                0,   0,   0,  2, 0, 0, 0, 1, 0, 0, 0,  1, 0, 24, 0};
  file.resize(54);
  for (const int byte : {0, 0, 255, 128, 128, 128, 0, 0}) {
    file.push_back(static_cast<uint8_t>(byte));
  }
  return file;
}

// 1 x 1 grey pixel of 77: a PNG by hand.
Bytes Png() {
  return {0x89, 'P',  'N',  'G',  0x0D, 0x0A, 0x1A, 0x0A, 0,    0,
          0,    13,   'I',  'H',  'D',  'R',  0,    0,    0,    1,
          0,    0,    0,    1,    8,    0,    0,    0,    0,    0x3A,
          0x7E, 0x9B, 0x55, 0,    0,    0,    10,   'I',  'D',  'A',
          'T',  0x78, 0x9C, 0x63, 0xF0, 0x05, 0x00, 0x00, 0x4F, 0x00,
          0x4E, 0,    0,    0,    0,    0,    0,    0,    0,    'I',
          'E',  'N',  'D',  0xAE, 0x42, 0x60, 0x82};
}

std::string Refusal(const Bytes& file) {
  const auto image = DecodeImage("i.png", file, 1);
  if (image) return "";
  EXPECT_EQ(image.error().kind, ErrorKind::kUser);
  EXPECT_FALSE(image.error().hint.empty());
  return image.error().what;
}

TEST(Image, DecodesGreyAndColour) {
  const Bytes pgm = FileOf("P5\n3 2\n255\n", {0, 50, 100, 150, 200, 250});
  auto image = DecodeImage("i.pgm", pgm, 1);
  ASSERT_TRUE(image.has_value()) << ToString(image.error());
  EXPECT_EQ(image->width, 3);
  EXPECT_EQ(image->height, 2);
  EXPECT_EQ(image->pixels, (Bytes{0, 50, 100, 150, 200, 250}));
  image = DecodeImage("i.pgm", pgm, 3);
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->pixels.size(), 18u);
  EXPECT_EQ(image->pixels[3], 50);
  EXPECT_EQ(image->pixels[5], 50);
}

TEST(Image, DecodesPngAndBmp) {
  const auto png = DecodeImage("i.png", Png(), 1);
  ASSERT_TRUE(png.has_value()) << ToString(png.error());
  EXPECT_EQ(png->pixels, Bytes{77});
  const auto bmp = DecodeImage("i.bmp", Bmp(), 3);
  ASSERT_TRUE(bmp.has_value()) << ToString(bmp.error());
  EXPECT_EQ(bmp->pixels, (Bytes{255, 0, 0, 128, 128, 128}));
}

TEST(Image, MakesColourGreyByWeight) {
  const auto image = DecodeImage("i.bmp", Bmp(), 1);
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->pixels, (Bytes{77 * 255 / 256, 128}));
}

TEST(Image, RefusesOtherFormats) {
  EXPECT_EQ(Refusal({}), "is not an image that msfc can read");
  EXPECT_EQ(Refusal({'G', 'I', 'F', '8', '9', 'a', 1, 0}),
            "is not an image that msfc can read");
}

TEST(Image, RefusesAFewBytesThatClaimToBeHuge) {
  EXPECT_EQ(Refusal(FileOf("P5\n60000 60000\n255\n", {1})),
            "is an image of 60000 x 60000 pixels, more than msfc takes or its "
            "bytes can hold");
}

TEST(Image, RefusesWhatIsCutOff) {
  for (const Bytes& whole :
       {Png(), Bmp(), FileOf("P6\n2 2\n255\n", Bytes(12, 9)),
        FileOf("P5\n16 16\n255\n", Bytes(256, 9))}) {
    EXPECT_EQ(Refusal(whole), "");
    // The last bytes of a row of a BMP are no pixels.
    const size_t padding = whole[0] == 'B' ? 2 : 0;
    for (size_t size = 0; size < whole.size() - padding; ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<int64_t>(size));
      EXPECT_NE(Refusal(cut), "") << size << " of " << whole.size();
    }
  }
}

TEST(Image, OfManyRowsIsRefusedToo) {
  // 20 x 30 pixels of 24 bits.
  Bytes bmp = Bmp();
  bmp[18] = 20;
  bmp[22] = 30;
  bmp.resize(54 + 20 * 30 * 3, 100);
  EXPECT_EQ(Refusal(bmp), "");
  bmp.resize(1000);
  EXPECT_EQ(Refusal(bmp), "is cut off: pixels are missing at its end");
}

TEST(Image, SurvivesCutsAndDamage) {
  RandomBytes stream(1);
  for (const Bytes& whole :
       {Png(), Bmp(), FileOf("P6\n2 2\n255\n", Bytes(12, 9))}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      Refusal(Bytes(whole.begin(), whole.begin() + static_cast<int64_t>(size)));
    }
    for (int i = 0; i < 2000; ++i) {
      Bytes damaged = whole;
      for (int changes = stream.Next() % 4; changes >= 0; --changes) {
        damaged[stream.Next() % damaged.size()] = stream.Next();
      }
      Refusal(damaged);
    }
  }
}

TEST(Image, OfTheRightSizeIsResizedToItself) {
  const Image image{2, 2, 1, {1, 2, 3, 4}};
  EXPECT_EQ(ResizeBilinear(image, 2, 2).pixels, image.pixels);
}

TEST(Image, IsResizedWithPixelCentresAtHalfSteps) {
  // 2 -> 4 columns: centres at -0.25, 0.25, 0.75, 1.25 of the old ones.
  EXPECT_EQ(ResizeBilinear({1, 2, 1, {0, 100}}, 1, 4).pixels,
            (Bytes{0, 25, 75, 100}));
  // 4 -> 2: halfway between pairs.
  EXPECT_EQ(ResizeBilinear({1, 4, 1, {0, 10, 20, 31}}, 1, 2).pixels,
            (Bytes{5, 26}));
  EXPECT_EQ(ResizeBilinear({2, 1, 3, {0, 10, 20, 100, 110, 120}}, 1, 1).pixels,
            (Bytes{50, 60, 70}));
}

}  // namespace
}  // namespace msf
