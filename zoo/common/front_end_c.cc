// The front ends with C names, for Python: built into a shared library by front_end.py.
#include "frontend/log_mel.h"
#include "frontend/mfcc.h"

/// patch holds 64 * 50 values, band by band; see log_mel_patch().
extern "C" void thimble_log_mel_patch(const std::int16_t* samples, std::size_t count,
                                      std::int8_t* patch) {
  thimble::log_mel_patch({samples, count}, thimble::PatchSpan{patch, thimble::kPatchSize});
}

/// patch holds 49 * 10 values, frame by frame; see mfcc::clip_patch().
extern "C" void thimble_mfcc_patch(const std::int16_t* samples, std::size_t count,
                                   std::int8_t* patch) {
  thimble::mfcc::clip_patch({samples, count},
                            thimble::mfcc::PatchSpan{patch, thimble::mfcc::kPatchSize});
}
