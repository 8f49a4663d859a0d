// NOR flash with the Common Flash Interface (CFI): devices of 16 bits side by side on the bus. A
// command goes to all of them at once; the answer of the first is what counts, as all are alike.
#include <cstring>
#include <type_traits>

#include "board.h"
#include "drivers/flash.h"
#include "drivers/mmio.h"
#include "kernel/arch/riscv/interrupts.h"

namespace thimble::flash {
namespace {

static_assert(board::kFlashDevices == 1 || board::kFlashDevices == 2,
              "one or two devices side by side");
using Bus = std::conditional_t<board::kFlashDevices == 1, std::uint16_t, std::uint32_t>;

// Each device sees its own word, so an address of CFI is that of a word of the bus.
Register<Bus> at(std::uint32_t word) {
  return Register<Bus>{board::kFlashAddress + word * sizeof(Bus)};
}

void command(std::uint32_t word, std::uint8_t code) {
  at(word).write(static_cast<Bus>(code * 0x0001'0001U));
}

std::uint8_t byte_at(std::uint32_t word) {
  return static_cast<std::uint8_t>(at(word).read());
}

std::uint16_t half_at(std::uint32_t word) {
  return static_cast<std::uint16_t>(byte_at(word) | (byte_at(word + 1) << 8U));
}

// Of the query's table.
constexpr std::uint32_t kSignature = 0x10;
constexpr std::uint32_t kCommandSet = 0x13;
constexpr std::uint32_t kSize = 0x27;  // its logarithm, of one device
constexpr std::uint32_t kRegions = 0x2c;
constexpr std::uint32_t kBlocks = 0x2d;  // less one
constexpr std::uint32_t kBlockSize = 0x2f;
constexpr std::uint32_t kBlockUnit = 256;
constexpr std::uint32_t kSmallBlock = 128;  // what a block size of 0 means

constexpr std::uint32_t kQueryAddress = 0x55;
constexpr std::uint8_t kQuery = 0x98;
constexpr std::uint8_t kReadArrayIntel = 0xff;
constexpr std::uint8_t kReadArrayAmd = 0xf0;

bool answers() {
  return byte_at(kSignature) == 'Q' && byte_at(kSignature + 1) == 'R' &&
         byte_at(kSignature + 2) == 'Y';
}

Geometry geometry() {
  const std::uint32_t block = half_at(kBlockSize);
  return {
      .bytes = (std::uint32_t{1} << byte_at(kSize)) * board::kFlashDevices,
      .erase_block_bytes = (block == 0 ? kSmallBlock : block * kBlockUnit) * board::kFlashDevices,
      .erase_blocks = half_at(kBlocks) + 1U,
      .erase_regions = byte_at(kRegions),
      .command_set = half_at(kCommandSet)};
}

}  // namespace

std::optional<Geometry> query() {
  const kernel::InterruptLock lock;
  command(kQueryAddress, kQuery);
  std::optional<Geometry> found;
  if (answers()) found = geometry();
  command(0, kReadArrayAmd);
  command(0, kReadArrayIntel);
  return found;
}

void read(std::uint32_t offset, std::span<std::byte> target) {
  // Safety: flash that is mapped, and read by the word or byte like memory.
  const auto* const source =
      reinterpret_cast<const std::byte*>(board::kFlashAddress + offset);  // NOLINT
  std::memcpy(target.data(), source, target.size());
}

}  // namespace thimble::flash
