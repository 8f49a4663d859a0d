// Internal to the importer: names of operators, and which of them no model of ours can hold.
#pragma once

#include "compiler/tflite/file.h"

namespace thimble::tflite {

/// Name of an operator: "CONV_2D", "CUSTOM:Name", or "operator 250" for one newer than our schema.
[[nodiscard]] std::string operator_kind(const schema::OperatorCode& code);

/// Refuses control flow, state, and custom, Flex and unknown operators of any graph in the file;
/// each one is named. Done before anything else is read, so that the message tells the cause and
/// not a consequence.
[[nodiscard]] Status check_operators(const File& file);

/// The first distinct names in order of their first use, each with its count, and how many uses of
/// further names there are: "A, B (3 times)".
class Tally {
 public:
  void add(const std::string& name);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::string text() const;

 private:
  struct Entry {
    std::string name;
    int count;
  };
  std::vector<Entry> entries_;
  int more_ = 0;
};

}  // namespace thimble::tflite
