// The WAV reader on good files, on wrong formats, and on every truncation of a good file.
#include "frontend/wav/wav.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

struct Header {
  unsigned format = 1;
  unsigned channels = 1;
  unsigned rate = 16000;
  unsigned bits = 16;
};

void append(std::vector<std::uint8_t>& bytes, std::size_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(std::vector<std::uint8_t>& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

std::vector<std::uint8_t> make_wav(const Header& header, const std::vector<std::int16_t>& samples,
                                   bool extra_chunk = false) {
  std::vector<std::uint8_t> bytes;
  append(bytes, "RIFF");
  append(bytes, 0, 4);  // Readers don't trust it.
  append(bytes, "WAVEfmt ");
  append(bytes, 16, 4);
  append(bytes, header.format, 2);
  append(bytes, header.channels, 2);
  append(bytes, header.rate, 4);
  append(bytes, header.rate * header.channels * header.bits / 8, 4);
  append(bytes, header.channels * header.bits / 8, 2);
  append(bytes, header.bits, 2);
  if (extra_chunk) {
    append(bytes, "LIST");
    append(bytes, 3, 4);
    append(bytes, std::string_view("abc\0", 4));  // Odd size, padded.
  }
  append(bytes, "data");
  append(bytes, samples.size() * 2, 4);
  for (const std::int16_t sample : samples) append(bytes, static_cast<std::uint16_t>(sample), 2);
  return bytes;
}

std::string error_of(const std::vector<std::uint8_t>& bytes) {
  const auto result = parse_wav(bytes, "a.wav");
  if (result) return "";
  EXPECT_EQ(result.error().code, ExitCode::kUsage);
  return result.error().message;
}

TEST(Wav, ReadsMono) {
  const std::vector<std::int16_t> samples = {0, 1, -1, 32767, -32768};
  EXPECT_EQ(parse_wav(make_wav({}, samples), "a.wav").value(), samples);
  EXPECT_EQ(parse_wav(make_wav({}, samples, true), "a.wav").value(), samples);
}

TEST(Wav, MixesStereo) {
  const auto mono =
      parse_wav(make_wav({.channels = 2}, {10, 20, -32768, -32768, 32767, 32767}), "");
  EXPECT_EQ(mono.value(), (std::vector<std::int16_t>{15, -32768, 32767}));
}

TEST(Wav, WrongFormatsNameTheRemedy) {
  for (const Header& header : {Header{.rate = 44100}, Header{.bits = 24}, Header{.format = 3},
                               Header{.channels = 3}, Header{.channels = 0}}) {
    const std::string error = error_of(make_wav(header, {0, 0, 0, 0, 0, 0}));
    EXPECT_NE(error.find("sox 'a.wav' -r 16000"), std::string::npos) << error;
  }
}

TEST(Wav, EveryTruncationIsAnError) {
  const auto whole = make_wav({}, {1, 2, 3}, true);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of({whole.begin(), whole.begin() + static_cast<long>(size)}), "") << size;
  }
}

TEST(Wav, DamageIsAnError) {
  const auto good = make_wav({}, {1, 2, 3});
  auto odd = good;
  odd[40] = 5;  // The size of the data.
  EXPECT_NE(error_of(odd).find("whole samples"), std::string::npos);
  auto endless = good;
  endless[43] = 0x7f;
  EXPECT_NE(error_of(endless).find("truncated"), std::string::npos);
  auto tagless = good;
  tagless[12] = 'x';
  EXPECT_NE(error_of(tagless).find("before the fmt chunk"), std::string::npos);
}

TEST(Wav, MissingFileIsAnError) {
  const auto result = read_wav("/no/such/file.wav");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("/no/such/file.wav"), std::string::npos);
}

}  // namespace
}  // namespace thimble
