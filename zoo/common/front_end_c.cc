// The front end with C names, for Python: built into a shared library by log_mel.py.
#include "frontend/log_mel.h"

/// patch holds 64 * 50 values, band by band; see log_mel_patch().
extern "C" void thimble_log_mel_patch(const std::int16_t* samples, std::size_t count,
                                      std::int8_t* patch) {
  thimble::log_mel_patch({samples, count}, thimble::PatchSpan{patch, thimble::kPatchSize});
}
