#include <gtest/gtest.h>

#include "compiler/reference/inputs.h"

namespace thimble {
namespace {

using tflite::ElementType;

class InputFile : public testing::Test {
 protected:
  // One int16 input of shape [1, 2, 3].
  InputFile() {
    model_.path = "m.tflite";
    model_.tensors.push_back({0, "x", ElementType::kInt16, {1, 2, 3}, {}, false});
    model_.inputs = {0};
  }

  Result<Bytes> load(const Bytes& content, const std::string& name = "input") {
    EXPECT_TRUE(write_file(folder_.path() / name, content));
    return read_input(model_, folder_.path() / name);
  }

  static Bytes npy(const std::string& header, const Bytes& data, std::uint8_t version = 1) {
    Bytes file{0x93, 'N', 'U', 'M', 'P', 'Y', version, 0};
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    for (std::size_t i = 0; i < length_bytes; ++i) {
      file.push_back(static_cast<std::uint8_t>(header.size() >> (8 * i)));
    }
    file.insert(file.end(), header.begin(), header.end());
    file.insert(file.end(), data.begin(), data.end());
    return file;
  }

  static std::string header(const std::string& type, const std::string& shape,
                            const std::string& fortran = "False") {
    return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape +
           ", }   \n";
  }

  void refuses(const Result<Bytes>& result, const std::vector<std::string>& told) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ExitCode::kUsage);
    for (const std::string& part : told) {
      EXPECT_NE(result.error().message.find(part), std::string::npos)
          << "no \"" << part << "\" in: " << result.error().message;
    }
  }

  tflite::Model model_;
  const Bytes data_{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

 private:
  TemporaryFolder folder_ =
      *TemporaryFolder::make(std::filesystem::temp_directory_path() / "input");
};

TEST_F(InputFile, RawBytesAreTakenAsTheyAre) {
  EXPECT_EQ(load(data_), data_);
}

TEST_F(InputFile, RawBytesOfWrongNumberAreRefused) {
  refuses(load(Bytes(11)), {"has 11 bytes", "takes 12", "int16 [1, 2, 3]"});
  refuses(load({}), {"has 0 bytes"});
}

TEST_F(InputFile, ArraysMatchExactlyOrWithoutOnesOrFlat) {
  for (const char* shape : {"(1, 2, 3)", "(2, 3)", "(2,3)", "(6,)"}) {
    EXPECT_EQ(load(npy(header("<i2", shape), data_)), data_) << shape;
  }
  EXPECT_EQ(load(npy(header("<i2", "(2, 3)"), data_, 2)), data_);
}

TEST_F(InputFile, ArraysOfOtherTypeShapeOrOrderAreRefused) {
  refuses(load(npy(header("<f8", "(2, 3)"), Bytes(48))), {"'<f8'", "int16", "'<i2'"});
  refuses(load(npy(header(">i2", "(2, 3)"), data_)), {"'>i2'"});
  refuses(load(npy(header("<i2", "(3, 2)"), data_)), {"(3, 2)", "(1, 2, 3)"});
  refuses(load(npy(header("<i2", "(2, 3)", "True"), data_)), {"Fortran"});
  refuses(load(npy(header("<i2", "(2, 3)"), Bytes(10))), {"10 bytes", "12"});
}

TEST_F(InputFile, DamagedHeadersAreRefused) {
  const Bytes good = npy(header("<i2", "(2, 3)"), data_);
  for (std::size_t size = 6; size < good.size(); ++size) {
    refuses(load(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))), {});
  }
  refuses(load(npy("{'descr': '<i2', 'shape': (2, x)}", data_)), {"header"});
  refuses(load(npy("{'shape': (2, 3)}", data_)), {"header"});
  refuses(load({1, 2}, "short.npy"), {"header"});
}

TEST_F(InputFile, ArraysServeModelsWithOneInputOnly) {
  model_.tensors.push_back({1, "y", ElementType::kUint8, {4}, {}, false});
  model_.inputs = {0, 1};
  EXPECT_EQ(load(Bytes(16, 7)), Bytes(16, 7));
  refuses(load(npy(header("<i2", "(2, 3)"), data_)), {"takes 2", "16 bytes"});
}

}  // namespace
}  // namespace thimble
