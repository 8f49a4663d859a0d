// See assets.h.
#include "compiler/application/assets.h"

#include <cctype>
#include <cstring>

#include "compiler/base/file.h"
#include "frontend/wav/wav.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

std::string list_name(const std::string& key) {
  std::string name = "k" + key;
  name[1] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[1])));
  return name;
}

// As a string literal's inside.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

Result<Bytes> content_of(const fs::path& file) {
  if (file.extension() != ".wav") return read_file(file);
  ASSIGN_OR_RETURN(const std::vector<std::int16_t> samples, read_wav(file));
  Bytes bytes(2 * samples.size());
  if (!bytes.empty()) std::memcpy(bytes.data(), samples.data(), bytes.size());
  return bytes;
}

constexpr const char* kMade = "Made by thimble from an app.json.";

}  // namespace

Status write_assets(const Assets& assets, const fs::path& folder) {
  std::string header = fmt::format(
      "// Files in the image. {}\n#pragma once\n\n#include <cstddef>\n#include <span>\n\n"
      "namespace thimble::assets {{\n\nstruct Asset {{\n  const char* name;\n"
      "  std::span<const std::byte> bytes;  ///< at a multiple of 4\n}};\n\n",
      kMade);
  std::string source = fmt::format("// Files in the image. {}\n#include \"assets.h\"\n\n", kMade);
  std::string assembly = fmt::format("# Files in the image. {}\n", kMade);
  std::string lists;
  std::size_t number = 0;
  for (const auto& [key, files] : assets) {
    header += fmt::format("extern const std::span<const Asset> {};\n", list_name(key));
    lists += fmt::format("constexpr Asset {}List[] = {{\n", list_name(key));
    for (const fs::path& file : files) {
      ASSIGN_OR_RETURN(const Bytes bytes, content_of(file));
      const std::string symbol = fmt::format("thimble_asset_{}", number++);
      TRY(write_file(folder / (symbol + ".bin"), bytes));
      source += fmt::format("extern \"C\" const std::byte {}[{}];\n", symbol,
                            std::max<std::size_t>(bytes.size(), 1));
      lists += fmt::format("    {{\"{}\", {{{}, {}}}}},\n", escaped(file.stem().string()), symbol,
                           bytes.size());
      assembly += fmt::format(
          "    .section .rodata.{0}, \"a\", @progbits\n    .balign 4\n    .globl {0}\n"
          "    .type {0}, @object\n{0}:\n    .incbin \"{0}.bin\"\n    .size {0}, . - {0}\n",
          symbol);
    }
    lists += "};\n";
  }
  source += "\nnamespace thimble::assets {\nnamespace {\n\n" + lists + "\n}  // namespace\n\n";
  for (const auto& [key, files] : assets) {
    source +=
        fmt::format("constinit const std::span<const Asset> {0} = {0}List;\n", list_name(key));
  }
  header += "\n}  // namespace thimble::assets\n";
  source += "\n}  // namespace thimble::assets\n";
  TRY(write_text(folder / "assets.h", header));
  TRY(write_text(folder / "assets.cc", source));
  return write_text(folder / "assets.S", assembly);
}

}  // namespace thimble
